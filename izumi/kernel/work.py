"""``work()``: one action, one transaction, one journal entry; the outside world hears after commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from izumi.kernel import clock, journal
from izumi.kernel.actors import Actor
from izumi.kernel.days import Day, Instant, day_of
from izumi.kernel.home import home
from izumi.kernel.jobs import enqueue
from izumi.kernel.locks import write_turn


class NothingJournalled(RuntimeError):
    """An action changed state without saying so in the journal; everything was rolled back."""


@dataclass(slots=True, kw_only=True)
class Work:
    """An open unit of work. Steps of lower rooms take it as their first argument; they can neither open nor forget one."""

    actor: Actor
    action: str
    now: Instant
    entries: list[journal.Entry] = field(default_factory=list)
    joined: bool = False

    @property
    def today(self) -> Day:
        """The domain day of this work."""
        return day_of(self.now)

    def journal(
        self, verb: str, subject: str, payload: dict[str, Any] | None = None, *, join: timedelta | None = None
    ) -> None:
        """Say what happened. With ``join`` nothing is added when the same actor said the same of this subject that recently."""
        if join is not None and journal.said_recently(self.actor, verb, subject, within=join):
            self.joined = True
            return
        self.entries.append(journal.Entry(verb=verb, subject=subject, payload=payload or {}))

    def later(
        self,
        name: str,
        payload: dict[str, Any] | None = None,
        *,
        dedup: str | None = None,
        due: Instant | None = None,
        run_after: Instant | None = None,
    ) -> str | None:
        """Queue a job in the same transaction; its id, or ``None`` when an equal one is already queued."""
        return enqueue(name, payload or {}, owner=self.actor.id, dedup=dedup, due=due, run_after=run_after)


@contextmanager
def work(actor: Actor, action: str) -> Iterator[Work]:
    """Open the one transaction of an action.

    Raises ``NothingJournalled`` – and rolls back – when the block did not call ``journal``.
    """
    turn = write_turn(home().path / "izumi.db.lock") if connection.vendor == "sqlite" else nullcontext()
    with turn, transaction.atomic(durable=True):
        w = Work(actor=actor, action=action, now=clock.now())
        yield w
        if not w.entries and not w.joined:
            raise NothingJournalled(action)
        journal.append(actor, w.now, w.entries)
