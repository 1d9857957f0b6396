from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.kernel import clock, journal
from izumi.kernel.actors import ANONYMOUS, console
from izumi.kernel.days import parse_day, parse_instant
from izumi.kernel.errors import Conflict, Invalid, NotThere, Refused, SignInNeeded
from izumi.people import actions, queries
from izumi.people.models import Role, Token
from izumi.people.types import Number

pytestmark = pytest.mark.usefixtures("home")

NAME = {"ja": "田中 一郎", "en": "Ichiro Tanaka"}
PASSWORD = "correct horse battery"


def an_organisation(**members):
    return actions.add_organisation(console(), **{"legal_name": {"ja": "国立大学法人泉大学", "en": "Izumi University"}, "kind": "university", **members})


def a_person(username="tanaka", **members):
    return actions.add_person(console(), **{"username": username, "name": NAME, "password": PASSWORD, **members})


def a_project(organisation, **members):
    return actions.add_project(console(), **{"title": {"ja": "水質の研究"}, "organisation": organisation, **members})


def rules_of(failure):
    return [finding.rule for finding in failure.value.findings]


def test_an_organisation_is_found_by_its_ror_in_any_form():
    university = an_organisation(ror="https://ror.org/057zh3y96")
    assert queries.organisation_by_ror("ror.org/057ZH3Y96").id == university
    assert queries.organisation_by_ror("057zh3y96").legal_name["ja"] == "国立大学法人泉大学"
    assert queries.organisation_by_ror("") is None


def test_a_person_of_a_department_belongs_to_the_university():
    university = an_organisation()
    department = an_organisation(kind="department", parent=university)
    laboratory = an_organisation(kind="department", parent=department)
    person = a_person(organisation=laboratory)
    keys = queries.actor_for(person).keys
    assert {f"org:{university}", f"org:{department}", f"org:{laboratory}", f"role:researcher@org:{laboratory}"} <= keys
    assert f"role:researcher@org:{university}" not in keys


def test_a_curator_of_the_university_curates_its_departments():
    university = an_organisation()
    department = an_organisation(kind="department", parent=university)
    other = an_organisation()
    person = a_person(organisation=university)
    actions.assign_role(console(), person=person, role="curator", scope=f"org:{university}")
    keys = queries.actor_for(person).keys
    assert {f"role:curator@org:{university}", f"role:curator@org:{department}"} <= keys
    assert f"role:curator@org:{other}" not in keys


def test_an_actor_costs_two_statements():
    university = an_organisation()
    person = a_person(organisation=university)
    programme = actions.add_programme(console(), title={"ja": "制度"})
    for _ in range(3):
        project = a_project(university, programme=programme)
        actions.assign_role(console(), person=person, role="pm", scope=f"project:{project}")
    actions.assign_role(console(), person=person, role="curator", scope=f"org:{university}")
    with CaptureQueriesContext(connection) as told:
        actor = queries.actor_for(person)
    assert len(told) == 2
    assert f"programme:{programme}" in actor.keys
    assert actor.name == "田中 一郎"
    assert [card.programme for card in queries.projects_of(actor)] == [programme] * 3


def test_a_role_holds_on_its_days_inclusive():
    person, organisation = a_person(), an_organisation()
    project = a_project(organisation)
    actions.assign_role(
        console(), person=person, role="member", scope=f"project:{project}",
        from_day=parse_day("2026-04-01"), until_day=parse_day("2027-03-31"),
    )  # fmt: skip
    held = [
        f"project:{project}" in queries.actor_for(person, parse_instant(moment)).keys
        for moment in ("2026-03-31T23:59:59+09:00", "2026-04-01T00:00:00+09:00", "2027-03-31T23:59:59+09:00", "2027-04-01T00:00:00+09:00")
    ]
    assert held == [False, True, True, False]


def test_an_ended_role_is_kept_as_history():
    person = a_person()
    with clock.at("2026-04-01T09:00:00+09:00"):
        role = actions.assign_role(console(), person=person, role="operator", scope="site")
    with clock.at("2026-06-01T09:00:00+09:00"):
        left = actions.end_role(console(), role.id)
        assert "role:operator@site" not in queries.actor_for(person).keys
        with pytest.raises(NotThere):
            actions.end_role(console(), role.id)
    assert left.until_day == parse_day("2026-05-31")
    assert "role:operator@site" in queries.actor_for(person, parse_instant("2026-05-31T12:00:00+09:00")).keys
    assert Role.objects.count() == 2


