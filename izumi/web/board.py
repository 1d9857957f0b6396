"""A project at a glance: its planned data and what stands behind them, as rows that can be sorted, filtered and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.days import Day
from izumi.kernel.text import Text, both
from izumi.plans.deviations import Promise, deviations
from izumi.plans.obligations import Due, obligations
from izumi.plans.pages import progress, words
from izumi.plans.pages.rows import ways_out
from izumi.plans.queries.project_facts import ProjectFacts, facts_of
from izumi.plans.rules import PlanFacts, may
from izumi.plans.types import DeviationView, WayOut
from izumi.policy.types import AccessFacts
from izumi.records.queries.shown_documents import visible_facts
from izumi.records.types import Reality

SORTS: Mapping[str, Text] = {
    "act": both("要対応を上に", "Needs action first"), "number": both("データNo.", "Data No."), "title": both("名称", "Title"),
    "organisation": both("機関", "Organisation"), "steps": both("進み具合", "Progress"),
}  # fmt: skip
STATES: Mapping[str, Text] = {
    "act": both("要対応", "Needs action"), "waiting": both("未登録", "Not registered"), "registered": both("登録済み・未公開", "Registered, not public"),
    "published": both("公開済み", "Published"),
}  # fmt: skip
"""Filters of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One planned dataset, or a record that stands in no plan."""

    plan: str
    entry: str
    number: str
    title: Text
    organisation: str
    records: tuple[Reality, ...]
    """What stands behind it and may be seen by this reader."""
    hidden: int
    """How many records stand behind it that this reader may not see."""
    access_class: str
    marks: tuple[tuple[DeviationView, str], ...]
    steps: int
    due: Day | None

    @property
    def ways(self) -> tuple[WayOut, ...]:
        """The ways out of its deviations."""
        return ways_out(one for one, _ in self.marks)

    @property
    def record(self) -> str:
        """The record that its title leads to."""
        return self.records[0].id if self.records else ""

    @property
    def key(self) -> str:
        """What names the row on the page."""
        return self.entry or self.record


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The dashboard of one project for one reader."""

    facts: ProjectFacts
    visible: Mapping[str, AccessFacts]
    rows: tuple[BoardRow, ...]
    others: tuple[DeviationView, ...]
    """Deviations of the project itself."""
    owed: tuple[Due, ...] = field(default=())

    @property
    def deviations(self) -> int:
        """How many deviations there are."""
        return len(self.others) + sum(len(row.marks) for row in self.rows)


def board(actor: Actor, project: str, organisation: str, *, on: Day) -> Board:
    """The rows of a project. Cost: 12 statements, however many plans, entries and records."""
    facts = facts_of([project])[project]
    visible = visible_facts(actor, facts.records)
    facts = replace(facts, hidden=frozenset(key for key in facts.records if key not in visible))
    found = deviations(facts, on)
    by_entry: dict[str, list[DeviationView]] = {}
    for one in found:
        by_entry.setdefault(one.entry or one.record or "", []).append(one)
    rows = [_planned(facts, one, by_entry.get(one.entry, ()), organisation, on) for one in facts.promises if one.managed]
    answering = {key for one in facts.promises for key in one.records}
    loose = [one for key, one in facts.records.items() if key not in answering and not one.discarded and not one.withdrawn]
    rows += [_loose(one, by_entry.get(one.id, ()), on, seen=one.id in visible) for one in loose if one.id in visible or by_entry.get(one.id)]
    owed = tuple(sorted((one for one in obligations(facts, on) if not one.done), key=lambda one: one.day))
    if not may(actor, "edit", PlanFacts(project=project, owner="", organisation=organisation)):  # who oversees sees plans in force
        facts = replace(facts, plans=facts.in_force)
    return Board(facts=facts, visible=visible, rows=tuple(rows), others=tuple(by_entry.get("", ())), owed=owed)


def _planned(facts: ProjectFacts, promise: Promise, found: Iterable[DeviationView], organisation: str, on: Day) -> BoardRow:
    behind = [facts.records[key] for key in promise.records if key in facts.records]
    seen = tuple(one for one in behind if one.id not in facts.hidden)
    days = [day for day in (promise.register_by, promise.publish_on) if day]
    return BoardRow(
        plan=promise.plan, entry=promise.entry, number=promise.number, title=promise.title,
        organisation=behind[0].owner_organisation if behind else organisation, records=seen, hidden=len(behind) - len(seen),
        access_class=_class_of(behind) or promise.access_class, marks=_marks(found), steps=progress.steps_of(behind, on=on),
        due=min(days, default=None),
    )  # fmt: skip


def _class_of(behind: Sequence[Reality]) -> str:
    return next((one.access_class for one in behind if one.state == "published"), "")


