"""Screen 4: the plan and reality; its versions and what changed between them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from izumi.kernel import clock
from izumi.kernel.errors import NotThere
from izumi.kernel.paging import whole
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.plans import queries
from izumi.plans.pages import differences, progress, rows, words
from izumi.plans.queries.exports import plan_formats
from izumi.plans.types import STATE_LABELS, STEP_LABELS, DeviationView, PlanView

NEAR = 6
"""How many days are told beside the table."""


def plan(request: HttpRequest, plan: str) -> HttpResponse:
    """``/plans/{id}``: plan and reality. Cost: what ``queries.plan`` costs and 6 statements."""
    view = queries.plan(request.actor, plan)  # type: ignore[attr-defined]
    return render(request, "plans/plan.html", context(request, view))


def context(request: HttpRequest, view: PlanView) -> dict[str, Any]:
    """All that the page shows."""
    today, order = clock.today(), request.GET.get("order", "")
    view, told, loose = compared(request, view)
    found = rows.rows(view, on=today, order=order)
    visible, rest = rows.shown(found, everything="all" in request.GET)
    terms = people.plan_terms(view.project)
    days = progress.due(view, on=today)
    return {
        "area": "plans", "plan": view, "terms": terms, "rows": visible, "rest": rest, "total": len(found), "order": order,
        "everything": "all" in request.GET, "deviations": len(told) + len(loose), "loose": loose,
        "late": sum(one.code in words.COLOURS for one in (*told, *loose)), "figures": progress.figures(view.entries, len(told)),
        "decided": rows.decided(view), "state": STATE_LABELS[view.state], "colour": words.STATES[view.state],
        "draft_words": words.DRAFTS.get(view.draft.state) if view.draft and view.version else None,
        "days": days[:NEAR], "more_days": max(0, len(days) - NEAR), "kinds": words.KINDS, "step_labels": STEP_LABELS, "today": today, "confirm": words.CONFIRM,
        "last_step": bool(view.draft and view.chain and view.draft.step == view.chain[-1]),
        "steps": progress.STEPS, "chain": chain_told(view), "people": names_of(view), "exports": exports(view),
        "organisation": people.organisations([view.owner_organisation]).get(view.owner_organisation),
        "said": words.SAID.get(request.GET.get("said", "")), "return_reasons": words.RETURN_REASONS,
        "blocking": tuple(one for one in view.findings if one.blocks), "writes": rows.writes(view),
    }  # fmt: skip


def compared(request: HttpRequest, view: PlanView) -> tuple[PlanView, list[DeviationView], list[DeviationView]]:
    """The plan with each entry's deviations, all of them, and those of data that stand in no entry. Cost: 15 statements."""
    if not view.version:
        return view, [], []
    found = queries.deviations(request.actor, view.id)  # type: ignore[attr-defined]
    by_entry: dict[str, list[DeviationView]] = {}
    for one in found:
        by_entry.setdefault(one.entry or "", []).append(one)
    known = {entry.id for entry in view.entries}
    entries = tuple(replace(entry, deviations=tuple(by_entry.get(entry.id, ()))) for entry in view.entries)
    loose = [one for one in found if one.entry not in known]
    return replace(view, entries=entries), [one for one in found if one.entry in known], loose


def chain_told(view: PlanView) -> list[dict[str, Any]]:
    """Who is asked in order, and which of them has said yes to what is handed in."""
    here = view.draft.step if view.draft and view.draft.state == "submitted" else None
    asked = list(view.chain)
    place = asked.index(here) if here in asked else -1
    return [
        {"label": STEP_LABELS[step], "now": step == here, "done": 0 <= number < place}
        for number, step in enumerate(asked)
    ]  # fmt: skip


def names_of(view: PlanView) -> dict[str, Any]:
    """Names of everybody the page speaks of, by identifier and by ``person:`` key. Cost: 1 statement."""
    ids = {view.owner, *(_person(line.adopted_by) for line in view.versions)}
    ids |= {_person(str(one.get("by", ""))) for line in view.versions for one in line.chain}
    ids |= {str(entry.planned.get("responsible") or "") for entry in view.entries}
    ids.add(_person(view.draft.submitted_by) if view.draft else "")
    cards = people.cards(ids - {""})
    return {**cards, **{f"person:{key}": card for key, card in cards.items()}}


def _person(actor: str) -> str:
    return actor.removeprefix("person:") if actor.startswith("person:") else ""


def exports(view: PlanView) -> list[tuple[str, str, Text]]:
    """The files in which the plan can be taken away: format, kind and label; the plan's own form first."""
    own = [(code, "xlsx", label) for code, label in plan_formats() if code not in PLAIN]
    own.sort(key=lambda one: one[0] != view.form)
    return [*own, *((code, "", label) for code, label in plan_formats() if code in PLAIN)]


PLAIN = ("madmp", "json")
"""Formats that are no tables."""


def version(request: HttpRequest, plan: str, n: int) -> HttpResponse:
    """``/plans/{id}/v/{n}``: an adopted version as it was."""
    actor = request.actor  # type: ignore[attr-defined]
    view = queries.plan(actor, plan)
    line = _line(view, n)
    _, document = queries.version(actor, view.id, n)
    context = {
        "area": "plans", "plan": view, "line": line, "document": document, "entries": document.get("entries") or [],
        "people": names_of(view), "before": n - 1 if n > 1 else 0, "newest": n == view.version,
    }  # fmt: skip
    return render(request, "plans/version.html", context)


def _line(view: PlanView, n: int) -> Any:
    found = next((line for line in view.versions if line.n == n), None)
    if found is None:
        raise NotThere("version")
    return found


def diff(request: HttpRequest, plan: str) -> HttpResponse:
    """``/plans/{id}/diff?from=2&to=3``: entries added, changed and taken out; ``to=draft`` is the open revision."""
    actor = request.actor  # type: ignore[attr-defined]
    view = queries.plan(actor, plan)
    after = request.GET.get("to") or str(view.version)
    before = request.GET.get("from") or str(max(1, (whole(after) or view.version) - 1))
    found = queries.diff(actor, view.id, before, after)
    context = {
        "area": "plans", "plan": view, "before": found.before, "after": "" if after == "draft" else found.after,
        "changes": differences.changes(found.members),
        "entries": [{"entry": one, "items": differences.changes(one.members)} for one in found.entries],
    }  # fmt: skip
    return render(request, "plans/diff.html", context)
