"""Draft blobs: bytes named by their SHA-256, durable before anybody is told so, in constant memory.

``drafts/incoming/`` holds what is being received, ``drafts/blobs/ab/cdef…`` what is complete, ``drafts/trash/`` what
nothing names any more (kept for a while: a reader that still needs one takes it back).
"""

from __future__ import annotations

import errno
import hashlib
import os
import queue
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from izumi.kernel.errors import Damaged, Invalid, NotThere, TooMuch, Unavailable
from izumi.kernel.home import home
from izumi.storage.types import Blob

CHUNK = 1024 * 1024
_THREADED_FROM = 4 * CHUNK
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SHUT = {errno.EROFS, errno.EACCES, errno.EPERM}


class Readable(Protocol):
    """Anything that can be read in pieces."""

    def read(self, size: int = ..., /) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        ...


@contextmanager
def write_faults() -> Iterator[None]:
    """Turn a full, read-only or forbidden disk into a clear error."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise Unavailable("storage.full") from fault
        if fault.errno in _SHUT:
            raise Unavailable("storage.read_only") from fault
        raise


class SecondThreadHash:
    """SHA-256 computed beside the writer; a short input is hashed in place, without a thread."""

    def __init__(self, started: Any = None) -> None:
        self.hash = started if started is not None else hashlib.sha256()
        self._seen = 0
        self._queue: queue.Queue[bytes | None] | None = None
        self._thread: threading.Thread | None = None

    def update(self, chunk: bytes) -> None:
        """Add bytes; may wait when the hash is four chunks behind."""
        self._seen += len(chunk)
        if self._queue is None and self._seen > _THREADED_FROM:
            self._queue = queue.Queue(maxsize=4)
            self._thread = threading.Thread(target=self._work, args=(self._queue,), daemon=True)
            self._thread.start()
        if self._queue is None:
            self.hash.update(chunk)
        else:
            self._queue.put(chunk)

    def _work(self, chunks: queue.Queue[bytes | None]) -> None:
        while (chunk := chunks.get()) is not None:
            self.hash.update(chunk)

    def close(self) -> None:
        """Wait until every byte is in; safe to call twice."""
        if self._queue is not None and self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._queue = self._thread = None

    def hexdigest(self) -> str:
        """The digest of everything added."""
        self.close()
        return str(self.hash.hexdigest())


def folder() -> Path:
    """Where complete blobs lie."""
    return home().drafts / "blobs"


def blob_path(sha256: str) -> Path:
    """Where the blob of this digest lies, or would lie."""
    return folder() / sha256[:2] / sha256[2:]


def trash_path(sha256: str) -> Path:
    """Where tidy sets a blob aside before it is deleted."""
    return home().drafts / "trash" / sha256


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make a folder and its parents, durably."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for each in reversed(missing):
        with suppress(FileExistsError):
            each.mkdir()
        sync_folder(each.parent)


def receive(
    stream: Readable,
    *,
    expected_sha256: str = "",
    expected_size: int | None = None,
    limit: int | None = None,
    room: Callable[[int], None] | None = None,
) -> Blob:
    """Read a stream to its end into a blob and make it durable.

    ``limit`` bounds the bytes; ``room(bytes so far)`` is asked every few megabytes and may raise (quotas).
    Refuses: ``file.too_large``, ``file.size_mismatch``, ``file.digest_mismatch``, ``storage.full``; leaves nothing behind.
    """
    incoming = home().drafts / "incoming"
    with write_faults():
        make_folder(incoming)
        target = incoming / secrets.token_hex(16)
        try:
            with target.open("xb", buffering=0) as out:
                sha256, size = _pour(stream, out, limit=limit, room=room)
                _as_expected(sha256, size, expected_sha256, expected_size)
                os.fsync(out.fileno())
            keep(target, sha256)
        finally:
            with suppress(FileNotFoundError):
                target.unlink()
    return Blob(sha256=sha256, size_bytes=size)


def _pour(
    stream: Readable, out: Any, *, limit: int | None, room: Callable[[int], None] | None
) -> tuple[str, int]:
    digest, size = SecondThreadHash(), 0
    try:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if limit is not None and size > limit:
                raise TooMuch("file.too_large", limit=limit)
            if room is not None:
                room(size)
            write_all(out, chunk)
            digest.update(chunk)
    finally:
        digest.close()
    return digest.hexdigest(), size


def write_all(out: Any, chunk: bytes) -> None:
    """Write every byte of a chunk to an unbuffered file."""
    view = memoryview(chunk)
    while view:
        view = view[out.write(view) :]


def _as_expected(sha256: str, size: int, expected_sha256: str, expected_size: int | None) -> None:
    if expected_size is not None and size != expected_size:
        raise Invalid((), "file.size_mismatch", expected=expected_size, found=size)
    if expected_sha256 and sha256 != expected_sha256:
        raise Invalid((), "file.digest_mismatch", expected=expected_sha256, found=sha256)


def keep(source: Path, sha256: str) -> None:
    """Give fsynced bytes their place among the blobs, durably; equal bytes replace themselves."""
    target = blob_path(sha256)
    make_folder(target.parent)
    source.replace(target)
    sync_folder(target.parent)


def exists(sha256: str) -> bool:
    """Whether the blob is here (also when it was set aside)."""
    return blob_path(sha256).exists() or trash_path(sha256).exists()


def touch(sha256: str) -> None:
    """Tell tidy that somebody is about to name this blob."""
    with suppress(FileNotFoundError):
        os.utime(blob_path(sha256))


def open_blob(sha256: str) -> BinaryIO:
    """Open a blob for reading; one that was set aside comes back. Raises ``Damaged`` when it is missing."""
    path = blob_path(sha256)
    try:
        return path.open("rb")
    except FileNotFoundError:
        with suppress(FileNotFoundError, FileExistsError):
            make_folder(path.parent)
            os.link(trash_path(sha256), path)
    try:
        return path.open("rb")
    except FileNotFoundError as lost:
        raise Damaged(what="missing", sha256=sha256) from lost


def digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file on this disk, read in chunks."""
    digest, size = hashlib.sha256(), 0
    try:
        source = path.open("rb")
    except FileNotFoundError as lost:
        raise NotThere("upload") from lost
    with source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def all_blobs() -> Iterator[tuple[str, Path]]:
    """Every complete blob with its digest; constant memory but for one folder of names."""
    root = folder()
    if not root.is_dir():
        return
    for shelf in sorted(root.iterdir()):
        for path in sorted(shelf.iterdir()):
            yield shelf.name + path.name, path
