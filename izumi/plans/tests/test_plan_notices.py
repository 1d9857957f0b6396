"""Who hears what about plans: by role, once, and never more than they may know."""

from __future__ import annotations

import pytest

from izumi.kernel import clock
from izumi.kernel.actors import console
from izumi.kernel.days import parse_day
from izumi.people import actions as people
from izumi.people.models import NoticeRow
from izumi.people.queries import roles_in
from izumi.people.queries.notices import own_notices
from izumi.people.tests.test_mail import read
from izumi.plans import actions
from izumi.plans.queries.obligations import upcoming
from izumi.plans.tests.plan_world import a_project, adopted, an_entry, filled
from izumi.records import actions as records

pytestmark = pytest.mark.usefixtures("home")


def at(day, hour="09:00"):
    return clock.at(f"{day}T{hour}:00+09:00")


def heard(world, who, lang="ja", kinds=("plan.", "deviation.", "obligation.")):
    """What somebody was told, the oldest first: (kind, text, page, act)."""
    told = [view for view in own_notices(world.actor(who), limit=100).items if view.kind.startswith(tuple(kinds))]
    return [(view.kind, view.text.one(lang), view.href, view.act) for view in reversed(told)]


def kinds_of(world, who):
    return [kind for kind, *_ in heard(world, who)]


@pytest.fixture
def chain():
    """A project of a programme in which institution, PM and agency say yes in turn; a funder officer and a second curator."""
    with at("2026-01-05"):
        programme = people.add_programme(console(), title={"ja": "見本事業"}, chain=["institution", "pm", "agency"])
        world = a_project("2026-06-01", programme=programme)
        officer = people.add_person(console(), username="officer", name={"ja": "係 官"}, email="officer@mihon.example")
        people.assign_role(console(), person=officer, role="funder", scope=f"programme:{programme}")
        world.persons["officer"] = officer
    return world


def test_each_step_of_the_chain_is_asked_in_turn_and_the_author_follows(chain, run_workers):
    with at("2026-01-06"):
        view = actions.create_plan(chain.actor("researcher"), {"title": {"ja": "見本川の計画"}, "entries": [an_entry()]}, project=chain.project)
        actions.submit(chain.actor("pm"), view.id)
        run_workers()
        page = f"/plans/{view.id}"
        assert heard(chain, "curator") == [("plan.submitted", "計画「見本川の計画」が、あなたの確認を待っています。", page, True)]
        assert heard(chain, "pm") == heard(chain, "officer") == heard(chain, "stranger") == []
        actions.return_plan(chain.actor("curator"), view.id, why="容量を書いてください。")
        run_workers()
        told = ("plan.returned", "計画「見本川の計画」が差し戻されました。理由を読んで直してください。", f"{page}/edit", True)
        assert heard(chain, "researcher") == heard(chain, "pm") == [told]
        actions.submit(chain.actor("pm"), view.id)
        actions.adopt(chain.actor("curator"), view.id)
        run_workers()
        assert kinds_of(chain, "pm") == ["plan.returned", "plan.submitted", "plan.passed"]
        actions.adopt(chain.actor("pm"), view.id)
        run_workers()
        assert kinds_of(chain, "officer") == ["plan.submitted"]
        actions.adopt(chain.actor("officer"), view.id)
        run_workers()
        assert kinds_of(chain, "pm")[-1] == "plan.adopted"
        assert kinds_of(chain, "researcher") == ["plan.returned", "plan.passed", "plan.passed", "plan.adopted"]
        assert kinds_of(chain, "officer") == ["plan.submitted"]
        assert kinds_of(chain, "stranger") == []


def test_the_responsible_person_hears_of_the_draft_that_was_opened(run_workers):
    with at("2026-01-06"):
        world = a_project()
        entries = [an_entry("1", planned={"responsible": world.persons["researcher"]}), an_entry("2")]
        planned = adopted(world, *entries)
        run_workers()
        assert heard(world, "researcher") == [
            ("plan.adopted", "計画「見本川の計画」が採用され、あなたが担当するデータの下書きが 1 件できました。", f"/records/{planned.records[0]}/edit", True)
        ]
        assert heard(world, "pm") == []  # who adopted it needs no telling


