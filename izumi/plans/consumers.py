"""What follows from the journal: projects that events touch are compared with their plans anew."""

from __future__ import annotations

from izumi.kernel.journal import Event, consumer
from izumi.plans.actions import clock, settle_answers
from izumi.plans.queries.touched import causes_of

SILENT = frozenset({"record.sealed", "record.seal_failed", "record.linked", "record.restored"})
"""Nothing that a plan speaks of."""


@consumer("plans.watch", verbs=("record.", "plan.", "project.", "call.", "round.", "report."))
def watch(events: list[Event]) -> None:
    """Deviations are found and settled, obligations made, moved and settled: once for each project of the batch."""
    causes = causes_of([event for event in events if event.verb not in SILENT])
    if causes:
        clock.look(causes, causes)


@consumer("plans.answers", verbs=("record.created",))
def answers(events: list[Event]) -> None:
    """Records that were opened by hand for entries of plans are assigned to them."""
    for event in events:
        if (event.payload or {}).get("plan_entries"):
            settle_answers(event.subject)
