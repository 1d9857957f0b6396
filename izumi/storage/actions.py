"""Writes of storage. Steps take the open work of the action they belong to; none opens a transaction.

Draft rows belong to the version after the newest one: putting a file there opens a row, changing a published one closes
its row at the draft's number. So publishing writes no row, and discarding touches only what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from izumi.kernel.errors import Conflict, NotThere
from izumi.kernel.work import Work
from izumi.storage import blobs, holds, locks, rules, sealed_rows, sealing, uploads
from izumi.storage import tidy as sweeping
from izumi.storage.models import (
    LIVE,
    DroppedDraft,
    DroppedRemoval,
    StoredFile,
    VersionCount,
)
from izumi.storage.queries import as_row, prefix_end, split
from izumi.storage.types import DRAFT_PLACE, URL_PLACE, FileRow, FilesSummary

STEP = 500
Readable = blobs.Readable
tidy = sweeping.tidy
receive = blobs.receive
create_upload = uploads.create
find_upload = uploads.find
open_uploads = uploads.open_uploads
append_upload = uploads.append
finish_upload = uploads.finish
close_upload = uploads.close
terminate_upload = uploads.terminate
owner_lock = locks.owner_lock
RELEASES = holds.RELEASES
committed_holds = sealing.committed_holds
begin_sealing = sealing.begin
sealed_document = sealing.document
write_sealed = sealing.write
remove_holds = sealing.remove_holds
sealed_owners = sealing.sealed_owners
read_sealed = sealing.read_sealed
open_holds = sealing.open_holds
sealed_at = sealing.sealed_at
mark_sealed = sealed_rows.mark_sealed
release = sealed_rows.release
hold = sealed_rows.hold
restore_files = sealed_rows.restore_files
restore_holds = sealed_rows.restore_holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What a put did."""

    row: FileRow
    created: bool
    """Whether the path is new in the draft."""
    changed: bool
    """False when exactly these bytes were there already."""


def put_row(
    w: Work,
    owner_id: str,
    version: int,
    path: str,
    *,
    sha256: str,
    size_bytes: int | None,
    media_type: str,
    place: str = DRAFT_PLACE,
) -> Put:
    """Put a file into the draft ``version``; ``path`` was parsed by ``rules.parse_path``. Doing it twice changes nothing.

    Refuses (``Conflict`` ``file.name_collides``) a name that some disks could not tell from another one.
    Cost: at most 8 statements, whatever the number of files.
    """
    folder, name = split(path)
    open_rows = StoredFile.objects.filter(LIVE, owner_id=owner_id, to_version__isnull=True)
    old = open_rows.filter(folder=folder, name=name).first()
    values = {"sha256": sha256, "size_bytes": size_bytes, "media_type": media_type, "place": place, "sha512": ""}
    if old is not None and _same(old, sha256, size_bytes, place):
        return Put(row=as_row(old), created=False, changed=False)
    if old is None:
        refuse_collision(open_rows, path)
        new = _open_row(owner_id, version, folder, name, values)
    elif old.from_version == version:
        StoredFile.objects.filter(pk=old.pk).update(**values)
        new = StoredFile.objects.get(pk=old.pk)
    else:
        StoredFile.objects.filter(pk=old.pk).update(to_version=version)
        new = _open_row(owner_id, version, folder, name, values)
    _count(owner_id, version, added=[new], removed=[old] if old else [])
    return Put(row=as_row(new), created=old is None, changed=True)


def _same(old: StoredFile, sha256: str, size_bytes: int | None, place: str) -> bool:
    kept_here = not old.place.startswith(URL_PLACE) and not place.startswith(URL_PLACE)
    return old.sha256 == sha256 and old.size_bytes == size_bytes and (kept_here or old.place == place)


def _open_row(owner_id: str, version: int, folder: str, name: str, values: dict[str, object]) -> StoredFile:
    row = StoredFile(
        owner_id=owner_id, from_version=version, folder=folder, name=name, folded=rules.fold(folder + name), **values
    )
    row.save(force_insert=True)
    return row


def refuse_collision(open_rows: QuerySet[StoredFile], path: str) -> None:
    """Refuse a new path that equals another but for case or normalisation, or is a file where another is a folder.

    Among all paths in the order of their folded names, the one before or the one after shares the longest beginning with
    the new path, so two neighbours tell whether any folder above it is spelled otherwise. Cost: 4 statements.
    """
    folded = rules.fold(path)
    other = open_rows.filter(folded=folded).first()
    if other is None:
        other = open_rows.filter(folded__in=rules.parents(folded)).first()
    if other is None:
        inside = folded + "/"
        other = open_rows.filter(folded__gte=inside, folded__lt=prefix_end(inside)).first()
    if other is None:
        before = open_rows.filter(folded__lt=folded).order_by("-folded").first()
        after = open_rows.filter(folded__gt=folded).order_by("folded").first()
        other = next((row for row in (before, after) if row and _spelled_otherwise(row.folder, path)), None)
    if other is not None:
        raise Conflict("file.name_collides", path=rules.shown(path), other=rules.shown(other.folder + other.name))


