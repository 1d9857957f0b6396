"""Steps that publishing calls: what was sealed, and a record that comes back from its object."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from izumi.kernel.work import Work
from izumi.policy.types import AccessStatement
from izumi.records.actions import steps
from izumi.records.models import Link, Record, RecordProject, Version

KNOWN_FORMAT = 1


class NewerHead(ValueError):
    """``izumi/record.json`` was written by a newer Izumi."""


def mark_sealed(w: Work, record_id: str, *, stamp: int, failed: bool = False) -> bool:
    """Step: the state with this stamp stands in storage. False when the record has moved on: it stays *sealing*."""
    record = Record.objects.get(pk=record_id)
    if failed:
        Record.objects.filter(pk=record_id).update(seal_state="failed")
        return False
    current = record.stamp == stamp
    Record.objects.filter(pk=record_id, sealed_stamp__lt=stamp).update(
        seal_state="sealed" if current else "sealing", sealed_stamp=stamp, sealed_at=w.now
    )
    return current


def restore_record(w: Work, head: dict[str, Any], *, closed: bool = False) -> Record:
    """Step: insert a record as its head state tells it (rebuild). ``closed`` when a hold is newer than the head: fails closed."""
    if int(head.get("format", 0)) > KNOWN_FORMAT:
        raise NewerHead(str(head.get("id")))
    record = Record(
        id=head["id"], kind=head["kind"], state=head["state"], owner=head["owner"], owner_organisation=head["owner_organisation"],
        created_at=_when(head["created_at"]), updated_at=_when(head["changed_at"]) or w.now, stamp=head["stamp"],
        plan_entries=head["plan_entries"], obligations=head.get("obligations") or [], quota_bytes=head.get("quota_bytes"),
        editors=head.get("editors") or [], profiles=head.get("profiles") or [], identifiers=head["identifiers"], gates=head["gates"], access=head["access"],
        access_revision=head["access_revision"], first_published_at=_when(head["first_published_at"]),
        changed_at=_when(head["changed_at"]), withdrawn_at=_when(head["withdrawn_at"]), withdrawn_why=head["withdrawn_why"],
        seal_state="sealed", sealed_stamp=head["stamp"], sealed_at=w.now,
    )  # fmt: skip
    if closed:
        record.gates = sorted({*record.gates, "hold"})
        record.seal_state = "sealing"
    record.latest = max((v["n"] for v in head["versions"]), default=0)
    record.correction = max((v["correction"] for v in head["versions"] if v["n"] == record.latest), default=0)
    record.access_class = str(record.access.get("class", ""))
    record.save(force_insert=True)
    RecordProject.objects.bulk_create(RecordProject(record=record, project=p) for p in head["projects"])
    Version.objects.bulk_create(_version(record, v) for v in head["versions"])
    Link.objects.bulk_create(_link(record, row) for row in head["links"])
    steps.recompile(w, record, head["projects"], AccessStatement.from_document(record.access))
    record.access_revision = head["access_revision"]
    standing = [v for v in head["versions"] if v["withdrawn_at"] is None] or head["versions"]
    if standing:
        steps.show(record, standing[-1]["metadata"], version=standing[-1]["n"])
    record.save()
    return record


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _version(record: Record, v: dict[str, Any]) -> Version:
    return Version(
        record=record, n=v["n"], correction=v["correction"], metadata=v["metadata"], unmapped=v["unmapped"], profiles=v["profiles"],
        published_at=_when(v["published_at"]), published_by=v["published_by"], note=v["note"], files=v["files"],
        size_bytes=v["size_bytes"], withdrawn_at=_when(v["withdrawn_at"]), withdrawn_why=v["withdrawn_why"],
    )  # fmt: skip


def _link(record: Record, row: dict[str, Any]) -> Link:
    return Link(
        record=record, relation=row["relation"], scheme=row["scheme"], identifier=row["identifier"], kind=row["kind"],
        evidence=row["evidence"], target=row["target"], origin=row["origin"], added_by=row["added_by"],
        added_at=_when(row["added_at"]),
    )  # fmt: skip
