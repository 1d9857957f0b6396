"""Changing who may see what, and withdrawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict, Invalid, MatchNeeded, NotThere, Outdated
from izumi.kernel.findings import Finding
from izumi.kernel.work import work
from izumi.policy import rules as decide
from izumi.policy.types import AccessFacts, AccessStatement, Change
from izumi.profiles import rules as shapes
from izumi.records import checking, rules
from izumi.records.actions import steps
from izumi.records.actions.drafts import write_draft
from izumi.records.models import Link, Version
from izumi.records.queries import reading
from izumi.records.types import Document
from izumi.storage import actions as storage_actions


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessView:
    """The statement of a record, its compiled rules, and who gains and loses by a change."""

    record: str
    revision: int
    statement: Document
    facts: AccessFacts
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def etag(self) -> str:
        """For ``If-Match``."""
        return rules.access_etag(self.record, self.revision)


def access_of(actor: Actor, record_id: str) -> AccessView:
    """The access statement and its rules, for those who manage the record; others learn the public statement only."""
    loaded = reading.load_for(actor, record_id, "see")
    manages = bool(reading.decide_for(actor, loaded, "manage"))
    facts = loaded.facts if manages else AccessFacts(record_id=loaded.record.id, state=loaded.facts.state)
    statement = loaded.facts.statement.as_document()
    if not manages:
        statement = {k: v for k, v in statement.items() if k not in ("scopes", "reasons", "disclosure")}
    return AccessView(record=loaded.record.id, revision=loaded.record.access_revision, statement=statement, facts=facts)


def set_access(
    actor: Actor, record_id: str, access: Document, *, if_match: str | None, preview: bool = False, why: str = ""
) -> AccessView:
    """Put a new access statement in force; with ``preview`` only tell who would gain and who would lose, and when.

    The statement belongs to the record: before the first publication it is written into the draft. Narrowing writes a
    hold to storage before it commits, so that a rebuild never reopens what was narrowed.
    """
    shapes.shape({"access": access})
    document, told = steps.stored({"access": access})
    wanted = AccessStatement.from_document(document["access"])
    if preview:
        return _previewed(actor, record_id, wanted, document, told)
    with work(actor, "record.set_access") as w:
        loaded = reading.load_for(actor, record_id, "manage")
        _match(loaded.record.id, loaded.record.access_revision, if_match)
        found = (*told, *_findings(loaded, document))
        if loaded.record.latest:
            if errors := checking.errors(found):
                raise Invalid(errors)
            if rules.narrows(loaded.facts.statement, wanted):
                storage_actions.hold(w, loaded.record.id, narrowing="access")
            loaded.record.access, loaded.record.access_class = wanted.as_document(), str(wanted.access_class)
            steps.recompile(w, loaded.record, loaded.projects, wanted)
            steps.touch(w, loaded.record, public=True)
        else:
            write_draft(w, loaded, {**reading.draft_of(loaded).metadata, **document})
        before = loaded.facts.statement.as_document()
        w.journal("record.access_changed", loaded.record.id, {"before": before, "after": document["access"], "why": why})
    now = access_of(actor, record_id)
    return AccessView(record=now.record, revision=now.revision, statement=now.statement, facts=now.facts, findings=tuple(found))


def _match(record_id: str, revision: int, if_match: str | None) -> None:
    if if_match is None:
        raise MatchNeeded
    if not rules.matches(if_match, rules.access_etag(record_id, revision)):
        raise Outdated(current={"revision": revision})


def _findings(loaded: reading.Loaded, document: Document) -> tuple[Finding, ...]:
    """What the rules say about the access part, in the whole document."""
    base: Document = {}
    if loaded.newest is not None:
        base = Version.objects.values_list("metadata", flat=True).get(pk=loaded.newest.pk)
    elif loaded.draft is not None:
        base = loaded.draft.metadata
    found = checking.findings({**base, **document}, loaded.record, loaded.cards(), step="publish")
    return tuple(f for f in found if f.pointer.startswith("/access"))


def _previewed(
    actor: Actor, record_id: str, wanted: AccessStatement, document: Document, told: tuple[Finding, ...]
) -> AccessView:
    loaded = reading.load_for(actor, record_id, "manage")
    record = loaded.record
    after = decide.rules_for(
        wanted, steps.parties_of(record, loaded.projects), state=record.state, gates=frozenset(record.gates)
    )
    return AccessView(
        record=record.id, revision=record.access_revision, statement=document["access"],
        facts=AccessFacts(record_id=record.id, state=record.state, statement=wanted, rules=after),
        changes=tuple(decide.gains_and_losses(loaded.facts.rules, after)), findings=(*told, *_findings(loaded, document)),
    )  # fmt: skip


def withdraw(actor: Actor, record_id: str, *, why: str, version: int | None = None) -> None:
    """Take a record, or one version of it, from the public; a tombstone with the citation stays."""
    reason = steps.words(why)
    with work(actor, "record.withdraw") as w:
        loaded = reading.load_for(actor, record_id, "withdraw")
        record = loaded.record
        if record.latest == 0:
            raise Conflict("record.never_published")
        if record.withdrawn_at is not None:
            raise Conflict("record.already_withdrawn")
        storage_actions.hold(w, record.id, narrowing="withdrawn")
        whole = version is None or _is_last(loaded, version)
        if version is not None:
            standing = Version.objects.filter(record=record, n=version, withdrawn_at=None)
            if not any(v.n == version for v in loaded.versions):
                raise NotThere("version")
            if standing.update(withdrawn_at=w.now, withdrawn_why=reason) == 0:
                raise Conflict("record.already_withdrawn")
        if whole:
            record.state, record.withdrawn_at, record.withdrawn_why = "withdrawn", w.now, reason
        steps.recompile(w, record, loaded.projects, loaded.facts.statement)
        steps.touch(w, record, public=True)
        w.journal("record.withdrawn", record.id, {"why": reason, "version": version, "whole": whole})


def _is_last(loaded: reading.Loaded, version: int) -> bool:
    return not any(v.withdrawn_at is None and v.n != version for v in loaded.versions)


def window_edge(actor: Actor, record_id: str) -> None:
    """A window opened or closed: an ended embargo becomes ``open`` in the statement, dates move, everybody outside hears.

    The decision itself needs no such event – it follows the clock. Source: product.md A11 (the lift is an event).
    """
    with work(actor, "record.window_edge") as w:
        loaded = reading.load(record_id)
        record, statement = loaded.record, loaded.facts.statement
        over = rules.embargo_is_over(statement, w.now) and record.latest > 0 and record.withdrawn_at is None
        if over:
            record.access = rules.access_shown(statement, w.now)
            record.access_class = str(record.access["class"])
            steps.recompile(w, record, loaded.projects, AccessStatement.from_document(record.access))
        else:
            steps.recompile(w, record, loaded.projects, statement)
        steps.touch(w, record, public=record.latest > 0)
        w.journal("record.opened" if over else "record.window_passed", record.id, {"access": record.access_class})


def confirmation_due(actor: Actor, record_id: str) -> bool:
    """The day has come on which somebody may open the data and must say so; nothing is opened, people are told. Whether it waits."""
    with work(actor, "record.confirmation_due") as w:
        loaded = reading.load(record_id)
        record, day = loaded.record, rules.confirmation_day(loaded.facts.statement)
        if day is None or day > w.today or record.latest == 0 or record.withdrawn_at is not None:
            w.joined = True  # opened, moved, withdrawn or never published: nobody is asked
            return False
        w.journal("record.confirmation_due", record.id, {"available_on": day.isoformat()})
    return True


def add_link(actor: Actor, record_id: str, link: dict[str, Any]) -> None:
    """Add a typed link to a record or an outside identifier; it needs no new version."""
    entry = {name: str(link.get(name) or "").strip() for name in ("relation", "scheme", "identifier", "kind", "evidence")}
    if not entry["relation"] or not entry["identifier"] or len(entry["identifier"]) > 500:
        raise steps.refused(
            "link-incomplete", "/identifier", "関係の種類（relation）と相手の番号（identifier）を書いてください。",
            "Give a relation and the identifier it points to.",
        )  # fmt: skip
    shapes.shape({"relations": [{k: v for k, v in entry.items() if v}]})
    with work(actor, "record.add_link") as w:
        loaded = reading.load_for(actor, record_id, "edit")
        Link.objects.create(
            record=loaded.record, origin="added", added_by=actor.id, added_at=w.now, target=steps.target_of(entry), **entry
        )
        steps.touch(w, loaded.record, public=loaded.record.latest > 0)
        w.journal("record.linked", loaded.record.id, entry)
