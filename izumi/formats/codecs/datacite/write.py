"""A package as DataCite JSON; the XML is the same content in another dress.

DataCite knows one language for a name: English where there is one, because its readers are everywhere.
"""

from __future__ import annotations

from typing import Any

from izumi.formats import dates, document, languages, terms
from izumi.formats.codecs.datacite import tables
from izumi.formats.document import clean, items, one, part, texts
from izumi.kernel.contracts import Document, Package

MEDIA_TYPES_NAMED = 20
"""At most so many files are looked at for their media types."""


def record(package: Package) -> Document:
    """The attributes of a DataCite record, members without content left out. Source: datacite-4.7."""
    data = package.metadata
    found = {
        "doi": document.first_doi(package),
        "url": package.urls.resolver,
        "types": _types(package),
        "creators": [_agent(creator) for creator in items(data.get("creators")) if document.names(creator)] or _nobody(package),
        "titles": _titles(package),
        "publisher": _publisher(package),
        "publicationYear": document.year(package),
        "subjects": _unique(_subjects(data)),
        "contributors": _contributors(package),
        "dates": _unique(_dates(package)),
        "language": next((clean(tag) for tag in data.get("languages") or [] if languages.three_letters(clean(tag))), ""),
        "alternateIdentifiers": _alternate(package),
        "relatedIdentifiers": _related(package),
        "sizes": _sizes(package),
        "formats": _formats(package),
        "version": clean(data.get("version_label")) or (str(package.version) if package.version else ""),
        "rightsList": _unique(_rights(package)),
        "descriptions": _unique(_descriptions(data)),
        "geoLocations": _places(data),
        "fundingReferences": _funding(data),
        "schemaVersion": tables.SPACE,
    }
    return {key: value for key, value in {**found, **_brought(package)}.items() if value}


def _brought(package: Package) -> Document:
    """What an import of DataCite JSON brought and the document has no place for."""
    return {
        entry["path"].lstrip("/"): entry.get("value")
        for entry in package.unmapped
        if entry.get("format") == "datacite-json" and entry.get("path") in ("/relatedItems", "/container")
    }


def _unique(entries: list[Document]) -> list[Document]:
    return [entry for n, entry in enumerate(entries) if entry not in entries[:n]]


def _filled(**members: Any) -> Document:
    return {key: value for key, value in members.items() if value not in ("", None, [], {})}


def _types(package: Package) -> Document:
    code = clean(package.metadata.get("type"))
    general = tables.GENERAL.get(code) or tables.GENERAL.get(package.kind, "Dataset")
    return {"resourceTypeGeneral": general, "resourceType": terms.type_words(code, package.kind)[0]}


def _titles(package: Package) -> list[Document]:
    found = []
    for n, (lang, text) in enumerate(texts(package.metadata.get("title"))):
        kind = "" if n == 0 else ("Other" if lang.startswith("ja-") else "TranslatedTitle")
        found.append(_filled(title=text, lang=lang, titleType=kind))
    for other in package.metadata.get("alternative_titles") or []:
        found += [{"title": text, "lang": lang, "titleType": "AlternativeTitle"} for lang, text in texts(other)]
    return _unique(found) or [{"title": package.id}]


def _agent(agent: Document) -> Document:
    name = document.name_in(agent, "en", "ja")
    if name is None:
        return {}
    organisation = document.is_organisation(agent)
    return _filled(
        name=name.full,
        nameType="Organizational" if organisation else "Personal",
        givenName=name.given,
        familyName=name.family,
        lang=name.lang if organisation else "",
        nameIdentifiers=_unique([_number(scheme, value) for scheme, value in document.agent_identifiers(agent)]),
        affiliation=_unique([entry for entry in map(_affiliation, items(agent.get("affiliations"))) if entry]),
    )


def _number(scheme: str, value: str) -> Document:
    known = next((name for name in tables.NAME_SCHEMES if name.casefold() == scheme.casefold()), scheme)
    if known == "ORCID":
        value = f"https://orcid.org/{document.orcid(value)}"
    return _filled(nameIdentifier=value, nameIdentifierScheme=known, schemeUri=tables.NAME_SCHEMES.get(known, ""))


def _affiliation(affiliation: Document) -> Document:
    name, code = one(affiliation.get("name"), "en", "ja"), document.ror(clean(affiliation.get("ror")))
    if not name:
        return {}
    extra = {"affiliationIdentifier": code, "affiliationIdentifierScheme": "ROR", "schemeUri": "https://ror.org"} if code else {}
    return {"name": name, **extra}


