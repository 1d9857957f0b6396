"""Adopting opens the workspaces: one draft record for each new entry, in one transaction, filled in with all that is known."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.kernel import jobs, journal
from izumi.kernel.errors import Conflict, IzumiError, NotThere
from izumi.people import actions as people
from izumi.plans import actions, queries
from izumi.plans.models import Entry, EntryRecord, Plan, PlanVersion
from izumi.plans.tests.conftest import a_plan, an_entry
from izumi.profiles import queries as profiles
from izumi.records import actions as record_actions
from izumi.records import queries as records
from izumi.records.models import Record


def test_each_entry_becomes_a_draft_with_the_plans_promises(world_of):
    world = world_of([])
    pm = world.actor("pm")
    entry = an_entry(
        7, access={"class": "embargoed", "available_on": "2027-12-01", "opens": "confirm", "reasons": [{"code": "patent"}]},
        after_project={"keep_until": "2037-03-31"},
        planned={"register_by": "2027-03-31", "publish_on": "2027-06-30", "size_bytes": 5_000, "responsible": world.persons["researcher"],
                 "editors": [f"person:{world.persons['colleague']}"]},
    )  # fmt: skip
    plan = actions.create_plan(pm, a_plan(world, entries=[entry]))
    done = actions.adopt(pm, plan.id)
    (record,) = done.in_force.records
    view = records.view(pm, record)
    assert view.metadata["title"]["ja"] == entry["title"]["ja"]
    assert view.statement.as_document()["class"] == "embargoed"
    assert view.metadata["data_number"] == "7"
    assert view.owner == world.persons["researcher"]
    assert view.projects == (world.project,)
    assert view.plan_entries == (done.in_force.entries[0],)
    row = Record.objects.get(pk=record)
    assert row.quota_bytes == 5_000
    assert row.editors == [f"person:{world.persons['colleague']}"]
    assert [(o["kind"], o["day"]) for o in row.obligations] == [
        ("register", "2027-03-31"), ("publish", "2027-06-30"), ("open", "2027-12-01"), ("keep", "2037-03-31"),
    ]  # fmt: skip
    assert {o["plan"] for o in row.obligations} == {plan.id}
    assert records.view(world.actor("colleague"), record, draft=True).id == record
    with pytest.raises(NotThere):
        records.view(world.actor("stranger"), record)


def test_an_entry_of_nobody_may_be_written_by_the_whole_project(world_of):
    world = world_of([])
    plan = actions.create_plan(world.actor("pm"), a_plan(world, entries=1))
    (record,) = actions.adopt(world.actor("pm"), plan.id).in_force.records
    saved = record_actions.save_draft(
        world.actor("researcher"), record, {"keywords": [{"text": {"ja": "水質"}}]}, if_match=record_actions.draft_match(record, 1)
    )
    assert saved.metadata["keywords"] == [{"text": {"ja": "水質"}}]


def test_a_moonshot_entry_fills_at_least_24_fields_of_its_draft(world_of):
    world = world_of(["pm"], profile="moonshot", plan_form="moonshot", goal={"ja": "目標2 2050年までに", "en": "Goal 2"})
    people.update_project(
        records_console(), world.project, profile="moonshot",
    )  # fmt: skip
    pm = world.actor("pm")
    entry = an_entry(
        1, hosting_organisation={"name": {"ja": "国立大学法人見本大学", "en": "Mihon University"}},
        manager={"name": {"ja": "見本 花子"}, "identifiers": [{"scheme": "e-Rad_Researcher", "value": "30413925"}]},
        contact={"email": "data@mihon.example"}, repository={"name": {"ja": "見本リポジトリ"}, "url": "https://repository.example/"},
        creators=[{"name": {"ja": {"family": "見本", "given": "花子"}}}], access={"class": "open", "metadata_class": "open"},
        remarks={"ja": "年 1 回更新します。"}, keywords=[{"text": {"ja": "水質"}}], languages=["ja"],
        terms={"fee": "free", "licence": "CC-BY-4.0", "citation": {"ja": "出典を書いてください。"}},
    )  # fmt: skip
    plan = actions.create_plan(pm, a_plan(world, entries=[entry]))
    assert plan.form == "moonshot"
    (record,) = actions.adopt(pm, plan.id).in_force.records
    view = records.view(pm, record)
    assert "moonshot" in view.profiles
    assert profiles.prefilled_count(view.metadata, ("common", "moonshot")) >= 24


def records_console():
    from izumi.kernel.actors import console

    return console()


def test_the_ten_items_of_kakenhi_are_enough_to_open_the_drafts(world_of):
    """No., 名称, 概要, 取得者, 管理者, 機微情報, 公開方針, 同詳細, 場所, 公開予定日: the plan is adopted by its author alone."""
    world = world_of([], plan_form="jsps")
    researcher = world.actor("researcher")
    ten = {
        "data_number": "1", "title": {"ja": "見本川の水質の聞き取り記録"}, "description": {"ja": "流域の 20 人に聞き取りました。"},
        "creators": [{"name": {"ja": "見本 花子"}}], "manager": {"name": {"ja": "見本 花子"}},
        "access": {"class": "embargoed", "available_on": "2028-04-01"}, "terms": {"conditions": {"ja": "学術目的に限ります。"}},
        "repository": {"name": {"ja": "見本大学リポジトリ"}},
        "planned": {"publish_on": "2028-04-01", "sensitive": {"exists": "yes", "handling": {"ja": "名前を仮名にします。"}}},
    }  # fmt: skip
    plan = actions.create_plan(researcher, a_plan(world, entries=[ten]))
    assert plan.form == "jsps"
    done = actions.adopt(researcher, plan.id)
    view = records.view(researcher, done.in_force.records[0])
    for item in ("data_number", "title", "description", "creators", "manager", "access", "terms", "repository"):
        assert view.metadata.get(item), item
    assert view.metadata["hosting_organisation"]["name"]["ja"] == "国立大学法人見本大学"
    assert view.metadata["funding"][0]["award_number"] == "JPMJXX9901"
    assert "handling" not in str(view.metadata)
    assert [event.verb for event in journal.events_of(plan.id)] == ["plan.adopted", "plan.created"]


def test_data_that_are_not_managed_are_declared_and_get_no_record(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world, entries=[an_entry(1), an_entry(2, management={"managed": False})]))
    done = actions.adopt(pm, plan.id)
    assert [len(entry.records) for entry in done.plan.entries] == [1, 0]
    with pytest.raises(Conflict) as refused:
        actions.open_entry(pm, plan.id, "2")
    assert refused.value.code == "plan.entry_unmanaged"


def test_a_fault_in_the_seventh_record_leaves_nothing_behind(world_of, monkeypatch):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world, entries=12))
    before = (journal.last_seq(), Record.objects.count())
    count = {"n": 0}
    real = record_actions.open_draft

    def seventh(*args, **kwargs):
        count["n"] += 1
        if count["n"] == 7:
            raise RuntimeError("the disk is full")
        return real(*args, **kwargs)

    monkeypatch.setattr(record_actions, "open_draft", seventh)
    with pytest.raises(RuntimeError):
        actions.adopt(pm, plan.id)
    assert count["n"] == 7
    assert (journal.last_seq(), Record.objects.count()) == before
    assert (Entry.objects.count(), EntryRecord.objects.count(), PlanVersion.objects.count()) == (0, 0, 0)
    now = queries.plan(pm, plan.id)
    assert (now.state, now.version, now.draft.revision) == ("draft", 0, 1)
    monkeypatch.setattr(record_actions, "open_draft", real)
    assert len(actions.adopt(pm, plan.id).in_force.records) == 12


def test_two_hundred_entries_are_adopted_at_once_in_a_bounded_number_of_statements(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world, entries=200))
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as told:
        done = actions.adopt(pm, plan.id)
    seconds = time.perf_counter() - begun
    print(f"adoption of 200 entries: {seconds:.1f} s, {len(told)} statements")
    assert len(done.in_force.records) == 200
    assert len(told) <= 60 + 30 * 200
    assert seconds < 120
    with CaptureQueriesContext(connection) as told:
        assert len(queries.plan(pm, plan.id).entries) == 200
    assert len(told) <= 8


def test_more_entries_are_opened_by_a_job_that_can_stop_anywhere(world_of, run_workers):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world, entries=201))
    done = actions.adopt(pm, plan.id)
    assert done.in_force.records == ()
    assert done.in_force.job is not None and done.plan.state == "adopted"
    assert all(not entry.records for entry in done.plan.entries)

    class Stopped(Exception):
        pass

    told: list[int] = []

    class Run(jobs.JobRun):
        def progress(self, made, total=None, message=None):
            told.append(made)
            if made == 100:
                raise Stopped

    with pytest.raises(Stopped):
        actions.make_records(Run(id=done.in_force.job, name="plans.make_records", payload={"plan": plan.id}, kept={}, owner=pm.id, attempt=1))
    assert told == [50, 100]
    assert EntryRecord.objects.count() == 100
    run_workers()
    assert EntryRecord.objects.count() == 201 == Record.objects.count()
    assert jobs.card(done.in_force.job).state == "done"
    assert all(len(entry.records) == 1 for entry in queries.plan(pm, plan.id).entries)


def test_a_revision_keeps_the_records_and_tells_them_their_new_promises(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world, entries=2))
    first = actions.adopt(pm, plan.id).plan
    one, two = (entry.id for entry in first.entries)
    done = actions.revise(
        pm, plan.id, reason="装置の納期が遅れたため", adopt=True,
        changes=[{"id": one, "planned": {"publish_on": "2027-09-30"}}, {"id": two, "remove": True}, an_entry(3)],
    )  # fmt: skip
    now = done.plan
    assert (now.version, now.draft, len(now.entries)) == (2, None, 2)
    assert now.entries[0].records == first.entries[0].records
    assert now.versions[1].reason == "装置の納期が遅れたため"
    row = Record.objects.get(pk=now.entries[0].records[0])
    assert {o["kind"]: o["day"] for o in row.obligations}["publish"] == "2027-09-30"
    assert Entry.objects.get(pk=two).retired_at is not None
    left = Record.objects.get(pk=first.entries[1].records[0])
    assert (left.plan_entries, left.obligations, left.quota_bytes) == ([], [], None)
    assert len(now.entries[1].records) == 1
    assert [e.verb for e in journal.events_of(plan.id)] == ["plan.adopted", "plan.revision_opened", "plan.adopted", "plan.created"]


def test_a_draft_that_nobody_changed_follows_the_class_of_its_plan_and_a_changed_one_does_not(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world, entries=2))
    first = actions.adopt(pm, plan.id).plan
    (one, same), (two, changed) = ((entry.id, entry.records[0]) for entry in first.entries)
    record_actions.save_draft(pm, changed, {"access": {"class": "closed"}}, if_match=record_actions.draft_match(changed, 1))
    shared = {"class": "shared", "reasons": [{"code": "personal_data"}]}
    done = actions.revise(
        pm, plan.id, reason="個人情報が含まれることがわかったため", adopt=True,
        changes=[{"id": key, "access": shared} for key in (one, two)],
    )  # fmt: skip
    assert done.in_force.followed == (same,)
    facts = records.reality([same, changed])
    assert (facts[same].access_class, facts[changed].access_class) == ("shared", "closed")


def test_a_plan_is_not_adopted_twice_nor_without_entries(world_of):
    world = world_of([])
    pm = world.actor("pm")
    empty = actions.create_plan(pm, a_plan(world, entries=[]))
    with pytest.raises(IzumiError) as refused:
        actions.adopt(pm, empty.id)
    assert [(f.rule, f.pointer) for f in refused.value.findings] == [("plan-without-entries", "/entries")]
    plan = actions.create_plan(pm, a_plan(world))
    actions.adopt(pm, plan.id)
    with pytest.raises(Conflict) as again:
        actions.adopt(pm, plan.id)
    assert again.value.code == "plan.nothing_to_adopt"
    assert Plan.objects.get(pk=plan.id).version == 1
