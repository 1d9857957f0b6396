"""The plans that a reader may see, last changed first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from izumi.kernel.errors import SignInNeeded
from izumi.people import queries as people
from izumi.plans import queries
from izumi.plans.pages import words
from izumi.plans.types import STATE_LABELS

PAGE = 50


def plans(request: HttpRequest) -> HttpResponse:
    """``/plans``: plans of the reader's projects, organisations and programmes. Cost: 3 statements and the session's."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.is_anonymous:
        raise SignInNeeded
    found = queries.plans_of(actor, limit=PAGE, cursor=request.GET.get("after") or None)
    counts = queries.open_counts([line.project for line in found.items])
    titles = people.project_titles({line.project for line in found.items})
    rows = [
        {
            "line": line, "project": titles.get(line.project), "colour": words.STATES[line.state], "state": STATE_LABELS[line.state],
            "revising": words.DRAFTS.get(line.draft_state or "") if line.version else None,
            "deviations": sum(counts.get(line.project, {}).values()) if line.version else 0,
        }
        for line in found.items
    ]  # fmt: skip
    return render(request, "plans/plans.html", {"area": "plans", "rows": rows, "next": found.next or ""})
