"""How bytes leave: ranges, digests, headers that keep a user's file from acting in the reader's name, and zip streams.

Source: RFC 9110 (ranges, conditions), RFC 9530 (Repr-Digest), RFC 6266 and 8187 (Content-Disposition), APPNOTE 6.3.10 (ZIP64).
"""

from __future__ import annotations

import base64
import re
import secrets
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from izumi.records.types import Document
from izumi.storage import queries as storage
from izumi.storage.rules import shown_inline
from izumi.storage.types import FileRow

SAFE = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MOST_RANGES = 100
_RANGE = re.compile(r"^(\d{0,18})-(\d{0,18})$")


class Unsatisfiable(ValueError):
    """No asked range lies in the file."""


def parse_ranges(header: str, size: int) -> list[tuple[int, int]]:
    """Asked ranges as (first, last) bytes, in the asked order; empty when the header is to be ignored.

    A malformed header, another unit, or more than a hundred ranges are ignored, as the standard allows.
    Raises ``Unsatisfiable`` when every well-formed range lies beyond the end.
    """
    unit, _, spec = header.partition("=")
    parts = [part.strip() for part in spec.split(",") if part.strip()]
    if unit.strip().lower() != "bytes" or not parts or len(parts) > MOST_RANGES:
        return []
    matches = [_RANGE.match(part) for part in parts]
    found: list[tuple[int, int]] = []
    for match in matches:
        if match is None or match.group() == "-":
            return []
        first, last = match.groups()
        if first and last and int(first) > int(last):
            return []
        bounds = _bounds(first, last, size)
        if bounds is not None:
            found.append(bounds)
    if not found:
        raise Unsatisfiable
    return found if sum(last - first + 1 for first, last in found) <= 2 * size else []


def _bounds(first: str, last: str, size: int) -> tuple[int, int] | None:
    if not first:
        count = min(int(last), size)
        return (size - count, size - 1) if count else None
    if int(first) >= size:
        return None
    return int(first), min(int(last), size - 1) if last else size - 1


def disposition(name: str, *, inline: bool = False) -> str:
    """``Content-Disposition`` with a plain name for old readers and the whole name for all others."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%/;' else "_" for c in name) or "file"
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def etag_of(row: FileRow) -> str:
    """The strong ETag of a file: its SHA-256."""
    return f'"{row.sha256}"'


def repr_digest(sha256: str) -> str:
    """``Repr-Digest`` of RFC 9530."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"


