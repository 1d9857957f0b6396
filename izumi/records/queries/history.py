"""What happened to a record, and how two of its versions differ."""

from __future__ import annotations

from dataclasses import dataclass

from izumi.kernel import clock, journal
from izumi.kernel.actors import Actor
from izumi.kernel.days import Instant
from izumi.kernel.errors import Gone, NotThere, Refused, SignInNeeded
from izumi.kernel.journal import Event
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.people.types import PersonCard
from izumi.policy import rules as decide
from izumi.records import rules
from izumi.records.models import Version
from izumi.records.queries.reading import decide_for, load
from izumi.records.rules import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of a history; ``who`` is a name, or the kind of actor."""

    seq: int
    at: Instant
    who: Text
    actor: str
    verb: str
    payload: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDiff:
    """Metadata differences between two versions; file differences are paged by ``storage.queries.diff``."""

    before: int
    after: int
    metadata: tuple[Difference, ...]


def history(actor: Actor, record_id: str, *, before: int | None = None, limit: int = 100) -> list[Happened]:
    """The journal of a record, newest first, for those who may edit it. Cost: 7 statements."""
    loaded = load(record_id)
    if not decide_for(actor, loaded, "see"):
        raise NotThere("record", loaded.record.id)
    if not (decide_for(actor, loaded, "edit") or decide_for(actor, loaded, "manage")):
        verdict = decide_for(actor, loaded, "edit")
        raise SignInNeeded(verdict=verdict) if actor.is_anonymous else Refused(verdict)
    events = journal.events_of(loaded.record.id, before=before, limit=limit)
    cards = people.cards({e.actor.removeprefix("person:") for e in events if e.actor.startswith("person:")})
    return [_happened(event, cards.get(event.actor.removeprefix("person:"))) for event in events]


def _happened(event: Event, card: PersonCard | None) -> Happened:
    who = card.name if card is not None else Text({"en": event.actor})
    return Happened(
        seq=event.seq, at=event.at, who=who, actor=event.actor, verb=event.verb, payload=event.payload or {}
    )


def diff(actor: Actor, record_id: str, before: int, after: int) -> VersionDiff:
    """How the metadata of two versions differ, as this reader may see them. Cost: 6 statements."""
    loaded = load(record_id)
    if not decide_for(actor, loaded, "see"):
        raise NotThere("record", loaded.record.id)
    if loaded.record.withdrawn_at is not None and not decide_for(actor, loaded, "manage"):
        raise Gone("record.withdrawn", why=loaded.record.withdrawn_why, id=loaded.record.id)
    documents = []
    for n in (before, after):
        found = Version.objects.filter(record_id=loaded.record.id, n=n, withdrawn_at=None).order_by("-correction").first()
        if found is None:
            raise NotThere("version")
        documents.append(found.metadata)
    hidden = decide.hidden_pointers(actor, loaded.facts, clock.now())
    old, new = (rules.without({**d, "access": {}}, hidden) for d in documents)
    return VersionDiff(before=before, after=after, metadata=tuple(rules.differences(old, new)))
