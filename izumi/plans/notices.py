"""What people should know about plans: a yes that is waited for, what came back, what differs, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.journal import Event, events_of
from izumi.kernel.notices import Notice, notice_kind, notice_maker
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.people.types import ProjectCard
from izumi.plans import notice_words as words
from izumi.plans.deciding import PlanFacts, step_key
from izumi.plans.models import Entry, EntryRecord, Plan
from izumi.plans.queries.deviations import may_follow
from izumi.plans.queries.names import names_for
from izumi.plans.queries.obligations import page_of
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.policy.types import AccessFacts
from izumi.records import queries as record_facts

_STEP = both("計画を確認する担当だからです。", "Its programme asks for your decision.")
_AUTHOR = both("この計画の責任者か、提出した人だからです。", "You answer for the plan, or handed it in.")
_LEADER = both("このデータか計画の責任者、またはプロジェクトの PM だからです。", "You answer for the data or the plan, or lead the project.")

SUBMITTED = notice_kind(
    "plan.submitted", label=both("計画の確認の依頼", "A plan to decide on"), why=_STEP, urgency="now", names=names_for,
    over=("plan.passed", "plan.returned", "plan.adopted", "plan.taken_back", "plan.discarded"),
)
RETURNED = notice_kind(
    "plan.returned", label=both("計画の差し戻し", "Plan returned"), why=_AUTHOR, urgency="now", names=names_for,
    over=("plan.submitted", "plan.adopted"),
)  # fmt: skip
PASSED = notice_kind("plan.passed", label=both("計画の確認の進み", "A plan went on"), why=_AUTHOR, urgency="daily", names=names_for)
ADOPTED = notice_kind("plan.adopted", label=both("計画の採用", "Plan adopted"), why=_LEADER, urgency="daily", names=names_for)
REVISED = notice_kind(
    "plan.revision_opened", label=both("計画の改訂", "Revision of a plan"), why=_LEADER, urgency="daily", names=names_for
)
DEVIATION = notice_kind(
    "deviation.found", label=both("計画との差異", "Deviation from the plan"), why=_LEADER, urgency="daily", names=names_for,
    over=("deviation.settled",),
)
DUE = notice_kind("obligation.due", label=both("期限", "Deadline"), why=_LEADER, urgency="daily", names=names_for)


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is known of the projects and plans of a batch; persons are read once."""

    cards: dict[str, ProjectCard]
    plans: dict[str, Plan]
    entries: dict[str, Entry]
    answers: dict[str, str]
    """By entry the record that answers it first."""
    owners: dict[str, str]
    """By record its owner."""
    rights: dict[str, AccessFacts]
    keys: dict[str, tuple[str, ...]]
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, person: str) -> Actor:
        """The person as an actor. Cost: 2 statements for a person not asked before."""
        if person not in self.actors:
            self.actors[person] = people.actor_for(person)
        return self.actors[person]

    def follows(self, person: str, card: ProjectCard) -> bool:
        """Whether the person may see plans of the project now; who left it may not."""
        return bool(may_follow(self.actor(person), card))

    def sees(self, person: str, record: str) -> bool:
        """Whether the person may see the record now."""
        return record in self.rights and bool(decide.verdict(self.actor(person), "see", self.rights[record], clock.now()))

    def leaders(self, project: str) -> tuple[str, ...]:
        """Those who lead the project; without anybody, its members."""
        return self.keys.get(f"role:pm@project:{project}") or self.keys.get(f"project:{project}", ())


def _facts(projects: Iterable[str], plans: Iterable[str], entries: Iterable[str], records: Iterable[str] = ()) -> Facts:
    """Cost: 13 statements, any number of events."""
    found = {row.pk: row for row in Plan.objects.filter(pk__in=set(plans))}
    cards = people.projects({*projects, *(row.project for row in found.values())})
    wanted = set(entries)
    rows = {row.pk: row for row in Entry.objects.filter(pk__in=wanted)} if wanted else {}
    answers = dict(EntryRecord.objects.filter(entry__in=wanted).order_by("-id").values_list("entry_id", "record")) if wanted else {}
    keys: set[str] = set()
    for card in cards.values():
        keys |= {f"project:{card.id}", f"role:pm@project:{card.id}", f"role:curator@org:{card.organisation}"}
        keys |= {f"role:funder@programme:{card.programme}"} if card.programme else set()
    named = {*records, *answers.values()}
    return Facts(
        cards=cards, plans=found, entries=rows, answers=answers, keys=people.holders(keys, on=clock.today()),
        owners={key: one.owner for key, one in record_facts.reality(named).items()} if named else {},
        rights=policy.access_facts(named) if named else {},
    )  # fmt: skip


