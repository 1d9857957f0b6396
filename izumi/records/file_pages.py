"""Addresses of bytes: files of versions and drafts, folder listings, ZIPs, previews, and forms that need no JavaScript."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict, IzumiError, NotThere
from izumi.kernel.paging import whole
from izumi.records import file_actions, file_queries
from izumi.records.file_bodies import receive_form
from izumi.records.file_delivery import SAFE, deliver, disposition, zip_stream
from izumi.records.file_queries import FilesOf
from izumi.storage import queries as storage
from izumi.storage import rules
from izumi.storage.types import FileRow

LISTED = 500
_SAFE_IN_URL = "/~-._"


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


@require_safe
def file_or_folder(request: HttpRequest, record: str, version: str, where: str) -> HttpResponseBase:
    """``/records/{id}/v/{n}/files/{path}``: bytes; with a closing slash (or nothing) a plain listing of the folder."""
    files = file_queries.files_of(_actor(request), record, version)
    if not where or where.endswith("/"):
        return _listing(request, files, where)
    row = _file(request, files, where)
    if row is None:
        return HttpResponseRedirect(request.path + "/")
    if row.is_reference:
        return _elsewhere(row)
    if "preview" in request.GET:
        return _preview(request, files, row)
    return deliver(request, row)


def _file(request: HttpRequest, files: FilesOf, where: str) -> FileRow | None:
    """The file; ``None`` when a folder has this name and only the slash is missing."""
    try:
        return file_queries.file_at(files, where)
    except NotThere:
        if not rules.path_findings(where) and storage.folder_exists(files.record_id, files.number, where + "/"):
            return None
        raise


def _elsewhere(row: FileRow) -> HttpResponseBase:
    """A reference: the reader is sent to where the bytes are, when that is a web address."""
    if row.url.startswith(("https://", "http://")):
        return HttpResponse(status=303, headers={"Location": quote(row.url, safe=":/?#[]@!$&'()*+,;=%~-._"), **SAFE})
    raise Conflict("file.reference_has_no_bytes", url=row.url)


def _listing(request: HttpRequest, files: FilesOf, where: str) -> HttpResponse:
    folder = rules.parse_folder(where) if where.strip("/") else ""
    if not storage.folder_exists(files.record_id, files.number, folder) or (where and not folder):
        raise NotThere("page")
    after = request.GET.get("after", "")
    page = file_queries.listed(files, folder, limit=LISTED, cursor=after)
    inner = () if after else storage.folders(files.record_id, files.number, folder).items
    shown: dict[str, Any] = {
        "record": files.record_id, "label": files.label, "folder": folder, "folders": inner, "files": page.items,
        "next": page.next, "after": after, "summary": files.summary,
    }  # fmt: skip
    answer = render(request, "records/files/listing.html", shown)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
def archive(request: HttpRequest, record: str, version: str) -> HttpResponseBase:
    """``/records/{id}/v/{n}.zip?path=folder/``: the files this reader may have, streamed, not compressed."""
    files = file_queries.files_of(_actor(request), record, version)
    folder = rules.parse_folder(request.GET.get("path", ""), pointer="/path")
    if not storage.folder_exists(files.record_id, files.number, folder):
        raise NotThere("page")
    tail = f"-{folder.rstrip('/').replace('/', '-')}" if folder else ""
    headers = {
        **SAFE, "Content-Disposition": disposition(f"{files.record_id}-v{files.label}{tail}.zip"),
        "Cache-Control": "no-cache", "Accept-Ranges": "none",
    }  # fmt: skip
    if request.method == "HEAD":
        return HttpResponse(content_type="application/zip", headers=headers)
    stream = zip_stream(file_queries.for_zip(files, folder))
    return StreamingHttpResponse(stream, content_type="application/zip", headers=headers)


# ---------------------------------------------------------------- previews


def _preview(request: HttpRequest, files: FilesOf, row: FileRow) -> HttpResponseBase:
    """``?preview`` is a page for people and the bytes, inline where that is safe, for everything else.

    ``?preview=picture`` and ``?preview=plot`` are the pictures that the page shows.
    """
    asked = request.GET.get("preview", "")
    if asked in ("picture", "plot"):
        return _picture(request, row, asked)
    if "text/html" not in request.headers.get("Accept", ""):
        return deliver(request, row, inline=True)
    shown = storage.preview(row)
    here = f"/records/{files.record_id}/v/{files.label}/files/"
    facts = {
        "record": files.record_id, "label": files.label, "file": row, "shown": shown, "address": quote(request.path_info),
        "bytes_at": here + quote(row.path, safe=_SAFE_IN_URL), "folder_at": here + quote(row.folder, safe=_SAFE_IN_URL),
    }  # fmt: skip
    return render(request, "records/files/preview.html", facts)


def _picture(request: HttpRequest, row: FileRow, asked: str) -> HttpResponse:
    etag = f'"{row.sha256[:32]}-{asked}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag})
    body = storage.preview_plot(row) if asked == "plot" else storage.preview_picture(row)
    if body is None:
        raise NotThere("page")
    media, ending = ("image/svg+xml", "svg") if asked == "plot" else ("image/webp", "webp")
    headers = {**SAFE, "ETag": etag, "Cache-Control": "private, no-cache"}
    headers["Content-Disposition"] = disposition(f"{row.name}.{ending}", inline=True)
    return HttpResponse(body, content_type=media, headers=headers)


# ---------------------------------------------------------------- forms


@csrf_exempt
def form_upload(request: HttpRequest, record: str) -> HttpResponseBase:
    """Several files of one form, straight into the draft; who may is asked before a byte is read.

    Exempt only because the form's token lies inside the streamed body: it is checked as soon as that has been read.
    """
    if request.method != "POST":
        raise IzumiError("input.method", method=request.method)
    loaded = file_actions.draft_for_files(_actor(request), record)
    arrived = receive_form(request)
    if request.headers.get("Authorization"):
        return _upload(request, loaded.record.id, arrived)
    return _checked_upload(request, loaded.record.id, arrived)


@csrf_protect
def _checked_upload(request: HttpRequest, record: str, arrived: list[file_actions.Arrived]) -> HttpResponseBase:
    return _upload(request, record, arrived)


def _upload(request: HttpRequest, record: str, arrived: list[file_actions.Arrived]) -> HttpResponseBase:
    file_actions.put_files(_actor(request), record, arrived)
    return _back(request, record)


def form_change(request: HttpRequest, record: str, what: str) -> HttpResponseBase:
    """Remove, move or link by a plain form."""
    if request.method != "POST":
        raise IzumiError("input.method", method=request.method)
    actor, told = _actor(request), request.POST
    if what == "remove":
        for each in told.getlist("path"):
            file_actions.remove_file(actor, record, each)
    elif what == "move":
        file_actions.move_file(actor, record, told.get("from", ""), told.get("to", ""))
    else:
        size = told.get("size", "").strip()
        file_actions.link_file(
            actor, record, url=told.get("url", ""), path=told.get("path", ""), sha256=told.get("sha256", ""),
            size_bytes=whole(size),
        )  # fmt: skip
    return _back(request, record)


def _back(request: HttpRequest, record: str) -> HttpResponseRedirect:
    """To the page that the form names – of this site only – else to the deposit form."""
    prefix = "/en" if getattr(request, "lang", "ja") == "en" else ""
    target = request.POST.get("next", "")
    local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return HttpResponseRedirect(target if local else f"{prefix}/records/{record}/edit#files", status=303)


urlpatterns = [
    path("records/<str:record>/draft/do/upload", form_upload),
    re_path(r"^records/(?P<record>[^/]+)/draft/do/(?P<what>remove|move|link)$", form_change),
    re_path(r"^records/(?P<record>[^/]+)/v/(?P<version>[^/]+)\.zip$", archive),
    re_path(r"^records/(?P<record>[^/]+)/v/(?P<version>[^/]+)/files/(?P<where>.*)\Z", file_or_folder),
    re_path(r"^records/(?P<record>[^/]+)/draft/files/(?P<where>.*)\Z", file_or_folder, {"version": "draft"}),
]
