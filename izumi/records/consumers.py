"""Records follow what happens to their projects."""

from __future__ import annotations

from izumi.kernel.actors import system
from izumi.kernel.journal import Event, consumer
from izumi.records import actions

PARTIES = frozenset({"programme", "call", "organisation"})
"""Members of a project on which it depends who stands behind its records."""


@consumer("parties", verbs=("project.changed",))
def follow(events: list[Event]) -> None:
    """A project came into another programme: its funder sees the records from now on, the former one no longer."""
    changed = dict.fromkeys(event.subject for event in events if PARTIES & set(event.payload or {}))
    for project in changed:
        actions.follow_parties(system("project changed"), project)
