"""Reads JPCOAR 1.0, 2.0 and 2.1. What the document has no place for is kept as it stood, and told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from lxml import etree

from izumi.formats import dates, document, languages, markup, terms
from izumi.formats.codecs.jpcoar import agents, tables
from izumi.formats.codecs.jpcoar.agents import children, put, text_of
from izumi.formats.document import clean
from izumi.kernel.contracts import Document, Incoming, Loss
from izumi.kernel.text import both

_SPACE = re.compile(r"\{https://github\.com/JPCOAR/schema/blob/master/([\d.]+)/\}jpcoar")
_PREFIX = {uri: prefix for prefix, uri in tables.NAMESPACES.items()}
_RDF = f"{{{tables.NAMESPACES['rdf']}}}resource"
_ROLE_BACK = tables.first_back(tables.ROLES) | {"Translator": "translator"}
_RELATION_BACK = tables.first_back(tables.RELATIONS_20) | tables.first_back(tables.RELATIONS_21)
_DATE_BACK = tables.first_back(tables.DATES)
_DESCRIPTION_BACK = tables.first_back(tables.DESCRIPTIONS)

JGN_STREAM = "JGN_fundingStream"
"""The only code of a funding stream that is a プログラム情報コード; others are kept as they stood."""


class Reading:
    """One record while it is read: the document so far and what was left over."""

    def __init__(self, root: Any, version: str) -> None:
        self.root, self.version = root, version
        self.space = tables.namespace(version)
        self.metadata: Document = {}
        self.identifiers: list[Document] = []
        self.unmapped: list[Document] = []
        self.losses: list[Loss] = []

    def name(self, element: Any) -> str:
        """The element's name with the usual prefix."""
        tag = etree.QName(element)
        return f"{'jpcoar' if tag.namespace == self.space else _PREFIX.get(tag.namespace, '?')}:{tag.localname}"

    def keep(self, element: Any) -> None:
        """Keep an element that the document has no place for."""
        path = self.root.getroottree().getelementpath(element)
        path = re.sub(r"\{[^}]*/([^/{}]+)/?\}", r"\1:", path)
        element.tail = None
        value = etree.tostring(element, encoding="unicode")
        self.unmapped.append({"format": f"jpcoar_{self.version}", "path": f"/{path}", "value": value})
        self.losses.append(
            Loss(
                pointer=f"/{path}",
                message=both("文書に対応する項目がないため、元の形のまま保存します。", "There is no item for this; it is kept as it stood."),
                value=clean("".join(element.itertext())),
            )
        )

    def at(self, *names: str) -> Document:
        """The object at this place in the document, made when missing."""
        place = self.metadata
        for name in names:
            place = place.setdefault(name, {})
        return place


def version_of(root: Any) -> str:
    """The JPCOAR version of a root element; "" when it is none."""
    match = _SPACE.fullmatch(root.tag) if isinstance(root.tag, str) else None
    return match.group(1) if match else ""


def record(root: Any) -> tuple[Incoming, tuple[Loss, ...]]:
    """The record under a ``jpcoar:jpcoar`` element."""
    reading = Reading(root, version_of(root))
    for element in list(root):
        if isinstance(element.tag, str):
            step = STEPS.get(reading.name(element))
            (step or Reading.keep)(reading, element)
    _settle(reading)
    incoming = Incoming(
        metadata={key: value for key, value in reading.metadata.items() if value not in (None, "", [], {})},
        unmapped=tuple(reading.unmapped),
        identifiers=tuple(reading.identifiers),
    )
    return incoming, tuple(reading.losses)


def _title(reading: Reading, element: Any) -> None:
    if not put(reading.at("title"), element):
        reading.metadata.setdefault("alternative_titles", []).append({markup.lang_of(element): text_of(element)})


def _alternative(reading: Reading, element: Any) -> None:
    known = reading.metadata.setdefault("alternative_titles", [])
    if not (known and markup.lang_of(element) not in known[-1] and markup.lang_of(element) != "ja" and put(known[-1], element)):
        known.append({markup.lang_of(element): text_of(element)})


def _creator(reading: Reading, element: Any) -> None:
    reading.metadata.setdefault("creators", []).append(agents.agent(element, "creatorName"))


def _contributor(reading: Reading, element: Any) -> None:
    role = element.get("contributorType", "Other")
    person = agents.agent(element, "contributorName")
    if role == "HostingInstitution" and "hosting_organisation" not in reading.metadata:
        reading.metadata["hosting_organisation"] = agents.with_ror({"name": person["name"]}, person.get("identifiers", []))
    elif role == "DataManager" and "manager" not in reading.metadata:
        reading.metadata["manager"] = person
    elif role == "ContactPerson" and "contact" not in reading.metadata and person["organisation"]:
        reading.metadata["contact"] = agents.contact_from(person["name"])
    else:
        reading.metadata.setdefault("contributors", []).append({"role": _ROLE_BACK.get(role, "other"), **person})


