"""Reports with one row per managed dataset: the 30 common columns, and the Moonshot table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from izumi.formats import queries as formats
from izumi.governance import rules
from izumi.governance.queries.scope import Scope
from izumi.governance.types import Column, Evidence, Row, Span, Tally
from izumi.kernel.actors import Actor
from izumi.kernel.contracts import Package
from izumi.kernel.days import day_of, end_of, start_of
from izumi.kernel.text import Text
from izumi.people.types import ProjectCard
from izumi.profiles import queries as profiles
from izumi.records import queries as records
from izumi.records.queries import Reported

COMMON_WIDTHS = {
    "title": 40, "description": 60, "award_title": 30, "funder": 30, "url": 36, "citation": 30, "remarks": 30, "repository": 26,
    "licence": 26, "creators": 26, "hosting_organisation": 26, "contact_email": 26,
}  # fmt: skip
MOONSHOT_WIDTHS = {0: 30, 1: 10, 2: 36, 3: 60, 4: 24, 5: 30, 6: 36, 7: 30, 8: 40, 9: 30}

Table = tuple[tuple[Column, ...], tuple[tuple[str, ...], ...], Callable[[Reported], tuple[str, ...]]]


def thirty_columns(scope: Scope, span: Span, lang: str) -> Table:
    """Columns, header row and cells of メタデータの共通項目. The codec of the format is the only one that knows the columns."""
    told = formats.common_columns()
    columns = tuple(Column(id=one["key"], label=one[lang], width=COMMON_WIDTHS.get(one["key"], 18)) for one in told)

    def cells(one: Reported) -> tuple[str, ...]:
        document = rules.with_funding(one.document, _cards(scope, one), scope.programmes, span.fiscal_year)
        written = formats.common_cells(_package(one, document), lang)
        return tuple(written.get(column.id, "") for column in columns)

    return columns, (tuple(column.label for column in columns),), cells


def moonshot(scope: Scope, span: Span, lang: str) -> Table:
    """Columns, two header rows and cells of the Moonshot table.

    Source: facts SYS-050; the columns are a view of the pack ``moonshot``.
    """
    view = profiles.table_view("moonshot")
    columns = tuple(
        Column(id=one.id, label=one.label.one(lang), width=MOONSHOT_WIDTHS.get(n, 24)) for n, one in enumerate(view.columns)
    )

    def cells(one: Reported) -> tuple[str, ...]:
        package = _package(one, one.document)
        facts = {"/repository/url": formats.address(package), **profiles.goal_facts(_goal(scope, one))}
        return profiles.table_row(view, one.document, lang, facts={key: value for key, value in facts.items() if value})

    return columns, view.header(lang), cells


def rows_of(actor: Actor, scope: Scope, span: Span, table: Table, tally: Tally) -> Iterator[Row]:
    """The rows, streamed; ``tally`` fills on the way. Cost: 1 statement, and 4 for each 500 records."""
    columns, _, cells = table
    for one in known_by(actor, scope, span):
        in_period = span.holds(day_of(one.first_published_at))
        if not in_period and not span.whole:
            continue
        why = rules.left_out(one.kind, one.document)
        if why:
            tally.skip(why)
            continue
        written = cells(one)
        tally.rows += 1
        tally.in_period += in_period
        told = {column.id: cell for column, cell in zip(columns, written, strict=True)}
        yield Row(cells=written, told={**told, "record": one.id}, evidence=(evidence_of(one),))


def known_by(actor: Actor, scope: Scope, span: Span) -> Iterator[Reported]:
    """The records that count by their day, oldest first; of an organisation those that it keeps."""
    since = None if span.whole or span.since is None else start_of(span.since)
    projects = () if scope.kind == "organisation" else tuple(scope.projects)
    return records.reported(actor, projects=projects, organisations=scope.organisations, at=end_of(span.as_of), from_=since)


def evidence_of(one: Reported) -> Evidence:
    """The line of the list behind."""
    return Evidence(
        id=one.id, title=one.title, url=records.urls_of(one.id, None).resolver, access_class=one.access_class,
        published_on=day_of(one.first_published_at),
    )  # fmt: skip


def _cards(scope: Scope, one: Reported) -> list[ProjectCard]:
    return [scope.projects[key] for key in one.projects if key in scope.projects]


def _package(one: Reported, document: dict[str, object]) -> Package:
    return Package(
        id=one.id, kind=one.kind, state="published", version=one.version, urls=records.urls_of(one.id, None), metadata=document,
        access=one.document["access"], publisher=Text(), organisation={"id": one.owner_organisation},
        published_on=day_of(one.first_published_at).isoformat(), updated_on=str(document.get("updated_on") or ""),
    )  # fmt: skip


def _goal(scope: Scope, one: Reported) -> Text:
    found = (scope.programmes.get(card.programme or "") for card in _cards(scope, one))
    return next((programme.goal for programme in found if programme is not None and programme.goal), Text())
