"""What people should know: rooms say which events make which notices; the room of people keeps, shows and mails them.

A room has a module ``notices`` in which it declares *kinds* and registers *makers*: functions from events to notices.
Notices are rows made by a consumer of the journal; a maker must give the same answer for the same event again.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from django.apps import apps

from izumi.kernel.actors import Actor
from izumi.kernel.journal import Event
from izumi.kernel.text import Text

Urgency = Literal["now", "daily", "never"]
Names = Callable[[frozenset[str], Actor], Mapping[str, Text]]
"""From subjects and a reader (anonymous for mail) to the names that this reader may hear; others are said by identifier."""

NAME = "{name}"
"""In the text of a notice: what it is about, by a name that the reader may hear when it is read or sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of notice: what people choose by, and when it is mailed."""

    name: str
    label: Text
    why: Text
    """Why somebody gets it: a sentence at the foot of a mail."""
    urgency: Urgency
    """``now``: at once, for somebody must act or asked for it; ``daily``: in one mail in the morning; ``never``."""
    names: Names | None = field(default=None, compare=False)
    over: tuple[str, ...] = ()
    """Verbs after which an earlier notice of this kind asks for nothing any more (see `settled_by`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something one person should know because of one event."""

    person: str
    kind: str
    event: Event
    subject: str
    """What it is about: an identifier that ``{name}`` in the text stands for."""
    text: Text
    """What happened, in words that hold for ever; ``{name}`` is filled in for each reader (see `plain` for other names)."""
    href: str
    """The one page to go to, within the site and without language."""
    act: bool = False
    """Whether the person is asked to do something."""


Make = Callable[[list[Event]], Iterable[Notice]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """A function that makes notices of some verbs."""

    room: str
    verbs: tuple[str, ...]
    make: Make


KINDS: dict[str, Kind] = {}
MAKERS: list[Maker] = []


def notice_kind(
    name: str, *, label: Text, why: Text, urgency: Urgency, names: Names | None = None, over: tuple[str, ...] = ()
) -> str:
    """Declare a kind; returns its name."""
    KINDS[name] = Kind(name=name, label=label, why=why, urgency=urgency, names=names, over=over)
    return name


def notice_maker(room: str, *, verbs: tuple[str, ...]) -> Callable[[Make], Make]:
    """Register a maker over events of these verbs, once."""

    def register(make: Make) -> Make:
        MAKERS.append(Maker(room=room, verbs=verbs, make=make))
        return make

    return register


@lru_cache(maxsize=1)
def load() -> None:
    """Import ``notices`` of every room but people's own, so that kinds and makers are registered."""
    for room in apps.get_app_configs():
        module = f"{room.name}.notices"
        if room.name.startswith("izumi.") and room.name != "izumi.kernel" and importlib.util.find_spec(module):
            importlib.import_module(module)


def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order of the rooms."""
    load()
    return KINDS


def verbs() -> tuple[str, ...]:
    """Every verb that a maker listens to."""
    load()
    makers = {verb for maker in MAKERS for verb in maker.verbs}
    return tuple(sorted(makers | {verb for kind in KINDS.values() for verb in kind.over}))


def settled_by(event: Event) -> tuple[list[str], frozenset[str]]:
    """The kinds whose earlier notices this event settles, and what it is about: entry and record named, else its subject."""
    told = event.payload or {}
    named = {told[name] for name in ("entry", "record") if isinstance(told.get(name), str)} - {""}
    return [kind.name for kind in kinds().values() if event.verb in kind.over], frozenset(named or {event.subject} - {""})


def made_of(events: list[Event]) -> list[Notice]:
    """The notices of these events; nobody is told of what they did themselves."""
    load()
    made: list[Notice] = []
    for maker in MAKERS:
        mine = [event for event in events if event.verb in maker.verbs and event.payload is not None]
        made += maker.make(mine) if mine else ()
    return [notice for notice in made if notice.event.actor != f"person:{notice.person}"]


def plain(text: Text) -> Text:
    """A name that becomes part of a notice's text for good: its braces are no places to fill."""
    return Text({tag: value.replace("{", "{{").replace("}", "}}") for tag, value in text.items()})


def named(rows: Iterable[tuple[str, str, Text]], reader: Actor) -> list[Text]:
    """The texts of notices, given as (kind, subject, text), in the words that this reader may hear.

    Cost: what the rooms' names cost, once for each room, whatever the number of notices.
    """
    told = list(rows)
    asked: dict[Names, set[str]] = {}
    for kind, subject, _ in told:
        known = kinds().get(kind)
        if known is not None and known.names is not None and subject:
            asked.setdefault(known.names, set()).add(subject)
    found = {names: names(frozenset(subjects), reader) for names, subjects in asked.items()}
    return [_tidy(text.format(name=_name(kind, subject, found))) for kind, subject, text in told]


def _name(kind: str, subject: str, found: Mapping[Names, Mapping[str, Text]]) -> Text:
    """The name for this reader, else the identifier, set apart from Japanese words by spaces."""
    known = kinds().get(kind)
    names = known.names if known else None
    told = found[names].get(subject) if names is not None and names in found else None
    return told or Text({"ja": f" {subject} ", "en": subject})


def _tidy(text: Text) -> Text:
    return Text({tag: value.strip() for tag, value in text.items()})
