"""From a desk to the world and back, through the real actions and all workers: published, found, renamed, withdrawn, gone."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from izumi.catalogue import queries
from izumi.catalogue.types import Query
from izumi.kernel.actors import ANONYMOUS, console

GOOD = Path(__file__).resolve().parents[2] / "profiles" / "packs" / "common" / "tests" / "good" / "full_bilingual.json"


def titles(q: str) -> list[str]:
    return [item.title.one("ja") for item in queries.search(ANONYMOUS, Query(q=q)).items]


@pytest.fixture
def published(home, run_workers) -> str:
    from izumi.people import actions as people
    from izumi.records import actions as records
    from izumi.records import file_actions

    told = json.loads(GOOD.read_text("utf-8"))
    document = told.get("document", told)
    document["title"] = {"ja": "泉谷の湧水の水質", "en": "Spring water quality in Izumidani"}
    document["access"] = {"class": "open"}
    organisation = people.add_organisation(console(), legal_name={"ja": "国立大学法人泉大学", "en": "Izumi University"}, kind="university")
    record = records.create_record(console(), metadata=document, organisation=organisation, prefill=False).id
    table = "時間 (s),電流 (A)\n" + "".join(f"{n},{n * n}\n" for n in range(50))
    file_actions.put_file(console(), record, "曲線.csv", io.BytesIO(table.encode()))
    run_workers()
    assert titles("湧水") == []
    records.publish_version(console(), record)
    run_workers()
    return record


def test_a_published_record_is_found_by_a_japanese_and_an_english_word(published):
    assert titles("湧水") == ["泉谷の湧水の水質"]
    assert titles("spring water") == ["泉谷の湧水の水質"]
    assert titles("泉大学") == ["泉谷の湧水の水質"]
    facets = queries.search(ANONYMOUS, Query()).facets
    assert [one.label.one("ja") for one in facets["organisation"]] == ["国立大学法人泉大学"]
    assert [one.label.one("en") for one in facets["access"]] == ["open access"]


def test_a_withdrawn_record_is_gone_from_search(published, run_workers):
    from izumi.records import actions as records

    records.withdraw(console(), published, why="測定に誤りがあったため")
    assert titles("湧水") == []
    run_workers()
    assert queries.search(ANONYMOUS, Query()).total == 0


def test_a_draft_of_a_new_version_changes_nothing_until_it_is_published(published, run_workers):
    from izumi.records import actions as records

    draft = records.open_version(console(), published, kind="metadata")
    records.save_draft(console(), published, {"title": {"ja": "まだ見せない題名"}}, if_match=None, required=False)
    run_workers()
    assert draft.id == published
    assert titles("まだ見せない") == []
    assert titles("湧水") == ["泉谷の湧水の水質"]
    records.publish_version(console(), published)
    run_workers()
    assert titles("まだ見せない") == ["まだ見せない題名"]


def test_the_picture_of_an_open_record_is_made_of_its_data(published, client):
    page = client.get("/search", {"q": "湧水"}).content.decode()
    assert f"/search/picture/{published}" in page
    picture = client.get(f"/search/picture/{published}")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert "電流" in picture.content.decode()


def test_the_picture_is_a_drawing_as_soon_as_the_files_are_closed(published, client):
    from izumi.records import actions as records

    records.set_access(console(), published, {"class": "closed", "reasons": [{"code": "contract"}]}, if_match="*")
    assert "電流" not in client.get(f"/search/picture/{published}").content.decode()
