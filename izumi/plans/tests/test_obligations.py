"""What is owed on which day, and when it speaks; no database, the day is an argument."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from izumi.kernel.days import parse_day
from izumi.plans.deviations import PlanHeld, RoundDue
from izumi.plans.obligations import EDGES, obligations, passed_over, reminder, spoken_until
from izumi.plans.tests.test_deviations import DAY, PLAN, PROJECT, a_promise, a_record, facts, published

TODAY = parse_day("2026-05-01")


def owed(of, today=TODAY):
    return [(due.key, due.day.isoformat(), due.done) for due in obligations(of, today)]


def test_an_entry_owes_its_days():
    promise = a_promise(
        access_class="embargoed", register_by=parse_day("2026-06-01"), publish_on=parse_day("2026-07-01"),
        available_on=parse_day("2027-01-01"), keep_until=parse_day("2036-03-31"),
    )  # fmt: skip
    assert owed(facts(a_record(files=0, access_class="embargoed"), promises=[promise])) == [
        ("register:entry-00001", "2026-06-01", False), ("publish:entry-00001", "2026-07-01", False),
        ("open:entry-00001", "2027-01-01", False), ("keep:entry-00001", "2036-03-31", False),
    ]  # fmt: skip
    assert [done for _, _, done in owed(facts(published(access_class="open"), promises=[promise]))] == [True, True, True, False]
    assert owed(facts(a_record(), promises=[a_promise(managed=False, register_by=DAY, keep_until=DAY)])) == []


def test_a_project_owes_its_plan_its_reviews_and_its_reports():
    told = facts(
        promises=[], plans=(PlanHeld(id=PLAN, version=2, next_review_on=parse_day("2027-03-31")), PlanHeld(id="plans-00002")),
        plan_due_on=DAY, rounds=(RoundDue(id="round-00001", due_on=parse_day("2026-11-28")),),
    )  # fmt: skip
    assert owed(told) == [
        (f"plan:{PROJECT}", "2026-06-01", True), (f"review:{PLAN}", "2027-03-31", False),
        (f"report:round-00001:{PROJECT}", "2026-11-28", None),
    ]  # fmt: skip
    assert owed(facts(promises=[], plans=(), plan_due_on=DAY)) == [(f"plan:{PROJECT}", "2026-06-01", False)]
    assert owed(facts(promises=[], plans=(), plan_due_on=DAY, exempt=True)) == []


def lived(day, begun, days, off=()):
    """Which reminder is said on which day when somebody looks once a day, but on the days that are off."""
    spoken, said = passed_over(day, begun), []
    for n in range(days):
        today = begun + timedelta(days=n)
        if today in off:
            continue
        edge = reminder(day, spoken, today)
        spoken = spoken_until(day, spoken, today)
        if edge is not None:
            said.append((today.isoformat(), edge))
    return said


ON_TIME = [("2026-05-02", 30), ("2026-05-25", 7), ("2026-05-31", 1), ("2026-06-01", 0)]


@pytest.mark.parametrize(
    ("begun", "said"),
    [
        ("2026-04-01", ON_TIME),
        ("2026-05-02", ON_TIME),
        ("2026-05-03", ON_TIME[1:]),
        ("2026-06-01", ON_TIME[3:]),
        ("2026-06-02", []),
    ],
)
def test_each_reminder_is_said_once_and_none_from_before_the_promise(begun, said):
    assert lived(DAY, parse_day(begun), 120) == said


@pytest.mark.parametrize(
    ("off_from", "off_until", "said"),
    [
        ("2026-05-01", "2026-05-20", [("2026-05-21", 30), *ON_TIME[1:]]),
        ("2026-05-01", "2026-05-26", [("2026-05-27", 7), *ON_TIME[2:]]),
        ("2026-05-01", "2026-05-31", [("2026-06-01", 0)]),
        ("2026-05-20", "2026-06-20", [ON_TIME[0], ("2026-06-21", 0)]),
        ("2026-04-02", "2026-07-02", [("2026-07-03", 0)]),
    ],
)
def test_after_a_break_the_newest_missed_reminder_speaks_and_the_day_itself_always(off_from, off_until, said):
    first, last = parse_day(off_from), parse_day(off_until)
    off = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    assert lived(DAY, parse_day("2026-04-01"), 120, off) == said


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_the_last_day_of_the_calendar_break_nothing(day):
    spoken = passed_over(day, TODAY)
    assert reminder(day, spoken, TODAY) is None
    assert spoken_until(day, spoken, TODAY) == spoken == (list(EDGES) if day == date.min else [])
