"""Submit, return, accept, publish: from a draft to an immutable version."""

from __future__ import annotations

from dataclasses import dataclass

from izumi.kernel import jobs
from izumi.kernel.actors import Actor
from izumi.kernel.days import Day, start_of
from izumi.kernel.errors import Conflict, Invalid, NotThere, Refused
from izumi.kernel.findings import Finding
from izumi.kernel.work import Work, work
from izumi.people import queries as people
from izumi.policy.types import AccessStatement
from izumi.records import checking
from izumi.records.actions import steps
from izumi.records.models import Draft, Version
from izumi.records.queries import reading
from izumi.records.queries.reading import Loaded
from izumi.records.types import DraftKind, DraftState, RecordView
from izumi.storage import actions as storage_actions


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What ``publish_version`` did: public at once, or on a later day."""

    record: str
    version: int | None
    scheduled_on: Day | None
    findings: tuple[Finding, ...] = ()


def submit_draft(actor: Actor, record_id: str, *, note: str = "", if_match: str | None = None) -> RecordView:
    """Hand the draft in for review; the rules for submitting must hold."""
    with work(actor, "record.submit") as w:
        loaded = reading.load_for(actor, record_id, "submit")
        draft = reading.draft_of(loaded)
        steps.check_match(draft, if_match, required=False)
        if draft.state in (DraftState.SUBMITTED, DraftState.ACCEPTED):
            raise Conflict("draft.submitted_already")
        _sound(loaded, draft, "submit")
        draft.state, draft.submitted_at, draft.submitted_by = DraftState.SUBMITTED, w.now, actor.id
        draft.note = note or draft.note
        draft.save()
        steps.touch(w, loaded.record)
        w.journal("record.submitted", loaded.record.id, {"note": note})
    return reading.view(actor, record_id, draft=True)


def return_draft(actor: Actor, record_id: str, *, why: str) -> RecordView:
    """Give a submitted (or accepted, or scheduled) draft back to its author with a reason."""
    reason = steps.words(why)
    with work(actor, "record.return") as w:
        loaded = reading.load_for(actor, record_id, "review")
        draft = reading.draft_of(loaded)
        if draft.state not in (DraftState.SUBMITTED, DraftState.ACCEPTED) and draft.scheduled_on is None:
            raise Conflict("draft.not_submitted")
        draft.state, draft.why, draft.scheduled_on = DraftState.RETURNED, reason, None
        draft.save()
        _unschedule(loaded)
        steps.touch(w, loaded.record)
        w.journal("record.returned", loaded.record.id, {"why": reason})
    return reading.view(actor, record_id)


def accept_draft(actor: Actor, record_id: str) -> RecordView:
    """Say that a submitted draft may be published; the rules for publishing must hold."""
    with work(actor, "record.accept") as w:
        loaded = reading.load_for(actor, record_id, "review")
        draft = reading.draft_of(loaded)
        if draft.state != DraftState.SUBMITTED:
            raise Conflict("draft.not_submitted")
        _sound(loaded, draft, "publish")
        draft.state, draft.why = DraftState.ACCEPTED, ""
        draft.save()
        steps.touch(w, loaded.record)
        w.journal("record.accepted", loaded.record.id, {})
    return reading.view(actor, record_id)


def publish_version(
    actor: Actor, record_id: str, *, on: Day | None = None, note: str = "", if_match: str | None = None
) -> Published:
    """Make the draft the next public version, now or on a later day.

    One short transaction, whatever the number of files. Refuses (403 ``review.needed``) when a review is due and the
    actor is not who may accept; who may accept publishes at once (= submit, accept and publish). Findings of severity
    ``error`` refuse with 422. On a later day the rules run again.
    """
    with work(actor, "record.publish") as w:
        loaded = reading.load_for(actor, record_id, "publish")
        draft = reading.draft_of(loaded)
        steps.check_match(draft, if_match, required=False)
        _reviewed(actor, loaded, draft)
        found = _sound(loaded, draft, "publish")
        draft.note = note or draft.note
        day = on or w.today
        if day < w.today:
            raise steps.refused(
                "publication-day-past", "/on", "公開日は今日以降にしてください。", "The day of publication must be today or later."
            )  # fmt: skip
        if day > w.today:
            schedule(w, loaded, draft, day)
            return_value = Published(record=loaded.record.id, version=None, scheduled_on=day, findings=found)
        else:
            n = freeze(w, loaded, draft)
            return_value = Published(record=loaded.record.id, version=n, scheduled_on=None, findings=found)
    return return_value


def _sound(loaded: Loaded, draft: Draft, step: str) -> tuple[Finding, ...]:
    found = checking.findings(draft.metadata, loaded.record, loaded.cards(), step=step)
    if errors := checking.errors(found):
        raise Invalid(errors)
    return found


def findings_of(actor: Actor, record_id: str, *, step: str) -> tuple[Finding, ...]:
    """What the rules say about the draft for a step, for those who may edit; nothing is changed."""
    if step not in ("save", "submit", "publish"):
        raise steps.refused(
            "step-unknown", "/for", "for は save、submit、publish のどれかです。", "for is one of save, submit, publish."
        )  # fmt: skip
    loaded = reading.load_for(actor, record_id, "edit")
    draft = reading.draft_of(loaded)
    return checking.findings(draft.metadata, loaded.record, loaded.cards(), step=step)


def review_due(loaded: Loaded) -> bool:
    """Whether any of the projects – without one, the organisation – wants a curator's review. Cost: at most 2 statements."""
    if cards := loaded.cards():
        return any(card.review == "curator" for card in cards.values())
    return people.review_of(loaded.record.owner_organisation, ()) == "curator"


