"""The chain is data of the programme: who hands in, who says yes, who returns, and what is in force when."""

from __future__ import annotations

import pytest

from izumi.kernel import journal
from izumi.kernel.actors import console
from izumi.kernel.errors import Conflict, IzumiError, NotThere, Refused
from izumi.plans import actions, queries
from izumi.plans.tests.conftest import a_plan
from izumi.records import queries as records


def verbs(plan: str) -> list[str]:
    return [event.verb for event in reversed(journal.events_of(plan))]


def test_without_a_chain_the_owner_adopts_alone_and_nothing_is_handed_in(world_of):
    world = world_of([])
    researcher = world.actor("researcher")
    plan = actions.create_plan(researcher, a_plan(world))
    with pytest.raises(Conflict) as refused:
        actions.submit(researcher, plan.id)
    assert refused.value.code == "plan.adopted_alone"
    done = actions.adopt(researcher, plan.id)
    assert (done.plan.state, done.plan.version, done.plan.draft) == ("adopted", 1, None)
    assert [len(entry.records) for entry in done.plan.entries] == [1, 1]
    assert verbs(plan.id) == ["plan.created", "plan.adopted"]
    assert done.plan.versions[0].chain == ()


def test_a_member_who_does_not_own_the_plan_writes_it_and_does_not_adopt_it(world_of):
    world = world_of([])
    plan = actions.create_plan(world.actor("pm"), a_plan(world))
    member = world.actor("researcher")
    saved = actions.save_plan(member, plan.id, {"description": {"ja": "直しました。"}}, if_match=plan.etag)
    assert saved.draft is not None and saved.draft.document["description"] == {"ja": "直しました。"}
    with pytest.raises(Refused):
        actions.adopt(member, plan.id)


def test_an_institution_says_yes_after_the_plan_was_handed_in(world_of):
    world = world_of(["institution"])
    researcher, curator = world.actor("researcher"), world.actor("curator")
    plan = actions.create_plan(researcher, a_plan(world))
    with pytest.raises(Conflict) as early:
        actions.adopt(curator, plan.id)
    assert early.value.code == "plan.not_submitted"
    with pytest.raises(Refused):
        actions.adopt(researcher, plan.id)
    waiting = actions.submit(researcher, plan.id)
    assert (waiting.state, waiting.draft.state, waiting.draft.step) == ("submitted", "submitted", "institution")
    assert [line.id for line in queries.plans_waiting(curator)] == [plan.id]
    assert queries.plans_waiting(researcher) == []
    with pytest.raises(Refused):
        actions.adopt(researcher, plan.id)
    done = actions.adopt(curator, plan.id)
    assert (done.plan.state, done.plan.version) == ("adopted", 1)
    assert [(one["step"], one["by"]) for one in done.plan.versions[0].chain] == [("institution", curator.id)]
    assert verbs(plan.id) == ["plan.created", "plan.submitted", "plan.adopted"]


def test_a_leader_adopts_what_was_not_handed_in_as_handing_it_in_and_saying_yes(world_of):
    world = world_of(["pm"])
    plan = actions.create_plan(world.actor("researcher"), a_plan(world))
    done = actions.adopt(world.actor("pm"), plan.id)
    assert done.plan.state == "adopted"
    assert verbs(plan.id) == ["plan.created", "plan.submitted", "plan.adopted"]


def test_leader_then_agency_and_the_agency_sees_it_from_then_on(world_of):
    world = world_of(["pm", "agency"])
    researcher, pm, funder = (world.actor(name) for name in ("researcher", "pm", "funder"))
    plan = actions.create_plan(researcher, a_plan(world))
    with pytest.raises(NotThere):
        queries.plan(funder, plan.id)
    assert queries.plans_of(funder).items == ()
    actions.submit(researcher, plan.id)
    with pytest.raises(Refused):
        actions.adopt(funder, plan.id)  # the leader is asked first
    passed = actions.adopt(pm, plan.id)
    assert passed.in_force is None
    assert (passed.plan.state, passed.plan.draft.step, passed.plan.version) == ("submitted", "agency", 0)
    assert [line.id for line in queries.plans_waiting(funder)] == [plan.id]
    assert queries.plan(funder, plan.id).draft.step == "agency"
    with pytest.raises(Refused):
        actions.adopt(pm, plan.id)
    done = actions.adopt(funder, plan.id)
    assert (done.plan.state, done.plan.version) == ("adopted", 1)
    assert [one["by"] for one in done.plan.versions[0].chain] == [pm.id, funder.id]
    assert verbs(plan.id) == ["plan.created", "plan.submitted", "plan.passed", "plan.adopted"]
    assert records.reality([done.in_force.records[0]])[done.in_force.records[0]].state == "unpublished"


