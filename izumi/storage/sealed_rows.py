"""Steps about sealed rows: where their bytes now stand, holds while an owner narrows, and rows that come back by a rebuild."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from itertools import islice

from django.db import connection

from izumi.kernel import clock
from izumi.kernel.days import iso
from izumi.kernel.work import Work
from izumi.storage import holds, rules, sealing
from izumi.storage.backends import storage
from izumi.storage.models import Hold, StoredFile, VersionCount
from izumi.storage.types import OBJECT_PLACE, FileRow

STEP = 500


def mark_sealed(w: Work, sealed: Iterable[tuple[int, str, str]]) -> None:
    """Write where sealed bytes now stand: (row id, SHA-512, content path); rows that were changed meanwhile stay."""
    values = ((sha512, f"{OBJECT_PLACE}{content}", row_id) for row_id, sha512, content in sealed)
    with connection.cursor() as cursor:
        while batch := list(islice(values, STEP)):
            cursor.executemany(
                "UPDATE storage_storedfile SET sha512 = %s, place = %s WHERE id = %s AND sha512 = '' AND place = 'draft'", batch
            )


def release(w: Work, tokens: Iterable[str]) -> None:
    """Forget holds that a sealed version has taken in; their files in the storage go after the commit."""
    Hold.objects.filter(pk__in=list(tokens)).delete()


def hold(w: Work, owner_id: str, *, narrowing: str) -> str:
    """Write a hold to the storage before a narrowing or withdrawing action commits; its token.

    Call it first in the action. From then on a rebuild treats the owner as closed, until the seal has taken the change in;
    when the action rolls back, tidy removes the hold.
    """
    token = secrets.token_hex(8)
    body = {"owner": owner_id, "action": narrowing, "at": iso(w.now), "machine_at": iso(clock.machine_now())}
    holds.put_hold(storage(), owner_id, token, body)
    Hold.objects.create(token=token, owner_id=owner_id, placed_at=w.now)
    return token


def restore_files(w: Work, sealed: sealing.Sealing, *, through: int) -> int:
    """Insert the rows and counts of an owner's sealed versions (rebuild); how many rows. Bytes stay where they are."""
    count = 0
    steps: dict[int, list[int]] = {}
    rows = sealing.restored_rows(sealed, through)
    while batch := list(islice(rows, STEP)):
        StoredFile.objects.bulk_create([_loaded(row) for row in batch])
        count += len(batch)
        for row in batch:
            _step(steps, row, row.from_version, 1)
            if row.to_version is not None:
                _step(steps, row, row.to_version, -1)
    files = size = referenced = 0
    for version in sorted(steps):
        files, size, referenced = (a + b for a, b in zip((files, size, referenced), steps[version], strict=True))
        VersionCount.objects.create(
            owner_id=sealed.owner_id, version=version, file_count=files, size_bytes=size, referenced_bytes=referenced
        )
    return count


def _step(steps: dict[int, list[int]], row: FileRow, version: int, sign: int) -> None:
    size = sign * (row.size_bytes or 0)
    told = steps.setdefault(version, [0, 0, 0])
    told[0] += sign
    told[1] += size
    told[2] += size if row.is_reference else 0


def restore_holds(w: Work, owner_id: str, tokens: Iterable[str]) -> None:
    """Remember holds that closed a restored owner, so that they stay until its next seal (rebuild)."""
    Hold.objects.bulk_create(Hold(token=token, owner_id=owner_id, placed_at=w.now) for token in tokens)


def _loaded(row: FileRow) -> StoredFile:
    return StoredFile(
        owner_id=row.owner_id, folder=row.folder, name=row.name, folded=rules.fold(row.path),
        from_version=row.from_version, to_version=row.to_version, sha256=row.sha256, sha512=row.sha512,
        size_bytes=row.size_bytes, media_type=row.media_type, place=row.place,
    )  # fmt: skip
