"""Previews: what can be shown of a file, made once per content and kept in the cache by its SHA-256.

The caller has asked the decision about the file first: a preview is as confidential as the bytes.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from izumi.kernel.home import home
from izumi.kernel.text import Text, both
from izumi.storage.previews import encodings, pictures, plots, spectra, tables
from izumi.storage.types import FileRow, Preview, PreviewKind

MAKER = 2
"""Grows when previews are made differently; old ones are then made again."""
TEXT = 64 * 1024
READ = 4 * 1024 * 1024
PICTURE_BYTES = 300_000_000
PLOT_BYTES = 30_000
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/bmp"})
NOT_TEXT = ("image/", "audio/", "video/", "application/zip", "application/gzip", "application/x-7z", "application/vnd.")

_WHY = {
    "reference": both("このファイルは別の場所にあり、Izumi には内容がありません。", "This file is kept elsewhere; Izumi does not hold its bytes."),
    "empty": both("空のファイルです。", "The file is empty."),
    "binary": both("文字としても表としても読めない形式です。", "The format can be read neither as text nor as a table."),
    "large": both("プレビューを作るには大きすぎます。", "The file is too large for a preview."),
    "bomb": both("画像の縦横が大きすぎるため、表示しません。", "The image has too many pixels to be shown."),
    "slow": both("10 秒以内に作れませんでした。", "It could not be made within 10 seconds."),
    "broken": both("ファイルが壊れているか、知らない形式です。", "The file is damaged or of an unknown kind."),
}  # fmt: skip

Head = Callable[[int], bytes]
Local = Callable[[], str | None]
Chunks = Callable[[], Iterator[bytes]]


def folder_of(sha256: str) -> Path:
    """Where the preview of a content is kept."""
    return home().cache / "previews" / f"m{MAKER}" / sha256[:2] / sha256[2:]


def preview(row: FileRow, *, head: Head, local: Local, chunks: Chunks) -> Preview:
    """The preview of a file; from the cache, else made now (at most about 15 seconds)."""
    if row.is_reference or not row.sha256:
        return _none("reference")
    if not row.size_bytes:
        return _none("empty")
    # One content may bear several names, and the name's ending decides how it is read.
    key = row.name.rsplit(".", 1)[-1].lower()[:12] if "." in row.name else ""
    key = "".join(c for c in key if c.isascii() and c.isalnum())
    kept = folder_of(row.sha256) / f"{key or 'none'}.json"
    if kept.exists():
        return _from_json(json.loads(kept.read_text("utf-8")))
    made = _made(row, head=head, local=local, chunks=chunks)
    _keep(kept, json.dumps(_as_json(made), ensure_ascii=False).encode())
    return made


def picture(row: FileRow) -> bytes | None:
    """The scaled picture (WebP) that ``preview`` made; ``None`` when there is none."""
    return _read(folder_of(row.sha256) / "picture.webp")


def plot(row: FileRow) -> bytes | None:
    """The line plot (SVG) that ``preview`` made; ``None`` when there is none."""
    return _read(folder_of(row.sha256) / "plot.svg")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _keep(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    spare = path.with_name(f".{secrets.token_hex(8)}")
    spare.write_bytes(body)
    spare.replace(path)


def _none(code: str) -> Preview:
    return Preview(kind=PreviewKind.NONE, failed=_WHY[code])


def _as_json(made: Preview) -> dict[str, Any]:
    told = asdict(made)
    told["said"], told["failed"] = made.said.as_json(), made.failed.as_json()
    return told


def _from_json(told: dict[str, Any]) -> Preview:
    return Preview(
        **{
            **told, "kind": PreviewKind(told["kind"]), "head": tuple(told["head"]), "said": Text(told["said"]),
            "failed": Text(told["failed"]), "rows": tuple(tuple(row) for row in told["rows"]),
        }
    )  # fmt: skip


def _made(row: FileRow, *, head: Head, local: Local, chunks: Chunks) -> Preview:
    if row.media_type in PICTURES or row.media_type == "application/pdf":
        return _picture(row, local, chunks)
    first = head(READ)
    decoded = None
    if not row.media_type.startswith(NOT_TEXT) or row.media_type == "image/svg+xml":
        decoded = encodings.decode(first, whole=len(first) == row.size_bytes)
    if decoded is None:
        return _none("binary")
    return _text(row, decoded[0], decoded[1], whole=len(first) == row.size_bytes)


def _text(row: FileRow, text: str, encoding: str, *, whole: bool) -> Preview:
    ending = row.name.rsplit(".", 1)[-1].lower()
    table = spectra.parse_spectrum(text, ending)
    if table is None and ending not in ("json", "md", "xml", "xrdml", "html", "htm", "svg", "py"):
        table = tables.parse_table(text, ending, whole=whole)
    name = encodings.NAMES[encoding]
    if table is None or not table.rows:
        shown = text[:TEXT]
        said = both(f"文字コード {name}", f"Encoding {name}")
        return Preview(
            kind=PreviewKind.TEXT, text=shown, encoding=name, whole=whole and len(shown) == len(text), said=said
        )
    drawn = plots.line_plot(table, row.name)
    has_plot = bool(drawn) and len(drawn.encode()) <= PLOT_BYTES
    if has_plot:
        _keep(folder_of(row.sha256) / "plot.svg", drawn.encode())
    rows = tuple(tuple(cells) for cells in table.rows[: tables.ROWS])
    ja = f"はじめの {len(rows)} 行・{len(rows[0])} 列、文字コード {name}"
    en = f"First {len(rows)} {'row' if len(rows) == 1 else 'rows'}, {len(rows[0])} {'column' if len(rows[0]) == 1 else 'columns'}, encoding {name}"
    return Preview(
        kind=PreviewKind.TABLE, head=table.head, rows=rows, encoding=name, delimiter=table.delimiter, has_plot=has_plot,
        whole=whole and len(rows) == len(table.rows), said=both(ja, en),
    )  # fmt: skip


def _picture(row: FileRow, local: Local, chunks: Chunks) -> Preview:
    if (row.size_bytes or 0) > PICTURE_BYTES:
        return _none("large")
    kind = "pdf" if row.media_type == "application/pdf" else "image"
    target = folder_of(row.sha256) / "picture.webp"
    target.parent.mkdir(parents=True, exist_ok=True)
    spare = target.with_name(f".{secrets.token_hex(8)}.webp")
    try:
        with _on_disk(local, chunks) as source:
            told = pictures.make(kind, source, spare)
        if "failed" in told or not spare.exists():
            return _none(told.get("failed", "broken") if told.get("failed") in _WHY else "broken")
        spare.replace(target)
    finally:
        spare.unlink(missing_ok=True)
    return Preview(kind=PreviewKind.IMAGE, has_picture=True, said=_picture_said(told), whole=kind == "image")


def _picture_said(told: dict[str, Any]) -> Text:
    if told.get("format") == "PDF":
        return both(f"PDF の 1 ページ目（全 {told['pages']} ページ）", f"First page of the PDF ({told['pages']} in all)")
    width, height, form = told["width"], told["height"], told["format"]
    return both(f"{form} 画像、{width} × {height} ピクセル", f"{form} image, {width} × {height} pixels")


@contextmanager
def _on_disk(local: Local, chunks: Chunks) -> Iterator[str]:
    """The file's place on this disk; bytes that lie elsewhere are fetched for the moment."""
    path = local()
    if path is not None:
        yield path
        return
    handle, name = tempfile.mkstemp(dir=home().cache)
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks():
                out.write(chunk)
        yield name
    finally:
        Path(name).unlink(missing_ok=True)
