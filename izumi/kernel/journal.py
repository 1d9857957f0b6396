"""The journal: what happened, in commit order, in a hash chain; payloads can be erased without breaking it.

Consumers are named, idempotent functions over batches of events with a cursor: everything that happens outside the
transaction (index, seal, mail, identifiers) is one. Queries of searchers are never in the journal.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.days import Instant
from izumi.kernel.models import EventPayload, EventRow

GENESIS = "0" * 64
_ADVISORY = 0x12A0A1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an action says, before it has a number."""

    verb: str
    subject: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event as consumers and history pages read it; ``payload`` is ``None`` when it was erased."""

    seq: int
    at: Instant
    actor: str
    verb: str
    subject: str
    payload: dict[str, Any] | None


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _digest(salt: str, body: str) -> str:
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def _link(previous: str, row: EventRow) -> str:
    header = [row.seq, row.at.isoformat(), row.actor, row.token, row.verb, row.subject, row.digest]
    return hashlib.sha256(f"{previous}\n{_dump(header)}".encode()).hexdigest()


def append(actor: Actor, at: Instant, entries: Sequence[Entry]) -> None:
    """Write the entries of one action, last in its transaction, so that ``seq`` is monotone in commit order."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY])
    last = EventRow.objects.order_by("-seq").values_list("seq", "chain").first()
    seq, chain = last or (0, GENESIS)
    rows, payloads = [], []
    for entry in entries:
        seq += 1
        salt, body = secrets.token_hex(16), _dump(entry.payload)
        row = EventRow(
            seq=seq, at=at, written_at=clock.machine_now(), actor=actor.id, token=actor.token,
            verb=entry.verb, subject=entry.subject, digest=_digest(salt, body),
        )  # fmt: skip
        row.chain = chain = _link(chain, row)
        rows.append(row)
        payloads.append(EventPayload(event_id=seq, salt=salt, body=body))
    EventRow.objects.bulk_create(rows)
    EventPayload.objects.bulk_create(payloads)


def said_recently(actor: Actor, verb: str, subject: str, *, within: timedelta) -> bool:
    """Whether the last event of the subject is this verb by this actor, that recently: the next one may join it."""
    last = EventRow.objects.filter(subject=subject).order_by("-seq").values_list("verb", "actor", "at").first()
    if last is None or last[:2] != (verb, actor.id):
        return False
    return bool(timedelta() <= clock.now() - last[2] < within)


def _event(row: EventRow) -> Event:
    payload = getattr(row, "payload", None)
    body = json.loads(payload.body) if payload is not None else None
    return Event(seq=row.seq, at=row.at, actor=row.actor, verb=row.verb, subject=row.subject, payload=body)


def events_after(seq: int, *, limit: int = 500) -> list[Event]:
    """The next events in order, at most ``limit``. Cost: 1 statement."""
    rows = EventRow.objects.filter(seq__gt=seq).select_related("payload").order_by("seq")[:limit]
    return [_event(row) for row in rows]


def events_of(subject: str, *, before: int | None = None, limit: int = 100) -> list[Event]:
    """Events of one subject, newest first, keyset-paged by ``before``. Cost: 1 statement."""
    rows = EventRow.objects.filter(subject=subject).select_related("payload").order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return [_event(row) for row in rows[:limit]]


def last_seq() -> int:
    """Number of the newest event; 0 when there is none."""
    return EventRow.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def erase(seq: int) -> None:
    """Forget what an event said (step of an erasure); its header and the chain stay verifiable."""
    EventPayload.objects.filter(event_id=seq).delete()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A place where the chain does not hold."""

    seq: int
    what: str


def verify() -> Iterator[Break]:
    """Recompute the chain from the beginning; yields each break. Cost: one pass, constant memory."""
    previous, expected = GENESIS, 1
    for row in EventRow.objects.select_related("payload").order_by("seq").iterator(chunk_size=2000):
        if row.seq != expected:
            yield Break(seq=row.seq, what="gap")
        if row.chain != _link(previous, row):
            yield Break(seq=row.seq, what="chain")
        payload = getattr(row, "payload", None)
        if payload is not None and _digest(payload.salt, payload.body) != row.digest:
            yield Break(seq=row.seq, what="payload")
        previous, expected = row.chain, row.seq + 1


# ---------------------------------------------------------------- consumers


Batch = Callable[[list[Event]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A named reader of the journal."""

    name: str
    verbs: tuple[str, ...]
    run: Batch

    def wants(self, event: Event) -> bool:
        """Whether the consumer listens to this verb (prefixes ending in a dot, or whole verbs)."""
        return any(event.verb == verb or (verb.endswith(".") and event.verb.startswith(verb)) for verb in self.verbs)


CONSUMERS: dict[str, Consumer] = {}


def consumer(name: str, *, verbs: tuple[str, ...]) -> Callable[[Batch], Batch]:
    """Register a function over batches of events; it must be idempotent, for a batch may come again after a crash."""

    def register(run: Batch) -> Batch:
        CONSUMERS[name] = Consumer(name=name, verbs=verbs, run=run)
        return run

    return register
