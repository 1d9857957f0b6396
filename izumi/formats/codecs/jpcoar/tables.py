"""What JPCOAR calls things, by version. Source: jpcoar-2.0, jpcoar-2.1 (item list and XSD)."""

from __future__ import annotations

NAMESPACES: dict[str | None, str] = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "datacite": "https://schema.datacite.org/meta/kernel-4/",
    "oaire": "http://namespace.openaire.eu/schema/oaire/",
    "dcndl": "http://ndl.go.jp/dcndl/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}

NAME_SCHEMES = {
    "e-rad_researcher": "e-Rad_Researcher", "e-rad": "e-Rad_Researcher", "erad": "e-Rad_Researcher",
    "nrid": "NRID", "orcid": "ORCID", "isni": "ISNI", "viaf": "VIAF", "ringgold": "Ringgold", "grid": "GRID", "ror": "ROR",
}

ROLES = {
    "contact_person": "ContactPerson", "data_collector": "DataCollector", "data_curator": "DataCurator",
    "data_manager": "DataManager", "distributor": "Distributor", "editor": "Editor",
    "hosting_institution": "HostingInstitution", "producer": "Producer", "project_leader": "ProjectLeader",
    "project_manager": "ProjectManager", "project_member": "ProjectMember", "related_person": "RelatedPerson",
    "researcher": "Researcher", "research_group": "ResearchGroup", "sponsor": "Sponsor", "supervisor": "Supervisor",
    "work_package_leader": "WorkPackageLeader", "other": "Other",
}

SUBJECT_SCHEMES = ("BSH", "DDC", "JEL", "LCC", "LCSH", "MeSH", "NDC", "NDLC", "NDLSH", "SciVal", "UDC")

DESCRIPTIONS = {"methods": "Methods", "technical": "TechnicalInfo", "table_of_contents": "TableOfContents", "other": "Other"}

DATES = {
    "accepted": "Accepted", "available": "Available", "collected": "Collected", "copyrighted": "Copyrighted",
    "created": "Created", "issued": "Issued", "submitted": "Submitted", "updated": "Updated", "valid": "Valid",
}

RELATIONS_20 = {
    "IsCitedBy": "isCitedBy", "Cites": "Cites", "IsVersionOf": "isVersionOf", "HasVersion": "hasVersion",
    "IsPartOf": "isPartOf", "HasPart": "hasPart", "IsReferencedBy": "isReferencedBy", "References": "references",
    "IsFormatOf": "isFormatOf", "HasFormat": "hasFormat", "IsReplacedBy": "isReplacedBy", "Replaces": "replaces",
    "IsRequiredBy": "isRequiredBy", "Requires": "requires", "IsSupplementTo": "isSupplementTo",
    "IsSupplementedBy": "isSupplementedBy", "IsIdenticalTo": "isIdenticalTo", "IsDerivedFrom": "isDerivedFrom",
    "IsSourceOf": "isSourceOf", "InSeries": "inSeries",
    "IsNewVersionOf": "replaces", "IsPreviousVersionOf": "isReplacedBy",
    "Obsoletes": "replaces", "IsObsoletedBy": "isReplacedBy",
    "IsVariantFormOf": "isFormatOf", "IsOriginalFormOf": "hasFormat",
}
RELATIONS_21 = RELATIONS_20 | {
    "Cites": "cites", "IsCollectedBy": "isCollectedBy", "Collects": "collects", "Continues": "continues",
    "IsContinuedBy": "isContinuedBy", "IsTranslationOf": "isTranslationOf", "HasTranslation": "hasTranslation",
}

IDENTIFIERS_20 = {
    "ark": "ARK", "arxiv": "arXiv", "crid": "CRID", "doi": "DOI", "hdl": "HDL", "handle": "HDL", "ichushi": "ICHUSHI",
    "isbn": "ISBN", "j-global": "J-GLOBAL", "local": "Local", "pissn": "PISSN", "eissn": "EISSN", "issn": "ISSN",
    "naid": "NAID", "ncid": "NCID", "pmid": "PMID", "purl": "PURL", "scopus": "SCOPUS", "uri": "URI", "url": "URI",
    "wos": "WOS",
}
IDENTIFIERS_21 = IDENTIFIERS_20 | {"cstr": "CSTR", "rrid": "RRID"}

SEQUENCE = (
    "title", "alternative", "creator", "contributor", "accessRights", "apc", "rights", "rightsHolder", "subject", "description",
    "publisher", "date", "language", "type", "version", "identifier", "identifierRegistration", "relation", "temporal",
    "geoLocation", "fundingReference", "sourceIdentifier", "edition", "volumeTitle", "originalLanguage", "extent", "format",
    "holdingAgent", "datasetSeries", "sourceTitle", "volume", "issue", "numPages", "pageStart", "pageEnd",
    "dissertationNumber", "degreeName", "dateGranted", "degreeGrantor", "conference", "file", "catalog",
)
"""The order of elements that the XSD demands, by local name."""

WRITTEN_BACK = frozenset(
    "rightsHolder temporal sourceIdentifier edition volumeTitle extent format sourceTitle volume issue numPages pageStart "
    "pageEnd dissertationNumber degreeName file".split()
)
"""Elements without a place in the document that are written back into the version of JPCOAR from which they came."""

COUNTS = ("numPages", "pageStart", "pageEnd")
VALUES = {
    "nameIdentifierScheme": frozenset("e-Rad_Researcher NRID ORCID ISNI VIAF AID kakenhi Ringgold GRID ROR".split()),
    "identifierType": frozenset("PISSN EISSN ISSN NCID".split()),
    "objectType": frozenset("abstract dataset fulltext iiif software summary thumbnail other".split()),
}
"""What the XSD allows in the elements that are written back: others wrote them, and we never emit what is invalid."""


def namespace(version: str) -> str:
    """The XML namespace of a JPCOAR version."""
    return f"https://github.com/JPCOAR/schema/blob/master/{version}/"


def first_back(table: dict[str, str]) -> dict[str, str]:
    """The table turned round; of several keys with one value the first wins."""
    found: dict[str, str] = {}
    for key, value in table.items():
        found.setdefault(value, key)
    return found
