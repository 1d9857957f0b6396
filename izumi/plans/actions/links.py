"""Which records answer which entries: assigning, taking back, and opening a further one."""

from __future__ import annotations

from izumi.kernel.actors import Actor, system
from izumi.kernel.errors import Conflict, NotThere
from izumi.kernel.work import work
from izumi.plans import rules
from izumi.plans.actions import adoption, answering, steps
from izumi.plans.models import Entry, EntryRecord, PlanVersion
from izumi.plans.queries import plans as shown
from izumi.plans.queries.loading import Loaded, load_for
from izumi.plans.types import Document, PlanView
from izumi.records import queries as records


def link_record(actor: Actor, plan_id: str, entry: str, record: str) -> PlanView:
    """Say that a record answers an entry in force; a record may answer entries of several plans.

    The actor must be able to write the record, or lead the plan's project. ``entry`` is an identifier, a data number or a place.
    """
    with work(actor, "plan.link_record") as w:
        loaded = load_for(actor, plan_id, "revise")
        found = entry_in_force(loaded, entry)
        facts = answering.may_assign(actor, loaded, record)
        if EntryRecord.objects.filter(entry_id=found["id"], record=facts).exists():
            raise Conflict("plan.already_linked")
        EntryRecord.objects.create(entry_id=found["id"], record=facts, since=w.now)
        adoption.tell_promises(w, [facts])
        steps.touch(w, loaded)
        w.journal("plan.entry_linked", loaded.plan.id, {"entry": found["id"], "record": facts, "project": loaded.plan.project})
    return shown.plan(actor, plan_id)


def unlink_record(actor: Actor, plan_id: str, entry: str, record: str) -> PlanView:
    """Take an assignment back; record and entry stay."""
    with work(actor, "plan.unlink_record") as w:
        loaded = load_for(actor, plan_id, "revise")
        found = entry_in_force(loaded, entry)
        facts = answering.may_assign(actor, loaded, record)
        if not EntryRecord.objects.filter(entry_id=found["id"], record=facts).delete()[0]:
            raise Conflict("plan.not_linked")
        adoption.tell_promises(w, [facts])
        steps.touch(w, loaded)
        w.journal("plan.entry_unlinked", loaded.plan.id, {"entry": found["id"], "record": facts, "project": loaded.plan.project})
    return shown.plan(actor, plan_id)


def entry_in_force(loaded: Loaded, name: str) -> Document:
    """The entry of the version in force that is meant. Raises ``plan.not_adopted`` and `NotThere`. Cost: 1 statement."""
    if loaded.plan.version == 0:
        raise Conflict("plan.not_adopted")
    document = PlanVersion.objects.filter(plan=loaded.plan, n=loaded.plan.version).values_list("document", flat=True).get()
    found = shown.entry_named(document, name)
    if found is None:
        raise NotThere("entry", name)
    return found


def open_entry(actor: Actor, plan_id: str, entry: str, *, further: bool = False) -> tuple[str, bool]:
    """The record in which an entry is answered: the one that was never published, else a new draft; and whether it is new.

    With ``further`` a new draft is opened in any case.
    """
    with work(actor, "plan.open_entry") as w:
        loaded = load_for(actor, plan_id, "revise")
        found = entry_in_force(loaded, entry)
        if not rules.is_managed(found):
            raise Conflict("plan.entry_unmanaged")
        if not further and (standing := _unpublished(found["id"])):
            w.joined = True  # it is there already: nothing was changed
            return standing, False
        record = adoption.open_records(w, loaded.terms, loaded.plan, [found])[0]
        w.journal("plan.entry_linked", loaded.plan.id, {"entry": found["id"], "record": record, "project": loaded.plan.project, "opened": True})
    return record, True


def _unpublished(entry: str) -> str:
    """The first record of an entry that was never published and not thrown away. Cost: 3 statements."""
    known = list(EntryRecord.objects.filter(entry_id=entry).order_by("id").values_list("record", flat=True))
    facts = records.reality(known) if known else {}
    return next((r for r in known if r in facts and facts[r].version == 0 and not facts[r].discarded), "")


def settle_answers(record: str) -> list[str]:
    """A record that was opened by hand for entries of plans is assigned to those in force in its own projects; the entries.

    Names of entries that are none – or not its projects' – are taken out of the record again. For workers; idempotent.
    """
    with work(system("plan answers"), "plan.settle_answers") as w:
        fact = records.reality([record]).get(record)
        named = set(fact.plan_entries) if fact else set()
        standing = set(EntryRecord.objects.filter(record=record).values_list("entry_id", flat=True))
        if not fact or named <= standing:
            w.joined = True  # adopting assigned them, or there is nothing to assign
            return []
        found = Entry.objects.filter(pk__in=named - standing, retired_at=None, managed=True, project__in=fact.projects)
        new = list(found.values_list("pk", "plan_id", "project"))
        EntryRecord.objects.bulk_create([EntryRecord(entry_id=entry, record=record, since=w.now) for entry, _, _ in new])
        adoption.tell_promises(w, [record])
        for entry, plan, project in new:
            w.journal("plan.entry_linked", plan, {"entry": entry, "record": record, "project": project})
        w.joined = True
    return [entry for entry, _, _ in new]
