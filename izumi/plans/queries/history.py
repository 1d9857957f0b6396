"""What happened to a plan, and how two of its states differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from izumi.kernel import journal
from izumi.kernel.actors import Actor
from izumi.kernel.days import Instant
from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.plans import rules
from izumi.plans.models import PlanVersion
from izumi.plans.queries.loading import Loaded, decide, draft_of, load, load_for, require
from izumi.plans.types import Document
from izumi.records import rules as differing
from izumi.records.rules import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHappened:
    """One line of a plan's history; ``who`` is a name, or the kind of actor."""

    seq: int
    at: Instant
    who: Text
    actor: str
    verb: str
    payload: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDiff:
    """What became of one entry: ``added``, ``removed`` or ``changed``, member by member."""

    entry: str
    number: str
    title: Text
    change: str
    members: tuple[Difference, ...] = ()

    def as_json(self) -> Document:
        """For answers."""
        return {
            "entry": self.entry, "number": self.number, "title": self.title.as_json(), "change": self.change,
            "members": [one.as_json() for one in self.members],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDiff:
    """How two states of a plan differ: in its own members, and entry by entry."""

    before: str
    after: str
    members: tuple[Difference, ...]
    entries: tuple[EntryDiff, ...]


def history(actor: Actor, plan_id: str, *, before: int | None = None, limit: int = 100) -> list[PlanHappened]:
    """The journal of a plan, newest first, for those who may write it. Cost: 5 statements."""
    loaded = load_for(actor, plan_id, "history")
    events = journal.events_of(loaded.plan.id, before=before, limit=limit)
    cards = people.cards({e.actor.removeprefix("person:") for e in events if e.actor.startswith("person:")})
    return [
        PlanHappened(
            seq=e.seq, at=e.at, actor=e.actor, verb=e.verb, payload=e.payload or {},
            who=cards[key].name if (key := e.actor.removeprefix("person:")) in cards else Text({"en": e.actor}),
        )
        for e in events
    ]  # fmt: skip


def diff(actor: Actor, plan_id: str, before: str, after: str) -> PlanDiff:
    """How two states differ; each is a version's number or ``draft``, the working document. Cost: 5 statements."""
    loaded = load(plan_id)
    if not decide(actor, loaded, "see"):
        raise NotThere("plan", loaded.plan.id)
    old, new = (_state(actor, loaded, name) for name in (before, after))
    return PlanDiff(before=before, after=after, members=tuple(differing.differences(_head(old), _head(new))), entries=tuple(_entries(old, new)))


def _state(actor: Actor, loaded: Loaded, name: str) -> Document:
    if name == "draft":
        require(actor, loaded, "see_draft")
        return draft_of(loaded).document
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 9 else -1
    document = PlanVersion.objects.filter(plan=loaded.plan, n=number).values_list("document", flat=True).first()
    if document is None:
        raise NotThere("version")
    return document


def _head(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "entries"}


def _entries(before: Document, after: Document) -> Iterable[EntryDiff]:
    old, new = rules.by_id(before), rules.by_id(after)
    for key in {**new, **old}:
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        shown = now or was or {}
        title = shown.get("title")
        yield EntryDiff(
            entry=key, number=rules.number_of(shown), title=Text(title) if isinstance(title, dict) else Text(),
            change="added" if was is None else "removed" if now is None else "changed",
            members=tuple(differing.differences(was, now)) if was and now else (),
        )  # fmt: skip
