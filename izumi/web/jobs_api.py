"""REST of long work: its state, progress and result, for who started it and for operators."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from izumi.kernel import jobs
from izumi.kernel.actors import Actor
from izumi.kernel.errors import NotThere, SignInNeeded
from izumi.kernel.jobs import JobCard

router = Router(tags=["jobs"])


def _oversees(actor: Actor) -> bool:
    return bool(actor.keys & {"console", "system", "role:operator@site", "role:admin@site"})


@router.get("/jobs", summary="Your long work")
def list_jobs(request: HttpRequest, limit: int = 50) -> Any:
    """Newest first; operators see all."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.is_anonymous:
        raise SignInNeeded
    found = jobs.cards(owner=None if _oversees(actor) else actor.id, limit=min(max(limit, 1), 1000))
    return {"items": [job_json(card) for card in found], "next": None, "total": len(found)}


@router.get("/jobs/{job_id}", summary="One piece of long work")
def get_job(request: HttpRequest, response: HttpResponse, job_id: str) -> Any:
    """Poll it; ``Retry-After`` says when."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    card = jobs.card(job_id)
    if card is None or not (_oversees(actor) or (card.owner == actor.id and not actor.is_anonymous)):
        raise NotThere("job", job_id)
    if card.state in ("queued", "running"):
        response.headers["Retry-After"] = "2"
    return job_json(card)


def job_json(card: JobCard) -> dict[str, Any]:
    """The public shape of a job."""
    return {
        "id": card.id, "name": card.name, "state": card.state, "done": card.done, "total": card.total,
        "message": card.message.as_json(), "result": card.result, "error": card.error or None,
    }  # fmt: skip
