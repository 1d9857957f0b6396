"""Stored bytes are served only as long as they are true, and only to whom they were made for."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from izumi.kernel import clock
from izumi.records import actions
from tests.builders import World, a_document, a_world

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def published(world: World, **changes: object) -> str:
    me = world.actor("researcher")
    view = actions.create_record(me, metadata=a_document(**changes))
    actions.publish_version(me, view.id)
    return view.id


@pytest.mark.parametrize("path", ["/records/{}", "/en/records/{}", "/api/v1/records/{}"])
def test_the_second_answer_is_the_same_bytes_for_one_statement(client: Client, world: World, path: str) -> None:
    address = path.format(published(world))
    first = client.get(address)
    with CaptureQueriesContext(connection) as asked:
        second = client.get(address)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Content-Type"] == second.headers["Content-Type"]
    assert len(asked) == 1
    assert client.get(address, HTTP_IF_NONE_MATCH=first.headers["ETag"]).status_code == 304


def test_the_languages_do_not_mix(client: Client, world: World) -> None:
    key = published(world)
    assert b'lang="ja"' in client.get(f"/records/{key}").content[:200]
    assert b'lang="en"' in client.get(f"/en/records/{key}").content[:200]
    assert b'lang="ja"' in client.get(f"/records/{key}").content[:200]


def test_a_change_is_seen_at_once(client: Client, world: World) -> None:
    key, me = published(world), world.actor("researcher")
    assert client.get(f"/api/v1/records/{key}").json()["version"] == 1
    actions.open_version(me, key)
    actions.publish_version(me, key)
    assert client.get(f"/api/v1/records/{key}").json()["version"] == 2
    actions.withdraw(me, key, why="誤り")
    assert client.get(f"/api/v1/records/{key}").status_code == 410
    assert client.get(f"/records/{key}").status_code == 410


def test_a_window_edge_ends_what_was_stored(client: Client, world: World) -> None:
    with clock.at("2027-03-01T12:00:00+09:00"):
        key = published(world, access={"class": "embargoed", "available_on": "2027-04-01"})
    with clock.at("2027-03-31T23:59:59+09:00"):
        before = client.get(f"/api/v1/records/{key}")
        assert before.json()["decision"]["allowed"] is False
    with clock.at("2027-04-01T00:00:00+09:00"):
        after = client.get(f"/api/v1/records/{key}")
        assert after.json()["decision"]["allowed"] is True
        assert after.headers["ETag"] != before.headers["ETag"]
    with clock.at("2027-03-31T23:59:59+09:00"):
        assert client.get(f"/api/v1/records/{key}").json()["decision"]["allowed"] is False


def test_nobody_gets_what_was_made_for_somebody_else(client: Client, world: World) -> None:
    key = published(world, access={"class": "closed", "reasons": [{"code": "contract"}]})
    mine = client.get(f"/api/v1/records/{key}", **world.bearer("researcher"))
    assert mine.json()["decision"]["allowed"] is True
    assert client.get(f"/api/v1/records/{key}").json()["decision"]["allowed"] is False
    again = client.get(f"/api/v1/records/{key}", **world.bearer("researcher"))
    assert again.json()["decision"]["allowed"] is True


def test_another_format_is_never_a_stored_page(client: Client, world: World) -> None:
    key = published(world)
    client.get(f"/records/{key}")
    told = client.get(f"/records/{key}", HTTP_ACCEPT="application/json")
    assert json.loads(told.content)["id"] == key
    assert client.get(f"/records/{key}", HTTP_ACCEPT="text/html").headers["Content-Type"].startswith("text/html")


def test_a_page_stops_saying_sealing_once_it_is_sealed(client: Client, world: World, run_workers: Callable[[], int]) -> None:
    key = published(world)
    assert client.get(f"/api/v1/records/{key}").json()["seal"]["state"] == "sealing"
    run_workers()
    assert client.get(f"/api/v1/records/{key}").json()["seal"]["state"] == "sealed"
