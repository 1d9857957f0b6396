"""Announcing: what changed in public becomes a numbered change and moves the record to the end of every harvester's list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from izumi.kernel.actors import system
from izumi.kernel.days import Instant
from izumi.kernel.journal import Event
from izumi.kernel.work import Work, work
from izumi.publishing.models import Announced, Change, HarvestSet, InSet
from izumi.publishing.types import ChangeKind
from izumi.records import queries as records
from izumi.records.queries import PublicState

CHANGING = frozenset(
    f"record.{what}"
    for what in (
        "published", "corrected", "access_changed", "withdrawn", "linked", "projects_changed", "opened", "window_passed",
        "restored",
    )
)  # fmt: skip
"""Verbs after which a public record reads differently. Any other verb counts only when the record appears or disappears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a batch of events says about one record."""

    record: str
    change: ChangeKind
    state: PublicState | None
    before: Announced | None
    at: Instant
    seq: int


def announce(events: Sequence[Event]) -> int:
    """Tell the outside world what a batch of the journal changed in public; how many changes there were.

    One change per record and batch: what stands at the end counts. A record that was never public leaves no trace. A
    batch that comes again changes nothing. Cost: 11 statements for any number of records, and one for each record that
    appeared and disappeared before it was ever announced.
    """
    by_record: dict[str, list[Event]] = {}
    for event in events:
        by_record.setdefault(event.subject, []).append(event)
    with work(system("announce"), "publishing.announce") as w:
        w.joined = True  # it follows from events that the journal has already
        told = list(_told(by_record))
        if told:
            _write(w, told)
    return len(told)


def _told(by_record: Mapping[str, list[Event]]) -> Iterator[Told]:
    known = Announced.objects.in_bulk(list(by_record))
    states = records.public_states(by_record)
    for record, events in by_record.items():
        before, state = known.get(record), states.get(record)
        fresh = [event for event in events if before is None or event.seq > before.seq]
        change = _change(before, state, fresh) if fresh else None
        if change is not None:
            yield Told(record=record, change=change, state=state, before=before, at=fresh[-1].at, seq=fresh[-1].seq)


def _change(before: Announced | None, state: PublicState | None, events: list[Event]) -> ChangeKind | None:
    visible, verbs = state is not None and state.is_public, {event.verb for event in events}
    if before is None:
        if visible:
            return ChangeKind.PUBLISHED
        return ChangeKind.DELETED if state is not None and _was_public(state, events) else None
    if before.deleted:
        return ChangeKind.PUBLISHED if visible else None
    if not visible:
        return ChangeKind.DELETED
    if not verbs & CHANGING:
        return None
    return ChangeKind.OPENED if "record.opened" in verbs else ChangeKind.UPDATED


def _was_public(state: PublicState, events: list[Event]) -> bool:
    """Whether anyone could see it before; a record that came back from storage brings its own word of that."""
    return any((event.payload or {}).get("was_public") for event in events) or records.was_public(state.id)


def _write(w: Work, told: list[Told]) -> None:
    """Number the changes and put the records at the end; no datestamp is earlier than one that stands already.

    It is rounded up to the second, so that whoever read while this was being committed and goes on from the time of that
    answer does not pass by what was not there yet.
    """
    last = Change.objects.order_by("-n").values_list("n", flat=True).first() or 0
    newest = Announced.objects.order_by("-n").values_list("datestamp", flat=True).first()
    now = w.now.replace(microsecond=0) + timedelta(seconds=1 if w.now.microsecond else 0)
    datestamp = max(now, newest) if newest is not None else now
    rows, changes = [], []
    for n, one in enumerate(told, start=last + 1):
        rows.append(
            Announced(
                record=one.record, n=n, datestamp=datestamp, deleted=one.change == ChangeKind.DELETED, sets=_sets(one), seq=one.seq
            )
        )
        changes.append(Change(n=n, record=one.record, change=one.change, at=one.at, **_facts(one)))
    Change.objects.bulk_create(changes)
    Announced.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["record"], update_fields=["n", "datestamp", "deleted", "sets", "seq"]
    )
    _place(rows)


def _facts(one: Told) -> dict[str, str | int]:
    if one.state is not None:
        return {"kind": one.state.kind, "version": one.state.version}
    kind = next((spec.removeprefix("kind:") for spec in _sets(one) if spec.startswith("kind:")), "")
    return {"kind": kind, "version": 0}


def _sets(one: Told) -> list[str]:
    """A deleted record stays in the sets in which harvesters know it, so that they learn of it."""
    if one.change == ChangeKind.DELETED and one.before is not None:
        return list(one.before.sets)
    if one.state is None:
        return []
    projects = sorted(f"project:{project}" for project in one.state.projects)
    return [f"kind:{one.state.kind}", f"org:{one.state.organisation}", *projects]


def _place(rows: Iterable[Announced]) -> None:
    placed = list(rows)
    InSet.objects.filter(announced__in=[row.record for row in placed]).delete()
    InSet.objects.bulk_create(InSet(spec=spec, n=row.n, announced_id=row.record) for row in placed for spec in row.sets)
    specs = sorted({spec for row in placed for spec in row.sets})
    HarvestSet.objects.bulk_create([HarvestSet(spec=spec) for spec in specs], ignore_conflicts=True)
