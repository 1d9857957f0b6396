"""Pages of plans: what each role sees in each language, and the whole way from a number to a revision without a script."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.plans import actions, queries
from izumi.records import actions as records
from tests.builders import World, a_world

pytestmark = pytest.mark.usefixtures("home")
PASSWORD = "a long enough passphrase"
ROLES = ("researcher", "colleague", "pm", "curator", "company", "stranger")


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def signed_in(world: World, name: str) -> Client:
    client = Client(raise_request_exception=False)
    people.set_password(console(), world.persons[name], PASSWORD)
    assert client.post("/login", {"username": name, "password": PASSWORD}).status_code == 303
    return client


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def an_entry(title: str, **changes: object) -> dict[str, object]:
    return {"title": {"ja": title}, "access": {"class": "open"}, "planned": {"register_by": "2027-03-31", "publish_on": "2027-06-30"}, **changes}


def a_plan(world: World, *entries: dict[str, object], adopt: bool = True) -> str:
    found = list(entries) or [an_entry("水質の測定値"), an_entry("採水地点の写真")]
    view = actions.create_plan(world.actor("pm"), {"title": {"ja": "見本の計画", "en": "A sample plan"}, "entries": found}, project=world.project)
    if adopt:
        actions.adopt(world.actor("pm"), view.id)
    return view.id


def test_a_plan_is_found_by_number_written_and_in_force_in_three_requests(world: World) -> None:
    pm = signed_in(world, "pm")
    found = pm.get("/plans/new?q=ｍｊｘｘ-9901")
    assert found.status_code == 302
    assert found["Location"] == f"/plans/new?project={world.project}"
    form = pm.get(found["Location"])
    assert "「見本川プロジェクト」のデータマネジメントプラン" in form.content.decode()
    sent = {
        "project": world.project, "rows": "3", "title_ja": "見本川の計画", "title-0": "水質の測定値", "class-0": "open",
        "title-1": "採水地点の写真", "class-1": "open", "title-2": "航空写真", "class-2": "embargoed", "on-2": "2028-04-01",
        "size-2": "１.５ＴＢ", "do": "adopt",
    }  # fmt: skip
    done = pm.post("/plans/new", sent)
    assert done.status_code == 302, words(done)
    page = pm.get(done["Location"])
    assert page.status_code == 200
    told = words(page)
    assert "採用・第 1 版" in told
    assert told.count("登録を始める") == 3
    assert "1.5 TB" in told
