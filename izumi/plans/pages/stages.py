"""From draft to promise and on: hand in, return, adopt, take back, discard; revise with a reason; assign; say why no plan is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from izumi.kernel import clock
from izumi.kernel.errors import Conflict, Invalid, NotThere
from izumi.kernel.findings import Finding
from izumi.people import actions as registry
from izumi.people import queries as people
from izumi.people.types import PlanTerms
from izumi.plans import actions, queries
from izumi.plans.deciding import ANYTHING, PlanFacts, step_key
from izumi.plans.pages import proposals, rows, shown, start, words
from izumi.plans.pages.addresses import go
from izumi.plans.queries.loading import load_for
from izumi.plans.types import STEP_LABELS, EntryView, PlanView
from izumi.policy.rules import effective_keys
from izumi.records import queries as records


def decide(request: HttpRequest, plan: str) -> HttpResponse:
    """``POST /plans/{id}/decide``: ``do`` is submit, adopt, return, take-back or discard; findings bring one back to the form."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view = queries.plan(request.actor, plan)  # type: ignore[attr-defined]
    try:
        said = _decided(request, view)
    except Invalid as failure:
        again = {**shown.context(request, view), "outside": failure.findings, "why": request.POST.get("why", "")}
        return render(request, "plans/plan.html", again, status=422)
    return go(request, said)


def _decided(request: HttpRequest, view: PlanView) -> str:
    actor, what, here = request.actor, request.POST.get("do", ""), f"/plans/{view.id}"  # type: ignore[attr-defined]
    match = request.POST.get("etag") or None
    if what == "return":
        actions.return_plan(actor, view.id, why=request.POST.get("why", ""))
        return f"{here}?said=returned"
    if what == "take-back":
        actions.take_back(actor, view.id)
        return f"{here}/edit?said=taken_back"
    if what == "discard":
        left = actions.discard_draft(actor, view.id)
        return f"{here}?said=discarded" if left else f"/projects/{view.project}"
    if what == "submit":
        actions.submit(actor, view.id, if_match=match)
        return f"{here}?said=submitted"
    done = actions.adopt(actor, view.id, if_match=match)
    return f"{here}?said={words.after_adoption(done, revision=view.version > 0)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to revise: an entry because of a deviation, a record that stands in no plan, or just so."""

    view: PlanView
    because: str
    entry: EntryView | None = None
    record: Any = None


def revise(request: HttpRequest, plan: str) -> HttpResponse:
    """``/plans/{id}/revise?entry=&because=``: what was promised, what is, the change proposed, a reason – one button."""
    view = queries.plan(request.actor, plan)  # type: ignore[attr-defined]
    if not (view.can.get("revise") or (view.version and view.can.get("edit"))):
        _refuse(request, view)
    asked = _asked(request, shown.compared(request, view)[0])
    if request.method != "POST":
        return render(request, "plans/revise.html", _revision(request, asked))
    try:
        return go(request, _revised(request, asked))
    except Invalid as failure:
        return render(request, "plans/revise.html", _revision(request, asked, failure.findings), status=422)


def _asked(request: HttpRequest, view: PlanView) -> Asked:
    because, wanted = request.GET.get("because", ""), request.GET.get("entry", "")
    if because == "record-without-entry":
        return Asked(view=view, because=because, record=_outside(request, view))
    entry = next((one for one in view.entries if one.id == wanted), None)
    if wanted and entry is None:
        raise NotThere("page")
    return Asked(view=view, because=because if entry else "", entry=entry)


def _revision(request: HttpRequest, asked: Asked, found: tuple[Finding, ...] = ()) -> dict[str, Any]:
    view, today, terms = asked.view, clock.today(), people.plan_terms(asked.view.project)
    typed = request.POST if request.method == "POST" else None
    return {
        "area": "plans", "plan": view, "asked": asked, "findings": found, "reason": request.POST.get("reason", ""),
        "heading": words.BECAUSE.get(asked.because), "row": rows.row(asked.entry, on=today, in_force=True) if asked.entry else None,
        "proposed": proposals.for_entry(asked.entry, asked.because, on=today, typed=typed) if asked.entry
        else proposals.for_record(asked.record, typed=typed) if asked.record else (),
        "may_remove": asked.entry is not None and asked.because == "missing",
        "alone": _at_once(request, view, terms), "opened": view.draft is not None, "terms": terms, "address": request.get_full_path(),
    }  # fmt: skip


