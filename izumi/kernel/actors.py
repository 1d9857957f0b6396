"""Who acts: an actor carries the audience keys against which the decision is made. There is no action without one."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["anonymous", "person", "console", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody or something that reads or acts."""

    kind: Kind
    id: str
    """``anonymous``, ``person:<id>``, ``console:<unix user>`` or ``system:<purpose>``."""
    keys: frozenset[str] = field(default_factory=lambda: frozenset({"public"}))
    """Audience keys, already expanded (a curator of a university also holds the keys of its departments)."""
    name: str = ""
    scopes: frozenset[str] | None = None
    """What a token allows; ``None`` means everything that the person may."""
    token: str = ""
    """Prefix of the token in use, for the journal; empty for a session."""

    @property
    def person(self) -> str | None:
        """The person's identifier, when the actor is one."""
        return self.id.removeprefix("person:") if self.kind == "person" else None

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return self.kind == "anonymous"

    def holds(self, key: str) -> bool:
        """Whether the actor has the audience key."""
        return key in self.keys


ANONYMOUS = Actor(kind="anonymous", id="anonymous")


def system(purpose: str) -> Actor:
    """Izumi itself, e.g. ``system("publication day")``."""
    return Actor(kind="system", id=f"system:{purpose}", keys=frozenset({"public", "system"}), name=purpose)


def console() -> Actor:
    """Who has the shell has the disk: every workflow and all bytes, journalled with the Unix user."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return Actor(kind="console", id=f"console:{user}", keys=frozenset({"public", "console"}), name=user)
