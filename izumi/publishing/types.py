"""Words of publishing: what is announced to harvesters, and what the change feed tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from izumi.kernel.days import Instant


class ChangeKind(StrEnum):
    """What happened to a record in public."""

    PUBLISHED = "published"
    """It can be seen, for the first time or again."""
    UPDATED = "updated"
    """What can be seen of it has changed: a version, a correction, its access, its links, its projects."""
    OPENED = "opened"
    """An embargo ended: its data can be read."""
    DELETED = "deleted"
    """It can no longer be seen: withdrawn, or its metadata were narrowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A record in a list for harvesters; ``n`` is its place."""

    record: str
    n: int
    datestamp: Instant
    deleted: bool
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which announcements are asked for: bounds are inclusive datestamps, ``after`` the place behind which to go on."""

    since: Instant | None = None
    until: Instant | None = None
    spec: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicChange:
    """One line of the change feed."""

    n: int
    record: str
    change: str
    kind: str
    version: int
    at: Instant
