"""Words of storage. Owners are opaque ids; a version is an integer; a file is a row with a version interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from izumi.kernel.days import Instant
from izumi.kernel.text import Text

T = TypeVar("T")

DRAFT_PLACE = "draft"
"""The bytes are a content-addressed blob among the drafts."""
OBJECT_PLACE = "object:"
"""The bytes stand in the owner's OCFL object under the content path that follows."""
URL_PLACE = "url:"
"""Izumi does not keep the bytes; the address that follows does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes that are durable: their SHA-256 (lower-case hex) and their size."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file of one owner, valid in versions ``from_version <= n < to_version`` (``None``: still valid)."""

    id: int
    owner_id: str
    path: str
    from_version: int
    to_version: int | None
    sha256: str
    """Lower-case hex; empty only for a reference whose digest nobody told."""
    sha512: str
    """Set by the seal; empty before."""
    size_bytes: int | None
    """``None`` only for a reference whose size nobody told."""
    media_type: str
    place: str

    @property
    def folder(self) -> str:
        """The folder with its closing slash; empty at the top."""
        return self.path[: self.path.rfind("/") + 1]

    @property
    def name(self) -> str:
        """The last segment of the path."""
        return self.path[self.path.rfind("/") + 1 :]

    @property
    def is_reference(self) -> bool:
        """Whether the bytes are kept somewhere else."""
        return self.place.startswith(URL_PLACE)

    @property
    def url(self) -> str:
        """The address of a reference; empty for bytes that are kept here."""
        return self.place.removeprefix(URL_PLACE) if self.is_reference else ""

    def as_json(self) -> dict[str, object]:
        """The public shape of interface.md; ``version`` is the version in which these bytes came."""
        out: dict[str, object] = {
            "path": self.path,
            "size": self.size_bytes,
            "sha256": self.sha256 or None,
            "media_type": self.media_type,
            "version": self.from_version,
        }
        if self.is_reference:
            out["url"] = self.url
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """A page of a list; ``next`` is an opaque cursor, empty at the end."""

    items: tuple[T, ...]
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesSummary:
    """How many files a version has and what they weigh; references count in both, and apart in ``referenced_bytes``."""

    count: int = 0
    size_bytes: int = 0
    referenced_bytes: int = 0

    @property
    def bytes(self) -> int:
        """The size in bytes, by its public name."""
        return self.size_bytes

    def as_json(self) -> dict[str, int]:
        """The ``files`` summary of a record."""
        return {"count": self.count, "bytes": self.size_bytes}


class ChangeKind(StrEnum):
    """What happened to a path between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One path that differs between two versions."""

    kind: ChangeKind
    path: str
    before: FileRow | None
    after: FileRow | None


class UploadState(StrEnum):
    """Where an upload stands."""

    OPEN = "open"
    DONE = "done"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTicket:
    """An upload in progress, as its own sender may see it."""

    id: str
    owner_id: str
    path: str
    length: int
    offset: int
    """Bytes that are durable; the next PATCH starts here."""
    state: UploadState
    sender: str
    expires_at: Instant
    sha256: str = ""
    metadata: str = ""
    media_type: str = ""

    @property
    def complete(self) -> bool:
        """Whether all bytes are durable."""
        return self.offset == self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One place where stored bytes are not what was recorded."""

    owner_id: str
    path: str
    what: str
    """``missing``, ``digest``, ``unexpected`` (bytes that nothing names) or ``inventory``."""
    content_path: str = ""
    versions: tuple[int, ...] = ()
    """Versions of the object in which the bytes stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TidyReport:
    """What ``izumi storage tidy`` found and did."""

    blobs_set_aside: int = 0
    blobs_deleted: int = 0
    uploads_expired: int = 0
    incoming_removed: int = 0
    drafts_forgotten: int = 0
    holds_removed: int = 0
    objects_healed: int = 0


class PreviewKind(StrEnum):
    """In which form a file can be shown."""

    TABLE = "table"
    TEXT = "text"
    IMAGE = "image"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a page may show of a file without opening it; made from its bytes alone, so it is the same for every reader."""

    kind: PreviewKind
    head: tuple[str, ...] = ()
    """Names of a table's columns, in its own words."""
    rows: tuple[tuple[str, ...], ...] = ()
    """At most 200."""
    text: str = ""
    """At most 64 kB."""
    encoding: str = ""
    delimiter: str = ""
    whole: bool = True
    """False when the file goes on after what is shown."""
    has_picture: bool = False
    """Whether a scaled picture was made (``storage.queries.preview_picture``)."""
    has_plot: bool = False
    """Whether a line plot was made (``storage.queries.preview_plot``)."""
    said: Text = field(default_factory=Text)
    """What is shown, in words: encoding, number of rows, size of the image."""
    failed: Text = field(default_factory=Text)
    """Why nothing is shown; the download is always there."""