def test_deviations_and_deadlines_reach_who_answers_and_the_leader(run_workers):
    with at("2026-01-06"):
        world = a_project()
        planned = adopted(world, an_entry("1", planned={"responsible": world.persons["researcher"], "publish_on": "2026-02-05"}))
        run_workers()
    for day in ("2026-01-06", "2026-01-29", "2026-02-04", "2026-02-05", "2026-02-06"):
        with at(day, "00:00"):
            run_workers()
    with at("2026-02-06"):
        publish = f"/records/{planned.records[0]}/publish"
        told = [
            ("obligation.due", "「粒径の測定」の公開の日は 2026-02-05（あと 30 日）です。", publish, True),
            ("obligation.due", "「粒径の測定」の公開の日は 2026-02-05（あと 7 日）です。", publish, True),
            ("obligation.due", "「粒径の測定」の公開の日は 2026-02-05（あと 1 日）です。", publish, True),
            ("obligation.due", "「粒径の測定」の公開の日は今日（2026-02-05）です。", publish, True),
            ("deviation.found", "「粒径の測定」は、計画で公開するとした日（2026-02-05）を過ぎましたが公開されていません。", f"/plans/{planned.plan}", True),
        ]
        assert heard(world, "researcher")[1:] == told
        assert heard(world, "pm") == told[-1:]  # reminders go to who answers for the data, deviations to both
        assert heard(world, "pm", "en")[-1][1] == "“Grain sizes” was to be public on 2026-02-05, and is not."
        assert heard(world, "colleague") == heard(world, "stranger") == heard(world, "curator") == []


def test_reminders_go_to_who_took_the_data_up_and_to_the_leader_while_nobody_has(run_workers):
    with at("2026-01-06"):
        world = a_project()
        planned = adopted(world, an_entry("1", planned={"publish_on": "2026-02-05"}))
        run_workers()
        assert (kinds_of(world, "pm"), kinds_of(world, "researcher")) == (["obligation.due"], [])
        records.save_draft(world.actor("researcher"), planned.records[0], {"keywords": []}, if_match=None, required=False)
    with at("2026-01-29", "00:00"):
        run_workers()
    with at("2026-01-29"):
        due = {who: [text for kind, text, *_ in heard(world, who) if kind == "obligation.due"] for who in ("pm", "researcher")}
        assert due == {
            "pm": ["「粒径の測定」の公開の日は 2026-02-05（あと 30 日）です。"],
            "researcher": ["「粒径の測定」の公開の日は 2026-02-05（あと 7 日）です。"],
        }


def test_a_closed_account_is_not_reminded_the_leader_is(run_workers):
    with at("2026-01-06"):
        world = a_project()
        adopted(world, an_entry("1", planned={"responsible": world.persons["researcher"], "publish_on": "2026-02-05"}))
        people.deactivate(console(), world.persons["researcher"])
        run_workers()
        assert kinds_of(world, "pm") == ["obligation.due"]


def test_who_left_the_project_hears_no_more_of_its_plan(run_workers):
    with at("2026-01-06"):
        world = a_project()
        planned = adopted(world, an_entry("1", planned={"publish_on": "2026-02-05"}), next_review_on="2026-02-01")
        run_workers()
        (leader,) = [role.id for role in roles_in(f"project:{world.project}") if role.role == "pm"]
        people.end_role(console(), leader, until_day=parse_day("2026-01-31"))
        people.assign_role(console(), person=world.persons["colleague"], role="pm", scope=f"project:{world.project}")
    before = len(kinds_of(world, "pm"))
    for day in ("2026-02-01", "2026-02-06"):
        with at(day, "00:00"):
            run_workers()
    with at("2026-02-06"):
        assert len(kinds_of(world, "pm")) == before
        told = heard(world, "colleague")
        assert sorted(kind for kind, *_ in told) == ["deviation.found", "obligation.due", "obligation.due", "obligation.due"]
        assert ("計画「見本川の計画」を見直す日は今日（2026-02-01）です。", f"/plans/{planned.plan}") in [one[1:3] for one in told]


