"""What plans ask of one person: a yes that is waited for, deviations, days that are near, data not begun yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from izumi.kernel.actors import Actor
from izumi.kernel.days import Day
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.plans.models import Deviation, Entry, EntryRecord, Obligation
from izumi.plans.queries.lists import plans_waiting
from izumi.plans.types import CODE_LABELS, PlanLine
from izumi.policy.rules import effective_keys
from izumi.records import queries as records

MOST = 30
"""Lines of each kind; more stand on the pages of the projects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something about an entry, a plan or a project, with where to go."""

    kind: str
    """Code of a deviation, kind of an obligation, or ``begin``."""
    title: Text
    number: str
    project: Text
    href: str
    day: Day | None = None
    label: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """Everything of one person."""

    waiting: tuple[PlanLine, ...] = ()
    """Plans for which their yes is asked."""
    deviations: tuple[Line, ...] = ()
    owed: tuple[Line, ...] = ()
    begin: tuple[Line, ...] = ()


def mine(actor: Actor, *, until: Day) -> Mine:
    """What asks for this person now and until a day: of projects they lead everything, of others what they answer for.

    Cost: at most 13 statements, whatever the number of projects and entries.
    """
    if actor.person is None:
        return Mine()
    keys = effective_keys(actor, "see")
    led = sorted(key.removeprefix("role:pm@project:") for key in keys if key.startswith("role:pm@project:"))
    mine_ids = Entry.objects.filter(responsible=actor.person, retired_at=None).values("id")
    own = Q(project__in=led) | Q(entry__in=mine_ids)
    found = list(Deviation.objects.filter(own, settled_at=None).order_by("since", "id")[:MOST])
    owed = list(Obligation.objects.filter(own, settled_at=None, day__lte=until).order_by("day", "id")[:MOST])
    entries = {one.id: one for one in _entries(actor.person, {row.entry for row in (*found, *owed)})}
    begin = _not_begun([one for one in entries.values() if one.responsible == actor.person])
    titles = people.project_titles({row.project for row in (*found, *owed, *begin)})
    names = {**_records(actor, [row.record for row in found if not row.entry]), **_rounds([row for row in owed if row.round])}
    return Mine(
        waiting=tuple(plans_waiting(actor, limit=MOST)),
        deviations=tuple(_deviation(row, entries.get(row.entry), titles, names) for row in found),
        owed=tuple(_owed(row, entries.get(row.entry), titles, names) for row in owed),
        begin=tuple(
            Line(
                kind="begin", title=Text(one.title), number=one.number, project=titles.get(one.project, Text()), day=one.register_by,
                href=f"/plans/{one.plan_id}?all=1#e-{one.id}",
            )
            for one in begin[:MOST]
        ),
    )  # fmt: skip


def _entries(person: str, ids: Iterable[str]) -> Iterable[Entry]:
    """The entries in force that are spoken of, and those of this person. Cost: 1 statement."""
    wanted = Q(id__in=list(ids)) | Q(responsible=person)
    return Entry.objects.filter(wanted, retired_at=None, managed=True).order_by("register_by", "place")[:500]


def _not_begun(entries: list[Entry]) -> list[Entry]:
    """Those behind which nothing stands yet: no record, or only an empty draft. Cost: 3 statements."""
    answers: dict[str, list[str]] = {one.id: [] for one in entries}
    for entry, record in EntryRecord.objects.filter(entry__in=answers).values_list("entry_id", "record") if entries else ():
        answers[entry].append(record)
    facts = records.reality({record for found in answers.values() for record in found}) if entries else {}

    def begun(entry: str) -> bool:
        return any(facts[r].files or facts[r].version for r in answers[entry] if r in facts and not facts[r].discarded)

    return [one for one in entries if not begun(one.id)]


def _records(actor: Actor, ids: list[str]) -> dict[str, Text]:
    """Titles of records that stand in no plan, where the reader may see them. Cost: 3 statements, or none."""
    wanted = [key for key in ids if key]
    seen = records.visible_facts(actor, wanted) if wanted else {}
    return {key: fact.title for key, fact in records.reality(seen).items() if fact.title} if seen else {}


def _rounds(rows: list[Obligation]) -> dict[str, Text]:
    """Titles of the rounds that ask for a report. Cost: 3 statements, or none."""
    if not rows:
        return {}
    programmes = {card.programme for card in people.projects({row.project for row in rows}).values() if card.programme}
    return {one.id: one.title for one in people.rounds_of(programmes)}


def _deviation(row: Deviation, entry: Entry | None, titles: dict[str, Text], names: dict[str, Text]) -> Line:
    project = titles.get(row.project, Text())
    title, href = project, f"/projects/{row.project}/plan"
    if row.entry:
        title, href = Text(entry.title) if entry else project, f"/plans/{row.plan}?all=1#e-{row.entry}"
    elif row.record and row.plan:
        title, href = names.get(row.record, both(row.record, row.record)), f"/plans/{row.plan}/assign?record={row.record}"
    return Line(
        kind=row.code, label=CODE_LABELS[row.code], title=title, number=entry.number if entry else "", project=project, href=href
    )


def _owed(row: Obligation, entry: Entry | None, titles: dict[str, Text], names: dict[str, Text]) -> Line:
    project = titles.get(row.project, Text())
    href = f"/plans/{row.plan}?all=1#e-{row.entry}" if row.entry else f"/reports/hand-in/{row.round}/{row.project}" if row.round \
        else f"/plans/{row.plan}" if row.plan else f"/projects/{row.project}/plan"  # fmt: skip
    return Line(
        kind=row.kind, title=Text(entry.title) if entry else names.get(row.round, project), number=entry.number if entry else "", project=project, href=href,
        day=row.day,
    )  # fmt: skip
