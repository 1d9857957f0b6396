from __future__ import annotations

import json

import pytest
from django.test import Client

from izumi.kernel.actors import console
from izumi.people import actions, queries
from izumi.people.models import Person, Role
from izumi.people.types import Number

NAME = {"ja": "田中 一郎", "en": "Ichiro Tanaka"}


class Api:
    """The API as one person, by token."""

    def __init__(self, person=None, scopes=("read", "write", "publish", "admin")):
        self.client = Client(raise_request_exception=False)
        self.headers = {}
        if person:
            self.headers["Authorization"] = f"Bearer {actions.create_token(console(), person=person, scopes=scopes).secret}"

    def __call__(self, method, path, body=None, **headers):
        content = None if body is None else json.dumps(body)
        told = self.client.generic(
            method, f"/api/v1{path}", content or b"", content_type="application/json", headers={**self.headers, **headers}
        )
        return told.status_code, (json.loads(told.content) if told.content else None), told


@pytest.fixture
def site(home):
    university = actions.add_organisation(
        console(), legal_name={"ja": "国立大学法人泉大学", "en": "Izumi University"}, kind="university", ror="057zh3y96"
    )
    people = {
        name: actions.add_person(console(), username=name, name=NAME, email=f"{name}@example.jp", organisation=university)
        for name in ("tanaka", "admin", "curator", "pm")
    }
    actions.assign_role(console(), person=people["admin"], role="admin", scope="site")
    actions.assign_role(console(), person=people["curator"], role="curator", scope=f"org:{university}")
    project = actions.add_project(
        console(), title={"ja": "水質の研究"}, organisation=university, numbers=[Number(scheme="JGN", value="JPMJMS2011")]
    )
    actions.assign_role(console(), person=people["pm"], role="pm", scope=f"project:{project}")
    return {"university": university, "project": project, **people}


def test_public_facts_need_no_account_and_never_show_an_address(site):
    anyone = Api()
    for path in ("/people", f"/people/{site['tanaka']}", "/organisations", f"/organisations/{site['university']}", "/projects",
                 f"/projects/{site['project']}", "/programmes"):  # fmt: skip
        status, body, answer = anyone("GET", path)
        assert status == 200, path
        assert "example.jp" not in answer.content.decode()
        assert "username" not in answer.content.decode()
        assert answer.headers["ETag"]
    assert anyone("GET", f"/people/{site['tanaka']}")[1] == {
        "id": site["tanaka"], "name": NAME, "organisation": site["university"], "identifiers": [],
    }  # fmt: skip


def test_an_address_is_read_by_its_person_and_administrators(site):
    for who, told in (("tanaka", True), ("admin", True), ("pm", False), ("curator", False)):
        assert ("email" in Api(site[who])("GET", f"/people/{site['tanaka']}")[1]) is told
    status, me, _ = Api(site["pm"])("GET", "/people/me")
    assert (status, me["username"], [r["role"] for r in me["roles"]]) == (200, "pm", ["pm"])
    assert Api()("GET", "/people/me")[0] == 401


def test_an_etag_spares_the_second_answer(site):
    _, _, first = Api()("GET", f"/projects/{site['project']}")
    status, body, again = Api()("GET", f"/projects/{site['project']}", **{"If-None-Match": first.headers["ETag"]})
    assert (status, body, again.headers["ETag"]) == (304, None, first.headers["ETag"])


@pytest.mark.parametrize("number", ["JPMJMS2011", "mjms2011", "ＪＰＭＪＭＳ２０１１", "JPMJ-MS-2011"])
def test_a_project_is_found_by_any_form_of_its_number(site, number):
    _, body, _ = Api().__call__("GET", f"/projects?number={number}")
    assert [one["id"] for one in body["items"]] == [site["project"]]
    assert body["items"][0]["numbers"][0]["value"] == "JPMJMS2011"
    assert Api()("GET", "/projects?number=MJMS9999")[1] == {"items": [], "next": None, "total": 0}


