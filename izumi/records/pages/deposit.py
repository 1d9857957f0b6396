"""Screen 3: registering a dataset. Every step is a form that works without JavaScript."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from izumi.kernel import clock
from izumi.kernel.errors import Invalid, SignInNeeded
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.profiles import queries as profiles
from izumi.profiles import rules as shapes
from izumi.profiles.types import Completeness
from izumi.records import actions, checking, form, queries
from izumi.records.pages import addresses, fields, file_list, readers, words
from izumi.records.pages.fields import FieldFace, SectionFace, Sheet
from izumi.records.types import KINDS, RecordView

AFTER_SAVE = {"publish": "/publish", "submit": "/publish", "preview": "/preview"}
"""Where the buttons of the form lead once the draft is saved."""
MALFORMED = (AttributeError, KeyError, TypeError, ValueError)
"""What showing a document raises that holds a text where there must be a list or an object: no form of ours sends that."""


def new(request: HttpRequest) -> HttpResponse:
    """``/records/new``: which project or organisation the data belong to; everything else comes later."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.is_anonymous:
        raise SignInNeeded
    if request.method == "POST":
        project = request.POST.get("project", "")
        made = actions.create_record(
            actor, kind=request.POST.get("kind", "dataset"), projects=[project] if project else [],
            metadata=form.patch_of(form.units(_titles(request), {}), {}),
        )  # fmt: skip
        return HttpResponseRedirect(addresses.page(request, f"/records/{made.id}/edit?said=created"))
    context = {
        "area": "deposit", "projects": people.projects_of(actor), "kinds": KINDS.items(), "project": request.GET.get("project", ""),
    }  # fmt: skip
    return render(request, "records/new.html", context)


def _titles(request: HttpRequest) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in ("/title/ja", "/title/en") if request.POST.get(name)}


