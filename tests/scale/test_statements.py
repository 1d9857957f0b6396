"""What a page costs the database is an asserted number, and the same however much the site holds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.plans import actions as plans
from izumi.plans import queries as plan_queries
from izumi.records import actions
from tests.builders import World, a_document, a_world

pytestmark = [pytest.mark.scale, pytest.mark.usefixtures("home")]
BUDGET = 12
MY_WORK = 20
"""One's work joins drafts, reviews, plans that wait, deviations and days that are near."""
DASHBOARD = 30
"""Plan and reality side by side: pages of plans, projects and programmes."""


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
        f"/api/v1/records/{public}", "/projects", "/plans", "/api/v1/search?q=水質", f"/api/v1/records/{draft}/draft",
    ]  # fmt: skip
    small = {page: statements(client, page) for page in pages}
    assert {page: n for page, n in small.items() if n > (MY_WORK if page == "/work" else BUDGET)} == {}
    some_records(world, 12)
    run_workers()
    assert {page: statements(client, page) for page in pages} == small


def a_plan(world: World, count: int, first: int = 0) -> str:
    """A plan in force with so many entries, some of them late, and one open draft beside it."""
    pm = world.actor("pm")
    entries = [
        {
            "title": {"ja": f"データ {n}"}, "data_number": f"P-{n}", "access": {"class": "open"},
            "planned": {"publish_on": "2020-01-01" if n % 2 else "2099-01-01", "responsible": world.persons["researcher"]},
        }
        for n in range(first, first + count)
    ]  # fmt: skip
    key = plans.create_plan(pm, {"title": {"ja": "計画"}, "entries": entries}, project=world.project).id
    plans.adopt(pm, key)
    return key


def test_dashboards_keep_their_budget_however_many_plans_entries_and_records_there_are(client: Client, world: World, run_workers) -> None:
    me = console()
    programme = people.add_programme(me, title={"ja": "制度"})
    people.update_project(me, world.project, programme=programme)
    people.assign_role(me, person=world.persons["researcher"], role="funder", scope=f"programme:{programme}")
    some_records(world, 2)
    plan = a_plan(world, 3)
    draft = plans.create_plan(world.actor("pm"), {"title": {"ja": "下書き"}, "entries": [{"title": {"ja": "一"}}]}, project=world.project)
    entry = plan_queries.plan(world.actor("pm"), plan).entries[1].id
    run_workers()
    signed_in(client, world)
    pages = {
        f"/plans/{plan}": DASHBOARD, f"/plans/{plan}/revise?entry={entry}&because=late": DASHBOARD, f"/plans/{draft.id}/edit": DASHBOARD,
        f"/plans/{draft.id}/entries/{draft.entries[0].id}/edit": DASHBOARD, f"/projects/{world.project}": DASHBOARD,
        f"/projects/{world.project}/table": DASHBOARD, f"/programmes/{programme}": DASHBOARD, "/work": MY_WORK, "/plans": BUDGET,
        f"/plans/{plan}/v/1": BUDGET + 6, f"/plans/new?project={world.project}": BUDGET,
    }  # fmt: skip
    small = {page: statements(client, page) for page in pages}
    assert {page: n for page, n in small.items() if n > pages[page]} == {}
    a_plan(world, 20, first=10)
    some_records(world, 5)
    run_workers()
    assert {page: statements(client, page) for page in pages} == small


ADDRESSES = {
    "/api/v1/plans": BUDGET, "/api/v1/plans/{plan}": BUDGET, "/api/v1/plans/{plan}/deviations": DASHBOARD,
    "/api/v1/plans/{plan}/history": BUDGET, "/api/v1/plans/{plan}/versions/1": BUDGET, "/api/v1/projects/{project}/deviations": DASHBOARD,
    "/api/v1/plans/{plan}/export?format=madmp": DASHBOARD, "/api/v1/plans/{plan}/export?format=moonshot&as=csv": DASHBOARD,
    "/api/v1/reports/common?project={project}&format=json": DASHBOARD, "/api/v1/reports/moonshot?project={project}&format=csv": DASHBOARD,
    "/api/v1/reports/erad?project={project}&format=json": DASHBOARD, "/reports?of=project:{project}&name=moonshot": DASHBOARD,
    "/oai?verb=ListRecords&metadataPrefix=oai_dc": BUDGET + 3, "/oai?verb=ListRecords&metadataPrefix=jpcoar": BUDGET + 3,
    "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc": BUDGET, "/oai?verb=ListSets": BUDGET, "/changes": BUDGET, "/notices": BUDGET,
}  # fmt: skip


def in_full(client: Client, path: str) -> int:
    """Statements until the last byte, for what is streamed asks while it is read."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200, (path, body[:300])
    assert len(body) > 60, path
    return len(asked)


def test_machines_ask_as_little_however_many_plans_entries_and_records_there_are(client: Client, world: World, run_workers, settings_page: int) -> None:
    some_records(world, settings_page)
    plan = a_plan(world, 3)
    people.assign_role(console(), person=world.persons["researcher"], role="pm", scope=f"project:{world.project}")
    run_workers()
    signed_in(client, world)
    asked = {path.format(plan=plan, project=world.project): budget for path, budget in ADDRESSES.items()}
    small = {path: in_full(client, path) for path in asked}
    assert {path: n for path, n in small.items() if n > asked[path]} == {}
    a_plan(world, 20, first=10)
    some_records(world, 6)
    run_workers()
    assert {path: in_full(client, path) for path in asked} == small


@pytest.fixture
def settings_page(monkeypatch: pytest.MonkeyPatch) -> int:
    """Pages of harvesting so short that both sites fill one."""
    from django.conf import settings

    monkeypatch.setattr(settings, "IZUMI_OAI_PAGE", 4)
    return 5


def test_adopting_more_entries_costs_the_same_for_each(world: World) -> None:
    """Each entry adds its own record and nothing that grows with the others."""
    counted = {}
    for n, count in enumerate((2, 12, 22)):
        with CaptureQueriesContext(connection) as asked:
            a_plan(world, count, first=100 * n + 1)
        counted[count] = len(asked)
    first, second = counted[12] - counted[2], counted[22] - counted[12]
    assert abs(first - second) <= 1  # lists of many are written in a few statements
    assert first / 10 <= 15
