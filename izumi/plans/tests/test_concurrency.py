"""Two people at once: nothing is lost, one of two wins, and the other is told who and when."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from izumi.kernel import clock, journal
from izumi.kernel.errors import Conflict, IzumiError, NotThere, Outdated, Refused
from izumi.plans import actions, queries
from izumi.plans.models import EntryRecord, PlanVersion
from izumi.plans.tests.conftest import a_plan, an_entry
from izumi.records import actions as record_actions
from izumi.records import queries as records
from izumi.records.models import Record
from tests.builders import a_document


def at_once(*works):
    """Runs the functions in threads that start together; the results or errors in their order."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def run(n, act):
        barrier.wait()
        try:
            found[n] = act()
        except IzumiError as refused:
            found[n] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_two_who_adopt_at_once_one_wins_and_no_record_is_made_twice(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world, entries=3))
    found = at_once(*[lambda: actions.adopt(pm, plan.id)] * 2)
    assert sorted(type(one).__name__ for one in found) == ["Adopted", "Conflict"]
    assert (PlanVersion.objects.count(), Record.objects.count(), EntryRecord.objects.count()) == (1, 3, 3)


def test_of_two_who_revise_at_once_the_second_is_told_who_is_at_it_and_since_when(world_of):
    world = world_of([])
    pm, researcher = world.actor("pm"), world.actor("researcher")
    plan = actions.create_plan(pm, a_plan(world))
    actions.adopt(pm, plan.id)
    with clock.at("2026-12-01T10:00:00+09:00"):
        actions.revise(researcher, plan.id, reason="公開日の見直し")
    with pytest.raises(Conflict) as refused:
        actions.revise(pm, plan.id, reason="容量の見直し")
    assert refused.value.code == "plan.revision_open"
    words = refused.value.wording.detail
    assert "researcher" in words.one("en") and "2026-12-01T10:00:00+09:00" in words.one("en") and "公開日の見直し" in words.one("ja")
    assert queries.plan(pm, plan.id).draft.reason == "公開日の見直し"


def test_a_stale_save_gets_the_present_state_and_changes_nothing(world_of):
    world = world_of([])
    pm, researcher = world.actor("pm"), world.actor("researcher")
    plan = actions.create_plan(pm, a_plan(world))
    actions.save_plan(researcher, plan.id, {"description": {"ja": "先に保存した説明"}}, if_match=plan.etag)
    with pytest.raises(Outdated) as stale:
        actions.save_plan(pm, plan.id, {"description": {"ja": "あとの説明"}}, if_match=plan.etag)
    assert stale.value.current["document"]["description"] == {"ja": "先に保存した説明"}
    assert stale.value.current["revision"] == 2


def test_two_people_write_different_entries_without_clashing_and_the_same_one_with_both_shown(world_of):
    world = world_of([])
    pm, researcher = world.actor("pm"), world.actor("researcher")
    plan = actions.create_plan(pm, a_plan(world))
    one, two = (entry["id"] for entry in plan.draft.document["entries"])
    actions.save_entry(researcher, plan.id, one, {"field": "489"}, if_match=plan.etag)
    later = actions.save_entry(pm, plan.id, two, {"field": "500"}, if_match=plan.etag)
    assert [entry["field"] for entry in later.draft.document["entries"]] == ["489", "500"]
    with pytest.raises(Outdated) as clash:
        actions.save_entry(pm, plan.id, one, {"field": "389"}, if_match=plan.etag)
    assert clash.value.code == "plan.entry_changed"
    assert (clash.value.current["entry"]["field"], clash.value.current["yours"]["field"]) == ("489", "389")
    assert queries.plan(pm, plan.id).draft.document["entries"][0]["field"] == "489"
    with pytest.raises(Outdated):
        actions.remove_entry(pm, plan.id, one, if_match=plan.etag)


