"""REST of files and resumable uploads (tus 1.0.0): parse, call one action or query, answer. Bodies are streamed."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import format_datetime
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict, IzumiError
from izumi.kernel.paging import limited
from izumi.records import file_actions, file_queries
from izumi.records.file_bodies import Body, told_digest
from izumi.records.file_delivery import file_json
from izumi.storage import actions, rules
from izumi.storage import queries as storage
from izumi.storage.types import UploadTicket

router = Router(tags=["files"])


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


# ---------------------------------------------------------------- files of a record


@router.get("/records/{record_id}/files", summary="Files of a version, or of the draft")
def list_files(
    request: HttpRequest, record_id: str, version: str | None = None, folder: str | None = None, limit: int = 100,
    cursor: str = "",
) -> Any:  # fmt: skip
    """Without ``folder`` every file of the version by path; with one (empty = the top) the files directly in it.

    ``version`` is a number or ``draft``; without it the newest version, else the draft.
    """
    files = file_queries.files_of(_actor(request), record_id, version)
    page = file_queries.listed(files, folder, limit=limited(limit), cursor=cursor)
    body: dict[str, Any] = {
        "items": [file_json(files.record_id, row, files.label) for row in page.items],
        "next": page.next or None,
        "total": files.summary.count if folder is None else {"at_least": len(page.items)},
    }
    if folder is not None and not cursor:
        inner = storage.folders(files.record_id, files.number, rules.parse_folder(folder))
        body["folders"] = list(inner.items)
    return body


@router.get("/records/{record_id}/files/diff", summary="Which files differ between two versions")
def diff_files(
    request: HttpRequest, record_id: str, before: str, after: str, limit: int = 100, cursor: str = ""
) -> Any:
    """Paged by path; ``before`` and ``after`` are numbers or ``draft``."""
    actor = _actor(request)
    old, new = (file_queries.files_of(actor, record_id, each) for each in (before, after))
    page = storage.diff(old.record_id, old.number, new.number, limit=limited(limit), cursor=cursor)
    items = [
        {
            "change": str(change.kind), "path": change.path,
            "before": file_json(old.record_id, change.before, old.label) if change.before else None,
            "after": file_json(new.record_id, change.after, new.label) if change.after else None,
        }
        for change in page.items
        if new.may_read(change.path)
    ]  # fmt: skip
    return {"items": items, "next": page.next or None, "total": {"at_least": len(items)}}


class Move(Schema):
    """Which file or folder gets which name."""

    source: str = Field(alias="from")
    to: str


class Link(Schema):
    """A file that stays where it is."""

    url: str
    path: str = ""
    size: int | None = Field(default=None, ge=0)
    sha256: str = ""


@router.post("/records/{record_id}/files/move", summary="Rename a file or a folder in the draft")
def move_file(request: HttpRequest, record_id: str, body: Move) -> Any:
    """No byte is copied."""
    count = file_actions.move_file(_actor(request), record_id, body.source, body.to)
    return {"from": body.source, "to": body.to, "moved": count}


@router.post("/records/{record_id}/files/link", response={200: Any, 201: Any}, summary="Refer to a file kept elsewhere")
def link_file(request: HttpRequest, record_id: str, body: Link) -> Any:
    """Address, size and digest are kept; Izumi does not hold the bytes."""
    put = file_actions.link_file(
        _actor(request), record_id, url=body.url, path=body.path, size_bytes=body.size, sha256=body.sha256
    )
    return Status(201 if put.created else 200, file_json(put.row.owner_id, put.row, "draft"))


def _put(request: HttpRequest, response: HttpResponse, record_id: str, path: str) -> Any:
    body, digest = Body(request), told_digest(request)
    if body.length is None and not digest:  # a broken connection would look like the end of the file
        raise IzumiError("file.length_needed")
    put = file_actions.put_file(
        _actor(request), record_id, path, body, expected_sha256=digest, expected_size=body.length,
        declared_type=request.headers.get("Content-Type", ""),
    )  # fmt: skip
    response.headers["ETag"] = f'"{put.row.sha256}"'
    if put.created:
        address = f"/records/{put.row.owner_id}/v/draft/files/{quote(put.row.path, safe='/~-._')}"
        response.headers["Location"] = address
    return Status(201 if put.created else 200, file_json(put.row.owner_id, put.row, "draft"))


@router.put("/records/{record_id}/files/move", response={200: Any, 201: Any}, include_in_schema=False)
def put_file_named_move(request: HttpRequest, response: HttpResponse, record_id: str) -> Any:
    """A file may be called like a verb of this API."""
    return _put(request, response, record_id, "move")


@router.put("/records/{record_id}/files/link", response={200: Any, 201: Any}, include_in_schema=False)
def put_file_named_link(request: HttpRequest, response: HttpResponse, record_id: str) -> Any:
    """A file may be called like a verb of this API."""
    return _put(request, response, record_id, "link")


@router.put("/records/{record_id}/files/diff", response={200: Any, 201: Any}, include_in_schema=False)
def put_file_named_diff(request: HttpRequest, response: HttpResponse, record_id: str) -> Any:
    """A file may be called like a verb of this API."""
    return _put(request, response, record_id, "diff")


@router.put("/records/{record_id}/files/{path:path}", response={200: Any, 201: Any}, summary="Put a file into the draft")
def put_file(request: HttpRequest, response: HttpResponse, record_id: str, path: str) -> Any:
    """The body is the file, raw, of any size. ``Content-Digest: sha-256=:…:`` is checked when sent.

    201 for a new path, 200 when it replaced a file or was there already. Durable when answered.
    """
    return _put(request, response, record_id, path)


@router.get("/records/{record_id}/files/{path:path}", summary="What is known of one file")
def get_file(request: HttpRequest, record_id: str, path: str, version: str | None = None) -> Any:
    """Its bytes are at ``url``."""
    files = file_queries.files_of(_actor(request), record_id, version)
    return file_json(files.record_id, file_queries.file_at(files, path), files.label)


def _delete(request: HttpRequest, record_id: str, path: str) -> Any:
    file_actions.remove_file(_actor(request), record_id, path)
    return Status(204, None)


@router.delete("/records/{record_id}/files/move", response={204: None}, include_in_schema=False)
def delete_file_named_move(request: HttpRequest, record_id: str) -> Any:
    """A file may be called like a verb of this API."""
    return _delete(request, record_id, "move")


@router.delete("/records/{record_id}/files/link", response={204: None}, include_in_schema=False)
def delete_file_named_link(request: HttpRequest, record_id: str) -> Any:
    """A file may be called like a verb of this API."""
    return _delete(request, record_id, "link")


@router.delete("/records/{record_id}/files/diff", response={204: None}, include_in_schema=False)
def delete_file_named_diff(request: HttpRequest, record_id: str) -> Any:
    """A file may be called like a verb of this API."""
    return _delete(request, record_id, "diff")


@router.delete("/records/{record_id}/files/{path:path}", response={204: None}, summary="Take a file out of the draft")
def delete_file(request: HttpRequest, record_id: str, path: str) -> Any:
    """A path that ends in ``/`` takes the folder out with everything below it."""
    return _delete(request, record_id, path)


# ---------------------------------------------------------------- tus 1.0.0

_ALLOWED = (
    "Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Checksum, "
    "X-HTTP-Method-Override, X-Requested-With"
)
_EXPOSED = (
    "Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Checksum-Algorithm, Upload-Offset, Upload-Length, "
    "Upload-Metadata, Upload-Expires"
)
_COMMON = {
    "Tus-Resumable": rules.TUS_VERSION,
    "Cache-Control": "no-store",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": _EXPOSED,
}
_OFFSET_TYPE = "application/offset+octet-stream"


def _tus(operation: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Every answer, also a refusal, carries the protocol's headers; another version is refused before anything else."""

    @wraps(operation)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != rules.TUS_VERSION:
                raise IzumiError("upload.version")
            answer = operation(request, *args, **kwargs)
        except IzumiError as failure:
            failure.headers = {**failure.headers, **_COMMON, "Tus-Version": rules.TUS_VERSION}
            raise
        for name, value in _COMMON.items():
            answer.headers[name] = value
        return answer

    return checked


