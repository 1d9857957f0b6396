"""One page of a version's files: folders, fifty rows, a filter by name. Nothing here loads all files of a version."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest

from izumi.kernel.paging import whole
from izumi.records.types import RecordView
from izumi.storage import queries as storage
from izumi.storage.types import FileRow

PAGE = 50
SCANNED = 20_000
"""The filter by name looks at this many files and no further."""
FOLDERS = 200
FEW = 50
"""Up to this many files are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFace:
    """A row of the table of files."""

    path: str
    name: str
    where: str
    size_bytes: int | None
    sha256: str
    media_type: str
    icon: str
    href: str
    preview: str
    outside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFace:
    """A folder of the table of files."""

    path: str
    name: str
    zip: str
    count: int | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileList:
    """What the section 「ファイル」 shows."""

    count: int
    bytes: int
    listed: bool
    folder: str = ""
    q: str = ""
    rows: tuple[FileFace, ...] = ()
    folders: tuple[FolderFace, ...] = ()
    crumbs: tuple[dict[str, Any], ...] = ()
    next: str = ""
    start: bool = False
    zip: str = ""
    first: tuple[FileRow, ...] = field(default=(), repr=False)
    """The rows themselves, for the gallery."""


def address(view: RecordView) -> str:
    """Where this version's files are served; a draft's files under ``draft``."""
    return f"/records/{view.id}/v/{'draft' if view.is_draft else view.version}/files/"


def archive(view: RecordView, folder: str = "") -> str:
    """The ZIP of all files, or of one folder."""
    tail = f"?path={quote(folder)}" if folder else ""
    return f"/records/{view.id}/v/{'draft' if view.is_draft else view.version}.zip{tail}"


def listed(request: HttpRequest, view: RecordView) -> FileList:
    """The asked page of files, as far as this reader may know their names.

    Cost: 1 statement for few files (their folders then tell their number and size), else 2.
    """
    summary = view.files_summary
    known = view.can.get("read", False) or view.can.get("edit", False)
    told = {"count": summary["count"], "bytes": summary["bytes"], "listed": known, "zip": archive(view)}
    if not known or not summary["count"]:
        return FileList(**told)
    folder, q, after = _folder(request.GET.get("folder", "")), request.GET.get("q", "").strip(), request.GET.get("after", "")
    folders: tuple[FolderFace, ...] = ()
    first: tuple[FileRow, ...] = ()
    if q:
        rows, following = _matching(view.id, view.files_version, folder, q, after)
    elif summary["count"] <= FEW and not after:
        first = storage.walk(view.id, view.files_version, limit=FEW).items
        rows, following = tuple(row for row in first if row.folder == folder), ""
        folders = _folders_of(view, folder, first)
    else:
        found = storage.page(view.id, view.files_version, folder, limit=PAGE, cursor=after)
        rows, following = found.items, found.next
        names = () if after else storage.folders(view.id, view.files_version, folder, limit=FOLDERS).items
        folders = tuple(
            FolderFace(path=f"{folder}{name}/", name=name, zip=archive(view, f"{folder}{name}/")) for name in names
        )
    faces = tuple(_face(view, row, bool(q)) for row in rows)
    return FileList(
        **told, folder=folder, q=q, rows=faces, folders=folders, crumbs=_crumbs(folder), next=following,
        start=bool(after), first=first or tuple(rows),
    )  # fmt: skip


def _folders_of(view: RecordView, folder: str, rows: tuple[FileRow, ...]) -> tuple[FolderFace, ...]:
    """The folders directly in a folder, with number and size of all that lies below them."""
    inside: dict[str, list[FileRow]] = {}
    for row in rows:
        if row.folder.startswith(folder) and row.folder != folder:
            inside.setdefault(row.folder[len(folder) :].partition("/")[0], []).append(row)
    return tuple(
        FolderFace(
            path=f"{folder}{name}/", name=name, zip=archive(view, f"{folder}{name}/"), count=len(found),
            size_bytes=sum(row.size_bytes or 0 for row in found),
        )
        for name, found in sorted(inside.items())
    )  # fmt: skip


def _folder(said: str) -> str:
    """The folder with its closing slash; anything that could leave the version is the top."""
    parts = [part for part in said.split("/") if part]
    if not parts or any(part in (".", "..") for part in parts):
        return ""
    return "/".join(parts) + "/"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _matching(owner: str, number: int, folder: str, q: str, after: str) -> tuple[tuple[FileRow, ...], str]:
    skip = min(whole(after) or 0, SCANNED)
    wanted = _folded(q)
    hits = (row for row in islice(storage.iterate(owner, number, folder), SCANNED) if wanted in _folded(row.path))
    found = list(islice(hits, skip, skip + PAGE + 1))
    return tuple(found[:PAGE]), str(skip + PAGE) if len(found) > PAGE else ""


def _face(view: RecordView, row: FileRow, with_folder: bool) -> FileFace:
    href = address(view) + quote(row.path, safe="/~-._")
    return FileFace(
        path=row.path, name=row.name, where=row.folder if with_folder else "", size_bytes=row.size_bytes,
        sha256=row.sha256, media_type=row.media_type, icon=icon_of(row.media_type), href=row.url or href,
        preview="" if row.is_reference else f"{href}?preview", outside=row.url,
    )  # fmt: skip


def icon_of(media_type: str) -> str:
    """The picture before a file's name."""
    if media_type.startswith("image/"):
        return "image"
    if "csv" in media_type or "tab-separated" in media_type or "spreadsheet" in media_type or "parquet" in media_type:
        return "table"
    return "text" if media_type.startswith("text/") or media_type == "application/pdf" else "file"


def _crumbs(folder: str) -> tuple[dict[str, Any], ...]:
    parts = [part for part in folder.split("/") if part]
    return tuple(
        {"name": part, "path": "/".join(parts[: n + 1]) + "/", "here": n + 1 == len(parts)}
        for n, part in enumerate(parts)
    )
