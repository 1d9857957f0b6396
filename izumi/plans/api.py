"""REST of plans (interface.md): parse, call one action or query, answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router, Status

from izumi.kernel import jobs
from izumi.kernel.actors import Actor
from izumi.kernel.errors import IzumiError
from izumi.plans import actions, queries, shapes
from izumi.plans.actions import InForce
from izumi.plans.types import Document, PlanView

router = Router(tags=["plans"])
_JSON = ("application/json", "application/merge-patch+json")


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, as the middleware found out."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def answer(response: HttpResponse, view: PlanView) -> Any:
    """A plan with its ETag, which names what ``If-Match`` must say."""
    response.headers["ETag"] = view.etag
    return shapes.plan_json(view)


def adopted(response: HttpResponse, view: PlanView, done: InForce | None) -> Any:
    """200 with the plan; 202 with the job where the records are opened afterwards."""
    body = answer(response, view)
    if done is None:
        return Status(200, body)
    body |= {"records": list(done.records), "followed": list(done.followed)}
    if done.job is None:
        return Status(200, body)
    card = jobs.card(done.job)
    body["job"] = {"id": done.job, "state": card.state if card else "queued", "done": 0, "total": None, "message": {}, "result": None}
    response.headers["Location"] = f"/api/v1/jobs/{done.job}"
    return Status(202, body)


def merge_patch(request: HttpRequest, body: Document, name: str) -> Document:
    """The merge patch of a body, bare or under ``name``; 415 for another media type."""
    given = request.content_type or ""
    if given not in _JSON:
        raise IzumiError("input.media_type", given=given, allowed=", ".join(_JSON))
    inner = body.get(name)
    return inner if isinstance(inner, dict) and set(body) <= {name, "place"} else body


@router.get("/plans", summary="Plans that you may see")
def list_plans(
    request: HttpRequest, project: str | None = None, programme: str | None = None, state: str | None = None, limit: int = 50,
    cursor: str | None = None,
) -> Any:  # fmt: skip
    """Last changed first; of a project, of a programme, or in a state (draft, submitted, returned, adopted)."""
    page = queries.plans_of(actor_of(request), project=project, programme=programme, state=state, limit=limit, cursor=cursor)
    total: Any = len(page.items) if page.next is None and not cursor else {"at_least": len(page.items)}
    return {"items": [shapes.line_json(line) for line in page.items], "next": page.next, "total": total}


@router.post("/plans", response={201: Any, 200: Any}, summary="Begin a plan")
def create_plan(request: HttpRequest, response: HttpResponse, body: Document = Body(...), project: str = "") -> Any:
    """Own JSON – ``{"project", "title"?, "entries": [{"title", "access": {"class"}, "planned": {…}}]}`` – or maDMP.

    The project is an identifier or any of its numbers; of a maDMP its grants are tried. ``?as=revision`` takes a plan
    that is here already in as a revision. ``losses`` tells what has no place in Izumi; it is kept and written back.
    """
    actor, revision = actor_of(request), request.GET.get("as") == "revision"
    if "dmp" in body:
        beside = body.pop("project", "")
        named = project or (beside if isinstance(beside, str) else "")
        return _imported(response, actions.import_plan(actor, body, project=named, as_revision=revision))
    view = actions.create_plan(actor, body, project=project)
    response.headers["Location"] = f"/api/v1/plans/{view.id}"
    return Status(201, answer(response, view))


def _imported(response: HttpResponse, done: Any) -> Any:
    body = answer(response, done.plan) | {"losses": [loss.as_json() for loss in done.losses]}
    response.headers["Location"] = f"/api/v1/plans/{done.plan.id}"
    return Status(200 if done.revised else 201, body)


@router.post("/plans/import", response={201: Any, 200: Any}, summary="Begin a plan from a file")
def import_plan(request: HttpRequest, response: HttpResponse, format: str = "auto", project: str = "", filename: str = "") -> Any:
    """The bytes of a maDMP or of a table of a form (csv, xlsx: jsps, amed, metinedo, moonshot)."""
    done = actions.import_plan(
        actor_of(request), request.body, format=format, project=project, filename=filename,
        as_revision=request.GET.get("as") == "revision",
    )  # fmt: skip
    return _imported(response, done)


@router.get("/plans/{plan_id}", summary="A plan")
def get_plan(request: HttpRequest, response: HttpResponse, plan_id: str) -> Any:
    """The version in force – before the first adoption the working document – with the records that answer its entries."""
    return answer(response, queries.plan(actor_of(request), plan_id))


@router.patch("/plans/{plan_id}", summary="Write the draft of a plan")
def patch_plan(request: HttpRequest, response: HttpResponse, plan_id: str, body: Document = Body(...)) -> Any:
    """A JSON merge patch of the document; ``If-Match`` is required. Findings of rules never block saving."""
    patch = merge_patch(request, body, "document")
    return answer(response, actions.save_plan(actor_of(request), plan_id, patch, if_match=request.headers.get("If-Match")))


@router.delete("/plans/{plan_id}/draft", response={204: None}, summary="Discard the draft of a revision")
def discard_draft(request: HttpRequest, plan_id: str) -> Any:
    """Of a revision: the plan in force stays as it is. Of a plan never adopted: the plan is gone with it."""
    actions.discard_draft(actor_of(request), plan_id, if_match=request.headers.get("If-Match"))
    return Status(204, None)


@router.post("/plans/{plan_id}/entries", response={201: Any}, summary="Add an entry")
def add_entry(request: HttpRequest, response: HttpResponse, plan_id: str, body: Document = Body(...)) -> Any:
    """The entry, bare or as ``{"entry", "place"}``; it never clashes with what others write."""
    view, entry = actions.add_entry(actor_of(request), plan_id, merge_patch(request, body, "entry"), place=_place(body))
    response.headers["Location"] = f"/api/v1/plans/{view.id}/entries/{entry}"
    return Status(201, answer(response, view) | {"entry": entry})


def _place(body: Document) -> int | None:
    place = body.get("place")
    return place if isinstance(place, int) and not isinstance(place, bool) else None


@router.patch("/plans/{plan_id}/entries/{entry}", summary="Write one entry")
def patch_entry(request: HttpRequest, response: HttpResponse, plan_id: str, entry: str, body: Document = Body(...)) -> Any:
    """A merge patch of one entry, bare or as ``{"entry", "place"}``.

    ``If-Match`` names the revision that you saw: it applies when this entry has not changed since, else 412 with both.
    """
    patch = {name: value for name, value in merge_patch(request, body, "entry").items() if name != "place"}
    view = actions.save_entry(
        actor_of(request), plan_id, entry, patch, if_match=request.headers.get("If-Match"), place=_place(body)
    )
    return answer(response, view)


@router.delete("/plans/{plan_id}/entries/{entry}", summary="Take an entry out")
def delete_entry(request: HttpRequest, response: HttpResponse, plan_id: str, entry: str) -> Any:
    """Of the working document; the version in force keeps it until the revision is adopted."""
    view = actions.remove_entry(actor_of(request), plan_id, entry, if_match=request.headers.get("If-Match", "*"))
    return answer(response, view)


@router.post("/plans/{plan_id}/entries/{entry}/records", response={200: Any, 201: Any}, summary="Open the record of an entry")
def open_entry(
    request: HttpRequest, response: HttpResponse, plan_id: str, entry: str, body: shapes.FurtherRecord | None = None
) -> Any:
    """200 with the draft that answers the entry already, 201 with a new one. The entry by id, data number or place."""
    record, new = actions.open_entry(actor_of(request), plan_id, entry, further=bool(body and body.further))
    response.headers["Location"] = f"/api/v1/records/{record}"
    return Status(201 if new else 200, {"record": record, "new": new})


@router.post("/plans/{plan_id}/entries/{entry}/link", summary="Assign a record to an entry")
def link_record(request: HttpRequest, response: HttpResponse, plan_id: str, entry: str, body: shapes.AssignedRecord) -> Any:
    """A record may answer entries of several plans."""
    return answer(response, actions.link_record(actor_of(request), plan_id, entry, body.record))


@router.post("/plans/{plan_id}/entries/{entry}/unlink", summary="Take an assignment back")
def unlink_record(request: HttpRequest, response: HttpResponse, plan_id: str, entry: str, body: shapes.AssignedRecord) -> Any:
    """Entry and record stay."""
    return answer(response, actions.unlink_record(actor_of(request), plan_id, entry, body.record))


@router.post("/plans/{plan_id}/check", summary="What the rules say")
def check_plan(request: HttpRequest, plan_id: str, body: shapes.PlanStep | None = None) -> Any:
    """Findings for ``save``, ``submit`` or ``adopt``; nothing is changed."""
    found = actions.findings_of(actor_of(request), plan_id, step=(body or shapes.PlanStep()).step)
    return {"findings": [f.as_json() for f in found], "ready": not any(f.blocks for f in found)}


@router.post("/plans/{plan_id}/submit", summary="Hand the plan in")
def submit_plan(request: HttpRequest, response: HttpResponse, plan_id: str, body: shapes.PlanSubmission | None = None) -> Any:
    """409 ``plan.adopted_alone`` where the programme asks nobody: adopt it."""
    note = (body or shapes.PlanSubmission()).note
    return answer(response, actions.submit(actor_of(request), plan_id, note=note, if_match=request.headers.get("If-Match")))


@router.post("/plans/{plan_id}/take-back", summary="Take a submitted plan back")
def take_back(request: HttpRequest, response: HttpResponse, plan_id: str) -> Any:
    """To change it; the yeses given so far lapse."""
    return answer(response, actions.take_back(actor_of(request), plan_id))


@router.post("/plans/{plan_id}/return", summary="Return a submitted plan")
def return_plan(request: HttpRequest, response: HttpResponse, plan_id: str, body: shapes.Why) -> Any:
    """With a reason that its authors read."""
    return answer(response, actions.return_plan(actor_of(request), plan_id, why=body.words))


@router.post("/plans/{plan_id}/adopt", response={200: Any, 202: Any}, summary="Adopt the plan")
def adopt_plan(request: HttpRequest, response: HttpResponse, plan_id: str) -> Any:
    """Your yes. After the last one the plan is in force and its records are open (``entries[].record``).

    While a later step is asked the plan stays ``submitted`` and ``draft.step`` names it. Above 200 new records 202 and a job.
    """
    done = actions.adopt(actor_of(request), plan_id, if_match=request.headers.get("If-Match"))
    return adopted(response, done.plan, done.in_force)


@router.post("/plans/{plan_id}/revise", response={200: Any, 202: Any}, summary="Revise a plan in force")
def revise_plan(request: HttpRequest, response: HttpResponse, plan_id: str, body: shapes.Revision) -> Any:
    """Opens the working document with a reason, optionally with changes; ``adopt`` brings it into force, or hands it in."""
    done = actions.revise(
        actor_of(request), plan_id, reason=body.words, changes=body.entries, document=body.document, adopt=body.adopt
    )
    return adopted(response, done.plan, done.in_force)


@router.get("/plans/{plan_id}/versions/{n}", summary="An adopted version")
def get_plan_version(request: HttpRequest, plan_id: str, n: int) -> Any:
    """Immutable, with who said yes."""
    line, document = queries.version(actor_of(request), plan_id, n)
    return {**shapes.version_json(line), "document": document}


@router.get("/plans/{plan_id}/diff", summary="How two states differ")
def diff_plan(request: HttpRequest, plan_id: str, before: str, after: str = "draft") -> Any:
    """Entry by entry, member by member; a state is a version's number or ``draft``."""
    return shapes.diff_json(queries.diff(actor_of(request), plan_id, before, after))


