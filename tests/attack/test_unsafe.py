"""Nobody changes anything that they may not: every unsafe operation by nobody, by strangers and by tokens that only read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from izumi.kernel.actors import console
from izumi.people import actions as people
from tests.attack import routes
from tests.attack.house import House

BODIES: dict[str, Any] = {
    "/records": {"metadata": {}}, "/draft": {"metadata": {"remarks": {"ja": "x"}}}, "/new-version": {"kind": "files"},
    "/validate": {"for": "publish"}, "/return": {"why": "x"}, "/publish": {}, "/withdraw": {"why": "x"}, "/access": {"access": {"class": "open"}},
    "/links": {"relation": "References", "identifier": "https://e.example/1"}, "/projects": {"projects": []},
    "/files/move": {"from": "data/a.csv", "to": "b.csv"}, "/files/link": {"url": "https://e.example/a", "path": "b"},
    "/people": {"username": "evil", "name": {"ja": "x"}}, "/people/{person}": {"name": {"ja": "x"}},
    "/organisations": {"legal_name": {"ja": "x"}, "kind": "university"}, "/programmes": {"title": {"ja": "x"}}, "/groups": {"name": {"ja": "x"}},
    "/plans": {"title": {"ja": "x"}}, "/plans/{plan_id}": {"title": {"ja": "x"}}, "/entries": {"title": {"ja": "x"}}, "/entries/{entry}": {"field": "1"},
    "/entries/{entry}/link": {"record": "b9r98-kegkg"}, "/unlink": {"record": "b9r98-kegkg"}, "/check": {"for": "save"}, "/revise": {"why": "x"},
    "/numbers": {"scheme": "JGN", "value": "X1"}, "/roles/{role}/end": {}, "/tokens": {"name": "x", "scopes": ["admin"]},
}  # fmt: skip
READS = {("post", "/api/v1/search"), ("post", "/api/v1/records/{record_id}/validate"), ("post", "/api/v1/plans/{plan_id}/check")}


def body_of(house: House, path: str) -> dict[str, Any]:
    """A body that would be accepted from somebody who may."""
    inner = path.removeprefix("/api/v1")
    if inner == "/projects":
        return {"title": {"ja": "x"}, "organisation": house.world.organisation}
    if inner == "/roles":
        return {"person": house.world.persons["stranger"], "role": "admin", "scope": "site"}
    return next((body for tail, body in BODIES.items() if inner == tail or inner.endswith(tail)), {})


def state() -> dict[str, int]:
    """How many rows each table has, and the newest event: what changes with any write."""
    tables = [name for name in connection.introspection.table_names() if not name.startswith(("django_", "kernel_keptanswer"))]
    with connection.cursor() as cursor:
        return {name: cursor.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608


def attempts(house: House, record: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every unsafe operation of the API with a body that fits."""
    made = []
    for method, path, _ in routes.operations(*routes.UNSAFE):
        if (method, path) in READS:
            continue
        headers: dict[str, Any] = {"HTTP_IF_MATCH": "*", "HTTP_TUS_RESUMABLE": "1.0.0", "HTTP_UPLOAD_LENGTH": "3", "HTTP_UPLOAD_OFFSET": "0"}
        if "/uploads/" in path:
            headers |= {"content_type": "application/offset+octet-stream", "data": b"abc"}
        else:
            headers |= {"content_type": "application/json", "data": json.dumps(body_of(house, path)).encode()}
        made.append((method.upper(), routes.filled(house, path, record), headers))
    return made


def read_token(house: House, who: str) -> dict[str, str]:
    """Headers of a token that may only read."""
    made = people.create_token(console(), person=house.world.persons[who], name="reader", scopes=["read"])
    return {"HTTP_AUTHORIZATION": f"Bearer {made.secret}"}


def test_an_unsafe_operation_needs_more_than_the_right_to_read(house, ask):
    found = []
    readers = [{}, *(read_token(house, who) for who in ("researcher", "admin", "curator"))]
    before = state()
    for headers in readers:
        for name in ("open", "draft"):
            for method, address, told in attempts(house, house.records[name]):
                answer = ask(headers, method, address, **told)
                if answer.status_code not in (400, 401, 403, 404, 415, 422):
                    found.append((method, address, answer.status_code, answer.told[:120]))
    assert found == []
    assert state() == before


def test_strangers_change_nothing_of_others(house, ask):
    found = []
    before = state()
    for who in ("stranger", "company", "operator", "outsider"):
        own = ("/api/v1/records", "/api/v1/tokens", "/api/v1/groups", "/api/v1/records/import", "/api/v1/notices/read", "/api/v1/notices/choices")
        for name in ("open", "draft"):
            for method, address, told in attempts(house, house.records[name]):
                if address in own:
                    continue
                answer = ask(house.roles[who], method, address, **told)
                if answer.status_code < 400 or answer.status_code >= 500:
                    found.append((method, address, answer.status_code, answer.told[:120]))
    assert found == []
    assert state() == before


