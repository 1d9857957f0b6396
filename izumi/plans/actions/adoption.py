"""A plan comes into force: its version, its entries, and a draft record for each dataset that it promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import F

from izumi.kernel.actors import system
from izumi.kernel.ids import new_id
from izumi.kernel.jobs import JobRun
from izumi.kernel.text import both
from izumi.kernel.work import Work, work
from izumi.people import queries as people
from izumi.people.types import PlanTerms
from izumi.plans import rules
from izumi.plans.actions import steps
from izumi.plans.models import Entry, EntryRecord, Plan, PlanDraft, PlanVersion
from izumi.plans.promises import entry_columns, together, word_at
from izumi.plans.queries.loading import Loaded, load
from izumi.plans.types import Document
from izumi.profiles import queries as profiles
from izumi.profiles.types import Known
from izumi.records import actions as records
from izumi.records import queries as record_queries

AT_ONCE = 200
"""So many records are opened in the transaction of the adoption; more are opened by a job."""
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What came into force: the records that were opened, and the job that opens the rest."""

    version: int
    entries: tuple[str, ...]
    records: tuple[str, ...]
    followed: tuple[str, ...] = ()
    """Drafts whose access class followed the plan, because nobody had changed it by hand."""
    job: str | None = None


def put_in_force(w: Work, loaded: Loaded, draft: PlanDraft) -> InForce:
    """Step: the working document becomes version n+1; all or nothing.

    Cost: about 15 statements, and about 20 for each record that is opened or whose promise changed.
    """
    row = loaded.plan
    before = _document_in_force(row)
    document = steps.complete(draft.document, loaded)
    row.version += 1
    row.adopted_at = w.now
    PlanVersion.objects.create(
        plan=row, n=row.version, document=document, reason=draft.reason, adopted_at=w.now, adopted_by=w.actor.id, chain=draft.asked
    )
    retired = _keep_entries(w, row, document)
    named = _assign(w, document, draft.answers)
    draft.delete()
    loaded.draft = None
    steps.show(loaded, document)
    steps.touch(w, loaded)
    answered = set(EntryRecord.objects.filter(entry__plan=row).values_list("entry_id", flat=True))
    waiting = [e for e in rules.entries_of(document) if rules.is_managed(e) and e["id"] not in answered]
    changed = set(rules.changed_entries(before, document)) & answered
    followed = _refresh(w, row, changed, before, document)
    tell_promises(w, named)
    made: list[str] = []
    job = None
    if len(waiting) > AT_ONCE:
        job = w.later("plans.make_records", {"plan": row.id})
    else:
        made = open_records(w, loaded.terms, row, waiting)
    w.journal(
        "plan.adopted", row.id,
        {"version": row.version, "entries": [e["id"] for e in rules.entries_of(document)], "records": made, "retired": retired,
         "followed": followed, "reason": draft.reason, "project": row.project},
    )  # fmt: skip
    return InForce(
        version=row.version, entries=tuple(e["id"] for e in rules.entries_of(document)), records=tuple(made),
        followed=tuple(followed), job=job,
    )  # fmt: skip


def _assign(w: Work, document: Document, answers: Mapping[str, list[str]]) -> list[str]:
    """Step: records that the working document named as answers of its new entries are assigned to them."""
    standing = rules.by_id(document)
    pairs = [(entry, record) for entry, named in answers.items() if entry in standing for record in named]
    EntryRecord.objects.bulk_create(
        [EntryRecord(entry_id=entry, record=record, since=w.now) for entry, record in pairs], ignore_conflicts=True
    )
    return [record for _, record in pairs]


def _document_in_force(row: Plan) -> Document:
    if row.version == 0:
        return {}
    return PlanVersion.objects.filter(plan=row, n=row.version).values_list("document", flat=True).first() or {}


def _keep_entries(w: Work, row: Plan, document: Document) -> list[str]:
    """Step: the rows of promises follow the document; identifiers of those that left it. Cost: 4 statements."""
    known = {entry.id: entry for entry in Entry.objects.filter(plan=row)}
    new, kept = [], []
    for place, told in enumerate(rules.entries_of(document)):
        columns = {"place": place, **entry_columns(told, row.project)}
        entry = known.pop(told["id"], None)
        if entry is None:
            new.append(Entry(id=told["id"], plan=row, **columns))
            continue
        for name, value in {**columns, "retired_at": None}.items():
            setattr(entry, name, value)
        kept.append(entry)
    Entry.objects.bulk_create(new, batch_size=200)
    if kept:
        names = [f.attname for f in Entry._meta.concrete_fields if f.attname not in ("id", "plan_id")]
        Entry.objects.bulk_update(kept, names, batch_size=50)
    retired = [key for key, entry in known.items() if entry.retired_at is None]
    Entry.objects.filter(pk__in=retired).update(retired_at=w.now)
    return retired


def open_records(w: Work, terms: PlanTerms, row: Plan, entries: Iterable[Document]) -> list[str]:
    """Step: one draft record for each of these entries, filled in with all that plan, project and site know."""
    knowledge = _Knowledge(row)
    made: list[str] = []
    answers: list[EntryRecord] = []
    for entry in entries:
        record = _open_record(w, terms, row, entry, knowledge.of(word_at(entry, "planned", "responsible")))
        answers.append(EntryRecord(entry_id=entry["id"], record=record, since=w.now))
        made.append(record)
    EntryRecord.objects.bulk_create(answers, batch_size=200)
    return made


