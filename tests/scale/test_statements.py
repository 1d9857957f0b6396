"""What a page costs the database is an asserted number, and the same however much the site holds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.records import actions
from tests.builders import World, a_document, a_world

pytestmark = [pytest.mark.scale, pytest.mark.usefixtures("home")]
BUDGET = 12


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def some_records(world: World, count: int) -> tuple[str, str]:
    """A published record with a version and a correction behind it, and a draft, among others."""
    me = world.actor("researcher")
    for n in range(count):
        view = actions.create_record(me, metadata=a_document(data_number=str(n)), projects=[world.project])
        actions.publish_version(me, view.id)
    actions.open_version(me, view.id, kind="metadata")
    actions.publish_version(me, view.id)
    return view.id, actions.create_record(me, metadata=a_document(data_number="d"), projects=[world.project]).id


def signed_in(client: Client, world: World) -> Client:
    people.set_password(console(), world.persons["researcher"], "a long enough passphrase")
    done = client.post("/login", {"username": "researcher", "password": "a long enough passphrase"})
    assert done.status_code == 303
    return client


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(asked)


def test_no_page_costs_more_than_its_budget_nor_more_on_a_larger_site(client: Client, world: World, run_workers: object) -> None:
    public, draft = some_records(world, 3)
    run_workers()
    signed_in(client, world)
    pages = [
        f"/records/{public}", f"/records/{public}/v/1", f"/records/{draft}/edit", "/", "/search?q=水質", "/work",
        f"/projects/{world.project}", f"/api/v1/records/{public}", "/api/v1/search?q=水質", f"/api/v1/records/{draft}/draft",
    ]  # fmt: skip
    small = {page: statements(client, page) for page in pages}
    assert {page: n for page, n in small.items() if n > BUDGET} == {}
    some_records(world, 12)
    run_workers()
    assert {page: statements(client, page) for page in pages} == small