def refuse_taken_name(owner_id: str, path: str, typed: str = "") -> None:
    """Ask before any byte arrives what ``put_row`` will ask again: ``file.name_collides`` for a new path that cannot be.

    ``typed`` is the path as it was sent: one that differs from a file here in its normalisation only (か + ゛) does not
    replace it unasked. Izumi's own clients send names composed (NFC).
    """
    open_rows = StoredFile.objects.filter(LIVE, owner_id=owner_id, to_version__isnull=True)
    folder, name = split(path)
    if not open_rows.filter(folder=folder, name=name).exists():
        refuse_collision(open_rows, path)
    elif typed and typed != path:
        raise Conflict("file.name_collides", path=rules.shown(typed), other=rules.shown(path))


def _spelled_otherwise(folder: str, path: str) -> bool:
    """Whether a folder that both have above them is written in two ways."""
    for mine, theirs in zip(path.split("/")[:-1], folder.split("/")[:-1], strict=False):
        if mine == theirs:
            continue
        return rules.fold(mine) == rules.fold(theirs)
    return False


def remove_row(w: Work, owner_id: str, version: int, path: str) -> FileRow:
    """Take a file out of the draft. Raises ``NotThere``. Cost: 4 statements."""
    folder, name = split(path)
    row = StoredFile.objects.filter(LIVE, owner_id=owner_id, to_version__isnull=True, folder=folder, name=name).first()
    if row is None:
        raise NotThere("file", path)
    _close([row], version)
    _count(owner_id, version, removed=[row])
    return as_row(row)


def remove_rows(w: Work, owner_id: str, version: int, folder: str) -> int:
    """Take a folder and everything below it out of the draft; how many files went. Raises ``NotThere`` when none did."""
    rows = _under(owner_id, folder).order_by("id")
    removed = 0
    while found := list(rows[:STEP]):
        _close(found, version)
        _count(owner_id, version, removed=found)
        removed += len(found)
    if not removed:
        raise NotThere("file", folder)
    return removed


def _under(owner_id: str, folder: str) -> QuerySet[StoredFile]:
    rows = StoredFile.objects.filter(LIVE, owner_id=owner_id, to_version__isnull=True)
    return rows.filter(folder__gte=folder, folder__lt=prefix_end(folder)) if folder else rows


def _close(rows: Iterable[StoredFile], version: int) -> None:
    """A row that only the draft has goes; a published one ends before the draft's version."""
    ids = [row.pk for row in rows]
    StoredFile.objects.filter(pk__in=ids, from_version=version).delete()
    StoredFile.objects.filter(pk__in=ids).update(to_version=version)


def move_rows(w: Work, owner_id: str, version: int, source: str, target: str) -> int:
    """Rename a file, or a folder with everything below it, in the draft; how many files moved.

    Refuses (``Conflict``) a target that exists or collides, or that lies inside the source; ``NotThere`` without a source.
    """
    open_rows = StoredFile.objects.filter(LIVE, owner_id=owner_id, to_version__isnull=True)
    folder, name = split(source)
    row = open_rows.filter(folder=folder, name=name).first()
    if row is not None:
        return _move_file(open_rows, version, row, target)
    old, new = source + "/", target + "/"
    if not _under(owner_id, old).exists():
        raise NotThere("file", source)
    if old == new:
        return 0
    if new.startswith(old) or _under(owner_id, new).exists():
        raise Conflict("file.exists", path=rules.shown(target))
    outside = open_rows.exclude(folder__gte=old, folder__lt=prefix_end(old))
    refuse_collision(outside, target)
    return _move_folder(owner_id, version, old, new)


def _move_file(open_rows: QuerySet[StoredFile], version: int, row: StoredFile, target: str) -> int:
    folder, name = split(target)
    if (folder, name) == (row.folder, row.name):
        return 0
    if open_rows.filter(folder=folder, name=name).exists():
        raise Conflict("file.exists", path=rules.shown(target))
    refuse_collision(open_rows.exclude(pk=row.pk), target)
    moved = {"folder": folder, "name": name, "folded": rules.fold(target)}
    if row.from_version == version:
        StoredFile.objects.filter(pk=row.pk).update(**moved)
    else:
        _reopen([row], version, lambda each: moved)
    _count(row.owner_id, version)
    return 1


def _reopen(rows: list[StoredFile], version: int, change: Callable[[StoredFile], dict[str, str]]) -> None:
    """End published rows at the draft and open copies with other names; their bytes stay where they are."""
    StoredFile.objects.filter(pk__in=[row.pk for row in rows]).update(to_version=version)
    copies = []
    for row in rows:
        values = {
            "owner_id": row.owner_id, "sha256": row.sha256, "sha512": row.sha512, "size_bytes": row.size_bytes,
            "media_type": row.media_type, "place": row.place,
        }  # fmt: skip
        copies.append(StoredFile(from_version=version, **values, **change(row)))
    StoredFile.objects.bulk_create(copies)


