"""What the demo's content promises before anything is played."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from izumi.web.demo.files.desk import Desk
from izumi.web.demo.files.makers import make_files
from izumi.web.demo.script import read_stories, read_world

STORIES = read_stories()
TODAY = dt.date(2026, 11, 21)
DATA_TYPES = {
    "dataset", "aggregated_data", "clinical_trial_data", "compiled_data", "encoded_data", "experimental_data", "genomic_data",
    "geospatial_data", "laboratory_notebook", "measurement_and_test_data", "observational_data", "recorded_data",
    "simulation_data", "survey_data",
}  # fmt: skip


def texts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object with a language among its members."""
    if isinstance(value, Mapping):
        if {"ja", "en"} & set(value):
            yield value
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def made(story: Any) -> dict[str, bytes]:
    desk = Desk(story.key, TODAY, story.told["title"], story.told["description"])
    make_files(story.told["files"], desk)
    for step in story.told.get("steps", ()):
        make_files(step.get("put", ()), desk)
    return desk.made


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_every_text_of_a_record_is_there_in_both_languages(story: Any) -> None:
    for text in texts(story.told):
        assert text.get("ja") and text.get("en"), text
    assert all(ja and en for ja, en in story.told["keywords"])


def test_every_text_of_the_world_is_there_in_both_languages() -> None:
    for text in texts(read_world().told):
        assert text.get("ja") and text.get("en"), text


def test_the_public_records_are_many_and_of_every_class_and_type() -> None:
    public = [story for story in STORIES if story.is_published and "withdrawn" not in story.told]
    counted = Counter(story.told["access"] for story in public)
    assert len(public) >= 44
    assert counted["open"] >= 26
    assert min(counted["shared"], counted["closed"], counted["embargoed"]) >= 5
    assert {story.told["type"] for story in public} == DATA_TYPES
    assert len({story.told["domain"] for story in STORIES}) >= 6
    assert any(story.told.get("opens") == "confirm" for story in public)
    assert any(story.told.get("metadata_class") == "closed" for story in public)
    assert any(story.told.get("metadata_class") == "shared" for story in public)
    assert [story.key for story in public if story.told.get("available_in") == 2] == ["dialogue-model-log"]


def test_each_state_of_the_workflow_is_shown() -> None:
    assert any("withdrawn" in story.told for story in STORIES)
    assert any("submitted" in story.told and "returned" not in story.told for story in STORIES)
    assert any("returned" in story.told for story in STORIES)
    assert any("scheduled" in story.told for story in STORIES)
    drafts = [s for s in STORIES if not {"published", "submitted", "scheduled"} & set(s.told)]
    assert [story.key for story in drafts] == ["al-weld-draft"]
    assert sum(any(step["step"] == "files" for step in s.told.get("steps", ())) for s in STORIES) >= 5


def test_the_files_of_a_record_are_few_small_and_not_empty() -> None:
    total = 0
    for story in STORIES:
        files = made(story)
        assert 2 <= len(files) <= 8, story.key
        assert all(files.values()), story.key
        total += sum(map(len, files.values()))
    assert total < 25_000_000


@pytest.mark.parametrize("key", ["al6061-fatigue", "al-oxide-xps", "dialogue-prosody", "steel-hardness-map"])
def test_files_are_the_same_every_time(key: str) -> None:
    story = next(story for story in STORIES if story.key == key)
    assert made(story) == made(story)


def test_some_tables_are_in_cp932_and_none_is_broken() -> None:
    encodings = set()
    for story in STORIES:
        for path, raw in made(story).items():
            if path.endswith((".csv", ".tsv", ".txt", ".md")):
                try:
                    raw.decode("utf-8")
                    encodings.add("utf-8")
                except UnicodeDecodeError:
                    raw.decode("cp932")
                    encodings.add("cp932")
    assert encodings == {"utf-8", "cp932"}


def test_pdf_files_have_one_page_and_a_correct_cross_reference() -> None:
    import pypdfium2

    story = next(story for story in STORIES if story.key == "al6061-fatigue")
    raw = made(story)["report.pdf"]
    start = int(raw.rsplit(b"startxref\n", 1)[1].split()[0])
    assert raw[start : start + 4] == b"xref"
    assert len(pypdfium2.PdfDocument(raw)) == 1


def test_relations_name_records_that_are_made_earlier() -> None:
    born = {story.key: story.day("created") for story in STORIES}
    for story in STORIES:
        for _, key in story.told.get("relations", ()):
            assert born[key] < born[story.key], (story.key, key)


def test_people_and_numbers_are_visibly_invented() -> None:
    world = read_world()
    for organisation in world.all("organisation").values():
        assert organisation.get("ror", "https://ror.org/000000").startswith("https://ror.org/000000")
        assert organisation.get("contact", {}).get("email", ".example").endswith(".example")
    for person in world.all("person").values():
        assert person.get("erad", "9999").startswith("9999")
    for project in world.all("project").values():
        assert "99" in project["funding"]["award_number"]
