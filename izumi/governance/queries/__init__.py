"""Every read of governance: reports as they are asked for, and what was handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from django.conf import settings

from izumi.governance import rules, wording
from izumi.governance.queries import erad, tables
from izumi.governance.queries.lacking import lacking
from izumi.governance.queries.scope import Scope, scope_for
from izumi.governance.queries.submissions import due, submission, submissions
from izumi.governance.types import EradRow, Name, Report, Row, Span, Tally
from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.ids import parse_id
from izumi.people import queries as people
from izumi.people.types import RoundCard

__all__ = ["asked_by", "due", "erad_rows", "may_ask_of_project", "report", "submission", "submissions"]

may_ask_of_project = rules.may_ask_of_project
LANGUAGES = ("ja", "en")
_TABLES: dict[Name, Callable[[Scope, Span, str], tables.Table]] = {Name.COMMON: tables.thirty_columns, Name.MOONSHOT: tables.moonshot}


def report(
    actor: Actor, name: str, *, project: str | None = None, programme: str | None = None, organisation: str | None = None,
    period: str | None = None, round: str | None = None, lang: str = "ja",
) -> Report:  # fmt: skip
    """A report of a project, a programme or an organisation.

    ``period`` is ``FY2026`` (1 April – 31 March, Japan time) or ``FROM/TO`` with both days included, ``round`` a reporting
    round with its day and fiscal year; without either everything up to today. Everything that can be refused is refused
    here; the rows of tables then stream. Raises ``Invalid`` (what is wrong with the question), ``NotThere``, 401 and 403.

    Cost: at most 7 statements, and 4 for each 500 records while the rows are read.
    """
    chosen, spoken = rules.report_named(name), _language(lang)
    card = people.round_(parse_id(round, "round")) if round else None
    scope = scope_for(actor, project=project, programme=programme, organisation=organisation, round_=card)
    span = rules.span_of(chosen, period, card, clock.today())
    return _erad(actor, scope, span, spoken) if chosen is Name.ERAD else _table(actor, chosen, scope, span, spoken)


def _language(lang: str) -> str:
    if lang not in LANGUAGES:
        raise rules.fault("language-unknown", "/lang", "lang は ja か en です。", "lang is ja or en.")
    return lang


def _table(actor: Actor, name: Name, scope: Scope, span: Span, lang: str) -> Report:
    tally, table = Tally(), _TABLES[name](scope, span, lang)
    findings = (rules.number_finding(card, span.fiscal_year) for card in scope.projects.values())
    return Report(
        name=name, lang=lang, scope=scope.title, span=span, source=wording.source_of(settings.IZUMI_TITLE), columns=table[0],
        header_rows=table[1], rows=tables.rows_of(actor, scope, span, table, tally),
        notes=wording.notes_on(name, span, partial=scope.partial), tally=tally, partial=scope.partial,
        findings=tuple(one for one in findings if one is not None), project=scope.id if scope.kind == "project" else "",
    )  # fmt: skip


def _erad(actor: Actor, scope: Scope, span: Span, lang: str) -> Report:
    tally, columns = Tally(), erad.columns(lang)
    rows, findings = erad.counted(actor, scope, span, tally)
    return Report(
        name=Name.ERAD, lang=lang, scope=scope.title, span=span, source=wording.source_of(settings.IZUMI_TITLE), columns=columns,
        header_rows=(tuple(column.label for column in columns),), rows=_once(rows, lang),
        notes=wording.notes_on(Name.ERAD, span, partial=scope.partial), tally=tally, partial=scope.partial,
        findings=tuple(findings), project=scope.id if scope.kind == "project" else "",
        totals=erad.totals(rows, partial=scope.partial),
    )  # fmt: skip


def _once(rows: list[EradRow], lang: str) -> Iterator[Row]:
    yield from erad.as_rows(rows, lang)


def asked_by(actor: Actor, round_: RoundCard, project: str, *, lang: str = "ja") -> Report:
    """The report that a round asks of a project, with what should be mended before it is handed in as its first findings.

    It holds what its recipient may see: the funder of the programme. Items that are narrowed by themselves, which PM and
    owners read, are not handed on by handing in. Cost: as ``report``, and reading its records once more.
    """
    recipient = replace(actor, keys=frozenset({"public", f"role:funder@programme:{round_.programme}"}), scopes=None)
    made = report(recipient, round_.scheme, project=project, round=round_.id, lang=lang)
    scope = scope_for(actor, project=project, programme=None, organisation=None, round_=round_)
    told = lacking(actor, scope, scope.projects[scope.id], made.span)
    return replace(made, findings=(*told, *made.findings))


def erad_rows(actor: Actor, project: str, *, period: str | None = None, round: str | None = None) -> tuple[EradRow, ...]:
    """The total to type into e-Rad for one project, by organisation, for pages; raises as ``report`` does."""
    card = people.round_(parse_id(round, "round")) if round else None
    scope = scope_for(actor, project=project, programme=None, organisation=None, round_=card)
    rows, _ = erad.counted(actor, scope, rules.span_of(Name.ERAD, period, card, clock.today()), Tally())
    return tuple(rows)
