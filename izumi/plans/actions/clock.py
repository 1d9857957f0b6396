"""Watching: rows of deviations and obligations follow the journal and the clock; nobody writes them by hand.

`look` brings the rows of some projects in line with what is so; the consumer calls it for projects that events touch,
`pass_edges` for those of which a day has come. Both may run again after a crash: what was said is not said twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from izumi.kernel import clock
from izumi.kernel.actors import system
from izumi.kernel.days import Day, Instant, day_of, iso, shifted, start_of
from izumi.kernel.jobs import enqueue
from izumi.kernel.models import Cursor
from izumi.kernel.work import Work, work
from izumi.plans import obligations as owed
from izumi.plans.cause import Cause
from izumi.plans.deviations import Key, ProjectFacts, deviations
from izumi.plans.models import Deviation, Entry, Obligation
from izumi.plans.queries.project_facts import MANY, facts_of
from izumi.plans.types import Code, DeviationView

WATCH = system("plan watch")
JOB = "plans.clock"
DAY_AFTER = -1
"""The day after an agreed day is an edge too: what was not done is late."""


def look(project_ids: Iterable[str], causes: Mapping[str, Cause] | None = None) -> int:
    """Bring the rows of these projects in line with the facts; how many projects changed.

    Cost: 13 statements per hundred projects, and one transaction for each that changed.
    """
    wanted, known, changed = sorted(set(project_ids)), causes or {}, 0
    for start in range(0, len(wanted), MANY):
        some = wanted[start : start + MANY]
        facts = facts_of(some, noticed={key: cause.noticed() for key, cause in known.items()})
        rows = _rows(some)
        for key, one in facts.items():
            changed += _follow(one, rows[key], known.get(key) or Cause(first=clock.now()))
    await_edge()
    return changed


@dataclass(slots=True)
class Rows:
    """What is kept of one project."""

    deviations: dict[Key, Deviation] = field(default_factory=dict)
    obligations: dict[str, Obligation] = field(default_factory=dict)


def _rows(project_ids: Sequence[str]) -> dict[str, Rows]:
    """Cost: 2 statements."""
    found = {key: Rows() for key in project_ids}
    for row in Deviation.objects.filter(project__in=project_ids, settled_at=None):
        found[row.project].deviations[row.code, row.plan, row.entry, row.record] = row
    for due in Obligation.objects.filter(project__in=project_ids):
        found[due.project].obligations[due.key] = due
    return found


def _follow(facts: ProjectFacts, rows: Rows, cause: Cause) -> bool:
    """One project: compare first, and open a transaction only when something moved."""
    today = clock.today()
    found = {_key(view): view for view in deviations(facts, today)}
    moved = _moved(facts, rows.obligations, cause, today)
    gone = [row for key, row in rows.deviations.items() if key not in found]
    new = [view for key, view in found.items() if key not in rows.deviations]
    other = [(rows.deviations[key], view) for key, view in found.items() if _differs(rows.deviations.get(key), view)]
    if not (moved or gone or new or other):
        return False
    with work(WATCH, "plan.watch") as w:
        _settle(w, gone, cause)
        _found(w, new, cause)
        for row, view in other:
            Deviation.objects.filter(pk=row.pk).update(planned=view.planned, actual=view.actual)
        _speak(w, facts.project, moved, today)
        w.joined = True  # moving a day or a figure changes rows that nobody needs to hear of
    return True


def _key(view: DeviationView) -> Key:
    return (view.code, view.plan or "", view.entry or "", view.record or "")


def _differs(row: Deviation | None, view: DeviationView) -> bool:
    return row is not None and (row.planned != view.planned or row.actual != view.actual)


def _found(w: Work, views: Iterable[DeviationView], cause: Cause) -> None:
    told_of = list(views)
    Deviation.objects.bulk_create([_row(view) for view in told_of], batch_size=100)
    for view in told_of:
        code, plan, entry, record = _key(view)
        told = {"planned": view.planned, "actual": view.actual, "since": iso(view.since)}
        w.journal("deviation.found", view.project, {**_named(code, plan, entry, record), **told, "how": cause.verb_for(record)})


def _row(view: DeviationView) -> Deviation:
    code, plan, entry, record = _key(view)
    return Deviation(
        code=code, project=view.project, plan=plan, entry=entry, record=record, planned=view.planned, actual=view.actual,
        since=view.since,
    )  # fmt: skip


def _settle(w: Work, rows: Iterable[Deviation], cause: Cause) -> None:
    for row in rows:
        Deviation.objects.filter(pk=row.pk).update(settled_at=w.now)
        told = {"since": iso(row.since), "how": cause.verb_for(row.record)}
        w.journal("deviation.settled", row.project, {**_named(row.code, row.plan, row.entry, row.record), **told})


def _named(code: str, plan: str, entry: str, record: str) -> dict[str, Any]:
    return {"code": code, "plan": plan or None, "entry": entry or None, "record": record or None}


# --- obligations -----------------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Moved:
    """One obligation as it shall be kept, and the reminder that it says now."""

    row: Obligation
    says: int | None = None


def _moved(facts: ProjectFacts, rows: Mapping[str, Obligation], cause: Cause, today: Day) -> list[Moved]:
    """The obligations whose rows are new, moved, settled, reopened, or that have something to say."""
    wanted = {due.key: due for due in owed.obligations(facts, today)}
    changed = [found for due in wanted.values() if (found := _kept(facts.project, due, rows.get(due.key), cause, today))]
    for key, row in rows.items():
        if key not in wanted and row.settled_at is None:
            row.settled_at = clock.now()
            changed.append(Moved(row=row))
    return changed


def _kept(project: str, due: owed.Due, row: Obligation | None, cause: Cause, today: Day) -> Moved | None:
    """What becomes of one obligation; ``None`` when its row stays as it is."""
    begun = day_of(cause.first)
    if row is None and due.kind == "report" and due.day < begun:
        return None  # a round that was over before the project came to it
    kept = row or Obligation(key=due.key, kind=due.kind, project=project, day=due.day, spoken=owed.passed_over(due.day, begun))
    before = (kept.pk, kept.day, kept.plan, kept.entry, kept.round, kept.settled_at, list(kept.spoken))
    if kept.day != due.day:
        kept.day, kept.spoken = due.day, owed.passed_over(due.day, begun)
    kept.plan, kept.entry, kept.round = due.plan, due.entry, due.round
    kept.settled_at = _settled_at(due, kept, cause)
    edge = owed.reminder(kept.day, kept.spoken, today)
    kept.spoken = owed.spoken_until(kept.day, kept.spoken, today)
    if before == (row and row.pk, kept.day, kept.plan, kept.entry, kept.round, kept.settled_at, kept.spoken) and row is not None:
        return None
    return Moved(row=kept, says=None if kept.settled_at is not None else edge)


def _settled_at(due: owed.Due, row: Obligation, cause: Cause) -> Instant | None:
    done = due.done
    if done is None:
        handed = cause.reports.get(due.round)
        done = row.settled_at is not None if handed is None else handed
    return (row.settled_at or clock.now()) if done else None


def _speak(w: Work, project: str, moved: Iterable[Moved], today: Day) -> None:
    told = list(moved)
    known, new = ([one.row for one in told if (one.row.pk is None) is fresh] for fresh in (False, True))
    Obligation.objects.bulk_update(known, ["day", "plan", "entry", "round", "spoken", "settled_at"], batch_size=50)
    Obligation.objects.bulk_create(new, batch_size=100)
    for one in told:
        row = one.row
        if one.says is not None:
            w.journal(
                "obligation.due", project,
                {
                    "kind": row.kind, "day": row.day.isoformat(), "days_left": (row.day - today).days, "plan": row.plan or None,
                    "entry": row.entry or None, "round": row.round or None, "project": project,
                },
            )  # fmt: skip


# --- the clock -------------------------------------------------------------------------------------------------------


def pass_edges() -> int:
    """Look at the projects of which a day has come since the last time: a reminder, an agreed day, the day after it.

    How far the clock was followed is kept, so that what was missed while nothing ran is caught up, once. Cost: 9 statements
    when no day has come, whatever the number of plans.
    """
    today = clock.today()
    kept = Cursor.objects.filter(pk=JOB).values_list("seq", flat=True).first()
    last = Day.fromordinal(kept) if kept else Day.min
    if last > today:  # the domain clock was set back (tests, the demo)
        last = shifted(today, -1)
    projects = _with_edge(last, today) if last < today else set()
    changed = look(projects)
    Cursor.objects.update_or_create(pk=JOB, defaults={"seq": today.toordinal()})
    return changed


def _with_edge(after: Day, until: Day) -> set[str]:
    """Projects of which an edge lies in (after, until]. Cost: 6 statements, each over a range of an index."""
    found: set[str] = set()
    for days in (*owed.EDGES, DAY_AFTER):
        due = Obligation.objects.filter(settled_at=None, day__gt=shifted(after, days), day__lte=shifted(until, days))
        found |= set(due.values_list("project", flat=True).distinct())
    early = _opened_early().filter(available_on__gt=after, available_on__lte=until)
    return found | set(early.values_list("project", flat=True))


def _opened_early() -> QuerySet[Entry]:
    """Entries whose data were opened before the end of their embargo: on its day they are as planned again."""
    noted = Deviation.objects.filter(code=Code.OTHER_CLASS, settled_at=None).values("entry")
    return Entry.objects.filter(pk__in=noted, access_class="embargoed", retired_at=None)


def await_edge() -> None:
    """Queue the clock for the next day on which any obligation has an edge; one job for the whole site. Cost: 7 statements."""
    due = next(iter(sorted(_next_edges(clock.today()))), None)
    if due is not None:
        enqueue(JOB, {}, owner=WATCH.id, dedup=JOB, due=start_of(due))


def _next_edges(today: Day) -> Iterator[Day]:
    standing = Obligation.objects.filter(settled_at=None)
    for days in (*owed.EDGES, DAY_AFTER):
        day = standing.filter(day__gt=shifted(today, days)).order_by("day").values_list("day", flat=True).first()
        if day is not None:
            yield shifted(day, -days)
    early = _opened_early().filter(available_on__gt=today).order_by("available_on").values_list("available_on", flat=True).first()
    if early is not None:
        yield early
