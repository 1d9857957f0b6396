"""Reads DataCite JSON (attributes, a REST answer, or a list) into the document."""

from __future__ import annotations

import json
import re
from typing import Any

from izumi.formats import dates, document, languages, rules, terms
from izumi.formats.codecs.datacite import tables
from izumi.formats.document import clean, items, part
from izumi.kernel.contracts import Document, Incoming, Loss
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding
from izumi.kernel.text import both

_ROLE_BACK = {value: key for key, value in tables.ROLES.items()}
_DATE_BACK = {value: key for key, value in tables.DATES.items()}
_DESCRIPTION_BACK = {"Methods": "methods", "TechnicalInfo": "technical", "TableOfContents": "table_of_contents"}
_READ = frozenset(
    """doi url types creators titles publisher publicationYear subjects contributors dates language alternateIdentifiers
    relatedIdentifiers sizes formats version rightsList descriptions geoLocations fundingReferences schemaVersion id prefix
    suffix identifiers event state""".split()
)


def attributes(source: bytes) -> list[Document]:
    """The DataCite attributes of every record of a file. Raises `Invalid`."""
    try:
        value = json.loads(source.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        raise Invalid(_not_ours()) from exc
    found = value.get("data", value) if isinstance(value, dict) else value
    entries = found if isinstance(found, list) else [found]
    records = [_inner(entry) for entry in entries]
    if not records or not all(isinstance(r, dict) and ("titles" in r or "creators" in r) for r in records):
        raise Invalid(_not_ours())
    return records


def _inner(entry: Any) -> Any:
    return entry["attributes"] if isinstance(entry, dict) and isinstance(entry.get("attributes"), dict) else entry


def _not_ours() -> Finding:
    return Finding(
        rule="datacite-not-found",
        severity="error",
        pointer="",
        message=both("DataCite の JSON として読めません。", "This is not DataCite JSON."),
        fix=both("titles と creators を持つ JSON にしてください。", "Give JSON with titles and creators."),
    )


def record(found: Document) -> tuple[Incoming, tuple[Loss, ...]]:
    """The document behind DataCite attributes."""
    data: Document = {}
    for step in (_texts, _people, _access_and_rights, _dates, _numbers, _subjects_and_funding, _rest):
        step(data, found)
    unmapped = tuple(
        {"format": "datacite-json", "path": f"/{key}", "value": value}
        for key, value in found.items()
        if key not in _READ and value not in (None, "", [], {})
    )
    losses = tuple(rules.lost(entry["path"], entry["value"]) for entry in unmapped)
    identifiers = tuple({"scheme": "URL", "value": clean(found[key])} for key in ("url",) if clean(found.get(key)))
    metadata = {key: value for key, value in data.items() if value not in (None, "", [], {})}
    return Incoming(metadata=metadata, unmapped=unmapped, identifiers=identifiers), losses


def _language(entry: Document, text: str) -> str:
    tag = clean(entry.get("lang")).replace("_", "-")
    if re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", tag):
        return tag
    return "ja" if re.search("[\u3040-\u30ff\u4e00-\u9fff]", text) else "en"


def _texts(data: Document, found: Document) -> None:
    title: dict[str, str] = {}
    others: list[dict[str, str]] = []
    for entry in items(found.get("titles")):
        text = clean(entry.get("title"))
        lang = _language(entry, text)
        if text and entry.get("titleType") not in ("AlternativeTitle", "Subtitle") and lang not in title:
            title[lang] = text
        elif text:
            others.append({lang: text})
    data["title"], data["alternative_titles"] = title, others
    for entry in items(found.get("descriptions")):
        _description(data, entry)


def _description(data: Document, entry: Document) -> None:
    text, kind = clean(entry.get("description")), entry.get("descriptionType")
    lang = _language(entry, text)
    for key in ("remarks", "summary", "repository"):
        for introduction in terms.SENTENCES[key].values():
            if kind == "Other" and text.startswith(introduction):
                place = data.setdefault("repository", {}).setdefault("name", {}) if key == "repository" else data.setdefault(key, {})
                place[lang] = text[len(introduction):].strip()
                return
    if kind == "Abstract" and data.setdefault("description", {}).setdefault(lang, text) == text:
        return
    code = _DESCRIPTION_BACK.get(str(kind), "other")
    known = data.setdefault("descriptions", [])
    if known and known[-1]["type"] == code and lang not in known[-1]["text"] and lang != "ja":
        known[-1]["text"][lang] = text
    else:
        known.append({"type": code, "text": {lang: text}})


def _people(data: Document, found: Document) -> None:
    data["creators"] = [_agent(entry) for entry in items(found.get("creators"))]
    for entry in items(found.get("contributors")):
        role, agent = entry.get("contributorType"), _agent(entry)
        if role == "HostingInstitution" and "hosting_organisation" not in data:
            data["hosting_organisation"] = _organisation(agent)
        elif role == "DataManager" and "manager" not in data:
            data["manager"] = agent
        elif role == "ContactPerson" and agent["organisation"] and "contact" not in data:
            data["contact"] = {"organisation": agent["name"]}
        else:
            data.setdefault("contributors", []).append({"role": _ROLE_BACK.get(str(role), "other"), **agent})
    publisher = found.get("publisher")
    if isinstance(publisher, dict) and clean(publisher.get("name")):
        data["publisher"] = {"name": {_language(publisher, clean(publisher["name"])): clean(publisher["name"])}}
        if publisher.get("publisherIdentifierScheme") == "ROR":
            data["publisher"]["ror"] = document.ror(clean(publisher.get("publisherIdentifier")))
    elif clean(publisher):
        data["publisher"] = {"name": {_language({}, clean(publisher)): clean(publisher)}}


def _agent(entry: Document) -> Document:
    name = clean(entry.get("name"))
    family, given = clean(entry.get("familyName")), clean(entry.get("givenName"))
    organisation = entry.get("nameType") == "Organizational" or (entry.get("nameType") is None and not family and ", " not in name)
    lang = _language(entry, name)
    if not organisation and not family:
        family, _, given = (clean(piece) for piece in name.partition(","))
    parts = {key: value for key, value in (("family", family), ("given", given)) if value}
    agent: Document = {"name": {lang: name if organisation else parts}, "organisation": organisation}
    numbers = [
        {"scheme": clean(n.get("nameIdentifierScheme")), "value": _bare(n)} for n in items(entry.get("nameIdentifiers")) if _bare(n)
    ]
    if numbers:
        agent["identifiers"] = numbers
    places = [_affiliation(place) for place in entry.get("affiliation") or [] if place]
    if places:
        agent["affiliations"] = places
    return agent


def _bare(number: Document) -> str:
    value = clean(number.get("nameIdentifier"))
    return document.orcid(value) if number.get("nameIdentifierScheme") == "ORCID" else value


def _affiliation(place: Any) -> Document:
    name = clean(place if isinstance(place, str) else place.get("name"))
    found: Document = {"name": {_language({}, name): name}}
    if isinstance(place, dict) and place.get("affiliationIdentifierScheme") == "ROR":
        found["ror"] = document.ror(clean(place.get("affiliationIdentifier")))
    return found


def _organisation(agent: Document) -> Document:
    found: Document = {"name": agent["name"]}
    for number in agent.get("identifiers", []):
        if number["scheme"] == "ROR":
            found["ror"] = document.ror(number["value"])
    return found


def _access_and_rights(data: Document, found: Document) -> None:
    said: Document = {}
    for entry in items(found.get("rightsList")):
        url, text = clean(entry.get("rightsUri")), clean(entry.get("rights"))
        code = terms.access_code(url)
        if code:
            data["access"] = {"class": code}
        else:
            _right(said, entry, url, text)
    data["terms"] = said


def _right(said: Document, entry: Document, url: str, text: str) -> None:
    lang = _language(entry, text)
    for key in ("fee", "citation", "conditions"):
        for introduction in terms.SENTENCES[key].values():
            if text.startswith(introduction) and not url:
                words = text[len(introduction):].strip()
                if key == "fee":
                    said["fee"] = terms.fee_code(words)
                else:
                    said.setdefault(key, {})[lang] = words
                return
    licence = terms.code_for(terms.LICENCES, url) or terms.code_for(terms.LICENCES, clean(entry.get("rightsIdentifier"))) or \
        terms.code_for(terms.LICENCES, text)
    if licence and said.get("licence", licence) == licence:
        said["licence"] = licence
        if url and document.iri(terms.licence({"terms": {"licence": licence}})[1]) != url:
            said["licence_url"] = url
    elif text or url:
        said.setdefault("rights", []).append({"text": {lang: text or url}, **({"url": url} if url else {})})


def _dates(data: Document, found: Document) -> None:
    for entry in items(found.get("dates")):
        kind = _DATE_BACK.get(clean(entry.get("dateType")), "other")
        value = clean(entry.get("dateInformation")) if entry.get("dateInformation") else dates.edtf(clean(entry.get("date")))
        if kind == "coverage":
            start, _, end = clean(entry.get("date")).partition("/")
            period = {key: side for key, side in (("start", start), ("end", end)) if side}
            data.setdefault("coverage", {}).setdefault("periods", []).append(period)
        elif kind == "available" and part(data, "access", "class") == "embargoed" and "available_on" not in data["access"]:
            data["access"]["available_on"] = value
        elif kind in ("issued", "updated") and ("posted_on" if kind == "issued" else "updated_on") not in data:
            data["posted_on" if kind == "issued" else "updated_on"] = value
        else:
            data.setdefault("dates", []).append({"type": kind, "value": value})


def _numbers(data: Document, found: Document) -> None:
    doi = document.doi(found.get("doi")) or document.doi(found.get("id"))
    if doi:
        data["identifiers"] = [{"scheme": "DOI", "value": doi, "primary": True}]
    entries = items(found.get("alternateIdentifiers")) or items(found.get("identifiers"))
    for entry in entries:
        kind = clean(entry.get("alternateIdentifierType") or entry.get("identifierType"))
        value = clean(entry.get("alternateIdentifier") or entry.get("identifier"))
        if kind == "Local data number":
            data["data_number"] = value
        elif kind == "Repository URL":
            data.setdefault("repository", {})["url"] = value
        elif value and value not in (clean(found.get("url")), doi) and document.doi(value) != doi:
            data.setdefault("identifiers", []).append({"scheme": kind, "value": document.doi(value) or value})
    for entry in items(found.get("relatedIdentifiers")):
        data.setdefault("relations", []).append(
            {"relation": clean(entry.get("relationType")), "scheme": clean(entry.get("relatedIdentifierType")),
             "identifier": clean(entry.get("relatedIdentifier"))}
        )


def _subjects_and_funding(data: Document, found: Document) -> None:
    funding = [_funding(entry) for entry in items(found.get("fundingReferences"))]
    for entry in items(found.get("subjects")):
        text, scheme = clean(entry.get("subject")), clean(entry.get("subjectScheme"))
        lang = _language(entry, text)
        code = terms.code_for(terms.FIELDS, text) if scheme == "e-Rad_field" else ""
        if code:
            data["field"] = code
        elif scheme == "JGN_fundingStream" and len(funding) == 1:
            funding[0]["programme_code"] = text
        elif scheme == "fundingStream" and len(funding) == 1:
            funding[0].setdefault("programme", {})[lang] = text
        elif text:
            _keyword(data.setdefault("keywords", []), lang, text, scheme, clean(entry.get("valueUri")))
    data["funding"] = funding


def _keyword(known: list[Document], lang: str, text: str, scheme: str, uri: str) -> None:
    if uri and known and known[-1].get("uri") == uri and lang not in known[-1]["text"]:
        known[-1]["text"][lang] = text
        return
    extra = {key: value for key, value in (("scheme", scheme), ("uri", uri)) if value}
    known.append({"text": {lang: text}, **extra})


def _funding(entry: Document) -> Document:
    name, code = clean(entry.get("funderName")), clean(entry.get("funderIdentifier"))
    kind = entry.get("funderIdentifierType")
    found: Document = {
        "funder": terms.whole_funder(
            {_language({}, name): name} if name else {},
            code if kind == "ROR" else "",
            code if kind == "Other" and code.isdigit() else "",
        ),
        "award_number": clean(entry.get("awardNumber")),
    }
    title = clean(entry.get("awardTitle"))
    if title:
        found["award_title"] = {_language({}, title): title}
    return {key: value for key, value in found.items() if value}


def _rest(data: Document, found: Document) -> None:
    kind = clean(part(found, "types", "resourceType"))
    data["type"] = terms.code_for(terms.TYPES, kind) or terms.code_for(terms.TYPES, kind.replace(" ", "_"))
    tag = languages.shortest(clean(found.get("language")).split("-")[0])
    data["languages"] = [tag] if tag else []
    data["version_label"] = clean(found.get("version"))
    sizes = [clean(size) for size in found.get("sizes") or [] if not re.fullmatch(r"\d+ (files|bytes)", clean(size))]
    data["size"] = {"approximate": sizes[0]} if sizes else {}
    for entry in items(found.get("geoLocations")):
        place = _place(entry)
        if place:
            data.setdefault("coverage", {}).setdefault("places", []).append(place)


def _place(entry: Document) -> Document:
    point, box, name = entry.get("geoLocationPoint") or {}, entry.get("geoLocationBox") or {}, clean(entry.get("geoLocationPlace"))
    sides = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
    found: Document = {}
    if name:
        found["name"] = {_language({}, name): name}
    for member, source, names in (("point", point, ("pointLongitude", "pointLatitude")), ("box", box, sides)):
        values = [_float(source.get(side)) for side in names]
        if None not in values:
            found[member] = values
    shape = [part(corner, "polygonPoint") for corner in items(entry.get("geoLocationPolygon"))]
    if shape and all(isinstance(corner, dict) for corner in shape):
        found["polygon"] = [[_float(c.get("pointLongitude")), _float(c.get("pointLatitude"))] for c in shape]
    return found


def _float(value: object) -> float | int | None:
    try:
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else float(str(value))
    except ValueError:
        return None