def _loose(one: Reality, found: Iterable[DeviationView], on: Day, *, seen: bool) -> BoardRow:
    """A record that stands in no plan; of one that this reader may not see nothing but that it is there."""
    if not seen:
        return BoardRow(
            plan="", entry="", number="", title=Text(), organisation=one.owner_organisation, records=(), hidden=1, access_class="",
            marks=_marks(found), steps=1, due=None,
        )  # fmt: skip
    return BoardRow(
        plan="", entry="", number=one.data_number, title=one.title, organisation=one.owner_organisation, records=(one,), hidden=0,
        access_class=one.access_class, marks=_marks(found), steps=progress.steps_of([one], on=on), due=None,
    )  # fmt: skip


def _marks(found: Iterable[DeviationView]) -> tuple[tuple[DeviationView, str], ...]:
    return tuple((one, words.COLOURS.get(one.code, "is-warn")) for one in found)


# figures, filters, order -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The four figures of a project."""

    planned: int
    registered: int
    described: int
    classes: tuple[tuple[str, int], ...]
    deviations: int
    late: int


def figures(found: Board) -> Figures:
    """The four figures: registered of planned, descriptions that are complete, classes of what is public, deviations."""
    entries = [row for row in found.rows if row.entry]
    classes: dict[str, int] = {}
    for row in found.rows:
        if row.steps >= 4:
            classes[row.access_class] = classes.get(row.access_class, 0) + 1
    every = [*found.others, *(one for row in found.rows for one, _ in row.marks)]
    return Figures(
        planned=len(entries), registered=sum(row.steps >= 2 for row in entries),
        described=sum(any(not one.lacks for one in progress.standing(_behind(found, row))) for row in entries),
        classes=tuple(sorted(classes.items(), key=lambda one: ORDER.get(one[0], 9))),
        deviations=len(every), late=sum(one.code in words.COLOURS for one in every),
    )  # fmt: skip


ORDER = {"open": 0, "embargoed": 1, "shared": 2, "closed": 3}


def _behind(found: Board, row: BoardRow) -> list[Reality]:
    promise = next((one for one in found.facts.promises if one.entry == row.entry), None)
    return [found.facts.records[key] for key in promise.records if key in found.facts.records] if promise else list(row.records)


def filtered(rows: Iterable[BoardRow], *, organisation: str = "", state: str = "") -> list[BoardRow]:
    """The rows of one organisation, in one state; unknown filters filter nothing."""
    wanted = _IN_STATE.get(state, lambda row: True)
    return [row for row in rows if wanted(row) and (not organisation or row.organisation == organisation)]


_IN_STATE: Mapping[str, Callable[[BoardRow], bool]] = {
    "act": lambda row: bool(row.marks),
    "waiting": lambda row: row.steps < 2,
    "registered": lambda row: 2 <= row.steps < 4,
    "published": lambda row: row.steps >= 4,
}


def ordered(rows: Iterable[BoardRow], sort: str, lang: str) -> list[BoardRow]:
    """The rows in an order; a leading ``-`` turns it round. What needs action comes first unless told otherwise."""
    name = sort.removeprefix("-")
    keys: Mapping[str, Callable[[BoardRow], Any]] = {
        "number": lambda row: _natural(row.number), "title": lambda row: row.title.one(lang).casefold(),
        "organisation": lambda row: row.organisation, "steps": lambda row: row.steps,
    }
    return sorted(rows, key=keys.get(name, _urgency), reverse=sort.startswith("-"))


def _urgency(row: BoardRow) -> tuple[Any, ...]:
    heavy = any(one.code in words.COLOURS for one, _ in row.marks)
    return (0 if heavy else 1 if row.marks else 2, row.steps, row.due or Day.max, _natural(row.number))


def _natural(number: str) -> tuple[tuple[int, str], ...]:
    """Data numbers in the order in which people count: D-2 before D-10."""
    parts: list[tuple[int, str]] = []
    digits = letters = ""
    for letter in f"{number} ":
        if letter.isascii() and letter.isdigit():
            digits += letter
            continue
        if digits:
            parts.append((int(digits), letters))
            digits = letters = ""
        letters += letter
    return (*parts, (0, letters))


def by_organisation(rows: Iterable[BoardRow]) -> dict[str, dict[str, int]]:
    """For each organisation: planned, registered, published, deviations."""
    told: dict[str, dict[str, int]] = {}
    for row in rows:
        counts = told.setdefault(row.organisation, {"planned": 0, "registered": 0, "published": 0, "deviations": 0})
        counts["planned"] += bool(row.entry)
        counts["registered"] += bool(row.entry) and row.steps >= 2
        counts["published"] += row.steps >= 4
        counts["deviations"] += len(row.marks)
    return told
