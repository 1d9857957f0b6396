"""Whatever is promised stands in the reference: the pages are written from the registries, and none is stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from izumi.web import reference, registries

ROOT = Path(__file__).resolve().parents[2]
PAIRS = [(name, lang) for name in reference.PAGES for lang in reference.LANGUAGES]


@pytest.mark.parametrize(("name", "lang"), PAIRS, ids=lambda value: value)
def test_a_reference_page_says_what_the_code_says(name, lang):
    file = reference.file_of(name, lang)
    assert file.is_file(), "run: python -m izumi.web.reference"
    assert file.read_text("utf-8") == reference.written(name, lang), "run: python -m izumi.web.reference"


def page(name: str) -> str:
    return reference.file_of(name, "en").read_text("utf-8") + reference.file_of(name, "ja").read_text("utf-8")


def test_every_setting_is_documented():
    assert [s for s in registries.declared_settings() if page("settings").count(f"`{s}`") < 2] == []


def test_every_journal_verb_is_documented():
    assert [v for v in registries.declared_verbs() if page("journal").count(f"`{v}`") < 2] == []


def test_every_route_of_the_api_is_documented():
    assert [r for r in registries.declared_routes() if page("api").count(f"`{r}`") < 2] == []


def test_every_address_is_documented():
    assert [a for a in registries.declared_pages() if page("addresses").count(f"`{a}`") < 2] == []


def test_every_error_code_is_documented():
    from izumi.kernel import errors

    assert [code for code in errors.catalogue() if page("errors").count(f"`{code}`") < 2] == []


def test_every_rule_of_every_pack_is_documented():
    wanted = [rule["id"] for rules in registries.packs_rules().values() for rule in rules]
    assert wanted
    assert [rule for rule in wanted if page("profiles").count(f"`{rule}`") < 2] == []


def test_every_item_of_every_profile_is_documented():
    from izumi.profiles import queries

    places = [spec.pointer for pack in queries.packs() for spec in pack.fields]
    assert len(places) > 20
    assert [place for place in places if page("profiles").count(f"`{place}`") < 2] == []


def test_every_command_is_documented_with_help_in_both_languages():
    english, japanese = registries.command_tree("en"), registries.command_tree("ja")
    assert [c["path"] for c in english] == [c["path"] for c in japanese]
    assert [c["path"] for c in english if page("cli").count(f"## `{c['path']}`") < 2] == []
    kana = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
    assert [c["path"] for c in japanese if not kana.search(c["help"])] == []
    assert [c["path"] for c in english if kana.search(c["help"]) or not c["help"]] == []
    plain = {o["names"].split()[0] for c in english for o in c["options"] if not o["help"]}
    assert plain == set()


def test_every_route_has_an_operation_summary():
    without = [
        f"{method} {path}"
        for path, item in registries.openapi()["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and not operation.get("summary")
    ]
    assert without == []
