"""Handing in: a frozen copy with a receipt, returned, replaced, accepted – and nothing later changes it."""

from __future__ import annotations

import hashlib
import io
import json

import openpyxl
import pytest

from izumi.governance import actions, queries
from izumi.kernel import clock, journal
from izumi.kernel.actors import ANONYMOUS, console
from izumi.kernel.errors import Conflict, Invalid, NotThere, Refused, SignInNeeded
from izumi.people import actions as people
from izumi.records import actions as records


def submit(world, day="2026-06-01", *, round_=None, who="pm", project=None):
    with clock.at(f"{day}T12:00:00+09:00"):
        return actions.submit_report(world.actor(who), round_ or world.round(), project or world.project)


def csv_of(client, world, submission, who="pm"):
    answer = client.get(f"/api/v1/submissions/{submission}", {"format": "csv"}, **world.bearer(who))
    assert answer.status_code == 200
    return answer.getvalue()


def test_the_copy_never_changes_whatever_happens_to_the_records(client, world, on):
    first = world.publish(title={"ja": "提出したときの題"})
    view = submit(world)
    before = csv_of(client, world, view.id)
    with clock.at("2026-06-02T09:00:00+09:00"):
        me = world.actor("researcher")
        records.open_version(me, first, kind="metadata")
        records.save_draft(me, first, {"title": {"ja": "あとの題"}}, if_match="*")
        records.publish_version(me, first)
        records.withdraw(me, first, why="取り違え")
    world.publish(at="2026-06-03T09:00:00+09:00")
    assert csv_of(client, world, view.id) == before and "提出したときの題" in before.decode()
    assert hashlib.sha256(before).hexdigest() == view.digest
    with on("2026-06-04"):
        assert len(list(queries.report(world.actor("funder"), "common", project=world.project).rows)) == 1


@pytest.mark.parametrize("scheme", ["common", "moonshot", "erad"])
def test_every_report_comes_back_from_the_copy_as_it_was(client, world, on, scheme):
    world.publish()
    round_ = world.round(scheme)
    view = submit(world, round_=round_)
    with on("2026-06-01"):
        fresh = client.get(f"/api/v1/reports/{scheme}", {"project": world.project, "round": round_, "format": "csv"}, **world.bearer("pm")).getvalue()
        asked = json.loads(client.get(f"/api/v1/reports/{scheme}", {"project": world.project, "round": round_}, **world.bearer("pm")).getvalue())
    told = json.loads(client.get(f"/api/v1/submissions/{view.id}", **world.bearer("funder")).getvalue())
    book = client.get(f"/api/v1/submissions/{view.id}", {"format": "xlsx"}, **world.bearer("funder")).getvalue()
    assert csv_of(client, world, view.id) == fresh
    assert told["rows"] == asked["rows"] and told["notes"] == asked["notes"] and told["columns"] == asked["columns"]
    assert told["state"] == "submitted" and told["digest"] == hashlib.sha256(fresh).hexdigest()
    assert len(openpyxl.load_workbook(io.BytesIO(book)).sheetnames) == 3


def test_a_returned_report_is_handed_in_again_and_the_old_one_is_kept(client, world):
    world.publish()
    round_ = world.round()
    first = submit(world, round_=round_)
    with pytest.raises(Conflict) as standing:
        submit(world, round_=round_)
    assert standing.value.code == "report.standing"
    returned = actions.return_report(world.actor("funder"), first.id, why="No. 1 の説明を補ってください。")
    assert (returned.state, returned.why, returned.can["decide"]) == ("returned", "No. 1 の説明を補ってください。", False)
    world.publish(at="2026-06-10T09:00:00+09:00")
    second = submit(world, "2026-06-11", round_=round_)
    assert (second.replaces, second.state, second.counts["rows"]) == (first.id, "submitted", 2)
    accepted = actions.accept_report(world.actor("funder"), second.id)
    assert (accepted.state, accepted.decided_by) == ("accepted", f"person:{world.persons['funder']}")
    for again in (lambda: actions.accept_report(world.actor("funder"), second.id), lambda: submit(world, round_=round_)):
        with pytest.raises(Conflict):
            again()
    listed = client.get(f"/api/v1/rounds/{round_}/submissions", **world.bearer("funder")).json()
    assert [(one["id"], one["state"], one["counts"]["rows"]) for one in listed["items"]] == [(second.id, "accepted", 2), (first.id, "returned", 1)]
    assert [e.verb for e in reversed(journal.events_of(first.id))] == ["report.submitted", "report.returned"]
    assert journal.events_of(second.id)[-1].payload == {
        "round": round_, "project": world.project, "report": "common", "digest": second.digest, "late": False, "count": 2,
    }  # fmt: skip