def test_a_role_that_overlaps_is_refused():
    person = a_person()
    actions.assign_role(console(), person=person, role="admin", scope="site", from_day=parse_day("2026-04-01"), until_day=parse_day("2026-05-01"))
    with pytest.raises(Conflict, match=r"role\.exists"):
        actions.assign_role(console(), person=person, role="admin", scope="site", from_day=parse_day("2026-05-01"))
    actions.assign_role(console(), person=person, role="admin", scope="site", from_day=parse_day("2026-05-02"))


@pytest.mark.parametrize(("role", "scope", "rules"), [
    ("admin", "org:x", ["role-scope", "scope-unknown"]), ("curator", "site", ["role-scope"]), ("god", "site", ["role-scope"]),
    ("member", "project:nowhere", ["scope-unknown"]), ("admin", "site:x", ["scope-unknown"]), ("", "", ["role-scope", "scope-unknown"]),
])  # fmt: skip
def test_a_role_fits_its_scope(role, scope, rules):
    person = a_person()
    with pytest.raises(Invalid) as failure:
        actions.assign_role(console(), person=person, role=role, scope=scope)
    assert rules_of(failure) == rules


def test_a_leader_takes_in_members_but_gives_no_rights_over_the_project():
    organisation = an_organisation()
    leader, other = a_person("leader", organisation=organisation), a_person("other")
    project = a_project(organisation)
    actions.assign_role(console(), person=leader, role="pm", scope=f"project:{project}")
    actor = queries.actor_for(leader)
    actions.assign_role(actor, person=other, role="member", scope=f"project:{project}")
    assert f"project:{project}" in queries.actor_for(other).keys
    with pytest.raises(Refused):
        actions.assign_role(actor, person=other, role="pm", scope=f"project:{project}")
    with pytest.raises(Refused):
        actions.assign_role(actor, person=leader, role="admin", scope="site")


@pytest.mark.parametrize("attempt", [
    lambda actor, o: actions.add_person(actor, username="x", name=NAME),
    lambda actor, o: actions.add_organisation(actor, legal_name={"ja": "x"}, kind="other"),
    lambda actor, o: actions.add_project(actor, title={"ja": "x"}, organisation=o),
    lambda actor, o: actions.add_programme(actor, title={"ja": "x"}),
    lambda actor, o: actions.add_group(actor, name={"ja": "x"}),
    lambda actor, o: actions.assign_role(actor, person="x", role="admin", scope="site"),
    lambda actor, o: actions.end_role(actor, 1),
    lambda actor, o: actions.create_token(actor, person="x"),
    lambda actor, o: actions.invite(actor, "x"),
    lambda actor, o: actions.deactivate(actor, "x"),
    lambda actor, o: actions.end_sessions(actor, "x"),
    lambda actor, o: actions.update_profile(actor, "x", name=NAME),
    lambda actor, o: actions.add_number(actor, "x", Number(scheme="JGN", value="1")),
])  # fmt: skip
def test_every_registration_is_denied_to_strangers(attempt):
    organisation, person = an_organisation(), a_person()
    before = journal.last_seq()
    with pytest.raises(SignInNeeded):
        attempt(ANONYMOUS, organisation)
    with pytest.raises(Refused) as refused:
        attempt(queries.actor_for(person), organisation)
    assert refused.value.verdict.as_json()["reasons"]
    assert journal.last_seq() == before


def test_a_curator_registers_people_and_projects_of_the_organisation_alone():
    mine, other = an_organisation(), an_organisation()
    curator = a_person(organisation=mine)
    actions.assign_role(console(), person=curator, role="curator", scope=f"org:{mine}")
    actor = queries.actor_for(curator)
    actions.add_person(actor, username="new", name=NAME, organisation=mine)
    actions.add_project(actor, title={"en": "Ours"}, organisation=mine)
    actions.add_organisation(actor, legal_name={"en": "Our department"}, kind="department", parent=mine)
    for refused in (
        lambda: actions.add_person(actor, username="new2", name=NAME, organisation=other),
        lambda: actions.add_person(actor, username="new2", name=NAME),
        lambda: actions.add_project(actor, title={"en": "Theirs"}, organisation=other),
        lambda: actions.add_organisation(actor, legal_name={"en": "Own"}, kind="university"),
    ):
        with pytest.raises(Refused):
            refused()


def test_a_curator_cannot_reach_what_is_shared_with_a_programme_by_founding_a_project_in_it():
    organisation = an_organisation()
    programme = actions.add_programme(console(), title={"en": "Programme"})
    curator = a_person(organisation=organisation)
    actions.assign_role(console(), person=curator, role="curator", scope=f"org:{organisation}")
    with pytest.raises(Refused):
        actions.add_project(queries.actor_for(curator), title={"en": "Mine"}, organisation=organisation, programme=programme)
    assert f"programme:{programme}" not in queries.actor_for(curator).keys


