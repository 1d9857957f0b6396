"""Pages of the site itself: terms, accessibility, and what organisations and people have published."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from izumi.kernel.paging import Page
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.people.types import KIND_LABELS
from izumi.records import queries as records
from izumi.records.types import RecordLine
from izumi.web import plan_forms, programme_pages, project_pages, work

PAGE = 50


def terms(request: HttpRequest) -> HttpResponse:
    """What readers and depositors agree on, in plain words."""
    return render(request, "web/about/terms.html", {"area": "about"})


def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: what is aimed at, what was tested, what is known to be missing."""
    return render(request, "web/about/accessibility.html", {"area": "about"})


def organisation(request: HttpRequest, key: str) -> HttpResponse:
    """``/organisations/{id}``. Cost: 4 statements."""
    card = people.organisation(key)
    facts: list[dict[str, Any]] = [{"label": both("種類", "Kind"), "text": KIND_LABELS.get(card.kind, Text())}]
    if card.ror:
        facts.append({"label": both("ROR", "ROR ID"), "text": card.ror, "outside": card.ror})
    if card.parent:
        above = people.organisations([card.parent]).get(card.parent)
        if above:
            facts.append({"label": both("上位の組織", "Part of"), "text": above.legal_name, "href": f"/organisations/{above.id}"})
    actor = request.actor  # type: ignore[attr-defined]
    found = records.records_of(actor, organisation=card.id, limit=PAGE, cursor=request.GET.get("cursor") or None)
    return _list(request, "search", card.legal_name, both("機関", "Organisation"), facts, found)


def person(request: HttpRequest, key: str) -> HttpResponse:
    """``/people/{id}``. Cost: 3 statements."""
    card = people.card(key)
    facts: list[dict[str, Any]] = []
    if card.organisation:
        home = card.organisation
        facts.append({"label": both("所属", "Affiliation"), "text": home.legal_name, "href": f"/organisations/{home.id}"})
    facts += [
        {"label": Text({"ja": one["scheme"], "en": one["scheme"]}), "text": one["value"]}
        for one in card.identifiers
        if one.get("scheme") and one.get("value")
    ]
    actor = request.actor  # type: ignore[attr-defined]
    found = records.records_of(actor, person=card.id, limit=PAGE, cursor=request.GET.get("cursor") or None)
    return _list(request, "search", card.name, both("登録した人", "Person"), facts, found)


def _list(
    request: HttpRequest, area: str, title: Text, what: Text, facts: list[dict[str, Any]], found: Page[RecordLine], deposit: str = ""
) -> HttpResponse:
    context = {
        "area": area, "heading": title, "what": what, "facts": facts, "records": found.items, "next": found.next or "",
        "start": bool(request.GET.get("cursor")), "deposit": deposit,
    }  # fmt: skip
    return render(request, "web/record_list.html", context)


urlpatterns = [
    path("about/terms", terms),
    path("about/accessibility", accessibility),
    path("organisations/<str:key>", organisation),
    path("people/<str:key>", person),
    *plan_forms.urlpatterns,
    *project_pages.urlpatterns,
    *programme_pages.urlpatterns,
    *work.urlpatterns,
]
