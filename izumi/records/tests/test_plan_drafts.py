from __future__ import annotations

import io

import pytest

from izumi.kernel.actors import system
from izumi.kernel.errors import NotThere, Refused
from izumi.kernel.work import work
from izumi.records import actions, file_actions, queries
from izumi.records.models import Draft, Record
from izumi.storage import actions as storage
from tests.builders import World, a_document, a_world

ENTRY = "2m3n4-p5q6r"
FUNDING = [{"funder": {"name": {"ja": "架空研究推進機構", "en": "Imaginary Agency"}}, "award_number": "JPMJXX9901",
            "award_title": {"ja": "見本川プロジェクト"}}]


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def open_one(world: World, **changes: object) -> str:
    told = {
        "owner": "", "organisation": world.organisation, "projects": [world.project], "metadata": a_document(creators=None, funding=FUNDING),
        "sources": {}, "plan_entries": [ENTRY], "editors": [f"project:{world.project}"], "quota_bytes": 1000,
        "obligations": [{"plan": "p", "entry": ENTRY, "kind": "publish", "day": "2027-03-31"}],
    }  # fmt: skip
    with work(system("plan"), "plan.adopt") as w:
        return actions.open_draft(w, **{**told, **changes})  # type: ignore[arg-type]


def put(actor: object, record: str, size: int) -> None:
    blob = storage.receive(io.BytesIO(b"x" * size))
    file_actions.put_files(actor, record, [file_actions.Arrived(path="a.csv", blob=blob, media_type="text/csv")])  # type: ignore[arg-type]


def test_whoever_of_the_project_writes_first_becomes_the_owner_and_creator(world: World) -> None:
    record = open_one(world)
    assert Record.objects.get(pk=record).owner == ""
    shown = actions.save_draft(world.actor("researcher"), record, {"field": "489"}, if_match=None, required=False)
    assert Record.objects.get(pk=record).owner == world.persons["researcher"]
    assert shown.metadata["creators"][0]["name"]["ja"] == "researcher"
    assert [line.id for line in queries.own_records(world.actor("researcher"), state="draft").items] == [record]
    verbs = [event.verb for event in queries.history(world.actor("pm"), record)]
    assert verbs == ["record.draft_saved", "record.taken_up", "record.created"]


def test_taking_it_up_by_a_file_leaves_the_revision(world: World) -> None:
    record = open_one(world)
    put(world.actor("researcher"), record, 3)
    row = Record.objects.get(pk=record)
    assert (row.owner, row.size_bytes) == (world.persons["researcher"], 3)
    draft = Draft.objects.get(record=row)
    assert draft.revision == 1 and draft.metadata["creators"][0]["name"]["ja"] == "researcher"


def test_a_named_owner_stays_and_the_helping_member_goes_on_after_publication(world: World) -> None:
    record = open_one(world, owner=world.persons["pm"], metadata=a_document(funding=FUNDING))
    put(world.actor("researcher"), record, 3)
    row = Record.objects.get(pk=record)
    assert row.owner == world.persons["pm"]
    assert f"person:{world.persons['researcher']}" in row.editors
    with pytest.raises(Refused):
        actions.publish_version(world.actor("researcher"), record)
    assert actions.publish_version(world.actor("pm"), record).version == 1
    assert queries.view(world.actor("researcher"), record).can["edit"]


def test_strangers_do_not_know_a_planned_draft(world: World) -> None:
    record = open_one(world)
    for name in ("stranger", "colleague", "company", "operator"):
        with pytest.raises(NotThere):
            queries.view(world.actor(name), record)


def test_what_is_stored_over_the_plan_warns_and_never_blocks(world: World) -> None:
    record = open_one(world, metadata=a_document(funding=FUNDING))
    who = world.actor("researcher")
    put(who, record, 1100)
    assert "size-over-plan" not in {f.rule for f in actions.findings_of(who, record, step="publish")}
    put(who, record, 1101)
    told = {f.rule: f for f in actions.findings_of(who, record, step="publish")}["size-over-plan"]
    assert told.message["en"] == "101 bytes more than planned are stored." and not told.blocks


def test_the_facts_for_comparing_name_what_is_missing(world: World) -> None:
    record = open_one(world, metadata=a_document(title=None, creators=None))
    fact = queries.reality([record])[record]
    assert (fact.state, fact.access_class, fact.files, fact.plan_entries) == ("unpublished", "open", 0, (ENTRY,))
    assert "/title" in fact.lacks and fact.projects == (world.project,) and not fact.discarded
    actions.save_draft(world.actor("pm"), record, {"title": {"ja": "見本川の水温の記録（毎時）"}}, if_match=None, required=False)
    assert "/title" not in queries.reality(projects=[world.project])[record].lacks
    actions.discard_draft(world.actor("pm"), record)
    assert queries.reality([record])[record].discarded


def test_a_draft_follows_its_plan_only_where_nobody_chose_otherwise(world: World) -> None:
    record = open_one(world)
    after = {"class": "closed", "reasons": [{"code": "contract"}]}
    with work(system("plan"), "plan.adopt") as w:
        assert actions.follow_plan(w, record, before={"class": "open"}, after=after)
    assert queries.reality([record])[record].access_class == "closed"
    actions.save_draft(world.actor("pm"), record, {"access": {"class": "open", "reasons": None}}, if_match=None, required=False)
    with work(system("plan"), "plan.adopt") as w:
        assert not actions.follow_plan(w, record, before=after, after={"class": "shared"})
        w.joined = True
    assert queries.reality([record])[record].access_class == "open"


def test_a_rebuilt_record_remembers_its_plan(world: World) -> None:
    record = open_one(world, metadata=a_document(funding=FUNDING), profiles=["common"])
    put(world.actor("researcher"), record, 3)
    actions.publish_version(world.actor("researcher"), record)
    head = queries.head_state(record)
    Record.objects.all().delete()
    with work(system("rebuild"), "site.rebuild") as w:
        w.journal("site.rebuilt", "", {})
        actions.restore_record(w, head)
    row = Record.objects.get(pk=record)
    assert row.plan_entries == [ENTRY] and row.quota_bytes == 1000 and row.obligations[0]["day"] == "2027-03-31"
    assert row.editors == [f"project:{world.project}"] and row.owner == world.persons["researcher"]
