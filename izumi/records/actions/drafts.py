"""Making and editing drafts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict
from izumi.kernel.findings import Finding
from izumi.kernel.work import Work, work
from izumi.policy.types import AccessClass, AccessStatement
from izumi.profiles import rules as shapes
from izumi.records import checking, rules
from izumi.records.actions import steps
from izumi.records.models import Draft, RecordProject, Version
from izumi.records.queries import reading
from izumi.records.queries.reading import Loaded
from izumi.records.types import Document, DraftKind, DraftState, RecordView
from izumi.storage import actions as storage_actions

RESTORABLE = timedelta(days=30)


def told(actor: Actor, record_id: str, extra: Iterable[Finding] = (), *, draft: bool = True) -> RecordView:
    """The view after a change, with the findings of the rules for saving."""
    shown = reading.view(actor, record_id, draft=draft)
    found = checking.findings(shown.metadata, shown.loaded.record, shown.loaded.cards(), step="save")
    return replace(shown, findings=(*extra, *found))


def save_draft(actor: Actor, record_id: str, patch: Document, *, if_match: str | None, required: bool = True) -> RecordView:
    """Merge a patch (RFC 7396) into the draft's metadata; rule findings never block saving, wrong shapes do (422).

    File changes do not bump the revision; a save does. Autosaves of one person join one event per ten minutes.
    """
    with work(actor, "record.save_draft") as w:
        loaded = reading.load_for(actor, record_id, "edit")
        draft = reading.draft_of(loaded)
        steps.check_match(draft, if_match, required=required, current=lambda: _current(actor, loaded.record.id))
        extra: list[Finding] = []
        if loaded.record.latest and "access" in patch:
            patch = {name: value for name, value in patch.items() if name != "access"}
            extra.append(steps.ACCESS_KEPT)
        elif "access" in patch and not steps.may_open(actor, loaded):
            patch = {name: value for name, value in patch.items() if name != "access"}
            extra.append(steps.ACCESS_OF_OTHERS)
        document, shaped = shapes.shape(shapes.merge_patch(draft.metadata, patch))
        document, normalised = steps.stored(document)
        if steps.reopen(w, loaded):
            extra.append(steps.REOPENED)
        document = taken_up(w, loaded, document)
        write_draft(w, loaded, document)
        w.journal("record.draft_saved", loaded.record.id, {"members": sorted(patch)}, join=steps.JOIN_AUTOSAVES)
    return told(actor, loaded.record.id, (*extra, *shaped, *normalised))


def write_draft(w: Work, loaded: Loaded, document: Document) -> None:
    """Step: put a document into the draft and keep rules and display columns in step."""
    record, draft = loaded.record, reading.draft_of(loaded)
    before = draft.metadata.get("access")
    draft.prefilled = {
        pointer: source for pointer, source in draft.prefilled.items() if _same(draft.metadata, document, pointer.split("/")[1])
    }
    draft.metadata, draft.revision = document, draft.revision + 1
    draft.updated_at, draft.updated_by = w.now, w.actor.id
    draft.save()
    record.lacks = checking.lacking(document, record, loaded.cards())
    if record.latest == 0:
        steps.show(record, document, version=1)
        if document.get("access") != before:
            statement = AccessStatement.from_document(document.get("access"))
            steps.shut_out(record, statement)
            steps.recompile(w, record, loaded.projects, statement)
    steps.touch(w, record)


def taken_up(w: Work, loaded: Loaded, document: Document) -> Document:
    """Step: the first of a project who writes a draft that nobody answers for yet becomes its owner, and its creator if none is named.

    Somebody else of the project who writes it is kept as one of its editors, also after it is published – but not where the
    data are meant to stay closed: a named editor reads the bytes, the project never does.
    """
    record, person = loaded.record, w.actor.person
    named, closed = f"person:{person}", loaded.facts.statement.access_class is AccessClass.CLOSED
    shared = any(not key.startswith("person:") and w.actor.holds(key) for key in record.editors)
    if not person or record.owner == person or named in record.editors or not shared or (record.owner and closed):
        return document
    if record.owner:
        record.editors = sorted({*record.editors, named})
    else:
        record.owner = person
        creators, source = checking.creators_of(person, record.owner_organisation)
        if creators and not document.get("creators"):
            document = {**document, "creators": creators}
            reading.draft_of(loaded).prefilled["/creators"] = source
    steps.recompile(w, record, loaded.projects, loaded.facts.statement)
    w.journal("record.taken_up", record.id, {"person": person, "owner": record.owner == person})
    return document


def _same(before: Document, after: Document, member: str) -> bool:
    return bool(before.get(member) == after.get(member))


def _current(actor: Actor, record_id: str) -> Document:
    shown = reading.view(actor, record_id, draft=True)
    return {"id": shown.id, "revision": shown.revision, "metadata": shown.metadata}


def file_changed(w: Work, loaded: Loaded) -> None:
    """Step for file actions: the draft of a correction keeps its files; a change reopens a waiting draft; counts move."""
    draft = reading.draft_of(loaded)
    if draft.kind == DraftKind.METADATA:
        raise Conflict("draft.metadata_only")
    reopened = steps.reopen(w, loaded)
    document = taken_up(w, loaded, draft.metadata)
    if reopened or document is not draft.metadata:
        draft.metadata = document
        draft.save()
    if loaded.record.latest == 0:
        steps.show(loaded.record, draft.metadata, version=loaded.draft_version)
    steps.touch(w, loaded.record)


def open_version(actor: Actor, record_id: str, *, kind: str = "files") -> RecordView:
    """Open the one draft of a published record: ``files`` for version n+1, ``metadata`` for a correction n.r."""
    if kind not in list(DraftKind):
        raise steps.refused(
            "version-kind-unknown", "/kind", "kind は files（新しい版）か metadata（訂正）です。", "kind is files (a new version) or metadata (a correction)."
        )  # fmt: skip
    with work(actor, "record.open_version") as w:
        loaded = reading.load_for(actor, record_id, "edit")
        if loaded.record.latest == 0:
            raise Conflict("record.never_published")
        if loaded.draft is not None:
            raise Conflict("draft.exists")
        base = Version.objects.filter(record=loaded.record, n=loaded.record.latest).order_by("-correction")[0]
        Draft.objects.create(
            record=loaded.record, kind=kind, base=base.n, metadata=base.metadata, unmapped=base.unmapped,
            created_at=w.now, updated_at=w.now, updated_by=actor.id,
        )  # fmt: skip
        steps.touch(w, loaded.record)
        w.journal("record.version_opened", loaded.record.id, {"kind": kind, "base": base.n})
    return told(actor, loaded.record.id)


def discard_draft(actor: Actor, record_id: str, *, if_match: str | None = None) -> None:
    """Throw the draft away; it can be restored for 30 days."""
    with work(actor, "record.discard_draft") as w:
        loaded = reading.load_for(actor, record_id, "edit")
        draft = reading.draft_of(loaded)
        steps.check_match(draft, if_match, required=False, current=lambda: _current(actor, loaded.record.id))
        draft.discarded_at, draft.scheduled_on = w.now, None
        if draft.kind == DraftKind.FILES:
            draft.dropped = storage_actions.drop_draft_rows(w, loaded.record.id, loaded.draft_version)
        draft.save()
        if loaded.record.state == "scheduled":
            loaded.record.state = "unpublished"
        steps.touch(w, loaded.record)
        w.journal("record.draft_discarded", loaded.record.id, {"draft": draft.pk, "version": loaded.draft_version})


def restore_draft(actor: Actor, record_id: str) -> RecordView:
    """Bring the last discarded draft back, files too, within 30 days."""
    with work(actor, "record.restore_draft") as w:
        loaded = reading.load_for(actor, record_id, "edit")
        if loaded.draft is not None:
            raise Conflict("draft.exists")
        dropped = Draft.objects.filter(record=loaded.record, discarded_at__gte=w.now - RESTORABLE).order_by("-discarded_at").first()
        if dropped is None or dropped.base != loaded.record.latest:
            reading.draft_of(loaded)  # raises draft.none
            raise Conflict("draft.exists")
        dropped.discarded_at, dropped.state, dropped.updated_at = None, DraftState.OPEN, w.now
        dropped.revision += 1
        dropped.save()
        if dropped.dropped is not None:
            storage_actions.restore_draft_rows(w, loaded.record.id, dropped.dropped, loaded.record.latest + 1)
        steps.touch(w, loaded.record)
        w.journal("record.draft_restored", loaded.record.id, {"draft": dropped.pk})
    return told(actor, loaded.record.id)


def set_projects(actor: Actor, record_id: str, projects: Iterable[str]) -> RecordView:
    """Say to which projects a record belongs; rules of project managers follow."""
    known = steps.projects_named(actor, projects)
    with work(actor, "record.set_projects") as w:
        loaded = reading.load_for(actor, record_id, "manage")
        RecordProject.objects.filter(record=loaded.record).delete()
        RecordProject.objects.bulk_create(RecordProject(record=loaded.record, project=p) for p in known)
        steps.recompile(w, loaded.record, known, loaded.facts.statement)
        steps.touch(w, loaded.record, public=loaded.record.latest > 0)
        w.journal("record.projects_changed", loaded.record.id, {"before": list(loaded.projects), "after": known})
    return told(actor, loaded.record.id, draft=loaded.draft is not None)


def draft_match(record_id: str, revision: int) -> str:
    """The ``If-Match`` value of a draft, for forms that carry its revision."""
    return rules.draft_etag(record_id, revision)
