"""Reads of storage: pages, folders, stat, summaries, differences, bytes. Who may read is decided above this room.

Nothing here loads all files of a version: lists are keyset pages, generators read in steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from izumi.kernel.errors import Conflict, Damaged
from izumi.kernel.paging import cursor_of, key_of
from izumi.storage import blobs, fixity, ocfl, previews
from izumi.storage.backends import storage
from izumi.storage.models import LIVE, StoredFile, VersionCount
from izumi.storage.types import (
    DRAFT_PLACE,
    OBJECT_PLACE,
    ChangeKind,
    Damage,
    FileChange,
    FileRow,
    FilesSummary,
    Page,
    Preview,
)

STEP = 1000


def _rows(owner_id: str, version: int) -> QuerySet[StoredFile]:
    """Rows that belong to a version.

    The comparison is with a sum, not with the column, so that no database walks the index of versions: nearly every row
    of an owner began before any given version, while the folder and the name select a few.
    """
    rows = StoredFile.objects.alias(since=F("from_version") + 0).filter(LIVE, owner_id=owner_id, since__lte=version)
    return rows.filter(Q(to_version__isnull=True) | Q(to_version__gt=version))


def as_row(row: StoredFile) -> FileRow:
    """A table row as the word that other rooms know."""
    return FileRow(
        id=row.pk, owner_id=row.owner_id, path=row.folder + row.name, from_version=row.from_version,
        to_version=row.to_version, sha256=row.sha256, sha512=row.sha512, size_bytes=row.size_bytes,
        media_type=row.media_type, place=row.place,
    )  # fmt: skip


COLUMNS = (
    "id", "owner_id", "folder", "name", "from_version", "to_version", "sha256", "sha512", "size_bytes", "media_type", "place",
)  # fmt: skip


def _fetched(rows: QuerySet[StoredFile]) -> list[FileRow]:
    """Rows without making model objects of them: lists of files are long."""
    return [_from_columns(row) for row in rows.values_list(*COLUMNS)]


def _from_columns(row: Sequence[Any]) -> FileRow:
    pk, owner, folder, name, since, until, sha256, sha512, size, media, place = row
    return FileRow(
        id=pk, owner_id=owner, path=folder + name, from_version=since, to_version=until, sha256=sha256, sha512=sha512,
        size_bytes=size, media_type=media, place=place,
    )  # fmt: skip


def split(path: str) -> tuple[str, str]:
    """Folder (with its closing slash, empty at the top) and name."""
    at = path.rfind("/") + 1
    return path[:at], path[at:]


def prefix_end(prefix: str) -> str:
    """The first text after everything that begins with a folder (``a/`` → ``a0``)."""
    return prefix[:-1] + "0"


def page(owner_id: str, version: int, folder: str = "", *, limit: int = 100, cursor: str = "") -> Page[FileRow]:
    """Files directly in a folder (``""`` or ``a/b/``), by name. Cost: 1 statement, whatever the number of files."""
    rows = _rows(owner_id, version).filter(folder=folder).order_by("name")
    if cursor:
        rows = rows.filter(name__gt=str(key_of(cursor, parts=1)[0]))
    found = _fetched(rows[: limit + 1])
    more = cursor_of(found[limit - 1].name) if len(found) > limit else ""
    return Page(items=tuple(found[:limit]), next=more)


def walk(owner_id: str, version: int, prefix: str = "", *, limit: int = 100, cursor: str = "") -> Page[FileRow]:
    """Files in a folder and below it, by folder, then name. Cost: at most 2 statements."""
    after: tuple[str, str] | None = None
    if cursor:
        folder, name = key_of(cursor, parts=2)
        after = (str(folder), str(name))
    found = _after(owner_id, version, prefix, after, limit + 1)
    more = cursor_of(found[limit - 1].folder, found[limit - 1].name) if len(found) > limit else ""
    return Page(items=tuple(found[:limit]), next=more)


def _after(
    owner_id: str, version: int, prefix: str, after: tuple[str, str] | None, count: int
) -> list[FileRow]:
    """The next rows in (folder, name) order. Two plain index ranges: one condition with OR would scan from the start."""
    base = _rows(owner_id, version).order_by("folder", "name")
    if prefix:
        base = base.filter(folder__gte=prefix, folder__lt=prefix_end(prefix))
    if after is None:
        return _fetched(base[:count])
    found = _fetched(base.filter(folder=after[0], name__gt=after[1])[:count])
    if len(found) < count:
        found += _fetched(base.filter(folder__gt=after[0])[: count - len(found)])
    return found


def iterate(owner_id: str, version: int, prefix: str = "") -> Iterator[FileRow]:
    """Every file of a version by folder, then name, in steps of 1,000 rows."""
    after: tuple[str, str] | None = None
    while found := _after(owner_id, version, prefix, after, STEP):
        yield from found
        after = (found[-1].folder, found[-1].name)
        if len(found) < STEP:
            return


_FIRST = (
    "SELECT * FROM (SELECT {columns} FROM storage_storedfile WHERE owner_id = %s AND dropped_id IS NULL "
    "AND from_version + 0 <= %s AND (to_version IS NULL OR to_version > %s) ORDER BY folder, name LIMIT %s) AS one"
)
AT_ONCE = 400
"""So many owners in one statement; SQLite joins at most 500 selections."""


def first_files(versions: Mapping[str, int], limit: int) -> dict[str, list[FileRow]]:
    """The first files of one version of each owner, by folder, then name. Cost: 1 statement per `AT_ONCE` owners."""
    found: dict[str, list[FileRow]] = {owner: [] for owner in versions}
    wanted = [(owner, version, version, limit) for owner, version in versions.items()]
    select = _FIRST.format(columns=", ".join(COLUMNS))
    for at in range(0, len(wanted), AT_ONCE):
        some = wanted[at : at + AT_ONCE]
        with connection.cursor() as running:
            running.execute(" UNION ALL ".join([select] * len(some)), [value for one in some for value in one])
            for row in map(_from_columns, running.fetchall()):
                found[row.owner_id].append(row)
    return found


_FOLDERS = """
WITH RECURSIVE sub(f) AS (
  SELECT (SELECT folder FROM storage_storedfile WHERE {visible} AND folder > %(at)s AND folder < %(end)s
          ORDER BY folder LIMIT 1)
  UNION ALL
  SELECT (SELECT folder FROM storage_storedfile
          WHERE {visible} AND folder >= %(prefix)s || {child} || '0' AND folder < %(end)s ORDER BY folder LIMIT 1)
  FROM sub WHERE f IS NOT NULL)
