"""Who may ask for what, what they see of it, and what is said to wrong questions."""

from __future__ import annotations

import json

import pytest

from izumi.governance import queries
from izumi.kernel.actors import ANONYMOUS, console
from izumi.kernel.errors import Invalid, NotThere, Refused, SignInNeeded
from izumi.people import actions as people

CLOSED = {"class": "closed", "metadata_class": "closed", "reasons": [{"code": "novelty"}]}


@pytest.mark.parametrize(
    ("who", "project", "programme", "organisation"),
    [
        ("pm", True, False, False), ("researcher", True, False, False), ("partner", True, False, False), ("company", True, False, False),
        ("curator", True, False, True), ("partner_curator", True, False, False), ("funder", True, True, False),
        ("colleague", False, False, False), ("stranger", False, False, False), ("other_funder", False, False, False),
    ],
)  # fmt: skip
def test_who_may_ask(world, on, who, project, programme, organisation):
    for asked, granted in (({"project": world.project}, project), ({"programme": world.programme}, programme), ({"organisation": world.lead}, organisation)):
        with on("2026-06-01"):
            for name in ("common", "moonshot", "erad"):
                if granted:
                    list(queries.report(world.actor(who), name, **asked).rows)
                else:
                    with pytest.raises(Refused):
                        queries.report(world.actor(who), name, **asked)


def test_nobody_is_asked_to_sign_in_and_the_console_may(world, on):
    for asked in ({"project": world.project}, {"programme": world.programme}, {"organisation": world.lead}):
        with pytest.raises(SignInNeeded):
            queries.report(ANONYMOUS, "common", **asked)
        assert queries.report(console(), "common", **asked).partial is False


def test_closed_metadata_is_reported_to_the_funder_and_not_shown_to_others(world, on):
    record = world.publish(title={"ja": "特許出願前の組成"}, access=CLOSED)
    with on("2026-06-01"):
        seen = {
            who: ([row.told["title"] for row in report.rows], report.partial)
            for who in ("funder", "pm", "curator", "researcher", "company", "partner")
            for report in [queries.report(world.actor(who), "common", project=world.project)]
        }
        of_programme = [row.told["record"] for row in queries.report(world.actor("funder"), "common", programme=world.programme).rows]
        hidden = queries.report(world.actor("company"), "erad", project=world.project)
        counted = sum(row.told["count"] for row in hidden.rows)
    title = ["特許出願前の組成"]
    assert seen["funder"] == (title, False) and seen["pm"] == (title, False)
    assert seen["curator"] == (title, True) and seen["researcher"] == (title, True)  # their own; there may be more
    assert seen["company"] == ([], True) and seen["partner"] == ([], True)
    assert of_programme == [record] and counted == 0


def test_whether_something_is_hidden_cannot_be_told_from_the_answer(world, on, client):
    with on("2026-06-01"):
        ask = lambda: client.get("/api/v1/reports/common", {"project": world.project}, **world.bearer("company")).getvalue()  # noqa: E731
        before = ask()
        world.publish(access=CLOSED)
        assert ask() == before


def test_items_narrowed_one_by_one_stay_with_those_who_may_see_them(world, on):
    world.publish(access={"class": "open", "disclosure": {"/contact/email": "closed"}})
    with on("2026-06-01"):
        seen = {
            who: [row.told["contact_email"] for row in queries.report(world.actor(who), "common", project=world.project).rows]
            for who in ("pm", "funder", "company")
        }
    assert seen == {"pm": ["data@mihon.example"], "funder": [""], "company": [""]}


def test_what_was_closed_since_then_is_closed_in_reports_of_earlier_days_too(world, on):
    from izumi.kernel import clock
    from izumi.records import actions as records

    record = world.publish(at="2026-05-10T10:00:00+09:00")
    with clock.at("2026-07-01T10:00:00+09:00"):
        records.set_access(world.actor("researcher"), record, CLOSED, if_match="*")
    with on("2026-08-01"):
        asked = {"project": world.project, "period": "2026-04-01/2026-06-01"}
        assert list(queries.report(world.actor("company"), "common", **asked).rows) == []
        row = next(iter(queries.report(world.actor("funder"), "common", **asked).rows))
    assert row.told["access"] == "公開" and row.evidence[0].access_class == "open"  # as it was on that day


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"name": "sales"}, "report-unknown"),
        ({"period": "2026年"}, "period-unknown"),
        ({"period": "FY0001"}, "period-unknown"),
        ({"period": "FY9999"}, "period-unknown"),
        ({"period": "2026-02-30/2026-03-01"}, "period-unknown"),
        ({"period": "2026-04-01"}, "period-unknown"),
        ({"period": "2026-05-01/2026-04-01"}, "period-reversed"),
        ({"period": "FY2030"}, "period-future"),
        ({"lang": "fr"}, "language-unknown"),
        ({"format": "pdf"}, "report-format-unknown"),
        ({"project": ""}, "report-scope"),
        ({"programme": "itself"}, "report-scope"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(client, world, on, asked, rule):
    query = {"project": world.project, **asked}
    if asked.get("programme"):
        query["programme"] = world.programme
    with on("2026-06-01"):
        answer = client.get(f"/api/v1/reports/{query.pop('name', 'common')}", query, **world.bearer("funder"))
    assert answer.status_code == 422, answer.content
    told = json.loads(answer.content)
    assert [one["rule"] for one in told["findings"]] == [rule]
    assert all(one["message"]["ja"] and one["message"]["en"] for one in told["findings"])


def test_what_does_not_exist_is_not_there(world, on):
    for asked in ({"project": "aaaaa-aaaaa"}, {"programme": "x"}, {"organisation": "-"}, {"round": "zzzzz-zzzzz"}):
        with pytest.raises(NotThere):
            queries.report(world.actor("funder"), "common", **asked)


def test_a_round_of_another_programme_and_a_period_beside_a_round_are_refused(world, on):
    elsewhere = people.add_round(
        console(), world.other_programme, title={"ja": "別"}, scheme="common", fiscal_year=2026, as_of=on_day("2027-03-31"), due_on=on_day("2027-04-30")
    )
    with on("2026-06-01"):
        for asked, rule in (({"round": elsewhere}, "round-of-other-programme"), ({"round": world.round(), "period": "FY2026"}, "period-and-round")):
            with pytest.raises(Invalid) as told:
                queries.report(world.actor("funder"), "common", project=world.project, **asked)
            assert [one.rule for one in told.value.findings] == [rule]


def on_day(text):
    from datetime import date

    return date.fromisoformat(text)


def test_a_token_that_only_reads_may_read_reports_but_not_hand_in(client, world, on):
    made = people.create_token(console(), person=world.persons["pm"], name="r", scopes=["read"])
    headers = {"HTTP_AUTHORIZATION": f"Bearer {made.secret}"}
    world.publish()
    with on("2026-06-01"):
        round_ = world.round()
        assert client.get("/api/v1/reports/common", {"project": world.project}, **headers).status_code == 200
        told = client.post(f"/api/v1/rounds/{round_}/submissions", {"project": world.project}, content_type="application/json", **headers)
    assert (told.status_code, told.json()["code"]) == (403, "report.submit_refused")