def deliver(request: HttpRequest, row: FileRow, *, inline: bool = False) -> HttpResponseBase:
    """The answer to GET or HEAD of a file's bytes; whether the reader may have them was decided before."""
    etag, size = etag_of(row), row.size_bytes or 0
    shown = inline and shown_inline(row.media_type)
    headers = {
        **SAFE, "ETag": etag, "Repr-Digest": repr_digest(row.sha256), "Accept-Ranges": "bytes", "Cache-Control": "no-cache",
        "Content-Disposition": disposition(row.name, inline=shown),
    }  # fmt: skip
    if _named(request.headers.get("If-None-Match"), etag):
        return HttpResponse(status=304, headers=headers)
    if "If-Match" in request.headers and not _named(request.headers["If-Match"], etag):
        return HttpResponse(status=412, headers=headers)
    media = _content_type(row.media_type)
    try:
        ranges = _asked(request, etag, size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if len(ranges) > 1:
        return _several(request, row, ranges, media, headers)
    if ranges:
        first, last = ranges[0]
        told = {**headers, "Content-Range": f"bytes {first}-{last}/{size}"}
        return _one(request, lambda: storage.read(row, first, last - first + 1), last - first + 1, 206, media, told)
    return _one(request, lambda: storage.read(row), size, 200, media, headers)


def _content_type(media_type: str) -> str:
    """Text without a stated encoding is sent as it is; browsers then guess, and ``nosniff`` keeps the type."""
    return media_type


def _named(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    asked = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in asked or etag in asked


def _asked(request: HttpRequest, etag: str, size: int) -> list[tuple[int, int]]:
    header = request.headers.get("Range", "")
    condition = request.headers.get("If-Range")
    if request.method != "GET" or not header or (condition is not None and condition.strip() != etag):
        return []
    return parse_ranges(header, size)


def _one(
    request: HttpRequest, chunks: Callable[[], Iterator[bytes]], length: int, status: int, media: str, headers: dict[str, str]
) -> HttpResponseBase:
    answer: HttpResponseBase
    if request.method == "HEAD":
        answer = HttpResponse(status=status, content_type=media, headers=headers)
    else:
        answer = StreamingHttpResponse(chunks(), status=status, content_type=media, headers=headers)
    answer.headers["Content-Length"] = str(length)
    return answer


def _several(
    request: HttpRequest, row: FileRow, ranges: list[tuple[int, int]], media: str, headers: dict[str, str]
) -> HttpResponseBase:
    mark, size = secrets.token_hex(12), row.size_bytes or 0
    heads = [
        f"--{mark}\r\nContent-Type: {media}\r\nContent-Range: bytes {first}-{last}/{size}\r\n\r\n".encode()
        for first, last in ranges
    ]
    end = f"--{mark}--\r\n".encode()
    length = sum(len(head) + last - first + 3 for head, (first, last) in zip(heads, ranges, strict=True)) + len(end)

    def chunks() -> Iterator[bytes]:
        for head, (first, last) in zip(heads, ranges, strict=True):
            yield head
            yield from storage.read(row, first, last - first + 1)
            yield b"\r\n"
        yield end

    return _one(request, chunks, length, 206, f"multipart/byteranges; boundary={mark}", headers)


# ---------------------------------------------------------------- zip


@dataclass(slots=True)
class _Entry:
    name: bytes
    offset: int
    crc: int = 0
    size: int = 0


_UTF8_AND_DESCRIPTOR = 0x0808
_DOS_TIME, _DOS_DATE = 0, 1 << 5 | 1  # 1980-01-01: the same files give the same ZIP
_FOUR = 0xFFFFFFFF


def zip_stream(files: Iterable[tuple[str, int, Callable[[], Iterable[bytes]]]]) -> Iterator[bytes]:
    """A store-only ZIP of (path, size in bytes, bytes): streamed, UTF-8 names, ZIP64 where a size or place asks for it.

    Keeps about a hundred bytes of each entry for the directory at the end, and one chunk of one file.
    """
    entries: list[_Entry] = []
    offset = 0
    for path, size, chunks in files:
        entry = _Entry(name=path.encode(), offset=offset)
        large = size >= _FOUR
        head = _local_head(entry, large)
        yield head
        for chunk in chunks():
            entry.crc = zlib.crc32(chunk, entry.crc)
            entry.size += len(chunk)
            yield chunk
        tail = struct.pack("<IIQQ" if large else "<IIII", 0x08074B50, entry.crc, entry.size, entry.size)
        yield tail
        offset += len(head) + entry.size + len(tail)
        entries.append(entry)
    yield from _directory(entries, offset)


def _local_head(entry: _Entry, large: bool) -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, 0, 0) if large else b""
    sizes = _FOUR if large else 0
    fixed = struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, 45 if large else 20, _UTF8_AND_DESCRIPTOR, 0, _DOS_TIME, _DOS_DATE, 0, sizes, sizes,
        len(entry.name), len(extra),
    )  # fmt: skip
    return fixed + entry.name + extra


def _directory(entries: list[_Entry], start: int) -> Iterator[bytes]:
    length = 0
    for entry in entries:
        wide = [value for value in (entry.size, entry.size, entry.offset) if value >= _FOUR]
        extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
        record = struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, 0x031E if not wide else 0x032D, 45 if wide else 20, _UTF8_AND_DESCRIPTOR, 0,
            _DOS_TIME, _DOS_DATE, entry.crc, min(entry.size, _FOUR), min(entry.size, _FOUR), len(entry.name), len(extra),
            0, 0, 0, 0o100644 << 16, min(entry.offset, _FOUR),
        )  # fmt: skip
        record += entry.name + extra
        length += len(record)
        yield record
    count = len(entries)
    if count >= 0xFFFF or length >= _FOUR or start >= _FOUR:
        yield struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, length, start)
        yield struct.pack("<IIQI", 0x07064B50, 0, start + length, 1)
    few = min(count, 0xFFFF)
    yield struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, few, few, min(length, _FOUR), min(start, _FOUR), 0)


# ---------------------------------------------------------------- what the API says of a file


def file_json(record_id: str, row: FileRow, version: int | str) -> Document:
    """The public shape of a file in a version: ``url`` is where the bytes are, a reference's own address or ours."""
    address = row.url or f"/records/{record_id}/v/{version}/files/{quote(row.path, safe='/~-._')}"
    return {
        "path": row.path, "size": row.size_bytes, "sha256": row.sha256 or None, "media_type": row.media_type,
        "version": version, "since": row.from_version, "url": address, "kept_here": not row.is_reference,
    }  # fmt: skip
