"""The life of a record: draft, publication, correction, new version, withdrawal – and who may do what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from izumi.kernel import clock, journal
from izumi.kernel.actors import ANONYMOUS, console
from izumi.kernel.errors import Conflict, Gone, Invalid, IzumiError, MatchNeeded, NotThere, Outdated, Refused
from izumi.records import actions, queries, rules
from tests.builders import World, a_document, a_world

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def published(world: World, who: str = "researcher", **changes: object) -> str:
    view = actions.create_record(world.actor(who), metadata=a_document(**changes))
    actions.publish_version(world.actor(who), view.id)
    return view.id


def test_a_record_lives_from_draft_to_tombstone(world: World) -> None:
    me = world.actor("researcher")
    view = actions.create_record(me, metadata=a_document())
    assert (view.state, view.draft_state, view.version, view.revision) == ("unpublished", "open", None, 1)
    with pytest.raises(NotThere):
        queries.view(ANONYMOUS, view.id)
    saved = actions.save_draft(me, view.id, {"summary": {"ja": "川の水の記録です。"}}, if_match=f'"{view.id}-r1"')
    assert saved.revision == 2
    assert actions.publish_version(me, view.id).version == 1
    seen = queries.view(ANONYMOUS, view.id)
    assert (seen.version, seen.state, seen.metadata["summary"]) == (1, "published", {"ja": "川の水の記録です。"})
    assert seen.reading.allowed
    actions.open_version(me, view.id, kind="metadata")
    actions.save_draft(me, view.id, {"title": {"ja": "見本川の水質（訂正）"}}, if_match="*")
    actions.publish_version(me, view.id)
    assert queries.view(ANONYMOUS, view.id).versions[-1].label == "1.1"
    actions.open_version(me, view.id)
    actions.publish_version(me, view.id, note="2 年目")
    assert [line.label for line in queries.view(ANONYMOUS, view.id).versions] == ["1", "1.1", "2"]
    actions.withdraw(me, view.id, why="採水地点の取り違え")
    with pytest.raises(Gone) as gone:
        queries.view(ANONYMOUS, view.id)
    assert gone.value.facts["view"].withdrawn_why == "採水地点の取り違え"
    assert [e.verb for e in reversed(journal.events_of(view.id))] == [
        "record.created", "record.draft_saved", "record.published", "record.version_opened", "record.draft_saved",
        "record.corrected", "record.version_opened", "record.published", "record.withdrawn",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["colleague", "company", "operator", "stranger"])
def test_a_draft_is_absent_for_those_who_have_no_part_in_it(world: World, who: str) -> None:
    view = actions.create_record(world.actor("researcher"), metadata=a_document())
    with pytest.raises(NotThere):
        queries.view(world.actor(who), view.id)
    with pytest.raises(NotThere):
        actions.save_draft(world.actor(who), view.id, {}, if_match="*")
    with pytest.raises(NotThere):
        actions.publish_version(world.actor(who), view.id)


@pytest.mark.parametrize("who", ["company", "operator"])
def test_who_has_no_role_to_create_is_refused(world: World, who: str) -> None:
    with pytest.raises(Refused):
        actions.create_record(world.actor(who), metadata=a_document())


def test_a_stale_match_is_told_with_the_present_state_and_changes_nothing(world: World) -> None:
    me = world.actor("researcher")
    view = actions.create_record(me, metadata=a_document())
    actions.save_draft(me, view.id, {"version_label": "a"}, if_match=f'"{view.id}-r1"')
    with pytest.raises(Outdated) as stale:
        actions.save_draft(me, view.id, {"version_label": "b"}, if_match=f'"{view.id}-r1"')
    assert stale.value.current["metadata"]["version_label"] == "a"
    with pytest.raises(MatchNeeded):
        actions.save_draft(me, view.id, {}, if_match=None)
    assert queries.view(me, view.id, draft=True).metadata["version_label"] == "a"


def test_a_draft_may_be_empty_but_cannot_be_published(world: World) -> None:
    me = world.actor("researcher")
    view = actions.create_record(me, prefill=False)
    with pytest.raises(Invalid) as refused:
        actions.publish_version(me, view.id)
    assert {"/title", "/description"} <= {f.pointer for f in refused.value.findings}
    assert queries.view(me, view.id).state == "unpublished"


def test_where_a_review_is_due_the_author_submits_and_the_curator_accepts(home: object) -> None:
    world = a_world(review="curator")
    me, curator = world.actor("researcher"), world.actor("curator")
    view = actions.create_record(me, metadata=a_document())
    with pytest.raises(Refused) as due:
        actions.publish_version(me, view.id)
    assert due.value.code == "review.needed"
    actions.submit_draft(me, view.id)
    assert [line.id for line in queries.review_queue(curator).items] == [view.id]
    assert queries.review_queue(me).items == ()
    actions.return_draft(curator, view.id, why="採水地点の地図を足してください")
    assert queries.view(me, view.id, draft=True).returned_why == "採水地点の地図を足してください"
    actions.submit_draft(me, view.id)
    actions.accept_draft(curator, view.id)
    actions.save_draft(me, view.id, {"version_label": "変更"}, if_match="*")
    with pytest.raises(Refused):
        actions.publish_version(me, view.id)  # an edit after acceptance needs another review
    assert actions.publish_version(curator, view.id).version == 1


def test_a_scheduled_record_opens_on_its_day_at_midnight_japan_time(world: World, run_workers: object) -> None:
    me = world.actor("researcher")
    with clock.at("2026-11-21T10:00:00+09:00"):
        view = actions.create_record(me, metadata=a_document())
        done = actions.publish_version(me, view.id, on=clock.today() + timedelta(days=2))
        assert (done.version, str(done.scheduled_on)) == (None, "2026-11-23")
        run_workers()
    with clock.at("2026-11-22T23:59:59+09:00"):
        run_workers()
        with pytest.raises(NotThere):
            queries.view(ANONYMOUS, view.id)
    with clock.at("2026-11-23T00:00:01+09:00"):
        run_workers()
        assert queries.view(ANONYMOUS, view.id).published_on.isoformat() == "2026-11-23"


def test_an_embargo_ends_at_midnight_japan_time_and_then_reads_open(world: World, run_workers: object) -> None:
    with clock.at("2027-03-01T12:00:00+09:00"):
        key = published(world, access={"class": "embargoed", "available_on": "2027-04-01"})
    with clock.at("2027-03-31T23:59:59+09:00"):
        run_workers()
        seen = queries.view(ANONYMOUS, key)
        assert (seen.reading.allowed, seen.metadata["access"]["class"]) == (False, "embargoed")
    with clock.at("2027-04-01T00:00:01+09:00"):
        seen = queries.view(ANONYMOUS, key)
        assert (seen.reading.allowed, seen.metadata["access"]["class"]) == (True, "open")
        run_workers()
        assert queries.view(ANONYMOUS, key).updated_on.isoformat() == "2027-04-01"
        assert "record.opened" in {e.verb for e in journal.events_of(key)}


def test_the_access_statement_belongs_to_the_record_after_publication(world: World) -> None:
    me = world.actor("researcher")
    key = published(world)
    actions.open_version(me, key)
    saved = actions.save_draft(me, key, {"access": {"class": "closed"}}, if_match="*")
    assert "access-kept-by-record" in {f.rule for f in saved.findings}
    now = actions.access_of(me, key)
    seen = actions.set_access(me, key, {"class": "closed", "reasons": [{"code": "contract"}]}, if_match=None, preview=True)
    assert ("loses", "read", "public") in {(c.effect, c.action, c.audience) for c in seen.changes}
    assert queries.view(ANONYMOUS, key).reading.allowed
    actions.set_access(me, key, {"class": "closed", "reasons": [{"code": "contract"}]}, if_match=now.etag)
    assert not queries.view(ANONYMOUS, key).reading.allowed
    with pytest.raises(Outdated):
        actions.set_access(me, key, {"class": "open"}, if_match=now.etag)


def test_closed_metadata_hides_the_record_from_everyone_but_its_parties(world: World) -> None:
    key = published(world, access={"class": "closed", "metadata_class": "closed", "reasons": [{"code": "personal_data"}]})
    with pytest.raises(NotThere):
        queries.view(ANONYMOUS, key)
    assert queries.visible_ids(ANONYMOUS, [key]) == frozenset()
    assert queries.index_entries([key])[0].audience >= {"console", "role:admin@site"}
    assert "public" not in queries.index_entries([key])[0].audience
    assert queries.view(world.actor("curator"), key).id == key


def test_one_version_can_be_withdrawn_and_the_rest_stays(world: World) -> None:
    me = world.actor("researcher")
    key = published(world)
    actions.open_version(me, key)
    actions.publish_version(me, key)
    actions.withdraw(me, key, why="誤り", version=2)
    assert queries.view(ANONYMOUS, key).version == 1
    with pytest.raises(Gone):
        queries.view(ANONYMOUS, key, version=2)
    with pytest.raises(Conflict):
        actions.withdraw(me, key, why="誤り", version=2)


def test_a_discarded_draft_can_be_restored(world: World) -> None:
    me = world.actor("researcher")
    key = published(world)
    actions.open_version(me, key)
    actions.save_draft(me, key, {"version_label": "試し"}, if_match="*")
    actions.discard_draft(me, key)
    with pytest.raises(IzumiError) as none:
        queries.view(me, key, draft=True)
    assert (none.value.code, none.value.status) == ("draft.none", 404)
    assert actions.restore_draft(me, key).metadata["version_label"] == "試し"


def test_the_project_manager_edits_every_record_of_the_project(world: World) -> None:
    me, pm = world.actor("researcher"), world.actor("pm")
    view = actions.create_record(me, metadata=a_document(), projects=[world.project])
    assert actions.save_draft(pm, view.id, {"version_label": "pm"}, if_match="*").metadata["version_label"] == "pm"
    with pytest.raises(Invalid):
        actions.create_record(world.actor("colleague"), metadata=a_document(), projects=[world.project])


def test_the_admin_publishes_but_reads_no_closed_bytes(world: World) -> None:
    key = published(world, access={"class": "closed", "reasons": [{"code": "contract"}]})
    seen = queries.view(world.actor("admin"), key)
    assert (seen.can["withdraw"], seen.can["read"]) == (True, False)
    assert queries.view(console(), key).can["read"]


def test_differences_name_each_member() -> None:
    old, new = {"title": {"ja": "a"}, "keywords": [1]}, {"title": {"ja": "b"}, "keywords": [1, 2]}
    assert [d.pointer for d in rules.differences(old, new)] == ["/keywords", "/title/ja"]


def test_the_head_state_brings_the_record_back_as_it_was(world: World) -> None:
    key = published(world)
    head = queries.head_state(key)
    assert (head["format"], head["versions"][0]["metadata"]["field"]) == (1, "389")
    assert "access" not in head["versions"][0]["metadata"]