def _access(reading: Reading, element: Any) -> None:
    code = terms.access_code(element.get(_RDF, "")) or terms.access_code(text_of(element))
    if code:
        reading.at("access")["class"] = code


def _rights(reading: Reading, element: Any) -> None:
    lang, text, url = markup.lang_of(element), text_of(element), clean(element.get(_RDF))
    said = reading.at("terms")
    for key in ("fee", "citation", "conditions"):
        words = _after(terms.SENTENCES[key], text)
        if words and not url:
            if key == "fee":
                said["fee"] = terms.fee_code(words)
            else:
                said.setdefault(key, {})[lang] = words
            return
    code = terms.code_for(terms.LICENCES, url) or terms.code_for(terms.LICENCES, text)
    if code and said.get("licence", code) == code:
        said["licence"] = code
        known = terms.licence({"terms": {"licence": code}})[1]
        if url and url != known:
            said["licence_url"] = url
        return
    known_rights = said.setdefault("rights", [])
    if known_rights and url and known_rights[-1].get("url") == url and lang not in known_rights[-1]["text"]:
        known_rights[-1]["text"][lang] = text
    else:
        known_rights.append({"text": {lang: text}, **({"url": url} if url else {})})


def _after(introduction: Any, text: str) -> str:
    for words in introduction.values():
        if text.startswith(words):
            return text[len(words):].strip()
    return ""


def _subject(reading: Reading, element: Any) -> None:
    scheme, uri, text = element.get("subjectScheme", ""), clean(element.get("subjectURI")), text_of(element)
    code = terms.code_for(terms.FIELDS, text) if scheme == "e-Rad_field" else ""
    if code and reading.metadata.get("field", code) == code:
        reading.metadata["field"] = code
        return
    words: Document = {"text": {markup.lang_of(element): text}}
    if scheme not in ("", "Other"):
        words["scheme"] = scheme
    if uri:
        words["uri"] = uri
    known = reading.metadata.setdefault("keywords", [])
    if uri and known and known[-1].get("uri") == uri and put(known[-1]["text"], element):
        return
    known.append(words)


def _description(reading: Reading, element: Any) -> None:
    kind, lang, text = element.get("descriptionType", "Abstract"), markup.lang_of(element), text_of(element)
    if kind == "Abstract" and put(reading.at("description"), element):
        return
    if kind == "Other":
        for key in ("remarks", "summary", "repository"):
            words = _after(terms.SENTENCES[key], text)
            if words:
                place = reading.at("repository", "name") if key == "repository" else reading.at(key)
                place[lang] = words
                return
    code = _DESCRIPTION_BACK.get(kind, "other")
    known = reading.metadata.setdefault("descriptions", [])
    if known and known[-1]["type"] == code and lang not in known[-1]["text"] and lang != "ja":
        known[-1]["text"][lang] = text
    else:
        known.append({"type": code, "text": {lang: text}})


def _publisher(reading: Reading, element: Any) -> None:
    put(reading.at("publisher", "name"), element)


def _date(reading: Reading, element: Any) -> None:
    kind, text = _DATE_BACK.get(element.get("dateType", ""), "other"), text_of(element)
    if kind == "available" and "available_on" not in reading.at("access"):
        reading.at("access")["available_on"] = text
    elif kind in ("issued", "updated") and ("posted_on" if kind == "issued" else "updated_on") not in reading.metadata:
        reading.metadata["posted_on" if kind == "issued" else "updated_on"] = text
    else:
        reading.metadata.setdefault("dates", []).append({"type": kind, "value": dates.edtf(text)})


def _other_date(reading: Reading, element: Any) -> None:
    reading.metadata.setdefault("dates", []).append({"type": "other", "value": text_of(element)})


def _language(reading: Reading, element: Any) -> None:
    reading.metadata.setdefault("languages", []).append(languages.shortest(text_of(element)))


def _type(reading: Reading, element: Any) -> None:
    code = terms.code_for(terms.TYPES, element.get(_RDF, "")) or terms.code_for(terms.TYPES, text_of(element).replace(" ", "_"))
    if code:
        reading.metadata["type"] = code
    else:
        reading.keep(element)


def _version(reading: Reading, element: Any) -> None:
    reading.metadata["version_label"] = text_of(element)


