"""Writing a plan: its own items with the list of its data, and one page for each dataset. No script is needed for any of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from izumi.kernel.errors import Invalid, NotThere, Outdated
from izumi.kernel.findings import Finding
from izumi.people import queries as people
from izumi.plans import actions, checking, queries
from izumi.plans.pages import words
from izumi.plans.pages.addresses import go, page
from izumi.plans.queries.loading import load_for
from izumi.plans.types import Document, PlanView
from izumi.profiles import rules as shapes
from izumi.records import form
from izumi.web import entry_fields as entries

Changes = dict[str, Any]
HEAD = (
    "/title/ja", "/title/en", "/description/ja", "/description/en", "/next_review_on", "/contact/name/ja", "/contact/email",
    "/ethics/exists", "/ethics/description/ja",
)  # fmt: skip
"""The items of the plan itself that its form shows."""


def edit(request: HttpRequest, plan: str) -> HttpResponse:
    """``/plans/{id}/edit``: the plan's own items and the list of its data; then on to handing in or adopting."""
    view = _writable(request, plan)
    if request.method != "POST":
        return render(request, "web/plan_edit.html", _head_context(request, view))
    mine = _resolved(request) if request.POST.get("do") == "resolve" else _typed(request, view.draft.document)  # type: ignore[union-attr]
    return _kept(request, view, mine, lambda now: now, _after_head)


def entry(request: HttpRequest, plan: str, entry: str) -> HttpResponse:
    """``/plans/{id}/entries/{entry}/edit``: one dataset, the few things first, everything else folded away."""
    view = _writable(request, plan)
    stored = _entry_of(view, entry)
    if request.method != "POST":
        return render(request, "web/plan_entry.html", _entry_context(request, view, stored))
    known = entries.readers(entries.form_of(view))
    mine = _resolved(request) if request.POST.get("do") == "resolve" else _typed(request, entries.shown_document(stored), known)
    return _kept(request, view, mine, lambda now: entries.shown_document(_entry_of(now, entry)), _after_entry, entry=entry)


def _writable(request: HttpRequest, plan: str) -> PlanView:
    """The plan, when this reader may write its open draft; else the decision's own refusal, or back to its page by 404."""
    view = queries.plan(request.actor, plan)  # type: ignore[attr-defined]
    if view.can.get("edit") and view.draft is not None:
        return view
    load_for(request.actor, plan, "edit")  # type: ignore[attr-defined]
    raise NotThere("draft")


def _entry_of(view: PlanView, key: str) -> Document:
    found = next((one for one in _entries(view) if one.get("id") == key), None)
    if found is None:
        raise NotThere("entry")
    return found


def _entries(view: PlanView) -> list[Document]:
    return list((view.draft.document if view.draft else view.document).get("entries") or [])


# what was typed ----------------------------------------------------------------------------------------------------


def _typed(request: HttpRequest, document: Document, known: Mapping[str, form.Reader] | None = None) -> Changes:
    """What this person changed since the form was opened, after the buttons of list rows."""
    posted = {name: request.POST.getlist(name) for name in request.POST if name.startswith("/")}
    found = form.units(posted, document, known)
    found = form.rearranged(found, remove=request.POST.get("remove", ""), raise_=request.POST.get("raise", ""))
    return form.changed(found, form.opened_of(request.POST.get("opened", "")))


def _resolved(request: HttpRequest) -> Changes:
    """What is to be saved after a clash: this person's changes without those for which they kept the other's."""
    try:
        mine = json.loads(request.POST.get("mine", "{}"))
    except (ValueError, RecursionError):
        return {}
    kept = {name.removeprefix("keep:") for name in request.POST if name.startswith("keep:") and request.POST[name] == "theirs"}
    return {unit: value for unit, value in mine.items() if unit.startswith("/") and unit not in kept} if isinstance(mine, dict) else {}


Shown = Callable[[PlanView], Document]
After = Callable[[HttpRequest, PlanView, bool], str]


def _kept(request: HttpRequest, view: PlanView, mine: Changes, part: Shown, after: After, entry: str = "") -> HttpResponse:
    """Save what was typed; 412 with both values where somebody else changed the same, nothing of it lost."""
    whole: Shown = part if entry else lambda now: now.draft.document if now.draft else {}
    opened, resolving = form.opened_of(request.POST.get("opened", "")), request.POST.get("do") == "resolve"
    for _ in range(2):
        current = whole(view)
        clashes = () if resolving else form.clashes(mine, opened, current)
        if clashes:
            return _conflict(request, view, mine, clashes, entry)
        patch = form.patch_of(mine, current)
        try:
            saved = _saved(request, view, patch, entry)
            return go(request, after(request, saved, bool(patch)))
        except Outdated:
            view = _writable(request, view.id)
        except Invalid as failure:
            return _again(request, view, patch, failure.findings, entry)
    return _conflict(request, view, mine, (), entry)


