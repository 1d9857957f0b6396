"""The total to type into e-Rad: by number and organisation, without double count, with the list behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from izumi.governance import rules
from izumi.governance.queries.scope import Scope
from izumi.governance.queries.tables import evidence_of
from izumi.governance.types import CLASSES, Column, EradRow, Evidence, Row, Share, Span, Tally
from izumi.kernel.actors import Actor
from izumi.kernel.days import day_of, end_of
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.people.types import OrganisationCard, ProjectCard
from izumi.policy.types import CLASS_LABELS
from izumi.records import queries as records


@dataclass(frozen=True, slots=True)
class _Known:
    """A record, reduced to what is counted."""

    evidence: Evidence
    in_period: bool
    owner: str
    hosting: dict[str, Any]
    projects: tuple[str, ...]


@dataclass(slots=True)
class _Cell:
    """What one project has at one organisation."""

    counted: list[Evidence] = field(default_factory=list)
    cumulative: int = 0


def counted(actor: Actor, scope: Scope, span: Span, tally: Tally) -> tuple[list[EradRow], list[Finding]]:
    """One row for each project and organisation: the leading one and partners always, others where they host a record.

    Cost: 1 statement, 4 for each 500 records, and as many as organisations lie below each other.
    """
    known = list(_known(actor, scope, span, tally))
    further = {key for one in known for key in one.projects} - set(scope.projects) if scope.organisations else set()
    scope.projects.update(people.projects(further) if further else {})
    cards = _organisations(scope, known)
    above = {key: card.parent for key, card in cards.items()}
    named = rules.hosts_by_name(cards.values())
    cells: dict[str, dict[str, _Cell]] = {key: {one: _Cell() for one in _taking_part(card)} for key, card in scope.projects.items()}
    for one in known:
        for project in one.projects:
            if project not in scope.projects:
                continue
            wanted = (*_taking_part(scope.projects[project]), scope.id)
            host = rules.host_of({"hosting_organisation": one.hosting}, one.owner, named, above, wanted)
            cell = cells[project].setdefault(host, _Cell())
            cell.cumulative += 1
            if one.in_period:
                cell.counted.append(one.evidence)
    rows = [row for key, card in scope.projects.items() for row in _rows(card, cells[key], cards, span, scope.organisations)]
    tally.rows = len(rows)
    tally.in_period = sum(one.in_period for one in known)
    return rows, list(_findings(scope, rows, span))


def _known(actor: Actor, scope: Scope, span: Span, tally: Tally) -> Iterator[_Known]:
    """Everything known by the cut-off day, of the projects in question; the period is decided per record."""
    asked = records.reported(actor, projects=tuple(scope.projects), organisations=scope.organisations, at=end_of(span.as_of))
    for one in asked:
        why = rules.left_out(one.kind, one.document)
        if why:
            tally.skip(why)
            continue
        hosting = one.document.get("hosting_organisation")
        yield _Known(
            evidence_of(one), span.holds(day_of(one.first_published_at)), one.owner_organisation,
            hosting if isinstance(hosting, dict) else {}, one.projects,
        )  # fmt: skip


def _taking_part(card: ProjectCard) -> tuple[str, ...]:
    return tuple(dict.fromkeys((card.organisation, *card.partners)))


def _organisations(scope: Scope, known: Iterable[_Known]) -> dict[str, OrganisationCard]:
    """Those that take part, those that own records, and all above them. Cost: 1 statement for each level."""
    wanted = {one for card in scope.projects.values() for one in _taking_part(card)} | {one.owner for one in known}
    found: dict[str, OrganisationCard] = {}
    while wanted:
        found |= people.organisations(wanted)
        wanted = {card.parent for card in found.values() if card.parent} - set(found)
    return found


def _rows(
    card: ProjectCard, cells: Mapping[str, _Cell], cards: Mapping[str, OrganisationCard], span: Span, only: tuple[str, ...]
) -> Iterator[EradRow]:
    scheme, number = rules.number_in(card, span.fiscal_year)
    for organisation, cell in cells.items():
        if only and organisation not in only:
            continue
        split = dict.fromkeys(CLASSES, 0)
        for one in cell.counted:
            split[one.access_class] += 1
        name = cards[organisation].legal_name if organisation in cards else Text()
        yield EradRow(
            project=card.id, title=card.title, scheme=scheme, number=number, organisation=organisation, organisation_name=name,
            count=len(cell.counted), cumulative=cell.cumulative, by_class=split, evidence=tuple(cell.counted),
        )  # fmt: skip


def _findings(scope: Scope, rows: Iterable[EradRow], span: Span) -> Iterator[Finding]:
    for card in scope.projects.values():
        found = rules.number_finding(card, span.fiscal_year)
        if found is not None:
            yield found
    for row in rows:
        if row.organisation not in (*_taking_part(scope.projects[row.project]), scope.id):
            who = row.organisation_name
            yield Finding(
                rule="organisation-not-in-project", severity=Severity.WARNING, pointer=f"/projects/{row.project}",
                message=both(
                    f"「{who.one('ja')}」が管理するレコードがありますが、プロジェクトの代表機関・分担機関に登録されていません。別の行に数えました。",
                    f"“{who.one('en')}” hosts records but is neither the leading nor a partner organisation; they are counted in a row of its own.",
                ),
                source="izumi-report", fix=both("分担機関なら、プロジェクトに加えてください。", "If it is a partner, add it to the project."),
            )  # fmt: skip


# --- as a table -------------------------------------------------------------------------------------------------------

_COLUMNS = (
    ("number", both("e-Rad 課題ID・体系的番号", "e-Rad project ID / Japan Grant Number"), 26),
    ("scheme", both("番号の種類", "Kind of number"), 14),
    ("title", both("プロジェクト名", "Project name"), 40),
    ("organisation_name", both("機関", "Organisation"), 32),
    ("count", both("メタデータ件数", "Number of metadata records"), 14),
    *((f"by_class.{one}", CLASS_LABELS[one], 12) for one in CLASSES),
    ("cumulative", both("累計", "Cumulative"), 10),
    ("project", both("プロジェクト（Izumi）", "Project (Izumi)"), 14),
    ("organisation", both("機関（Izumi）", "Organisation (Izumi)"), 14),
    ("records", both("根拠のレコード", "Records behind"), 40),
)


def columns(lang: str) -> tuple[Column, ...]:
    """The total first, then our split, then where to find it."""
    return tuple(Column(id=key, label=label.one(lang), width=width) for key, label, width in _COLUMNS)


def as_rows(rows: Iterable[EradRow], lang: str) -> Iterator[Row]:
    """The rows as cells; the numbers stay numbers."""
    for one in rows:
        split = tuple(one.by_class[key] for key in CLASSES)
        cells = (
            one.number, one.scheme, one.title.one(lang), one.organisation_name.one(lang), one.count, *split, one.cumulative,
            one.project, one.organisation, " ".join(one.records),
        )  # fmt: skip
        yield Row(cells=cells, told=one.as_json(), evidence=one.evidence)


def totals(rows: Iterable[EradRow], *, partial: bool) -> dict[str, Any]:
    """Sums over all rows with their denominators."""
    told = list(rows)
    distinct = {key for row in told for key in row.records}
    counted = sum(row.count for row in told)
    opened = {one.id for row in told for one in row.evidence if one.access_class == "open"}
    return {
        "counted": counted, "records": len(distinct), "counted_in_several": counted - len(distinct),
        "open": Share(part=len(opened), whole=len(distinct), unseen=partial).as_json(),
    }  # fmt: skip
