"""Words of the hub: kinds, states and what leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from izumi.kernel.days import Day, Instant
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text
from izumi.policy.types import AccessFacts, AccessStatement, Verdict

Document = dict[str, Any]

KINDS: Mapping[str, Text] = {
    "dataset": Text({"ja": "データセット", "en": "Dataset"}),
    "collection": Text({"ja": "コレクション", "en": "Collection"}),
    "publication": Text({"ja": "論文・出版物", "en": "Publication"}),
    "software": Text({"ja": "ソフトウェア", "en": "Software"}),
}


PROFILES = ("common",)
"""Profiles in force for every record; further ones are named by its document."""


class DraftState(StrEnum):
    """Where the one editable state stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class DraftKind(StrEnum):
    """What a draft of a published record may change."""

    FILES = "files"
    """A new version n+1."""
    METADATA = "metadata"
    """A correction n.r (訂正): the metadata only, same identifier."""


class SealState(StrEnum):
    """Whether the newest state stands in the preservation layout."""

    SEALING = "sealing"
    SEALED = "sealed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One line of a version list."""

    n: int
    correction: int
    published_at: Instant
    published_on: Day
    note: str
    withdrawn: bool = False
    why: str = ""
    files: int = 0
    size_bytes: int = 0

    @property
    def label(self) -> str:
        """``2`` or ``2.1`` when corrected."""
        return f"{self.n}.{self.correction}" if self.correction else str(self.n)

    def as_json(self) -> Document:
        """The public shape in ``versions``."""
        return {
            "n": self.n,
            "correction": self.correction,
            "published_on": self.published_on.isoformat(),
            "note": self.note,
            "withdrawn": self.withdrawn,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """A record as one reader may see it – the only thing that leaves this room."""

    id: str
    kind: str
    state: str
    draft_state: str | None
    version: int | None
    correction: int
    is_draft: bool
    """Whether ``metadata`` is the draft's; else it is the version's."""
    revision: int
    metadata: Document
    unmapped: tuple[Document, ...]
    owner: str
    owner_organisation: str
    projects: tuple[str, ...]
    plan_entries: tuple[str, ...]
    profiles: Mapping[str, str]
    identifiers: tuple[Document, ...]
    links: tuple[Document, ...]
    versions: tuple[VersionLine, ...]
    files_summary: Mapping[str, int]
    seal: Mapping[str, Any]
    statement: AccessStatement
    facts: AccessFacts
    access_revision: int
    can: Mapping[str, bool]
    """What this reader may do: see, read, edit, submit, review, publish, withdraw, manage."""
    reading: Verdict
    """The decision about the files, with its reasons."""
    published_on: Day | None
    updated_on: Day | None
    scheduled_on: Day | None
    returned_why: str = ""
    withdrawn_at: Instant | None = None
    withdrawn_why: str = ""
    stamp: int = 0
    edge: int = 0
    draft_kind: str | None = None
    has_draft: bool = False
    findings: tuple[Finding, ...] = field(default=())
    loaded: Any = field(default=None, repr=False, compare=False)
    """The rows it was made from, so that this room's own pages need not read them again; no other room may use it."""

    @property
    def title(self) -> Text:
        """The title in the languages there are."""
        value = self.metadata.get("title")
        return Text(value if isinstance(value, dict) else {})

    @property
    def files_version(self) -> int:
        """The number under which the files shown are kept: the version's, or *latest + 1* for a draft of files."""
        if not self.is_draft:
            return self.version or 0
        latest = max((line.n for line in self.versions), default=0)
        return latest if self.draft_kind == DraftKind.METADATA else latest + 1

    @property
    def is_withdrawn(self) -> bool:
        """Whether a tombstone stands here."""
        return self.withdrawn_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """One line of a list of records: narrow columns only, no document is loaded."""

    id: str
    kind: str
    state: str
    draft_state: str | None
    title: Text
    access_class: str
    version: int
    owner: str
    owner_organisation: str
    updated_at: Instant
    published_on: Day | None
    scheduled_on: Day | None
    submitted_at: Instant | None
    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reality:
    """What is so about a record, for comparing it with a plan: narrow columns, no document."""

    id: str
    kind: str
    state: str
    title: Text
    data_number: str
    access_class: str
    """The class in force once published, before that the draft's; an embargo that ended reads ``open``."""
    available_on: Day | None
    opens: str
    metadata_class: str
    published_on: Day | None
    created_at: Instant
    changed_at: Instant
    """The last public change; before the first publication the last change."""
    updated_at: Instant
    withdrawn: bool
    withdrawn_at: Instant | None
    size_bytes: int
    files: int
    version: int
    draft_state: str | None
    scheduled_on: Day | None
    projects: tuple[str, ...]
    plan_entries: tuple[str, ...]
    owner: str
    """Empty while nobody of the project has taken it up."""
    owner_organisation: str
    lacks: tuple[str, ...]
    """Pointers of obligatory items that are missing or wrong; files aside."""
    quota_bytes: int | None
    editors: tuple[str, ...]
    discarded: bool
    """Never published, and its draft was thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """What the catalogue may know of a published record: the public projection, with who may see it now."""

    id: str
    kind: str
    state: str
    title: Text
    alternative_titles: tuple[Text, ...]
    description: Text
    summary: Text
    keywords: tuple[Text, ...]
    people: tuple[Text, ...]
    organisations: tuple[tuple[str, Text], ...]
    identifiers: tuple[str, ...]
    funder_codes: tuple[str, ...]
    projects: tuple[tuple[str, Text], ...]
    field: str
    type: str
    licence: str
    access_class: str
    year: int
    published_on: Day
    size_bytes: int
    has_files: bool
    audience: frozenset[str]
    next_edge: Instant | None
    usable_now: str
    """``now`` (anyone may read), ``request`` (may be asked for) or ``no``."""
