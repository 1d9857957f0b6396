"""A project with a plan in force, made through actions: for tests of what watches it."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass
from typing import Any

from izumi.kernel import journal
from izumi.kernel.actors import console
from izumi.kernel.days import day_of, parse_day
from izumi.people import actions as people
from izumi.plans import actions
from izumi.records import actions as records
from izumi.records import file_actions
from tests.builders import World, a_document, a_world

_ENTRY: dict[str, Any] = {
    "title": {"ja": "粒径の測定", "en": "Grain sizes"}, "data_number": "1", "field": "389", "type": "observational_data",
    "description": {"ja": "河床の粒径を測ります。", "en": "Grain sizes of the river bed."},
    "access": {"class": "open"}, "management": {"managed": True, "basis": "institution"},
    "repository": {"name": {"ja": "見本大学 研究データ", "en": "Mihon Research Data"}},
    "manager": {"name": {"ja": "研究データ室", "en": "Research Data Office"}, "organisation": True},
    "planned": {},
}  # fmt: skip


def an_entry(number: str = "1", *, planned: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """One entry of a plan; ``planned`` are its days and figures."""
    told = copy.deepcopy(_ENTRY)
    told.update({"data_number": number, "planned": planned or {}, **changes})
    return told


@dataclass
class Planned:
    """The world with its plan in force."""

    world: World
    plan: str
    entries: list[str]
    records: list[str]

    @property
    def project(self) -> str:
        return self.world.project


def a_project(starts: str | None = "2026-01-05", **changes: Any) -> World:
    """The small institution of the builders; its project starts on a day."""
    world = a_world()
    people.update_project(console(), world.project, **({"starts_on": parse_day(starts)} if starts else {}), **changes)
    return world


def adopted(world: World, *entries: dict[str, Any], who: str = "pm", **head: Any) -> Planned:
    """A plan of the project with these entries, adopted by its PM."""
    document = {"title": {"ja": "見本川の計画", "en": "Plan of the Mihon River"}, "entries": list(entries), **head}
    view = actions.create_plan(world.actor(who), document, project=world.project)
    done = actions.adopt(world.actor(who), view.id)
    assert done.in_force is not None
    return Planned(world=world, plan=view.id, entries=list(done.in_force.entries), records=list(done.in_force.records))


def filled(world: World, record: str, *, size: int = 10, who: str = "researcher", **changes: Any) -> None:
    """Give a draft everything that publishing asks for, and one file."""
    document = a_document(**changes)
    records.save_draft(world.actor(who), record, document, if_match=None, required=False)
    put_file(world, record, size=size, who=who)


def put_file(world: World, record: str, *, size: int = 10, name: str = "a.csv", who: str = "researcher") -> None:
    """One file of so many bytes in the draft."""
    file_actions.put_file(world.actor(who), record, name, io.BytesIO(b"x" * size))


def found() -> list[tuple[str, str]]:
    """What the journal says of deviations: (verb, code), in order."""
    told = [e for e in journal.events_after(0, limit=100_000) if e.verb.startswith("deviation.")]
    return [(event.verb, event.payload["code"]) for event in told]


def reminded() -> list[tuple[str, str, int]]:
    """What the journal says of obligations: (day on which it spoke, kind, days left), in order."""
    told = [e for e in journal.events_after(0, limit=100_000) if e.verb == "obligation.due"]
    return [(day_of(e.at).isoformat(), e.payload["kind"], e.payload["days_left"]) for e in told]