SELECT {child} FROM sub WHERE f IS NOT NULL LIMIT %(limit)s
"""
_VISIBLE = (
    "owner_id = %(owner)s AND dropped_id IS NULL AND from_version + 0 <= %(version)s "
    "AND (to_version IS NULL OR to_version > %(version)s)"
)


def folders(owner_id: str, version: int, folder: str = "", *, limit: int = 1000, cursor: str = "") -> Page[str]:
    """Names of the folders directly in a folder, by name. Cost: 1 statement that jumps from folder to folder."""
    rest = "substr(f, length(%(prefix)s) + 1)"
    find = "instr" if connection.vendor == "sqlite" else "strpos"
    sql = _FOLDERS.format(visible=_VISIBLE, child=f"substr({rest}, 1, {find}({rest}, '/') - 1)")
    start = folder + str(key_of(cursor, parts=1)[0]) + "0" if cursor else folder
    values = {
        "owner": owner_id, "version": version, "prefix": folder, "at": start, "limit": limit + 1,
        "end": prefix_end(folder) if folder else "\U0010ffff",
    }  # fmt: skip
    with connection.cursor() as running:
        running.execute(sql, values)
        names = [str(found[0]) for found in running.fetchall()]
    return Page(items=tuple(names[:limit]), next=cursor_of(names[limit - 1]) if len(names) > limit else "")


def folder_exists(owner_id: str, version: int, folder: str) -> bool:
    """Whether some file lies in a folder or below it; the top always exists. Cost: 1 statement."""
    if not folder:
        return True
    return _rows(owner_id, version).filter(folder__gte=folder, folder__lt=prefix_end(folder)).exists()


def stat(owner_id: str, version: int, path: str) -> FileRow | None:
    """One file of a version, or ``None``. Cost: 1 statement."""
    folder, name = split(path)
    return next(iter(_fetched(_rows(owner_id, version).filter(folder=folder, name=name)[:1])), None)


def summary(owner_id: str, version: int) -> FilesSummary:
    """How many files a version has and what they weigh. Cost: 1 statement, whatever the number of files."""
    row = VersionCount.objects.filter(owner_id=owner_id, version__lte=version).order_by("-version").first()
    if row is None:
        return FilesSummary()
    return FilesSummary(count=row.file_count, size_bytes=row.size_bytes, referenced_bytes=row.referenced_bytes)


# ---------------------------------------------------------------- differences


def _only_before(a: int, b: int) -> Q:
    return Q(from_version__lte=a, to_version__gt=a, to_version__lte=b)


def _only_after(a: int, b: int) -> Q:
    return Q(from_version__gt=a, from_version__lte=b) & (Q(to_version__isnull=True) | Q(to_version__gt=b))


def changed(owner_id: str, a: int, b: int) -> bool:
    """Whether any file differs between two versions (``a < b``). Cost: 1 statement."""
    rows = StoredFile.objects.filter(LIVE, owner_id=owner_id)
    return rows.filter(_only_before(a, b)).exists() or rows.filter(_only_after(a, b)).exists()


def diff(owner_id: str, a: int, b: int, *, limit: int = 100, cursor: str = "") -> Page[FileChange]:
    """Paths that differ between two versions, by folder, then name; ``a`` may be the later one.

    Cost: at most 4 statements over the changed rows only, whatever the number of files.
    """
    low, high = min(a, b), max(a, b)
    after = key_of(cursor, parts=2) if cursor else None
    rows: list[StoredFile] = []
    for condition in (_only_before(low, high), _only_after(low, high)):
        base = StoredFile.objects.filter(LIVE & condition, owner_id=owner_id).order_by("folder", "name")
        rows += _changed_after(base, after, limit + 1)
    rows.sort(key=lambda row: (row.folder, row.name))
    changes: list[FileChange] = []
    last = ("", "")
    for count, (key, group) in enumerate(groupby(rows, key=lambda row: (row.folder, row.name))):
        if count == limit:
            return Page(items=tuple(changes), next=cursor_of(*last))
        last = key
        changes += _change(list(group), low, a > b)
    return Page(items=tuple(changes))


def _changed_after(base: QuerySet[StoredFile], after: list[Any] | None, count: int) -> list[StoredFile]:
    if after is None:
        return list(base[:count])
    found = list(base.filter(folder=after[0], name__gt=after[1])[:count])
    return found + list(base.filter(folder__gt=after[0])[:count])


def _change(rows: Sequence[StoredFile], low: int, backwards: bool) -> list[FileChange]:
    before = next((as_row(row) for row in rows if row.from_version <= low), None)
    after = next((as_row(row) for row in rows if row.from_version > low), None)
    if before and after and (before.sha256, before.size_bytes, before.url) == (after.sha256, after.size_bytes, after.url):
        return []
    if backwards:
        before, after = after, before
    kind = ChangeKind.CHANGED if before and after else ChangeKind.ADDED if after else ChangeKind.REMOVED
    return [FileChange(kind=kind, path=rows[0].folder + rows[0].name, before=before, after=after)]


# ---------------------------------------------------------------- bytes


def read(row: FileRow, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Bytes of a file in chunks of a megabyte. Raises ``Damaged`` when they are missing, ``Conflict`` for a reference."""
    if row.is_reference:
        raise Conflict("file.reference_has_no_bytes", url=row.url)
    if row.place == DRAFT_PLACE:
        return _blob_chunks(row.sha256, start, length)
    return ocfl.read_content(storage(), row.owner_id, row.place.removeprefix(OBJECT_PLACE), start, length)


