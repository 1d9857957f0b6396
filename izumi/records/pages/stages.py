"""From draft to public and back: check and publish, submit, review, discard, new version, withdraw."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from izumi.kernel import clock
from izumi.kernel.days import Day, parse_day
from izumi.kernel.errors import Invalid, NotThere
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.paging import whole
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.policy import rules as decide
from izumi.records import actions, queries
from izumi.records.pages import addresses, audiences, deposit, words
from izumi.records.types import DraftKind, RecordView


def publish(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/publish``: what is missing, who will see what, then submit or publish – now or on a day."""
    actor = request.actor  # type: ignore[attr-defined]
    view = queries.view(actor, record, draft=True)
    if request.method == "POST":
        try:
            return HttpResponseRedirect(addresses.page(request, _sent(request, view)))
        except Invalid as failure:
            return render(request, "records/publish.html", _check(request, view, failure.findings), status=422)
    return render(request, "records/publish.html", _check(request, view))


def _sent(request: HttpRequest, view: RecordView) -> str:
    actor, note = request.actor, request.POST.get("note", "").strip()  # type: ignore[attr-defined]
    match = actions.draft_match(view.id, whole(request.POST.get("revision", "")) or 0)
    if request.POST.get("do") == "submit":
        actions.submit_draft(actor, view.id, note=note, if_match=match)
        return f"/records/{view.id}/edit?said=submitted"
    on = asked_day(request.POST.get("on", "").strip()) if request.POST.get("when") == "later" else None
    done = actions.publish_version(actor, view.id, on=on, note=note, if_match=match)
    return f"/records/{view.id}?said=published" if done.scheduled_on is None else f"/records/{view.id}/edit?said=scheduled"


def asked_day(said: str) -> Day:
    """The day that somebody typed, or a finding that says how to type one."""
    try:
        return parse_day(said)
    except ValueError as failure:
        raise Invalid(
            Finding(
                rule="publication-day-unreadable", severity=Severity.ERROR, pointer="/on",
                message=both("公開日は 2027-04-01 のように書いてください。", "Write the day of publication like 2027-04-01."),
            )
        ) from failure  # fmt: skip


def _check(request: HttpRequest, view: RecordView, outside: tuple[Finding, ...] = ()) -> dict[str, Any]:
    found, loaded = deposit.findings_of(request, view)
    found = (*found, *(one for one in outside if one not in found))
    statement = view.statement
    after = decide.rules_for(
        statement, people.parties(view.owner, view.owner_organisation, view.projects), state="published",
        gates=frozenset(loaded.record.gates),
    )  # fmt: skip
    return {
        "area": "deposit", "record": view, "findings": deposit.ordered(found), "today": clock.today(),
        "blocking": tuple(one for one in found if one.blocks), "may_publish": deposit.may_publish(view, loaded),
        "audiences": audiences.told(after), "access": view.metadata.get("access") or {},
        "withheld": [], "note": queries.draft_of(loaded).note, "first": not view.versions,
    }  # fmt: skip


def discard(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/discard``: ask, then throw the draft away (restorable for 30 days)."""
    actor = request.actor  # type: ignore[attr-defined]
    view = queries.view(actor, record, draft=True)
    if request.method == "POST":
        actions.discard_draft(actor, record)
        return HttpResponseRedirect(addresses.page(request, f"/work?said=discarded&undo={view.id}"))
    return render(request, "records/discard.html", {"area": "deposit", "record": view})


def restore(request: HttpRequest, record: str) -> HttpResponse:
    """``POST /records/{id}/restore``: the last discarded draft comes back."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actions.restore_draft(request.actor, record)  # type: ignore[attr-defined]
    return HttpResponseRedirect(addresses.page(request, f"/records/{record}/edit?said=restored"))


def new_version(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/new-version``: files and description, or a correction of the description alone."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        kind = request.POST.get("kind", "files")
        actions.open_version(actor, record, kind=kind)
        said = "correction" if kind == DraftKind.METADATA else "version"
        return HttpResponseRedirect(addresses.page(request, f"/records/{record}/edit?said={said}"))
    queries.load_for(actor, record, "edit")
    context = {"area": "deposit", "record": queries.view(actor, record), "correct": True}
    return render(request, "records/new_version.html", context)


def withdraw(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/withdraw``: the whole record or one version, with a reason that everybody will read."""
    actor = request.actor  # type: ignore[attr-defined]
    queries.load_for(actor, record, "withdraw")
    view = queries.view(actor, record)
    if request.method == "POST":
        version = request.POST.get("version", "")
        actions.withdraw(actor, record, why=request.POST.get("why", ""), version=_version(version))
        return HttpResponseRedirect(addresses.page(request, f"/records/{view.id}"))
    standing = sorted({line.n for line in view.versions if not line.withdrawn})
    return render(request, "records/withdraw.html", {"area": "search", "record": view, "standing": standing})


def _version(said: str) -> int | None:
    """The asked version, ``None`` for the whole record; what is no number is no version, never the whole."""
    if said and whole(said) is None:
        raise NotThere("version")
    return whole(said)


def review(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/review``: the submitted draft beside its findings; return with a reason, accept, or publish."""
    actor = request.actor  # type: ignore[attr-defined]
    loaded = queries.load_for(actor, record, "review")
    view = queries.view(actor, record, draft=True)
    if request.method == "POST":
        return HttpResponseRedirect(addresses.page(request, _decided(request, view.id)))
    found, _ = deposit.findings_of(request, view)
    draft = queries.draft_of(loaded)
    context = {
        "area": "work", "record": view, "findings": deposit.ordered(found), "blocking": [f for f in found if f.blocks],
        "submitted_at": draft.submitted_at, "note": draft.note, "who": _name(draft.submitted_by),
        "rows": [row for rows in deposit.shown_rows(view.metadata, request.lang) for row in rows],  # type: ignore[attr-defined]
        "reasons": words.RETURN_REASONS, "access": view.metadata.get("access") or {},
        "said": words.SAID.get(request.GET.get("said", "")),
    }  # fmt: skip
    return render(request, "records/review.html", context)


def _decided(request: HttpRequest, record: str) -> str:
    actor, what = request.actor, request.POST.get("do", "")  # type: ignore[attr-defined]
    if what == "return":
        actions.return_draft(actor, record, why=request.POST.get("why", ""))
        return "/work?said=returned"
    if what == "accept":
        actions.accept_draft(actor, record)
        return "/work?said=accepted"
    actions.publish_version(actor, record)
    return f"/records/{record}?said=published"


def _name(actor_id: str) -> Text | str:
    card = people.cards([actor_id.removeprefix("person:")]) if actor_id.startswith("person:") else {}
    return next((one.name for one in card.values()), actor_id)