def _identifier(reading: Reading, element: Any) -> None:
    kind, text = element.get("identifierType", "URI"), text_of(element)
    if document.doi(unquote(text)):
        kind, text = "DOI", document.doi(unquote(text))
    known = reading.metadata.setdefault("identifiers", [])
    if kind == "URI":
        reading.identifiers.append({"scheme": "URL", "value": text})
        reading.at("repository")["url"] = text
    elif not any(entry["value"] == text for entry in known):
        known.append({"scheme": kind, "value": text})


def _registration(reading: Reading, element: Any) -> None:
    found = document.doi(text_of(element))
    known = reading.metadata.setdefault("identifiers", [])
    if found and not any(entry["value"] == found for entry in known):
        known.append({"scheme": "DOI", "value": found})


def _relation(reading: Reading, element: Any) -> None:
    kind = element.get("relationType", "")
    numbers = children(element, "relatedIdentifier")
    scheme = numbers[0].get("identifierType", "") if numbers else ""
    value = unquote(text_of(numbers[0])) if numbers else ""
    if kind == "isIdenticalTo" and scheme == "Local" and "data_number" not in reading.metadata:
        reading.metadata["data_number"] = value
        return
    found: Document = {"relation": _RELATION_BACK.get(kind, kind)} if kind else {}
    if scheme:
        found |= {"scheme": scheme, "identifier": document.doi(value) or value}
    titles = {markup.lang_of(child): text_of(child) for child in children(element, "relatedTitle")}
    if titles:
        found["title"] = titles
    reading.metadata.setdefault("relations", []).append(found)


def _temporal(reading: Reading, element: Any) -> None:
    start, mark, end = text_of(element).partition("/")
    if mark:
        period = {key: value.strip() for key, value in (("start", start), ("end", end)) if value.strip()}
        reading.at("coverage").setdefault("periods", []).append(period)
    else:
        reading.keep(element)


def _place(reading: Reading, element: Any) -> None:
    found: Document = {}
    order = {"geoLocationPoint": ("point", ("pointLongitude", "pointLatitude")),
             "geoLocationBox": ("box", ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude"))}
    for tag, (member, names) in order.items():
        for shape in children(element, tag):
            values = [_number(text_of(children(shape, name)[0])) for name in names if children(shape, name)]
            if len(values) == len(names) and None not in values:
                found[member] = values
    for child in children(element, "geoLocationPlace"):
        put(found.setdefault("name", {}), child)
    if found:
        reading.at("coverage").setdefault("places", []).append(found)


def _number(text: str) -> float | int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() else value


def _funding(reading: Reading, element: Any) -> None:
    found: Document = {}
    names: dict[str, str] = {}
    for child in children(element, "funderName"):
        put(names, child)
    codes = {child.get("funderIdentifierType"): text_of(child) for child in children(element, "funderIdentifier")}
    found["funder"] = terms.whole_funder(names, codes.get("ROR", ""), codes.get("e-Rad_funder", ""))
    for child in children(element, "awardNumber"):
        found["award_number"] = text_of(child)
    for child in children(element, "fundingStreamIdentifier"):
        if child.get("fundingStreamIdentifierType", JGN_STREAM) == JGN_STREAM:
            found["programme_code"] = text_of(child)
        else:
            reading.keep(child)
    for tag, member in (("fundingStream", "programme"), ("awardTitle", "award_title")):
        for child in children(element, tag):
            put(found.setdefault(member, {}), child)
    reading.metadata.setdefault("funding", []).append({key: value for key, value in found.items() if value})


def _file(reading: Reading, element: Any) -> None:
    if children(element, "URI"):
        reading.keep(element)
        return
    for child in children(element, "extent"):
        reading.at("size").setdefault("approximate", text_of(child))


def _settle(reading: Reading) -> None:
    """What only the whole record tells: which address is the repository's, and where an embargo's day belongs."""
    access = reading.metadata.get("access", {})
    if "available_on" in access and access.get("class") != "embargoed":
        reading.metadata.setdefault("dates", []).append({"type": "available", "value": access.pop("available_on")})
    for agency in reading.metadata.get("identifiers", [])[:1]:
        agency.setdefault("primary", True)


STEPS: dict[str, Callable[[Reading, Any], None]] = {
    "dc:title": _title, "dcterms:alternative": _alternative, "jpcoar:creator": _creator,
    "jpcoar:contributor": _contributor, "dcterms:accessRights": _access, "dc:rights": _rights, "jpcoar:subject": _subject,
    "datacite:description": _description, "dc:publisher": _publisher, "datacite:date": _date, "dcterms:date": _other_date,
    "dc:language": _language, "dc:type": _type, "datacite:version": _version, "jpcoar:identifier": _identifier,
    "jpcoar:identifierRegistration": _registration, "jpcoar:relation": _relation, "dcterms:temporal": _temporal,
    "datacite:geoLocation": _place, "jpcoar:fundingReference": _funding, "jpcoar:file": _file,
}
