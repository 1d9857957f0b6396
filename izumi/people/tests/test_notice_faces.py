"""The bell, the page and the API of notices, as a browser and a program meet them."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from izumi.kernel import journal
from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.people.models import NoticeRow
from izumi.people.queries import notices as queries
from izumi.records import actions as records
from tests.builders import a_document, a_world

PASSWORD = "a long enough passphrase"


@pytest.fixture
def world(home, run_workers):
    """The curator has one draft to review; the author was told twice."""
    world = a_world(review="curator")
    record = records.create_record(world.actor("researcher"), metadata=a_document(), projects=[world.project]).id
    records.submit_draft(world.actor("researcher"), record)
    records.return_draft(world.actor("curator"), record, why="単位を書いてください。")
    records.submit_draft(world.actor("researcher"), record)
    records.accept_draft(world.actor("curator"), record)
    run_workers()
    world.persons["record"] = record
    return world


def signed_in(world, who):
    people.set_password(console(), world.persons[who], PASSWORD)
    client = Client()
    assert client.post("/login", {"username": who, "password": PASSWORD}).status_code == 303
    return client


def bell(client, path="/projects"):
    found = re.search(r'<a class="bell"[^>]*aria-label="([^"]*)"', client.get(path).content.decode())
    return found[1] if found else None


def test_the_bell_counts_what_is_unread(world):
    client = signed_in(world, "researcher")
    assert bell(client) == "お知らせ（未読 2 件）"
    assert bell(client, "/en/projects") == "Notices (2 unread)"
    assert client.post("/notices/read").status_code == 303
    assert bell(client) == "お知らせ（未読はありません）"
    assert bell(Client()) is None


def test_the_bell_costs_no_statement(world):
    client = signed_in(world, "researcher")
    with CaptureQueriesContext(connection) as asked:
        client.get("/about/terms")
    told = [query["sql"] for query in asked.captured_queries]
    assert [sql for sql in told if "people_noticerow" in sql and "people_person" not in sql.split("FROM", 1)[0]] == []
    assert len(told) == 3


def test_the_page_costs_the_same_however_many_notices_there_are(world, run_workers):
    client, counts = signed_in(world, "researcher"), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/notices").status_code == 200
        counts.append(len(asked))
        for n in range(3):
            record = records.create_record(world.actor("researcher"), metadata=a_document(data_number=str(n)), projects=[world.project]).id
            records.submit_draft(world.actor("researcher"), record)
            records.return_draft(world.actor("curator"), record, why="単位を書いてください。")
        run_workers()
    assert counts[0] == counts[1] <= 12


def test_the_page_lists_the_newest_first_and_narrows(world):
    client = signed_in(world, "researcher")
    page = client.get("/notices").content.decode()
    assert page.index("確認が済みました") < page.index("差し戻されました")
    assert "見本川の水質の定点観測" in page and page.count("要対応</span>") == 1  # what was returned has been handed in again
    english = client.get("/en/notices").content.decode()
    assert "was accepted. It can be published." in english and "Mark all as read (2)" in english
    (newest, _) = queries.own_notices(world.actor("researcher")).items
    done = client.post(f"/notices/{newest.id}/open")
    assert (done.status_code, done.headers["Location"]) == (303, f"/records/{world.persons['record']}/publish")
    assert "確認が済みました" not in client.get("/notices?only=unread").content.decode()
    assert "確認が済みました" in client.get("/notices?only=act").content.decode()


def test_looking_marks_nothing_as_read_and_writes_nothing(world):
    client = signed_in(world, "researcher")
    before = journal.last_seq()
    for path in ("/notices", "/notices?only=act", "/notices?cursor=zzz", "/notices/read", "/notices/choices"):
        client.get(path)
    assert (journal.last_seq(), NoticeRow.objects.filter(read_at__isnull=False).count()) == (before, 0)
    assert client.get("/notices?cursor=zzz").status_code == 422
    assert client.get("/notices/read").status_code == 405


def test_forms_are_checked_and_others_notices_are_not_there(world):
    strict = signed_in(world, "colleague")
    strict.handler.enforce_csrf_checks = True
    assert strict.post("/notices/read").status_code == 403
    (newest, _) = queries.own_notices(world.actor("researcher")).items
    assert signed_in(world, "colleague").post(f"/notices/{newest.id}/open").status_code == 404
    for path in ("/notices", "/en/notices"):
        assert Client().get(path).status_code == 401
    assert Client().post("/notices/read").status_code in (401, 403)


def test_what_comes_by_mail_is_chosen_on_the_page(world):
    client = signed_in(world, "curator")
    page = client.get("/notices").content.decode()
    assert len(re.findall(r'name="mail" value="[a-z_.]+" checked', page)) == len(queries.choices(world.actor("curator")))
    done = client.post("/notices/choices", {"mail": ["record.submitted"]})
    assert (done.status_code, done.headers["Location"]) == (303, "/notices?done=choices")
    assert [view.kind for view in queries.choices(world.actor("curator")) if view.mail] == ["record.submitted"]
    page = client.get("/notices").content.decode()
    assert re.findall(r'value="([a-z_.]+)" checked', page) == ["record.submitted"]


def call(client, world, who, method, path, body=None):
    told = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    answer = getattr(client, method)(f"/api/v1{path}", **told, **(world.bearer(who) if who else {}))
    return answer.status_code, answer.json()


def test_programs_read_and_mark_and_choose(client, world):
    status, told = call(client, world, "researcher", "get", "/notices")
    assert (status, told["unread"], told["next"]) == (200, 2, None)
    first = told["items"][0]
    assert {name: first[name] for name in ("kind", "act", "read", "href")} == {
        "kind": "record.accepted", "act": True, "read": False, "href": f"/records/{world.persons['record']}/publish"
    }  # fmt: skip
    assert call(client, world, "researcher", "post", "/notices/read", {"ids": [first["id"]]}) == (200, {"read": 1})
    assert call(client, world, "researcher", "post", "/notices/read", {}) == (200, {"read": 1})
    assert call(client, world, "researcher", "get", "/notices?unread=true")[1]["items"] == []
    status, told = call(client, world, "researcher", "put", "/notices/choices", {"choices": [{"kind": "record.returned", "mail": False}]})
    assert status == 200
    assert {one["kind"]: one["mail"] for one in told["items"]}["record.returned"] is False
    status, told = call(client, world, "researcher", "put", "/notices/choices", {"choices": [{"kind": "no.such", "mail": False}]})
    assert (status, told["findings"][0]["rule"], told["findings"][0]["pointer"]) == (422, "notice-kind-unknown", "/choices/0/kind")


@pytest.mark.parametrize(("method", "path", "body"), [("get", "/notices", None), ("post", "/notices/read", {}), ("get", "/notices/choices", None), ("put", "/notices/choices", {"choices": []})])
def test_programs_without_a_name_are_refused(client, world, method, path, body):
    assert call(client, world, None, method, path, body)[0] == 401


@pytest.mark.parametrize("body", [{"ids": ["x"]}, {"ids": [1] * 1001}, {"all": True}])
def test_bodies_of_another_shape_are_refused(client, world, body):
    assert call(client, world, "researcher", "post", "/notices/read", body)[0] == 422
