"""Words of the catalogue: what is asked, what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from izumi.kernel.text import Text, both


class Sort(StrEnum):
    """Orders of a result list."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    SIZE = "size"


SORT_LABELS: Mapping[Sort, Text] = {
    Sort.RELEVANCE: both("関連の強い順", "Most relevant"),
    Sort.NEWEST: both("新しい順", "Newest first"),
    Sort.OLDEST: both("古い順", "Oldest first"),
    Sort.TITLE: both("名称（五十音順）", "Title (A–Z)"),
    Sort.SIZE: both("大きい順", "Largest first"),
}


class Usable(StrEnum):
    """Whether anyone can use the files: the first question of a searcher."""

    NOW = "now"
    REQUEST = "request"
    LATER = "later"
    NO = "no"


USABLE_LABELS: Mapping[Usable, Text] = {
    Usable.NOW: both("今すぐ使える", "Usable now"),
    Usable.REQUEST: both("申請すれば使える", "On request"),
    Usable.LATER: both("公開予定がある", "Opens later"),
    Usable.NO: both("説明のみ", "Description only"),
}

FACETS: Mapping[str, Text] = {
    "usable": both("使えるかどうか", "Can I use it?"),
    "access": both("アクセス権", "Access"),
    "field": both("分野（e-Rad）", "Field (e-Rad)"),
    "type": both("データ種別", "Type"),
    "organisation": both("データ管理機関", "Hosting organisation"),
    "year": both("公開年", "Year published"),
}
"""The six facets in the order of the page."""

FILTERS: Mapping[str, Text] = {
    **FACETS,
    "kind": both("種類", "Kind"),
    "licence": both("ライセンス", "Licence"),
    "funder": both("資金配分機関", "Funder"),
    "project": both("プロジェクト", "Project"),
}
"""Everything a search can be narrowed by."""

COUNTABLE = (*FACETS, "kind", "licence")
"""What can be counted when asked for; funders and projects have too many values."""

LONGEST_QUERY = 1_000
MOST_WORDS = 32
DEEPEST_RELEVANCE = 10_000
"""Beyond this many hits the order of relevance means nothing and costs much; date, title and size go to any depth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked. ``filters``: name of `FILTERS` → values, one must hold; ``cursor`` comes from an answer."""

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort | None = None
    limit: int = 20
    cursor: str | None = None
    facets: tuple[str, ...] = tuple(FACETS)
    lang: str = "ja"
    expand: bool = True
    """Whether synonyms in the other language are searched too."""

    @property
    def order(self) -> Sort:
        """The order in force: by relevance when something is asked, else the newest first."""
        return self.sort or (Sort.RELEVANCE if self.q.strip() else Sort.NEWEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A piece of text with what matched: ``parts`` alternate between plain and matched text, plain first."""

    lang: str
    parts: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {"lang": self.lang, "parts": list(self.parts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One hit as the asking reader may see it."""

    id: str
    kind: str
    title: Text
    summary: Text
    access: str
    usable: Usable
    people: tuple[Text, ...] = ()
    organisation: Text = field(default_factory=Text)
    type: str = ""
    licence: str = ""
    published_on: str = ""
    opens_on: str = ""
    size_bytes: int = 0
    highlight: Mapping[str, Highlight] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title.as_json(),
            "summary": self.summary.as_json(),
            "access": self.access,
            "usable": str(self.usable),
            "source": "izumi",
            "highlight": {name: one.as_json() for name, one in self.highlight.items()},
            "people": [name.as_json() for name in self.people],
            "organisation": self.organisation.as_json(),
            "type": self.type,
            "licence": self.licence,
            "published_on": self.published_on,
            "size_bytes": self.size_bytes,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetCount:
    """One value of a facet and in how many records it stands."""

    value: str
    label: Text
    count: int
    chosen: bool = False

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {"value": self.value, "label": self.label.as_json(), "count": self.count, "chosen": self.chosen}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """How the query was read, so that nobody has to guess."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()
    identifiers: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[Text, ...] = ()
    did_you_mean: str = ""
    without: tuple[tuple[str, int], ...] = ()
    """For an empty result: filter name and how many records there are without it."""

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "words": list(self.words),
            "phrases": list(self.phrases),
            "excluded": list(self.excluded),
            "alternatives": [list(group) for group in self.alternatives],
            "identifiers": list(self.identifiers),
            "synonyms": [{"word": word, "also": list(also)} for word, also in self.synonyms],
            "notes": [note.as_json() for note in self.notes],
            "did_you_mean": self.did_you_mean or None,
            "without_filter": dict(self.without),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page of hits and the figures of the whole. ``total`` counts what the reader may see; ``next`` goes on."""

    items: tuple[Item, ...]
    total: int
    facets: Mapping[str, tuple[FacetCount, ...]]
    interpretation: Interpretation
    next: str | None = None
    usable_now: int = 0
    """How many of the hits can be used now; only when the facet was asked for."""

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "items": [item.as_json() for item in self.items],
            "total": self.total,
            "facets": {name: [one.as_json() for one in counts] for name, counts in self.facets.items()},
            "interpretation": self.interpretation.as_json(),
            "next": self.next,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """State of the index for ``/readyz``, ``doctor`` and the operator."""

    usable: bool
    build: str = ""
    records: int = 0
    segments: int = 0
    behind: int = 0
    """Events of the journal that are not in the index yet."""
    problem: Text | None = None
