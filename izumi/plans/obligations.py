"""What is promised for a day, and when it speaks: 30, 7 and 1 days before, and on the day itself, at 00:00 Japan time.

Pure. What was missed while nothing ran is not said again and again: the newest missed reminder speaks, the older ones are
passed over, and the day itself always speaks – late, if need be.

Source: product.md D7; ux.md §8 (deadlines 30 / 7 / 1 days before).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from izumi.kernel.days import Day, shifted
from izumi.kernel.text import Text, both
from izumi.plans.deviations import (
    ProjectFacts,
    Promise,
    is_open,
    is_published,
    is_registered,
    plan_is_handed_in,
)

EDGES = (30, 7, 1, 0)
"""So many days before its day an obligation speaks."""

KIND_LABELS: Mapping[str, Text] = {
    "plan": both("計画の提出", "Hand in the plan"),
    "register": both("データの登録", "Register the data"),
    "publish": both("公開", "Publish"),
    "open": both("公開期間猶予の終わり", "End of the embargo"),
    "review": both("計画の見直し", "Review of the plan"),
    "report": both("報告", "Report"),
    "keep": both("保存期間の終わり", "End of retention"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One obligation as the plans in force, the call and the rounds make it."""

    key: str
    """What it is about and its kind: it exists once, and its day can move."""
    kind: str
    day: Day
    plan: str = ""
    entry: str = ""
    round: str = ""
    done: bool | None = False
    """Whether reality fulfils it; ``None`` when only the journal can tell (a report that was handed in)."""


def obligations(facts: ProjectFacts, today: Day) -> tuple[Due, ...]:
    """Everything that a project owes on a day: its plan, its entries, the next reviews, the rounds that ask for it."""
    return (*_of_project(facts), *(due for promise in facts.promises for due in _of_promise(facts, promise, today)))


def _of_project(facts: ProjectFacts) -> Iterator[Due]:
    if facts.plan_due_on is not None and not facts.exempt:
        yield Due(key=f"plan:{facts.project}", kind="plan", day=facts.plan_due_on, done=plan_is_handed_in(facts))
    for plan in facts.in_force:
        if plan.next_review_on is not None:
            yield Due(key=f"review:{plan.id}", kind="review", day=plan.next_review_on, plan=plan.id)
    for one in facts.rounds:
        yield Due(key=f"report:{one.id}:{facts.project}", kind="report", day=one.due_on, round=one.id, done=None)


def _of_promise(facts: ProjectFacts, promise: Promise, today: Day) -> Iterator[Due]:
    """Data that are not managed owe nothing."""
    if not promise.managed:
        return
    embargoed, records = promise.access_class == "embargoed", facts.records
    days: Iterable[tuple[str, Day | None, bool]] = (
        ("register", promise.register_by, is_registered(promise, records)),
        ("publish", promise.publish_on or (None if embargoed else promise.available_on), is_published(promise, records)),
        ("open", promise.available_on if embargoed else None, is_open(promise, records, today)),
        ("keep", promise.keep_until, False),
    )
    for kind, day, done in days:
        if day is not None:
            yield Due(key=f"{kind}:{promise.entry}", kind=kind, day=day, plan=promise.plan, entry=promise.entry, done=done)


# --- when it speaks --------------------------------------------------------------------------------------------------


def passed_over(day: Day, today: Day) -> list[int]:
    """The reminders of an obligation made or moved today that would have been said before: they stay unsaid."""
    return [edge for edge in EDGES if shifted(day, -edge) < today]


def reminder(day: Day, spoken: Sequence[int], today: Day) -> int | None:
    """The reminder that is said now: the newest one reached and not yet said; ``None`` when there is none."""
    return min((edge for edge in EDGES if edge not in spoken and shifted(day, -edge) <= today), default=None)


def spoken_until(day: Day, spoken: Sequence[int], today: Day) -> list[int]:
    """All reminders that are over once today's has been said, the furthest first."""
    return [edge for edge in EDGES if edge in spoken or shifted(day, -edge) <= today]
