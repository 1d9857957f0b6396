"""How far planned data have come: five steps, the figures of a plan, days that are near. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from izumi.kernel.days import Day, parse_day
from izumi.kernel.text import Text, both
from izumi.plans import promises
from izumi.plans.types import EntryView, PlanView

STEPS: tuple[Text, ...] = (
    both("計画", "Planned"), both("登録", "Registered"), both("確認", "Checked"), both("公開", "Published"), both("完了", "Done"),
)  # fmt: skip
"""The five steps of managed data."""


def standing(reality: Iterable[Any]) -> list[Any]:
    """The records that still stand: neither discarded nor withdrawn."""
    return [one for one in reality if not one.discarded and not one.withdrawn]


def is_registered(one: Any) -> bool:
    """Whether a record is complete: published, or a draft with files to which nothing obligatory is missing."""
    return one.state == "published" or (one.files > 0 and not one.lacks)


def steps_of(reality: Sequence[Any], *, on: Day) -> int:
    """How many of the five steps the furthest of the records has done; 1 where only the plan stands."""
    return max((_steps(one, on) for one in standing(reality)), default=1)


def _steps(one: Any, on: Day) -> int:
    if one.state == "published":
        waits = one.access_class == "embargoed" and (one.opens == "confirm" or not one.available_on or one.available_on > on)
        return 4 if waits else 5
    if not is_registered(one):
        return 1
    return 3 if one.draft_state == "accepted" or one.scheduled_on else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a plan."""

    entries: int
    registered: int
    described: int
    """Records to which no obligatory item is missing."""
    published: int
    deviations: int
    planned_bytes: int
    actual_bytes: int

    @property
    def too_large(self) -> bool:
        """Whether more is stored than was planned, beyond the tolerance of a tenth."""
        return bool(self.planned_bytes) and self.actual_bytes * 10 > self.planned_bytes * 11

    @property
    def over_bytes(self) -> int:
        """By how much more is stored than planned."""
        return max(0, self.actual_bytes - self.planned_bytes)


def figures(entries: Sequence[EntryView], deviations: int) -> Figures:
    """The figures of some entries with what stands behind them."""
    behind = [standing(entry.reality) for entry in entries]
    records = {one.id: one for found in behind for one in found}
    return Figures(
        entries=len(entries), deviations=deviations,
        registered=sum(any(is_registered(one) for one in found) for found in behind),
        described=sum(any(not one.lacks for one in found) for found in behind),
        published=sum(any(one.state == "published" for one in found) for found in behind),
        planned_bytes=sum(promises.planned_bytes(entry.document) or 0 for entry in entries),
        actual_bytes=sum(one.size_bytes or 0 for one in records.values()),
    )  # fmt: skip


def day_at(value: Any) -> Day | None:
    """The day a document names, or ``None``."""
    try:
        return parse_day(value) if isinstance(value, str) else value if isinstance(value, Day) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A day that was promised and has not been kept yet."""

    day: Day
    kind: str
    entry: EntryView | None = None
    confirm: bool = False


def due(view: PlanView, *, on: Day) -> list[Due]:
    """The promised days of a plan that are still open, nearest first; what is overdue stands first of all."""
    found: list[Due] = []
    for entry in view.entries:
        found += _due_of(entry, on)
    if view.next_review_on and view.version:
        found.append(Due(day=view.next_review_on, kind="review"))
    return sorted(found, key=lambda one: (one.day, one.kind))


def _due_of(entry: EntryView, on: Day) -> list[Due]:
    records, access = standing(entry.reality), entry.document.get("access") or {}
    public = any(one.state == "published" for one in records)
    found: list[Due] = []
    register, publish = day_at(entry.planned.get("register_by")), day_at(entry.planned.get("publish_on"))
    if register and not any(is_registered(one) for one in records):
        found.append(Due(day=register, kind="register", entry=entry))
    if publish and not public:
        found.append(Due(day=publish, kind="publish", entry=entry))
    opening = day_at(access.get("available_on"))
    if access.get("class") == "embargoed" and opening and steps_of(entry.reality, on=on) < len(STEPS):
        found.append(Due(day=opening, kind="open", entry=entry, confirm=access.get("opens") == "confirm"))
    keep = day_at((entry.document.get("after_project") or {}).get("keep_until"))
    if keep and keep >= on and (keep - on).days <= KEEP_AHEAD:
        found.append(Due(day=keep, kind="keep", entry=entry))
    return found


KEEP_AHEAD = 365
"""How many days ahead the end of retention is told."""