# --- plans -----------------------------------------------------------------------------------------------------------


@notice_maker(
    "plans", verbs=("plan.submitted", "plan.passed", "plan.returned", "plan.adopted", "plan.records_opened", "plan.revision_opened")
)
def of_plans(events: list[Event]) -> Iterator[Notice]:
    """Notices of the way of a plan through its chain. Cost: 13 statements, and 2 for each person asked."""
    entries = {entry for event in events for entry in (event.payload or {}).get("entries") or () if isinstance(entry, str)}
    facts = _facts((), {event.subject for event in events}, entries)
    for event in events:
        plan = facts.plans.get(event.subject)
        if plan is not None and plan.project in facts.cards:
            yield from _of_plan(facts, plan, event)


def _of_plan(facts: Facts, plan: Plan, event: Event) -> Iterator[Notice]:
    told, page = event.payload or {}, f"/plans/{plan.pk}"
    if event.verb in ("plan.submitted", "plan.passed"):
        step = told.get("step") or told.get("next")
        yield from _notices(_holders(facts, plan, str(step)), SUBMITTED, event, plan.pk, words.ASKED, page, act=True)
    if event.verb == "plan.passed":
        yield from _notices(_inside(facts, plan, _authors(plan, event)), PASSED, event, plan.pk, words.PASSED, page)
    if event.verb == "plan.returned":
        authors = _inside(facts, plan, _authors(plan, event))
        yield from _notices(authors, RETURNED, event, plan.pk, words.RETURNED, f"{page}/edit", act=True)
    if event.verb == "plan.revision_opened":
        concerned = _inside(facts, plan, (plan.owner, *facts.leaders(plan.project)))
        yield from _notices(concerned, REVISED, event, plan.pk, words.REVISION, page)
    if event.verb in ("plan.adopted", "plan.records_opened"):
        yield from _adopted(facts, plan, event)


def _inside(facts: Facts, plan: Plan, persons: Iterable[str]) -> list[str]:
    """Those of them who may see the plan still."""
    return [person for person in dict.fromkeys(persons) if person and facts.follows(person, facts.cards[plan.project])]


def _adopted(facts: Facts, plan: Plan, event: Event) -> Iterator[Notice]:
    """Owner and leaders hear that it is in force, each responsible person of the drafts that were opened for them."""
    told = event.payload or {}
    opened = set(told.get("records") or ())
    theirs: dict[str, list[str]] = {}
    for key in told.get("entries") or ():
        entry, record = facts.entries.get(key), facts.answers.get(key)
        if entry is not None and entry.responsible and record in opened:
            theirs.setdefault(entry.responsible, []).append(str(record))
    for person, records in theirs.items():
        href = f"/records/{records[0]}/edit" if len(records) == 1 else "/work"
        yield from _notices([person], ADOPTED, event, plan.pk, words.opened(len(records)), href, act=True)
    if event.verb == "plan.adopted":
        text = words.ADOPTED if told.get("version") == 1 else words.ADOPTED_AGAIN
        others = [one for one in _inside(facts, plan, (plan.owner, *facts.leaders(plan.project))) if one not in theirs]
        yield from _notices(others, ADOPTED, event, plan.pk, text, f"/plans/{plan.pk}")


def _holders(facts: Facts, plan: Plan, step: str) -> tuple[str, ...]:
    """Who holds the step of the chain that is asked."""
    card = facts.cards[plan.project]
    if step not in ("institution", "pm", "agency"):
        return ()
    known = PlanFacts(project=card.id, owner=plan.owner, organisation=card.organisation, programme=card.programme or "")
    return facts.keys.get(step_key(step, known), ())


def _authors(plan: Plan, event: Event) -> Iterator[str]:
    """The owner, and who handed it in last."""
    yield plan.owner
    last = next((e for e in events_of(plan.pk, before=event.seq, limit=20) if e.verb == "plan.submitted"), None)
    if last is not None and last.actor.startswith("person:"):
        yield last.actor.removeprefix("person:")


