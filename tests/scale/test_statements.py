"""What a page costs is a number that may only fall: SQL statements of signed-in and anonymous pages, whatever the size of a record."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.people import queries
from izumi.people.models import Person

pytestmark = pytest.mark.scale

METADATA = {
    "title": {"ja": "題", "en": "Title"}, "description": {"ja": "同じ 8 地点で毎月採水し、水温と電気伝導率を測りました。"}, "field": "489",
    "type": "experimental_data", "terms": {"fee": "free", "licence": "CC-BY-4.0"}, "access": {"class": "open"},
    "contact": {"email": "a@example.invalid"},
}  # fmt: skip


@pytest.fixture
def published(home, client, run_workers) -> tuple[str, str]:
    """A published record with 30 files, and the secret of its owner's token."""
    organisation = people.add_organisation(console(), legal_name={"ja": "国立大学法人甲大学"}, kind="university")
    owner = people.add_person(console(), username="owner", name={"ja": "甲 一"}, organisation=organisation)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {people.create_token(console(), person=owner).secret}"}
    made = client.post(
        "/api/v1/records", data=json.dumps({"metadata": METADATA}), content_type="application/json", **headers
    )
    record = made.json()["id"]
    for n in range(30):
        assert client.generic(
            "PUT", f"/api/v1/records/{record}/files/f{n}.csv", b"a,b\n1,2\n", **headers
        ).status_code in (200, 201)
    answer = client.post(f"/api/v1/records/{record}/publish", data="{}", content_type="application/json", **headers)
    assert answer.status_code == 200, answer.content
    run_workers()
    return record, owner


def sign_in(client, person: str) -> None:
    session = SessionStore()
    session.update(
        {queries.SESSION_PERSON: person, queries.SESSION_STAMP: queries.session_stamp(Person.objects.get(pk=person))}
    )
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def statements(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(seen)


MOST = {"/": 12, "/search?q=題": 12, "/work": 12, "/records/{record}": 12, "/records/{record}/history": 14, "/records/{record}/access": 14}


def test_signed_in_pages_cost_no_more_than_they_are_allowed(client, published):
    record, owner = published
    sign_in(client, owner)
    costs = {address: statements(client, address.format(record=record)) for address in MOST}
    assert {address: cost for address, cost in costs.items() if cost > MOST[address]} == {}


def test_stored_answers_cost_one_statement(client, published):
    record, _ = published
    assert statements(client, f"/records/{record}") == 1
    assert statements(client, f"/api/v1/records/{record}") == 1


def test_no_read_writes(client, published):
    record, owner = published
    sign_in(client, owner)
    for address in (
        "/",
        "/search?q=題",
        "/work",
        f"/records/{record}",
        f"/api/v1/records/{record}",
        f"/records/{record}/v/1/files/f1.csv",
    ):
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        assert [q["sql"] for q in seen if not q["sql"].lstrip().upper().startswith(("SELECT", "WITH"))] == [], address
