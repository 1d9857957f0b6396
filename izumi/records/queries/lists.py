"""Lists of records: narrow columns, keyset-paged, filtered by the decision's SQL twin."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, Q, QuerySet, Subquery

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS, Actor
from izumi.kernel.days import Instant, day_of, parse_instant
from izumi.kernel.paging import Page, cursor_of, key_of, limited, unreadable_cursor
from izumi.kernel.text import Text
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.records.models import Draft, Record, RecordProject
from izumi.records.types import RecordLine

_ACTIVE = Draft.objects.filter(record_id=OuterRef("pk"), discarded_at=None)


def _rows(actor: Actor, action: str = "see") -> QuerySet[Record]:
    rows: QuerySet[Record] = Record.objects.filter(policy.visible(actor, clock.now(), action))
    return rows


def _with_draft(rows: QuerySet[Record]) -> QuerySet[Record]:
    return rows.annotate(
        draft_state=Subquery(_ACTIVE.values("state")[:1]),
        draft_scheduled=Subquery(_ACTIVE.values("scheduled_on")[:1]),
        draft_submitted=Subquery(_ACTIVE.values("submitted_at")[:1]),
    )


def _line(row: Record, *, editor: bool = True) -> RecordLine:
    return RecordLine(
        id=row.id, kind=row.kind, state=row.state, draft_state=row.draft_state if editor else None, title=Text(row.title),  # type: ignore[attr-defined]
        access_class=row.access_class, version=row.latest, owner=row.owner, owner_organisation=row.owner_organisation,
        updated_at=row.updated_at if editor else row.changed_at or row.updated_at,
        published_on=day_of(row.first_published_at) if row.first_published_at else None,
        scheduled_on=row.draft_scheduled if editor else None, submitted_at=row.draft_submitted if editor else None,  # type: ignore[attr-defined]
        files=row.files, size_bytes=row.size_bytes,
    )  # fmt: skip


def _page(rows: QuerySet[Record], field: str, *, limit: int, cursor: str | None, editor: bool) -> Page[RecordLine]:
    """Newest first by a time column; ties by identifier. Cost: 1 statement."""
    limit = limited(limit)
    if cursor:
        at, last = key_of(cursor, parts=2)
        try:
            moment = parse_instant(str(at))
        except ValueError:
            raise unreadable_cursor() from None
        rows = rows.filter(Q(**{f"{field}__lt": moment}) | Q(**{field: moment, "id__lt": last}))
    found = list(_with_draft(rows).order_by(f"-{field}", "-id")[: limit + 1])
    items = tuple(_line(row, editor=editor) for row in found[:limit])
    more = cursor_of(getattr(found[limit - 1], field).isoformat(), found[limit - 1].id) if len(found) > limit else None
    return Page(items=items, next=more)


def own_records(actor: Actor, *, state: str | None = None, limit: int = 50, cursor: str | None = None) -> Page[RecordLine]:
    """Records that the person owns, drafts too. ``state``: a record state, or ``draft`` for those with an open draft."""
    rows = _rows(actor).filter(owner=actor.person or "-")
    if state == "draft":
        rows = rows.filter(drafts__discarded_at=None, drafts__isnull=False).distinct()
    elif state:
        rows = rows.filter(state=state)
    return _page(rows, "updated_at", limit=limit, cursor=cursor, editor=True)


def review_queue(actor: Actor, *, limit: int = 50, cursor: str | None = None) -> Page[RecordLine]:
    """Submitted drafts that this person may return or accept, newest change first. Cost: 2 statements.

    Which organisations' drafts are looked at follows from the actor's keys; whether each is shown, from the decision.
    """
    waiting = Draft.objects.filter(state="submitted", discarded_at=None).values("record_id")
    rows = _rows(actor).filter(pk__in=waiting)
    if not actor.keys & {"role:admin@site", "console", "system"}:
        curated = [key.removeprefix("role:curator@org:") for key in actor.keys if key.startswith("role:curator@org:")]
        rows = rows.filter(owner_organisation__in=curated)
    page = _page(rows, "updated_at", limit=limit, cursor=cursor, editor=True)
    facts = policy.access_facts([line.id for line in page.items])
    may = [line for line in page.items if line.id in facts and decide.verdict(actor, "review", facts[line.id], clock.now())]
    return Page(items=tuple(may), next=page.next)


def records_of(
    actor: Actor, *, project: str | None = None, organisation: str | None = None, person: str | None = None,
    state: str | None = "published", limit: int = 50, cursor: str | None = None,
) -> Page[RecordLine]:  # fmt: skip
    """Records of a project, organisation or person that this reader may see; published ones unless said otherwise."""
    rows = _rows(actor)
    if state:
        rows = rows.filter(state=state)
    if project:
        rows = rows.filter(pk__in=RecordProject.objects.filter(project=project).values("record_id"))
    if organisation:
        rows = rows.filter(owner_organisation=organisation)
    if person:
        rows = rows.filter(owner=person)
    # By the last public change: when somebody edits the draft of a published record is nobody's business.
    field = "changed_at" if state in ("published", "withdrawn") else "updated_at"
    return _page(rows, field, limit=limit, cursor=cursor, editor=False)


def visible_ids(actor: Actor, record_ids: Iterable[str]) -> frozenset[str]:
    """Which of these published records the reader may see now; hits of a stale index are checked with it. Cost: 1 statement."""
    wanted = list(record_ids)
    return frozenset(_rows(actor).filter(pk__in=wanted, state="published").values_list("pk", flat=True))


def public_changes(*, after: str | None = None, limit: int = 1000) -> list[tuple[str, int, Instant]]:
    """(id, newest version, last public change) of records whose metadata anyone may see, in the order of identifiers.

    For the sitemap and other bulk readers; keyset-paged by ``after``. Cost: 1 statement.
    """
    rows = _rows(ANONYMOUS).filter(state="published", latest__gt=0)
    if after:
        rows = rows.filter(pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", "latest", "changed_at")[:limit])


def public_count() -> int:
    """How many published records anyone may see. Cost: 1 statement over an index."""
    return _rows(ANONYMOUS).filter(state="published").count()


def ids_after(after: str = "", *, limit: int = 1000, state: str | None = "published") -> list[str]:
    """Identifiers in order, unfiltered: for workers that rebuild an index or verify. Cost: 1 statement."""
    rows = Record.objects.filter(pk__gt=after).order_by("pk")
    if state:
        rows = rows.filter(state=state)
    return list(rows.values_list("pk", flat=True)[:limit])
