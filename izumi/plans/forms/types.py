"""Words of plan forms: a plan as it leaves, a plan as it was read, and the facts around both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel.contracts import Loss
from izumi.kernel.days import Day, Instant
from izumi.kernel.text import Text

PlanDocument = dict[str, Any]
"""A plan as ``POST /plans`` takes it, ``entries`` included."""
Entry = dict[str, Any]
"""One managed dataset of a plan: the metadata document's members, ``planned`` and ``unmapped``."""


# -- what goes out ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProject:
    """What the site knows about the project of a plan; forms repeat it, and never take it back from a file."""

    title: Text = field(default_factory=Text)
    description: Text = field(default_factory=Text)
    starts_on: Day | None = None
    ends_on: Day | None = None
    numbers: tuple[tuple[str, str], ...] = ()
    """Pairs (scheme, value) exactly as issued, e.g. ``("JGN", "JPMJMS9901")``."""
    funder_name: Text = field(default_factory=Text)
    funder_ror: str = ""
    funder_code: str = ""
    """e-Rad 配分機関コード."""
    award_number: str = ""
    programme: Text = field(default_factory=Text)
    programme_code: str = ""
    goal: Text = field(default_factory=Text)
    """ムーンショット目標."""
    leader: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFacts:
    """What stands behind an entry: the record that answers it, as of now."""

    url: str = ""
    """Absolute address of the record (``/id/{id}``)."""
    landing_url: str = ""
    issued_on: Day | None = None
    """The day its first version was published; ``None`` = nothing is published yet."""
    version: int = 0
    doi: str = ""
    size_bytes: int | None = None
    access_class: str = ""
    """``open|shared|closed|embargoed`` as in force; ``""`` = not known."""
    available_on: Day | None = None
    reused: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPackage:
    """A plan with the facts around it, already projected for its reader: what a writer of forms may say."""

    id: str
    document: PlanDocument
    version: int = 0
    """How many times it was adopted."""
    created: Instant
    modified: Instant
    url: str = ""
    """Absolute address of the plan."""
    project: PlanProject = field(default_factory=PlanProject)
    contact_organisation: Text = field(default_factory=Text)
    """Who answers when the plan names no contact."""
    contact_email: str = ""
    records: Mapping[str, RecordFacts] = field(default_factory=dict)
    """By entry id."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries in their order."""
        told = self.document.get("entries")
        return tuple(one for one in told if isinstance(one, dict)) if isinstance(told, list) else ()

    def record(self, entry: Entry) -> RecordFacts | None:
        """The record behind an entry."""
        return self.records.get(str(entry.get("id", "")))


# -- what comes in ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant that a plan names; by its number the project in the site can be found."""

    number: str
    scheme: str = ""
    """How the file calls the kind of number."""
    funder: str = ""
    """Identifier or name of the funder, as the file has it."""
    project_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A plan as it was read. ``document`` has no ids; ``losses`` say what has no place (and is kept in ``unmapped``)."""

    document: PlanDocument
    losses: tuple[Loss, ...] = ()
    grants: tuple[Grant, ...] = ()