def _stands(ticket: UploadTicket, status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    answer.headers["Upload-Offset"] = str(ticket.offset)
    if ticket.state == "open":
        answer.headers["Upload-Expires"] = format_datetime(ticket.expires_at, usegmt=True)
    return answer


def _checksum(request: HttpRequest) -> tuple[str, bytes] | None:
    header = request.headers.get("Upload-Checksum")
    return rules.parse_checksum(header) if header else None


@router.api_operation(["OPTIONS"], "/uploads/", summary="What this site's resumable uploads can do")
@_tus
def upload_options(request: HttpRequest) -> HttpResponse:
    """The protocol's own description of itself; also answers a browser's preflight."""
    return _options()


def _options() -> HttpResponse:
    headers = {
        "Tus-Version": rules.TUS_VERSION, "Tus-Extension": rules.TUS_EXTENSIONS,
        "Tus-Checksum-Algorithm": ",".join(rules.CHECKSUMS), "Access-Control-Max-Age": "86400",
        "Access-Control-Allow-Methods": "OPTIONS, POST, HEAD, PATCH, DELETE", "Access-Control-Allow-Headers": _ALLOWED,
    }  # fmt: skip
    return HttpResponse(status=204, headers=headers)


@router.post("/uploads/", response={201: None}, summary="Begin a resumable upload")
@_tus
def upload_create(request: HttpRequest) -> HttpResponse:
    """``Upload-Metadata: record <b64>,path <b64>,sha256 <b64>``; the body may already be the first part."""
    if "Upload-Defer-Length" in request.headers or "Upload-Concat" in request.headers:
        raise IzumiError("upload.bad_request", header="Upload-Length")
    length = rules.parse_number(request.headers.get("Upload-Length"), "Upload-Length")
    header = request.headers.get("Upload-Metadata", "")
    actor, checksum = _actor(request), _checksum(request)
    ticket = file_actions.open_upload(actor, length=length, told=rules.parse_metadata(header), header=header)
    body = Body(request)
    if body.length is None or body.length > 0:
        if request.headers.get("Content-Type", "").split(";")[0].strip() != _OFFSET_TYPE:
            raise IzumiError("input.media_type", given=request.headers.get("Content-Type", ""), allowed=_OFFSET_TYPE)
        ticket = file_actions.append_upload(actor, ticket, body, offset=0, checksum=checksum)
    elif length == 0:
        ticket = file_actions.finish_upload(actor, ticket)
    answer = _stands(ticket, 201)
    answer.headers["Location"] = f"/api/v1/uploads/{ticket.id}"
    return answer


@router.api_operation(["OPTIONS"], "/uploads/{upload_id}", include_in_schema=False)
@_tus
def upload_options_of(request: HttpRequest, upload_id: str) -> HttpResponse:
    """A browser's preflight."""
    return _options()


@router.api_operation(["HEAD"], "/uploads/{upload_id}", summary="How much of an upload has arrived")
@_tus
def upload_head(request: HttpRequest, upload_id: str) -> HttpResponse:
    """``Upload-Offset`` counts durable bytes only. A complete upload whose last answer was lost is finished here."""
    actor = _actor(request)
    ticket = file_actions.finish_upload(actor, file_actions.upload_of(actor, upload_id))
    answer = _stands(ticket, 200)
    answer.headers["Upload-Length"] = str(ticket.length)
    if ticket.metadata:
        answer.headers["Upload-Metadata"] = ticket.metadata
    return answer


@router.patch("/uploads/{upload_id}", response={204: None}, summary="Add bytes to an upload")
@_tus
def upload_patch(request: HttpRequest, upload_id: str) -> HttpResponse:
    """Bytes that the answer counts are durable; with the last one the file is in the draft."""
    return _patch(request, upload_id)


def _patch(request: HttpRequest, upload_id: str) -> HttpResponse:
    if request.headers.get("Content-Type", "").split(";")[0].strip() != _OFFSET_TYPE:
        raise IzumiError("input.media_type", given=request.headers.get("Content-Type", ""), allowed=_OFFSET_TYPE)
    offset = rules.parse_number(request.headers.get("Upload-Offset"), "Upload-Offset")
    actor, checksum = _actor(request), _checksum(request)
    ticket = file_actions.upload_of(actor, upload_id)
    if ticket.state != "open":
        raise Conflict("upload.offset_mismatch", offset=ticket.offset)
    return _stands(file_actions.append_upload(actor, ticket, Body(request), offset=offset, checksum=checksum), 204)


@router.delete("/uploads/{upload_id}", response={204: None}, summary="End an upload")
@_tus
def upload_delete(request: HttpRequest, upload_id: str) -> HttpResponse:
    """What had arrived is removed; a finished upload stays in the draft."""
    file_actions.end_upload(_actor(request), upload_id)
    return HttpResponse(status=204)


@router.post("/uploads/{upload_id}", response={204: None}, include_in_schema=False)
@_tus
def upload_overridden(request: HttpRequest, upload_id: str) -> HttpResponse:
    """``X-HTTP-Method-Override`` for networks that let only GET and POST pass."""
    method = request.headers.get("X-HTTP-Method-Override", "").upper()
    if method == "PATCH":
        return _patch(request, upload_id)
    if method == "DELETE":
        file_actions.end_upload(_actor(request), upload_id)
        return HttpResponse(status=204)
    raise IzumiError("input.method", method=request.method)


@router.get("/uploads/", summary="Your uploads that are not finished")
def list_uploads(request: HttpRequest, record: str) -> Any:
    """So that another machine can go on with them."""
    loaded = file_actions.draft_for_files(_actor(request), record)
    found = actions.open_uploads(_actor(request).id, loaded.record.id)
    items = [
        {"upload": f"/api/v1/uploads/{each.id}", "path": each.path, "length": each.length, "offset": each.offset,
         "expires": each.expires_at.isoformat()}
        for each in found
    ]  # fmt: skip
    return {"items": items, "next": None, "total": len(items)}
