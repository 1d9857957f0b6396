"""Words of the room: contexts and facts that come in; packs, forms, vocabularies and shown rows that go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel.days import Day
from izumi.kernel.text import Text
from izumi.profiles.shown import Completeness, Facet, Form, FormSection, Row, Section, Shown
from izumi.profiles.specs import (
    STEPS,
    FieldSpec,
    Input,
    Lookup,
    Obligation,
    Pack,
    Piece,
    RuleSpec,
    SectionSpec,
    Step,
    TableColumn,
    TableView,
    Term,
    Vocabulary,
)

__all__ = [
    "CONFIRM_REASONS", "STEPS", "Completeness", "Context", "Document", "Facet", "FieldSpec", "Form", "FormSection",
    "Input", "Known", "Lookup", "Obligation", "OrganisationFacts", "Pack", "PersonFacts", "Piece", "ProjectFacts", "Row",
    "RuleSpec", "Section", "SectionSpec", "Shown", "SiteFacts", "Step", "TableColumn", "TableView", "Term", "Vocabulary",
]  # fmt: skip

Document = dict[str, Any]

CONFIRM_REASONS = frozenset({"novelty", "patent", "contract", "export_control"})
"""Reasons with which an embargo never ends by itself: it waits for the data manager's confirmation."""


# -- what comes in ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What rules may know beside the document. Nothing here is fetched by a rule."""

    today: Day
    kind: str = "dataset"
    publicly_funded: bool = False
    """The record belongs to a project paid by a public call (公募型の研究資金), so the funding items are obligatory."""
    project_numbers: frozenset[str] = frozenset()
    """Numbers of the record's projects exactly as issued."""
    data_numbers_in_project: frozenset[str] = frozenset()
    """Data numbers of the *other* records in its projects; for an entry those of the other entries too."""
    project_starts_on: Day | None = None
    """First day of the record's project (the earliest of several)."""
    project_ends_on: Day | None = None
    """Last day of the record's project (the latest of several)."""
    files_count: int | None = None
    files_bytes: int | None = None
    """``None`` = not known here (an import); 0 = no files."""
    lookups: Mapping[str, Any] = field(default_factory=dict)
    """Results of the look-ups that packs declare (`queries.lookups`), by name; what was not found is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFacts:
    """An organisation or department as its card in the site knows it."""

    name: Text
    """Legal name, not abbreviated."""
    ror: str = ""
    address: Text = field(default_factory=Text)
    phone: str = ""
    email: str = ""
    url: str = ""
    licence: str = ""
    """Licence that its data policy proposes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """A person as the account knows them."""

    name: Mapping[str, Any]
    """``{"ja": {"family", "given", "middle"}, "en": {…}}``, or whole names."""
    identifiers: tuple[tuple[str, str], ...] = ()
    """Pairs (scheme, value), e.g. ``("e-Rad_Researcher", "30413925")``."""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """A project and its grant."""

    title: Text
    publicly_funded: bool = True
    research_field: str = ""
    """e-Rad field code of the project (プロジェクトの分野)."""
    funder_code: str = ""
    """Code in the vocabulary ``funders``; the members below win over it."""
    funder_name: Text = field(default_factory=Text)
    funder_ror: str = ""
    funder_erad_code: str = ""
    programme: Text = field(default_factory=Text)
    programme_code: str = ""
    award_number: str = ""
    """体系的番号 exactly as issued."""
    erad_project_id: str = ""
    next_data_number: str = ""
    """The data number proposed for the next record of this project."""
    licence: str = ""
    goal: Text = field(default_factory=Text)
    """ムーンショット目標 of its programme, e.g. 「目標2 …」; the number is read from its beginning."""
    profiles: tuple[str, ...] = ()
    """Packs in force for its records beside the common items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """The site itself, as a repository."""

    name: Text
    url: str = ""
    """Not written into documents: addresses of the site itself are built on output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known about a record before anybody has typed anything."""

    organisation: OrganisationFacts | None = None
    department: OrganisationFacts | None = None
    person: PersonFacts | None = None
    projects: tuple[ProjectFacts, ...] = ()
    site: SiteFacts | None = None
    record_id: str = ""
    entry: Document | None = None
    """The entry of a plan that the record answers, as `rules.shape_entry` gives it; it comes before everything else."""
