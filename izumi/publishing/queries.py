"""What was announced: lists for harvesters, the change feed. All of it is public; nothing here knows a title.

Whether a record may still be seen is not answered here: whoever shows a list asks `records.queries` at that moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db.models import QuerySet, Subquery

from izumi.kernel.days import Instant
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.publishing.models import Announced, Change, HarvestSet, InSet
from izumi.publishing.types import Announcement, PublicChange, Selection
from izumi.records.types import KINDS

COUNTED = 10_000
"""Longer lists are not counted: a count costs more the more there is."""


def announced(selection: Selection, *, limit: int) -> list[Announcement]:
    """At most ``limit`` announcements in their order. Cost: 1 statement that reads that many index entries, at any depth."""
    return _told(_rows(selection).order_by("n")[:limit])


def last_announced(selection: Selection) -> list[Announcement]:
    """The last announcement up to the place where the selection stands, if there is one. Cost: 1 statement."""
    rows = _rows(replace(selection, after=0)).filter(n__lte=selection.after)
    return _told(rows.order_by("-n")[:1])


def _told(rows: QuerySet[Announced] | QuerySet[InSet]) -> list[Announcement]:
    if rows.model is InSet:
        told = rows.values_list("announced_id", "n", "announced__datestamp", "announced__deleted", "announced__sets")
    else:
        told = rows.values_list("record", "n", "datestamp", "deleted", "sets")
    return [
        Announcement(record=record, n=n, datestamp=datestamp, deleted=deleted, sets=tuple(sets))
        for record, n, datestamp, deleted, sets in told
    ]


def announced_count(selection: Selection) -> int | None:
    """How long the list is; ``None`` when it is longer than `COUNTED`. Cost: 1 statement over at most so many entries."""
    found = _rows(selection)[: COUNTED + 1].count()
    return found if found <= COUNTED else None


def _rows(selection: Selection) -> QuerySet[Announced] | QuerySet[InSet]:
    """Datestamps rise with ``n``, so both bounds are places, found in the index by time, and every list is one range of n."""
    rows: QuerySet[Announced] | QuerySet[InSet] = (
        InSet.objects.filter(spec=selection.spec) if selection.spec else Announced.objects.all()
    )
    rows = rows.filter(n__gt=selection.after)
    if selection.since is not None:
        first = Announced.objects.filter(datestamp__gte=selection.since).order_by("datestamp", "n")
        rows = rows.filter(n__gte=Subquery(first.values("n")[:1]))
    if selection.until is not None:
        last = Announced.objects.filter(datestamp__lte=selection.until).order_by("-datestamp", "-n")
        rows = rows.filter(n__lte=Subquery(last.values("n")[:1]))
    return rows


def announcement(record_id: str) -> Announcement | None:
    """The announcement of one record; ``None`` for one that was never public. Cost: 1 statement."""
    row = Announced.objects.filter(pk=record_id).first()
    if row is None:
        return None
    return Announcement(record=row.pk, n=row.n, datestamp=row.datestamp, deleted=row.deleted, sets=tuple(row.sets))


def earliest() -> Instant | None:
    """No datestamp is, or will be, earlier than this; ``None`` while nothing was announced. Cost: 1 statement."""
    found: Instant | None = Announced.objects.order_by("datestamp").values_list("datestamp", flat=True).first()
    return found


def sets_after(spec: str, *, limit: int) -> list[str]:
    """setSpecs in their order, behind this one. Cost: 1 statement."""
    return list(HarvestSet.objects.filter(spec__gt=spec).order_by("spec").values_list("spec", flat=True)[:limit])


def set_names(specs: list[str]) -> Mapping[str, Text]:
    """What the sets are called, in the languages there are. Cost: 2 statements for any number of sets."""
    parts = {spec: spec.split(":", 1) for spec in specs}
    organisations = people.organisations({key for kind, key in parts.values() if kind == "org"})
    titles = people.project_titles({key for kind, key in parts.values() if kind == "project"})
    found = {}
    for spec, (kind, key) in parts.items():
        if kind == "kind":
            found[spec] = KINDS.get(key) or both(key, key)
        elif kind == "org":
            found[spec] = organisations[key].legal_name if key in organisations else Text()
        else:
            found[spec] = titles.get(key) or Text()
    return found


def changes(*, since: int, limit: int) -> list[PublicChange]:
    """The public changes after number ``since``, at most ``limit``. Cost: 1 statement."""
    rows = Change.objects.filter(n__gt=since).order_by("n")[:limit]
    return [PublicChange(**row) for row in rows.values("n", "record", "change", "kind", "version", "at")]


def last_change() -> int:
    """The number of the newest public change; 0 when there is none. Cost: 1 statement."""
    return Change.objects.order_by("-n").values_list("n", flat=True).first() or 0