def edit(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/edit``: the deposit form; saving, autosaving, adding rows, and going on to the check."""
    actor = request.actor  # type: ignore[attr-defined]
    view = queries.view(actor, record, draft=True)
    if request.method != "POST":
        return render(request, "records/edit.html", context(request, view))
    what = request.POST.get("do", "")
    mine = _mine(request, view)
    if what == "autosave":
        return autosave(request, view, mine)
    stale = request.POST.get("revision", "") != str(view.revision)
    found = form.clashes(mine, form.opened_of(request.POST.get("opened", "")), view.metadata) if stale else ()
    if found and what != "resolve":
        return conflict(request, view, mine, found)
    patch = form.patch_of(mine, view.metadata)
    if patch:
        try:
            actions.save_draft(actor, view.id, patch, if_match=actions.draft_match(view.id, view.revision))
        except Invalid as failure:
            return render(request, "records/edit.html", _rejected(request, view, patch, failure.findings), status=422)
    return HttpResponseRedirect(addresses.page(request, _next(request, view, what, bool(patch), stale)))


def _rejected(request: HttpRequest, view: RecordView, patch: dict[str, Any], found: tuple[Finding, ...]) -> dict[str, Any]:
    """The form with what was typed and what is wrong with it; without it, when no form of ours can have sent it."""
    try:
        return context(request, replace(view, metadata=shapes.merge_patch(view.metadata, patch)), outside=found)
    except MALFORMED:
        return context(request, view, outside=found)


def _mine(request: HttpRequest, view: RecordView) -> dict[str, Any]:
    """What this person changed since the form was opened, after the buttons of list rows."""
    if request.POST.get("do") == "resolve":
        return _resolved(request)
    posted = {name: request.POST.getlist(name) for name in request.POST if name.startswith("/")}
    known = readers.readers(profiles.form(*checking.in_force(view.loaded.record)), profiles.vocabulary)
    found = form.units(posted, view.metadata, known)
    found = form.rearranged(found, remove=request.POST.get("remove", ""), raise_=request.POST.get("raise", ""))
    mine = form.changed(found, form.opened_of(request.POST.get("opened", "")))
    if request.POST.get("do") == "autosave":
        mine = {unit: value for unit, value in mine.items() if _is_leaf(unit, posted) or form.steady(unit, posted, value)}
    return mine


def _is_leaf(unit: str, posted: Mapping[str, Any]) -> bool:
    return unit in posted


def _resolved(request: HttpRequest) -> dict[str, Any]:
    """What is to be saved after a clash: this person's changes without those for which they kept the other's."""
    try:
        mine = json.loads(request.POST.get("mine", "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(mine, dict):
        return {}
    kept = {name.removeprefix("keep:") for name in request.POST if name.startswith("keep:") and request.POST[name] == "theirs"}
    return {unit: value for unit, value in mine.items() if unit.startswith("/") and unit not in kept}


def _next(request: HttpRequest, view: RecordView, what: str, saved: bool, stale: bool) -> str:
    start = f"/records/{view.id}"
    if what in AFTER_SAVE:
        return f"{start}{AFTER_SAVE[what]}"
    more = request.POST.get("add", "")
    moved = request.POST.get("remove", "") or request.POST.get("raise", "")
    if more:
        return f"{start}/edit?more={more}#{fields.id_of(more)}"
    if moved:
        return f"{start}/edit?open={form.unit_of(moved)}#{fields.id_of(form.unit_of(moved))}"
    return f"{start}/edit?said={'merged' if saved and stale else 'saved' if saved else 'nothing'}"


def autosave(request: HttpRequest, view: RecordView, mine: dict[str, Any]) -> HttpResponse:
    """Save in the background; answers the new revision and fingerprints. A clash is left to the next visible save."""
    opened = form.opened_of(request.POST.get("opened", ""))
    clashing = {clash.pointer for clash in form.clashes(mine, opened, view.metadata)}
    mine = {unit: value for unit, value in mine.items() if unit not in clashing}
    patch = form.patch_of(mine, view.metadata)
    if patch:
        match = actions.draft_match(view.id, view.revision)
        view = actions.save_draft(request.actor, view.id, patch, if_match=match)  # type: ignore[attr-defined]
    now = {**opened, **{unit: form.fingerprint(form.value_at(view.metadata, unit)) for unit in mine}}
    lang = request.lang  # type: ignore[attr-defined]
    at = words.time_of(clock.now())
    checks = render_to_string("records/parts/checks.html", checks_of(request, view), request=request)
    said = f"Draft saved ({at})" if lang == "en" else f"下書きを保存しました（{at}）"
    return JsonResponse({"revision": view.revision, "opened": json.dumps(now), "said": said, "checks": checks})


def conflict(request: HttpRequest, view: RecordView, mine: dict[str, Any], found: tuple[form.Clash, ...]) -> HttpResponse:
    """Two people changed the same field: both values, and a choice for each. Nothing is saved yet."""
    lang = request.lang  # type: ignore[attr-defined]
    merged = shapes.merge_patch(view.metadata, form.patch_of(mine, view.metadata))
    theirs = shown_by_pointer(view.metadata, lang)
    try:
        own = shown_by_pointer(merged, lang)
    except MALFORMED:
        own = {}
    loaded = queries.load_for(request.actor, view.id, "edit")  # type: ignore[attr-defined]
    draft = queries.draft_of(loaded)
    rows = [
        {
            "pointer": clash.pointer, "label": profiles.label(clash.pointer),
            "theirs": _told(clash.theirs, clash.pointer, theirs), "mine": _told(clash.mine, clash.pointer, own),
        }
        for clash in found
    ]  # fmt: skip
    who = next((card.name for card in people.cards([draft.updated_by.removeprefix("person:")]).values()), "")
    context = {
        "area": "deposit", "record": view, "rows": rows, "who": who, "when": draft.updated_at,
        "mine": json.dumps(mine, ensure_ascii=False),
    }  # fmt: skip
    return render(request, "records/conflict.html", context, status=409)


def _told(value: Any, pointer: str, shown: Mapping[str, tuple[Any, ...]]) -> str:
    """A value in words: as the page would show it, else as it is."""
    if isinstance(value, str) or value is None:
        return value or "–"
    found = shown.get(pointer)
    return "、".join(one.text for one in found) if found else json.dumps(value, ensure_ascii=False)


def shown_by_pointer(document: Mapping[str, Any], lang: str) -> dict[str, tuple[Any, ...]]:
    """The values of a document as the landing page shows them, by pointer."""
    return {row.pointer: row.values for section in profiles.display(dict(document), lang) for row in section.rows}


def shown_rows(document: Mapping[str, Any], lang: str) -> list[tuple[Any, ...]]:
    """The rows of a document as the landing page shows them, section by section."""
    return [section.rows for section in profiles.display(dict(document), lang)]


def findings_of(request: HttpRequest, view: RecordView) -> tuple[tuple[Finding, ...], queries.Loaded]:
    """All findings for publishing, and the rows behind the record (for what only editors need)."""
    found, _, loaded = checked(request, view)
    return found, loaded


def checked(request: HttpRequest, view: RecordView) -> tuple[tuple[Finding, ...], Completeness, queries.Loaded]:
    """Findings for publishing, how many obligatory items are in order, and the rows behind. Cost: at most 8 statements."""
    loaded: queries.Loaded = view.loaded
    known = checking.context_for(loaded.record, loaded.cards())
    packs = checking.in_force(loaded.record)
    found = profiles.findings(view.metadata, step="publish", profiles=packs, context=known)
    return found, profiles.completeness(view.metadata, profiles=packs, context=known), loaded


def checks_of(request: HttpRequest, view: RecordView) -> dict[str, Any]:
    """What the panel 「公開前の確認」 shows."""
    found, done, _ = checked(request, view)
    return {
        "findings": ordered(found), "blocking": tuple(one for one in found if one.blocks), "completeness": done,
        "lang": request.lang,  # type: ignore[attr-defined]
    }  # fmt: skip


def ordered(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Errors first, then warnings, then tasks."""
    weight = {"error": 0, "warning": 1, "task": 2}
    return tuple(sorted(found, key=lambda one: weight.get(str(one.severity), 3)))


def context(request: HttpRequest, view: RecordView, *, outside: tuple[Finding, ...] = ()) -> dict[str, Any]:
    """All that the deposit form shows."""
    lang = request.lang  # type: ignore[attr-defined]
    found, done, loaded = checked(request, view)
    draft = queries.draft_of(loaded)
    sheet = Sheet(
        document=view.metadata, findings=(*found, *outside), vocabulary=profiles.vocabulary, prefilled=draft.prefilled,
        shown=shown_by_pointer(view.metadata, lang), more=request.GET.get("more", ""), opened=request.GET.get("open", ""),
        check="check" in request.GET or bool(outside), offered={"/access/scopes": partners(view)},
    )  # fmt: skip
    sections = fields.sections(profiles.form(*checking.in_force(loaded.record)), sheet)
    placed = arranged(sections, published=bool(view.versions))
    blocking = tuple(one for one in found if one.blocks)
    faces = [face for section in sections for face in section.fields]
    return {
        **placed, "area": "deposit", "record": view, "check": sheet.check, "outside": outside,
        "findings": ordered(found), "blocking": blocking, "completeness": done,
        "opened": json.dumps(form.fingerprints(dict(view.metadata), fields.names(sections))),
        "prefilled_count": sum(face.source is not None for face in faces), "saved_at": words.time_of(draft.updated_at),
        "said": words.SAID.get(request.GET.get("said", "")), "may_publish": may_publish(view, loaded),
        "files": file_list.listed(request, view), "removable": view.draft_kind != "metadata" or not view.versions,
        "steps": steps_of(view, faces, blocking),
    }  # fmt: skip


def partners(view: RecordView) -> tuple[tuple[str, Text], ...]:
    """With whom the data can be shared by a tick: the record's projects, its organisation, and who is named already.

    Cost: at most 3 statements.
    """
    told = {f"project:{card.id}": card.title for card in view.loaded.cards().values()}
    told |= {f"org:{card.id}": card.legal_name for card in people.organisations([view.owner_organisation]).values()}
    named = {scope.partition(":")[2]: scope for scope in view.statement.scopes if scope not in told}
    for key, facts in people.public_facts(named).items():
        name = facts.get("title") or facts.get("legal_name") or facts.get("name")
        told[named[key]] = Text(name) if isinstance(name, Mapping) else Text({"ja": str(name), "en": str(name)})
    return tuple(told.items())


def may_publish(view: RecordView, loaded: queries.Loaded) -> bool:
    """Whether this person publishes, or hands in for review first. Cost: at most 2 statements."""
    return bool(view.can.get("review")) or view.draft_state == "accepted" or not actions.review_due(loaded)


def steps_of(view: RecordView, faces: list[FieldFace], blocking: tuple[Finding, ...]) -> dict[str, bool]:
    """Which of the four steps are done."""
    return {
        "files": view.files_summary["count"] > 0,
        "described": not any(not one.pointer.startswith("/access") for one in blocking),
        "access": not any(one.pointer.startswith("/access") for one in blocking)
        and bool((view.metadata.get("access") or {}).get("class")),
    }


def arranged(sections: tuple[SectionFace, ...], *, published: bool) -> dict[str, Any]:
    """The fields by where they stand: to be typed, filled in already, access, and the rest folded by section."""
    typed: list[FieldFace] = []
    filled: list[FieldFace] = []
    access: list[FieldFace] = []
    others: list[dict[str, Any]] = []
    for section in sections:
        rest = []
        for face in section.fields:
            if face.pointer.startswith("/access"):
                access.append(face)
            elif face.essential or (face.required and not face.filled):
                typed.append(face)
            elif face.filled:
                filled.append(face)
            else:
                rest.append(face)
        if rest:
            others.append(
                {"label": section.label, "help": section.help, "fields": rest, "open": any(face.open for face in rest)}
            )
    restricted = any(o.chosen and o.code != "open" for f in access if f.pointer == "/access/class" for i in f.inputs for o in i.options)
    first = [face for face in access if face.essential or face.required or face.pointer in FIRST_ACCESS]
    more = [face for face in access if face not in first]
    return {
        "typed": typed, "typed_done": sum(face.filled and not face.wrong for face in typed), "filled": filled, "others": others,
        "access_section": () if published else tuple(first), "access_more": () if published else tuple(more),
        "access_open": any(face.open or face.wrong for face in more) or restricted,
    }  # fmt: skip


FIRST_ACCESS = frozenset({"/access/class", "/access/available_on", "/access"})