def test_lists_are_paged_by_opaque_cursors(site):
    seen, cursor = [], ""
    while True:
        _, body, _ = Api()("GET", f"/people?limit=3&cursor={cursor}")
        assert body["total"] == 4
        seen += [one["id"] for one in body["items"]]
        if body["next"] is None:
            break
        cursor = body["next"]
    assert sorted(seen) == sorted(site[name] for name in ("tanaka", "admin", "curator", "pm"))
    assert len(Api()("GET", "/people?limit=0&cursor=%00%00")[1]["items"]) == 1
    assert Api()("GET", "/people?q=%E7%94%B0%E4%B8%AD%20ICHIRO")[1]["total"] == 4
    assert Api()("GET", "/people?q=nobody")[1]["total"] == 0


CREATIONS = [
    ("/people", {"username": "new", "name": NAME}),
    ("/organisations", {"legal_name": {"en": "New"}, "kind": "company"}),
    ("/programmes", {"title": {"en": "New"}}),
    ("/roles", {"person": "PERSON", "role": "admin", "scope": "site"}),
]


@pytest.mark.parametrize(("path", "body"), CREATIONS)
def test_registering_is_for_administrators(site, path, body):
    body = {key: site["tanaka"] if value == "PERSON" else value for key, value in body.items()}
    assert Api()("POST", path, body)[0] == 401
    for who in ("tanaka", "pm", "curator"):
        status, told, _ = Api(site[who])("POST", path, body)
        assert (status, told["code"]) == (403, "access.refused")
        assert told["decision"]["reasons"][0]["code"] == "admin_only"
    status, told, _ = Api(site["admin"], ("publish",))("POST", path, body)
    assert (status, told["decision"]["reasons"][0]["code"]) == (403, "scope_missing")
    status, _, answer = Api(site["admin"])("POST", path, body)
    assert status == 201
    if path != "/roles":
        assert Api(site["admin"])("GET", answer.headers["Location"].removeprefix("/api/v1"))[0] == 200


@pytest.mark.parametrize(("path", "body", "pointer"), [
    ("/people", {"username": "new", "name": NAME, "is_active": False}, "/is_active"),
    ("/people", {"username": "new", "name": NAME, "id": "aaaaa-aaaaa"}, "/id"),
    ("/people", {"username": "new"}, "/name"),
    ("/people", {"username": "new", "name": "x"}, "/name"),
    ("/people", {"username": ["x"], "name": NAME}, "/username"),
    ("/organisations", {"legal_name": {"en": "x"}, "kind": "university", "recorded_at": "2020-01-01"}, "/recorded_at"),
    ("/projects", {"title": {"en": "x"}, "organisation": "x", "starts_on": "soon"}, "/starts_on"),
    ("/roles", {"person": "x", "role": "admin", "scope": "site", "superseded_at": None}, "/superseded_at"),
    ("/tokens", {"scopes": ["god"]}, "/scopes/0"),
    ("/tokens", {"scopes": ["read"], "expires_at": "0001-01-01T00:00:00+09:00"}, "/expires_at"),
    ("/tokens", {"scopes": ["read"], "expires_at": "9999-12-31T23:59:59-09:00"}, "/expires_at"),
    ("/people", {"username": "new", "name": NAME, "identifiers": [{"scheme": "ORCID", "value": "a\x00b"}]}, "/identifiers"),
    ("/projects", {"title": {"en": "x"}, "organisation": "UNIVERSITY", "numbers": [{"scheme": "JGN", "value": "---"}]}, "/numbers/0"),
    ("/tokens", {"scopes": []}, "/scopes"),
])  # fmt: skip
def test_unknown_members_and_wrong_types_are_told_with_their_place(site, path, body, pointer):
    before = (Person.objects.count(), Role.objects.count())
    body = {key: site["university"] if value == "UNIVERSITY" else value for key, value in body.items()}
    status, told, _ = Api(site["admin"])("POST", path, body)
    assert (status, [finding["pointer"] for finding in told["findings"]]) == (422, [pointer])
    assert (Person.objects.count(), Role.objects.count()) == before


