"""The metadata document: which members there are and of which JSON type (names fixed by the product's design).

Everything is optional. Days, numbers and identifiers stay strings here, so that a half-written draft can be saved;
rules say what is wrong with them. Only a wrong JSON type or an unknown member is a fault of shape.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

LANGUAGE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8})*$"
"""BCP 47 as far as metadata need it: language, script (``ja-Kana``, ``ja-Latn``), region, variants."""

Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Text = dict[Language, str]


class Part(BaseModel):
    """A part of the document: unknown members are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=False)


class PersonName(Part):
    """A personal name in one language."""

    family: str | None = None
    given: str | None = None
    middle: str | None = None


def _name_form(value: Any) -> str:
    return "«whole»" if isinstance(value, str) else "«parts»"


NamePart = Annotated[
    Annotated[str, Tag("«whole»")] | Annotated[PersonName, Tag("«parts»")],
    Discriminator(_name_form),
]
Name = dict[Language, NamePart]
"""A person's name in parts, or a whole name (organisations, and people of whom only that is known)."""


class Identifier(Part):
    """A number with its scheme, exactly as issued."""

    scheme: str | None = None
    value: str | None = None
    uri: str | None = None
    primary: bool | None = None


class Organisation(Part):
    """An organisation by its legal name."""

    name: Text | None = None
    ror: str | None = None
    identifiers: list[Identifier] | None = None


class Agent(Part):
    """A person, or an organisation acting as one."""

    name: Name | None = None
    organisation: bool | None = None
    identifiers: list[Identifier] | None = None
    affiliations: list[Organisation] | None = None
    roles: list[str] | None = None


class Contributor(Agent):
    """Somebody who contributed in a named role."""

    role: str | None = None


class Keyword(Part):
    """A free word or a term of a vocabulary."""

    text: Text | None = None
    scheme: str | None = None
    uri: str | None = None


class Description(Part):
    """A further description of a stated type."""

    type: str | None = None
    text: Text | None = None


class Management(Part):
    """Why this is 管理対象データ."""

    managed: bool | None = None
    basis: str | None = None
    criterion: str | None = None
    decided_by: str | None = None
    on: str | None = None


class Contact(Part):
    """データ管理者の連絡先."""

    organisation: Text | None = None
    address: Text | None = None
    phone: str | None = None
    email: str | None = None
    url: str | None = None


class Funder(Part):
    """資金配分機関."""

    name: Text | None = None
    ror: str | None = None
    erad_code: str | None = None
    identifiers: list[Identifier] | None = None


class Funding(Part):
    """One grant; numbers exactly as issued."""

    funder: Funder | None = None
    programme: Text | None = None
    programme_code: str | None = None
    award_number: str | None = None
    erad_project_id: str | None = None
    award_title: Text | None = None


class AccessReason(Part):
    """Why the data are not open."""

    code: str | None = None
    note: Text | None = None
    review_on: str | None = None


def _reason_form(value: Any) -> str:
    return "«code»" if isinstance(value, str) else "«reason»"


Reason = Annotated[
    Annotated[str, Tag("«code»")] | Annotated[AccessReason, Tag("«reason»")],
    Discriminator(_reason_form),
]


class Opening(Part):
    """An event that ends an embargo."""

    event: str | None = None
    identifier: str | None = None


class FunderClass(Part):
    """A funder's own class beside the common one."""

    scheme: str | None = None
    value: str | None = None


class Access(Part):
    """アクセス権, 公開予定日, メタデータのアクセス権."""

    class_: str | None = Field(default=None, alias="class")
    available_on: str | None = None
    opens: str | None = None
    available_when: Opening | None = None
    reasons: list[Reason] | None = None
    scopes: list[str] | None = None
    metadata_class: str | None = None
    disclosure: dict[str, str] | None = None
    requests: str | None = None
    conditions: Text | None = None
    funder_class: FunderClass | None = None


class Right(Part):
    """A further statement of rights beside the one licence."""

    text: Text | None = None
    url: str | None = None


class Terms(Part):
    """管理対象データの利活用・提供方針."""

    fee: str | None = None
    licence: str | None = None
    licence_url: str | None = None
    rights: list[Right] | None = None
    citation: Text | None = None
    conditions: Text | None = None