def test_entries_are_added_moved_and_removed_one_by_one(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world))
    view, new = actions.add_entry(pm, plan.id, an_entry(9), place=0)
    assert [entry["data_number"] for entry in view.draft.document["entries"]] == ["9", "1", "2"]
    view = actions.save_entry(pm, plan.id, new, {}, if_match=view.etag, place=2)
    assert [entry["data_number"] for entry in view.draft.document["entries"]] == ["1", "2", "9"]
    view = actions.remove_entry(pm, plan.id, new, if_match=view.etag)
    assert [entry["data_number"] for entry in view.draft.document["entries"]] == ["1", "2"]
    with pytest.raises(NotThere):
        actions.save_entry(pm, plan.id, new, {}, if_match=view.etag)


def test_a_foreign_entry_id_is_refused_and_an_entry_taken_out_by_mistake_may_come_back(world_of):
    world = world_of([])
    pm = world.actor("pm")
    other = actions.create_plan(pm, a_plan(world))
    plan = actions.adopt(pm, actions.create_plan(pm, a_plan(world)).id).plan
    foreign = other.draft.document["entries"][0]
    draft = actions.revise(pm, plan.id, reason="見直し", changes=[{"id": plan.entries[0].id, "remove": True}]).plan
    with pytest.raises(IzumiError) as refused:
        actions.save_plan(pm, plan.id, {"entries": [foreign]}, if_match=draft.etag)
    assert [f.rule for f in refused.value.findings] == ["entry-id-foreign"]
    back = actions.save_plan(pm, plan.id, {"entries": [entry.document for entry in plan.entries]}, if_match=draft.etag)
    done = actions.adopt(pm, plan.id).plan
    assert [entry.records for entry in done.entries] == [entry.records for entry in plan.entries]
    assert back.draft.base == 1