def _notices(
    persons: Iterable[str], kind: str, event: Event, subject: str, text: Text, href: str, *, act: bool = False
) -> Iterator[Notice]:
    for person in dict.fromkeys(one for one in persons if one):
        yield Notice(person=person, kind=kind, event=event, subject=subject, text=text, href=href, act=act)


# --- deviations and obligations --------------------------------------------------------------------------------------


@notice_maker("plans", verbs=("deviation.found", "obligation.due"))
def of_watch(events: list[Event]) -> Iterator[Notice]:
    """What differs and what is due, for who answers for it and the leaders. Cost: 13 statements, and 2 for each person asked."""
    told = [event.payload or {} for event in events]
    found = [one for one in told if one.get("code") == "record-without-entry"]
    facts = _facts({event.subject for event in events}, _members(told, "plan"), _members(told, "entry"), _members(found, "record"))
    for event in events:
        card = facts.cards.get(event.subject)
        if card is not None and event.payload:
            yield from _deviation(facts, card, event) if event.verb == "deviation.found" else _due(facts, card, event)


def _members(told: Iterable[dict[str, object]], name: str) -> set[str]:
    return {value for one in told if isinstance(value := one.get(name), str)}


def _concerned(facts: Facts, card: ProjectCard, told: dict[str, str | None]) -> Iterator[tuple[str, bool]]:
    """Who answers for the entry, the loose record, or else the plan, and the leaders; with whether they may follow the plan.

    Nobody hears of a loose record that they may not see. Who answers for data without belonging to the project hears of the
    data, not of the plan.
    """
    entry, plan = facts.entries.get(told.get("entry") or ""), facts.plans.get(told.get("plan") or "")
    loose = "" if entry else (told.get("record") or "")
    answering = entry.responsible if entry else facts.owners.get(loose, "")
    leading = (plan.owner if plan and not answering else "", *facts.leaders(card.id))
    for person in dict.fromkeys(one for one in (answering, *leading) if one):
        follows = facts.follows(person, card)
        if (follows or person == answering) and (not loose or facts.sees(person, loose)):
            yield person, follows


def _asked(facts: Facts, card: ProjectCard, told: dict[str, str | None], record: str) -> tuple[str, ...]:
    """Who is to do what is due: who answers for the entry, else who has taken its record up; where nobody does, the leaders.

    A review is the plan's owner's; the plan itself and reports are the leaders'.
    """
    entry, plan = facts.entries.get(told.get("entry") or ""), facts.plans.get(told.get("plan") or "")
    if entry is not None:
        wanted = [entry.responsible, facts.owners.get(record, "")]
    else:
        wanted = [plan.owner] if plan is not None and facts.follows(plan.owner, card) else []
    asked = next((one for one in wanted if one and not facts.actor(one).is_anonymous), "")  # a closed account does nothing
    return (asked,) if asked else facts.leaders(card.id)


def _deviation(facts: Facts, card: ProjectCard, event: Event) -> Iterator[Notice]:
    told = event.payload or {}
    subject = told.get("entry") or told.get("record") or card.id
    plan, record = told.get("plan"), told.get("record") or ""
    page = f"/plans/{plan}" if plan else f"/projects/{card.id}"
    for person, follows in _concerned(facts, card, told):
        if follows or record:
            href = page if follows else f"/records/{record}"
            yield from _notices([person], DEVIATION, event, subject, words.deviation(told), href, act=True)


def _due(facts: Facts, card: ProjectCard, event: Event) -> Iterator[Notice]:
    told = event.payload or {}
    entry = facts.entries.get(told.get("entry") or "")
    if told["kind"] == "open" and entry is not None and entry.opens == "confirm" and told["days_left"] <= 0:
        return  # the record asks for the word itself, wherever its day stands now
    record = facts.answers.get(told.get("entry") or "", "")
    href = page_of(told["kind"], card.id, told.get("plan") or "", told.get("round") or "", record)
    subject = told.get("entry") or told.get("plan") or card.id
    text = words.due(told["kind"], told["day"], told["days_left"])
    for person in _asked(facts, card, told, record):
        if facts.follows(person, card) or href.startswith("/records/"):
            yield from _notices([person], DUE, event, subject, text, href, act=True)
