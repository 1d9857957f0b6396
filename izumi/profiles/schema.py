"""The document as JSON Schema 2020-12, with titles and descriptions in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from izumi.kernel.text import Text, both
from izumi.profiles.document import LANGUAGE, MetadataDocument, PlanEntry
from izumi.profiles.inputs import json_type
from izumi.profiles.overlay import fields_of
from izumi.profiles.pointers import split
from izumi.profiles.types import FieldSpec, Pack, Vocabulary

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEPT = {"posted_on": {"type": "string"}, "updated_on": {"type": "string"}}
KEPT_SIZE = {"bytes": {"type": "integer", "minimum": 0}, "files": {"type": "integer", "minimum": 0}}
TYPES: Mapping[str, dict[str, Any]] = {
    "text-pair": {"$ref": "#/$defs/Text"},
    "area-pair": {"$ref": "#/$defs/Text"},
    "lines": {"type": "array", "items": {"type": "string"}},
}
JSON_SCHEMA_TYPES = {"mapping": "object", "list": "array"}


def document_schema(pack: Pack, common: Pack) -> dict[str, Any]:
    """The schema of a document under this profile.

    Drafts may be empty, so nothing is ``required``; ``x-obligation`` tells what publishing asks for.
    """
    packs = (common,) if pack.name == common.name else (common, pack)
    words = _Words(packs)
    properties = _document(MetadataDocument, words, packs[1:])
    properties.update({name: dict(told, readOnly=True) for name, told in KEPT.items()})
    sized = {name: dict(told, readOnly=True) for name, told in KEPT_SIZE.items()}
    properties["size"]["properties"].update(sized)
    for name in KEPT:
        _titled(properties[name], f"/{name}", words)
    return _schema(f"/api/v1/profiles/{pack.name}", pack.label, pack.description, properties) | {"x-version": pack.version}


def entry_schema(packs: Sequence[Pack]) -> dict[str, Any]:
    """The schema of an entry of a plan, with the items of all packs."""
    return _schema("/api/v1/profiles/common?view=entry", ENTRY, ENTRY_MEANS, _document(PlanEntry, _Words(packs[:1]), packs[1:]))


ENTRY = both("計画のデータ 1 件", "An entry of a plan")
ENTRY_MEANS = both(
    "メタデータ文書の一部に、期日・容量・担当者などの約束（planned）を加えたものです。",
    "A partial metadata document with its promises (planned): days, size, who.",
)


class _Words:
    """What these packs say about the places of the document, the later ones with more."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self.fields = {one.pointer: one for one in fields_of(packs)}
        self.members = packs[0].members
        self.vocabularies = {name: told for pack in packs for name, told in pack.vocabularies.items()}


def _document(model: type[MetadataDocument], words: _Words, further: Sequence[Pack]) -> dict[str, Any]:
    """The properties of a document with titles, and under ``profiles`` the items of every further pack."""
    schema = model.model_json_schema(by_alias=True, schema_generator=GenerateJsonSchema)
    definitions = schema.pop("$defs")
    properties = _properties(schema["properties"], definitions)
    for name, told in properties.items():
        _titled(told, f"/{name}", words)
    if further:
        properties["profiles"]["properties"] = {pack.name: _items_of(pack) for pack in further}
    return properties


def _schema(address: str, title: Text, description: Text, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "$id": address,
        "title": _two(title),
        "description": _two(description),
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": {"Text": _text_schema()},
    }


def _text_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "title": "多言語の文字列 / Text by language",
        "propertyNames": {"pattern": LANGUAGE},
        "additionalProperties": {"type": "string"},
    }


def _plain(node: Any, definitions: Mapping[str, Any]) -> Any:
    """References resolved (the document is a tree), ``null`` alternatives and generated titles dropped."""
    if isinstance(node, list):
        return [_plain(one, definitions) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _plain(definitions[node["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in node:
        kept = [one for one in node["anyOf"] if one != {"type": "null"}]
        if len(kept) == 1:
            return _plain(kept[0], definitions)
    return {
        name: _properties(inner, definitions) if name == "properties" else _plain(inner, definitions)
        for name, inner in node.items()
        if name not in ("title", "default", "description")
    }


def _properties(told: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(inner, definitions) for name, inner in told.items()}


def _titled(node: dict[str, Any], pointer: str, words: _Words) -> None:
    """Adds titles, help, vocabularies and obligations to a property and what is inside it."""
    one = words.fields.get(pointer)
    label = one.label if one else words.members.get(pointer)
    if label:
        node["title"], node["x-title"] = _two(label), label.as_json()
    if one:
        _described(node, one, words.vocabularies)
    for name, inner in node.get("properties", {}).items():
        _titled(inner, f"{pointer}/{name}", words)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            _titled(node[key], f"{pointer}/*", words)
    for inner in node.get("oneOf", ()):
        _titled(inner, pointer, words)


def _described(node: dict[str, Any], one: FieldSpec, vocabularies: Mapping[str, Vocabulary]) -> None:
    if one.help:
        node["description"], node["x-description"] = _two(one.help), one.help.as_json()
    node["x-obligation"] = str(one.obligation)
    if one.item:
        node["x-item"] = one.item
    if one.vocabulary and node.get("type") == "string":
        node["x-vocabulary"] = one.vocabulary
        node["examples"] = [term.code for term in vocabularies[one.vocabulary].terms[:5]]
    if one.source:
        node["x-source"] = one.source


def _items_of(pack: Pack) -> dict[str, Any]:
    """The object ``/profiles/<name>`` of a pack, from its fields."""
    properties: dict[str, Any] = {}
    for one in pack.fields:
        path = split(one.pointer)
        if path[:2] != ("profiles", pack.name) or len(path) < 3:
            continue
        node = properties.setdefault(path[2], {})
        if len(path) == 3:
            kind = json_type(one)
            node.update(TYPES.get(one.widget) or ({"type": JSON_SCHEMA_TYPES.get(kind, kind)} if kind else {}))
            node["title"], node["x-title"] = _two(one.label), one.label.as_json()
            _described(node, one, {**pack.vocabularies, one.vocabulary: _empty(one, pack)})
    return {"type": "object", "title": _two(pack.label), "properties": properties}


def _empty(one: FieldSpec, pack: Pack) -> Vocabulary:
    return pack.vocabularies.get(one.vocabulary) or Vocabulary(name=one.vocabulary, label=Text(), terms=())


def _two(words: Text) -> str:
    ja, en = words.one("ja"), words.one("en")
    return ja if ja == en else f"{ja} / {en}"