def test_a_revision_that_is_discarded_leaves_the_plan_as_it_was(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.adopt(pm, actions.create_plan(pm, a_plan(world)).id).plan
    actions.revise(pm, plan.id, reason="やめる", changes=[{"id": plan.entries[0].id, "field": "1"}])
    assert actions.discard_draft(pm, plan.id)
    now = queries.plan(pm, plan.id)
    assert (now.version, now.draft, now.document) == (1, None, plan.document)
    assert journal.events_of(plan.id)[0].verb == "plan.revision_discarded"


def test_a_plan_never_adopted_is_thrown_away_by_who_answers_for_it_and_stays_in_the_journal(world_of):
    world = world_of(["pm"])
    pm, researcher = world.actor("pm"), world.actor("researcher")
    of_pm = actions.create_plan(pm, a_plan(world)).id
    with pytest.raises(Refused):
        actions.discard_draft(researcher, of_pm)
    assert actions.discard_draft(pm, of_pm) is False
    with pytest.raises(NotThere):
        queries.plan(pm, of_pm)
    said = journal.events_of(of_pm)[0]
    assert said.verb == "plan.discarded" and len(said.payload["document"]["entries"]) == len(a_plan(world)["entries"])
    own = actions.create_plan(researcher, a_plan(world)).id
    assert actions.discard_draft(researcher, own) is False


def test_a_revision_under_a_chain_is_handed_in_by_who_may_not_adopt(world_of):
    world = world_of(["institution"])
    researcher, curator = world.actor("researcher"), world.actor("curator")
    plan = actions.create_plan(researcher, a_plan(world))
    actions.submit(researcher, plan.id)
    actions.adopt(curator, plan.id)
    entry = queries.plan(researcher, plan.id).entries[0].id
    done = actions.revise(researcher, plan.id, reason="遅れ", changes=[{"id": entry, "planned": {"publish_on": "2027-12-01"}}], adopt=True)
    assert done.in_force is None
    assert (done.plan.state, done.plan.version, done.plan.draft.state, done.plan.draft.step) == ("adopted", 1, "submitted", "institution")
    assert actions.adopt(curator, plan.id).plan.version == 2


def test_a_record_answers_entries_of_several_plans_and_carries_the_promises_of_both(world_of):
    world = world_of([])
    pm = world.actor("pm")
    first = actions.adopt(pm, actions.create_plan(pm, a_plan(world, entries=1)).id).plan
    second = actions.adopt(pm, actions.create_plan(pm, a_plan(world, entries=[an_entry(5, planned={"publish_on": "2028-01-01", "size_bytes": 9})])).id).plan
    record = first.entries[0].records[0]
    linked = actions.link_record(pm, second.id, "5", record)
    assert linked.entries[0].records[1] == record
    row = Record.objects.get(pk=record)
    assert row.plan_entries == [first.entries[0].id, second.entries[0].id]
    assert {o["plan"] for o in row.obligations} == {first.id, second.id}
    assert row.quota_bytes == 2_000_000_000
    with pytest.raises(Conflict) as again:
        actions.link_record(pm, second.id, "5", record)
    assert again.value.code == "plan.already_linked"
    actions.unlink_record(pm, second.id, "5", record)
    assert Record.objects.get(pk=record).plan_entries == [first.entries[0].id]


def test_a_record_that_is_none_of_ones_own_is_not_assigned(world_of):
    world = world_of([])
    pm, stranger = world.actor("pm"), world.actor("stranger")
    plan = actions.adopt(pm, actions.create_plan(pm, a_plan(world, entries=1)).id).plan
    hidden = record_actions.create_record(world.actor("colleague"), metadata=a_document())
    with pytest.raises(NotThere):
        actions.link_record(pm, plan.id, "1", hidden.id)
    with pytest.raises(NotThere):
        actions.link_record(stranger, plan.id, "1", plan.entries[0].records[0])


def test_a_new_entry_may_name_the_record_that_answers_it(world_of):
    world = world_of([])
    pm, researcher = world.actor("pm"), world.actor("researcher")
    plan = actions.adopt(pm, actions.create_plan(pm, a_plan(world, entries=1)).id).plan
    mine = record_actions.create_record(researcher, metadata=a_document(data_number="77"), projects=[world.project])
    done = actions.revise(pm, plan.id, reason="計画外のデータを加える", changes=[{**an_entry(77), "records": [mine.id]}], adopt=True)
    assert done.in_force.records == ()
    assert done.plan.entries[1].records == (mine.id,)
    assert records.reality([mine.id])[mine.id].plan_entries == (done.plan.entries[1].id,)


def test_the_record_of_an_entry_is_found_or_opened_again(world_of):
    world = world_of([])
    pm, researcher = world.actor("pm"), world.actor("researcher")
    plan = actions.adopt(pm, actions.create_plan(pm, a_plan(world, entries=1)).id).plan
    standing = plan.entries[0].records[0]
    before = journal.last_seq()
    assert actions.open_entry(researcher, plan.id, "1") == (standing, False)
    assert journal.last_seq() == before
    further, new = actions.open_entry(researcher, plan.id, plan.entries[0].id, further=True)
    assert new and queries.plan(pm, plan.id).entries[0].records == (standing, further)
    draft = actions.create_plan(pm, a_plan(world))
    with pytest.raises(Conflict) as early:
        actions.open_entry(pm, draft.id, "1")
    assert early.value.code == "plan.not_adopted"


def test_what_a_reader_of_the_plan_may_not_see_of_a_record_is_left_out(world_of):
    world = world_of(["agency"])
    pm, funder = world.actor("pm"), world.actor("funder")
    plan = actions.create_plan(pm, a_plan(world, entries=1))
    actions.submit(pm, plan.id)
    done = actions.adopt(funder, plan.id).plan
    hidden = queries.seen(world.actor("stranger"), done.entries[0].records)
    (fact,) = hidden.values()
    assert (dict(fact.title), fact.size_bytes, fact.owner, fact.lacks, fact.state) == ({}, 0, "", (), "unpublished")
    assert queries.plan(pm, plan.id).entries[0].reality[0].title["ja"].startswith("見本川")
