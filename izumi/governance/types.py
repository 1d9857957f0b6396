"""Words of reports: what is asked, the rows of the answer, what was handed in. Plain Python, no Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from izumi.kernel.days import Day, Instant
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text, both
from izumi.people.types import ProjectCard, RoundCard


class Name(StrEnum):
    """The reports there are."""

    COMMON = "common"
    MOONSHOT = "moonshot"
    ERAD = "erad"


LABELS: Mapping[str, Text] = {
    Name.COMMON: both("メタデータの共通項目（30 列）", "Common metadata elements (30 columns)"),
    Name.MOONSHOT: both("ムーンショットのデータ一覧", "Moonshot data table"),
    Name.ERAD: both("e-Rad に入力するメタデータ件数", "Metadata counts to type into e-Rad"),
}

CLASSES = ("open", "shared", "closed", "embargoed")
"""Access classes in the order of our extra split."""


class Standing(StrEnum):
    """Where something that was handed in stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


STANDING_LABELS: Mapping[str, Text] = {
    "": both("未提出", "Not handed in"),
    Standing.SUBMITTED: both("提出済み（確認待ち）", "Handed in, waiting"),
    Standing.RETURNED: both("差し戻し", "Returned"),
    Standing.ACCEPTED: both("受理", "Accepted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days that a report is about: what was known by the end of ``as_of``; ``since`` is the first day of the period."""

    as_of: Day
    since: Day | None = None
    """``None``: everything there is (cumulative)."""
    until: Day | None = None
    """Last day of the period; a round's ``as_of`` may lie after the year that it counts."""
    fiscal_year: int
    """The year for which numbers of projects are printed."""
    whole: bool = False
    """Whether a table lists everything known even though a period counts (a reporting round hands in the whole catalogue)."""
    unfinished: bool = False
    """Whether the period, or the round's day, is not over: the figures are those of today."""

    def holds(self, day: Day) -> bool:
        """Whether a first publication on that day lies in the period."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCountable:
    """A figure that cannot be given, and why; never a zero."""

    why: Text

    def as_json(self) -> dict[str, Any]:
        """The value as it stands in an answer."""
        return {"not_countable": self.why.as_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole, never without its denominator."""

    part: int
    whole: int
    unseen: bool = False
    """Whether the asker may not see all of the whole."""

    @property
    def percent(self) -> float | NotCountable:
        """With one decimal; not countable without a whole, or where only a part of it may be seen."""
        if self.unseen:
            return NotCountable(why=both("一部のレコードしか見られないため", "only some of the records may be seen"))
        if not self.whole:
            return NotCountable(why=both("対象のレコードがないため", "there are no records to divide by"))
        return round(100 * self.part / self.whole, 1)

    def as_json(self) -> dict[str, Any]:
        """Numerator, denominator and the quotient or why there is none."""
        value = self.percent
        return {
            "numerator": self.part, "denominator": self.whole,
            "percent": value.as_json() if isinstance(value, NotCountable) else value,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name in JSON, its official label, and a width for spreadsheets."""

    id: str
    label: str
    width: int = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One record behind a figure: enough to find it and to check the count."""

    id: str
    title: Text
    url: str
    access_class: str
    published_on: Day

    def as_json(self) -> dict[str, Any]:
        """For answers and frozen copies."""
        return {
            "id": self.id, "title": self.title.as_json(), "url": self.url, "access": self.access_class,
            "published_on": self.published_on.isoformat(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: the cells in the order of the columns, the same as an object, and the records behind it."""

    cells: tuple[str | int, ...]
    told: Mapping[str, Any]
    evidence: tuple[Evidence, ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What is only known when all rows were read; fills while they are."""

    rows: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    """How many records were left out, by reason: ``unmanaged`` or their kind."""
    in_period: int = 0
    """How many of the records listed were first published in the period."""

    def skip(self, why: str) -> None:
        """Count a record that was left out."""
        self.skipped[why] = self.skipped.get(why, 0) + 1

    def as_json(self) -> dict[str, Any]:
        """For answers."""
        left = sum(self.skipped.values())
        return {"rows": self.rows, "of": self.rows + left, "in_period": self.in_period, "skipped": dict(sorted(self.skipped.items()))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report. ``rows`` is read once and streams; ``tally`` is complete when it was read to its end."""

    name: str
    lang: str
    scope: Text
    """Of what: the project, programme or organisation by name."""
    span: Span
    source: Text
    columns: tuple[Column, ...]
    header_rows: tuple[tuple[str, ...], ...]
    """The official header: one row, or two where a heading spans several columns."""
    rows: Iterable[Row]
    notes: tuple[Text, ...]
    """How was counted."""
    tally: Tally
    findings: tuple[Finding, ...] = ()
    partial: bool = False
    """Whether the asker's role may leave records out that the asker may not see."""
    project: str = ""
    """Set when the report is of one project."""
    totals: Mapping[str, Any] | None = None
    """Sums over all rows, where a report has figures."""

    @property
    def as_of(self) -> Day:
        """The last day that counts."""
        return self.span.as_of

    def head_json(self) -> dict[str, Any]:
        """Everything but rows and totals."""
        return {
            "name": self.name, "as_of": self.as_of.isoformat(), "scope": self.scope.as_json(),
            "period": {
                "from": self.span.since.isoformat() if self.span.since else None,
                "until": (self.span.until or self.as_of).isoformat(),
                "fiscal_year": self.span.fiscal_year, "unfinished": self.span.unfinished,
            },
            "source": self.source.as_json(), "lang": self.lang, "partial": self.partial,
            "columns": [{"id": one.id, "label": one.label} for one in self.columns],
            "header_rows": [list(row) for row in self.header_rows], "notes": [note.as_json() for note in self.notes],
            "findings": [finding.as_json() for finding in self.findings],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EradRow:
    """The total to type into e-Rad for one number and one organisation, with our split and the list behind."""

    project: str
    title: Text
    scheme: str
    """``e-Rad``, ``JGN`` or the scheme of whatever number there is; empty when there is none."""
    number: str
    organisation: str
    organisation_name: Text
    count: int
    cumulative: int
    """All that were known by the cut-off day, whenever they were first published."""
    by_class: Mapping[str, int]
    evidence: tuple[Evidence, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """The identifiers behind ``count``: as many."""
        return tuple(one.id for one in self.evidence)

    def as_json(self) -> dict[str, Any]:
        """The public shape of interface.md, and our extras."""
        return {
            "project": self.project, "number": self.number, "organisation": self.organisation, "count": self.count,
            "by_class": dict(self.by_class), "records": list(self.records), "scheme": self.scheme, "title": self.title.as_json(),
            "organisation_name": self.organisation_name.as_json(), "cumulative": self.cumulative,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLine:
    """What was handed in, without its rows."""

    id: str
    round: str
    project: str
    report: str
    as_of: Day
    state: str
    late: bool
    digest: str
    """SHA-256 of the CSV exactly as it is downloaded."""
    counts: Mapping[str, Any]
    submitted_by: str
    submitted_at: Instant
    why: str = ""
    decided_by: str = ""
    decided_at: Instant | None = None
    replaces: str | None = None
    can: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionView(SubmissionLine):
    """A submission with its frozen copy."""

    frozen: Mapping[str, Any]
    """``columns``, ``header_rows``, ``rows``, ``evidence``, ``notes`` and the rest of the report's head, as on that day."""
    round_card: RoundCard
    project_card: ProjectCard


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """A project's report that a round asks for, and where it stands."""

    round: RoundCard
    project: ProjectCard
    state: str
    """Empty while nothing was handed in."""
    submission: str
    late: bool
    """Handed in late, or not handed in and overdue."""
    may_submit: bool

    @property
    def href(self) -> str:
        """Where to go: the receipt, or the page that hands in."""
        if self.submission and self.state != Standing.RETURNED:
            return f"/reports/submissions/{self.submission}"
        return f"/reports/hand-in/{self.round.id}/{self.project.id}"