def test_what_was_done_early_is_not_reminded_of(run_workers):
    with at("2026-01-06"):
        world = a_project()
        planned = adopted(world, an_entry("1", planned={"register_by": "2026-02-01", "publish_on": "2026-02-05"}))
        filled(world, planned.records[0])
        records.publish_version(world.actor("researcher"), planned.records[0])
        run_workers()
        assert upcoming(world.actor("pm"), [world.project]) == ()
    for day in ("2026-01-29", "2026-02-05", "2026-02-06"):
        with at(day, "00:00"):
            run_workers()
    with at("2026-02-06"):
        assert [kind for who in ("pm", "researcher") for kind in kinds_of(world, who) if kind != "plan.adopted"] == []


def test_a_mail_about_an_entry_says_its_number_not_its_title(home, run_workers):
    with at("2026-01-06"):
        world = a_project()
        planned = adopted(world, an_entry("7", planned={"publish_on": "2026-02-05"}))
        run_workers()
    with at("2026-01-06", "08:00"):
        run_workers()
    with at("2026-01-07", "08:00"):
        run_workers()
        mails = [read(path) for path in home.mail.glob("*.eml")]
        (message,) = [one for one in mails if one["To"] == "pm@mihon.example"]
        body = message.get_content()
        assert f"データ No. 7（{planned.entries[0]}）の公開の日は 2026-02-05（あと 30 日）です。" in body
        assert "粒径" not in body and "Grain" not in body


def test_a_loose_record_is_told_to_its_owner_and_to_leaders_who_may_see_it(run_workers):
    with at("2026-01-06"):
        world = a_project()
        adopted(world, an_entry())
        loose = records.create_record(
            world.actor("researcher"), projects=[world.project], metadata={"title": {"ja": "計画外のデータ"}}
        ).id
        run_workers()
        told = ("deviation.found", "「計画外のデータ」は、計画のどのデータにも当たりません。")
        assert [one[:2] for one in heard(world, "pm")] == [told]
        assert [one[:2] for one in heard(world, "researcher") if one[0] == "deviation.found"] == [told]
        people.assign_role(console(), person=world.persons["colleague"], role="member", scope=f"project:{world.project}")
        assert NoticeRow.objects.filter(subject=loose).exclude(person__username__in=["pm", "researcher"]).count() == 0


def test_without_a_leader_the_members_hear_of_the_project(run_workers):
    with at("2026-01-06"):
        world = a_project("2026-02-05")
        (leader,) = [role.id for role in roles_in(f"project:{world.project}") if role.role == "pm"]
        people.end_role(console(), leader, until_day=parse_day("2026-01-05"))
        run_workers()
        assert [one[:3] for one in heard(world, "researcher")] == [
            ("obligation.due", "プロジェクト「見本川プロジェクト」の計画の期限は 2026-02-05（あと 30 日）です。", f"/plans/new?project={world.project}")
        ]
        assert heard(world, "pm") == []


def test_an_embargo_that_waits_for_a_word_asks_once_and_in_one_way(run_workers):
    access = {"class": "embargoed", "available_on": "2026-03-01", "opens": "confirm", "reasons": [{"code": "patent"}]}
    with at("2026-02-20"):
        world = a_project()
        planned = adopted(world, an_entry("1", access=access, planned={"responsible": world.persons["researcher"]}))
        filled(world, planned.records[0], access=access)
        records.publish_version(world.actor("researcher"), planned.records[0])
        run_workers()
    with at("2026-03-01", "00:00"):
        run_workers()
    with at("2026-03-01"):
        asked = ("record.confirmation_due", f"/records/{planned.records[0]}/access")
        for who in ("pm", "researcher"):
            said = heard(world, who, kinds=("record.confirmation_due", "obligation."))
            assert [(kind, page) for kind, _, page, _ in said] == [asked]
    with at("2026-03-02", "00:00"):
        run_workers()
    with at("2026-03-02"):
        assert kinds_of(world, "pm") == ["deviation.found"]
