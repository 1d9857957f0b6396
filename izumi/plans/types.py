"""Words of plans: entries as promises, reality beside them, deviations with their ways out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from izumi.kernel.days import Day, Instant, iso
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text, both

Document = dict[str, Any]


STATE_LABELS: Mapping[str, Text] = {
    "draft": both("作成中", "Draft"),
    "submitted": both("提出済み", "Submitted"),
    "returned": both("差し戻し", "Returned"),
    "adopted": both("採用", "Adopted"),
}
"""Where a plan stands; one in force stays ``adopted`` while a revision of it is open."""


class Step(StrEnum):
    """Who is asked to say yes to a plan; the order is data of the programme or its call."""

    INSTITUTION = "institution"
    PM = "pm"
    AGENCY = "agency"


STEP_LABELS: Mapping[str, Text] = {
    "institution": both("機関", "Institution"),
    "pm": both("PM（代表者）", "PM (leader)"),
    "agency": both("資金配分機関", "Funder"),
}


class Code(StrEnum):
    """How reality can leave a plan."""

    PROJECT_WITHOUT_PLAN = "project-without-plan"
    RECORD_WITHOUT_ENTRY = "record-without-entry"
    LATE = "late"
    LARGER = "larger"
    OTHER_CLASS = "other-class"
    MISSING = "missing"


CODE_LABELS: Mapping[str, Text] = {
    "project-without-plan": both("計画のないプロジェクト", "Project without a plan"),
    "record-without-entry": both("計画にないデータ", "Data not in the plan"),
    "late": both("期限超過", "Late"),
    "larger": both("容量の超過", "Larger than planned"),
    "other-class": both("アクセス権の違い", "Other access class"),
    "missing": both("未登録・不足", "Missing"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """What settles a deviation: ``code`` names the act, ``href`` the page where it is done."""

    code: str
    text: Text
    href: str = ""

    def as_json(self) -> Document:
        """For answers."""
        return {"code": self.code, "text": self.text.as_json(), "href": self.href or None}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationView:
    """One place where reality differs from the plan, as of now."""

    code: str
    project: str
    plan: str | None
    entry: str | None
    record: str | None
    planned: Any
    actual: Any
    since: Instant
    message: Text
    ways_out: tuple[WayOut, ...]

    @property
    def label(self) -> Text:
        """The kind of deviation in words."""
        return CODE_LABELS[self.code]

    def as_json(self) -> Document:
        """The shape of ``GET /plans/{id}/deviations`` (interface.md)."""
        return {
            "entry": self.entry, "record": self.record, "plan": self.plan, "project": self.project, "code": self.code,
            "planned": self.planned, "actual": self.actual, "since": iso(self.since), "message": self.message.as_json(),
            "ways_out": [way.as_json() for way in self.ways_out],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One planned dataset: the promise (``document``, names of the metadata document), and what answers it."""

    id: str
    number: str
    title: Text
    document: Document
    """The whole entry, ``planned`` and ``unmapped`` included."""
    records: tuple[str, ...] = ()
    """The records that answer it, the one made by adoption first."""
    reality: tuple[Any, ...] = ()
    """``records.types.Reality`` of those records, in the same order."""
    deviations: tuple[DeviationView, ...] = ()

    @property
    def planned(self) -> Document:
        """The promises that have no place in the metadata: days, size, who."""
        told = self.document.get("planned")
        return told if isinstance(told, dict) else {}

    def as_json(self) -> Document:
        """The entry with ``record`` (interface.md) and all ``records``."""
        return {**self.document, "id": self.id, "record": self.records[0] if self.records else None, "records": list(self.records)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """The open working document of a plan, for those who may read it."""

    state: str
    """``open``, ``submitted`` or ``returned``."""
    revision: int
    base: int
    reason: str
    why: str
    step: str | None
    """Whose yes is waited for while it is submitted."""
    document: Document
    submitted_at: Instant | None = None
    submitted_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One adoption."""

    n: int
    adopted_at: Instant
    adopted_by: str
    reason: str
    chain: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan as one reader may see it."""

    id: str
    project: str
    title: Text
    form: str
    state: str
    version: int
    owner: str
    owner_organisation: str
    programme: str
    call: str
    chain: tuple[str, ...]
    document: Document
    """The version in force; before the first adoption the draft."""
    entries: tuple[EntryView, ...]
    draft: DraftView | None
    versions: tuple[VersionLine, ...]
    can: Mapping[str, bool]
    """What this reader may do: see, edit, submit, return, adopt, revise."""
    created_at: Instant
    updated_at: Instant
    adopted_at: Instant | None
    next_review_on: Day | None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def etag(self) -> str:
        """For ``If-Match``: names the draft's revision while one is open, else the version in force."""
        return f'"{self.id}-r{self.draft.revision}"' if self.draft else f'"{self.id}-v{self.version}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One line of a list of plans: narrow columns only."""

    id: str
    project: str
    title: Text
    form: str
    state: str
    draft_state: str | None
    version: int
    entries: int
    owner: str
    owner_organisation: str
    updated_at: Instant
    adopted_at: Instant | None
    next_review_on: Day | None
