"""Screen 9, light: a programme for everybody, and for those who oversee it: coverage, late items, classes, rounds. A call's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from izumi.governance import queries as governance
from izumi.governance import rules as oversight
from izumi.governance.types import STANDING_LABELS
from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.paging import whole
from izumi.kernel.text import both
from izumi.people import directory
from izumi.people import queries as people
from izumi.people.types import CallCard, ProgrammeCard, ProjectCard
from izumi.plans import queries as plans
from izumi.plans.pages import words
from izumi.plans.queries.coverage import Coverage, coverage
from izumi.plans.types import CODE_LABELS, STATE_LABELS, STEP_LABELS
from izumi.policy.types import WITHHOLDING_LABELS
from izumi.records.queries.counts import public_counts
from izumi.web.board import ORDER

PAGE = 50


def programme(request: HttpRequest, key: str) -> HttpResponse:
    """``/programmes/{id}``: its funder, calls and projects; for those who oversee it how its projects stand."""
    actor, card = request.actor, people.programme(key)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "area": "projects", "card": card, "calls": people.calls_of(card.id), "today": clock.today(), "facts": facts_of(card),
    }  # fmt: skip
    if oversight.may_ask_of_programme(actor, card.id):
        return render(request, "web/programme_overview.html", {**context, **overview(request, actor, card)})
    found = directory.projects("", programme=card.id, limit=PAGE, cursor=request.GET.get("cursor", ""))
    return render(request, "web/programme.html", {**context, "projects": found.items, "next": found.next or "", "total": found.total})


def facts_of(card: ProgrammeCard) -> list[dict[str, Any]]:
    """The public facts of a programme."""
    facts: list[dict[str, Any]] = []
    if card.funder:
        facts.append({"label": both("資金配分機関", "Funder"), "text": card.funder.legal_name, "href": f"/organisations/{card.funder.id}"})
    if card.code:
        facts.append({"label": both("プログラム情報コード", "Funding stream code"), "text": card.code})
    if card.goal:
        facts.append({"label": both("目標", "Goal"), "text": card.goal})
    return facts


def overview(request: HttpRequest, actor: Actor, card: ProgrammeCard) -> dict[str, Any]:
    """Coverage, who has not handed in, late items, classes with reasons. Cost: at most 20 statements for any number of projects."""
    cards = people.projects_of_programme(card.id)
    ids = [one.id for one in cards]
    held, deviations = coverage(ids), plans.open_counts(ids)
    public, reasons = public_counts(ids)
    due = [line for line in governance.due(actor) if line.round.programme == card.id]
    asked = min((line.round for line in due if not line.state or line.state == "returned"), key=lambda one: one.due_on, default=None)
    handed = {line.project.id: line for line in due if asked and line.round.id == asked.id}
    rows = sorted((_row(one, held, deviations, public, handed) for one in cards), key=lambda row: (-row["urgent"], -row["deviations"]))
    at = max(1, whole(request.GET.get("page", "")) or 1)
    return {
        "rows": rows[(at - 1) * PAGE : at * PAGE], "total": len(rows), "organisations": people.organisations({one.organisation for one in cards}),
        "covered": sum(row["covered"] for row in rows), "exempt": sum(bool(one.no_plan_why) for one in cards), "asked": asked,
        "handed": sum(line.state not in ("", "returned") for line in handed.values()), "awaited": len(handed),
        "deviations": sum(row["deviations"] for row in rows), "late": sum(row["late"] for row in rows), "rounds": _rounds(due),
        "by_kind": _by_kind(deviations), "classes": _classes(public, reasons), "standing": STANDING_LABELS, "from": (at - 1) * PAGE + 1,
        "to": min(at * PAGE, len(rows)), "before": at - 1 if at > 1 else 0, "after": at + 1 if at * PAGE < len(rows) else 0,
    }  # fmt: skip


def _row(
    card: ProjectCard, held: Mapping[str, Coverage], deviations: Mapping[str, Mapping[str, int]], public: Mapping[str, Mapping[str, int]],
    handed: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    own, counts = held.get(card.id, Coverage()), deviations.get(card.id, {})
    late = sum(counts.get(code, 0) for code in words.COLOURS)
    return {
        "card": card, "coverage": own, "state": STATE_LABELS.get(own.state), "colour": words.STATES.get(own.state, ""),
        "covered": own.state == "adopted", "deviations": sum(counts.values()), "late": late, "public": sum(public.get(card.id, {}).values()),
        "line": handed.get(card.id), "urgent": late + (own.state != "adopted" and not card.no_plan_why),
    }  # fmt: skip


def _by_kind(deviations: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    told: dict[str, int] = {}
    for counts in deviations.values():
        for code, n in counts.items():
            told[code] = told.get(code, 0) + n
    return [{"label": CODE_LABELS[code], "n": n, "colour": words.COLOURS.get(code, "is-warn")} for code, n in sorted(told.items(), key=lambda one: -one[1])]


def _classes(public: Mapping[str, Mapping[str, int]], reasons: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    told: dict[str, int] = {}
    for counts in public.values():
        for name, n in counts.items():
            told[name] = told.get(name, 0) + n
    return [
        {
            "name": name, "n": n,
            "reasons": [(WITHHOLDING_LABELS.get(code, WITHHOLDING_LABELS["other"]), count)
                        for code, count in sorted(reasons.get(name, {}).items(), key=lambda one: -one[1])],
        }
        for name, n in sorted(told.items(), key=lambda one: ORDER.get(one[0], 9))
    ]  # fmt: skip


def _rounds(due: list[Any]) -> list[dict[str, Any]]:
    """Each round with how many of its reports came in."""
    told: dict[str, dict[str, Any]] = {}
    for line in due:
        one = told.setdefault(line.round.id, {"round": line.round, "asked": 0, "handed": 0, "accepted": 0})
        one["asked"] += 1
        one["handed"] += line.state not in ("", "returned")
        one["accepted"] += line.state == "accepted"
    return sorted(told.values(), key=lambda one: one["round"].due_on)


def call(request: HttpRequest, key: str) -> HttpResponse:
    """``/calls/{id}``: what the call asks for, until when, and its projects. Cost: 6 statements."""
    card = people.call(key)
    above = people.programme(card.programme)
    chain = above.chain if card.chain is None else card.chain
    found = [one for one in people.projects_of_programme(above.id) if one.call == card.id]
    context = {
        "area": "projects", "card": card, "programme": above, "today": clock.today(), "closed": card.closed(clock.today()),
        "chain": [STEP_LABELS[step] for step in chain], "form": card.plan_form or above.plan_form or "common", "profile": _profile(card, above),
        "projects": found[:PAGE], "total": len(found), "forms": FORMS,
    }  # fmt: skip
    return render(request, "web/call.html", context)


def _profile(card: CallCard, above: ProgrammeCard) -> str:
    return card.profile or above.profile


FORMS = {
    "common": both("共通の様式", "Common form"), "moonshot": both("ムーンショットの様式", "Moonshot form"),
    "jsps": both("JSPS 科研費の様式", "JSPS (KAKENHI) form"), "amed": both("AMED の様式", "AMED form"),
    "metinedo": both("経済産業省・NEDO の様式", "METI/NEDO form"),
}  # fmt: skip
"""Forms of plans in words."""

urlpatterns = [path("programmes/<str:key>", programme), path("calls/<str:key>", call)]