def test_people_change_their_name_and_nothing_else(site):
    me = Api(site["tanaka"])
    assert me("PATCH", f"/people/{site['tanaka']}", {"name": {"en": "New Name"}})[1]["name"] == {"en": "New Name"}
    for body in ({"username": "root"}, {"email": "x@y.jp"}, {"organisation": None}, {"is_active": False}):
        assert me("PATCH", f"/people/{site['tanaka']}", body)[0] == 422
    assert me("PATCH", f"/people/{site['pm']}", {"name": {"en": "Evil"}})[0] == 403


def test_a_token_with_read_changes_nothing(site):
    reader = Api(site["tanaka"], ("read",))
    assert reader("PATCH", f"/people/{site['tanaka']}", {"language": "en"})[0] == 403
    assert reader("POST", "/tokens", {"scopes": ["admin"]})[0] == 403
    assert reader("POST", "/groups", {"name": {"en": "x"}})[0] == 403
    assert reader("GET", "/tokens")[0] == 200


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Bearer", "Basic dGFuYWthOng=", "izumi_x", "Bearer \u00e9"])
def test_a_wrong_token_is_told_and_not_taken_for_nobody(site, header):
    told = Client(raise_request_exception=False).get("/api/v1/people", headers={"Authorization": header})
    assert told.status_code == 401
    assert told.json()["code"] == "session.token_unknown"


def test_a_token_is_told_once_and_never_listed(site):
    me = Api(site["tanaka"])
    status, made, answer = me("POST", "/tokens", {"name": "ci", "scopes": ["read"], "expires_at": "2099-01-01T00:00:00+09:00"})
    assert (status, answer.headers["Cache-Control"]) == (201, "no-store")
    _, listed, answer = me("GET", "/tokens")
    assert made["token"] not in answer.content.decode()
    assert [one["expires_at"] for one in listed["items"] if one["id"] == made["id"]] == ["2099-01-01T00:00:00+09:00"]
    assert Api(site["pm"])("DELETE", f"/tokens/{made['id']}")[0] == 404
    assert me("DELETE", f"/tokens/{made['id']}")[0] == 204
    assert queries.actor_for_token(made["token"]) is None
    assert me("POST", "/tokens", {"scopes": ["read"], "person": site["pm"]})[0] == 403


def test_a_session_that_calls_the_api_is_checked_like_a_form(site):
    actions.set_password(console(), site["tanaka"], "correct horse battery")
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    page = browser.get("/login")
    mark = page.cookies["izumi_csrf"].value
    told = browser.post("/login", {"username": "tanaka", "password": "correct horse battery", "csrfmiddlewaretoken": mark})
    assert told.status_code == 303
    body = {"scopes": ["read"]}
    assert browser.post("/api/v1/tokens", body, content_type="application/json").status_code == 403
    mark = browser.cookies["izumi_csrf"].value
    told = browser.post("/api/v1/tokens", body, content_type="application/json", headers={"X-CSRFToken": mark})
    assert told.status_code == 201


def test_members_of_a_group_are_known_inside_it_alone(site):
    status, group, _ = Api(site["tanaka"])("POST", "/groups", {"name": {"ja": "検討会"}, "members": [site["pm"]]})
    assert status == 201
    for who, code in (("tanaka", 200), ("pm", 200), ("admin", 200), ("curator", 404)):
        assert Api(site[who])("GET", f"/groups/{group['id']}")[0] == code
        assert Api(site[who])("GET", f"/roles?scope=group:{group['id']}")[0] == code
    assert Api()("GET", f"/groups/{group['id']}")[0] == 404
    assert Api()("GET", "/groups")[0] == 401
    assert Api()("GET", "/roles?scope=public")[0] == 404
    assert Api(site["tanaka"])("GET", "/roles?scope=site")[0] == 404
    assert Api(site["tanaka"])("GET", f"/roles?scope=person:{site['tanaka']}")[0] == 404
    assert [g["id"] for g in Api(site["pm"])("GET", "/groups")[1]["items"]] == [group["id"]]