def _blob_chunks(sha256: str, start: int, length: int | None) -> Iterator[bytes]:
    source = blobs.open_blob(sha256)

    def chunks() -> Iterator[bytes]:
        with source:
            source.seek(start)
            left = length
            while left is None or left > 0:
                chunk = source.read(blobs.CHUNK if left is None else min(blobs.CHUNK, left))
                if not chunk:
                    return
                left = None if left is None else left - len(chunk)
                yield chunk

    return chunks()


def head(row: FileRow, limit: int) -> bytes:
    """The first bytes of a file, at most ``limit``."""
    return b"".join(read(row, 0, min(limit, row.size_bytes or 0)))


def local_path(row: FileRow) -> str | None:
    """Where the bytes lie on this disk, for readers that need a file; ``None`` when they lie elsewhere."""
    if row.place == DRAFT_PLACE:
        blobs.open_blob(row.sha256).close()
        return str(blobs.blob_path(row.sha256))
    root = storage().root
    if row.is_reference or root is None:
        return None
    found = root / ocfl.object_root(row.owner_id) / row.place.removeprefix(OBJECT_PLACE)
    if not found.exists():
        raise Damaged(what="missing", owner=row.owner_id, path=row.path)
    return str(found)


# ---------------------------------------------------------------- for the seal


