"""Narrow facts about records for those who compare them with a plan: no document is loaded, nothing is filtered."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from izumi.kernel.days import day_of
from izumi.kernel.text import Text
from izumi.policy.types import AccessStatement
from izumi.records.models import Draft, Record, RecordProject
from izumi.records.types import Reality

_ACTIVE = Draft.objects.filter(record_id=OuterRef("pk"), discarded_at=None)


def reality(record_ids: Iterable[str] = (), *, projects: Iterable[str] = ()) -> dict[str, Reality]:
    """Facts by record, of these records and of all records of these projects; for workers and for rooms that decide
    themselves who may learn what (plans, governance). Cost: 2 statements, however many records.
    """
    named, within = list(record_ids), list(projects)
    wanted = Q(pk__in=named)
    if within:
        wanted |= Q(pk__in=RecordProject.objects.filter(project__in=within).values("record_id"))
    rows = list(_rows(Record.objects.filter(wanted)))
    belongs: dict[str, list[str]] = {row.id: [] for row in rows}
    pairs = RecordProject.objects.filter(record_id__in=belongs).order_by("id").values_list("record_id", "project")
    for key, project in pairs if rows else ():
        belongs[key].append(project)
    return {row.id: _fact(row, tuple(belongs[row.id])) for row in rows}


def _rows(rows: QuerySet[Record]) -> QuerySet[Record]:
    return rows.annotate(
        draft_state=Subquery(_ACTIVE.values("state")[:1]), draft_on=Subquery(_ACTIVE.values("scheduled_on")[:1]),
        draft_access=Subquery(_ACTIVE.values("metadata__access")[:1]), has_draft=Exists(_ACTIVE),
    )  # fmt: skip


def _fact(row: Record, projects: tuple[str, ...]) -> Reality:
    told = row.access if row.latest else row.draft_access  # type: ignore[attr-defined]
    statement = AccessStatement.from_document(told if isinstance(told, dict) else None)
    published = row.first_published_at
    return Reality(
        id=row.id, kind=row.kind, state=row.state, title=Text(row.title), data_number=row.data_number,
        access_class=row.access_class, available_on=statement.available_on, opens=str(statement.opens),
        metadata_class=str(statement.metadata_class), published_on=day_of(published) if published else None,
        created_at=row.created_at, changed_at=row.changed_at or row.updated_at, updated_at=row.updated_at,
        withdrawn=row.withdrawn_at is not None, withdrawn_at=row.withdrawn_at, size_bytes=row.size_bytes, files=row.files,
        version=row.latest, draft_state=row.draft_state, scheduled_on=row.draft_on, projects=projects,  # type: ignore[attr-defined]
        plan_entries=tuple(row.plan_entries), owner=row.owner, owner_organisation=row.owner_organisation,
        lacks=tuple(row.lacks), quota_bytes=row.quota_bytes, editors=tuple(row.editors),
        discarded=not row.latest and not row.has_draft,  # type: ignore[attr-defined]
    )  # fmt: skip