class _Knowledge:
    """What the site knows beside an entry, asked once for each responsible person."""

    def __init__(self, row: Plan) -> None:
        self._row = row
        self._by_person: dict[str, Known] = {}

    def of(self, person: str) -> Known:
        """For an entry of this person; for one of nobody yet with an empty string. Cost: at most 7 statements the first time."""
        if person not in self._by_person:
            card = people.cards([person]).get(person) if person else None
            self._by_person[person] = record_queries.known_for(self._row.owner_organisation, [self._row.project], card)
        return self._by_person[person]


def _open_record(w: Work, terms: PlanTerms, row: Plan, entry: Document, known: Known) -> str:
    record = new_id()
    document, sources = profiles.prefill(replace(known, entry=entry, record_id=record))
    return records.open_draft(
        w, record_id=record, owner=word_at(entry, "planned", "responsible"), organisation=row.owner_organisation,
        projects=[row.project], metadata=document, sources={pointer: text.as_json() for pointer, text in sources.items()},
        plan_entries=[entry["id"]], obligations=rules.obligations_of(row.id, entry["id"], entry),
        quota_bytes=rules.planned_bytes(entry), editors=rules.editors_of(entry, row.project),
        profiles=[terms.profile] if terms.profile else [], cards={row.project: terms.project},
    )  # fmt: skip


def _refresh(w: Work, row: Plan, changed: set[str], before: Document, after: Document) -> list[str]:
    """Step: records of entries that changed learn their promises anew; the drafts whose access class followed."""
    old, new = rules.by_id(before), rules.by_id(after)
    followed: list[str] = []
    touched: set[str] = set()
    knowledge = _Knowledge(row)
    for entry, record in EntryRecord.objects.filter(entry_id__in=changed).values_list("entry_id", "record"):
        touched.add(record)
        was, now = (_access(knowledge, told.get(entry)) for told in (old, new))
        if was and now and was != now and records.follow_plan(w, record, before=was, after=now):
            followed.append(record)
    tell_promises(w, touched)
    return followed


def _access(knowledge: _Knowledge, entry: Document | None) -> Document | None:
    """The access statement with which the entry's record was, or would be, opened."""
    if entry is None:
        return None
    document, _ = profiles.prefill(replace(knowledge.of(word_at(entry, "planned", "responsible")), entry=entry))
    found = document.get("access")
    return found if isinstance(found, dict) else None


def tell_promises(w: Work, record_ids: Iterable[str]) -> None:
    """Step: what the plans in force say about these records: entries, obligations, quota. Cost: 2 statements, and 2 for each."""
    wanted = list(dict.fromkeys(record_ids))
    if not wanted:
        return
    rows = list(EntryRecord.objects.filter(record__in=wanted).select_related("entry").order_by("id"))
    documents = _documents({answer.entry.plan_id for answer in rows})
    by_record: Mapping[str, list[Entry]] = defaultdict(list)
    for answer in rows:
        if answer.entry.retired_at is None:
            by_record[answer.record].append(answer.entry)
    for record in wanted:
        entries = by_record.get(record, [])
        records.set_plan(
            w, record, plan_entries=[entry.id for entry in entries],
            obligations=[
                told for entry in entries for told in rules.obligations_of(entry.plan_id, entry.id, documents.get(entry.id, {}))
            ],
            quota_bytes=together((entry.plan_id, entry.size_bytes) for entry in entries),
        )  # fmt: skip


def _documents(plans: Iterable[str]) -> dict[str, Document]:
    """The entries in force of these plans by identifier. Cost: 1 statement."""
    rows = PlanVersion.objects.filter(plan_id__in=list(plans), n=F("plan__version")).values_list("document", flat=True)
    return {key: entry for document in rows for key, entry in rules.by_id(document).items()}


def make_records(run: JobRun) -> dict[str, object]:
    """The job of a large adoption: opens the records that are still missing, in batches; may stop and go on anywhere."""
    actor, made = system("plan records"), int(run.kept.get("made", 0))
    while True:
        with work(actor, "plan.make_records") as w:
            loaded = load(run.payload["plan"])
            batch, left = _missing(loaded.plan)
            if not batch:
                w.joined = True  # everything is there: nothing to do, nothing to say
                return {"plan": loaded.plan.id, "records": made}
            opened = open_records(w, loaded.terms, loaded.plan, batch)
            w.journal("plan.records_opened", loaded.plan.id, {"records": opened, "entries": [entry["id"] for entry in batch]})
        made += len(opened)
        run.keep({"made": made})
        run.progress(made, made + left, both("計画のレコードを作っています。", "Opening the records of the plan."))


def _missing(row: Plan) -> tuple[list[Document], int]:
    """The next entries in force without a record, and how many are left after them."""
    document = _document_in_force(row)
    answered = set(EntryRecord.objects.filter(entry__plan=row).values_list("entry_id", flat=True))
    waiting = [e for e in rules.entries_of(document) if rules.is_managed(e) and e["id"] not in answered]
    return waiting[:BATCH], max(len(waiting) - BATCH, 0)