def unsealed(owner_id: str, through: int) -> Iterator[FileRow]:
    """Rows of versions up to ``through`` whose bytes are not in the object yet; in steps, by row number."""
    last = 0
    while True:
        rows = StoredFile.objects.filter(
            LIVE, owner_id=owner_id, sha512="", from_version__lte=through, id__gt=last
        ).exclude(place__startswith="url:")
        found = _fetched(rows.order_by("id")[:STEP])
        yield from found
        if len(found) < STEP:
            return
        last = found[-1].id


def intervals(owner_id: str, through: int) -> Iterator[FileRow]:
    """Every row that belongs to some version up to ``through``, by folder, name, version; in steps."""
    rows = StoredFile.objects.alias(since=F("from_version") + 0).filter(LIVE, owner_id=owner_id, since__lte=through)
    rows = rows.order_by("folder", "name", "from_version")
    after: tuple[str, str, int] | None = None
    while True:
        found = _fetched(rows[:STEP]) if after is None else _intervals_after(rows, after)
        yield from found
        if len(found) < STEP:
            return
        after = (found[-1].folder, found[-1].name, found[-1].from_version)


def _intervals_after(rows: QuerySet[StoredFile], after: tuple[str, str, int]) -> list[FileRow]:
    folder, name, version = after
    found: list[FileRow] = []
    for condition in (
        Q(folder=folder, name=name, from_version__gt=version), Q(folder=folder, name__gt=name), Q(folder__gt=folder)
    ):  # fmt: skip
        if len(found) < STEP:
            found += _fetched(rows.filter(condition)[: STEP - len(found)])
    return found


# ---------------------------------------------------------------- previews


def preview(row: FileRow) -> Preview:
    """What a page may show of a file; made now when it is not in the cache. The caller has asked whether it may be read."""
    return previews.preview(
        row, head=lambda limit: head(row, limit), local=lambda: local_path(row), chunks=lambda: read(row)
    )


def preview_picture(row: FileRow) -> bytes | None:
    """The scaled picture (WebP) of a file whose preview has one."""
    return previews.picture(row) if preview(row).has_picture else None


def preview_plot(row: FileRow) -> bytes | None:
    """The line plot (SVG) of a file whose preview has one."""
    return previews.plot(row) if preview(row).has_plot else None


def damages(owner_id: str) -> Iterator[Damage]:
    """Every fault of an owner's object in the storage; reads every byte once."""
    return fixity.faults(owner_id)


def has_sealed_rows(owner_id: str) -> bool:
    """Whether some file of the owner should stand in its object. Cost: 1 statement."""
    return StoredFile.objects.filter(LIVE, owner_id=owner_id).exclude(sha512="").exists()


def has_object(owner_id: str) -> bool:
    """Whether the storage holds an object of the owner at all."""
    return next(storage().names(ocfl.object_root(owner_id) + "/"), None) is not None


def versions_of(owner_id: str, path: str) -> list[int]:
    """Numbers of the owner's versions in which a path's rows began; empty for what is no file of the owner's."""
    folder, name = split(path)
    rows = StoredFile.objects.filter(LIVE, owner_id=owner_id, folder=folder, name=name)
    return sorted(rows.values_list("from_version", flat=True))
