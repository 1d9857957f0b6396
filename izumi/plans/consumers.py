"""What follows from the journal: projects that events touch are compared with their plans anew."""

from __future__ import annotations

from izumi.kernel.journal import Event, consumer
from izumi.plans.actions import clock
from izumi.plans.queries.touched import causes_of

SILENT = frozenset({"record.sealed", "record.seal_failed", "record.linked", "record.restored"})
"""Nothing that a plan speaks of."""


@consumer("plans.watch", verbs=("record.", "plan.", "project.", "call.", "round.", "report."))
def watch(events: list[Event]) -> None:
    """Deviations are found and settled, obligations made, moved and settled: once for each project of the batch."""
    causes = causes_of([event for event in events if event.verb not in SILENT])
    if causes:
        clock.look(causes, causes)
