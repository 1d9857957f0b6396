"""REST of exports: the formats there are, and a record in one of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from izumi.formats import queries as formats
from izumi.publishing import negotiation
from izumi.records import queries as records

router = Router(tags=["formats"])


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


