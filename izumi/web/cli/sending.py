"""One file to a draft: a ``PUT`` up to 64 MB, the tus protocol above, which goes on where a broken run stopped."""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from izumi.kernel.errors import Unavailable
from izumi.web.wire import Problem, Site, file_path

LARGE_BYTES = 64_000_000
CHUNK_BYTES = 16_000_000
READ_BYTES = 1 << 20

Told = Callable[[int], Any]


def send(site: Site, record_id: str, source: Path, target: str, *, told: Told) -> dict[str, Any]:
    """Send one file; answers ``{path, size, sha256, media_type}``."""
    if source.stat().st_size <= LARGE_BYTES:
        return put(site, record_id, source, target, told)
    return resumable(site, record_id, source, target, told)


def put(site: Site, record_id: str, source: Path, target: str, told: Told) -> dict[str, Any]:
    """One request, streamed."""
    headers = {
        "Content-Type": mimetypes.guess_type(target)[0] or "application/octet-stream",
        "Content-Length": str(source.stat().st_size),
    }
    body = _read(source, 0, source.stat().st_size, told)
    return site.call("PUT", f"records/{record_id}/files/{file_path(target)}", content=body, headers=headers).json()


def _read(source: Path, start: int, count: int, told: Told) -> Iterator[bytes]:
    with source.open("rb") as stream:
        stream.seek(start)
        while count > 0 and (chunk := stream.read(min(READ_BYTES, count))):
            count -= len(chunk)
            yield chunk
            told(len(chunk))


def resumable(site: Site, record_id: str, source: Path, target: str, told: Told) -> dict[str, Any]:
    """Create or find the upload, then append pieces from the offset that the site knows."""
    memory = Remembered(site.address, record_id, source, target)
    size = source.stat().st_size
    address, offset = _known(site, memory.address())
    if address is None:
        address, offset = _create(site, record_id, source, target), 0
        memory.keep(address)
    told(offset)
    while offset < size:
        count = min(CHUNK_BYTES, size - offset)
        headers = {
            "Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(count),
        }  # fmt: skip
        answer = site.call("PATCH", address, content=_read(source, offset, count, told), headers=headers)
        offset = int(answer.headers["Upload-Offset"])
    memory.forget()
    return {"path": target, "size": size, "sha256": _sha256(source), "media_type": mimetypes.guess_type(target)[0]}


def _create(site: Site, record_id: str, source: Path, target: str) -> str:
    metadata = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in (("record", record_id), ("path", target), ("sha256", _sha256(source)))
    )
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(source.stat().st_size), "Upload-Metadata": metadata}
    answer = site.call("POST", "uploads/", headers=headers)
    return answer.headers["Location"]


def _known(site: Site, address: str | None) -> tuple[str | None, int]:
    if address is None:
        return None, 0
    try:
        answer = site.call("HEAD", address, headers={"Tus-Resumable": "1.0.0"})
    except Problem:
        return None, 0
    except Unavailable:
        raise
    return address, int(answer.headers["Upload-Offset"])


def _sha256(source: Path) -> str:
    with source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Remembered:
    """The address of an unfinished upload, kept in the user's cache folder so that a killed command can go on."""

    def __init__(self, site: str, record_id: str, source: Path, target: str) -> None:
        seen = source.stat()
        key = json.dumps([site, record_id, str(source.resolve()), target, seen.st_size, seen.st_mtime_ns])
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "izumi" / "uploads"
        self._file = folder / hashlib.sha256(key.encode()).hexdigest()[:32]

    def address(self) -> str | None:
        """The address, if an earlier run left one."""
        return self._file.read_text("utf-8").strip() or None if self._file.is_file() else None

    def keep(self, address: str) -> None:
        """Remember it."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(address, "utf-8")

    def forget(self) -> None:
        """The upload is done."""
        self._file.unlink(missing_ok=True)
