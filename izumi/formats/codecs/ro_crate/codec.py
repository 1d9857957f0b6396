"""RO-Crate 1.1 metadata: the description of a version as a graph of its files, people, organisations and grants."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from izumi.formats import document, rules, terms
from izumi.formats.document import clean, items, one, part, texts
from izumi.kernel.contracts import Document, Loss, Package, PackageFile
from izumi.kernel.text import Text, both

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILE = "https://w3id.org/ro/crate/1.1"
FILES_NAMED = 1000
"""More files than this are not named one by one; the folder listing and the manifest of the object hold all."""
CARRIED = ("title", "alternative_titles", "description", "keywords", "creators", "contributors", "hosting_organisation", "publisher",
           "funding", "identifiers", "terms", "access", "posted_on", "updated_on", "languages", "version_label", "type")


def record(package: Package, place: Callable[[PackageFile], str] | None = None, limit: int = FILES_NAMED) -> Document:
    """The crate. ``place`` says where a file lies (its ``@id``): by default its address on the web."""
    where = place or (lambda entry: entry.url)
    graph: dict[str, Document] = {}
    lang = document.lead_language(package)
    licence = terms.licence(package.metadata)
    parts = []
    for entry in document.file_facts(package, limit):
        key = where(entry)
        parts.append({"@id": key})
        graph[key] = {"@id": key, "@type": "File", "name": entry.path, "contentSize": str(entry.size_bytes),
                      "encodingFormat": entry.media_type, "sha256": entry.sha256}
    data = package.metadata
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": one(data.get("title"), lang) or package.id,
        "alternateName": [text for tag, text in texts(data.get("title")) if tag != lang],
        "description": one(data.get("description"), lang) or one(data.get("title"), lang) or package.id,
        "identifier": document.address(package),
        "url": package.urls.record,
        "datePublished": clean(package.published_on)[:10] or document.issued_on(package),
        "dateModified": document.updated_on(package),
        "version": clean(data.get("version_label")) or (str(package.version) if package.version else ""),
        "license": _licence(graph, licence),
        "conditionsOfAccess": terms.ACCESS[document.access_class(package)][1] if document.access_class(package) in terms.ACCESS else "",
        "keywords": [text for word in items(data.get("keywords")) for _, text in texts(word.get("text"))],
        "additionalType": terms.type_words(data.get("type"), package.kind)[1],
        "inLanguage": [clean(tag) for tag in data.get("languages") or []],
        "author": [_agent(graph, agent, n) for n, agent in enumerate(items(data.get("creators")))],
        "contributor": [_agent(graph, agent, n, "c") for n, agent in enumerate(items(data.get("contributors")))],
        "publisher": _organisation(graph, {"name": dict(document.publisher(package)), "ror": _publisher_ror(package)}),
        "maintainer": _organisation(graph, data.get("hosting_organisation")),
        "funding": [_grant(graph, entry, n) for n, entry in enumerate(items(data.get("funding")))],
        "hasPart": parts,
    }
    descriptor = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "conformsTo": {"@id": PROFILE}, "about": {"@id": "./"}}
    entities = [descriptor, _filled(root), *(_filled(graph[key]) for key in graph)]
    return {"@context": CONTEXT, "@graph": entities}


def _filled(entity: Document) -> Document:
    return {key: value for key, value in entity.items() if value not in ("", None, [], {})}


def _publisher_ror(package: Package) -> str:
    said = package.metadata.get("publisher") or package.metadata.get("hosting_organisation") or {}
    return clean(part(said, "ror") or package.organisation.get("ror"))


def _licence(graph: dict[str, Document], licence: tuple[list[tuple[str, str]], str, str]) -> Any:
    names, url, code = licence
    if not url:
        return code or "https://spdx.org/licenses/"
    graph[url] = {"@id": url, "@type": "CreativeWork", "name": dict(names).get("en") or code, "identifier": code}
    return {"@id": url}


def _agent(graph: dict[str, Document], agent: Document, n: int, mark: str = "a") -> Document:
    if document.is_organisation(agent):
        return _organisation(graph, {"name": {k.lang: k.full for k in document.names(agent)}, "ror": dict(document.agent_identifiers(agent)).get("ROR")})
    numbers = dict(document.agent_identifiers(agent))
    key = f"https://orcid.org/{document.orcid(numbers['ORCID'])}" if "ORCID" in numbers else f"#{mark}{n + 1}"
    name = document.name_in(agent, "ja", "en")
    graph[key] = {
        "@id": key,
        "@type": "Person",
        "name": name.full.replace(", ", " ") if name and name.lang == "ja" else (f"{name.given} {name.family}".strip() if name else "?"),
        "familyName": name.family if name else "",
        "givenName": name.given if name else "",
        "alternateName": [other.full for other in document.names(agent) if name and other.lang != name.lang],
        "identifier": [value for scheme, value in numbers.items() if scheme != "ORCID"],
        "affiliation": [place for place in (_organisation(graph, a) for a in items(agent.get("affiliations"))) if place],
    }
    return {"@id": key}


def _organisation(graph: dict[str, Document], value: object) -> Document:
    pairs = texts(part(value, "name"))
    if not pairs:
        return {}
    key = document.ror(clean(part(value, "ror"))) or f"#{pairs[0][1]}"
    key = document.iri(key)
    graph.setdefault(key, {"@id": key, "@type": "Organization", "name": pairs[0][1], "alternateName": [t for _, t in pairs[1:]]})
    return {"@id": key}


def _grant(graph: dict[str, Document], entry: Document, n: int) -> Document:
    funder = terms.funder(entry)
    key = f"#g{n + 1}"
    graph[key] = {
        "@id": key,
        "@type": "Grant",
        "name": one(entry.get("award_title"), "ja", "en"),
        "identifier": clean(entry.get("award_number")),
        "funder": _organisation(graph, {"name": funder["name"], "ror": funder["ror"]}),
    }
    return {"@id": key}


class RoCrate:
    """The format ``ro-crate``: the metadata file alone, with files named by their addresses."""

    name = "ro-crate"
    extension = "ro-crate.json"
    media_types = ("application/ld+json",)
    label: Text = both("RO-Crate 1.1（メタデータ）", "RO-Crate 1.1 (metadata)")

    def write(self, package: Package) -> Iterator[bytes]:
        """The content of ``ro-crate-metadata.json``."""
        yield json.dumps(record(package), ensure_ascii=False, indent=2).encode() + b"\n"

    def losses(self, package: Package) -> tuple[Loss, ...]:
        """Items that the crate does not describe."""
        return rules.absent(package.metadata, CARRIED)


CODECS = (RoCrate(),)
