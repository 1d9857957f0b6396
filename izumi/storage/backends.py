"""The only file that knows the storage client: local disk and S3 by one code path.

Relies on create-if-absent only (some S3 servers ignore or refuse conditional overwrites). On a local disk everything is
made durable (file and folders) before a call returns; S3 is durable when it answers.

Source: facts of the stack measured in docs/decisions (storage client).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import obstore
from obstore import exceptions
from obstore.store import LocalStore, MemoryStore, S3Store

from izumi.kernel.errors import Unavailable
from izumi.kernel.home import home
from izumi.storage.blobs import CHUNK, sync_folder, write_faults

PART = 8 * CHUNK
_LEFTOVER = re.compile(r"#\d+$")


class Absent(LookupError):
    """There is no such object in the storage."""


@contextmanager
def _faults(path: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, exceptions.NotFoundError) as missing:
        raise Absent(path) from missing
    except exceptions.BaseError as fault:
        text = str(fault)
        if "os error 28" in text or "os error 122" in text or "os error 27" in text:
            raise Unavailable("storage.full") from fault
        if "os error 30" in text or "os error 13" in text:
            raise Unavailable("storage.read_only") from fault
        raise Unavailable("storage.unreachable", what=text[:300]) from fault


@dataclass(frozen=True)
class Backend:
    """One storage root. Paths are relative to it, with ``/``."""

    url: str
    store: Any
    root: Path | None
    """The folder on this disk, for a local storage."""

    def put_new(self, path: str, body: bytes) -> bool:
        """Create an object; false when it exists already (then nothing is changed)."""
        with _faults(path):
            try:
                obstore.put(self.store, path, body, mode="create")
            except exceptions.AlreadyExistsError:
                return False
        self._sync(path)
        return True

    def put(self, path: str, body: bytes) -> None:
        """Write an object, replacing what is there in one step."""
        with _faults(path):
            obstore.put(self.store, path, body, use_multipart=False)
        self._sync(path)

    def put_stream(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a large object from a stream in constant memory; visible only when it is whole."""
        with _faults(path):
            obstore.put(self.store, path, iter(chunks), chunk_size=PART, max_concurrency=2)
        self._sync(path)

    def get(self, path: str) -> bytes:
        """All bytes of a small object. Raises ``Absent``."""
        with _faults(path):
            return bytes(obstore.get(self.store, path).bytes())

    def get_or_none(self, path: str) -> bytes | None:
        """All bytes of a small object, or ``None`` when there is none."""
        try:
            return self.get(path)
        except Absent:
            return None

    def size(self, path: str) -> int | None:
        """The size of an object in bytes, ``None`` when there is none."""
        try:
            with _faults(path):
                return int(obstore.head(self.store, path)["size"])
        except Absent:
            return None

    def read(self, path: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Bytes from ``start`` on, at most ``length``, in chunks of a megabyte. Raises ``Absent`` before the first chunk."""
        if self.root is not None:
            return _local_chunks(self.root / path, start, length)
        size = self.size(path)
        if size is None:
            raise Absent(path)
        return self._ranges(path, start, size if length is None else min(size, start + length))

    def _ranges(self, path: str, position: int, end: int) -> Iterator[bytes]:
        while position < end:
            step = min(PART, end - position)
            with _faults(path):
                block = memoryview(obstore.get_range(self.store, path, start=position, length=step))
            for at in range(0, len(block), CHUNK):
                yield bytes(block[at : at + CHUNK])
            position += step

    def names(self, prefix: str = "") -> Iterator[str]:
        """Paths of all objects under a folder, streamed."""
        with _faults(prefix):
            for batch in obstore.list(self.store, prefix=prefix or None):
                for entry in batch:
                    yield str(entry["path"])

    def folders(self, prefix: str = "") -> list[str]:
        """Folders directly under a folder."""
        with _faults(prefix):
            found = obstore.list_with_delimiter(self.store, prefix=prefix or None)
        return sorted(str(each) for each in found["common_prefixes"])

    def delete(self, path: str) -> None:
        """Remove one object; nothing happens when it is absent. Folders that become empty go too."""
        with suppress(Absent), _faults(path):
            obstore.delete(self.store, path)
        if self.root is not None:
            self._prune((self.root / path).parent)

    def sweep(self, prefix: str) -> int:
        """Remove what a crashed writer left under a folder: half-written objects and empty folders (local disks only)."""
        if self.root is None:
            return 0
        removed = 0
        for here, folders, files in os.walk(self.root / prefix, topdown=False):
            for name in files:
                if _LEFTOVER.search(name):
                    (Path(here) / name).unlink(missing_ok=True)
                    removed += 1
            for name in folders:
                with suppress(OSError):
                    (Path(here) / name).rmdir()
        return removed

    def _prune(self, folder: Path) -> None:
        while self.root is not None and folder != self.root and self.root in folder.parents:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _sync(self, path: str) -> None:
        if self.root is None:
            return
        with write_faults():
            target = self.root / path
            handle = os.open(target, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            folder = target.parent
            while True:
                sync_folder(folder)
                if folder == self.root:
                    return
                folder = folder.parent


def _local_chunks(path: Path, start: int, length: int | None) -> Iterator[bytes]:
    try:
        source = path.open("rb", buffering=0)
    except (FileNotFoundError, NotADirectoryError) as missing:
        raise Absent(str(path)) from missing

    def chunks() -> Iterator[bytes]:
        with source:
            source.seek(start)
            left = length
            while left is None or left > 0:
                chunk = source.read(CHUNK if left is None else min(CHUNK, left))
                if not chunk:
                    return
                left = None if left is None else left - len(chunk)
                yield chunk

    return chunks()


def open_storage(url: str) -> Backend:
    """The storage at an address: ``file:///path`` or ``s3://bucket/prefix`` (``memory://`` for tests)."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        root = Path(unquote(parts.netloc + parts.path)).resolve()
        root.mkdir(parents=True, exist_ok=True)
        return Backend(url=url, store=LocalStore(root), root=root)
    if parts.scheme == "s3":
        return Backend(url=url, store=_s3(parts.netloc, parts.path.strip("/")), root=None)
    if parts.scheme == "memory":
        return Backend(url=url, store=MemoryStore(), root=None)
    raise Unavailable("storage.not_ours", found=url)


def _s3(bucket: str, prefix: str) -> Any:
    endpoint = home().setting("IZUMI_S3_ENDPOINT")
    options: dict[str, Any] = {}
    if endpoint:
        options["config"] = {"endpoint": endpoint, "virtual_hosted_style_request": False}
        options["client_options"] = {"allow_http": endpoint.startswith("http://")}
    return S3Store(bucket, prefix=prefix or None, **options)


@lru_cache(maxsize=8)
def _opened(url: str) -> Backend:
    return open_storage(url)


def storage_url() -> str:
    """Where this home keeps its objects."""
    url = home().setting("IZUMI_STORAGE_URL", "file://{home}/objects")
    return url.replace("{home}", str(home().path))


def storage() -> Backend:
    """The storage of this home."""
    return _opened(storage_url())
