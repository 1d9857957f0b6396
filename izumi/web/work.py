"""「自分の仕事」: plans that wait for my yes, deviations, days that are near; drafts, reviews, what was published lately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from izumi.governance import queries as governance
from izumi.governance.rules import may_decide
from izumi.governance.types import DueLine, Standing
from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.days import day_of
from izumi.kernel.errors import SignInNeeded
from izumi.people import queries as people
from izumi.people.types import PersonCard
from izumi.plans.pages import words as plan_words
from izumi.plans.queries import mine as plans
from izumi.records import queries
from izumi.records.pages import words
from izumi.records.types import RecordLine

OLD_DAYS = 7
"""A submission older than this is marked."""
SHOWN = 20
AHEAD = 30
"""Days that are near."""
REPORTERS = ("role:pm@", "role:curator@", "role:funder@", "role:admin@")
"""Who is offered reports."""


def work_list(request: HttpRequest) -> HttpResponse:
    """``/work``. Cost: 14 statements and the session's; at most 6 more for funders."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.is_anonymous:
        raise SignInNeeded
    drafts = queries.own_records(actor, state="draft", limit=SHOWN, cursor=request.GET.get("after") or None)
    waiting = queries.review_queue(actor, limit=50)
    cards = people.cards({line.owner for line in waiting.items if line.owner})
    context = {
        "area": "work", "drafts": drafts.items, "after": drafts.next, "start": bool(request.GET.get("after")),
        "queue": [_waiting(line, cards) for line in waiting.items], "more_waiting": bool(waiting.next),
        "scheduled": [line for line in drafts.items if line.scheduled_on],
        "published": queries.own_records(actor, state="published", limit=10).items,
        "reviews": any(key.startswith(("role:curator@", "role:pm@", "role:admin@")) for key in actor.keys),
        "mine": plans.mine(actor, until=clock.today() + timedelta(days=AHEAD)), "today": clock.today(), "kinds": plan_words.KINDS,
        "handed_in": _handed_in(actor), "reporting": any(key.startswith(REPORTERS) for key in actor.keys),
        "said": words.SAID.get(request.GET.get("said", "")), "undo": request.GET.get("undo", ""),
    }  # fmt: skip
    return render(request, "web/work.html", context)


def _handed_in(actor: Actor) -> list[DueLine]:
    """Reports that wait for this reader's word, for those who act for a funder. Cost: at most 6 statements; none for others."""
    if not any(key.startswith("role:funder@programme:") for key in actor.keys):
        return []
    return [one for one in governance.due(actor) if one.state == Standing.SUBMITTED and may_decide(actor, one.project.programme or "")]


def _waiting(line: RecordLine, cards: dict[str, PersonCard]) -> dict[str, Any]:
    age = (clock.today() - day_of(line.submitted_at)).days if line.submitted_at else 0
    return {"line": line, "age": age, "old": age >= OLD_DAYS, "who": cards[line.owner].name if line.owner in cards else ""}


urlpatterns = [path("work", work_list)]