def test_a_leader_takes_in_a_member_by_the_api(site):
    pm = Api(site["pm"])
    body = {"person": site["tanaka"], "role": "member", "scope": f"project:{site['project']}", "from": "2026-04-01", "until": "2099-03-31"}
    status, role, _ = pm("POST", "/roles", body)
    assert (status, role["from"], role["until"]) == (201, "2026-04-01", "2099-03-31")
    assert pm("POST", "/roles", body)[0] == 409
    assert Api(site["tanaka"])("POST", f"/roles/{role['id']}/end", {})[0] == 403
    assert pm("POST", f"/roles/{role['id']}/end", {"until": "2026-12-31"})[1]["role"]["until"] == "2026-12-31"
    assert pm("POST", f"/roles/{role['id']}/end", {})[0] == 403


def test_a_wrong_check_digit_of_a_ror_is_a_warning(site):
    admin = Api(site["admin"])
    status, body, _ = admin("POST", "/organisations", {"legal_name": {"en": "A"}, "kind": "university", "ror": "02kpeqv86"})
    assert (status, [f["rule"] for f in body["findings"]], body["ror"]) == (201, ["ror-check"], "https://ror.org/02kpeqv86")
    status, body, _ = admin("POST", "/organisations", {"legal_name": {"en": "A"}, "kind": "university", "ror": "not a ror"})
    assert (status, [f["rule"] for f in body["findings"]]) == (422, ["ror-form"])
    assert admin("POST", "/organisations", {"legal_name": {"en": "B"}, "kind": "university", "ror": "057zh3y96"})[0] == 409
    assert [o["id"] for o in Api()("GET", "/organisations?ror=057ZH3Y96")[1]["items"]] == [site["university"]]


@pytest.mark.parametrize("path", ["/people/xxxxx-xxxxx", "/people/'", "/organisations/0", "/projects/%00", "/programmes/aaaaa-aaaaa", "/groups/x"])
def test_what_is_not_there_is_404_without_saying_more(site, path):
    status, told, _ = Api(site["admin"])("GET", path)
    assert (status, told["code"]) == (404, "site.not_there")


def test_a_curator_invites_but_chooses_no_passwords(site, run_workers, home):
    curator = Api(site["curator"])
    body = {"username": "new", "name": NAME, "organisation": site["university"], "email": "new@example.jp", "invite": True}
    assert curator("POST", "/people", {**body, "password": "correct horse battery"})[0] == 403
    assert curator("POST", "/people", body)[0] == 201
    assert curator("POST", "/people", {**body, "username": "new2", "email": "n2@example.jp", "organisation": None})[0] == 403
    run_workers()
    assert len(list(home.mail.glob("*.eml"))) == 1
    assert curator("POST", f"/people/{site['tanaka']}/invite", {})[0] == 202


def test_a_token_with_publish_does_what_one_is_in_charge_of(site):
    body = {"person": site["tanaka"], "role": "member", "scope": f"project:{site['project']}"}
    status, told, _ = Api(site["pm"], ("write",))("POST", "/roles", body)
    assert (status, told["decision"]["reasons"][0]["text"]["en"]) == (403, "This token lacks the scope it needs (publish).")
    assert Api(site["pm"], ("publish",))("POST", "/roles", body)[0] == 201


@pytest.mark.parametrize("query", ["q=%00", "q=" + "x" * 5000, "q=%F0%9F%98%80", "number=%00", "ror=%00", "limit=-5", "limit=99999999999", "cursor=!!!"])
def test_odd_questions_have_plain_answers(site, query):
    path = "/organisations" if query.startswith("ror") else "/projects"
    assert Api()("GET", f"{path}?{query}")[0] == 200