def _reviewed(actor: Actor, loaded: Loaded, draft: Draft) -> None:
    if draft.state == DraftState.ACCEPTED or reading.decide_for(actor, loaded, "review"):
        return
    if review_due(loaded):
        raise Refused(None, "review.needed")


def schedule(w: Work, loaded: Loaded, draft: Draft, day: Day) -> None:
    """Step: keep the draft for its day; it becomes public at 00:00 Japan time."""
    record = loaded.record
    draft.scheduled_on, draft.scheduled_by = day, w.actor.id
    draft.save()
    if record.latest == 0:
        record.state = "scheduled"
        steps.recompile(w, record, loaded.projects, AccessStatement.from_document(draft.metadata.get("access")))
    steps.touch(w, record)
    jobs.forget(f"publish:{record.id}")
    w.later("records.publish_due", {"record": record.id}, dedup=f"publish:{record.id}", due=start_of(day))
    w.journal("record.scheduled", record.id, {"on": day.isoformat()})


def _unschedule(loaded: Loaded) -> None:
    if loaded.record.state == "scheduled":
        loaded.record.state = "unpublished"


def freeze(w: Work, loaded: Loaded, draft: Draft) -> int:
    """Step: turn the draft into an immutable version; its number. Cost: about 15 statements, whatever the number of files."""
    record, first = loaded.record, loaded.record.latest == 0
    correction = draft.kind == DraftKind.METADATA
    n = record.latest if correction else record.latest + 1
    counted = storage_actions.freeze(w, record.id, n)
    r = 1 + max((v.correction for v in loaded.versions if v.n == n), default=0) if correction else 0
    document = {name: value for name, value in draft.metadata.items() if name != "access"}
    Version.objects.create(
        record=record, n=n, correction=r, metadata=document, unmapped=draft.unmapped, profiles=reading.in_force(record),
        published_at=w.now, published_by=w.actor.id, note=draft.note, files=counted.count, size_bytes=counted.size_bytes,
    )  # fmt: skip
    if first:
        record.access = AccessStatement.from_document(draft.metadata.get("access")).as_document()
        record.access_class = record.access["class"]
        record.first_published_at = w.now
    record.latest, record.correction, record.state = n, r, "published"
    steps.replace_links(record, document)
    record.identifiers = [i for i in document.get("identifiers") or [] if isinstance(i, dict) and i.get("value")]
    steps.recompile(w, record, loaded.projects, AccessStatement.from_document(record.access))
    draft.delete()
    jobs.forget(f"publish:{record.id}")
    steps.show(record, document, version=n)
    record.lacks = checking.lacking(document, record, loaded.cards())
    steps.touch(w, record, public=True)
    verb = "record.corrected" if correction else "record.published"
    w.journal(verb, record.id, {"version": n, "correction": r, "first": first, "note": draft.note})
    return n


def publish_due(actor: Actor, record_id: str) -> bool:
    """The agreed day has come: run the rules again and publish; whether it became public.

    A draft that no longer passes goes back to its author with the reason, and is late.
    """
    with work(actor, "record.publish_due") as w:
        try:
            loaded = reading.load(record_id)
        except NotThere:
            loaded = None
        draft = loaded.draft if loaded is not None else None
        if loaded is None or draft is None or draft.scheduled_on is None or draft.scheduled_on > w.today:
            w.joined = True  # the day was moved or taken back: nothing to do, nothing to say
            return False
        found = checking.errors(checking.findings(draft.metadata, loaded.record, loaded.cards(), step="publish"))
        if found:
            draft.state, draft.scheduled_on = DraftState.RETURNED, None
            draft.why = "\n".join(f.message.one("ja") for f in found)
            draft.save()
            _unschedule(loaded)
            steps.touch(w, loaded.record)
            w.journal("record.publication_failed", loaded.record.id, {"findings": [f.as_json() for f in found]})
            return False
        draft.note = draft.note or ""
        freeze(w, loaded, draft)
    return True