@pytest.mark.parametrize(("day", "late"), [("2027-04-30", False), ("2027-05-01", True)])
def test_what_comes_after_the_due_day_is_marked_late(world, day, late):
    world.publish()
    assert submit(world, day).late is late


def test_a_round_takes_its_day_and_its_year(world):
    old, new = world.publish(at="2026-03-10T10:00:00+09:00"), world.publish(at="2027-03-31T23:59:00+09:00")
    world.publish(at="2027-04-01T00:00:00+09:00")
    table = submit(world, "2027-04-20")
    total = submit(world, "2027-04-20", round_=world.round("erad"))
    assert (table.as_of.isoformat(), table.late) == ("2027-03-31", False)
    assert [row["told"]["record"] for row in table.frozen["rows"]] == [old, new]  # the whole table is handed in
    assert table.counts["in_period"] == 1
    row = next(one["told"] for one in total.frozen["rows"] if one["told"]["organisation"] == world.lead)
    assert (row["count"], row["cumulative"], row["records"]) == (1, 2, [new])


def test_nothing_is_not_handed_in_but_a_year_with_nothing_new_is(world):
    with pytest.raises(Conflict) as empty:
        submit(world)
    assert empty.value.code == "report.empty"
    world.publish(at="2026-03-10T10:00:00+09:00")
    assert submit(world, round_=world.round("erad")).frozen["totals"]["counted"] == 0


@pytest.mark.parametrize("who", ["researcher", "company", "curator", "funder", "other_funder", "stranger"])
def test_only_the_pm_hands_in(world, who):
    world.publish()
    with pytest.raises(Refused):
        submit(world, who=who)
    with pytest.raises(SignInNeeded):
        actions.submit_report(ANONYMOUS, world.round(), world.project)


@pytest.mark.parametrize("who", ["researcher", "partner", "company", "curator", "other_funder", "stranger"])
def test_a_submission_is_not_there_for_those_who_may_not_see_every_record_in_it(client, world, who):
    world.publish()
    view = submit(world)
    for write in (lambda: actions.accept_report(world.actor(who), view.id), lambda: actions.return_report(world.actor(who), view.id, why="x")):
        with pytest.raises(NotThere):
            write()
    assert client.get(f"/api/v1/submissions/{view.id}", **world.bearer(who)).status_code == 404
    listed = client.get(f"/api/v1/rounds/{view.round}/submissions", **world.bearer(who))
    assert listed.status_code == 403 or listed.json()["items"] == []


def test_the_pm_does_not_decide_on_their_own_report(world):
    world.publish()
    view = submit(world)
    for write in (lambda: actions.accept_report(world.actor("pm"), view.id), lambda: actions.return_report(world.actor("pm"), view.id, why="x")):
        with pytest.raises(Refused):
            write()
    with pytest.raises(Invalid):
        actions.return_report(world.actor("funder"), view.id, why="  ")


def test_a_round_that_has_not_begun_or_belongs_elsewhere_takes_nothing(world):
    world.publish()
    early = world.round(year=2028, as_of="2029-03-31", due_on="2029-04-30")
    world.publish(projects=[world.elsewhere])
    for asked, rule in (({"round_": early}, "period-future"), ({"project": world.elsewhere}, "round-of-other-programme")):
        with pytest.raises(Invalid) as told:
            submit(world, **asked)
        assert [one.rule for one in told.value.findings] == [rule]


def test_what_is_due_is_told_to_those_who_hand_in_and_to_those_who_wait(world, on):
    world.publish()
    round_ = world.round()
    people.assign_role(console(), person=world.persons["pm"], role="pm", scope=f"project:{world.second}")

    def seen(who):
        return {(one.project.id, one.state, one.late, one.may_submit) for one in queries.due(world.actor(who))}

    with on("2027-04-01"):
        assert seen("pm") == {(world.project, "", False, True), (world.second, "", False, True)}
        assert seen("funder") == {(world.project, "", False, False), (world.second, "", False, False)}
        assert seen("stranger") == set() and queries.due(world.actor("stranger"), project=world.project) == []
    view = submit(world, "2027-04-02", round_=round_)
    with on("2027-05-02"):
        assert seen("pm") == {(world.project, "submitted", False, False), (world.second, "", True, True)}
        line = next(one for one in queries.due(world.actor("pm"), project=world.project))
    assert line.href == f"/reports/submissions/{view.id}"


def test_two_copies_at_once_are_one(world, monkeypatch):
    """Both PMs see nothing handed in; the second finds the first one's."""
    world.publish()
    round_ = world.round()
    original = actions.frozen.laid_down

    def meanwhile(report):
        made = original(report)
        monkeypatch.setattr(actions.frozen, "laid_down", original)
        submit(world, round_=round_)
        return made

    monkeypatch.setattr(actions.frozen, "laid_down", meanwhile)
    with pytest.raises(Conflict):
        submit(world, round_=round_)
