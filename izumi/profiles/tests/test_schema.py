"""The JSON Schema is a valid one and says the same as the document model."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from izumi.kernel.errors import Invalid
from izumi.profiles import queries
from izumi.profiles.loader import INSTALLED
from izumi.profiles.rules import shape

GOOD = sorted((INSTALLED / "common/tests/good").glob("*.json"))


@pytest.fixture(scope="module")
def schema() -> dict:
    return queries.json_schema("common")


def test_the_schema_is_valid_json_schema_2020_12(schema):
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "メタデータの共通項目 / Common metadata items"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_documents_are_valid(schema, path):
    assert list(Draft202012Validator(schema).iter_errors(json.loads(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "document",
    [{"title": "x"}, {"title": {"ja": 1}}, {"titel": {}}, {"creators": [{"name": {"ja": {"last": "x"}}}]},
     {"coverage": {"places": [{"point": ["1", 2]}]}}, {"management": {"managed": "yes"}}, {"access": {"reasons": [1]}}],
)  # fmt: skip
def test_what_the_model_refuses_the_schema_refuses(schema, document):
    with pytest.raises(Invalid):
        shape(document)
    assert list(Draft202012Validator(schema).iter_errors(document)) != []


def test_items_carry_titles_help_obligation_and_vocabulary(schema):
    licence = schema["properties"]["terms"]["properties"]["licence"]
    assert licence["x-title"] == {"ja": "ライセンス", "en": "License"}
    assert (licence["x-obligation"], licence["x-vocabulary"], licence["x-item"]) == ("required", "licences", "14b")
    assert "CC BY 4.0" in licence["description"]


def test_every_property_has_a_title_in_both_languages(schema):
    untitled = []

    def walk(node, path):
        for name, inner in node.get("properties", {}).items():
            if "x-title" not in inner:
                untitled.append(f"{path}/{name}")
            walk(inner, f"{path}/{name}")
        if isinstance(node.get("items"), dict):
            walk(node["items"], f"{path}/*")

    walk(schema, "")
    assert [name for name in untitled if name.count("/") == 1] == []


def test_members_kept_by_the_system_are_read_only(schema):
    assert schema["properties"]["posted_on"]["readOnly"] is True
    assert schema["properties"]["size"]["properties"]["bytes"]["readOnly"] is True
