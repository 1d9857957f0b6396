"""The access statement of a record: change it, see beforehand who gains and who loses, look at the page as somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from izumi.kernel.actors import ANONYMOUS, Actor
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text, both
from izumi.profiles import queries as profiles
from izumi.profiles.types import Form
from izumi.records import actions, form, queries
from izumi.records.pages import addresses, audiences, deposit, fields, landing, readers
from izumi.records.pages.fields import Sheet

VIEWS: Mapping[str, Text] = {
    "public": both("一般の人として表示", "As the public sees it"),
    "member": both("共有先のメンバーとして表示", "As somebody it is shared with sees it"),
}
"""Who one can look as."""


def access(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/access``: class, day, reasons, partners, requests; first the preview, then the change."""
    actor = request.actor  # type: ignore[attr-defined]
    queries.load_for(actor, record, "manage")
    if request.GET.get("as") in VIEWS:
        return seen_as(request, record, request.GET["as"])
    now = actions.access_of(actor, record)
    if request.method != "POST":
        return render(request, "records/access.html", _context(request, record, now, now.statement))
    wanted = _wanted(request, dict(now.statement))
    try:
        if request.POST.get("do") == "save":
            actions.set_access(actor, record, wanted, if_match=request.POST.get("etag", ""), why=request.POST.get("why", ""))
            return HttpResponseRedirect(addresses.page(request, f"/records/{record}?said=access"))
        preview = actions.set_access(actor, record, wanted, if_match=None, preview=True)
    except Invalid as failure:
        return render(request, "records/access.html", _context(request, record, now, wanted, failure.findings), status=422)
    return render(
        request, "records/access.html",
        {**_context(request, record, now, wanted, preview.findings), "changes": audiences.changes(preview.changes), "previewed": True},
    )  # fmt: skip


def _wanted(request: HttpRequest, stored: dict[str, Any]) -> dict[str, Any]:
    """The statement that the form describes; members that the form does not show stay."""
    document = {"access": stored}
    posted = {name: request.POST.getlist(name) for name in request.POST if name.startswith("/access")}
    found = form.units(posted, document, readers.readers(_form(), profiles.vocabulary))
    if request.POST.get("remove"):
        found = form.rearranged(found, remove=request.POST["remove"])
    wanted = {**stored}
    for unit, value in found.items():
        parts = form.parts_of(unit)[1:]
        if len(parts) == 1:
            wanted[parts[0]] = value
        elif parts:
            inner = {**(wanted.get(parts[0]) or {})}
            inner[parts[1]] = value
            wanted[parts[0]] = {key: one for key, one in inner.items() if one is not None} or None
    return {key: value for key, value in wanted.items() if value not in (None, "", [], {})}


def _form() -> Form:
    whole = profiles.form("common")
    sections = tuple(
        replace(section, fields=tuple(spec for spec in section.fields if spec.pointer.startswith("/access")))
        for section in whole.sections
    )
    return replace(whole, sections=tuple(section for section in sections if section.fields))


def _context(
    request: HttpRequest, record: str, now: actions.AccessView, statement: Mapping[str, Any], found: tuple[Finding, ...] = ()
) -> dict[str, Any]:
    view = queries.view(request.actor, record, tombstone=True)  # type: ignore[attr-defined]
    sheet = Sheet(
        document={"access": dict(statement)}, findings=found, vocabulary=profiles.vocabulary, more=request.POST.get("add", ""),
        check=bool(found), offered={"/access/scopes": deposit.partners(view)},
    )  # fmt: skip
    return {
        "area": "search", "record": view, "etag": now.etag, "findings": found, "views": VIEWS.items(),
        "blocking": tuple(one for one in found if one.blocks), "why": request.POST.get("why", ""),
        "faces": [face for section in fields.sections(_form(), sheet) for face in section.fields],
        "audiences": audiences.told(now.facts.rules), "access": now.statement, "previewed": False,
    }  # fmt: skip


def seen_as(request: HttpRequest, record: str, who: str) -> HttpResponse:
    """The landing page as the public, or as somebody within its scopes, sees it; nothing can be done from it."""
    view = queries.view(_stand_in(request, record, who), record, tombstone=True)
    context = {**landing.context(request, view), "view_as": VIEWS[who]}
    return render(request, "records/landing.html", context)


def _stand_in(request: HttpRequest, record: str, who: str) -> Actor:
    """An actor with exactly the keys of that audience."""
    if who == "public":
        return ANONYMOUS
    loaded = queries.load_for(request.actor, record, "manage")  # type: ignore[attr-defined]
    keys = frozenset({"public", *loaded.facts.statement.scopes})
    return Actor(kind="person", id="person:somebody", keys=keys, name="")
