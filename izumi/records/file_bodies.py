"""Request bodies of files, read as they arrive: raw streams, and forms whose files go straight to the blobs."""

from __future__ import annotations

import base64
import binascii
import io
import re
import threading
from collections.abc import Iterator
from queue import Empty, Full, Queue
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from izumi.kernel.errors import Invalid, IzumiError, Unavailable
from izumi.records.file_actions import Arrived
from izumi.storage import actions as storage
from izumi.storage import rules

_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):", re.IGNORECASE)


class Body:
    """The body of a request: counted, so that one that broke off is never taken for a whole one."""

    def __init__(self, request: HttpRequest) -> None:
        chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
        told = request.META.get("CONTENT_LENGTH") or ""
        self._source: Any = request.META["wsgi.input"] if chunked else request
        self.length: int | None = None if chunked else int(told) if str(told).isdigit() else 0
        self._left = self.length

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes. Raises ``file.size_mismatch`` when the sender went away before the end."""
        if self._left == 0:
            return b""
        want = size if self._left is None else self._left if size < 0 else min(size, self._left)
        try:
            chunk = bytes(self._source.read(want))
        except OSError as broken:
            raise Unavailable("file.connection_lost", retry_after=1) from broken
        if self._left is not None:
            self._left -= len(chunk)
            if not chunk:
                found = (self.length or 0) - self._left
                raise Invalid((), "file.size_mismatch", expected=self.length, found=found)
        return chunk


def told_digest(request: HttpRequest) -> str:
    """The SHA-256 that the sender states (``Content-Digest`` or ``Repr-Digest``), lower-case hex; empty without one."""
    for name in ("Content-Digest", "Repr-Digest"):
        match = _DIGEST.search(request.headers.get(name, ""))
        if match:
            try:
                return base64.b64decode(match.group(1), validate=True).hex()
            except binascii.Error as broken:
                raise IzumiError("input.unreadable", what=name) from broken
    return ""


# ---------------------------------------------------------------- forms


class _FolderParser(MultiPartParser):
    """Django's parser, but a folder picker's relative path (``photos/1.png``) stays whole; our rules judge it later."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        """The name as sent, without what no name can have."""
        return file_name.replace("\\", "/").replace("\x00", "") or None


class _Gone(Exception):
    pass


class _Pipe:
    """Chunks pushed by the parser, pulled by the blob store."""

    def __init__(self) -> None:
        self._chunks: Queue[bytes | None] = Queue(maxsize=8)
        self._over = threading.Event()

    def push(self, chunk: bytes | None) -> None:
        """Give a chunk; ``None`` ends it."""
        while not self._over.is_set():
            try:
                self._chunks.put(chunk, timeout=1)
            except Full:
                continue
            return
        if chunk is not None:
            raise _Gone

    def read(self, size: int = -1, /) -> bytes:
        """The next chunk, of whatever size the parser gives."""
        while True:
            try:
                chunk = self._chunks.get(timeout=60)
            except Empty as lost:
                raise Unavailable("file.connection_lost", retry_after=1) from lost
            if chunk is None:
                return b""
            if chunk:
                return chunk

    def close(self) -> None:
        """Nobody reads any more."""
        self._over.set()


class _ToBlobs(FileUploadHandler):
    """Receives each file of a form as a blob, beside the parser, so that nothing is kept in memory or twice on disk."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[tuple[str, str, Any, str]] = []
        self._pipe: _Pipe | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self._pipe, self._result = _Pipe(), {}
        self._thread = threading.Thread(target=self._receive, args=(self._pipe, self._result), daemon=True)
        self._thread.start()

    @staticmethod
    def _receive(pipe: _Pipe, result: dict[str, Any]) -> None:
        try:
            result["blob"] = storage.receive(pipe)
        except Exception as failure:  # raised again where the request is answered
            result["failure"] = failure
        finally:
            pipe.close()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A piece of the file."""
        if self._pipe is not None:
            try:
                self._pipe.push(raw_data)
            except _Gone:
                self._finish()

    def _finish(self) -> Any:
        if self._pipe is not None:
            self._pipe.push(None)
        self._thread.join()
        if "failure" in self._result:
            raise self._result["failure"]
        return self._result["blob"]

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The file is whole."""
        blob = self._finish()
        self.arrived.append((str(self.field_name), str(self.file_name), blob, str(self.content_type or "")))
        self._pipe = None
        return UploadedFile(file=io.BytesIO(), name=self.file_name, size=file_size)  # closed by the parser when a later part fails

    def upload_interrupted(self) -> None:
        """The sender went away."""
        if self._pipe is not None:
            self._pipe.push(None)


def receive_form(request: HttpRequest) -> list[Arrived]:
    """Read a multipart form: its files become blobs, its fields ``request.POST`` (so the form's token can be checked after).

    A file's path is the field ``path:<n>`` or ``paths`` at its place, else its name with the folders the picker gave;
    the field ``folder`` is put before it.
    """
    handler = _ToBlobs()
    try:
        parser = _FolderParser(request.META, Body(request), [handler], request.encoding or "utf-8")  # type: ignore[arg-type]
        post, files = parser.parse()
    except MultiPartParserError as broken:
        raise IzumiError("input.unreadable", what="multipart/form-data") from broken
    request._post, request._files = post, files  # type: ignore[attr-defined]
    request._read_started = True  # type: ignore[attr-defined]
    return list(_named(post, handler.arrived))


def _named(post: Any, arrived: list[tuple[str, str, Any, str]]) -> Iterator[Arrived]:
    folder = rules.parse_folder(post.get("folder", "").strip("/"))
    paths = post.getlist("paths")
    for n, (_, name, blob, declared) in enumerate(arrived):
        told = post.get(f"path:{n}") or (paths[n] if n < len(paths) else "") or name
        path = rules.parse_path(folder + told)
        yield Arrived(path=path, blob=blob, media_type=rules.media_type_of(path, declared))
