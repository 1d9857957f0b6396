"""The index follows the journal."""

from __future__ import annotations

from izumi.catalogue import actions
from izumi.kernel.journal import Event, consumer


@consumer("index", verbs=("record.", "organisation.", "project."))
def follow(events: list[Event]) -> None:
    """Put what changed into the index and take out what nobody may find any more."""
    actions.follow(events)