def _nobody(package: Package) -> list[Document]:
    name = one(dict(document.publisher(package)), "en", "ja")
    return [{"name": name or "Unknown", "nameType": "Organizational"}]


def _publisher(package: Package) -> Document:
    found = dict(document.publisher(package))
    said = package.metadata.get("publisher") or package.metadata.get("hosting_organisation") or {}
    lang = next((tag for tag in ("en", "ja", *found) if tag in found), "")
    code = document.ror(clean(said.get("ror")))
    if not lang:
        return {"name": "Unknown"}
    extra = {"publisherIdentifier": code, "publisherIdentifierScheme": "ROR", "schemeUri": "https://ror.org"} if code else {}
    return {"name": found[lang], "lang": lang, **extra}


def _subjects(data: Document) -> list[Document]:
    found = [
        {"subject": text, "subjectScheme": "e-Rad_field", "lang": lang} for lang, text in terms.labels(terms.FIELDS, data.get("field"))
    ]
    for keyword in items(data.get("keywords")):
        for lang, text in texts(keyword.get("text")):
            uri = document.iri(clean(keyword.get("uri")))
            found.append(_filled(subject=text, subjectScheme=clean(keyword.get("scheme")), valueUri=uri, lang=lang))
    for entry in items(data.get("funding")):
        if clean(entry.get("programme_code")):
            found.append({"subject": clean(entry["programme_code"]), "subjectScheme": "JGN_fundingStream",
                          "schemeUri": "https://www.nistep.go.jp/taikei"})
        found += [{"subject": text, "subjectScheme": "fundingStream", "lang": lang} for lang, text in texts(entry.get("programme"))]
    return found


def _contributors(package: Package) -> list[Document]:
    data = package.metadata
    host = data.get("hosting_organisation")
    found: list[Document] = []
    if isinstance(host, dict):
        found.append({**_agent({**host, "organisation": True}), "contributorType": "HostingInstitution"})
    for role, key in (("DataManager", "manager"), ("Distributor", "administrator")):
        if isinstance(data.get(key), dict):
            found.append({**_agent(data[key]), "contributorType": role})
    desk = part(data, "contact", "organisation")
    if texts(desk):
        # A desk, never a person's mail or telephone: DataCite copies are everywhere and cannot be called back.
        found.append({**_agent({"name": desk, "organisation": True}), "contributorType": "ContactPerson"})
    for agent in items(data.get("contributors")):
        found.append({**_agent(agent), "contributorType": tables.ROLES.get(clean(agent.get("role")), "Other")})
    return [entry for entry in found if entry.get("name")]


def _dates(package: Package) -> list[Document]:
    found = [
        {"date": day, "dateType": kind}
        for kind, day in (("Issued", document.issued_on(package)), ("Updated", document.updated_on(package)),
                          ("Available", document.available_on(package)))
        if day
    ]
    for entry in items(package.metadata.get("dates")):
        found.append(_date(clean(entry.get("value")), tables.DATES.get(clean(entry.get("type")), "Other")))
    for period in items(part(package.metadata, "coverage", "periods")):
        found.append(_date(f"{clean(period.get('start'))}/{clean(period.get('end'))}", "Coverage"))
    return [entry for entry in found if entry.get("date")]


def _date(value: str, kind: str) -> Document:
    exact = dates.w3cdtf(value)
    return {"date": exact, "dateType": kind} if exact else _filled(
        date=dates.nearest(value), dateType=kind, dateInformation=value
    )


def _alternate(package: Package) -> list[Document]:
    data = package.metadata
    found = [{"alternateIdentifier": package.urls.resolver, "alternateIdentifierType": "URL"}]
    if clean(data.get("data_number")):
        found.append({"alternateIdentifier": clean(data["data_number"]), "alternateIdentifierType": "Local data number"})
    url = clean(part(data, "repository", "url"))
    if url:
        found.append({"alternateIdentifier": url, "alternateIdentifierType": "Repository URL"})
    primary = document.first_doi(package)
    found += [
        {"alternateIdentifier": value, "alternateIdentifierType": scheme}
        for scheme, value in document.identifiers(package)
        if value != primary
    ]
    return found


def _related(package: Package) -> list[Document]:
    found = []
    for entry in document.relations(package):
        scheme, value = clean(entry.get("scheme")), clean(entry.get("identifier"))
        kind = tables.IDENTIFIERS.get(scheme.casefold()) or ("URL" if document.is_url(value) else "")
        if document.doi(value):
            kind, value = "DOI", document.doi(value)
        relation = clean(entry.get("relation"))
        relation = tables.RELATION_OF.get(relation, relation)
        if kind and value and relation in tables.RELATIONS:
            found.append({"relatedIdentifier": value, "relatedIdentifierType": kind, "relationType": relation})
    return _unique(found)


