"""``izumi verify``: whether the bytes of a record are still what was recorded; faults name record, version and file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from izumi.kernel.errors import Damaged
from izumi.records import queries as records
from izumi.storage import actions as storage
from izumi.storage import queries as files
from izumi.storage.types import Damage, FileRow


def verify(record_id: str) -> dict[str, Any]:
    """Recompute every digest of one record: its object's, and those of drafts; reads every byte once.

    ``{"id", "ok", "faults": [{"record", "versions", "file", "what", "place"}]}``; ``versions`` are the record's versions
    that need the file (empty for what belongs to the object itself).
    """
    faults = [*_object_faults(record_id), *_draft_faults(record_id)]
    return {"id": record_id, "ok": not faults, "faults": faults}


def verify_all() -> Iterator[dict[str, Any]]:
    """``verify`` of every record, oldest identifier first, and of objects that no record names."""
    known, after = set(), ""
    while ids := records.ids_after(after, limit=500, state=None):
        for record_id in ids:
            known.add(record_id)
            yield verify(record_id)
        after = ids[-1]
    for owner_id in storage.sealed_owners():
        if owner_id not in known:
            fault = {"record": owner_id, "versions": [], "file": "", "what": "unexpected", "place": "object"}
            yield {"id": owner_id, "ok": False, "faults": [fault]}


def _object_faults(record_id: str) -> Iterator[dict[str, Any]]:
    if files.has_sealed_rows(record_id) and not files.has_object(record_id):
        yield {"record": record_id, "versions": [], "file": "", "what": "missing", "place": "object"}
        return
    yield from map(_told, files.damages(record_id))


def _told(damage: Damage) -> dict[str, Any]:
    versions = files.versions_of(damage.owner_id, damage.path)
    return {
        "record": damage.owner_id, "versions": versions, "file": damage.path, "what": damage.what,
        "place": damage.content_path, "object_versions": list(damage.versions),
    }  # fmt: skip


def _draft_faults(record_id: str) -> Iterator[dict[str, Any]]:
    for row in files.unsealed(record_id, 10**9):
        what = _blob_fault(row)
        if what:
            yield {"record": record_id, "versions": [row.from_version], "file": row.path, "what": what, "place": "draft"}


def _blob_fault(row: FileRow) -> str:
    digest = hashlib.sha256()
    try:
        for chunk in files.read(row):
            digest.update(chunk)
    except (Damaged, OSError):
        return "missing"
    return "" if digest.hexdigest() == row.sha256 else "digest"
