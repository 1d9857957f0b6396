"""Where reality left the plan: one pure comparison of promises with facts, as of a day.

Nothing here reads a clock or a table: `queries.deviations` gathers the facts, pages show the answer at once, and a watcher
of the journal keeps rows of it. An agreed day is kept until it ends: on the day itself nothing is late, the day after is.

Source: product.md D5 and D12; issue 3 (deviations with their two ways out).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from izumi.kernel.days import Day, Instant, end_of
from izumi.kernel.text import Text
from izumi.plans import deviation_words as words
from izumi.plans.types import Code, DeviationView, Document
from izumi.records.types import Reality

TOLERANCE_TENTHS = 11
"""So many tenths of the planned amount may be stored: 10 % more than planned is as planned."""

Key = tuple[str, str, str, str]
"""(code, plan, entry, record) with empty strings for what is absent: one deviation of a project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One entry of a plan in force, with the records that answer it (the one made by adoption first)."""

    entry: str
    plan: str
    number: str = ""
    title: Text = field(default_factory=Text)
    managed: bool = True
    access_class: str = ""
    available_on: Day | None = None
    opens: str = "auto"
    register_by: Day | None = None
    publish_on: Day | None = None
    keep_until: Day | None = None
    size_bytes: int | None = None
    responsible: str = ""
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHeld:
    """A plan of the project, in force (``version`` above 0) or not yet."""

    id: str
    version: int = 0
    draft_state: str | None = None
    """``open``, ``submitted`` or ``returned`` while something is being worked on."""
    owner: str = ""
    next_review_on: Day | None = None
    title: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDue:
    """A reporting round that asks for this project."""

    id: str
    due_on: Day
    title: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """All that comparing one project with its plans needs."""

    project: str
    title: Text = field(default_factory=Text)
    plan_due_on: Day | None = None
    """The last day for handing in the plan (the call's), else the day on which the project starts."""
    due_by_call: bool = False
    exempt: bool = False
    """Somebody said, with a reason, that no plan is needed."""
    plans: tuple[PlanHeld, ...] = ()
    promises: tuple[Promise, ...] = ()
    records: Mapping[str, Reality] = field(default_factory=dict)
    """The records of the project, and those that answer its entries."""
    rounds: tuple[RoundDue, ...] = ()
    since: Mapping[Key, Instant] = field(default_factory=dict)
    """Since when a deviation has been known; what is not in it begins with what changed last."""
    noticed: Mapping[str, Instant] = field(default_factory=dict)
    """When the events happened that are looked at, by record, and for the project under an empty name."""
    labels: Mapping[str, Text] = field(default_factory=dict)
    """Names of metadata items by pointer."""
    hidden: frozenset[str] = frozenset()
    """Records that the reader may not see: they are named by their identifier alone, without size or what they lack."""

    @property
    def in_force(self) -> tuple[PlanHeld, ...]:
        """The plans that were adopted."""
        return tuple(plan for plan in self.plans if plan.version > 0)


def deviations(facts: ProjectFacts, today: Day) -> tuple[DeviationView, ...]:
    """Every place where the project is not as planned on this day: the project first, then its entries in their order.

    A second record behind an entry counts together with the first; a record behind entries of two plans is judged by each.
    Data that are not managed and entries that a revision took out promise nothing.
    """
    found = [*_without_plan(facts, today)]
    for promise in facts.promises:
        if promise.managed:
            found += _of_promise(facts, promise, today)
    return (*found, *_without_entry(facts))


def _of_promise(facts: ProjectFacts, promise: Promise, today: Day) -> Iterator[DeviationView]:
    behind = [facts.records[key] for key in promise.records if key in facts.records]
    standing = [record for record in behind if is_standing(record)]
    if not standing:
        yield from _nothing_behind(facts, promise, behind, today)
        return
    yield from _larger(facts, promise, standing)
    for record in standing:
        yield from _late(facts, promise, record, today)
        yield from _other_class(facts, promise, record, today)
        yield from _incomplete(facts, promise, record, today)


# --- what a promise and a record say ---------------------------------------------------------------------------------


def is_standing(record: Reality) -> bool:
    """Whether the record can answer an entry: neither withdrawn nor thrown away."""
    return not record.withdrawn and not record.discarded


def class_on(record: Reality, today: Day) -> str:
    """The access class as it is true on this day: an embargo that ends by itself reads ``open`` from its day on."""
    ends = record.access_class == "embargoed" and record.opens == "auto" and record.available_on is not None
    return "open" if ends and record.available_on <= today else record.access_class  # type: ignore[operator]


def publication_day(promise: Promise) -> Day | None:
    """The agreed day of publication: ``publish_on``, else the first open day."""
    return promise.publish_on or promise.available_on


def wants(record: Reality) -> tuple[str, ...]:
    """What the record lacks: pointers of obligatory items, and ``/files`` – closed data may be described alone, and what was
    published without files has its data elsewhere, by its publisher's decision."""
    without_files = record.files == 0 and record.access_class != "closed" and record.published_on is None
    return (*record.lacks, "/files") if without_files else record.lacks


def is_registered(promise: Promise, records: Mapping[str, Reality]) -> bool:
    """Whether data with their obligatory metadata stand behind the entry."""
    standing = [records[key] for key in promise.records if key in records and is_standing(records[key])]
    return bool(standing) and not any(wants(record) for record in standing)


def is_published(promise: Promise, records: Mapping[str, Reality]) -> bool:
    """Whether every record behind the entry is public, and there is one."""
    standing = [records[key] for key in promise.records if key in records and is_standing(records[key])]
    return bool(standing) and all(record.published_on for record in standing)


def is_open(promise: Promise, records: Mapping[str, Reality], today: Day) -> bool:
    """Whether the embargo of every record behind the entry is over."""
    standing = [records[key] for key in promise.records if key in records and is_standing(records[key])]
    return bool(standing) and all(r.published_on and class_on(r, today) != "embargoed" for r in standing)


def plan_is_handed_in(facts: ProjectFacts) -> bool:
    """Whether a plan is in force, or lies with those who must say yes."""
    return any(plan.version > 0 or plan.draft_state == "submitted" for plan in facts.plans)


# --- the six codes ---------------------------------------------------------------------------------------------------


def _view(
    facts: ProjectFacts, code: Code, *, since: Instant, known: bool, promise: Promise | None = None, plan: str = "",
    record: Reality | None = None, planned: Document | str | int | None, actual: Document | str | int | None, told: words.Told,
) -> DeviationView:  # fmt: skip
    """One deviation; with ``known`` the stored row, then the event, say better since when than the record does."""
    plan, entry = (promise.plan, promise.entry) if promise else (plan, "")
    key: Key = (str(code), plan, entry, record.id if record else "")
    event = facts.noticed.get(key[3]) or facts.noticed.get("")
    begun = facts.since.get(key) or event or since if known else since
    return DeviationView(
        code=str(code), project=facts.project, plan=plan or None, entry=entry or None, record=record.id if record else None,
        planned=planned, actual=actual, since=begun, message=told.message, ways_out=told.ways_out,
    )  # fmt: skip


def _without_plan(facts: ProjectFacts, today: Day) -> Iterator[DeviationView]:
    day = facts.plan_due_on
    if day is None or day >= today or facts.exempt or plan_is_handed_in(facts):
        return
    begun = next((plan.id for plan in facts.plans), "")
    yield _view(
        facts, Code.PROJECT_WITHOUT_PLAN, since=end_of(day), known=False, plan=begun, planned=day.isoformat(), actual=None,
        told=words.without_plan(facts.project, begun, day, (today - day).days, by_call=facts.due_by_call),
    )  # fmt: skip


def _without_entry(facts: ProjectFacts) -> Iterator[DeviationView]:
    if not facts.in_force or facts.exempt:
        return
    answered = {key for promise in facts.promises for key in promise.records}
    plan = facts.in_force[-1].id
    for record in facts.records.values():
        here = facts.project in record.projects
        if here and record.kind == "dataset" and is_standing(record) and record.id not in answered:
            yield _view(
                facts, Code.RECORD_WITHOUT_ENTRY, since=record.created_at, known=True, plan=plan, record=record, planned=None,
                actual=record.id, told=words.without_entry(plan, record.id, _name(facts, record)),
            )  # fmt: skip


def _late(facts: ProjectFacts, promise: Promise, record: Reality, today: Day) -> Iterator[DeviationView]:
    """Not published after its day, or – published – still shut after the agreed first open day."""
    day, actual = publication_day(promise), None
    if record.published_on is None:
        scheduled = record.scheduled_on
        actual = scheduled.isoformat() if scheduled else None
    else:
        day = promise.available_on if promise.access_class == "embargoed" else None
        if class_on(record, today) != "embargoed":
            return
        actual = record.available_on.isoformat() if record.opens == "auto" and record.available_on else None
    if day is None or day >= today:
        return
    told = words.late(
        _place(facts, promise, record), day, (today - day).days, actual=actual, published=record.published_on is not None,
        confirm=record.opens != "auto",
    )  # fmt: skip
    yield _view(
        facts, Code.LATE, since=max(end_of(day), record.created_at), known=False, promise=promise, record=record,
        planned=day.isoformat(), actual=actual, told=told,
    )  # fmt: skip


def _larger(facts: ProjectFacts, promise: Promise, standing: list[Reality]) -> Iterator[DeviationView]:
    planned, actual = promise.size_bytes, sum(record.size_bytes for record in standing)
    if planned is None or actual * 10 <= planned * TOLERANCE_TENTHS:
        return
    withheld = any(record.id in facts.hidden for record in standing)
    yield _view(
        facts, Code.LARGER, since=max(record.updated_at for record in standing), known=True, promise=promise, record=standing[0],
        planned=planned, actual=None if withheld else actual,
        told=words.larger(_place(facts, promise, standing[0]), planned, None if withheld else actual, records=len(standing)),
    )  # fmt: skip


def _other_class(facts: ProjectFacts, promise: Promise, record: Reality, today: Day) -> Iterator[DeviationView]:
    planned, actual = promise.access_class, class_on(record, today)
    if not planned or not actual or planned == actual or _embargo_ended(promise, actual, today):
        return
    yield _view(
        facts, Code.OTHER_CLASS, since=record.changed_at, known=True, promise=promise, record=record, planned=planned,
        actual=actual, told=words.other_class(_place(facts, promise, record), planned, actual, published=bool(record.published_on)),
    )  # fmt: skip


def _embargo_ended(promise: Promise, actual: str, today: Day) -> bool:
    """Data planned under an embargo that are open now, not before the agreed day, are as planned."""
    over = promise.available_on is None or promise.available_on <= today
    return promise.access_class == "embargoed" and actual == "open" and over


def _incomplete(facts: ProjectFacts, promise: Promise, record: Reality, today: Day) -> Iterator[DeviationView]:
    """The day of registration is over, and files or obligatory metadata are missing."""
    day, lacking = promise.register_by, wants(record)
    if day is None or day >= today or not lacking:
        return
    yield _view(
        facts, Code.MISSING, since=max(end_of(day), record.created_at), known=False, promise=promise, record=record,
        planned=day.isoformat(), actual={"lacks": [] if record.id in facts.hidden else list(lacking)},
        told=words.incomplete(_place(facts, promise, record), day, _labels(facts, record, lacking)),
    )  # fmt: skip


def _nothing_behind(
    facts: ProjectFacts, promise: Promise, behind: list[Reality], today: Day
) -> Iterator[DeviationView]:
    """What answered the entry is gone – at once –, or nothing ever did and its day is over."""
    if behind:
        gone = behind[-1]
        how = "withdrawn" if gone.withdrawn else "discarded"
        yield _view(
            facts, Code.MISSING, since=gone.withdrawn_at or gone.updated_at, known=True, promise=promise, record=gone,
            planned=promise.register_by.isoformat() if promise.register_by else None, actual=how,
            told=words.gone(_place(facts, promise, gone), how),
        )  # fmt: skip
        return
    day = promise.register_by or publication_day(promise)
    if day is not None and day < today:
        yield _view(
            facts, Code.MISSING, since=end_of(day), known=False, promise=promise, planned=day.isoformat(), actual=None,
            told=words.nothing(_place(facts, promise), day, (today - day).days),
        )  # fmt: skip


def _place(facts: ProjectFacts, promise: Promise, record: Reality | None = None) -> words.Place:
    opened = record is None or record.draft_state is not None
    return words.Place(plan=promise.plan, entry=promise.entry, record=record.id if record else "", opened=opened)


def _name(facts: ProjectFacts, record: Reality) -> Text:
    """The record's title for who may see it, else nothing: the identifier is said anyway."""
    return Text() if record.id in facts.hidden else record.title


def _labels(facts: ProjectFacts, record: Reality, pointers: Iterable[str]) -> tuple[Text, ...]:
    """What is missing in words; nothing of it for who may not see the record."""
    if record.id in facts.hidden:
        return ()
    return tuple(words.FILES if pointer == "/files" else facts.labels.get(pointer) or Text({"ja": pointer}) for pointer in pointers)
