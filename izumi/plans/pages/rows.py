"""The table of plan and reality: one row per entry, what was promised beside what is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from izumi.kernel.days import Day
from izumi.kernel.text import Text, both
from izumi.plans import promises
from izumi.plans.pages import progress, words
from izumi.plans.types import DeviationView, EntryView, PlanView, WayOut

FIRST = 12
"""How many rows are shown before 「すべてを見る」, unless more of them deviate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry of the plan beside what answers it."""

    entry: EntryView
    records: tuple[Any, ...]
    """What stands behind it (``records.types.Reality``)."""
    planned: tuple[tuple[Text, Any, str], ...]
    """(label, value, how it is written: day, bytes, text)."""
    steps: int
    marks: tuple[tuple[DeviationView, str], ...]
    """Deviations with their colour."""
    ways: tuple[WayOut, ...]
    act: str
    """What is done with it next: ``begin``, ``go_on``, ``open`` or nothing."""

    @property
    def codes(self) -> frozenset[str]:
        """Kinds of its deviations."""
        return frozenset(one.code for one, _ in self.marks)

    @property
    def access(self) -> dict[str, Any]:
        """The promised access statement."""
        told = self.entry.document.get("access")
        return told if isinstance(told, dict) else {}


def rows(view: PlanView, *, on: Day, order: str = "") -> list[Row]:
    """All rows: those that deviate first, or with ``order="number"`` as the plan has them."""
    found = [row(entry, on=on, in_force=view.version > 0, writes=writes(view)) for entry in view.entries]
    return found if order == "number" else sorted(found, key=lambda one: (not one.marks, *_weight(one)))


def writes(view: PlanView) -> bool:
    """Whether the reader is one of those who write the plan and its data; others see judgements without ways out."""
    return any(view.can.get(verb) for verb in ("edit", "revise", "link", "take_back"))


def _weight(one: Row) -> tuple[int, ...]:
    return (0 if one.codes & {"late", "missing"} else 1,)


def shown(found: Sequence[Row], *, everything: bool) -> tuple[list[Row], int]:
    """The rows of the page, and how many are left out; no row that deviates is ever left out."""
    if everything or len(found) <= FIRST + 2:
        return list(found), 0
    head = max(FIRST, sum(bool(one.marks) for one in found))
    kept = list(found[:head]) + [one for one in found[head:] if one.marks]
    return kept, len(found) - len(kept)


def row(entry: EntryView, *, on: Day, in_force: bool, writes: bool = True) -> Row:
    """One entry of a plan as a row."""
    records = tuple(progress.standing(entry.reality)) or tuple(entry.reality)
    ways = ways_out(entry.deviations) if writes else ()
    act = _act(records, writes=writes) if in_force else ""
    if act and any(way.href == f"/records/{records[0].id}/edit" for way in ways):
        act = ""  # the way out leads there already
    return Row(
        entry=entry, records=records, planned=planned_facts(entry), steps=progress.steps_of(entry.reality, on=on),
        marks=tuple((one, words.COLOURS.get(one.code, "is-warn")) for one in entry.deviations),
        ways=ways, act=act,
    )  # fmt: skip


def ways_out(found: Iterable[DeviationView]) -> tuple[WayOut, ...]:
    """The ways out of some deviations, each once; one revision of an entry settles all of its deviations."""
    told: dict[tuple[str, str], WayOut] = {}
    for one in found:
        for way in one.ways_out:
            told.setdefault((way.code, "" if way.code == "revise" else way.href), way)
    return tuple(sorted(told.values(), key=lambda way: way.code == "revise"))


def planned_facts(entry: EntryView) -> tuple[tuple[Text, Any, str], ...]:
    """What was promised, apart from the access class."""
    planned = entry.planned
    told = (
        (both("登録", "Register by"), planned.get("register_by"), "day"),
        (both("公開", "Publish on"), planned.get("publish_on"), "day"),
        (both("量", "Amount"), promises.planned_bytes(entry.document), "bytes"),
    )
    return tuple(one for one in told if one[1])


def _act(records: Sequence[Any], *, writes: bool) -> str:
    """What is done next; nothing with a record that the reader may not see (it comes without title)."""
    if not records or not records[0].title or all(one.discarded or one.withdrawn for one in records):
        return ""
    if any(one.state == "published" for one in records):
        return "open"
    if not writes:
        return ""
    return "go_on" if any(one.files for one in records) else "begin"


def decided(view: PlanView) -> dict[str, Any]:
    """What the plan decides by itself: classes, embargoes with their days, retention, reminders."""
    classes: dict[str, int] = {}
    openings: dict[tuple[str, bool], int] = {}
    keeps: list[str] = []
    for entry in view.entries:
        access = entry.document.get("access") or {}
        name = str(access.get("class") or "")
        classes[name] = classes.get(name, 0) + 1
        if name == "embargoed" and access.get("available_on"):
            key = (str(access["available_on"]), access.get("opens") == "confirm")
            openings[key] = openings.get(key, 0) + 1
        keep = (entry.document.get("after_project") or {}).get("keep_until")
        keeps += [str(keep)] if keep else []
    return {
        "classes": sorted(((name, n) for name, n in classes.items() if name), key=lambda one: ORDER.get(one[0], 9)),
        "openings": [{"day": day, "confirm": confirm, "n": n} for (day, confirm), n in sorted(openings.items())],
        "keep_from": min(keeps, default=""), "keep_until": max(keeps, default=""), "kept": len(keeps),
    }  # fmt: skip


ORDER = {"open": 0, "embargoed": 1, "shared": 2, "closed": 3}
"""The order in which access classes are told."""
