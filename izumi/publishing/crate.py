"""``ro-crate-metadata.json`` of a record's object: what a reader of the folder alone can learn of it.

Source: RO-Crate 1.1 (w3id.org/ro/crate/1.1).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from izumi.kernel.days import day_of, parse_instant
from izumi.kernel.text import Text
from izumi.storage.types import FileRow, FilesSummary

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
LISTED = 10_000
"""Above this number the crate names the folder only; every file stands in ``izumi/files.jsonl``."""


def crate(
    head: Mapping[str, Any], version: Mapping[str, Any], *, resolver: str, summary: FilesSummary, files: Iterable[FileRow]
) -> bytes:
    """The crate of one version; equal input gives equal bytes."""
    document = version["metadata"]
    people = [_person(n, each) for n, each in enumerate(_dicts(document.get("creators")))]
    licence = _licence(document)
    parts = [_file(row) for row in files] if summary.count <= LISTED else [_folder(summary)]
    root = _root(head, version, resolver, licence, people, parts)
    descriptor = {
        "@id": NAME, "@type": "CreativeWork", "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}, "about": {"@id": "./"},
    }  # fmt: skip
    named = [{"@id": licence, "@type": "CreativeWork", "name": _licence_name(document)}] if licence else []
    graph = [descriptor, root, *parts, *people, *_publisher(document), *named]
    body = {"@context": CONTEXT, "@graph": graph}
    return json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n"


def _root(
    head: Mapping[str, Any], version: Mapping[str, Any], resolver: str, licence: str, people: list[dict[str, Any]],
    parts: list[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    document = version["metadata"]
    title, told = _text(document.get("title")), _text(document.get("description"))
    root: dict[str, Any] = {
        "@id": "./", "@type": "Dataset", "identifier": [resolver, *_identifiers(head)], "url": resolver,
        "name": title.one("en") or head["id"], "description": told.one("en") or title.one("en") or head["id"],
        "datePublished": day_of(parse_instant(version["published_at"])).isoformat(), "version": str(version["n"]),
        "license": {"@id": licence} if licence else "See the terms in izumi/record.json.",
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }  # fmt: skip
    other = title.get("ja", "")
    if other and other != root["name"]:
        root["alternateName"] = other
    if people:
        root["author"] = [{"@id": each["@id"]} for each in people]
    if _publisher(document):
        root["publisher"] = {"@id": "#publisher"}
    words = [word for each in _dicts(document.get("keywords")) for word in [_text(each.get("text")).one("en")] if word]
    if words:
        root["keywords"] = words
    return root


def _file(row: FileRow) -> dict[str, Any]:
    """A file of the folder, or – for a reference – a web address."""
    where = row.url or "data/" + quote(row.path, safe="/~!$&'()*+,;=:@-._")
    told: dict[str, Any] = {"@id": where, "@type": "File", "name": row.name, "encodingFormat": row.media_type}
    if row.size_bytes is not None:
        told["contentSize"] = str(row.size_bytes)
    if row.sha256:
        told["sha256"] = row.sha256
    return told


def _folder(summary: FilesSummary) -> dict[str, Any]:
    return {"@id": "data/", "@type": "Dataset", "name": "data", "description": f"{summary.count} files; see izumi/files.jsonl"}


def _person(number: int, creator: Mapping[str, Any]) -> dict[str, Any]:
    orcid = next(
        (str(i.get("value", "")) for i in _dicts(creator.get("identifiers")) if i.get("scheme") == "ORCID" and i.get("value")), ""
    )
    address = f"https://orcid.org/{orcid.rsplit('/', 1)[-1]}" if orcid else f"#creator-{number + 1}"
    kind = "Organization" if creator.get("organisation") is True else "Person"
    return {"@id": address, "@type": kind, "name": _name(creator.get("name"))}


def _name(name: Any) -> str:
    """A name as one string: the English one when there is one."""
    if not isinstance(name, Mapping):
        return str(name or "")
    for lang in ("en", "ja", *sorted(name)):
        parts = name.get(lang)
        if isinstance(parts, str) and parts:
            return parts
        if isinstance(parts, Mapping):
            order = ("family", "middle", "given") if lang.startswith("ja") else ("given", "middle", "family")
            told = " ".join(str(parts[p]) for p in order if parts.get(p))
            if told:
                return told
    return ""


def _publisher(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    told = document.get("publisher") or document.get("hosting_organisation")
    name = _name(told.get("name")) if isinstance(told, Mapping) else ""
    return [{"@id": "#publisher", "@type": "Organization", "name": name}] if name else []


def _licence(document: Mapping[str, Any]) -> str:
    terms = document.get("terms")
    if not isinstance(terms, Mapping):
        return ""
    code = str(terms.get("licence") or "")
    known = f"https://spdx.org/licenses/{code}" if code and all(c.isascii() and (c.isalnum() or c in "-.+") for c in code) else ""
    return str(terms.get("licence_url") or known)


def _licence_name(document: Mapping[str, Any]) -> str:
    return str(document["terms"].get("licence") or document["terms"].get("licence_url"))


def _identifiers(head: Mapping[str, Any]) -> list[str]:
    return [f"{each.get('scheme', '')}:{each['value']}" for each in _dicts(head.get("identifiers")) if each.get("value")]


def _text(value: Any) -> Text:
    return Text({k: v for k, v in value.items() if isinstance(v, str)}) if isinstance(value, Mapping) else Text()


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
