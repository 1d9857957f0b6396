"""The REST of records from outside: states, headers, problems; nobody learns more than the decision."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from izumi.kernel import journal
from tests.builders import World, a_document, a_world

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def world(home: object) -> World:
    return a_world()


class Api:
    """The test client with somebody's token."""

    def __init__(self, client: Client, world: World, who: str | None) -> None:
        self.client = client
        self.headers = world.bearer(who) if who else {}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call; JSON in, response out."""
        told = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        if method == "post" and body is None:
            told = {"data": "", "content_type": "application/json"}
        names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        return getattr(self.client, method)(f"/api/v1{path}", **told, **self.headers, **names)


@pytest.fixture
def me(client: Client, world: World) -> Api:
    return Api(client, world, "researcher")


@pytest.fixture
def nobody(client: Client, world: World) -> Api:
    return Api(client, world, None)


def a_published(me: Api, **changes: Any) -> str:
    made = me.call("post", "/records", {"metadata": a_document(**changes)})
    assert made.status_code == 201, made.content
    done = me.call("post", f"/records/{made.json()['id']}/publish")
    assert done.status_code == 200, done.content
    return str(made.json()["id"])


def test_a_new_record_answers_with_location_etag_and_findings(me: Api) -> None:
    made = me.call("post", "/records", {"kind": "dataset", "metadata": {"title": {"ja": "水質"}}})
    assert made.status_code == 201
    told = made.json()
    assert made.headers["Location"] == f"/api/v1/records/{told['id']}"
    assert made.headers["ETag"] == f'"{told["id"]}-r1"'
    assert (told["state"], told["draft"]["state"], told["version"]) == ("unpublished", "open", None)
    assert isinstance(told["findings"], list)


def test_a_patch_needs_if_match_and_bumps_the_revision(me: Api) -> None:
    made = me.call("post", "/records", {"metadata": a_document()})
    path, etag = f"/records/{made.json()['id']}/draft", made.headers["ETag"]
    assert me.call("patch", path, {"metadata": {"version_label": "1"}}).status_code == 428
    done = me.call("patch", path, {"metadata": {"version_label": "1"}}, if_match=etag)
    assert (done.status_code, done.json()["revision"]) == (200, 2)
    stale = me.call("patch", path, {"metadata": {"version_label": "2"}}, if_match=etag)
    assert stale.status_code == 412
    assert stale.json()["current"]["metadata"]["version_label"] == "1"
    assert stale.json()["code"] == "state.outdated"
    assert me.call("get", path).json()["metadata"]["version_label"] == "1"


@pytest.mark.parametrize(
    ("metadata", "pointer"),
    [
        ({"title": "水質"}, "/title"),
        ({"titel": {"ja": "水質"}}, "/titel"),
        ({"creators": {"name": {}}}, "/creators"),
        ({"size": {"approximate": 5}}, "/size/approximate"),
    ],
)
def test_a_wrong_shape_is_refused_whole_with_its_place(me: Api, metadata: Any, pointer: str) -> None:
    made = me.call("post", "/records", {"metadata": a_document()})
    before = journal.last_seq()
    path = f"/records/{made.json()['id']}/draft"
    done = me.call("patch", path, {"metadata": metadata}, if_match=made.headers["ETag"])
    assert done.status_code == 422
    assert done.headers["Content-Type"] == "application/problem+json"
    found = done.json()["findings"]
    assert [f["pointer"] for f in found] == [pointer]
    assert found[0]["message"]["ja"]
    assert found[0]["message"]["en"]
    assert journal.last_seq() == before
    assert me.call("get", path).json()["revision"] == 1


def test_a_rule_never_blocks_saving(me: Api) -> None:
    made = me.call("post", "/records", {"metadata": a_document(access={"class": "embargoed", "available_on": "soon"})})
    assert made.status_code == 201
    done = me.call("post", f"/records/{made.json()['id']}/publish")
    assert done.status_code == 422
    assert "/access/available_on" in {f["pointer"] for f in done.json()["findings"]}


def test_members_that_the_system_keeps_are_ignored_with_a_warning(me: Api) -> None:
    made = me.call("post", "/records", {"metadata": a_document(posted_on="1999-01-01", size={"bytes": 5})})
    assert made.status_code == 201
    assert {"/posted_on", "/size/bytes"} <= {f["pointer"] for f in made.json()["findings"] if f["severity"] == "warning"}
    assert "posted_on" not in made.json()["metadata"]
    assert made.json()["metadata"]["size"] == {"bytes": 0, "files": 0}


@pytest.mark.parametrize("key", ["zzzzz-zzzzz", "nonsense", "00000-00001"])
def test_a_wrong_identifier_answers_as_an_absent_one(me: Api, key: str) -> None:
    absent = me.call("get", "/records/00000-00000")
    told = me.call("get", f"/records/{key}")
    assert (told.status_code, told.content) == (absent.status_code, absent.content)
    assert absent.status_code == 404


def test_hidden_and_absent_cannot_be_told_apart(me: Api, nobody: Api) -> None:
    hidden = me.call("post", "/records", {"metadata": a_document()}).json()["id"]
    closed = a_published(me, access={"class": "closed", "metadata_class": "closed", "reasons": [{"code": "personal_data"}]})
    for rest in ("", "/versions", "/versions/1", "/access", "/links", "/history", "/draft", "/diff?before=1&after=1"):
        answers = [nobody.call("get", f"/records/{key}{rest}") for key in (hidden, closed, "00000-00000")]
        assert {a.status_code for a in answers} == {404}, rest
        assert len({a.content for a in answers}) == 1, rest
        assert len({str(sorted(a.headers.items())) for a in answers}) == 1, rest


def test_publish_now_later_and_in_the_past(me: Api) -> None:
    def draft() -> str:
        return str(me.call("post", "/records", {"metadata": a_document()}).json()["id"])

    assert me.call("post", f"/records/{draft()}/publish", {"note": "最初"}).status_code == 200
    later = me.call("post", f"/records/{draft()}/publish", {"on": "2999-01-01"})
    assert (later.status_code, later.json()["state"], later.json()["draft"]["scheduled_on"]) == (202, "scheduled", "2999-01-01")
    assert me.call("post", f"/records/{draft()}/publish", {"on": "2001-01-01"}).status_code == 422
    assert me.call("post", f"/records/{draft()}/publish", {"on": "明日"}).status_code == 422


def test_a_withdrawn_record_is_gone_for_those_who_saw_it_and_absent_for_others(me: Api, nobody: Api) -> None:
    opened, closed = a_published(me), a_published(
        me, access={"class": "closed", "metadata_class": "closed", "reasons": [{"code": "contract"}]}
    )
    for key in (opened, closed):
        assert me.call("post", f"/records/{key}/withdraw", {"why": ""}).status_code == 422
        assert me.call("post", f"/records/{key}/withdraw", {"why": "測定の誤り"}).status_code == 200
    assert nobody.call("get", f"/records/{opened}").status_code == 410
    assert nobody.call("get", f"/records/{closed}").status_code == 404


def test_decisions_tell_reasons_and_ways_out(me: Api, nobody: Api, world: World) -> None:
    key = a_published(me, access={"class": "shared", "scopes": [f"project:{world.project}"], "requests": "anyone"})
    told = nobody.call("get", f"/decisions?record={key}&action=read").json()
    assert told["allowed"] is False
    assert told["reasons"][0]["text"]["ja"]
    assert told["ways_out"]
    assert nobody.call("get", f"/decisions?record={key}&action=read&as=pm").status_code == 403
    assert me.call("get", f"/decisions?record={key}&action=read&as=pm").json()["allowed"] is True
    assert me.call("get", f"/decisions?record={key}&action=fly").status_code == 422
    draft = me.call("post", "/records", {"metadata": a_document()}).json()["id"]
    assert nobody.call("get", f"/decisions?record={draft}&action=see").status_code == 404


def test_access_is_changed_with_a_match_and_previewed_without_saving(me: Api, nobody: Api) -> None:
    key = a_published(me)
    told = me.call("get", f"/records/{key}/access")
    wanted = {"class": "closed", "reasons": [{"code": "trade_secret"}]}
    preview = me.call("put", f"/records/{key}/access?preview=1", wanted)
    assert preview.status_code == 200
    assert {"loses"} <= {c["effect"] for c in preview.json()["changes"]}
    assert me.call("put", f"/records/{key}/access", wanted).status_code == 428
    done = me.call("put", f"/records/{key}/access", wanted, if_match=told.headers["ETag"])
    assert done.status_code == 200, done.content.decode()
    assert nobody.call("get", f"/decisions?record={key}&action=read").json()["allowed"] is False
    assert nobody.call("get", f"/records/{key}/access").json()["rules"] == []


def test_a_repeated_post_with_a_key_does_its_work_once(me: Api) -> None:
    first = me.call("post", "/records", {"metadata": a_document()}, idempotency_key="k1")
    again = me.call("post", "/records", {"metadata": a_document()}, idempotency_key="k1")
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 201, again.json()["id"])
    other = me.call("post", "/records", {"metadata": {}}, idempotency_key="k1")
    assert other.status_code == 422


def test_a_token_without_scope_changes_nothing(client: Client, world: World) -> None:
    from izumi.kernel.actors import console
    from izumi.people import actions as people

    token = people.create_token(console(), person=world.persons["researcher"], name="read", scopes=["read"]).secret
    made = client.post("/api/v1/records", data="{}", content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert made.status_code == 403
    wrong = client.get("/api/v1/records?mine=true", HTTP_AUTHORIZATION="Bearer izm_wrong")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "session.token_unknown")


@pytest.mark.parametrize("body", ["{", "[]", '{"metadata": []}', '{"metadata": {}, "owner": "x"}', '"\\ud800"'])
def test_an_unreadable_body_is_a_clear_problem(client: Client, world: World, body: str) -> None:
    headers = world.bearer("researcher")
    told = client.post("/api/v1/records", data=body, content_type="application/json", **headers)
    assert told.status_code in (400, 422)
    assert told.json()["title"]


def test_errors_speak_the_language_that_is_asked_for(nobody: Api) -> None:
    assert nobody.call("get", "/records/00000-00000", accept_language="en").json()["title"] == "Not found"
    assert nobody.call("get", "/records/00000-00000", accept_language="ja").json()["title"] == "見つかりません"


def test_a_list_is_paged_by_cursor_and_complete(me: Api) -> None:
    keys = {a_published(me) for _ in range(5)}
    found, cursor = [], ""
    while True:
        page = me.call("get", f"/records?mine=true&limit=2{cursor}").json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert (len(found), set(found)) == (5, keys)
    assert me.call("get", "/records?cursor=nonsense").status_code == 422
    assert me.call("get", "/records?limit=0").status_code == 422


def test_a_method_that_is_not_offered_is_a_problem_that_names_the_others(nobody: Api) -> None:
    told = nobody.call("delete", "/records")
    assert (told.status_code, told.json()["code"]) == (405, "input.method")
    assert set(told.headers["Allow"].split(", ")) == {"GET", "POST"}
