"""What follows from the journal: every change of a published record is sealed, and the outside world is told of it."""

from __future__ import annotations

from izumi.kernel.jobs import enqueue
from izumi.kernel.journal import Event, consumer
from izumi.publishing import actions

SEALED = (
    "record.published", "record.corrected", "record.access_changed", "record.withdrawn", "record.linked",
    "record.projects_changed", "record.opened", "record.window_passed",
)  # fmt: skip


@consumer("seal", verbs=SEALED)
def seal_changed(events: list[Event]) -> None:
    """One seal for each record, however many events it has; one that is queued already is enough."""
    for record_id in dict.fromkeys(event.subject for event in events):
        enqueue("record.seal", {"record": record_id}, owner="system:seal", dedup=f"seal:{record_id}")


@consumer("announce", verbs=("record.",))
def announce_changed(events: list[Event]) -> None:
    """Public changes go into the change feed and into the lists of harvesters."""
    actions.announce(events)