def signed_in(house: House, who: str) -> Client:
    """A browser with a session, which checks forms as a real one is checked."""
    people.set_password(console(), house.world.persons[who], "tsuyoi-aikotoba-7")
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.get("/login")
    token = browser.cookies["izumi_csrf"].value
    told = {"username": who, "password": "tsuyoi-aikotoba-7", "csrfmiddlewaretoken": token}
    assert browser.post("/login", told).status_code == 303
    return browser


FORMS = ("edit", "publish", "review", "discard", "restore", "new-version", "withdraw", "access", "draft/do/upload", "draft/do/remove",
         "draft/do/move", "draft/do/link", "edit/files")  # fmt: skip


@pytest.mark.parametrize("authorization", [None, ""])
def test_a_form_or_call_of_a_session_from_another_site_is_refused(house, authorization):
    browser = signed_in(house, "researcher")
    headers = {} if authorization is None else {"HTTP_AUTHORIZATION": authorization}
    before, found = state(), []
    for tail in FORMS:
        answer = browser.post(f"/records/{house.records['draft']}/{tail}", {"do": "publish", "why": "x", "path": "data/a.csv"}, **headers)
        if answer.status_code not in (403, 404, 405, 422):
            found.append((tail, answer.status_code))
    for page in ("records/new", "account/profile", "account/tokens", "account/sessions", "account/password", "logout"):
        answer = browser.post(f"/{page}", {"name-ja": "x", "name": "x", "scopes": "admin"}, **headers)
        if answer.status_code != 403:
            found.append((page, answer.status_code))
    for method, address, told in attempts(house, house.records["draft"]):
        answer = browser.generic(method, address, **told, **headers)
        if answer.status_code != 403:
            found.append((method, address, answer.status_code))
    assert found == []
    assert state() == before


def test_signing_in_gives_a_new_session_and_leads_nowhere_else(house):
    people.set_password(console(), house.world.persons["stranger"], "tsuyoi-aikotoba-7")
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "\n//evil.example"):
        browser = Client(raise_request_exception=False)
        browser.cookies["izumi_session"] = "fixed-by-the-attacker-000000000000"
        answer = browser.post("/login", {"username": "stranger", "password": "tsuyoi-aikotoba-7", "next": target})
        assert answer.status_code == 303 and answer.headers["Location"] == "/work", (target, answer.headers["Location"])
        assert browser.cookies["izumi_session"].value != "fixed-by-the-attacker-000000000000"


def test_a_repeated_post_never_tells_a_secret_or_gives_a_reader_the_answer_of_a_writer(house, ask):
    wide, narrow = house.world.bearer("researcher"), read_token(house, "researcher")
    told = {"data": b'{"name": "x"}', "content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": "k1"}
    first = ask(wide, "POST", "/api/v1/tokens", **told)
    again = ask(wide, "POST", "/api/v1/tokens", **told)
    assert first.status_code == 201 and first.json()["token"] not in again.told
    assert ask(narrow, "POST", "/api/v1/tokens", **told).status_code == 403
    told = {"data": b'{"metadata": {}}', "content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": "k2"}
    made = ask(wide, "POST", "/api/v1/records", **told)
    assert ask(wide, "POST", "/api/v1/records", **told).json()["id"] == made.json()["id"]
    assert ask(narrow, "POST", "/api/v1/records", **told).status_code == 422
    assert made.json()["id"] not in ask(house.roles["outsider"], "POST", "/api/v1/records", **told).told


def test_members_of_a_body_that_the_system_keeps_are_refused(house, ask):
    wide = house.world.bearer("researcher")
    me = house.world.persons["researcher"]
    for address, body in (
        ("/api/v1/records", {"metadata": {}, "owner": "x"}), ("/api/v1/records", {"metadata": {}, "state": "published"}),
    ):  # fmt: skip
        assert ask(wide, "POST", address, data=json.dumps(body).encode(), content_type="application/json").status_code == 422
    body = {"name": {"ja": "研究者"}, "is_active": False, "organisation": None, "roles": ["admin"], "username": "admin", "email": "a@b.jp"}
    ask(wide, "PATCH", f"/api/v1/people/{me}", data=json.dumps(body).encode(), content_type="application/json")
    now = ask(wide, "GET", "/api/v1/people/me").json()
    assert (now["username"], now["email"]) == ("researcher", "researcher@mihon.example") and now["organisation"]
    for role, scope in (("admin", "site"), ("curator", f"org:{house.world.organisation}"), ("pm", f"project:{house.world.project}")):
        body = {"person": me, "role": role, "scope": scope}
        assert ask(wide, "POST", "/api/v1/roles", data=json.dumps(body).encode(), content_type="application/json").status_code == 403
