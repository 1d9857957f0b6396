"""Which format a reader asks for, and the answer in that format."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from izumi import __version__
from izumi.formats import queries as formats
from izumi.kernel.errors import Invalid, IzumiError
from izumi.publishing import signposting
from izumi.records import queries as records
from izumi.records import rules
from izumi.records.types import RecordView

HTML = formats.HTML


def wanted(request: HttpRequest) -> str:
    """The format of ``?format=``, else of ``Accept``: a codec's name or ``html``.

    Raises `Invalid` (``format.unknown``) and 406 (``format.not_acceptable``).
    """
    said = request.GET.get("format", "")
    if said == HTML:
        return HTML
    if said:
        return formats.codec(said).name
    found = formats.negotiate(request.headers.get("Accept", ""))
    if found is None:
        raise IzumiError("format.not_acceptable")
    return found


def exported(request: HttpRequest, view: RecordView, name: str) -> HttpResponse:
    """The record in a format, as this reader may see it, with its ETag; 304 when the reader has it. Cost: 1–2 statements."""
    tag = rules.etag(view, request.actor, form=name, build=__version__)  # type: ignore[attr-defined]
    response: HttpResponse
    if request.headers.get("If-None-Match", "") and rules.matches(request.headers["If-None-Match"], tag):
        response = HttpResponseNotModified()
    else:
        package = records.package(view)
        chunks, content_type, filename = formats.export(package, name)
        response = HttpResponse(b"".join(chunks), content_type=content_type)
        response.headers["Content-Disposition"] = f"inline; filename=\"{filename}\"; filename*=UTF-8''{quote(filename)}"
        response.headers["Link"] = signposting.header(signposting.of_export(package))
    response.headers["ETag"] = tag
    if request.actor.is_anonymous:  # type: ignore[attr-defined]
        response.headers["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept"])
    return response


def known(name: str) -> str:
    """The registry's name of a format; raises `Invalid` when there is none."""
    if not name:
        raise Invalid((), "format.unknown", known=", ".join(sorted(formats.all_codecs())))
    return formats.codec(name).name
