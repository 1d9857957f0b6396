from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS, console
from izumi.people import actions as people
from izumi.plans.queries.obligations import upcoming
from izumi.plans.tests.plan_world import a_project, adopted, an_entry

pytestmark = pytest.mark.usefixtures("home")


def at(day):
    return clock.at(f"{day}T09:00:00+09:00")


def told(found):
    return [(one.kind, one.day.isoformat(), one.days_left) for one in found]


def test_what_is_due_within_ninety_days_the_earliest_first(run_workers):
    with at("2026-01-10"):
        planned = adopted(
            world := a_project(), an_entry("1", planned={"register_by": "2026-03-01", "publish_on": "2026-06-01"}), an_entry("2"),
            next_review_on="2026-02-01",
        )  # fmt: skip
        run_workers()
        pm = world.actor("pm")
        found = upcoming(pm, [world.project])
        assert told(found) == [("review", "2026-02-01", 22), ("register", "2026-03-01", 50)]
        assert [(one.title.one("ja"), one.href) for one in found] == [
            ("見本川の計画", f"/plans/{planned.plan}"), ("粒径の測定", f"/records/{planned.records[0]}/edit"),
        ]  # fmt: skip
        assert told(upcoming(pm, [world.project], days=365))[2:] == [("publish", "2026-06-01", 142)]
        assert told(upcoming(pm, [world.project], days=1)) == []
    with at("2026-03-03"):
        assert told(upcoming(world.actor("pm"), [world.project]))[1] == ("register", "2026-03-01", -2)


def test_others_are_told_nothing(run_workers):
    with at("2026-01-10"):
        world = a_project("2026-02-01")
        run_workers()
        assert told(upcoming(world.actor("researcher"), [world.project])) == [("plan", "2026-02-01", 22)]
        for actor in (ANONYMOUS, world.actor("stranger"), world.actor("colleague")):
            assert upcoming(actor, [world.project, "zzzzz-zzzzz"]) == ()


def test_reports_are_due_in_the_projects_of_the_programme(run_workers):
    from izumi.kernel.days import parse_day

    with at("2026-04-10"):
        programme = people.add_programme(console(), title={"ja": "見本事業"})
        world = a_project("2026-04-01", programme=programme, ends_on=parse_day("2027-03-31"))
        for year in (2025, 2026, 2027):
            people.add_round(
                console(), programme, title={"ja": f"{year} 年度の報告"}, scheme="common", fiscal_year=year,
                as_of=parse_day(f"{year + 1}-03-31"), due_on=parse_day(f"{year + 1}-05-31"),
            )  # fmt: skip
        run_workers()
        found = upcoming(world.actor("pm"), [world.project], days=2000)
        assert [(one.kind, one.day.isoformat(), one.title.one("ja")) for one in found if one.kind == "report"] == [
            ("report", "2027-05-31", "2026 年度の報告")
        ]
        assert found[-1].href == f"/reports/hand-in/{found[-1].round}/{world.project}"


def test_the_cost_does_not_grow_with_the_entries(run_workers):
    with at("2026-01-10"):
        world = a_project()
        adopted(world, an_entry("1", planned={"register_by": "2026-03-01"}))
        run_workers()
        me, counts = world.actor("pm"), []
        for n in (2, 5):
            with CaptureQueriesContext(connection) as asked:
                assert upcoming(me, [world.project])
            counts.append(len(asked))
            adopted(world, *(an_entry(str(k), planned={"register_by": "2026-03-01"}) for k in range(n, n + 3)))
            run_workers()
        assert counts[0] == counts[1] <= 8
