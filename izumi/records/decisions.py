"""The decision asked for by itself: for oneself, or – for those who manage a record – as somebody else or at another time."""

from __future__ import annotations

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS, Actor
from izumi.kernel.days import Instant
from izumi.kernel.errors import NotThere, Refused
from izumi.kernel.ids import is_id
from izumi.people import queries as people
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.policy.types import Action, Verdict
from izumi.records.actions import steps
from izumi.records.queries import reading


def decision(
    actor: Actor, record_id: str, action: str, *, path: str | None = None, other: str | None = None, at: Instant | None = None
) -> Verdict:
    """The verdict with reasons.

    ``other`` is a person's identifier or user name, or ``anonymous``; it – and with it another moment – is for those who
    manage the record. What the asker may not see is not there.
    """
    if action not in {str(a) for a in Action}:
        raise steps.refused(
            "action-unknown", "/action", f"action は {'、'.join(Action)} のどれかです。", f"action is one of {', '.join(Action)}."
        )  # fmt: skip
    loaded = reading.load(record_id)
    if not reading.decide_for(actor, loaded, "see"):
        raise NotThere("record", record_id)
    moment = at or clock.now()
    subject = actor
    if other is not None and other != actor.person:
        managing = reading.decide_for(actor, loaded, "manage")
        if not managing:
            raise Refused(managing)
        subject = _somebody(other, moment)
    elif at is not None and actor.person:
        subject = people.actor_for(actor.person, at, actor.scopes)
    if at is None:
        return reading.decide_for(subject, loaded, action) if path is None else _file(subject, loaded, action, path)
    return policy.verdict_as_of(subject, action, loaded.record.id, at=moment, path=path)


def _file(actor: Actor, loaded: reading.Loaded, action: str, path: str) -> Verdict:
    return decide.verdict(actor, action, loaded.facts, clock.now(), path)


def _somebody(name: str, at: Instant) -> Actor:
    if name in ("anonymous", "public"):
        return ANONYMOUS
    key = name.removeprefix("person:")
    found = people.actor_for(key if is_id(key) else people.person_id_of(key), at)
    if found.is_anonymous:
        raise NotThere("person", name)
    return found
