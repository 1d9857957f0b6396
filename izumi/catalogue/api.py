"""Search for programs: ``GET`` and ``POST /api/v1/search``, suggestions."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from izumi.catalogue import queries
from izumi.catalogue.types import FACETS, Query
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both

router = Router(tags=["search"])

_PLAIN = {"q", "sort", "limit", "cursor", "facets", "filter", "filters", "expand", "lang"}
_EXAMPLE = {
    "items": [
        {
            "id": "3t8kq-m2xwd", "kind": "dataset", "title": {"ja": "再生合金の疲労試験", "en": "Fatigue tests of recycled alloy"},
            "summary": {"ja": "回転曲げ疲労試験の結果。"}, "access": "open", "usable": "now", "source": "izumi",
            "highlight": {"title": {"lang": "ja", "parts": ["再生合金の", "疲労", "試験"]}}, "people": [{"ja": "藤本 紗季"}],
            "organisation": {"ja": "青葉台大学"}, "type": "experimental_data", "licence": "CC-BY-4.0",
            "published_on": "2026-09-18", "size_bytes": 1200000000,
        }
    ],
    "total": 1,
    "facets": {"usable": [{"value": "now", "label": {"ja": "今すぐ使える", "en": "Usable now"}, "count": 1, "chosen": False}]},
    "interpretation": {"words": ["疲労"], "synonyms": [{"word": "疲労", "also": ["fatigue"]}]},
    "next": None,
}  # fmt: skip
_ANSWERS = {
    "responses": {
        200: {"description": "A page of hits", "content": {"application/json": {"example": _EXAMPLE}}},
        422: {"description": "Unknown filter, facet, order or cursor; findings name it"},
        503: {"description": "The index is being rebuilt; Retry-After says when to come back"},
    }
}


class Search(Schema):
    """A search in a body: the words stand in no address."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", description='words, "phrases", OR, -not, identifiers; Japanese and English')
    filters: dict[str, list[str] | str] = Field(default_factory=dict, description="name → values of which one must hold")
    sort: str = Field("", description="relevance, newest, oldest, title or size")
    limit: int = Field(20, ge=0, le=queries.MOST_ITEMS)
    cursor: str | None = None
    facets: list[str] | None = Field(None, description="which facets to count; all six when absent, none when empty")
    expand: bool = Field(True, description="search synonyms in the other language too")


@router.get("/search", summary="Search", operation_id="search", openapi_extra=_ANSWERS)
def search(
    request: HttpRequest, q: str = "", sort: str = "", limit: int = 20, cursor: str | None = None, expand: bool = True
) -> dict[str, Any]:
    """What the reader may see, newest state, with total, facets and how the query was read.

    Filters are given as ``filter=access:open``, as ``access=open`` (repeatable), or as a JSON object in ``filters``;
    ``facets`` is a list with commas.
    """
    asked = Search(
        q=q, filters=_filters(request), sort=sort, limit=_bounded(limit), cursor=cursor, facets=_facets(request), expand=expand,
    )  # fmt: skip
    return _answer(request, asked)


@router.post("/search", summary="Search without the words in an address", operation_id="search_quietly", openapi_extra=_ANSWERS)
def search_quietly(request: HttpRequest, payload: Search) -> dict[str, Any]:
    """The same, asked by a body. It only reads."""
    return _answer(request, payload)


@router.get("/search/suggest", summary="Suggestions while typing", operation_id="search_suggest")
def suggestions(request: HttpRequest, q: str = "", limit: int = queries.SUGGESTIONS) -> dict[str, Any]:
    """Titles, keywords and names that begin so, from records that the reader may see."""
    return {"items": list(queries.suggest(request.actor, q, limit=max(1, min(limit, 50))))}


def _answer(request: HttpRequest, asked: Search) -> dict[str, Any]:
    query = Query(
        q=asked.q,
        filters=queries.filters_from({n: [v] if isinstance(v, str) else v for n, v in asked.filters.items()}),
        sort=queries.order_of(asked.sort),
        limit=asked.limit,
        cursor=asked.cursor or None,
        facets=tuple(FACETS) if asked.facets is None else tuple(dict.fromkeys(asked.facets)),
        lang=getattr(request, "lang", "ja"),
        expand=asked.expand,
    )
    return queries.search(request.actor, query).as_json()


def _bounded(limit: int) -> int:
    if not 0 <= limit <= queries.MOST_ITEMS:
        raise Invalid(queries.limit_finding())
    return limit


def _facets(request: HttpRequest) -> list[str] | None:
    given = request.GET.getlist("facets") + request.GET.getlist("facets[]")
    return [name for part in given for name in part.split(",") if name] if given else None


def _filters(request: HttpRequest) -> dict[str, list[str] | str]:
    """All filters of an address; a parameter that is no other thing is a filter, so that a misspelt one is told."""
    found: dict[str, list[str]] = {}
    for name, values in request.GET.lists():
        if name.removesuffix("[]") not in _PLAIN:
            found.setdefault(name.removesuffix("[]"), []).extend(values)
    for one in request.GET.getlist("filter"):
        name, mark, value = one.partition(":") if ":" in one else one.partition("=")
        found.setdefault(name, []).extend([value] if mark else [])
    for written in request.GET.getlist("filters"):
        for name, values in _object(written).items():
            found.setdefault(name, []).extend(map(str, values if isinstance(values, list) else [values]))
    return dict(found)


def _object(written: str) -> dict[str, Any]:
    try:
        told = json.loads(written)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Invalid(
            Finding(
                rule="search-filters-unreadable", severity=Severity.ERROR, pointer="/filters",
                message=both("filters を JSON として読めません。", "filters is not a JSON object."),
                fix=both('{"access": ["open"]} のように書いてください。', 'Write it like {"access": ["open"]}.'),
            )
        )  # fmt: skip
    return told
