"""REST of formats: which there are, a record in one of them, and drafts from a file in one of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from izumi.formats import queries as formats
from izumi.kernel.contracts import Incoming
from izumi.kernel.errors import Conflict, Invalid, SignInNeeded, TooMuch, problem
from izumi.publishing import negotiation
from izumi.records import actions
from izumi.records import queries as records

router = Router(tags=["formats"])
RECORDS_AT_ONCE = 1000


@router.get("/formats", summary="The formats of a record")
def list_formats(request: HttpRequest) -> Any:
    """``reads`` tells whether the format can be imported."""
    items = [
        {"name": codec.name, "label": dict(codec.label), "media_types": list(codec.media_types), "reads": hasattr(codec, "read")}
        for codec in formats.all_codecs().values()
    ]
    return {"items": items, "next": None, "total": len(items)}


@router.get("/records/{record_id}/export", summary="A record in a format")
def export_record(
    request: HttpRequest, record_id: str, format: str = "json", version: int | None = None, loss: bool = False
) -> Any:
    """The file itself; with ``loss=1`` an object with the file's text and what the format could not carry."""
    name = negotiation.known(format)
    view = records.view(request.actor, record_id, version=version)  # type: ignore[attr-defined]
    if not loss:
        return negotiation.exported(request, view, name)
    package = records.package(view)
    chunks, content_type, filename = formats.export(package, name)
    text = b"".join(chunks).decode("utf-8")
    losses = [entry.as_json() for entry in formats.losses(package, name)]
    return {"format": name, "content_type": content_type, "filename": filename, "content": text, "losses": losses}




@router.post("/records/import", summary="Make drafts from a file in any format that can be read")
def import_records(
    request: HttpRequest, format: str = "auto", project: str | None = None, filename: str = "", prefill: bool = False
) -> Any:
    """The body is the file itself (at most 5 MB and 1,000 records). Each record becomes a draft of its own.

    One that is refused says why under ``problem`` and does not stop the others; ``losses`` is what was not understood.
    ``prefill=1`` fills in what the project and the organisation know, where the file says nothing.
    """
    if request.actor.is_anonymous:  # type: ignore[attr-defined]
        raise SignInNeeded()
    name, incoming, lost = formats.read(request.body, format, filename)
    if len(incoming) > RECORDS_AT_ONCE:
        raise TooMuch(limit=RECORDS_AT_ONCE)
    items = [_draft(request, entry, project, prefill) for entry in incoming]
    return {"format": name, "items": items, "losses": [entry.as_json() for entry in lost], "total": len(items)}


def _draft(request: HttpRequest, entry: Incoming, project: str | None, prefill: bool) -> dict[str, Any]:
    try:
        view = actions.create_record(
            request.actor, kind=entry.kind, metadata=entry.metadata, projects=[project] if project else [], prefill=prefill,  # type: ignore[attr-defined]
            unmapped=entry.unmapped,
        )  # fmt: skip
    except (Invalid, Conflict) as failure:
        return {"position": entry.position, "problem": problem(failure, getattr(request, "lang", "ja"))}
    findings = [finding.as_json() for finding in view.findings]
    return {"id": view.id, "position": entry.position, "title": dict(view.title), "findings": findings}
