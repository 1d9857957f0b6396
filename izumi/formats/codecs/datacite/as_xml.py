"""DataCite JSON attributes as kernel-4 XML (valid for 4.5, 4.6 and 4.7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from izumi.formats import document
from izumi.formats.codecs.datacite import tables
from izumi.formats.document import clean
from izumi.formats.markup import Tree
from izumi.kernel.contracts import Document

_LISTS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("titles", "title", "title", {"titleType": "titleType"}),
    ("subjects", "subject", "subject", {"subjectScheme": "subjectScheme", "schemeUri": "schemeURI", "valueUri": "valueURI"}),
    ("dates", "date", "date", {"dateType": "dateType", "dateInformation": "dateInformation"}),
    ("alternateIdentifiers", "alternateIdentifier", "alternateIdentifier", {"alternateIdentifierType": "alternateIdentifierType"}),
    ("relatedIdentifiers", "relatedIdentifier", "relatedIdentifier",
     {"relatedIdentifierType": "relatedIdentifierType", "relationType": "relationType"}),
    ("rightsList", "rights", "rights",
     {"rightsUri": "rightsURI", "rightsIdentifier": "rightsIdentifier", "rightsIdentifierScheme": "rightsIdentifierScheme",
      "schemeUri": "schemeURI"}),
    ("descriptions", "description", "description", {"descriptionType": "descriptionType"}),
)


def record(found: Document) -> bytes:
    """The XML of DataCite attributes as `write.record` makes them."""
    tree = Tree(
        "resource",
        {None: tables.SPACE, "xsi": "http://www.w3.org/2001/XMLSchema-instance"},
        f"{tables.SPACE} https://schema.datacite.org/meta/kernel-4.7/metadata.xsd",
    )
    root = tree.root
    if found.get("doi"):
        tree.add(root, "identifier", found["doi"], identifierType="DOI")
    else:
        tree.add(root, "identifier", found["url"], identifierType="URL")
    _people(tree, "creators", "creator", found.get("creators", []))
    _lists(tree, found, ("titles",))
    publisher = found["publisher"]
    tree.add(root, "publisher", publisher["name"], lang=publisher.get("lang", ""),
             publisherIdentifier=publisher.get("publisherIdentifier", ""),
             publisherIdentifierScheme=publisher.get("publisherIdentifierScheme", ""), schemeURI=publisher.get("schemeUri", ""))
    tree.add(root, "publicationYear", found["publicationYear"])
    tree.add(root, "resourceType", found["types"]["resourceType"], resourceTypeGeneral=found["types"]["resourceTypeGeneral"])
    _lists(tree, found, ("subjects",))
    _people(tree, "contributors", "contributor", found.get("contributors", []))
    _lists(tree, found, ("dates",))
    if found.get("language"):
        tree.add(root, "language", found["language"])
    _lists(tree, found, ("alternateIdentifiers", "relatedIdentifiers"))
    _plain(tree, "sizes", "size", found.get("sizes", []))
    _plain(tree, "formats", "format", found.get("formats", []))
    if found.get("version"):
        tree.add(root, "version", found["version"])
    _lists(tree, found, ("rightsList", "descriptions"))
    _places(tree, found.get("geoLocations", []))
    _funding(tree, found.get("fundingReferences", []))
    return tree.bytes()


def _lists(tree: Tree, found: Document, wanted: Iterable[str]) -> None:
    for group, name, member, attributes in _LISTS:
        entries = found.get(group, []) if group in wanted else []
        if entries:
            parent = tree.add(tree.root, group)
            for entry in entries:
                marks = {attribute: clean(entry.get(key)) for key, attribute in attributes.items()}
                tree.add(parent, name, entry.get(member, ""), lang=entry.get("lang", ""), **marks)


def _plain(tree: Tree, group: str, name: str, values: list[str]) -> None:
    if values:
        parent = tree.add(tree.root, group)
        for value in values:
            tree.add(parent, name, value)


def _people(tree: Tree, group: str, name: str, agents: list[Document]) -> None:
    if not agents:
        return
    parent = tree.add(tree.root, group)
    for agent in agents:
        place = tree.add(parent, name, contributorType=agent.get("contributorType", ""))
        tree.add(place, f"{name}Name", agent["name"], lang=agent.get("lang", ""), nameType=agent.get("nameType", ""))
        for member in ("givenName", "familyName"):
            if agent.get(member):
                tree.add(place, member, agent[member])
        for number in agent.get("nameIdentifiers", []):
            tree.add(place, "nameIdentifier", number["nameIdentifier"],
                     nameIdentifierScheme=number["nameIdentifierScheme"], schemeURI=number.get("schemeUri", ""))
        for affiliation in agent.get("affiliation", []):
            tree.add(place, "affiliation", affiliation["name"],
                     affiliationIdentifier=affiliation.get("affiliationIdentifier", ""),
                     affiliationIdentifierScheme=affiliation.get("affiliationIdentifierScheme", ""),
                     schemeURI=affiliation.get("schemeUri", ""))


def _places(tree: Tree, places: list[Document]) -> None:
    if not places:
        return
    parent = tree.add(tree.root, "geoLocations")
    for entry in places:
        place = tree.add(parent, "geoLocation")
        if entry.get("geoLocationPlace"):
            tree.add(place, "geoLocationPlace", entry["geoLocationPlace"])
        for name in ("geoLocationPoint", "geoLocationBox"):
            if entry.get(name):
                _numbers(tree, tree.add(place, name), entry[name])
        if entry.get("geoLocationPolygon"):
            shape = tree.add(place, "geoLocationPolygon")
            for point in entry["geoLocationPolygon"]:
                _numbers(tree, tree.add(shape, "polygonPoint"), point["polygonPoint"])


def _numbers(tree: Tree, parent: Any, values: Document) -> None:
    for name, value in values.items():
        tree.add(parent, name, format(value, ".10g"))


def _funding(tree: Tree, entries: list[Document]) -> None:
    if not entries:
        return
    parent = tree.add(tree.root, "fundingReferences")
    for entry in entries:
        place = tree.add(parent, "fundingReference")
        tree.add(place, "funderName", entry["funderName"])
        if entry.get("funderIdentifier"):
            tree.add(place, "funderIdentifier", entry["funderIdentifier"], funderIdentifierType=entry["funderIdentifierType"])
        if entry.get("awardNumber"):
            tree.add(place, "awardNumber", entry["awardNumber"], awardURI=document.iri(entry.get("awardUri", "")))
        if entry.get("awardTitle"):
            tree.add(place, "awardTitle", entry["awardTitle"])
