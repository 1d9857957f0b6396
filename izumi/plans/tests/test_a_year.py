"""One project lived through a year by clock travel: each obligation speaks on its day, once, also when the worker was off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from izumi.kernel import clock, running
from izumi.kernel.actors import console
from izumi.kernel.days import parse_day, start_of
from izumi.people import actions as people
from izumi.plans import actions
from izumi.plans.tests.plan_world import a_project, adopted, an_entry, filled, found, reminded
from izumi.records import actions as records

pytestmark = pytest.mark.usefixtures("home")

BEGIN, END = parse_day("2026-04-01"), parse_day("2027-04-02")


def a_life():
    """A project of a programme with a reporting round, started on 1 April; its plan is due at the end of May."""
    with clock.at("2026-03-01T09:00:00+09:00"):
        programme = people.add_programme(console(), title={"ja": "見本事業", "en": "Sample Programme"})
        call = people.add_call(
            console(), programme, title={"ja": "2026 年度", "en": "FY2026"}, fiscal_year=2026, plan_due_on=parse_day("2026-05-31")
        )
        world = a_project("2026-04-01", programme=programme, call=call, ends_on=parse_day("2029-03-31"))
        people.add_round(
            console(), programme, title={"ja": "2026 年度の報告", "en": "Report FY2026"}, scheme="common", fiscal_year=2026,
            as_of=parse_day("2026-10-31"), due_on=parse_day("2026-11-28"),
        )  # fmt: skip
        running.until_idle()
    return world


ENTRIES = (
    an_entry("1", planned={"register_by": "2026-08-31", "publish_on": "2026-10-15"}, after_project={"keep_until": "2027-03-31"}),
    an_entry("2", planned={"register_by": "2026-07-01"}, access={"class": "embargoed", "available_on": "2026-12-24"}),
)


def plan_it(world):
    return adopted(world, *ENTRIES, next_review_on="2027-02-01")


def fill_first(planned):
    filled(planned.world, planned.records[0], data_number="1")


def publish_second(planned):
    access = {"class": "embargoed", "available_on": "2026-12-24", "opens": "auto"}
    filled(planned.world, planned.records[1], data_number="2", access=access)
    records.publish_version(planned.world.actor("pm"), planned.records[1])


def move_publication(planned):
    """A revision moves the agreed day of the first entry by two months."""
    me = planned.world.actor("pm")
    actions.revise(me, planned.plan, reason="査読が延びたため")
    first = {**ENTRIES[0], "id": planned.entries[0], "planned": {"register_by": "2026-08-31", "publish_on": "2026-12-15"}}
    second = {**ENTRIES[1], "id": planned.entries[1]}
    actions.save_plan(me, planned.plan, {"entries": [first, second]}, if_match=None, required=False)
    actions.adopt(me, planned.plan)


def live(world, off=frozenset()):
    """Day by day; what people do happens at noon, the worker looks at midnight and after it, unless it is off."""
    planned = None
    for n in range((END - BEGIN).days + 1):
        day = BEGIN + timedelta(days=n)
        with clock.at(start_of(day)):
            if day not in off:
                running.until_idle()
        with clock.at(start_of(day) + timedelta(hours=12)):
            if day.isoformat() == "2026-05-20":
                planned = plan_it(world)
            elif day.isoformat() == "2026-08-20":
                fill_first(planned)
            elif day.isoformat() == "2026-09-20":
                publish_second(planned)
            elif day.isoformat() == "2026-10-10":
                move_publication(planned)
            else:
                continue
            if day not in off:
                running.until_idle()
    return planned


YEAR = [
    ("2026-05-01", "plan", 30),  # due 2026-05-31, adopted on the 20th: the other three stay silent
    ("2026-06-01", "register", 30), ("2026-06-24", "register", 7), ("2026-06-30", "register", 1), ("2026-07-01", "register", 0),
    ("2026-08-01", "register", 30),  # the first entry's, filled on 20 August
    ("2026-09-15", "publish", 30), ("2026-10-08", "publish", 7),  # then its day is moved to 15 December
    ("2026-10-29", "report", 30), ("2026-11-15", "publish", 30), ("2026-11-21", "report", 7), ("2026-11-24", "open", 30),
    ("2026-11-27", "report", 1), ("2026-11-28", "report", 0), ("2026-12-08", "publish", 7), ("2026-12-14", "publish", 1),
    ("2026-12-15", "publish", 0), ("2026-12-17", "open", 7), ("2026-12-23", "open", 1),
    ("2027-01-02", "review", 30), ("2027-01-25", "review", 7), ("2027-01-31", "review", 1), ("2027-02-01", "review", 0),
    ("2027-03-01", "keep", 30), ("2027-03-24", "keep", 7), ("2027-03-30", "keep", 1), ("2027-03-31", "keep", 0),
]  # fmt: skip


def test_each_obligation_speaks_on_its_day_and_once():
    live(a_life())
    assert sorted(reminded()) == sorted(YEAR)
    assert found() == [
        ("deviation.found", "missing"),  # 2026-07-02: nothing was registered for the second entry
        ("deviation.settled", "missing"),  # 2026-09-20
        ("deviation.found", "late"),  # 2026-12-16: the moved day has passed too
    ]


def test_after_a_month_without_a_worker_the_newest_missed_reminder_speaks_and_nothing_twice():
    off = {parse_day("2026-11-20") + timedelta(days=n) for n in range(31)}  # until 20 December
    live(a_life(), off)
    assert sorted(reminded()) == sorted(
        [said for said in YEAR if not "2026-11-20" <= said[0] <= "2026-12-20"]
        + [("2026-12-21", "report", -23), ("2026-12-21", "publish", -6), ("2026-12-21", "open", 3)]
    )
    assert found() == [("deviation.found", "missing"), ("deviation.settled", "missing"), ("deviation.found", "late")]


def test_a_plan_adopted_while_the_worker_was_off_counts_from_its_adoption():
    with clock.at("2026-04-01T09:00:00+09:00"):
        adopted(a_project("2026-04-01"), an_entry(planned={"publish_on": "2026-05-15"}))
    with clock.at("2026-05-15T09:00:00+09:00"):
        running.until_idle()
    assert reminded() == [("2026-05-15", "publish", 0)]


def test_a_promise_made_late_says_only_what_is_still_to_come():
    with clock.at("2026-05-12T09:00:00+09:00"):
        adopted(a_project("2026-04-01"), an_entry(planned={"publish_on": "2026-05-15", "register_by": "2026-05-01"}))
        running.until_idle()
    for day in ("2026-05-13", "2026-05-14", "2026-05-15", "2026-05-16"):
        with clock.at(f"{day}T00:00:00+09:00"):
            running.until_idle()
    assert reminded() == [("2026-05-14", "publish", 1), ("2026-05-15", "publish", 0)]
