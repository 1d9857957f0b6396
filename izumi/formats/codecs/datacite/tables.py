"""What DataCite calls things. Source: datacite-4.7 (XSD and its vocabularies)."""

from __future__ import annotations

SPACE = "http://datacite.org/schema/kernel-4"

ROLES = {
    "contact_person": "ContactPerson", "data_collector": "DataCollector", "data_curator": "DataCurator",
    "data_manager": "DataManager", "distributor": "Distributor", "editor": "Editor",
    "hosting_institution": "HostingInstitution", "producer": "Producer", "project_leader": "ProjectLeader",
    "project_manager": "ProjectManager", "project_member": "ProjectMember", "registration_agency": "RegistrationAgency",
    "registration_authority": "RegistrationAuthority", "related_person": "RelatedPerson", "researcher": "Researcher",
    "research_group": "ResearchGroup", "rights_holder": "RightsHolder", "sponsor": "Sponsor", "supervisor": "Supervisor",
    "translator": "Translator", "work_package_leader": "WorkPackageLeader", "other": "Other",
}

RELATIONS = frozenset(
    """IsCitedBy Cites IsSupplementTo IsSupplementedBy IsContinuedBy Continues IsNewVersionOf IsPreviousVersionOf IsPartOf
    HasPart IsPublishedIn IsReferencedBy References IsDocumentedBy Documents IsCompiledBy Compiles IsVariantFormOf
    IsOriginalFormOf IsIdenticalTo HasMetadata IsMetadataFor Reviews IsReviewedBy IsDerivedFrom IsSourceOf Describes
    IsDescribedBy HasVersion IsVersionOf Requires IsRequiredBy Obsoletes IsObsoletedBy Collects IsCollectedBy
    HasTranslation IsTranslationOf Other""".split()
)
RELATION_OF = {"IsReplacedBy": "IsObsoletedBy", "Replaces": "Obsoletes", "IsFormatOf": "IsVariantFormOf",
               "HasFormat": "IsOriginalFormOf", "InSeries": "IsPartOf"}

IDENTIFIERS = {
    "ark": "ARK", "arxiv": "arXiv", "bibcode": "bibcode", "cstr": "CSTR", "doi": "DOI", "ean13": "EAN13", "eissn": "EISSN",
    "handle": "Handle", "hdl": "Handle", "igsn": "IGSN", "isbn": "ISBN", "issn": "ISSN", "istc": "ISTC", "lissn": "LISSN",
    "lsid": "LSID", "pmid": "PMID", "purl": "PURL", "raid": "RAiD", "rrid": "RRID", "swhid": "SWHID", "upc": "UPC",
    "url": "URL", "uri": "URL", "urn": "URN", "w3id": "w3id",
}

DATES = {
    "accepted": "Accepted", "available": "Available", "collected": "Collected", "copyrighted": "Copyrighted",
    "coverage": "Coverage", "created": "Created", "issued": "Issued", "other": "Other", "submitted": "Submitted",
    "updated": "Updated", "valid": "Valid", "withdrawn": "Withdrawn",
}

DESCRIPTIONS = {"methods": "Methods", "technical": "TechnicalInfo", "table_of_contents": "TableOfContents", "other": "Other"}

GENERAL = {"dataset": "Dataset", "laboratory_notebook": "Text", "software": "Software", "model": "Model",
           "collection": "Collection", "instrument": "Instrument", "workflow": "Workflow", "sample": "PhysicalObject",
           "physical_object": "PhysicalObject", "publication": "Text", "report": "Report", "plan": "OutputManagementPlan",
           "document": "Text"}

NAME_SCHEMES = {"ORCID": "https://orcid.org", "ROR": "https://ror.org", "ISNI": "https://isni.org", "GRID": "https://www.grid.ac"}
