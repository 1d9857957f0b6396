"""schema.org JSON-LD: what dataset search engines read, also embedded in the landing page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from izumi.formats import dates, document, rules, terms
from izumi.formats.document import clean, items, one, part, texts
from izumi.kernel.contracts import Document, Loss, Package
from izumi.kernel.text import Text, both

CARRIED = ("title", "alternative_titles", "description", "keywords", "field", "type", "creators", "contributors",
           "hosting_organisation", "publisher", "funding", "access", "identifiers", "dates", "posted_on", "updated_on",
           "languages", "version_label", "coverage", "relations", "size", "acquisition")
FILES_NAMED = 100
"""A page describes at most so many files one by one; the archive holds all."""
TYPES = {"software": "SoftwareSourceCode", "publication": "ScholarlyArticle", "collection": "Collection"}
RELATIONS = {"IsDerivedFrom": "isBasedOn", "IsPartOf": "isPartOf", "HasPart": "hasPart", "IsIdenticalTo": "sameAs",
             "IsSupplementTo": "subjectOf", "IsReferencedBy": "subjectOf", "IsCitedBy": "subjectOf", "References": "citation",
             "Cites": "citation"}


def record(package: Package) -> Document:
    """The JSON-LD of this package, members without content left out."""
    data = package.metadata
    found = {
        "@context": "https://schema.org/",
        "@type": TYPES.get(package.kind, "Dataset"),
        "@id": document.address(package),
        "url": package.urls.record,
        "name": _tagged(texts(data.get("title"))) or package.id,
        "alternateName": _plain([pair for other in data.get("alternative_titles") or [] for pair in texts(other)]),
        "description": _tagged(texts(data.get("description"))),
        "identifier": _identifiers(package),
        "keywords": _keywords(data),
        "additionalType": terms.type_words(data.get("type"), package.kind)[1],
        "creator": [_agent(creator) for creator in items(data.get("creators"))] or _publisher(package),
        "contributor": [_agent(agent) for agent in items(data.get("contributors"))],
        "maintainer": _organisation(data.get("hosting_organisation")),
        "publisher": _publisher(package),
        "funding": _grants(data),
        "license": terms.licence_or_page(data, package.urls.record),
        "conditionsOfAccess": _access(package),
        "isAccessibleForFree": _free(package),
        "datePublished": clean(package.published_on)[:10] or document.issued_on(package),
        "dateModified": document.updated_on(package),
        "dateCreated": next((dates.nearest(clean(e.get("value"))) for e in items(data.get("dates")) if e.get("type") == "created"), ""),
        "version": clean(data.get("version_label")) or (str(package.version) if package.version else ""),
        "inLanguage": [clean(tag) for tag in data.get("languages") or []],
        "measurementTechnique": _tagged(texts(part(data, "acquisition", "methods"))),
        "spatialCoverage": [place for place in map(_place, items(part(data, "coverage", "places"))) if place],
        "temporalCoverage": _periods(data),
        "size": clean(part(data, "size", "approximate")),
        "distribution": list(_distribution(package)),
        **_relations(package),
    }
    return {key: value for key, value in found.items() if value not in ("", None, [], {})}


def _tagged(pairs: list[tuple[str, str]]) -> Any:
    """One text plainly, several with their languages."""
    if len(pairs) < 2:
        return pairs[0][1] if pairs else ""
    return [{"@value": text, "@language": lang} for lang, text in pairs]


def _plain(pairs: list[tuple[str, str]]) -> list[str]:
    return [text for _, text in pairs]


def _identifiers(package: Package) -> list[Any]:
    found: list[Any] = []
    for scheme, value in document.identifiers(package):
        if scheme == "DOI":
            found.append({"@type": "PropertyValue", "propertyID": "https://registry.identifiers.org/registry/doi",
                          "value": f"doi:{value}", "url": document.doi_url(value)})
        else:
            found.append({"@type": "PropertyValue", "propertyID": scheme, "value": value})
    return [*found, package.urls.resolver]


def _keywords(data: Document) -> list[Any]:
    found: list[Any] = _plain(terms.labels(terms.FIELDS, data.get("field"))) if data.get("field") else []
    for keyword in items(data.get("keywords")):
        for _, text in texts(keyword.get("text")):
            uri, scheme = clean(keyword.get("uri")), clean(keyword.get("scheme"))
            term = {"@type": "DefinedTerm", "name": text, "inDefinedTermSet": scheme, "url": uri}
            found.append({key: value for key, value in term.items() if value} if uri else text)
    return found


def _agent(agent: Document) -> Document:
    organisation = document.is_organisation(agent)
    name = document.name_in(agent, "ja", "en")
    numbers = dict(document.agent_identifiers(agent))
    other = [n.full for n in document.names(agent) if name and n.lang != name.lang and not n.lang.startswith("ja-")]
    found = {
        "@type": "Organization" if organisation else "Person",
        "@id": f"https://orcid.org/{document.orcid(numbers['ORCID'])}" if "ORCID" in numbers else numbers.get("ROR", ""),
        "name": _shown(name),
        "alternateName": other,
        "familyName": name.family if name else "",
        "givenName": name.given if name else "",
        "identifier": [{"@type": "PropertyValue", "propertyID": s, "value": v} for s, v in numbers.items() if s not in ("ORCID", "ROR")],
        "affiliation": [_organisation(place) for place in items(agent.get("affiliations"))],
    }
    return {key: value for key, value in found.items() if value}


def _shown(name: document.Name | None) -> str:
    if name is None:
        return ""
    if name.lang == "ja" and name.family:
        return f"{name.family} {name.given}".strip()
    return f"{name.given} {name.family}".strip() if name.family else name.full


def _organisation(value: object) -> Document:
    pairs = texts(part(value, "name"))
    if not pairs:
        return {}
    found = {"@type": "Organization", "@id": document.ror(clean(part(value, "ror"))), "name": _tagged(pairs)}
    return {key: text for key, text in found.items() if text}


def _publisher(package: Package) -> Document:
    said = package.metadata.get("publisher") or package.metadata.get("hosting_organisation") or {}
    return _organisation({"name": dict(document.publisher(package)), "ror": part(said, "ror")})


def _grants(data: Document) -> list[Document]:
    found = []
    for entry in items(data.get("funding")):
        funder = terms.funder(entry)
        grant = {
            "@type": "Grant",
            "identifier": clean(entry.get("award_number")),
            "name": _tagged(texts(entry.get("award_title"))),
            "funder": _organisation({"name": funder["name"], "ror": funder["ror"]}),
        }
        found.append({key: value for key, value in grant.items() if value})
    return found


def _access(package: Package) -> str:
    code = document.access_class(package)
    return terms.ACCESS[code][1] if code in terms.ACCESS else ""


def _free(package: Package) -> bool | None:
    fee = clean(part(package.metadata, "terms", "fee"))
    return {"free": True, "paid": False}.get(fee)


def _place(place: Document) -> Document:
    geo: Document = {}
    if isinstance(place.get("point"), list) and len(place["point"]) == 2:
        geo = {"@type": "GeoCoordinates", "longitude": place["point"][0], "latitude": place["point"][1]}
    elif isinstance(place.get("box"), list) and len(place["box"]) == 4:
        west, south, east, north = place["box"]
        geo = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    found = {"@type": "Place", "name": one(place.get("name"), "ja", "en"), "geo": geo}
    return {key: value for key, value in found.items() if value} if found["name"] or geo else {}


def _periods(data: Document) -> list[str]:
    found = []
    for period in items(part(data, "coverage", "periods")):
        start, end = clean(period.get("start")), clean(period.get("end"))
        if start or end:
            found.append(f"{start or '..'}/{end or '..'}")
    return found


def _relations(package: Package) -> Document:
    found: dict[str, list[Any]] = {}
    for entry in document.relations(package):
        name, value = RELATIONS.get(clean(entry.get("relation"))), clean(entry.get("identifier"))
        url = document.doi_url(document.doi(value)) if document.doi(value) else value
        if name and document.is_url(url):
            article = {"@type": "ScholarlyArticle", "@id": url, "name": one(entry.get("title"), "ja", "en") or url}
            found.setdefault(name, []).append(article if name == "subjectOf" else url)
    return dict(found)


def _distribution(package: Package) -> Iterator[Document]:
    for entry in document.file_facts(package, FILES_NAMED):
        yield {
            "@type": "DataDownload",
            "name": entry.path,
            "contentUrl": entry.url,
            "encodingFormat": entry.media_type,
            "contentSize": f"{entry.size_bytes} B",
            "sha256": entry.sha256,
        }


def embedded(package: Package) -> str:
    """The JSON-LD for a script element of a page: nothing in it can end that element."""
    text = json.dumps(record(package), ensure_ascii=False, indent=1)
    return text.translate({ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"})


class SchemaOrg:
    """The format ``schema-org``."""

    name = "schema-org"
    extension = "jsonld"
    media_types = ("application/ld+json",)
    label: Text = both("schema.org（JSON-LD）", "schema.org (JSON-LD)")

    def write(self, package: Package) -> Iterator[bytes]:
        """The JSON-LD document."""
        yield json.dumps(record(package), ensure_ascii=False, indent=2).encode() + b"\n"

    def losses(self, package: Package) -> tuple[Loss, ...]:
        """Items that schema.org has no property for."""
        return rules.absent(package.metadata, CARRIED)


CODECS = (SchemaOrg(),)
