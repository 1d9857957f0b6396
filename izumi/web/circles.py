"""Pages of programmes and groups: what they are, and what this reader may see of their records."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from izumi.kernel.text import both
from izumi.people import directory
from izumi.people import queries as people

PAGE = 50


def programme(request: HttpRequest, key: str) -> HttpResponse:
    """``/programmes/{id}``: its funder and its projects. Cost: 5 statements."""
    card = people.programme(key)
    found = directory.projects("", programme=card.id, limit=PAGE, cursor=request.GET.get("cursor", ""))
    facts: list[dict[str, Any]] = []
    if card.funder:
        facts.append({"label": both("資金配分機関", "Funder"), "text": card.funder.legal_name, "href": f"/organisations/{card.funder.id}"})
    if card.code:
        facts.append({"label": both("プログラム情報コード", "Funding stream code"), "text": card.code})
    context = {
        "area": "projects", "heading": card.title, "what": both("制度", "Programme"), "facts": facts,
        "projects": found.items,
        "next": found.next or "",
    }  # fmt: skip
    return render(request, "web/circle.html", context)


def group(request: HttpRequest, key: str) -> HttpResponse:
    """``/groups/{id}``: its name; its members for those who belong to it. Cost: at most 3 statements."""
    card = people.group(key)
    members: list[Any] = []
    if people.may_know_members(request.actor, f"group:{card.id}"):  # type: ignore[attr-defined]
        members = list(people.cards({one.person for one in people.roles_in(f"group:{card.id}")}).values())
    context = {"area": "projects", "heading": card.name, "what": both("グループ", "Group"), "facts": [], "members": members, "is_group": True}
    return render(request, "web/circle.html", context)


urlpatterns = [path("programmes/<str:key>", programme), path("groups/<str:key>", group)]
