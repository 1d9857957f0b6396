"""Deviations arise from what people do and from days that pass, and are settled by the two ways out; no row is written by hand."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.kernel import clock, journal
from izumi.kernel.actors import ANONYMOUS, console
from izumi.kernel.days import iso, parse_day
from izumi.kernel.errors import NotThere, Refused, SignInNeeded
from izumi.kernel.running import behind
from izumi.people import actions as people
from izumi.plans import actions
from izumi.plans.actions.clock import look, pass_edges
from izumi.plans.models import Deviation
from izumi.plans.queries.deviations import of_plan, of_project, open_counts, open_rows
from izumi.plans.queries.obligations import upcoming
from izumi.plans.tests.plan_world import a_project, adopted, an_entry, filled, found, put_file
from izumi.records import actions as records

pytestmark = pytest.mark.usefixtures("home")


def at(day, hour="09:00"):
    return clock.at(f"{day}T{hour}:00+09:00")


def last_said():
    return [event for event in journal.events_after(0, limit=10_000) if event.verb.startswith("deviation.")][-1]


def codes(of=()):
    return [view.code for view in of]


def test_nothing_is_late_until_the_day_is_over_then_it_is_without_anybody_doing_anything(run_workers):
    with at("2026-01-10"):
        planned = adopted(a_project(), an_entry(planned={"publish_on": "2026-03-01"}))
        run_workers()
    with at("2026-03-01", "23:59"):
        run_workers()
        assert found() == []
    with at("2026-03-02", "00:00"):
        run_workers()
        assert found() == [("deviation.found", "late")]
        (row,) = open_rows([planned.project])
        assert (iso(row.since), row.entry, row.record) == ("2026-03-02T00:00:00+09:00", planned.entries[0], planned.records[0])
        event = last_said()
        assert (event.subject, event.actor, event.payload["how"]) == (planned.project, "system:plan watch", "day")


def test_publishing_late_settles_it(run_workers):
    with at("2026-01-10"):
        planned = adopted(world := a_project(), an_entry(planned={"publish_on": "2026-03-01"}))
        run_workers()
    with at("2026-03-05"):
        run_workers()
        filled(world, planned.records[0])
        records.publish_version(world.actor("pm"), planned.records[0])
        run_workers()
        assert found() == [("deviation.found", "late"), ("deviation.settled", "late")]
        assert open_counts([planned.project]) == {}
        assert of_plan(world.actor("pm"), planned.plan) == ()
        assert last_said().payload["how"] == "record.published"


def test_revising_the_plan_with_a_reason_settles_it_too(run_workers):
    with at("2026-01-10"):
        planned = adopted(world := a_project(), an_entry(planned={"publish_on": "2026-03-01"}))
        run_workers()
    with at("2026-03-05"):
        run_workers()
        me = world.actor("pm")
        actions.revise(me, planned.plan, reason="装置が故障したため")
        entry = {**an_entry(planned={"publish_on": "2026-09-01"}), "id": planned.entries[0]}
        actions.save_plan(me, planned.plan, {"entries": [entry]}, if_match=None, required=False)
        run_workers()
        assert found() == [("deviation.found", "late")]
        actions.adopt(me, planned.plan)
        run_workers()
        assert found() == [("deviation.found", "late"), ("deviation.settled", "late")]
        assert last_said().payload["how"] == "plan.adopted"


def test_a_project_past_its_start_without_a_plan_until_somebody_says_why(run_workers):
    with at("2025-12-20"):
        world = a_project("2026-01-05")
        run_workers()
    with at("2026-01-06"):
        run_workers()
        assert found() == [("deviation.found", "project-without-plan")]
        assert codes(of_project(world.actor("pm"), world.project)) == ["project-without-plan"]
        people.exempt_project(world.actor("pm"), world.project, why="データは生じません。")
        run_workers()
        assert found()[-1] == ("deviation.settled", "project-without-plan")
        assert codes(of_project(world.actor("pm"), world.project)) == []


def test_a_project_registered_after_its_start_is_found_at_once(run_workers):
    with at("2026-02-01"):
        world = a_project("2026-01-05")
        run_workers()
        (row,) = open_rows([world.project])
        assert (row.code, iso(row.since)) == ("project-without-plan", "2026-01-06T00:00:00+09:00")


def test_each_kind_of_deviation_arises_from_what_people_do(run_workers):
    with at("2026-01-10"):
        planned = adopted(
            world := a_project(), an_entry("1", planned={"size_bytes": 100}), an_entry("2"), an_entry("3"),
            an_entry("4", planned={"register_by": "2026-02-01"}),
        )  # fmt: skip
        large, other, gone, unfilled = planned.records
        run_workers()
        assert found() == []
    with at("2026-01-20"):
        put_file(world, large, size=111)
        records.save_draft(world.actor("researcher"), other, {"access": {"class": "shared"}}, if_match=None, required=False)
        filled(world, gone)
        records.publish_version(world.actor("pm"), gone)
        records.withdraw(world.actor("pm"), gone, why="誤りがありました。")
        loose = records.create_record(world.actor("researcher"), projects=[world.project]).id
        run_workers()
    with at("2026-02-02"):
        run_workers()
        told = {(row.code, row.record): iso(row.since)[:10] for row in open_rows([world.project])}
    assert told == {
        ("larger", large): "2026-01-20", ("other-class", other): "2026-01-20", ("missing", gone): "2026-01-20",
        ("record-without-entry", loose): "2026-01-20", ("missing", unfilled): "2026-02-02",
    }  # fmt: skip
    with at("2026-02-03"):
        live = of_plan(world.actor("pm"), planned.plan)
        assert {(view.code, view.record): iso(view.since)[:10] for view in live} == told
        assert open_counts([world.project]) == {
            world.project: {"larger": 1, "other-class": 1, "missing": 2, "record-without-entry": 1}
        }
        actions.link_record(world.actor("pm"), planned.plan, "3", loose)
        records.discard_draft(world.actor("pm"), large)
        run_workers()
        assert {(row.code, row.record) for row in open_rows([world.project])} == {
            ("missing", large), ("other-class", other), ("missing", unfilled),
        }  # fmt: skip


def test_a_record_that_leaves_the_project_is_no_longer_its_deviation(run_workers):
    with at("2026-01-10"):
        planned = adopted(world := a_project(), an_entry())
        other = people.add_project(console(), title={"ja": "別の課題"}, organisation=world.organisation)
        loose = records.create_record(world.actor("pm"), projects=[world.project]).id
        run_workers()
        assert open_counts([planned.project]) == {planned.project: {"record-without-entry": 1}}
        records.set_projects(console(), loose, [other])
        run_workers()
        assert open_counts([planned.project]) == {}


def test_looking_again_says_nothing_again(run_workers):
    with at("2026-01-10"):
        planned = adopted(a_project(), an_entry(planned={"publish_on": "2026-01-15", "register_by": "2026-01-12"}))
        run_workers()
    with at("2026-02-10"):
        run_workers()
        said, rows = journal.last_seq(), Deviation.objects.count()
        assert look([planned.project]) == 0
        assert pass_edges() == 0
        run_workers()
        assert (journal.last_seq(), Deviation.objects.count()) == (said, rows)


def test_after_a_month_without_a_worker_it_is_caught_up_once_and_dated_rightly(run_workers):
    with at("2026-01-10"):
        planned = adopted(a_project(), an_entry(planned={"publish_on": "2026-02-01", "register_by": "2026-01-31"}))
        run_workers()
    with at("2026-03-05"):
        run_workers()
        assert sorted(found()) == [("deviation.found", "late"), ("deviation.found", "missing")]
        assert {row.code: iso(row.since)[:10] for row in open_rows([planned.project])} == {"late": "2026-02-02", "missing": "2026-02-01"}


def test_an_embargo_that_ends_is_as_planned_and_one_that_waits_for_a_word_is_late(run_workers):
    with at("2026-01-10"):
        embargo = {"class": "embargoed", "available_on": "2026-06-01", "reasons": [{"code": "patent"}]}
        entries = [
            an_entry("1", access={**embargo, "opens": "auto", "reasons": []}), an_entry("2", access={**embargo, "opens": "confirm"}),
        ]  # fmt: skip
        planned = adopted(world := a_project(), *entries)
        for record, opens, number in zip(planned.records, ("auto", "confirm"), "12", strict=True):
            reasons = embargo["reasons"] if opens == "confirm" else []
            filled(world, record, data_number=number, access={**embargo, "opens": opens, "reasons": reasons})
            records.publish_version(world.actor("pm"), record)
        run_workers()
    for day, told in (("2026-06-01", {}), ("2026-06-02", {planned.project: {"late": 1}})):
        with at(day, "00:01"):
            run_workers()
            assert open_counts([planned.project]) == told
    with at("2026-06-05"):
        run_workers()
        (late,) = of_plan(world.actor("pm"), planned.plan)
        assert (late.record, late.planned, late.actual) == (planned.records[1], "2026-06-01", None)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_stops_nobody(run_workers, day):
    with at("2026-01-10"):
        planned = adopted(
            world := a_project(), an_entry(planned={"register_by": day, "publish_on": day}, after_project={"keep_until": day}), next_review_on=day
        )
        run_workers()
        assert pass_edges() == 0
        assert behind()["plans.watch"] == 0
        assert len(upcoming(world.actor("pm"), [planned.project], days=10**9)) >= 2


# --- who may know ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["researcher", "pm", "curator", "admin"])
def test_those_who_may_see_the_plan_see_its_deviations(who):
    with at("2026-01-10"):
        planned = adopted(world := a_project(), an_entry(planned={"publish_on": "2026-01-11"}))
    with at("2026-02-01"):
        assert codes(of_plan(world.actor(who), planned.plan)) == ["late"]
        assert codes(of_project(world.actor(who), planned.project)) == ["late"]


def test_strangers_learn_nothing():
    with at("2026-01-10"):
        planned = adopted(world := a_project(), an_entry(planned={"publish_on": "2026-01-11"}))
        with pytest.raises(NotThere):
            of_plan(world.actor("stranger"), planned.plan)
        with pytest.raises(Refused):
            of_project(world.actor("stranger"), planned.project)
        with pytest.raises(SignInNeeded):
            of_project(ANONYMOUS, planned.project)
        with pytest.raises(NotThere):
            of_project(world.actor("pm"), "zzzzz-zzzzz")


def test_a_record_that_a_member_may_not_see_is_named_by_its_identifier():
    with at("2026-01-10"):
        planned = adopted(world := a_project(), an_entry())
        colleague = world.persons["colleague"]
        people.assign_role(console(), person=colleague, role="member", scope=f"project:{world.project}")
        hidden = records.create_record(
            world.actor("researcher"), projects=[world.project], metadata={"title": {"ja": "秘密の題"}}
        ).id
        (mine,) = of_plan(world.actor("researcher"), planned.plan)
        (theirs,) = of_plan(world.actor("colleague"), planned.plan)
        assert mine.message.one("ja") == f"「秘密の題」（{hidden}）は、計画のどのデータにも当たりません。"
        assert theirs.message.one("ja") == f"レコード {hidden}は、計画のどのデータにも当たりません。"


# --- what it costs ---------------------------------------------------------------------------------------------------


def statements(ask):
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_the_cost_of_looking_does_not_grow_with_the_plan():
    with at("2026-01-10"):
        world = a_project()
        planned = adopted(world, an_entry("1", planned={"publish_on": "2026-01-11"}))
        me = world.actor("pm")
        small = statements(lambda: of_plan(me, planned.plan)), statements(lambda: of_project(me, planned.project))
        adopted(world, *(an_entry(str(n), planned={"publish_on": "2026-01-11"}) for n in range(2, 9)))
        assert (statements(lambda: of_plan(me, planned.plan)), statements(lambda: of_project(me, planned.project))) == small
        assert small[0] <= 15 and small[1] <= 15


def test_an_hour_in_which_no_day_has_come_costs_the_same_however_many_plans_there_are(run_workers):
    with at("2026-01-10"):
        world = a_project()
        adopted(world, an_entry("1", planned={"publish_on": "2026-06-01"}))
        run_workers()
        pass_edges()
        quiet = statements(pass_edges)
        for n in range(3):
            adopted(world, an_entry(str(n + 2), planned={"publish_on": "2026-06-01"}))
        run_workers()
        pass_edges()
        assert statements(pass_edges) == quiet <= 14


def test_only_projects_with_an_edge_are_looked_at(run_workers, monkeypatch):
    with at("2026-01-10"):
        world = a_project()
        adopted(world, an_entry(planned={"publish_on": "2026-03-01"}))
        people.add_project(console(), title={"ja": "静かな課題"}, organisation=world.organisation, starts_on=parse_day("2027-01-01"))
        run_workers()
    from izumi.plans.actions import clock as watched

    looked: list[list[str]] = []
    real = watched.facts_of
    monkeypatch.setattr(watched, "facts_of", lambda ids, **more: (looked.append(list(ids)), real(ids, **more))[1])
    for day, seen in (("2026-01-12", []), ("2026-01-30", [[world.project]]), ("2026-02-02", [])):
        with at(day):
            looked.clear()
            pass_edges()
            assert looked == seen
