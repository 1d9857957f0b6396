"""Programmes, calls, rounds and what a project must do in them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.kernel import journal
from izumi.kernel.actors import console, system
from izumi.kernel.days import parse_day
from izumi.kernel.errors import Invalid, NotThere, Refused, SignInNeeded
from izumi.kernel.work import work
from izumi.people import actions, queries
from izumi.people.actions.restoring import restore_facts
from izumi.people.models import Call, Organisation, Programme, Project
from izumi.people.types import Number

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("IZUMI_CLOCK", "2026-05-10T12:00:00+09:00")
    me = console()
    university = actions.add_organisation(me, legal_name={"ja": "国立大学法人見本大学"}, kind="university")
    company = actions.add_organisation(me, legal_name={"ja": "株式会社見本製作所"}, kind="company")
    agency = actions.add_organisation(me, legal_name={"ja": "見本機構"}, kind="funder")
    programme = actions.add_programme(
        me, title={"ja": "見本ムーンショット"}, funder=agency, code="MJMS", chain=["pm", "agency"], profile="moonshot", plan_form="moonshot",
        goal={"ja": "目標 1"},
    )  # fmt: skip
    persons = {name: actions.add_person(me, username=name, name={"ja": name}, organisation=university) for name in ("curator", "pm", "funder", "member")}
    actions.assign_role(me, person=persons["curator"], role="curator", scope=f"org:{university}")
    actions.assign_role(me, person=persons["funder"], role="funder", scope=f"programme:{programme}")
    project = actions.add_project(me, title={"ja": "水の研究"}, organisation=university, numbers=[Number(scheme="JGN", value="JPMJMS2011")])
    actions.assign_role(me, person=persons["pm"], role="pm", scope=f"project:{project}")
    actions.assign_role(me, person=persons["member"], role="member", scope=f"project:{project}")
    return {"university": university, "company": company, "agency": agency, "programme": programme, "project": project, **persons}


def as_(site, name):
    return queries.actor_for(site[name])


def rules_of(failure):
    return [finding.rule for finding in failure.value.findings]


def a_call(site, **members):
    return actions.add_call(console(), site["programme"], **{"title": {"ja": "2026 年度公募"}, "fiscal_year": 2026, **members})


def verbs_of(subject):
    return [event.verb for event in reversed(journal.events_of(subject))]


# --- programmes, calls, rounds ---------------------------------------------------------------------------------------


def test_a_programme_says_who_adopts_plans_and_in_which_form(site):
    card = queries.programme(site["programme"])
    assert (card.chain, card.profile, card.plan_form, card.goal) == (("pm", "agency"), "moonshot", "moonshot", {"ja": "目標 1"})
    assert card.funder.legal_name["ja"] == "見本機構"
    assert card.as_json()["chain"] == ["pm", "agency"]


def test_the_funder_changes_its_programme_but_not_whose_it_is(site):
    card = actions.update_programme(as_(site, "funder"), site["programme"], chain=["agency"], goal={})
    assert (card.chain, card.goal, card.profile) == (("agency",), {}, "moonshot")
    assert verbs_of(site["programme"])[-1] == "programme.changed"
    for name in ("curator", "pm"):
        with pytest.raises(Refused):
            actions.update_programme(as_(site, name), site["programme"], chain=[])
    with pytest.raises(Refused):
        actions.update_programme(as_(site, "funder"), site["programme"], funder=site["university"])
    before = journal.last_seq()
    actions.update_programme(console(), site["programme"], chain=["agency"])
    assert journal.last_seq() == before


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"chain": ["agency", "agency"]}, "chain-wrong"),
        ({"chain": ["dean"]}, "chain-wrong"),
        ({"profile": "Moon Shot"}, "name-wrong"),
        ({"plan_form": "x" * 41}, "name-wrong"),
        ({"code": "a\nb"}, "text-wrong"),
        ({"title": {}}, "text-missing"),
    ],
)
def test_a_programme_that_cannot_work_is_refused(members, rule):
    with pytest.raises(Invalid) as failure:
        actions.add_programme(console(), **{"title": {"ja": "制度"}, **members})
    assert rules_of(failure) == [rule]


def test_an_unknown_funder_is_a_finding_that_names_the_list(site):
    with pytest.raises(Invalid) as failure:
        actions.add_programme(console(), title={"ja": "制度"}, funder="aaaaa-aaaaa")
    (found,) = failure.value.findings
    assert (found.rule, found.pointer, found.source) == ("reference-unknown", "/funder", "/api/v1/organisations")


def test_a_call_says_what_it_wants_and_leaves_the_rest_to_its_programme(site):
    call = a_call(site, plan_form="jsps", chain=[], plan_due_on=parse_day("2026-06-30"))
    actions.update_project(console(), site["project"], call=call)
    terms = queries.plan_terms(site["project"])
    assert (terms.chain, terms.plan_form, terms.profile) == ((), "jsps", "moonshot")
    assert (terms.programme.id, terms.call.id, terms.call.plan_due_on) == (site["programme"], call, parse_day("2026-06-30"))
    actions.update_call(console(), call, chain=None, plan_form="")
    terms = queries.plan_terms(site["project"])
    assert (terms.chain, terms.plan_form) == (("pm", "agency"), "moonshot")
    with CaptureQueriesContext(connection) as told:
        queries.plan_terms(site["project"])
    assert len(told) == 2


def test_a_project_of_no_programme_is_adopted_by_its_author_in_the_common_form(site):
    terms = queries.plan_terms(site["project"])
    assert (terms.chain, terms.plan_form, terms.profile, terms.call, terms.programme) == ((), "common", "", None, None)
    with pytest.raises(NotThere):
        queries.plan_terms("aaaaa-aaaaa")


def test_the_profile_in_force_is_the_projects_else_the_calls_else_the_programmes(site):
    call = a_call(site)
    actions.update_project(console(), site["project"], call=call)
    assert queries.project(site["project"]).profile == "moonshot"
    actions.update_call(console(), call, profile="biology")
    assert queries.project(site["project"]).profile == "biology"
    actions.update_project(console(), site["project"], profile="materials")
    assert queries.project(site["project"]).profile == "materials"


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"opens_on": parse_day("2026-05-02"), "closes_on": parse_day("2026-05-01")}, "days-reversed"),
        ({"opens_on": parse_day("2026-05-02"), "plan_due_on": parse_day("2026-05-01")}, "days-reversed"),
        ({"fiscal_year": 26}, "fiscal-year-wrong"),
        ({"chain": ["pm", "pm"]}, "chain-wrong"),
        ({"title": {"ja": " "}}, "text-missing"),
    ],
)
def test_a_call_with_reversed_days_or_odd_steps_is_refused(site, members, rule):
    with pytest.raises(Invalid) as failure:
        a_call(site, **members)
    assert rules_of(failure) == [rule]


def test_only_the_funder_the_site_and_the_console_make_calls_and_rounds(site):
    days = {"as_of": parse_day("2027-03-31"), "due_on": parse_day("2027-05-31")}
    for name in ("curator", "pm", "member"):
        with pytest.raises(Refused):
            actions.add_call(as_(site, name), site["programme"], title={"ja": "公募"}, fiscal_year=2026)
        with pytest.raises(Refused):
            actions.add_round(as_(site, name), site["programme"], title={"ja": "報告"}, scheme="erad", fiscal_year=2026, **days)
        with pytest.raises(Refused):
            actions.update_call(as_(site, name), a_call(site), closes_on=None)
    call = actions.add_call(as_(site, "funder"), site["programme"], title={"ja": "公募"}, fiscal_year=2026)
    made = actions.add_round(as_(site, "funder"), site["programme"], title={"ja": "報告"}, scheme="erad", fiscal_year=2026, **days)
    assert [one.id for one in queries.rounds_of([site["programme"]])] == [made]
    assert call in {one.id for one in queries.calls_of(site["programme"])}
    assert (verbs_of(call), verbs_of(made)) == (["call.added"], ["round.added"])


@pytest.mark.parametrize(
    ("as_of", "due", "year", "rule"),
    [
        ("2027-03-31", "2027-03-30", 2026, "days-reversed"),
        ("2028-04-01", "2028-05-31", 2026, "fiscal-year-wrong"),
        ("2026-03-31", "2026-05-31", 2026, "fiscal-year-wrong"),
    ],
)
def test_a_round_counts_as_of_a_day_of_its_year_and_is_due_afterwards(site, as_of, due, year, rule):
    with pytest.raises(Invalid) as failure:
        actions.add_round(
            console(), site["programme"], title={"ja": "報告"}, scheme="moonshot", fiscal_year=year, as_of=parse_day(as_of), due_on=parse_day(due)
        )
    assert rules_of(failure) == [rule]


def test_rounds_come_in_the_order_in_which_they_are_due(site):
    for due in ("2027-07-31", "2027-05-31", "2026-05-31"):
        actions.add_round(
            console(), site["programme"], title={"ja": due}, scheme="common", fiscal_year=2026 if due > "2027" else 2025,
            as_of=parse_day("2027-03-31" if due > "2027" else "2026-03-31"), due_on=parse_day(due),
        )  # fmt: skip
    assert [one.title["ja"] for one in queries.rounds_of([site["programme"]])] == ["2026-05-31", "2027-05-31", "2027-07-31"]
    assert len(queries.rounds_of([site["programme"]], since=parse_day("2027-06-01"))) == 1


# --- projects in calls -----------------------------------------------------------------------------------------------


def test_while_a_call_is_open_curators_register_projects_in_it(site):
    call = a_call(site, opens_on=parse_day("2026-05-01"), closes_on=parse_day("2026-05-10"))
    made = actions.add_project(as_(site, "curator"), title={"ja": "新しい研究"}, organisation=site["university"], call=call)
    card = queries.project(made)
    assert (card.call, card.programme) == (call, site["programme"])
    assert queries.project_warnings(card) == ()


@pytest.mark.parametrize(
    ("opens", "closes", "rule"), [("2026-04-01", "2026-05-09", "call-closed"), ("2026-05-11", "2026-06-30", "call-not-open")]
)
def test_a_call_that_is_closed_refuses_with_a_finding_whose_source_is_the_call(site, opens, closes, rule):
    call = a_call(site, opens_on=parse_day(opens), closes_on=parse_day(closes))
    before = Project.objects.count()
    with pytest.raises(Invalid) as failure:
        actions.add_project(as_(site, "curator"), title={"ja": "遅れた研究"}, organisation=site["university"], call=call)
    (found,) = failure.value.findings
    assert (found.rule, found.pointer, found.source) == (rule, "/call", f"call:{call}")
    assert Project.objects.count() == before


def test_console_and_funder_put_late_projects_into_a_closed_call_and_are_warned(site):
    call = a_call(site, closes_on=parse_day("2026-05-09"))
    made = actions.add_project(console(), title={"ja": "遅れた研究"}, organisation=site["university"], call=call)
    (found,) = queries.project_warnings(queries.project(made))
    assert (found.rule, str(found.severity), found.source) == ("call-closed", "warning", f"call:{call}")
    actions.update_project(console(), site["project"], programme=site["programme"])
    card = actions.update_project(as_(site, "funder"), site["project"], call=call)
    assert card.call == call


def test_an_undated_call_or_a_bare_programme_is_not_open_to_curators(site):
    call = a_call(site)
    for place in ({"call": call}, {"programme": site["programme"]}):
        with pytest.raises(Refused):
            actions.add_project(as_(site, "curator"), title={"ja": "研究"}, organisation=site["university"], **place)


def test_a_call_of_another_programme_is_refused(site):
    other = actions.add_programme(console(), title={"ja": "別の制度"})
    call = actions.add_call(console(), other, title={"ja": "別の公募"}, fiscal_year=2026)
    with pytest.raises(Invalid) as failure:
        actions.add_project(console(), title={"ja": "研究"}, organisation=site["university"], programme=site["programme"], call=call)
    (found,) = failure.value.findings
    assert (found.rule, found.source) == ("call-of-another-programme", f"call:{call}")
    with pytest.raises(Invalid) as failure:
        actions.add_project(console(), title={"ja": "研究"}, organisation=site["university"], call="aaaaa-aaaaa")
    assert rules_of(failure) == ["reference-unknown"]


def test_an_open_call_never_lets_a_curator_into_another_programme(site):
    other = actions.add_programme(console(), title={"ja": "別の制度"})
    call = a_call(site, closes_on=parse_day("2026-05-30"))
    with pytest.raises(Refused):
        actions.add_project(as_(site, "curator"), title={"ja": "研究"}, organisation=site["university"], programme=other, call=call)


# --- changing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pm", "curator"])
def test_the_pm_and_curators_change_title_days_and_partners(site, name):
    card = actions.update_project(
        as_(site, name), site["project"], title={"ja": "川の研究"}, ends_on=parse_day("2028-03-31"), field="389", partners=[site["company"]],
        countries=["DE"],
    )  # fmt: skip
    assert (card.title, card.ends_on, card.field, card.partners, card.countries) == (
        {"ja": "川の研究"}, parse_day("2028-03-31"), "389", (site["company"],), ("DE",),
    )  # fmt: skip
    assert verbs_of(site["project"])[-1] == "project.changed"


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("pm", {"programme": None}), ("pm", {"contract": "grant"}), ("pm", {"profile": "x"}), ("pm", {"review": "none"}),
        ("curator", {"contract": "grant"}), ("curator", {"profile": "x"}), ("curator", {"organisation": "aaaaa-aaaaa"}),
        ("funder", {"review": "none"}), ("funder", {"organisation": "aaaaa-aaaaa"}), ("member", {"title": {"ja": "盗題"}}),
    ],
)  # fmt: skip
def test_nobody_changes_what_is_not_theirs(site, name, changes):
    actions.update_project(console(), site["project"], programme=site["programme"])
    before = queries.project(site["project"])
    with pytest.raises(Refused):
        actions.update_project(as_(site, name), site["project"], **changes)
    assert queries.project(site["project"]) == before


def test_a_curator_cannot_place_a_project_by_changing_it(site):
    with pytest.raises(Refused):
        actions.update_project(as_(site, "curator"), site["project"], programme=site["programme"])
    with pytest.raises(Refused):
        actions.update_project(as_(site, "pm"), site["project"], call=a_call(site, closes_on=parse_day("2026-06-01")))


def test_all_faults_of_a_change_are_told_at_once_and_nothing_changes(site):
    before = queries.project(site["project"])
    with pytest.raises(Invalid) as failure:
        actions.update_project(
            console(), site["project"], starts_on=parse_day("2027-01-01"), ends_on=parse_day("2026-01-01"), field="12", contract="gift",
            countries=["Germany"], partners=["aaaaa-aaaaa"], colour="red",
        )  # fmt: skip
    assert sorted(rules_of(failure)) == ["choice-unknown", "choice-unknown", "country-wrong", "days-reversed", "member-unknown", "reference-unknown"]
    assert queries.project(site["project"]) == before


def test_changing_nothing_is_not_journalled(site):
    before = journal.last_seq()
    actions.update_project(console(), site["project"], title={"ja": "水の研究"}, partners=[site["university"]])
    assert journal.last_seq() == before


def test_a_project_is_freed_from_the_duty_of_a_plan_with_a_reason_and_bound_again(site):
    card = actions.exempt_project(as_(site, "pm"), site["project"], why=" 委託者がデータを管理します ")
    assert card.no_plan_why == "委託者がデータを管理します"
    assert "no_plan_why" not in card.as_json()
    assert Project.objects.get(pk=site["project"]).no_plan_by == f"person:{site['pm']}"
    card = actions.exempt_project(as_(site, "curator"), site["project"], why="")
    assert card.no_plan_why == ""
    assert verbs_of(site["project"])[-2:] == ["project.exempted", "project.exempted"]
    for name in ("member", "funder"):
        with pytest.raises(Refused):
            actions.exempt_project(as_(site, name), site["project"], why="いらない")
    with pytest.raises(Invalid):
        actions.exempt_project(console(), site["project"], why="x" * 2001)
    with pytest.raises(NotThere):
        actions.exempt_project(console(), "aaaaa-aaaaa", why="x")
    from izumi.kernel.actors import ANONYMOUS

    with pytest.raises(SignInNeeded):
        actions.exempt_project(ANONYMOUS, site["project"], why="x")


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_odd_numbers_are_kept_and_warned_about(site):
    numbers = [Number(scheme="JGN", value="MJ-2011"), Number(scheme="KAKENHI", value="K24-36"), Number(scheme="内部", value="甲-1")]
    card = queries.project(actions.add_project(console(), title={"ja": "研究"}, organisation=site["university"], numbers=numbers))
    assert [(f.rule, f.pointer, str(f.severity), f.source) for f in queries.project_warnings(card)] == [
        ("number-form", "/numbers/0", "warning", "japan-grant-number"), ("number-form", "/numbers/1", "warning", "japan-grant-number"),
    ]  # fmt: skip
    assert {one.value for one in card.numbers} == {"MJ-2011", "K24-36", "甲-1"}


def test_a_number_of_two_projects_is_a_warning_that_names_the_other(site):
    made = actions.add_project(console(), title={"ja": "双子"}, organisation=site["university"], numbers=[Number(scheme="JGN", value="ｊｐｍｊｍｓ2011")])
    found = [one for one in queries.project_warnings(queries.project(made)) if one.rule == "number-shared"]
    assert [(one.pointer, one.source) for one in found] == [("/numbers/0", f"project:{site['project']}")]
    assert "水の研究" in found[0].message["ja"]
    actions.add_number(console(), site["project"], Number(scheme="JGN", value="JPMJMS2099"))
    assert [one.rule for one in queries.project_warnings(queries.project(made))] == []  # the other has a newer one


@pytest.mark.parametrize(
    "written",
    ["JPMJMS2011", "mjms2011", "ＪＰＭＪＭＳ２０１１", "JP-MJMS-2011", "https://doi.org/10.52926/JPMJMS2011", "doi:10.52926/jpmjms2011"],
)
def test_a_project_is_found_by_any_form_of_its_number(site, written):
    assert [card.id for card in queries.projects_by_number(written)] == [site["project"]]


# --- a rebuild -------------------------------------------------------------------------------------------------------


def test_a_rebuild_brings_back_calls_chains_partners_and_the_profile_of_its_own(site):
    call = a_call(site, plan_form="jsps", chain=[], profile="biology", closes_on=parse_day("2026-06-01"))
    actions.update_project(console(), site["project"], call=call, partners=[site["company"]], contract="grant", field="389", countries=["DE"])
    own = actions.add_project(console(), title={"ja": "自前"}, organisation=site["university"], call=call, profile="materials")
    ids = [site["project"], own, site["university"], site["programme"], site["agency"]]
    facts = queries.public_facts(ids)
    assert facts[call]["type"] == "call"
    assert facts[site["company"]]["type"] == "organisation"
    before = {key: queries.project(key) for key in (site["project"], own)}
    terms = queries.plan_terms(site["project"])
    for table in (Project, Call, Programme):
        table.objects.all().delete()
    Organisation.objects.filter(pk=site["company"]).delete()
    with work(system("rebuild"), "record.restore") as w:
        restore_facts(w, facts)
        w.journal("site.rebuilt", "site", {})
    assert {key: queries.project(key) for key in before} == before
    assert queries.plan_terms(site["project"]) == terms
    assert Project.objects.get(pk=site["project"]).profile == ""
    assert Project.objects.get(pk=own).profile == "materials"
