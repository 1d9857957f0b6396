"""Running a query on the index: a page of identifiers in order, and the figures of the whole.

What an actor may see is asked in disjoint halves (see `matching.may_see`); pages are merged, figures added.
Cost: one search and one aggregation for each half, one more aggregation for each facet that is narrowed itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from izumi.catalogue import documents, index, matching
from izumi.catalogue.types import DEEPEST_RELEVANCE, Query, Sort

FACET_FIELDS = {"organisation": "org_name"}
FACET_SIZES = {"field": 60, "year": 60, "organisation": 30}
FACET_SIZE = 20
STEP_BACK = 20
"""How many already shown titles are read again, so that records that came or went between two pages do no harm."""

_NUMBER_ORDERS = {Sort.NEWEST: ("newest", True), Sort.OLDEST: ("newest", False), Sort.SIZE: ("size", True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Identifiers of one page and the place where the next begins (``None`` at the end)."""

    ids: tuple[str, ...]
    place: dict[str, Any] | None
    capped: bool = False
    """Whether the list goes on, but not in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many records match, and how often each facet value stands in them."""

    total: int
    counts: Mapping[str, Counter[str]]


@dataclass(slots=True)
class Run:
    """One query of one actor on one snapshot of the index."""

    searcher: Any
    halves: list[index.Query]
    wanted: index.Query
    filters: Mapping[str, tuple[str, ...]]

    def page(self, query: Query, place: Mapping[str, Any]) -> Found:
        """The page of a query that begins at a place."""
        if query.order == Sort.RELEVANCE:
            return self._by_relevance(query.limit, int(place.get("o", 0)))
        if query.order == Sort.TITLE:
            return self._by_title("en" if query.lang == "en" else "ja", query.limit, place)
        name, falling = _NUMBER_ORDERS[query.order]
        return self._by_number(name, falling, query.limit, place)

    def figures(self, facets: Sequence[str]) -> Figures:
        """Total and facet counts; a facet that is narrowed itself counts as if it were not (several can be chosen)."""
        own = [name for name in facets if self.filters.get(name)]
        rest = [name for name in facets if name not in own]
        total = 0
        counts: dict[str, Counter[str]] = {name: Counter() for name in facets}
        for half in self.halves:
            total += self._aggregate(half, "", rest, counts)
            for name in own:
                self._aggregate(half, name, [name], counts)
        return Figures(total=total, counts=counts)

    def total(self, *, but: str = "") -> int:
        """How many records match, the filter ``but`` left out."""
        return sum(self._aggregate(half, but, [], {}) for half in self.halves)

    def _within(self, half: index.Query, but: str = "", more: Sequence[index.Query] = ()) -> index.Query:
        return index.filtered(self.wanted, [half, *matching.narrowed(self.filters, but=but), *more])

    def _aggregate(self, half: index.Query, but: str, facets: Sequence[str], counts: Mapping[str, Counter[str]]) -> int:
        asked: dict[str, Any] = {"all": {"value_count": {"field": "newest"}}}
        for name in facets:
            size = FACET_SIZES.get(name, FACET_SIZE)
            asked[name] = {"terms": {"field": FACET_FIELDS.get(name, name), "size": size}}
        told = self.searcher.aggregate(self._within(half, but), asked)
        for name in facets:
            for bucket in told[name]["buckets"]:
                key = bucket["key"]
                counts[name][str(int(key)) if name == "year" else str(key)] += int(bucket["doc_count"])
        return int(told["all"]["value"])

    def _id(self, address: Any) -> str:
        return str(self.searcher.doc(address)["id"][0])

    def _by_relevance(self, limit: int, offset: int) -> Found:
        limit = min(limit, max(DEEPEST_RELEVANCE - offset, 0))
        end = offset + limit
        if limit == 0:
            return Found(ids=(), place=None, capped=True)
        runs = [self.searcher.search(self._within(half), end + 1, count=False).hits for half in self.halves]
        hits = list(islice(merge(*runs, key=lambda hit: -hit[0]), offset, end + 1))
        more = len(hits) > limit
        ids = tuple(self._id(address) for _, address in hits[:limit])
        deeper = more and end < DEEPEST_RELEVANCE
        return Found(ids=ids, place={"o": end} if deeper else None, capped=more and not deeper)

    def _by_number(self, name: str, falling: bool, limit: int, place: Mapping[str, Any]) -> Found:
        last, shown = place.get("k"), set(place.get("i", ()))
        low, high = (None, last) if falling else (last, None)
        more = [index.between(name, low, high)] if last is not None else []
        runs = [self._ordered(half, more, name, falling, limit + 1 + len(shown)) for half in self.halves]
        sign = -1 if falling else 1
        pairs = ((key, self._id(address)) for key, address in merge(*runs, key=lambda hit: sign * hit[0]))
        page = list(islice((pair for pair in pairs if pair[1] not in shown), limit + 1))
        if len(page) <= limit:
            return Found(ids=tuple(record for _, record in page), place=None)
        page = page[:limit]
        edge = page[-1][0]
        known = sorted(shown) if edge == last else []
        same = [*known, *(record for key, record in page if key == edge)]
        return Found(ids=tuple(record for _, record in page), place={"k": edge, "i": same})

    def _ordered(
        self, half: index.Query, more: Sequence[index.Query], name: str, falling: bool, most: int, offset: int = 0
    ) -> list[tuple[Any, Any]]:
        query = self._within(half, more=more)
        return index.in_order(self.searcher, query, name, falling=falling, limit=most, offset=offset)

    def _by_title(self, lang: str, limit: int, place: Mapping[str, Any]) -> Found:
        last, head = place.get("t", ""), place.get("h")
        before = place.get("n") or [0] * len(self.halves)
        more = [index.between(f"head_{lang}", head, None)] if head is not None else []
        runs = [
            [(key, number, address) for key, address in self._titles(half, more, f"sort_{lang}", limit, start, last)]
            for number, (half, start) in enumerate(zip(self.halves, before, strict=False))
        ]
        hits = list(islice(merge(*runs, key=lambda hit: hit[0]), limit + 1))
        ids = tuple(self._id(address) for _, _, address in hits[:limit])
        if len(hits) <= limit:
            return Found(ids=ids, place=None)
        edge = hits[limit - 1][0]
        here = documents.head(edge)
        steps = [0 if here != head else start for start in before]
        for key, number, _ in hits[:limit]:
            steps[number] += documents.head(key) == here
        return Found(ids=ids, place={"t": edge, "h": here, "n": steps})

    def _titles(
        self, half: index.Query, more: Sequence[index.Query], name: str, limit: int, start: int, last: str
    ) -> list[tuple[str, Any]]:
        """Titles after ``last``, in order. ``start`` says how many of the same first letters were shown already."""
        offset = max(start - STEP_BACK, 0)
        while True:
            hits = self._ordered(half, more, name, False, limit + 1 + STEP_BACK * 2, offset)
            after = [(key, address) for key, address in hits if key > last]
            full = len(hits) == limit + 1 + STEP_BACK * 2
            if offset and hits and hits[0][0] > last:  # records went away: titles may lie before this place
                offset = max(offset - 10 * STEP_BACK, 0)
            elif full and len(after) <= limit:  # many records came
                offset += len(hits) - len(after)
            else:
                return after[: limit + 1]