class Repository(Part):
    """リポジトリ情報 and its address."""

    name: Text | None = None
    url: str | None = None


class AfterProject(Part):
    """Where the data go when the project ends, and until when they are kept."""

    repository: Repository | None = None
    keep_until: str | None = None


class Size(Part):
    """概略データ量; bytes and files are counted by the system."""

    approximate: str | None = None


class DateOf(Part):
    """A date or range in EDTF."""

    type: str | None = None
    value: str | None = None


class Reference(Part):
    """A thing named: a material, an instrument, a document that proves something."""

    name: Text | None = None
    scheme: str | None = None
    identifier: str | None = None
    uri: str | None = None
    note: Text | None = None


class Acquisition(Part):
    """How the data came to be."""

    methods: Text | None = None
    materials: list[Reference] | None = None
    instruments: list[Reference] | None = None
    settings: Text | None = None
    protocol: str | None = None


class Quality(Part):
    """How far the data can be relied on."""

    status: str | None = None
    uncertainty: Text | None = None
    completeness: Text | None = None
    validation: Text | None = None
    evidence: list[Reference] | None = None


class Relation(Part):
    """A link to another record or publication, in DataCite's words."""

    relation: str | None = None
    scheme: str | None = None
    identifier: str | None = None
    kind: str | None = None
    evidence: str | None = None
    title: Text | None = None


def _finite(value: float) -> float:
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("finite_number")
    return value


Coordinate = Annotated[float, AfterValidator(_finite)]


class Place(Part):
    """A place; longitude before latitude, degrees."""

    name: Text | None = None
    point: list[Coordinate] | None = None
    box: list[Coordinate] | None = None
    polygon: list[list[Coordinate]] | None = None
    datum: str | None = None


class Period(Part):
    """A time span that the data are about."""

    name: Text | None = None
    start: str | None = None
    end: str | None = None


class Coverage(Part):
    """Where and when the data are about."""

    places: list[Place] | None = None
    periods: list[Period] | None = None


class MetadataDocument(Part):
    """The metadata of one record. Source: izumi-document."""

    title: Text | None = None
    alternative_titles: list[Text] | None = None
    description: Text | None = None
    descriptions: list[Description] | None = None
    summary: Text | None = None
    data_number: str | None = None
    field: str | None = None
    type: str | None = None
    keywords: list[Keyword] | None = None
    creators: list[Agent] | None = None
    contributors: list[Contributor] | None = None
    hosting_organisation: Organisation | None = None
    manager: Agent | None = None
    administrator: Agent | None = None
    management: Management | None = None
    contact: Contact | None = None
    funding: list[Funding] | None = None
    access: Access | None = None
    terms: Terms | None = None
    publisher: Organisation | None = None
    repository: Repository | None = None
    after_project: AfterProject | None = None
    identifiers: list[Identifier] | None = None
    size: Size | None = None
    dates: list[DateOf] | None = None
    acquisition: Acquisition | None = None
    quality: Quality | None = None
    relations: list[Relation] | None = None
    coverage: Coverage | None = None
    languages: list[str] | None = None
    version_label: str | None = None
    outcome: str | None = None
    remarks: Text | None = None
    profiles: dict[str, dict[str, Any]] | None = None


class Sensitive(Part):
    """機微情報の有無 and how it is handled."""

    exists: str | None = None
    handling: Text | None = None


class Planned(Part):
    """What an entry of a plan promises beside metadata: days, bytes, who."""

    register_by: str | None = None
    publish_on: str | None = None
    size_bytes: int | None = None
    responsible: str | None = None
    editors: list[str] | None = None
    sensitive: Sensitive | None = None


class Unmapped(Part):
    """Something of another format that has no place here; it is written back."""

    format: str | None = None
    path: str | None = None
    value: Any = None


class PlanEntry(MetadataDocument):
    """One planned dataset: a partial metadata document with its promises. Source: izumi-document."""

    id: str | None = None
    planned: Planned | None = None
    unmapped: list[Unmapped] | None = None
