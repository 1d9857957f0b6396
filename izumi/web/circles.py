"""The page of a group: what it is, and its members for those inside."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from izumi.kernel.text import both
from izumi.people import queries as people


def group(request: HttpRequest, key: str) -> HttpResponse:
    """``/groups/{id}``: its name; its members for those who belong to it. Cost: at most 3 statements."""
    card = people.group(key)
    members: list[Any] = []
    if people.may_know_members(request.actor, f"group:{card.id}"):  # type: ignore[attr-defined]
        members = list(people.cards({one.person for one in people.roles_in(f"group:{card.id}")}).values())
    context = {"area": "projects", "heading": card.name, "what": both("グループ", "Group"), "facts": [], "members": members}
    return render(request, "web/circle.html", context)


urlpatterns = [path("groups/<str:key>", group)]