def test_a_leader_who_hands_in_has_said_yes_but_never_the_last_yes(world_of):
    world = world_of(["pm", "agency"])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world))
    assert actions.submit(pm, plan.id).draft.step == "agency"
    assert verbs(plan.id) == ["plan.created", "plan.submitted", "plan.passed"]


def test_the_console_stands_for_every_step(world_of):
    world = world_of(["institution", "pm", "agency"])
    plan = actions.create_plan(world.actor("researcher"), a_plan(world))
    done = actions.adopt(console(), plan.id)
    assert done.plan.state == "adopted"
    assert [one["step"] for one in done.plan.versions[0].chain] == ["institution", "pm", "agency"]


def test_a_returned_plan_carries_the_reason_and_starts_at_the_first_step_again(world_of):
    world = world_of(["pm", "agency"])
    researcher, pm, funder = (world.actor(name) for name in ("researcher", "pm", "funder"))
    plan = actions.create_plan(researcher, a_plan(world))
    actions.submit(researcher, plan.id)
    actions.adopt(pm, plan.id)
    actions.return_plan(funder, plan.id, why="保存期間がありません。")
    back = queries.plan(researcher, plan.id)
    assert (back.state, back.draft.state, back.draft.why) == ("returned", "returned", "保存期間がありません。")
    with pytest.raises(NotThere):
        queries.plan(funder, plan.id)
    again = actions.submit(researcher, plan.id)
    assert (again.draft.step, again.draft.why) == ("pm", "")


def test_a_return_needs_a_reason_a_submitted_plan_and_who_is_asked(world_of):
    world = world_of(["institution"])
    researcher, curator = world.actor("researcher"), world.actor("curator")
    plan = actions.create_plan(researcher, a_plan(world))
    with pytest.raises(Conflict) as early:
        actions.return_plan(curator, plan.id, why="早い")
    assert early.value.code == "plan.not_submitted"
    actions.submit(researcher, plan.id)
    with pytest.raises(IzumiError) as silent:
        actions.return_plan(curator, plan.id, why="  ")
    assert [f.rule for f in silent.value.findings] == ["reason-missing"]
    with pytest.raises(Refused):
        actions.return_plan(researcher, plan.id, why="自分で")


def test_a_plan_that_waits_is_not_written_until_it_is_taken_back(world_of):
    world = world_of(["institution"])
    researcher = world.actor("researcher")
    plan = actions.create_plan(researcher, a_plan(world))
    waiting = actions.submit(researcher, plan.id)
    with pytest.raises(Conflict) as closed:
        actions.save_plan(researcher, plan.id, {"description": {"ja": "変更"}}, if_match=waiting.etag)
    assert closed.value.code == "plan.submitted"
    with pytest.raises(Conflict) as twice:
        actions.submit(researcher, plan.id)
    assert twice.value.code == "plan.submitted"
    back = actions.take_back(researcher, plan.id)
    assert (back.state, back.draft.state) == ("draft", "open")
    assert verbs(plan.id)[-1] == "plan.taken_back"


def test_the_chain_of_the_submission_counts_when_the_programme_changes_it_meanwhile(world_of):
    from izumi.people import actions as people

    world = world_of(["institution"])
    researcher, curator = world.actor("researcher"), world.actor("curator")
    plan = actions.create_plan(researcher, a_plan(world))
    actions.submit(researcher, plan.id)
    people.update_programme(console(), world.persons["programme"], chain=["pm", "agency"])
    assert actions.adopt(curator, plan.id).plan.state == "adopted"


def test_a_call_that_closed_yesterday_refuses_the_first_plan_and_says_which_call(world_of):
    from izumi.kernel import clock
    from izumi.people import actions as people

    world = world_of(["institution"])
    with clock.at("2026-12-01T12:00:00+09:00"):
        call = people.add_call(
            console(), programme=world.persons["programme"], title={"ja": "2026 年度 第 1 回公募", "en": "First call of FY2026"},
            fiscal_year=2026, closes_on="2026-12-31", plan_due_on="2026-12-20",
        )  # fmt: skip
        people.update_project(console(), world.project, call=call)
        plan = actions.create_plan(world.actor("researcher"), a_plan(world))
    with clock.at("2026-12-25T12:00:00+09:00"):
        found = {f.rule: f for f in actions.findings_of(world.actor("researcher"), plan.id, step="submit")}
        assert found["plan-late"].severity == "warning"
    with clock.at("2027-01-01T00:30:00+09:00"), pytest.raises(IzumiError) as closed:
        actions.submit(world.actor("researcher"), plan.id)
    (finding,) = closed.value.findings
    assert finding.rule == "call-closed"
    assert "2026 年度 第 1 回公募" in finding.source and call in finding.source
    assert "2026-12-31" in finding.message.one("en") and finding.fix
