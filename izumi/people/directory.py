"""Lists of people, organisations, projects, programmes, calls and groups: paged by keyset, found by folded names."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from izumi.kernel.actors import Actor
from izumi.kernel.text import Text
from izumi.people import queries, rules
from izumi.people.models import Call, Group, Organisation, Person, Programme, Project, ProjectNumber, ReportingRound
from izumi.people.types import GroupCard

LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; ``next`` is an opaque cursor."""

    items: list[Any]
    next: str | None
    total: int

    def as_json(self) -> dict[str, Any]:
        """The shape of every list of the API."""
        return {"items": [one.as_json() for one in self.items], "next": self.next, "total": self.total}


def people(q: str = "", *, organisation: str = "", limit: int = 100, cursor: str = "") -> Page:
    """Active persons by name. Cost: 2 statements."""
    rows = Person.objects.filter(is_active=True).select_related("organisation")
    if organisation:
        rows = rows.filter(organisation_id=organisation)
    return _page(_named(rows, q), queries.cards_of, limit, cursor)


def organisations(q: str = "", *, ror: str = "", parent: str = "", limit: int = 100, cursor: str = "") -> Page:
    """Organisations by name, ROR or parent. Cost: 2 statements."""
    rows = Organisation.objects.all()
    if ror:
        rows = rows.filter(ror=rules.ror_address(ror) or "-")
    if parent:
        rows = rows.filter(parent_id=parent)
    return _page(_named(rows, q), queries.organisation_cards, limit, cursor)


def projects(
    q: str = "", *, number: str = "", organisation: str = "", programme: str = "", call: str = "", limit: int = 100,
    cursor: str = "",
) -> Page:  # fmt: skip
    """Projects by title or number (``q``), number in any form, organisation, programme or call. Cost: 3 statements."""
    rows = Project.objects.all()
    if number:
        rows = rows.filter(numbers__key=rules.number_key(number) or "-").distinct()
    if organisation:
        rows = rows.filter(organisation_id=organisation)
    if programme:
        rows = rows.filter(programme_id=programme)
    if call:
        rows = rows.filter(call_id=call)
    key = rules.number_key(q[:200])
    words = Q(pk__in=_named(Project.objects.all(), q).values("pk"))
    numbered = Q(pk__in=ProjectNumber.objects.filter(key=key).values("project_id"))
    return _page(rows.filter(words | numbered) if key else _named(rows, q), queries.project_cards, limit, cursor)


def programmes(q: str = "", *, limit: int = 100, cursor: str = "") -> Page:
    """Programmes by title. Cost: 2 statements."""
    rows = Programme.objects.select_related("funder")
    return _page(_named(rows, q), queries.programme_cards, limit, cursor)


def calls(q: str = "", *, programme: str = "", fiscal_year: int | None = None, limit: int = 100, cursor: str = "") -> Page:
    """Calls by title, programme or fiscal year. Cost: 2 statements."""
    rows = Call.objects.all()
    if programme:
        rows = rows.filter(programme_id=programme)
    if fiscal_year is not None:
        rows = rows.filter(fiscal_year=fiscal_year)
    return _page(_named(rows, q), lambda found: [queries.call_card(row) for row in found], limit, cursor)


def rounds(*, programme: str = "", limit: int = 100, cursor: str = "") -> Page:
    """Reporting rounds, of one programme or of all. Cost: 2 statements."""
    rows = ReportingRound.objects.all()
    if programme:
        rows = rows.filter(programme_id=programme)
    return _page(rows, lambda found: [queries.round_card(row) for row in found], limit, cursor)


def groups(actor: Actor, *, limit: int = 100, cursor: str = "") -> Page:
    """The groups of the actor; administrators read all. Cost: 2 statements."""
    rows = Group.objects.all()
    if not rules.may_administer(actor):
        rows = rows.filter(pk__in=[key.removeprefix("group:") for key in actor.keys if key.startswith("group:")])
    return _page(rows, lambda found: [GroupCard(id=row.pk, name=Text(row.name)) for row in found], limit, cursor)


def _named(rows: QuerySet[Any], q: str) -> QuerySet[Any]:
    for word in rules.folded(q[:200]).split():
        rows = rows.filter(name_key__contains=word)
    return rows


Cards = Callable[[Any], Sequence[Any]]


def _page(rows: QuerySet[Any], cards: Cards, limit: int, cursor: str) -> Page:
    total = rows.count()
    limit = max(1, min(limit, LIMIT))
    after = _read(cursor)
    if after:
        rows = rows.filter(pk__gt=after)
    found = cards(rows.order_by("pk")[: limit + 1])
    more = len(found) > limit
    items = found[:limit]
    return Page(list(items), _written(items[-1].id) if more else None, total)


def _written(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _read(cursor: str) -> str:
    """The key after which the page begins; a cursor that is none begins at the start."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii") if cursor else ""
    except (ValueError, UnicodeDecodeError):
        return ""

