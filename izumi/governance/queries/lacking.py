"""What a PM should know before a report is handed in: obligatory items that are missing, data that are not in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from izumi.governance import rules
from izumi.governance.queries.scope import Scope
from izumi.governance.queries.tables import known_by
from izumi.governance.types import Span
from izumi.kernel.actors import Actor
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.people.types import ProjectCard
from izumi.profiles import queries as profiles
from izumi.profiles.types import Context
from izumi.records import queries as records
from izumi.records.queries import Reported

MOST = 100
"""So many records are told one by one."""


def lacking(actor: Actor, scope: Scope, card: ProjectCard, span: Span) -> tuple[Finding, ...]:
    """Findings about the rows of a report, then about what is not among them; none of them stops anybody.

    Cost: as reading the records; the rules of the profiles for each.
    """
    told: list[Finding] = []
    further = 0
    for one in known_by(actor, scope, span):
        found = () if rules.left_out(one.kind, one.document) else tuple(_missing(one, card, span))
        if found and len(told) < MOST:
            told.append(_finding(one, found))
        elif found:
            further += 1
    return (*told, *_further(further), *_unpublished(actor, card))


def _missing(one: Reported, card: ProjectCard, span: Span) -> Iterator[str]:
    context = Context(today=span.as_of, kind=one.kind, publicly_funded=bool(card.numbers))
    packs = ("common", card.profile) if card.profile else ("common",)
    found = profiles.findings(one.document, step="publish", profiles=packs, context=context)
    yield from dict.fromkeys(finding.pointer for finding in found if finding.blocks)


def _finding(one: Reported, pointers: Iterable[str]) -> Finding:
    names = [profiles.label(pointer) for pointer in pointers]
    title = one.title
    return Finding(
        rule="report-item-missing", severity=Severity.WARNING, pointer=f"/records/{one.id}",
        message=both(
            f"「{title.one('ja')}」に、必須の項目が足りないか、直すところがあります: {'、'.join(name.one('ja') for name in names)}",
            f"“{title.one('en')}” lacks obligatory items, or they need correcting: {', '.join(name.one('en') for name in names)}",
        ),
        source="common-items-2024-07-30",
        fix=both("レコードのメタデータを訂正してから提出してください。", "Correct its metadata before handing in."),
    )  # fmt: skip


def _further(count: int) -> Iterator[Finding]:
    if count:
        yield Finding(
            rule="report-items-missing-further", severity=Severity.WARNING, pointer="/records",
            message=both(f"ほかに {count} 件のレコードにも、足りない項目があります。", f"{count} further records lack items too."),
            source="common-items-2024-07-30", fix=both("先の指摘と同じように直してください。", "Correct them in the same way."),
        )  # fmt: skip


def _unpublished(actor: Actor, card: ProjectCard) -> Iterator[Finding]:
    """How many records of the project are not public yet, for those who see them all. Cost: 2 statements."""
    if not rules.sees_project_whole(actor, card):
        return
    count = sum(one.version == 0 and not one.discarded for one in records.reality(projects=[card.id]).values())
    if count:
        yield Finding(
            rule="report-unpublished", severity=Severity.TASK, pointer=f"/projects/{card.id}",
            message=both(
                f"まだ公開していないレコードが {count} 件あり、この報告には入りません。",
                f"{count} records of the project are not published yet and are not in this report.",
            ),
            source="izumi-report", fix=both("報告に入れるには、基準日までに公開してください。", "Publish them by the day of the report to include them."),
        )  # fmt: skip
