"""Writes a package as JPCOAR 2.0 or 2.1. The order of the functions in ``ORDER`` is the order that the XSD demands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from izumi.formats import dates, document, languages, markup, terms
from izumi.formats.codecs.jpcoar import tables
from izumi.formats.document import clean, items, part, texts
from izumi.formats.markup import Tree
from izumi.kernel.contracts import Document, Package
from izumi.kernel.errors import Invalid

FILES_NAMED = 50
"""A JPCOAR record names at most so many files; the landing page lists them all."""


@dataclass(frozen=True)
class Page:
    """What the writers share: the tree under construction, the package and the version of the schema."""

    tree: Tree
    package: Package
    version: str

    @property
    def metadata(self) -> Document:
        """The projected document."""
        return self.package.metadata

    def add(self, name: str, text: object = None, /, lang: str = "", parent: Any = None, **attributes: str) -> Any:
        """A child of the root, or of ``parent``."""
        return self.tree.add(self.tree.root if parent is None else parent, name, text, lang=lang, **attributes)


def record(package: Package, version: str, brought: str = "") -> bytes:
    """The JPCOAR record of this package; ``brought`` is the version whose leftover elements are written back."""
    space = tables.namespace(version)
    tree = Tree("jpcoar:jpcoar", {"jpcoar": space, **tables.NAMESPACES}, f"{space} {space}jpcoar_scm.xsd")
    page = Page(tree, package, version)
    for step in ORDER:
        step(page)
    for element in kept(package, brought or version):
        place = next((n for n, child in enumerate(tree.root) if _position(child) > _position(element)), len(tree.root))
        tree.root.insert(place, element)
    return tree.bytes()


def kept(package: Package, version: str) -> Iterator[Any]:
    """Elements that an import of this same version brought and the document has no place for; only repeatable ones."""
    for entry in package.unmapped:
        if entry.get("format") == f"jpcoar_{version}" and isinstance(entry.get("value"), str):
            try:
                element = markup.parse(entry["value"].encode())
            except Invalid:
                continue
            if etree.QName(element).localname in tables.WRITTEN_BACK and _allowed(element):
                yield element


def _allowed(element: Any) -> bool:
    for part_of in element.iter():
        if etree.QName(part_of).localname in tables.COUNTS and not re.fullmatch(r"\s*0*[1-9]\d*\s*", part_of.text or ""):
            return False
        if any(part_of.get(name) is not None and part_of.get(name) not in known for name, known in tables.VALUES.items()):
            return False
    return True


def _position(element: Any) -> int:
    name = etree.QName(element).localname
    return tables.SEQUENCE.index(name) if name in tables.SEQUENCE else -1


def _titles(page: Page) -> None:
    found = texts(page.metadata.get("title")) or [("en", page.package.id)]
    for lang, text in found:
        page.add("dc:title", text, lang=lang)
    for other in page.metadata.get("alternative_titles") or []:
        for lang, text in texts(other):
            page.add("dcterms:alternative", text, lang=lang)


def _creators(page: Page) -> None:
    for creator in items(page.metadata.get("creators")):
        _agent(page, "creator", page.add("jpcoar:creator"), creator)


def _agent(page: Page, role: str, parent: Any, agent: Document) -> None:
    for scheme, value in document.agent_identifiers(agent):
        _name_identifier(page, parent, scheme, value)
    found = document.names(agent)
    kind = "Organizational" if document.is_organisation(agent) else "Personal"
    for name in found:
        page.add(f"jpcoar:{role}Name", name.full, lang=name.lang, parent=parent, nameType=kind)
    for member in ("family", "given"):
        for name in found:
            if getattr(name, member) and "-" not in name.lang:  # readings stand in the whole name alone (JPCOAR 2.0, creator)
                page.add(f"jpcoar:{member}Name", getattr(name, member), lang=name.lang, parent=parent)
    for affiliation in items(agent.get("affiliations")):
        _affiliation(page, parent, affiliation)


def _affiliation(page: Page, parent: Any, affiliation: Document) -> None:
    names, numbers = texts(affiliation.get("name")), document.agent_identifiers(affiliation)
    if not names and not numbers:
        return
    place = page.add("jpcoar:affiliation", parent=parent)
    for scheme, value in numbers:
        _name_identifier(page, place, scheme, value)
    page.tree.each(place, "jpcoar:affiliationName", names)


def _name_identifier(page: Page, parent: Any, scheme: str, value: str) -> None:
    known = tables.NAME_SCHEMES.get(scheme.casefold())
    if known is None:
        return
    uri = ""
    if known == "ORCID":
        value = document.orcid(value)
        uri = f"https://orcid.org/{value}"
    elif known == "ROR":
        uri = document.iri(value)
    page.add(
        "jpcoar:nameIdentifier", value, parent=parent, nameIdentifierScheme=known, nameIdentifierURI=document.iri(uri)
    )


def _contributors(page: Page) -> None:
    data = page.metadata
    for role, agent in (("HostingInstitution", data.get("hosting_organisation")), ("DataManager", data.get("manager"))):
        if isinstance(agent, dict) and (document.names(agent) or document.agent_identifiers(agent)):
            shaped = {**agent, "organisation": True} if role == "HostingInstitution" else agent
            _agent(page, "contributor", page.add("jpcoar:contributor", contributorType=role), shaped)
    words = contact_words(data.get("contact"))
    if words:
        place = page.add("jpcoar:contributor", contributorType="ContactPerson")
        for lang, text in words:
            page.add("jpcoar:contributorName", text, lang=lang, parent=place, nameType="Organizational")
    if isinstance(data.get("administrator"), dict):
        _agent(page, "contributor", page.add("jpcoar:contributor", contributorType="Distributor"), data["administrator"])
    for agent in items(data.get("contributors")):
        role = tables.ROLES.get(clean(agent.get("role")), "Other")
        if page.version == "2.1" and agent.get("role") == "translator":
            role = "Translator"
        _agent(page, "contributor", page.add("jpcoar:contributor", contributorType=role), agent)


def contact_words(contact: object) -> list[tuple[str, str]]:
    """連絡先 as one line per language: organisation / address / TEL / E-Mail / URL. Source: jpcoar-common-items-sample."""
    organisation, place = dict(texts(part(contact, "organisation"))), dict(texts(part(contact, "address")))
    lines = [
        f"{label}{clean(part(contact, key))}"
        for key, label in (("phone", "TEL: "), ("email", "E-Mail: "), ("url", "URL: "))
        if clean(part(contact, key))
    ]
    there = sorted({*organisation, *place}, key=lambda tag: (tag != "ja", tag)) or (["en"] if lines else [])
    return [
        (lang, " / ".join([text for text in (organisation.get(lang, ""), place.get(lang, "")) if text] + lines))
        for lang in there
    ]


def _access(page: Page) -> None:
    code = document.access_class(page.package)
    if code in terms.ACCESS:
        words, uri = terms.ACCESS[code]
        page.add("dcterms:accessRights", words["en"], rdf__resource=uri)


def _rights(page: Page) -> None:
    names, url, _ = terms.licence(page.metadata)
    for lang, text in names or ([("en", url)] if url else []):
        page.add("dc:rights", text, lang=lang, rdf__resource=document.iri(url))
    said = page.metadata.get("terms")
    fee = terms.FEES.get(clean(part(said, "fee")))
    for key, value in (("fee", fee), ("citation", part(said, "citation")), ("conditions", part(said, "conditions"))):
        for lang, text in texts(value):
            page.add("dc:rights", terms.SENTENCES[key].one(lang) + text, lang=lang)
    for statement in items(part(said, "rights")):
        url = document.iri(clean(statement.get("url")))
        for lang, text in texts(statement.get("text")) or ([("en", url)] if url else []):
            page.add("dc:rights", text, lang=lang, rdf__resource=url)


def _subjects(page: Page) -> None:
    for lang, text in terms.labels(terms.FIELDS, page.metadata.get("field")):
        page.add("jpcoar:subject", text, lang=lang, subjectScheme="e-Rad_field")
    for keyword in items(page.metadata.get("keywords")):
        said = clean(keyword.get("scheme"))
        scheme = next((known for known in tables.SUBJECT_SCHEMES if known.casefold() == said.casefold()), "Other")
        for lang, text in texts(keyword.get("text")):
            page.add("jpcoar:subject", text, lang=lang, subjectScheme=scheme, subjectURI=document.iri(clean(keyword.get("uri"))))


def _descriptions(page: Page) -> None:
    for kind, lang, text in descriptions(page.metadata):
        page.add("datacite:description", text, lang=lang, descriptionType=kind)


def descriptions(metadata: Document) -> list[tuple[str, str, str]]:
    """``(type, language, text)`` of all descriptions; items without a place of their own are introduced by their name."""
    found = [("Abstract", lang, text) for lang, text in texts(metadata.get("description"))]
    for entry in items(metadata.get("descriptions")):
        kind = tables.DESCRIPTIONS.get(clean(entry.get("type")), "Other")
        found += [(kind, lang, text) for lang, text in texts(entry.get("text"))]
    found += [("Methods", lang, text) for lang, text in texts(part(metadata, "acquisition", "methods"))]
    for key, value in (
        ("summary", metadata.get("summary")),
        ("repository", part(metadata, "repository", "name")),
        ("remarks", metadata.get("remarks")),
    ):
        found += [("Other", lang, terms.SENTENCES[key].one(lang) + text) for lang, text in texts(value)]
    return found


def _publishers(page: Page) -> None:
    for lang, text in document.publisher(page.package):
        page.add("dc:publisher", text, lang=lang)


def _dates(page: Page) -> None:
    seen: set[tuple[str, str]] = set()
    plain = [
        ("Issued", document.issued_on(page.package)),
        ("Updated", document.updated_on(page.package)),
        ("Available", document.available_on(page.package)),
    ]
    unclear = []
    for entry in items(page.metadata.get("dates")):
        value, kind = clean(entry.get("value")), tables.DATES.get(clean(entry.get("type")), "")
        exact = dates.w3cdtf(value)
        if kind and exact:
            plain.append((kind, exact))
        elif value:
            unclear.append(value)
    for kind, value in plain:
        exact = dates.w3cdtf(value)
        if exact and (kind, exact) not in seen:
            seen.add((kind, exact))
            page.add("datacite:date", exact, dateType=kind)
    for value in unclear:
        page.add("dcterms:date", value, lang="en")


def _languages(page: Page) -> None:
    spoken = page.metadata.get("languages")
    for tag in spoken if isinstance(spoken, list) else []:
        code = languages.three_letters(clean(tag))
        if code:
            page.add("dc:language", code)


def _type(page: Page) -> None:
    words, uri = terms.type_words(page.metadata.get("type"), page.package.kind)
    page.add("dc:type", words, rdf__resource=uri)


def _version(page: Page) -> None:
    said = clean(page.metadata.get("version_label")) or (str(page.package.version) if page.package.version else "")
    if said:
        page.add("datacite:version", said)


def _identifiers(page: Page) -> None:
    agency = ""
    for scheme, value in document.identifiers(page.package):
        if scheme == "DOI":
            page.add("jpcoar:identifier", document.doi_url(value), identifierType="DOI")
        elif scheme.upper() in ("HDL", "HANDLE"):
            full = value if document.is_url(value) else f"https://hdl.handle.net/{value}"
            page.add("jpcoar:identifier", document.iri(full), identifierType="HDL")
    addresses = [page.package.urls.resolver, clean(part(page.metadata, "repository", "url"))]
    for url in dict.fromkeys(addresses):
        if url and not document.doi(url):
            page.add("jpcoar:identifier", document.iri(url), identifierType="URI")
    for entry in page.package.identifiers:
        agency = clean(entry.get("agency"))
        if agency in ("JaLC", "Crossref", "DataCite") and document.doi(entry.get("value")):
            page.add("jpcoar:identifierRegistration", document.doi(entry.get("value")), identifierType=agency)
            return


def _relations(page: Page) -> None:
    number = clean(page.metadata.get("data_number"))
    if number:
        place = page.add("jpcoar:relation", relationType="isIdenticalTo")
        page.add("jpcoar:relatedIdentifier", document.iri(number, local=True), parent=place, identifierType="Local")
    known = tables.RELATIONS_21 if page.version == "2.1" else tables.RELATIONS_20
    for entry in document.relations(page.package):
        place = page.add("jpcoar:relation", relationType=known.get(clean(entry.get("relation")), ""))
        kind, value = related(clean(entry.get("scheme")), clean(entry.get("identifier")), page.version)
        if value:
            page.add("jpcoar:relatedIdentifier", value, parent=place, identifierType=kind)
        page.tree.each(place, "jpcoar:relatedTitle", texts(entry.get("title")))


def related(scheme: str, value: str, version: str) -> tuple[str, str]:
    """The identifier type and the anyURI form of a related identifier."""
    if document.doi(value) and scheme.upper() in ("DOI", "URI", "URL", ""):
        return "DOI", document.doi_url(document.doi(value))
    table = tables.IDENTIFIERS_21 if version == "2.1" else tables.IDENTIFIERS_20
    kind = table.get(scheme.casefold()) or ("URI" if document.is_url(value) else "Local")
    return kind, document.iri(value, local=kind not in ("URI", "PURL", "HDL", "ARK", "DOI"))


def _coverage(page: Page) -> None:
    for period in items(part(page.metadata, "coverage", "periods")):
        start, end = clean(period.get("start")), clean(period.get("end"))
        if start or end:
            page.add("dcterms:temporal", f"{start}/{end}", lang="en")
    for place in items(part(page.metadata, "coverage", "places")):
        point, box, words = numbers(place.get("point"), 2), numbers(place.get("box"), 4), texts(place.get("name"))
        if not (point or box or words):
            continue
        where = page.add("datacite:geoLocation")
        if point:
            _four(page, page.add("datacite:geoLocationPoint", parent=where), zip(("pointLongitude", "pointLatitude"), point, strict=True))
        if box:
            west, south, east, north = box
            sides = (("westBoundLongitude", west), ("eastBoundLongitude", east),
                     ("southBoundLatitude", south), ("northBoundLatitude", north))
            _four(page, page.add("datacite:geoLocationBox", parent=where), sides)
        for _, text in words:
            page.add("datacite:geoLocationPlace", text, parent=where)


def _four(page: Page, parent: Any, pairs: Any) -> None:
    for name, value in pairs:
        page.add(f"datacite:{name}", value, parent=parent)


def numbers(value: object, count: int) -> list[str]:
    """Coordinates as text when there are exactly ``count`` and all lie on the earth (longitude, latitude, …), else []."""
    if not isinstance(value, (list, tuple)) or len(value) != count:
        return []
    for n, number in enumerate(value):
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not abs(number) <= (180, 90)[n % 2]:
            return []
    return [format(number, ".10g") for number in value]


def _funding(page: Page) -> None:
    for entry in items(page.metadata.get("funding")):
        funder = terms.funder(entry)
        names = texts(funder["name"])
        if not names:
            continue
        place = page.add("jpcoar:fundingReference")
        number, kind = (funder["ror"], "ROR") if funder["ror"] else (funder["erad_code"], "e-Rad_funder")
        if number:
            page.add("jpcoar:funderIdentifier", number, parent=place, funderIdentifierType=kind)
        page.tree.each(place, "jpcoar:funderName", names)
        stream = clean(entry.get("programme_code"))
        if stream:
            page.add("jpcoar:fundingStreamIdentifier", stream, parent=place,
                     fundingStreamIdentifierType="JGN_fundingStream", fundingStreamIdentifierTypeURI="https://www.nistep.go.jp/taikei")
        page.tree.each(place, "jpcoar:fundingStream", texts(entry.get("programme")))
        award = clean(entry.get("award_number"))
        if award:
            page.add("jpcoar:awardNumber", award, parent=place,
                     awardNumberType="JGN" if terms.is_grant_number(award) else "")
        page.tree.each(place, "jpcoar:awardTitle", texts(entry.get("award_title")))


def _files(page: Page) -> None:
    size = clean(part(page.metadata, "size", "approximate"))
    if size:
        page.add("jpcoar:extent", size, parent=page.add("jpcoar:file"))
    for entry in document.file_facts(page.package, FILES_NAMED):
        place = page.add("jpcoar:file")
        page.add("jpcoar:URI", document.iri(entry.url), parent=place, objectType="dataset", label=entry.path)
        page.add("jpcoar:mimeType", entry.media_type, parent=place)
        page.add("jpcoar:extent", f"{entry.size_bytes} bytes", parent=place)


ORDER: tuple[Callable[[Page], None], ...] = (
    _titles, _creators, _contributors, _access, _rights, _subjects, _descriptions, _publishers, _dates, _languages, _type,
    _version, _identifiers, _relations, _coverage, _funding, _files,
)