def _move_folder(owner_id: str, version: int, old: str, new: str) -> int:
    published = _under(owner_id, old).filter(from_version__lt=version).order_by("id")
    moved = 0
    while found := list(published[:STEP]):
        _reopen(found, version, lambda row: _renamed(row, old, new))
        moved += len(found)
    drafted = _under(owner_id, old).filter(from_version=version)
    moved += drafted.update(
        folder=Concat(Value(new), Substr("folder", len(old) + 1)),
        folded=Concat(Value(rules.fold(new)), Substr("folded", len(rules.fold(old)) + 1)),
    )
    _count(owner_id, version)
    return moved


def _renamed(row: StoredFile, old: str, new: str) -> dict[str, str]:
    folder = new + row.folder[len(old) :]
    return {"folder": folder, "name": row.name, "folded": rules.fold(folder + row.name)}


# ---------------------------------------------------------------- counters


def _count(
    owner_id: str, version: int, *, added: Iterable[StoredFile] = (), removed: Iterable[StoredFile] = ()
) -> None:
    """Keep the draft's counter; it starts as a copy of its predecessor's."""
    row = VersionCount.objects.filter(owner_id=owner_id, version__lte=version).order_by("-version").first()
    if row is None or row.version != version:
        start = row or VersionCount(file_count=0, size_bytes=0, referenced_bytes=0)
        row = VersionCount.objects.create(
            owner_id=owner_id, version=version, file_count=start.file_count, size_bytes=start.size_bytes,
            referenced_bytes=start.referenced_bytes,
        )  # fmt: skip
    plus, minus = list(added), list(removed)
    sizes = [(each, each.size_bytes or 0) for each in plus] + [(each, -(each.size_bytes or 0)) for each in minus]
    VersionCount.objects.filter(pk=row.pk).update(
        file_count=F("file_count") + len(plus) - len(minus),
        size_bytes=F("size_bytes") + sum(size for _, size in sizes),
        referenced_bytes=F("referenced_bytes") + sum(s for each, s in sizes if each.place.startswith(URL_PLACE)),
    )


def freeze(w: Work, owner_id: str, version: int) -> FilesSummary:
    """Make the draft's files those of the published ``version``; its counts. Cost: 3 statements, whatever their number."""
    _count(owner_id, version)
    row = VersionCount.objects.get(owner_id=owner_id, version=version)
    return FilesSummary(count=row.file_count, size_bytes=row.size_bytes, referenced_bytes=row.referenced_bytes)


# ---------------------------------------------------------------- discarding


def drop_draft_rows(w: Work, owner_id: str, version: int) -> int | None:
    """Throw away the file changes of the draft ``version``; the number to restore them by, ``None`` when there were none.

    Touches only changed rows. They can come back for 30 days, then tidy forgets them.
    """
    drafted = StoredFile.objects.filter(LIVE, owner_id=owner_id, from_version=version)
    closed = StoredFile.objects.filter(LIVE, owner_id=owner_id, to_version=version)
    if not drafted.exists() and not closed.exists():
        VersionCount.objects.filter(owner_id=owner_id, version=version).delete()
        return None
    counts = VersionCount.objects.filter(owner_id=owner_id, version=version).values(
        "file_count", "size_bytes", "referenced_bytes"
    ).first() or {}  # fmt: skip
    dropped = DroppedDraft.objects.create(owner_id=owner_id, version=version, dropped_at=w.now, **counts)
    drafted.update(dropped=dropped)
    removals = (DroppedRemoval(dropped=dropped, file_id=pk) for pk in closed.values_list("pk", flat=True).iterator())
    while batch := list(islice(removals, STEP)):
        DroppedRemoval.objects.bulk_create(batch)
    closed.update(to_version=None)
    VersionCount.objects.filter(owner_id=owner_id, version=version).delete()
    return int(dropped.pk)


def restore_draft_rows(w: Work, owner_id: str, dropped_id: int, version: int) -> int:
    """Bring thrown-away file changes back into the empty draft ``version``; how many rows came back.

    Refuses (``Conflict`` ``state.conflict``) when another version was published meanwhile or the draft has changes.
    """
    dropped = DroppedDraft.objects.filter(pk=dropped_id, owner_id=owner_id, version=version).first()
    if dropped is None:
        raise NotThere("draft", str(dropped_id))
    here = StoredFile.objects.filter(LIVE, owner_id=owner_id)
    if here.filter(Q(from_version__gte=version) | Q(to_version__gte=version)).exists():
        raise Conflict("state.conflict", why="the draft has file changes of its own")
    StoredFile.objects.filter(pk__in=dropped.removals.values("file_id")).update(to_version=version)
    restored = StoredFile.objects.filter(dropped=dropped).update(dropped=None)
    VersionCount.objects.update_or_create(
        owner_id=owner_id, version=version,
        defaults={"file_count": dropped.file_count, "size_bytes": dropped.size_bytes,
                  "referenced_bytes": dropped.referenced_bytes},
    )  # fmt: skip
    dropped.delete()
    return restored