@pytest.mark.parametrize(("members", "rules"), [
    ({"name": {}}, ["text-missing"]), ({"name": {"ja": " "}}, ["text-missing"]), ({"name": {"ja": "a\x00b"}}, ["text-wrong"]),
    ({"name": {"ja": "a" * 501}}, ["text-wrong"]), ({"username": "a b"}, ["username-wrong"]), ({"email": "nowhere"}, ["email-wrong"]),
    ({"email": "a@b.jp\nBcc: c@d.jp"}, ["email-wrong"]), ({"send_invitation": True}, ["email-wrong"]), ({"password": "short"}, ["password-short"]),
    ({"organisation": "nowhere"}, ["reference-unknown"]), ({"language": "fr"}, ["language-unknown"]),
    ({"name": {}, "username": "", "password": "x"}, ["text-missing", "username-wrong", "password-short"]),
])  # fmt: skip
def test_all_faults_of_a_registration_are_told_at_once(members, rules):
    with pytest.raises(Invalid) as failure:
        a_person(**members)
    assert rules_of(failure) == rules


def test_user_names_and_addresses_are_unique_after_folding():
    a_person("tanaka", email="Tanaka@Example.jp")
    with pytest.raises(Conflict, match=r"person\.exists"):
        a_person("ＴＡＮＡＫＡ")
    with pytest.raises(Conflict, match=r"person\.email_taken"):
        a_person("other", email="tanaka@example.JP")


def test_a_project_is_found_by_any_form_of_any_number():
    project = a_project(an_organisation(), numbers=[Number(scheme="JGN", value="JPMJMS2011"), Number(scheme="e-Rad", value="２０－０００１")])
    a_project(an_organisation(), numbers=[Number(scheme="JGN", value="JPMJMS2012")])
    for form in ("JPMJMS2011", "jpmjms2011", "MJMS2011", "ＪＰＭＪＭＳ２０１１", "JPMJ-MS-2011", "200001", "20-0001"):
        assert [found.id for found in queries.projects_by_number(form)] == [project], form
    assert queries.projects_by_number("") == []
    assert queries.projects_by_number("MJMS20") == []
    assert {n.value for n in queries.project(project).numbers} == {"JPMJMS2011", "２０－０００１"}


def test_a_new_number_takes_the_place_of_the_current_one():
    project = a_project(an_organisation(), numbers=[Number(scheme="AMED", value="JP25wm01", from_fiscal_year=2025, until_fiscal_year=2025)])
    actions.add_number(console(), project, Number(scheme="AMED", value="JP26wm02", from_fiscal_year=2026))
    card = queries.project(project)
    assert card.number("AMED") == "JP26wm02"
    assert card.number("AMED", 2025) == "JP25wm01"
    assert [found.id for found in queries.projects_by_number("25WM01")] == [project]


def test_review_is_the_projects_else_the_organisations():
    strict, free = an_organisation(review="curator"), an_organisation()
    assert queries.review_of(strict, []) == "curator"
    assert queries.review_of(free, []) == "none"
    assert queries.review_of(free, [a_project(strict)]) == "curator"
    assert queries.review_of(strict, [a_project(strict, review="none")]) == "none"
    assert queries.review_of(free, [a_project(free), a_project(free, review="curator")]) == "curator"


def test_public_facts_say_nothing_private(home):
    organisation = an_organisation(ror="057zh3y96")
    person = a_person(organisation=organisation, email="secret@example.jp", identifiers=[{"scheme": "ORCID", "value": "0000-0002-1825-0097"}])
    programme = actions.add_programme(console(), title={"en": "Programme"}, funder=organisation)
    project = a_project(organisation, programme=programme, numbers=[Number(scheme="JGN", value="JPX1")])
    group = actions.add_group(console(), name={"ja": "群"}, members=[person])
    with CaptureQueriesContext(connection) as told:
        facts = queries.public_facts([person, organisation, project, programme, group, "nowhere"])
    assert len(told) == 7
    assert {key: fact["type"] for key, fact in facts.items()} == {
        person: "person", organisation: "organisation", project: "project", programme: "programme", group: "group",
    }  # fmt: skip
    assert facts[organisation]["ror"] == "https://ror.org/057zh3y96"
    assert "secret" not in str(facts)
    assert "tanaka" not in str(facts)


