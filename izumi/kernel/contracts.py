"""What rooms agree on without knowing each other: the package that leaves Izumi and the codec that writes it.

A *package* is everything that a format may say about one version of one record, already projected for its
reader (nothing in it may be hidden again later). Codecs are pure: a package in, bytes out; no database, no network,
no Django. All addresses in a package are absolute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable
from urllib.parse import quote

from izumi.kernel.text import Text

Document = dict[str, Any]
"""The metadata document of `metadata.md` (names fixed there), or a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    """Absolute addresses of a record.

    ``resolver`` is ``/id/{id}`` (what exports name), ``record`` the landing page of the newest version, ``version`` the
    page of exactly this version, ``api`` the API resource, ``files`` the folder of this version's files ending in "/".
    """

    record: str
    version: str
    resolver: str
    api: str
    files: str

    def file(self, path: str) -> str:
        """Absolute address of one file of this version (``path`` as stored, "/" between folders)."""
        return self.files + quote(path, safe="/~!$&'()*+,;=:@-._")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """One file of the version; ``url`` is absolute, ``sha256`` lower-case hex.

    ``reference`` is the address of bytes that stay elsewhere; empty for bytes that are kept here.
    """

    path: str
    size_bytes: int
    media_type: str
    sha256: str
    url: str
    reference: str = ""


def no_files() -> Iterator[PackageFile]:
    """The file iterator of a package without files, or whose files the reader may not see."""
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One version of one record as one reader may see it.

    ``metadata`` is the projected document; ``unmapped`` holds what an import brought and the document has no place for
    (``{"format", "path", "value"}``); ``versions`` are ``{"n", "correction", "published_on", "note"}`` oldest first;
    ``organisation`` is ``{"id", "name": {"ja", "en"}, "ror"?}``; ``access`` is the access statement as in the document;
    ``files_summary`` is ``{"count", "bytes"}``; ``profiles`` maps a profile name to the version the record was valid
    under; ``files`` makes a fresh iterator at every call, because a version may hold a million files.
    """

    id: str
    kind: str
    state: str
    version: int
    urls: Urls
    metadata: Document
    access: Document
    publisher: Text
    organisation: Document
    published_on: str | None = None
    updated_on: str | None = None
    unmapped: tuple[Document, ...] = ()
    links: tuple[Document, ...] = ()
    versions: tuple[Document, ...] = ()
    identifiers: tuple[Document, ...] = ()
    profiles: Mapping[str, str] = field(default_factory=dict)
    files_summary: Mapping[str, int] = field(default_factory=lambda: {"count": 0, "bytes": 0})
    files: Callable[[], Iterator[PackageFile]] = no_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Something that a format could not carry, or a reader could not understand.

    ``pointer`` is a JSON Pointer into the metadata document (writing) or the path inside the read file (reading).
    """

    pointer: str
    message: Text
    value: object = None

    def as_json(self) -> Document:
        """For the export answer with ``loss=1``, CLI and import reports."""
        out: Document = {"pointer": self.pointer, "message": dict(self.message)}
        if self.value is not None:
            out["value"] = self.value
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What a codec read: the start of a record. ``identifiers`` name it elsewhere; ``position`` says where in the file."""

    metadata: Document
    kind: str = "dataset"
    unmapped: tuple[Document, ...] = ()
    identifiers: tuple[Document, ...] = ()
    position: str = ""


@runtime_checkable
class Codec(Protocol):
    """One format. ``media_types[0]`` is the type it is served with; the others are also understood in ``Accept``."""

    name: str
    media_types: tuple[str, ...]
    extension: str
    label: Text

    def write(self, package: Package) -> Iterator[bytes]:
        """The package in this format; deterministic: equal packages give equal bytes."""
        ...

    def losses(self, package: Package) -> tuple[Loss, ...]:
        """What this package holds and the format cannot carry."""
        ...


@runtime_checkable
class ReadingCodec(Codec, Protocol):
    """A format that can also be read. ``detect`` is cheap and looks at the first kilobytes only."""

    def detect(self, head: bytes, filename: str = "") -> bool:
        """Whether these first bytes look like this format."""
        ...

    def read(self, source: bytes) -> tuple[tuple[Incoming, ...], tuple[Loss, ...]]:
        """All records of a file and what could not be understood. Raises `Invalid` when it is not this format."""
        ...


def joined(chunks: Iterable[bytes]) -> bytes:
    """All bytes of a small export."""
    return b"".join(chunks)