@router.get("/plans/{plan_id}/history", summary="What happened to a plan")
def plan_history(request: HttpRequest, plan_id: str, before: int | None = None, limit: int = 100) -> Any:
    """Newest first, for those who may write it."""
    wanted = min(max(limit, 1), 1000)
    found = queries.history(actor_of(request), plan_id, before=before, limit=wanted)
    more = str(found[-1].seq) if len(found) == wanted else None
    return {"items": [shapes.happened_json(line) for line in found], "next": more, "total": {"at_least": len(found)}}


@router.get("/plans/{plan_id}/export", summary="A plan in a form")
def export_plan(request: HttpRequest, plan_id: str, format: str = "json", lang: str = "ja", draft: bool = False, loss: bool = False) -> Any:
    """``json``, ``madmp``, or a form (``jsps``, ``amed``, ``metinedo``, ``moonshot``, ``common``) with ``as=csv|xlsx``; ``csv``
    and ``xlsx`` alone mean the plan's own form. ``loss=1`` answers with what the format cannot carry."""
    kind = request.GET.get("as") or "csv"
    done = queries.exported(
        actor_of(request), plan_id, format=format, kind=kind, lang="en" if lang == "en" else "ja", draft=draft
    )
    if loss:
        return {"format": format, "filename": done.filename, "losses": [one.as_json() for one in done.losses]}
    response = HttpResponse(done.content, content_type=done.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{done.filename}"'
    return response


@router.get("/plans/{plan_id}/deviations", summary="Where reality left the plan")
def plan_deviations(request: HttpRequest, plan_id: str) -> Any:
    """As of now, each with its two ways out."""
    found = queries.deviations(actor_of(request), plan_id)
    return {"items": [one.as_json() for one in found], "next": None, "total": len(found)}


@router.get("/projects/{project}/deviations", summary="Where reality left the plans of a project")
def project_deviations(request: HttpRequest, project: str) -> Any:
    """Also a project without a plan, and records that no entry foresees."""
    found = queries.project_deviations(actor_of(request), project)
    return {"items": [one.as_json() for one in found], "next": None, "total": len(found)}