def _sizes(package: Package) -> list[str]:
    found = [clean(part(package.metadata, "size", "approximate"))]
    if package.files_summary.get("count"):
        found += [f"{package.files_summary['count']} files", f"{package.files_summary['bytes']} bytes"]
    return list(dict.fromkeys(filter(None, found)))


def _formats(package: Package) -> list[str]:
    return sorted({entry.media_type for entry in document.file_facts(package, MEDIA_TYPES_NAMED) if entry.media_type})


def _rights(package: Package) -> list[Document]:
    names, url, code = terms.licence(package.metadata)
    spdx = {"rightsIdentifier": code.lower(), "rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/"}
    spdx = spdx if code and code.startswith(("CC", "MIT", "Apache", "BSD", "GPL", "LGPL", "MPL", "EPL", "AFL", "Artistic")) else {}
    found = [_filled(rights=text, rightsUri=document.iri(url), lang=lang, **spdx) for lang, text in names]
    if url and not names:
        found.append({"rights": url, "rightsUri": document.iri(url)})
    access = document.access_class(package)
    if access in terms.ACCESS:
        words, uri = terms.ACCESS[access]
        found.append({"rights": words["en"], "rightsUri": uri, "lang": "en"})
    said = package.metadata.get("terms")
    fee = terms.FEES.get(clean(part(said, "fee")))
    for key, value in (("fee", fee), ("citation", part(said, "citation")), ("conditions", part(said, "conditions"))):
        found += [{"rights": terms.SENTENCES[key].one(lang) + text, "lang": lang} for lang, text in texts(value)]
    for statement in items(part(said, "rights")):
        for lang, text in texts(statement.get("text")):
            found.append(_filled(rights=text, rightsUri=document.iri(clean(statement.get("url"))), lang=lang))
    return found


def _descriptions(data: Document) -> list[Document]:
    found = [("Abstract", lang, text) for lang, text in texts(data.get("description"))]
    for entry in items(data.get("descriptions")):
        kind = tables.DESCRIPTIONS.get(clean(entry.get("type")), "Other")
        found += [(kind, lang, text) for lang, text in texts(entry.get("text"))]
    found += [("Methods", lang, text) for lang, text in texts(part(data, "acquisition", "methods"))]
    for key, value in (("summary", data.get("summary")), ("repository", part(data, "repository", "name")),
                       ("remarks", data.get("remarks"))):
        found += [("Other", lang, terms.SENTENCES[key].one(lang) + text) for lang, text in texts(value)]
    return [{"description": text, "descriptionType": kind, "lang": lang} for kind, lang, text in found]


def _places(data: Document) -> list[Document]:
    found = []
    for place in items(part(data, "coverage", "places")):
        point, box = coordinates(place.get("point"), 2), coordinates(place.get("box"), 4)
        entry = _filled(
            geoLocationPlace=one(place.get("name"), "en", "ja"),
            geoLocationPoint={"pointLongitude": point[0], "pointLatitude": point[1]} if point else {},
            geoLocationBox=dict(zip(("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude"),
                                    box, strict=True)) if box else {},
            geoLocationPolygon=_polygon(place.get("polygon")),
        )
        if entry:
            found.append(entry)
    return _unique(found)


def _polygon(value: object) -> list[Document]:
    points = [coordinates(point, 2) for point in value] if isinstance(value, list) else []
    if len(points) < 3 or not all(points):
        return []
    closed = points if points[0] == points[-1] else [*points, points[0]]
    if len(closed) < 4:
        return []
    return [{"polygonPoint": {"pointLongitude": point[0], "pointLatitude": point[1]}} for point in closed]


def coordinates(value: object, count: int) -> list[float]:
    """``count`` numbers on the earth (longitude, latitude, …), else []."""
    if not isinstance(value, (list, tuple)) or len(value) != count:
        return []
    for n, number in enumerate(value):
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not abs(number) <= (180, 90)[n % 2]:
            return []
    return list(value)


def _funding(data: Document) -> list[Document]:
    found = []
    for entry in items(data.get("funding")):
        funder = terms.funder(entry)
        name = one(funder["name"], "en", "ja")
        if not name:
            continue
        code = funder["ror"] or funder["erad_code"]
        found.append(
            _filled(
                funderName=name,
                funderIdentifier=code,
                funderIdentifierType=("ROR" if funder["ror"] else "Other") if code else "",
                awardNumber=clean(entry.get("award_number")),
                awardTitle=one(entry.get("award_title"), "en", "ja"),
            )
        )
    return _unique(found)
