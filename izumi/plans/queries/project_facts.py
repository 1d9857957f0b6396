"""What comparing projects with their plans needs: many projects in a fixed number of statements, nothing filtered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from izumi.kernel.days import Day, Instant, fiscal_year
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.people.types import ProjectCard, RoundCard
from izumi.plans.deviations import Key, PlanHeld, ProjectFacts, Promise, RoundDue
from izumi.plans.models import Deviation, Entry, EntryRecord, Plan
from izumi.profiles import queries as profiles
from izumi.records import queries as records
from izumi.records.types import Reality

MANY = 100
"""So many projects are looked at together: what they hold must fit into memory."""


def facts_of(
    project_ids: Iterable[str], *, noticed: Mapping[str, Mapping[str, Instant]] | None = None
) -> dict[str, ProjectFacts]:
    """The facts of these projects, unfiltered: for workers, and for queries that filter by reader afterwards.

    ``noticed`` tells, by project, when the events happened because of which it is looked at. Cost: 11 statements, whatever the
    number of projects, plans, entries and records.
    """
    cards = people.projects(project_ids)
    if not cards:
        return {}
    terms = _terms(cards)
    plans, promises = _plans(cards), _promises(cards)
    found = records.reality({key for told in promises.values() for one in told for key in one.records}, projects=cards)
    since = _since(cards)
    return {
        key: _facts(card, terms, plans[key], promises[key], found, since[key], (noticed or {}).get(key, {}))
        for key, card in cards.items()
    }


def _facts(
    card: ProjectCard, terms: Terms, plans: list[PlanHeld], promises: list[Promise], found: Mapping[str, Reality],
    since: dict[Key, Instant], noticed: Mapping[str, Instant],
) -> ProjectFacts:  # fmt: skip
    answering = {key for promise in promises for key in promise.records}
    mine = {key: one for key, one in found.items() if key in answering or card.id in one.projects}
    call_day = terms.plan_days.get(card.call or "")
    lacked = {pointer for one in mine.values() for pointer in one.lacks}
    return ProjectFacts(
        project=card.id, title=card.title, plan_due_on=call_day or card.starts_on, due_by_call=call_day is not None,
        exempt=bool(card.no_plan_why), plans=tuple(plans), promises=tuple(promises), records=mine,
        rounds=tuple(_rounds(card, terms.rounds.get(card.programme or "", ()))), since=since, noticed=noticed,
        labels={pointer: profiles.label(pointer) for pointer in lacked},
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What calls and programmes ask of projects: by call the last day for the plan, by programme the rounds."""

    plan_days: Mapping[str, Day]
    rounds: Mapping[str, list[RoundCard]]


def _terms(cards: Mapping[str, ProjectCard]) -> Terms:
    """Cost: 2 statements, or none."""
    calls = people.calls({card.call for card in cards.values() if card.call})
    rounds: dict[str, list[RoundCard]] = defaultdict(list)
    programmes = {card.programme for card in cards.values() if card.programme}
    for one in people.rounds_of(programmes) if programmes else ():
        rounds[one.programme].append(one)
    return Terms(plan_days={key: call.plan_due_on for key, call in calls.items() if call.plan_due_on}, rounds=rounds)


def _rounds(card: ProjectCard, rounds: Iterable[RoundCard]) -> Iterable[RoundDue]:
    """The rounds that ask for this project: it had begun by the round's day, and had not ended in an earlier fiscal year."""
    for one in rounds:
        begun = card.starts_on is None or card.starts_on <= one.as_of
        if begun and (card.ends_on is None or fiscal_year(card.ends_on) >= one.fiscal_year):
            yield RoundDue(id=one.id, due_on=one.due_on, title=one.title)


def _plans(project_ids: Iterable[str]) -> dict[str, list[PlanHeld]]:
    """The plans of each project, the oldest first. Cost: 1 statement."""
    found: dict[str, list[PlanHeld]] = {key: [] for key in project_ids}
    rows = Plan.objects.filter(project__in=list(found)).order_by("created_at", "id")
    for row in rows.values("id", "project", "version", "owner", "next_review_on", "title", "draft_row__state"):
        found[row["project"]].append(
            PlanHeld(
                id=row["id"], version=row["version"], owner=row["owner"], next_review_on=row["next_review_on"],
                title=Text(row["title"]), draft_state=row["draft_row__state"],
            )
        )
    return found


def _promises(project_ids: Iterable[str]) -> dict[str, list[Promise]]:
    """The entries in force of each project in the order of its plans, with what answers them. Cost: 2 statements."""
    found: dict[str, list[Promise]] = {key: [] for key in project_ids}
    standing = Entry.objects.filter(project__in=list(found), retired_at=None)
    answers: dict[str, list[str]] = defaultdict(list)
    pairs = EntryRecord.objects.filter(entry__project__in=list(found), entry__retired_at=None).order_by("id")
    for entry, record in pairs.values_list("entry_id", "record"):
        answers[entry].append(record)
    for row in standing.order_by("plan__created_at", "plan_id", "place"):
        found[row.project].append(
            Promise(
                entry=row.id, plan=row.plan_id, number=row.number, title=Text(row.title), managed=row.managed,
                access_class=row.access_class, available_on=row.available_on, opens=row.opens or "auto",
                register_by=row.register_by, publish_on=row.publish_on, keep_until=row.keep_until, size_bytes=row.size_bytes,
                responsible=row.responsible, records=tuple(answers[row.id]),
            )
        )
    return found


def _since(project_ids: Iterable[str]) -> dict[str, dict[Key, Instant]]:
    """Since when each open deviation has been known. Cost: 1 statement."""
    found: dict[str, dict[Key, Instant]] = {key: {} for key in project_ids}
    rows = Deviation.objects.filter(project__in=list(found), settled_at=None)
    for project, code, plan, entry, record, since in rows.values_list("project", "code", "plan", "entry", "record", "since"):
        found[project][code, plan, entry, record] = since
    return found
