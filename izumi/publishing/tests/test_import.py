from __future__ import annotations

import pytest

from izumi.records import queries
from tests.builders import a_world
from tests.shared import shared_path

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def world(home):
    return a_world()


def imported(client, world, source: bytes, query: str = "", who: str = "researcher"):
    return client.post(
        f"/api/v1/records/import{query}", data=source, content_type="application/octet-stream", **world.bearer(who)
    )


def test_the_official_sample_becomes_a_draft(world, client):
    source = shared_path("fixtures/jpcoar/2.0/07_dataset.xml").read_bytes()
    told = imported(client, world, source).json()
    assert told["format"] == "jpcoar_2.0"
    (item,) = told["items"]
    view = queries.view(world.actor("researcher"), item["id"])
    assert view.state == "unpublished"
    assert view.metadata["title"] == {"en": "The GRENE-TEA Project dataset"}
    assert [entry["path"].split(":")[-1] for entry in view.unmapped] == ["temporal", "file"]
    assert [loss["pointer"] for loss in told["losses"]] == [entry["path"] for entry in view.unmapped]


def test_one_bad_row_does_not_stop_the_others(world, client):
    source = (
        '{"metadata": {"title": {"ja": "一"}}}', '{"metadata": {"no_such_member": 1}}', '{"metadata": {"title": {"ja": "三"}}}',
    )  # fmt: skip
    response = imported(client, world, f"[{','.join(source)}]".encode())
    told = response.json()
    assert response.status_code == 200, told
    assert [("id" in item, "problem" in item) for item in told["items"]] == [(True, False), (False, True), (True, False)]
    assert told["items"][1]["position"] == "item 2"


def test_an_export_comes_back_as_the_same_document(world, client):
    source = b'{"metadata": {"title": {"ja": "\xe9\xa1\x8c"}, "remarks": {"ja": "r"}, "size": {"approximate": "<1GB"}}}'
    key = imported(client, world, source).json()["items"][0]["id"]
    export = client.get(f"/api/v1/records/{key}/export?format=json", **world.bearer("researcher")).content
    again = imported(client, world, export).json()["items"][0]["id"]
    one, two = (queries.view(world.actor("researcher"), k).metadata for k in (key, again))
    assert {k: v for k, v in one.items() if k != "updated_on"} == {k: v for k, v in two.items() if k != "updated_on"}


def test_what_cannot_be_read_is_refused(world, client):
    response = imported(client, world, b"%PDF-1.7")
    assert response.status_code == 422
    assert response.json()["findings"][0]["rule"] == "format-not-recognised"


def test_nobody_imports_without_signing_in(client):
    response = client.post("/api/v1/records/import", data=b'{"metadata": {}}', content_type="application/octet-stream")
    assert response.status_code == 401