def test_the_parties_of_a_record_include_the_programmes_of_its_projects():
    organisation = an_organisation()
    programme = actions.add_programme(console(), title={"en": "P"})
    project, plain = a_project(organisation, programme=programme), a_project(organisation)
    told = queries.parties("ppppp-ppppp", organisation, [project, plain])
    assert (told.owner, told.organisation, told.projects, told.programmes) == (
        "person:ppppp-ppppp", f"org:{organisation}", (project, plain), (programme,),
    )  # fmt: skip


def test_a_founder_leads_the_group_and_takes_in_members():
    organisation = an_organisation()
    founder, member, late = a_person("f", organisation=organisation), a_person("m"), a_person("l")
    actor = queries.actor_for(founder)
    group = actions.add_group(actor, name={"ja": "コンソーシアム"}, members=[member, founder])
    assert f"group:{group}" in queries.actor_for(member).keys
    assert f"role:pm@group:{group}" in queries.actor_for(founder).keys
    actions.assign_role(queries.actor_for(founder), person=late, role="member", scope=f"group:{group}")
    assert f"group:{group}" in queries.actor_for(late).keys
    with pytest.raises(Refused):
        actions.assign_role(queries.actor_for(member), person=late, role="member", scope=f"group:{group}")


def test_only_the_digest_of_a_token_is_stored():
    person = a_person()
    token = actions.create_token(queries.actor_for(person), name="laptop", scopes=["read"])
    row = Token.objects.get()
    assert token.secret.startswith("izumi_")
    assert token.secret not in str(vars(row))
    assert token.secret[12:] not in str(journal.events_of(person))
    assert queries.tokens_of(person)[0].hint == f"{token.secret[:10]}…{token.secret[-4:]}"
    actor = queries.actor_for_token(token.secret)
    assert (actor.person, actor.scopes, actor.token) == (person, frozenset({"read"}), token.secret[:10])


def test_a_token_ends_by_its_day_by_revocation_and_with_the_account():
    person = a_person()
    with clock.at("2026-11-21T00:00:00+09:00"):
        short = actions.create_token(console(), person=person, expires_at=parse_instant("2026-12-01T00:00:00+09:00"))
        long = actions.create_token(console(), person=person)
    with clock.at("2026-11-30T23:59:59+09:00"):
        assert queries.actor_for_token(short.secret) is not None
    with clock.at("2026-12-01T00:00:00+09:00"):
        assert queries.actor_for_token(short.secret) is None
        assert queries.actor_for_token(long.secret) is not None
        actions.revoke_token(queries.actor_for(person), long.id)
        assert queries.actor_for_token(long.secret) is None
    third = actions.create_token(console(), person=person)
    actions.deactivate(console(), person)
    assert queries.actor_for_token(third.secret) is None
    assert queries.actor_for(person) == ANONYMOUS


@pytest.mark.parametrize("raw", ["", "izumi_", "izumi_" + "a" * 43, "\x00", "あ", "\ud800"])
def test_an_unknown_token_is_nobody(raw):
    assert queries.actor_for_token(raw) is None


def test_nobody_makes_tokens_for_others():
    person, admin = a_person(), a_person("admin")
    actions.assign_role(console(), person=admin, role="admin", scope="site")
    with pytest.raises(Refused):
        actions.create_token(queries.actor_for(admin), person=person)
    token = actions.create_token(queries.actor_for(person))
    with pytest.raises(NotThere):
        actions.revoke_token(queries.actor_for(a_person("stranger")), token.id)
    actions.revoke_token(queries.actor_for(admin), token.id)


def test_a_token_makes_tokens_only_with_admin():
    person = a_person()
    weak = queries.actor_for_token(actions.create_token(console(), person=person, scopes=["publish"]).secret)
    strong = queries.actor_for_token(actions.create_token(console(), person=person).secret)
    with pytest.raises(Refused) as refused:
        actions.create_token(weak, scopes=["admin"])
    assert [r["code"] for r in refused.value.verdict.as_json()["reasons"]] == ["scope_missing"]
    assert actions.create_token(strong, scopes=["read"]).secret


def test_an_address_is_told_to_its_person_and_administrators_alone():
    person, admin, other = a_person(email="me@example.jp"), a_person("admin"), a_person("other")
    actions.assign_role(console(), person=admin, role="admin", scope="site")
    told = {who: queries.own_card(queries.actor_for(who), person).email for who in (person, admin, other)}
    assert told == {person: "me@example.jp", admin: "me@example.jp", other: ""}
    assert queries.own_card(ANONYMOUS, person).email == ""