def _at_once(request: HttpRequest, view: PlanView, terms: PlanTerms) -> bool:
    """Whether a revision by this reader is adopted at once: nobody is asked, or they hold every step."""
    facts = PlanFacts(
        project=view.project, owner=view.owner, organisation=terms.project.organisation, chain=terms.chain,
        programme=terms.programme.id if terms.programme else "",
    )  # fmt: skip
    held = effective_keys(request.actor, "publish")  # type: ignore[attr-defined]
    return all(held & (ANYTHING | {step_key(step, facts)}) for step in facts.chain)


def _revised(request: HttpRequest, asked: Asked) -> str:
    view, actor, here = asked.view, request.actor, f"/plans/{asked.view.id}"  # type: ignore[attr-defined]
    change = proposals.change(asked.entry, asked.record, request.POST) if asked.entry or asked.record else None
    if view.draft is not None:
        return _into_draft(request, view, change)
    done = actions.revise(
        actor, view.id, reason=request.POST.get("reason", ""), changes=[change] if change else [], adopt=change is not None
    )
    if done.in_force is not None:
        return f"{here}?said=revised#table"
    return f"{here}?said=proposed" if change is not None and done.plan.draft and done.plan.draft.state == "submitted" else f"{here}/edit?said=revising"


def _into_draft(request: HttpRequest, view: PlanView, change: dict[str, Any] | None) -> str:
    """The change goes into the revision that is open already."""
    actor = request.actor  # type: ignore[attr-defined]
    if change and change.get("remove"):
        actions.remove_entry(actor, view.id, change["id"], if_match=view.etag)
    elif change and "id" in change:
        actions.save_entry(actor, view.id, change["id"], change, if_match=view.etag)
    elif change:
        actions.add_entry(actor, view.id, change)
    return f"/plans/{view.id}/edit?said=into_draft"


def _refuse(request: HttpRequest, view: PlanView) -> None:
    """Why this reader may not change the plan now: not theirs, or somebody is being asked."""
    load_for(request.actor, view.id, "revise")  # type: ignore[attr-defined]
    asked = view.draft.step if view.draft else None
    raise Conflict("plan.submitted", step=STEP_LABELS[asked]) if asked else Conflict("plan.not_adopted")


def _outside(request: HttpRequest, view: PlanView) -> Any:
    """The record of the plan's project that is to be brought in. Raises ``NotThere`` for what this reader may not see."""
    key = records.load_for(request.actor, request.GET.get("record", ""), "see").record.id  # type: ignore[attr-defined]
    fact = records.reality([key])[key]
    if view.project not in fact.projects:
        raise NotThere("record")
    return fact


def assign(request: HttpRequest, plan: str) -> HttpResponse:
    """``/plans/{id}/assign?record=``: which entry of the plan a record answers."""
    actor = request.actor  # type: ignore[attr-defined]
    view = queries.plan(actor, plan)
    if not view.can.get("link"):
        _refuse(request, view)
    record = _outside(request, view)
    if request.method == "POST":
        actions.link_record(actor, view.id, request.POST.get("entry", ""), record.id)
        return go(request, f"/plans/{view.id}?said=assigned#table")
    context = {"area": "plans", "plan": view, "record": record, "terms": people.plan_terms(view.project)}
    return render(request, "plans/assign.html", context)


def without_plan(request: HttpRequest, project: str) -> HttpResponse:
    """``/projects/{id}/plan``: begin the project's plan, or say why none is needed."""
    actor = request.actor  # type: ignore[attr-defined]
    terms = people.plan_terms(project)
    start.may_begin(actor, terms)
    if request.method == "POST":
        registry.exempt_project(actor, terms.project.id, why=request.POST.get("why", ""))
        return go(request, f"/projects/{terms.project.id}?said=exempt")
    context = {
        "area": "projects", "terms": terms, "plans": queries.plans_of(actor, project=terms.project.id).items,
        "reasons": words.EXEMPT_REASONS, "why": terms.project.no_plan_why,
    }  # fmt: skip
    return render(request, "plans/without.html", context)
