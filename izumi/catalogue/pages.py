"""The first page and the search: without JavaScript, in two languages, by GET or – leaving no trace of the words – by POST."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from izumi.catalogue import asking, facets, pictures, queries
from izumi.catalogue.asking import Asked
from izumi.catalogue.types import FACETS, FILTERS, SORT_LABELS, Answer, Highlight, Interpretation, Item, Query, Sort
from izumi.kernel.errors import Unavailable
from izumi.kernel.text import Text, both

PAGE = 20
SHOWN_VALUES = 8
NEWEST = 6


class Search(View):
    """``/search``: GET for links, back button and sharing; POST only reads, needs no check of forms and sets no cookie."""

    @method_decorator(csrf_exempt)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing here writes."""
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The words stand in the address."""
        return _found(request, asking.from_page(request.GET, quiet=False, lang=request.lang, limit=PAGE))

    def post(self, request: HttpRequest) -> HttpResponse:
        """The words stand in the body and nowhere else."""
        answer = _found(request, asking.from_page(request.POST, quiet=True, lang=request.lang, limit=PAGE))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def home(request: HttpRequest) -> HttpResponse:
    """``/``: search, what this is, what is new, how to deposit."""
    context: dict[str, Any] = {"area": "home", "newest": (), "classes": (), "total": 0, "preparing": False}
    try:
        answer = queries.search(request.actor, Query(limit=NEWEST, facets=("access",), sort=Sort.NEWEST, lang=request.lang))
    except Unavailable:
        context["preparing"] = True
    else:
        context |= {
            "newest": [_card(item, request.lang) for item in answer.items],
            "classes": answer.facets.get("access", ()),
            "total": answer.total,
        }
    return render(request, "catalogue/home.html", context)


def _found(request: HttpRequest, asked: Asked) -> HttpResponse:
    answer = queries.search(request.actor, asked.query)
    query = asked.query
    context = {
        "area": "search",
        "asked": asked,
        "answer": answer,
        "q": query.q,
        "quiet": asked.quiet,
        "items": [_card(item, request.lang) for item in answer.items],
        "facets": [_facet(name, answer) for name in FACETS if answer.facets.get(name)],
        "chips": _chips(asked),
        "orders": [(str(order), label, order == query.order) for order, label in SORT_LABELS.items()],
        "kept_by_facets": [pair for pair in asked.pairs() if pair[0] not in FACETS],
        "kept_by_order": asked.pairs(sort=None),
        "kept_by_box": [pair for pair in asked.pairs() if pair[0] not in ("q", "exact")],
        "state": asked.pairs(),
        "chosen": sum(len(values) for values in query.filters.values()),
        "bare": asked.without_filters(),
        "exact": asked.link(exact="1"),
        "wide": asked.link(exact=None),
        "usable_only": _usable_only(asked, answer),
        "rest": answer.total - answer.usable_now,
        "next": asked.link(cursor=answer.next) if answer.next else "",
        "again": asked.link(q=answer.interpretation.did_you_mean) if answer.interpretation.did_you_mean else "",
        "without": _without(asked, answer.interpretation),
        "after_first": bool(query.cursor),
    }
    return render(request, "catalogue/search.html", context)


def _usable_only(asked: Asked, answer: Answer) -> str:
    """The address of the same search for what can be used now, where that narrows it."""
    if asked.query.filters.get("usable") or not 0 < answer.usable_now < answer.total:
        return ""
    return f"{asked.link()}&usable=now"


def _without(asked: Asked, told: Interpretation) -> list[dict[str, Any]]:
    return [
        {"label": FILTERS[name], "count": count, "link": asked.link(drop=(name, "")), "drop": f"{name}:"}
        for name, count in told.without
    ]


def _facet(name: str, answer: Answer) -> dict[str, Any]:
    values = answer.facets[name]
    chosen_late = any(value.chosen for value in values[SHOWN_VALUES:])
    return {
        "name": name, "label": FACETS[name], "values": values[:SHOWN_VALUES], "more": values[SHOWN_VALUES:],
        "open": name in ("usable", "field", "type") or any(value.chosen for value in values), "more_open": chosen_late,
    }  # fmt: skip


def _chips(asked: Asked) -> list[dict[str, Any]]:
    """What narrows the search, each with the address that takes it away."""
    return [
        {
            "name": FILTERS[name], "label": facets.label(name, value), "link": asked.link(drop=(name, value)),
            "drop": f"{name}:{value}",
        }
        for name, values in asked.query.filters.items()
        for value in values
    ]  # fmt: skip


def _licence(code: str) -> Text:
    """What a hit says of the licence; 「その他」 alone would not tell what it is about."""
    name = facets.label("licence", code)
    return both(f"ライセンス：{name.one('ja')}", f"License: {name.one('en')}") if code == "OTHER" else name


def _card(item: Item, lang: str) -> dict[str, Any]:
    """One hit as the list shows it."""
    return {
        "id": item.id,
        "title": _marked(item.highlight.get("title"), item.title, lang),
        "desc": _marked(item.highlight.get("summary"), item.summary, lang),
        "access": item.access,
        "opens_on": item.opens_on,
        "usable": item.usable,
        "kind": item.kind,
        "type": facets.label("type", item.type) if item.type else None,
        "licence": _licence(item.licence) if item.licence else None,
        "organisation": item.organisation,
        "people": item.people[:1],
        "more_people": max(len(item.people) - 1, 0),
        "published_on": item.published_on,
        "size_bytes": item.size_bytes,
        "picture": pictures.facts_of(item),
    }


def _marked(highlight: Highlight | None, text: Text, lang: str) -> dict[str, Any]:
    """Pieces of a text, each with whether it matched, and the language they are in."""
    if highlight is None:
        return {"parts": [(text.one(lang), False)] if text else [], "lang": text.lang(lang), "other": text.lang(lang) != lang}
    parts = [(part, number % 2 == 1) for number, part in enumerate(highlight.parts) if part]
    return {"parts": parts, "lang": highlight.lang, "other": highlight.lang != lang}


urlpatterns = [
    path("", home),
    path("search", Search.as_view()),
    path("search/picture/<str:record>", pictures.picture),
]