def _saved(request: HttpRequest, view: PlanView, patch: Document, entry: str) -> PlanView:
    """The plan after the changes of the form and of the buttons of its rows."""
    changes = {**patch} if not entry else {}
    if entry and patch:
        changes = {"entries": [entries.stored(one, patch) if one.get("id") == entry else one for one in _entries(view)]}
    moved = _moved(request, changes.get("entries") or _entries(view))
    if moved is not None:
        changes["entries"] = moved
    return actions.save_plan(request.actor, view.id, changes, if_match=view.etag) if changes else view  # type: ignore[attr-defined]


def _moved(request: HttpRequest, found: list[Document]) -> list[Document] | None:
    """The entries after 「加える」「写す」「外す」; ``None`` where no such button was pressed."""
    what, _, key = request.POST.get("row", "").partition(":")
    if what == "add":
        return [*found, {"title": {request.lang: request.POST["new-title"].strip()} if request.POST.get("new-title", "").strip() else {}}]  # type: ignore[attr-defined]
    if what == "copy":
        return [*found, *(_copy(one) for one in found if one.get("id") == key)]
    if what == "remove":
        return [one for one in found if one.get("id") != key]
    return None


def _copy(entry: Document) -> Document:
    """An entry as the beginning of another: without identifier, number and what stands behind it."""
    return {name: deepcopy(value) for name, value in entry.items() if name not in ("id", "data_number", "record", "records", "identifiers")}


def _after_head(request: HttpRequest, view: PlanView, changed: bool) -> str:
    here, what = f"/plans/{view.id}", request.POST.get("do", "")
    row, _, _ = request.POST.get("row", "").partition(":")
    if row == "add":
        return f"{here}/entries/{_entries(view)[-1]['id']}/edit?said=added"
    if row == "copy":
        return f"{here}/entries/{_entries(view)[-1]['id']}/edit?said=copied"
    if row == "remove":
        return f"{here}/edit?said=removed#data"
    if what in ("submit", "adopt"):
        return _sent(request, view, what)
    return f"{here}/edit?said={'saved' if changed else 'nothing'}"


