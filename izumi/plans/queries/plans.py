"""The way out: a plan as one reader may see it, with what answers its entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Case, F, When

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text
from izumi.plans import rules
from izumi.plans.models import EntryRecord, PlanVersion
from izumi.plans.promises import folded
from izumi.plans.queries.loading import Loaded, decide, load
from izumi.plans.types import Document, DraftView, EntryView, PlanView, VersionLine
from izumi.policy import queries as policy
from izumi.policy import rules as access
from izumi.records import queries as records
from izumi.records.types import Reality


def plan(actor: Actor, plan_id: str) -> PlanView:
    """A plan with its entries, the records that answer them, and its versions.

    Raises ``NotThere`` for what is absent or hidden. Cost: 8 statements, whatever the number of entries.
    """
    loaded = load(plan_id)
    if not decide(actor, loaded, "see"):
        raise NotThere("plan", loaded.plan.id)
    return view_of(actor, loaded)


def view_of(actor: Actor, loaded: Loaded) -> PlanView:
    """A loaded plan as this actor may see it. Cost: 5 statements."""
    row = loaded.plan
    versions = list(_versions(loaded))
    draft = loaded.draft if loaded.draft is not None and decide(actor, loaded, "see_draft") else None
    in_force: Document | None = versions[-1].newest if versions else None  # type: ignore[attr-defined]
    document: Document = in_force if in_force is not None else draft.document if draft else {"entries": []}
    return PlanView(
        id=row.id, project=row.project, title=Text(row.title), form=row.form, state=row.state, version=row.version,
        owner=row.owner, owner_organisation=row.owner_organisation, programme=loaded.terms.project.programme or "",
        call=loaded.terms.call.id if loaded.terms.call else "", chain=loaded.facts.chain, document=document,
        entries=_entries(actor, row.id, document), draft=_draft(loaded) if draft else None,
        versions=tuple(_line(version) for version in versions), can=can(actor, loaded), created_at=row.created_at,
        updated_at=row.updated_at if draft or row.adopted_at is None else row.adopted_at, adopted_at=row.adopted_at,
        next_review_on=row.next_review_on,
    )  # fmt: skip


def can(actor: Actor, loaded: Loaded) -> Mapping[str, bool]:
    """What this reader may do with the plan as it stands."""
    facts, state = loaded.facts, loaded.draft.state if loaded.draft else None
    allowed = {verb: bool(rules.may(actor, verb, facts)) for verb in ("see", "edit", "submit", "return", "adopt", "revise")}
    writable, waiting = state in ("open", "returned"), state == "submitted"
    return {
        "see": allowed["see"], "edit": allowed["edit"] and writable,
        "submit": allowed["submit"] and writable and bool(facts.chain), "return": allowed["return"] and waiting,
        "adopt": allowed["adopt"] and state is not None, "revise": allowed["revise"] and state is None and loaded.plan.version > 0,
        "take_back": waiting and (allowed["submit"] or (allowed["edit"] and facts.submitted_by == actor.id)),
        "link": allowed["edit"] and loaded.plan.version > 0,
    }  # fmt: skip


def _versions(loaded: Loaded) -> Iterable[PlanVersion]:
    """All versions without their documents, but the newest's. Cost: 1 statement."""
    newest = Case(When(n=loaded.plan.version, then=F("document")))
    rows = PlanVersion.objects.filter(plan_id=loaded.plan.id).defer("document").annotate(newest=newest)
    return rows.order_by("n")


def _line(version: PlanVersion) -> VersionLine:
    return VersionLine(
        n=version.n, adopted_at=version.adopted_at, adopted_by=version.adopted_by, reason=version.reason, chain=tuple(version.chain)
    )


def _draft(loaded: Loaded) -> DraftView | None:
    row = loaded.draft
    if row is None:
        return None
    return DraftView(
        state=row.state, revision=row.revision, base=row.base, reason=row.reason, why=row.why, step=loaded.facts.asked,
        document=row.document, submitted_at=row.submitted_at, submitted_by=row.submitted_by,
    )  # fmt: skip


def _entries(actor: Actor, plan_id: str, document: Document) -> tuple[EntryView, ...]:
    links = linked(plan_id)
    known = seen(actor, {record for found in links.values() for record in found})
    return tuple(
        EntryView(
            id=str(entry.get("id", "")), number=rules.number_of(entry), title=_title(entry), document=entry,
            records=(told := tuple(r for r in links.get(str(entry.get("id")), ()) if r in known)),
            reality=tuple(known[record] for record in told),
        )
        for entry in rules.entries_of(document)
    )  # fmt: skip


def _title(entry: Document) -> Text:
    title = entry.get("title")
    return Text(title) if isinstance(title, dict) else Text()


def linked(plan_id: str) -> dict[str, list[str]]:
    """The records of each entry of a plan, the one made by adoption first. Cost: 1 statement."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = EntryRecord.objects.filter(entry__plan_id=plan_id).order_by("id").values_list("entry_id", "record")
    for entry, record in rows:
        found[entry].append(record)
    return found


def seen(actor: Actor, record_ids: Iterable[str]) -> dict[str, Reality]:
    """Facts about records for a reader of their plan: that they exist and what became of the promise, always; title, size
    and owner only of those whose metadata the reader may see. Cost: 3 statements.
    """
    wanted = list(record_ids)
    if not wanted:
        return {}
    facts, rights, now = records.reality(wanted), policy.access_facts(wanted), clock.now()
    return {
        key: fact if key in rights and access.verdict(actor, "see", rights[key], now) else without_content(fact)
        for key, fact in facts.items()
    }  # fmt: skip


def without_content(fact: Reality) -> Reality:
    """What stays of a record for who may not see its metadata: states, days and class."""
    return replace(fact, title=Text(), data_number="", size_bytes=0, files=0, owner="", lacks=(), quota_bytes=None, editors=())


def version(actor: Actor, plan_id: str, n: int) -> tuple[VersionLine, Document]:
    """One adopted version with its document, for those who may see the plan. Cost: 4 statements."""
    loaded = load(plan_id)
    if not decide(actor, loaded, "see"):
        raise NotThere("plan", loaded.plan.id)
    row = PlanVersion.objects.filter(plan_id=loaded.plan.id, n=n).first()
    if row is None:
        raise NotThere("version")
    return _line(row), row.document


def entry_named(view_document: Document, name: str) -> dict[str, Any] | None:
    """The entry that a person means: its place (1 …), its identifier, or its data number.

    A number that is both a place and another entry's data number means the data number.
    """
    entries = rules.entries_of(view_document)
    wanted = folded(name)
    for entry in entries:
        if entry.get("id") == name or (wanted and folded(rules.number_of(entry)) == wanted):
            return entry
    place = int(name) if name.isascii() and name.isdigit() and len(name) < 6 else 0
    return entries[place - 1] if 0 < place <= len(entries) else None


__all__ = ["can", "entry_named", "linked", "plan", "seen", "version", "view_of", "without_content"]
