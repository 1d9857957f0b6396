"""REST of records (interface.md): parse, call one action or query, answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from ninja import Body, Router, Status

from izumi.kernel.actors import Actor
from izumi.kernel.days import Day, Instant, parse_day, parse_instant
from izumi.kernel.errors import IzumiError
from izumi.records import actions, queries, rules, shapes
from izumi.records.actions import steps
from izumi.records.decisions import decision
from izumi.records.types import RecordView

router = Router(tags=["records"])
_JSON = ("application/json", "application/merge-patch+json")


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, as the middleware found out."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def answer(request: HttpRequest, response: HttpResponse, view: RecordView, *, etag: str | None = None) -> Any:
    """A record with its ETag; 304 when the reader has it already."""
    tag = etag or rules.etag(view, actor_of(request), form="api")
    if view.is_draft:
        tag = rules.draft_etag(view.id, view.revision)
    if request.method == "GET" and request.headers.get("If-None-Match") == tag:
        unchanged = HttpResponseNotModified()
        unchanged.headers["ETag"] = tag
        return unchanged
    response.headers["ETag"] = tag
    return shapes.record_json(view)


@router.get("/records", summary="Records you own, may review, or of a project, organisation or person")
def list_records(
    request: HttpRequest, mine: bool = False, queue: str | None = None, project: str | None = None, organisation: str | None = None,
    person: str | None = None, state: str | None = None, limit: int = 50, cursor: str | None = None,
) -> Any:  # fmt: skip
    """Newest change first. ``queue=review`` lists submitted drafts that you may return or accept."""
    actor = actor_of(request)
    if queue == "review":
        page = queries.review_queue(actor, limit=limit, cursor=cursor)
    elif mine:
        page = queries.own_records(actor, state=state, limit=limit, cursor=cursor)
    else:
        page = queries.records_of(
            actor, project=project, organisation=organisation, person=person, state=state or "published", limit=limit, cursor=cursor
        )
    return {"items": [shapes.line_json(line) for line in page.items], "next": page.next, "total": _total(page)}


def _total(page: Any) -> Any:
    """Exact when everything is on the page, else a lower bound: a list costs the same at any size."""
    return len(page.items) if page.next is None else {"at_least": len(page.items) + 1}


@router.post("/records", response={201: Any}, summary="Open a record")
def create_record(request: HttpRequest, response: HttpResponse, body: shapes.NewRecord) -> Any:
    """Answers with the record, its draft and the findings of the rules."""
    view = actions.create_record(
        actor_of(request), kind=body.kind, metadata=body.metadata, projects=body.projects, plan_entries=body.plan_entries,
        organisation=body.organisation, unmapped=body.unmapped, prefill=body.prefill,
    )  # fmt: skip
    response.headers["Location"] = f"/api/v1/records/{view.id}"
    return Status(201, answer(request, response, view))


@router.get("/records/{record_id}", summary="The newest version you may see")
def get_record(request: HttpRequest, response: HttpResponse, record_id: str) -> Any:
    """Editors of a record never published get its draft, with ``version: null``."""
    return answer(request, response, queries.view(actor_of(request), record_id))


@router.get("/records/{record_id}/draft", summary="The draft")
def get_draft(request: HttpRequest, response: HttpResponse, record_id: str) -> Any:
    """404 ``draft.none`` when there is none, or you may not edit."""
    return answer(request, response, queries.view(actor_of(request), record_id, draft=True))


@router.patch("/records/{record_id}/draft", summary="Change the draft's metadata")
def patch_draft(request: HttpRequest, response: HttpResponse, record_id: str, body: shapes.DraftPatch) -> Any:
    """A JSON merge patch; ``If-Match`` is required. Findings of rules never block saving."""
    given = request.content_type or ""
    if given not in _JSON:
        raise IzumiError("input.media_type", given=given, allowed=", ".join(_JSON))
    view = actions.save_draft(actor_of(request), record_id, body.metadata, if_match=request.headers.get("If-Match"))
    return answer(request, response, view)


@router.delete("/records/{record_id}/draft", response={204: None}, summary="Discard the draft")
def delete_draft(request: HttpRequest, record_id: str) -> Any:
    """It can be restored for 30 days."""
    actions.discard_draft(actor_of(request), record_id, if_match=request.headers.get("If-Match"))
    return Status(204, None)


@router.post("/records/{record_id}/draft/restore", summary="Restore the draft discarded last")
def restore_draft(request: HttpRequest, response: HttpResponse, record_id: str) -> Any:
    """Within 30 days, when there is no newer draft or version."""
    return answer(request, response, actions.restore_draft(actor_of(request), record_id))


@router.get("/records/{record_id}/versions", summary="All versions")
def list_versions(request: HttpRequest, record_id: str) -> Any:
    """Oldest first, corrections after their version."""
    view = queries.view(actor_of(request), record_id, tombstone=True)
    return {"items": [shapes.version_json(line) for line in view.versions], "next": None, "total": len(view.versions)}


@router.get("/records/{record_id}/versions/{n}", summary="One version")
def get_version(request: HttpRequest, response: HttpResponse, record_id: str, n: int) -> Any:
    """In its newest correction; 410 when it was withdrawn."""
    return answer(request, response, queries.view(actor_of(request), record_id, version=n))


@router.post("/records/{record_id}/new-version", response={201: Any}, summary="Open the draft of a published record")
def new_version(request: HttpRequest, response: HttpResponse, record_id: str, body: shapes.VersionKind | None = None) -> Any:
    """``files`` leads to version n+1, ``metadata`` to a correction n.r."""
    view = actions.open_version(actor_of(request), record_id, kind=(body or shapes.VersionKind()).kind)
    return Status(201, answer(request, response, view))


@router.post("/records/{record_id}/validate", summary="What the rules say")
def validate(request: HttpRequest, record_id: str, body: shapes.Step | None = None) -> Any:
    """Findings for ``save``, ``submit`` or ``publish``; nothing is changed."""
    found = actions.findings_of(actor_of(request), record_id, step=(body or shapes.Step()).step)
    return {"findings": [f.as_json() for f in found], "ready": not any(f.blocks for f in found)}


@router.post("/records/{record_id}/submit", summary="Hand the draft in for review")
def submit(request: HttpRequest, response: HttpResponse, record_id: str, body: shapes.Submission | None = None) -> Any:
    """422 with findings when the rules forbid it."""
    note = (body or shapes.Submission()).note
    view = actions.submit_draft(actor_of(request), record_id, note=note, if_match=request.headers.get("If-Match"))
    return answer(request, response, view)


@router.post("/records/{record_id}/return", summary="Give a submitted draft back")
def return_draft(request: HttpRequest, response: HttpResponse, record_id: str, body: shapes.Why) -> Any:
    """With a reason that its author reads."""
    return answer(request, response, actions.return_draft(actor_of(request), record_id, why=body.why))


@router.post("/records/{record_id}/accept", summary="Accept a submitted draft")
def accept(request: HttpRequest, response: HttpResponse, record_id: str) -> Any:
    """From then on its author can publish it."""
    return answer(request, response, actions.accept_draft(actor_of(request), record_id))


@router.post("/records/{record_id}/publish", response={200: Any, 202: Any}, summary="Publish the draft")
def publish(request: HttpRequest, response: HttpResponse, record_id: str, body: shapes.Publication | None = None) -> Any:
    """200 when it is public at once, 202 when it is scheduled for a later day."""
    told = body or shapes.Publication()
    actor = actor_of(request)
    done = actions.publish_version(
        actor, record_id, on=_day(told.on), note=told.note, if_match=request.headers.get("If-Match")
    )
    return Status(202 if done.scheduled_on else 200, answer(request, response, queries.view(actor, done.record)))


def _day(text: str | None) -> Day | None:
    if not text:
        return None
    try:
        return parse_day(text)
    except ValueError:
        raise steps.refused(
            "day-unreadable", "/on", "日付は YYYY-MM-DD の形で書いてください（例：2027-04-01）。", "Write the day as YYYY-MM-DD, e.g. 2027-04-01."
        ) from None  # fmt: skip


@router.post("/records/{record_id}/withdraw", summary="Withdraw a record or one version")
def withdraw(request: HttpRequest, record_id: str, body: shapes.Withdrawal) -> Any:
    """A tombstone with the citation and the reason stays."""
    actor = actor_of(request)
    actions.withdraw(actor, record_id, why=body.why, version=body.version)
    return shapes.record_json(queries.view(actor, record_id, tombstone=True))


@router.get("/records/{record_id}/access", summary="The access statement")
def get_access(request: HttpRequest, response: HttpResponse, record_id: str) -> Any:
    """Those who manage the record also get the compiled rules."""
    view = actions.access_of(actor_of(request), record_id)
    response.headers["ETag"] = view.etag
    return shapes.access_json(view)


@router.put("/records/{record_id}/access", summary="Change the access statement")
def put_access(
    request: HttpRequest, response: HttpResponse, record_id: str, body: dict[str, Any] = Body(...), preview: int = 0
) -> Any:
    """``If-Match`` is required. With ``?preview=1`` nothing is saved: it tells who gains and who loses, and when."""
    why = body.pop("why", "") if isinstance(body.get("why", ""), str) else ""
    statement = body.get("access", body) if set(body) <= {"access"} else body
    view = actions.set_access(
        actor_of(request), record_id, statement, if_match=request.headers.get("If-Match"), preview=bool(preview), why=why
    )
    response.headers["ETag"] = view.etag
    return shapes.access_json(view)


@router.get("/records/{record_id}/links", summary="Typed links")
def list_links(request: HttpRequest, record_id: str) -> Any:
    """Those that the newest version states and those added later."""
    links = queries.view(actor_of(request), record_id, tombstone=True).links
    return {"items": list(links), "next": None, "total": len(links)}


@router.post("/records/{record_id}/links", response={201: Any}, summary="Add a link")
def add_link(request: HttpRequest, record_id: str, body: shapes.NewLink) -> Any:
    """It needs no new version."""
    actions.add_link(actor_of(request), record_id, body.dict())
    return Status(201, list_links(request, record_id))


@router.put("/records/{record_id}/projects", summary="Say to which projects a record belongs")
def put_projects(request: HttpRequest, response: HttpResponse, record_id: str, body: shapes.Projects) -> Any:
    """Its project managers may then edit it."""
    return answer(request, response, actions.set_projects(actor_of(request), record_id, body.projects))


@router.get("/records/{record_id}/history", summary="What happened")
def history(request: HttpRequest, record_id: str, before: int | None = None, limit: int = 100) -> Any:
    """The journal of the record, newest first, for those who may edit it."""
    found = queries.history(actor_of(request), record_id, before=before, limit=min(max(limit, 1), 1000))
    more = str(found[-1].seq) if len(found) == limit else None
    return {"items": [shapes.happened_json(line) for line in found], "next": more, "total": {"at_least": len(found)}}


@router.get("/records/{record_id}/diff", summary="How two versions differ")
def diff(request: HttpRequest, record_id: str, before: int, after: int) -> Any:
    """Metadata, member by member; files are compared under ``/records/{id}/files/diff``."""
    found = queries.diff(actor_of(request), record_id, before, after)
    return {"before": found.before, "after": found.after, "metadata": [d.as_json() for d in found.metadata]}


@router.get("/decisions", summary="May they, and why", tags=["decisions"])
def decisions(
    request: HttpRequest, record: str, action: str = "see", path: str | None = None, at: str | None = None
) -> Any:
    """The one decision with its reasons. ``as`` and other people's ``at`` are for those who manage the record."""
    told = decision(actor_of(request), record, action, path=path, other=request.GET.get("as"), at=_moment(at))
    return {"record": record, "action": action, **told.as_json()}


def _moment(text: str | None) -> Instant | None:
    if not text:
        return None
    try:
        return parse_instant(text.replace(" ", "+"))
    except ValueError:
        raise steps.refused(
            "time-unreadable", "/at", "時刻は RFC 3339 の形で書いてください（例：2027-04-01T00:00:00+09:00）。",
            "Write the time in RFC 3339, e.g. 2027-04-01T00:00:00+09:00.",
        ) from None  # fmt: skip


