"""Pages of the site itself: terms, accessibility, and what organisations, projects and people have published."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from izumi.kernel.paging import Page
from izumi.kernel.text import Text, both
from izumi.people import directory
from izumi.people import queries as people
from izumi.people.types import KIND_LABELS
from izumi.records import queries as records
from izumi.records.types import RecordLine

PAGE = 50


def terms(request: HttpRequest) -> HttpResponse:
    """What readers and depositors agree on, in plain words."""
    return render(request, "web/about/terms.html", {"area": "about"})


def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: what is aimed at, what was tested, what is known to be missing."""
    return render(request, "web/about/accessibility.html", {"area": "about"})


def projects(request: HttpRequest) -> HttpResponse:
    """``/projects``: all projects by name, the reader's own first. Cost: 6 statements."""
    q = request.GET.get("q", "").strip()
    found = directory.projects(q, limit=PAGE, cursor=request.GET.get("cursor", ""))
    organisations = people.organisations({card.organisation for card in found.items})
    mine = [] if request.actor.is_anonymous or q else people.projects_of(request.actor)  # type: ignore[attr-defined]
    context = {
        "area": "projects", "q": q, "mine": mine, "total": found.total, "next": found.next,
        "rows": [{"card": card, "organisation": organisations.get(card.organisation)} for card in found.items],
    }  # fmt: skip
    return render(request, "web/projects.html", context)


def project(request: HttpRequest, key: str) -> HttpResponse:
    """``/projects/{id}``: what it is and what this reader may see of its records. Cost: 6 statements."""
    card = people.project(key)
    owner = people.organisations([card.organisation]).get(card.organisation)
    facts: list[dict[str, Any]] = []
    if owner:
        facts.append({"label": both("機関", "Organisation"), "text": owner.legal_name, "href": f"/organisations/{owner.id}"})
    if card.programme:
        facts.append({"label": both("制度", "Programme"), "text": people.programme(card.programme).title})
    facts += [{"label": both("番号", "Number"), "text": f"{one.value} ({one.scheme})"} for one in card.numbers if one.current]
    if card.starts_on or card.ends_on:
        facts.append({"label": both("期間", "Period"), "text": f"{card.starts_on or ''} – {card.ends_on or ''}"})
    actor = request.actor  # type: ignore[attr-defined]
    found = records.records_of(actor, project=card.id, limit=PAGE, cursor=request.GET.get("cursor") or None)
    return _list(request, "projects", card.title, both("プロジェクト", "Project"), facts, found, deposit=card.id)


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
    path("projects", projects),
    path("projects/<str:key>", project),
    path("organisations/<str:key>", organisation),
    path("people/<str:key>", person),
]