def _sent(request: HttpRequest, view: PlanView, what: str) -> str:
    """Hand in or adopt what was just saved; faults lead back to the form, which names them."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        if what == "submit":
            actions.submit(actor, view.id)
            return f"/plans/{view.id}?said=submitted"
        done = actions.adopt(actor, view.id)
    except Invalid:
        return f"/plans/{view.id}/edit?check=1#errors"
    return f"/plans/{view.id}?said={words.after_adoption(done, revision=view.version > 0)}"


def _after_entry(request: HttpRequest, view: PlanView, changed: bool) -> str:
    key = request.resolver_match.kwargs["entry"] if request.resolver_match else ""
    here, what = f"/plans/{view.id}/entries/{key}/edit", request.POST.get("do", "")
    if more := request.POST.get("add", ""):
        return f"{here}?more={more}#{entries.id_of(more)}"
    if moved := request.POST.get("remove", "") or request.POST.get("raise", ""):
        return f"{here}?open={form.unit_of(moved)}#{entries.id_of(form.unit_of(moved))}"
    if what == "next":
        keys = [str(one.get("id")) for one in _entries(view)]
        at = keys.index(key) + 1 if key in keys else len(keys)
        return f"/plans/{view.id}/entries/{keys[at]}/edit?said=saved" if at < len(keys) else f"/plans/{view.id}/edit?said=saved#data"
    if what == "list":
        return f"/plans/{view.id}/edit?said={'saved' if changed else 'nothing'}#data"
    return f"{here}?said={'saved' if changed else 'nothing'}"


# what is shown -----------------------------------------------------------------------------------------------------


def _head_context(request: HttpRequest, view: PlanView, outside: tuple[Finding, ...] = (), document: Document | None = None) -> dict[str, Any]:
    """All that the form of the plan shows. Cost: 13 statements."""
    stored: Document = view.draft.document if view.draft else {}
    shown = document if document is not None else stored
    found = (*outside, *checking.findings(load_for(request.actor, view.id, "edit"), stored, step="adopt"))  # type: ignore[attr-defined]
    rows = [
        {"entry": one, "findings": [f for f in found if f.blocks and f.pointer.startswith(f"/entries/{n}/")], "n": n}
        for n, one in enumerate(stored.get("entries") or [])
    ]
    return {
        "area": "plans", "plan": view, "values": {name: form.value_at(shown, name) or "" for name in HEAD}, "rows": rows,
        "opened": json.dumps(form.fingerprints(stored, HEAD)), "findings": entries.ordered(found), "outside": outside,
        "blocking": tuple(one for one in found if one.blocks), "check": "check" in request.GET or bool(outside),
        "terms": people.plan_terms(view.project), "said": words.SAID.get(request.GET.get("said", "")), "alone": not view.chain,
        "addresses": {f.pointer: _address(request, view, f, stored) for f in found},
        "places": {f.pointer: _place(f, stored) for f in found},
    }  # fmt: skip


def _address(request: HttpRequest, view: PlanView, found: Finding, document: Document) -> str:
    """Where the field of a finding stands: on this page, or on the page of its entry."""
    parts = form.parts_of(found.pointer)
    stored = document.get("entries") or []
    if len(parts) > 1 and parts[0] == "entries" and parts[1].isdigit() and int(parts[1]) < len(stored):
        inner = form.pointer_of(parts[2:])
        return page(request, f"/plans/{view.id}/entries/{stored[int(parts[1])]['id']}/edit?check=1&open={inner}#{entries.id_of(inner)}")
    return f"#{entries.id_of(found.pointer)}" if found.pointer in HEAD else "#data" if parts[:1] == ["entries"] else ""


def _place(found: Finding, document: Document) -> str:
    """Which of the datasets a finding is about: its number, else its place in the plan."""
    parts, stored = form.parts_of(found.pointer), document.get("entries") or []
    if len(parts) < 2 or parts[0] != "entries" or not parts[1].isdigit() or int(parts[1]) >= len(stored):
        return ""
    return str(stored[int(parts[1])].get("data_number") or int(parts[1]) + 1)


def _entry_context(
    request: HttpRequest, view: PlanView, stored: Document, outside: tuple[Finding, ...] = (), document: Document | None = None
) -> dict[str, Any]:
    """All that the page of one dataset shows. Cost: 16 statements."""
    whole: Document = view.draft.document if view.draft else {}
    place = next(n for n, one in enumerate(whole.get("entries") or []) if one.get("id") == stored["id"])
    start = f"/entries/{place}"
    found = checking.findings(load_for(request.actor, view.id, "edit"), whole, step="adopt")  # type: ignore[attr-defined]
    own = tuple(replace(f, pointer=f.pointer.removeprefix(start)) for f in found if f.pointer.startswith(f"{start}/"))
    own = (*(replace(f, pointer=f.pointer.removeprefix(start)) for f in outside), *own)
    terms = people.plan_terms(view.project)
    shown = document if document is not None else entries.shown_document(stored)
    sheet = entries.sheet(request, view, shown, own, check="check" in request.GET or bool(outside))
    return {
        **entries.arranged(view, sheet), "area": "plans", "plan": view, "entry": stored, "number": place + 1,
        "total": len(whole.get("entries") or []), "findings": entries.ordered(own), "terms": terms, "check": sheet.check,
        "blocking": tuple(one for one in own if one.blocks), "responsible": entries.members(view, stored),
        "said": words.SAID.get(request.GET.get("said", "")),
        "opened": json.dumps(form.fingerprints(entries.shown_document(stored), entries.names(view, sheet))),
    }  # fmt: skip


def _again(request: HttpRequest, view: PlanView, patch: Document, found: tuple[Finding, ...], entry: str) -> HttpResponse:
    """The form with what was typed and what is wrong with it."""
    if entry:
        stored = _entry_of(view, entry)
        typed = shapes.merge_patch(entries.shown_document(stored), patch)
        return render(request, "web/plan_entry.html", _entry_context(request, view, stored, found, typed), status=422)
    typed = shapes.merge_patch(view.draft.document if view.draft else {}, patch)
    return render(request, "web/plan_edit.html", _head_context(request, view, found, typed), status=422)


def _conflict(request: HttpRequest, view: PlanView, mine: Changes, clashes: tuple[form.Clash, ...], entry: str) -> HttpResponse:
    """Two people changed the same item: both values and a choice for each. Nothing is saved, nothing is lost."""
    rows = [
        {"pointer": one.pointer, "label": entries.label(one.pointer), "theirs": entries.told(one.theirs), "mine": entries.told(one.mine)}
        for one in clashes
    ]
    back = f"/plans/{view.id}/entries/{entry}/edit" if entry else f"/plans/{view.id}/edit"
    context = {"area": "plans", "plan": view, "rows": rows, "mine": json.dumps(mine, ensure_ascii=False), "back": back}
    return render(request, "web/plan_conflict.html", context, status=412)


def to_list(request: HttpRequest, plan: str, entry: str) -> HttpResponse:
    """``/plans/{id}/entries/{entry}`` leads to its row in the table of the plan."""
    return HttpResponseRedirect(page(request, f"/plans/{plan}?all=1#e-{entry}"))


urlpatterns = [
    path("plans/<str:plan>/edit", edit),
    path("plans/<str:plan>/entries/<str:entry>", to_list),
    path("plans/<str:plan>/entries/<str:entry>/edit", entry),
]
