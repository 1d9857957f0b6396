"""From the parameters of a request to a query, the same for pages and API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from izumi.catalogue import queries
from izumi.catalogue.types import FILTERS, Query, Sort

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search as a page knows it: the query and how it was sent."""

    query: Query
    quiet: bool
    """Sent by POST, so that the words stand in no address and no history."""

    def pairs(self, *, drop: Pair | None = None, **changes: str | None) -> list[Pair]:
        """The parameters that repeat this search, a filter dropped or others changed; the cursor is never kept."""
        query = self.query
        kept: dict[str, str | None] = {
            "q": query.q, "sort": str(query.sort) if query.sort else None, "exact": None if query.expand else "1",
        }  # fmt: skip
        kept.update(changes)
        pairs = [(name, value) for name, value in kept.items() if value]
        filters = [(name, value) for name, values in query.filters.items() for value in values]
        return pairs + [pair for pair in filters if pair != drop and (drop is None or drop != (pair[0], ""))]

    def link(self, *, drop: Pair | None = None, **changes: str | None) -> str:
        """The same as a query string."""
        return "?" + urlencode(self.pairs(drop=drop, **changes))

    def api(self) -> str:
        """The same search as a program asks it."""
        return "/api/v1/search?" + urlencode([("expand", "false") if pair == ("exact", "1") else pair for pair in self.pairs()])

    def without_filters(self) -> str:
        """The query string of the bare search."""
        return "?" + urlencode([pair for pair in self.pairs() if pair[0] not in FILTERS])


def from_page(params: QueryDict, *, quiet: bool, lang: str, limit: int) -> Asked:
    """What a page was asked; parameters it does not know are left alone, an unknown order is the usual one."""
    filters = queries.filters_from({name: params.getlist(name) for name in FILTERS})
    filters = _without(filters, params.getlist("drop"))
    sort = params.get("sort", "")
    query = Query(
        q=params.get("q", ""), filters=filters, sort=Sort(sort) if sort in set(Sort) else None, limit=limit,
        cursor=params.get("cursor") or None, lang=lang, expand=not params.get("exact"),
    )  # fmt: skip
    return Asked(query=query, quiet=quiet)


def _without(filters: Mapping[str, tuple[str, ...]], dropped: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Filters less those that chips took away: ``name:value``, ``name:`` for all of one, ``*`` for all."""
    left = dict(filters)
    for one in dropped:
        name, _, value = one.partition(":")
        if one == "*":
            left = {}
        elif name in left:
            left[name] = tuple(v for v in left[name] if value and v != value)
    return {name: values for name, values in left.items() if values}
