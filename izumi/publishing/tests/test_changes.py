from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.kernel import clock
from izumi.publishing.models import Change
from izumi.records import actions

NOW = "2026-11-21T10:00:00+09:00"


@pytest.fixture(autouse=True)
def today(home):
    with clock.at(NOW):
        yield


def lines(answer) -> list[dict]:
    return [json.loads(line) for line in answer.content.splitlines()]


def test_the_feed_numbers_public_changes_without_gaps_and_without_titles(desk, announce, client, run_workers):
    first = desk.record(access={"class": "embargoed", "available_on": "2027-04-01", "opens": "auto"})
    desk.record(publish=False)
    desk.record(access=desk.closed)
    announce()
    second = desk.record(title={"ja": "のちに取り下げる題", "en": "Later withdrawn"})
    announce()
    desk.correct(second)
    announce()
    desk.withdraw(second)
    announce()
    with clock.at("2027-04-01T00:00:00+09:00"):
        run_workers()
    answer = client.get("/changes")
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert [(told["n"], told["id"], told["change"]) for told in lines(answer)] == [
        (1, first, "published"), (2, second, "published"), (3, second, "updated"), (4, second, "deleted"), (5, first, "opened"),
    ]  # fmt: skip
    assert lines(answer)[1] == {
        "n": 2, "id": second, "change": "published", "at": NOW, "url": f"http://testserver/records/{second}",
        "api": f"http://testserver/api/v1/records/{second}", "kind": "dataset", "version": 1,
    }  # fmt: skip
    assert lines(answer)[4]["at"] == "2027-04-01T00:00:00+09:00"
    assert "題" not in answer.content.decode()
    assert "withdrawn" not in answer.content.decode()


def test_since_goes_on_and_pages_link_to_the_next(desk, announce, client):
    for _ in range(5):
        desk.record()
    announce()
    page = client.get("/changes?since=1&limit=2")
    assert [told["n"] for told in lines(page)] == [2, 3]
    assert page.headers["Link"] == '<http://testserver/changes?since=3&limit=2>; rel="next"'
    assert page.headers["Cache-Control"] == "public, max-age=86400"
    last = client.get("/changes?since=3&limit=2")
    assert [told["n"] for told in lines(last)] == [4, 5]
    assert "Link" not in last.headers
    assert last.headers["Cache-Control"] == "no-cache"
    assert client.get("/changes?since=5").content == b""


def test_a_feed_that_did_not_change_is_not_sent_again(desk, announce, client):
    desk.record()
    announce()
    first = client.get("/changes")
    again = client.get("/changes", headers={"if-none-match": f'"other", W/{first.headers["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    desk.record()
    announce()
    assert client.get("/changes", headers={"if-none-match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("query", ["since=x", "since=-1", "since=", "since=²", "since=1e3", "since=9999999999999999", "limit=0", "limit=1001", "limit=x", "since=1"])
def test_what_cannot_be_read_is_a_problem_in_two_languages(client, query):
    japanese = client.get(f"/changes?{query}")
    english = client.get(f"/changes?{query}", headers={"accept-language": "en"})
    assert japanese.status_code == english.status_code == 422
    assert japanese.headers["Content-Type"] == "application/problem+json"
    assert (japanese.json()["title"], english.json()["title"]) == ("入力に直すところがあります", "Something in the input needs correction")
    (finding,) = japanese.json()["findings"]
    assert set(finding["message"]) == {"ja", "en"}
    assert finding["pointer"] == f"/{query.split('=')[0]}"


def test_the_feed_only_reads_and_sets_no_cookie(client):
    assert client.post("/changes").status_code == 405
    assert not client.get("/changes").cookies
    assert client.head("/changes").status_code == 200
    assert client.get("/en/changes").status_code == 404


def test_a_page_of_the_feed_is_one_statement(desk, announce, client):
    for _ in range(4):
        desk.record()
    announce()
    for query in ("", "?since=2&limit=1"):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/changes{query}")
        assert len(captured) == 1


def test_a_change_and_its_withdrawal_in_one_batch_are_one_line(desk, announce, client):
    record = desk.record()
    announce()
    desk.correct(record)
    actions.withdraw(desk.me, record, why="誤り")
    announce()
    assert [told["change"] for told in lines(client.get("/changes"))] == ["published", "deleted"]
    assert list(Change.objects.values_list("n", flat=True)) == [1, 2]


def test_machines_find_the_faces_of_the_site(client):
    catalog = client.get("/.well-known/api-catalog")
    assert catalog.headers["Content-Type"].startswith("application/linkset+json")
    faces = [face["href"] for face in catalog.json()["linkset"][0]["item"]]
    assert faces == ["http://testserver/api/v1/", "http://testserver/oai", "http://testserver/changes"]
    assert 'rel="api-catalog"' in client.head("/.well-known/api-catalog").headers["Link"]
    robots = client.get("/robots.txt").content.decode()
    assert "http://testserver/oai?verb=Identify" in robots
    assert "Disallow: /oai" not in robots
    assert "Disallow: /changes" not in robots
