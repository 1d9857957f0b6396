"""JPCOAR 1.0 from a 2.0 record: what 1.0 has no word for is said in its nearest word, or left out.

Source: jpcoar-1.0 (XSD v1.0.2).
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from izumi.formats.codecs.jpcoar import tables

NEW, OLD = tables.namespace("2.0"), tables.namespace("1.0")
DATACITE, RDF = tables.NAMESPACES["datacite"], tables.NAMESPACES["rdf"]
ABSENT = frozenset({
    f"{{{tables.NAMESPACES['dcterms']}}}date", f"{{{NEW}}}fundingStreamIdentifier", f"{{{NEW}}}fundingStream",
    f"{{{tables.NAMESPACES['dcndl']}}}edition", f"{{{tables.NAMESPACES['dcndl']}}}volumeTitle",
    f"{{{tables.NAMESPACES['dcterms']}}}extent", f"{{{NEW}}}format",
})
TYPES = frozenset({"dataset", "software", "article", "other"})
RELATED = frozenset("ARK arXiv DOI HDL ICHUSHI ISBN J-GLOBAL Local PISSN EISSN NAID PMID PURL SCOPUS URI WOS".split())
RELATIONS = frozenset(
    """isVersionOf hasVersion isPartOf hasPart isReferencedBy references isFormatOf hasFormat isReplacedBy replaces
    isRequiredBy requires isSupplementTo isSupplementedBy isIdenticalTo isDerivedFrom isSourceOf""".split()
)
FUNDERS = frozenset({"Crossref Funder", "GRID", "ISNI", "Other"})


def downgraded(source: bytes) -> bytes:
    """The 1.0 form of a 2.0 record that this room wrote."""
    root = etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True))
    for element in list(root.iter()):
        parent = element.getparent()
        if parent is not None and (element.tag in ABSENT or not _kept(element)):
            parent.remove(element)
        else:
            _simplify(element)
    text = etree.tostring(root, encoding="unicode").replace(NEW, OLD)
    return b"<?xml version='1.0' encoding='UTF-8'?>\n" + text.encode() + b"\n"


def _kept(element: Any) -> bool:
    name = etree.QName(element).localname
    if name == "nameIdentifier":
        return element.get("nameIdentifierScheme") != "ROR"
    if name == "relatedIdentifier":
        return element.get("identifierType") in RELATED
    # 1.0 knows days, not ranges.
    return not (name == "date" and "/" in (element.text or ""))


def _simplify(element: Any) -> None:
    name = etree.QName(element).localname
    element.attrib.pop("nameType", None)
    if element.get("nameIdentifierScheme") == "e-Rad_Researcher":
        element.set("nameIdentifierScheme", "e-Rad")
    if name == "subject" and element.get("subjectScheme") in ("e-Rad_field", "JEL"):
        element.set("subjectScheme", "Other")
    elif name == "subject" and element.get("subjectScheme") == "SciVal":
        element.set("subjectScheme", "Sci-Val")
    elif name == "relation" and element.get("relationType") not in RELATIONS:
        element.attrib.pop("relationType", None)
    elif name == "type" and element.text not in TYPES:
        element.text = "dataset"
        element.set(f"{{{RDF}}}resource", "http://purl.org/coar/resource_type/c_ddb1")
    elif name in ("funderIdentifier", "awardNumber"):
        element.tag = f"{{{DATACITE}}}{name}"
        element.attrib.pop("awardNumberType", None)
        if name == "funderIdentifier" and element.get("funderIdentifierType") not in FUNDERS:
            element.set("funderIdentifierType", "Other")
