"""One error, three faces: problem+json for programs, a page for people (the terminal's face is in ``web.cli``)."""

from __future__ import annotations

import json
import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from izumi.kernel.errors import IzumiError, problem, reference_number

log = logging.getLogger("izumi.web")


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller is a program: the API, or an Accept header that names JSON before HTML."""
    if request.path_info.startswith("/api/"):
        return True
    accept = request.headers.get("Accept", "")
    return "json" in accept and "text/html" not in accept


def answer(request: HttpRequest, error: IzumiError, cause: Exception) -> HttpResponse:
    """The answer for an error; unexpected ones are logged under a reference number that the reader can quote."""
    reference = ""
    if error.status >= 500 and error.status != 503:
        reference = reference_number()
        log.error("%s %s %r", reference, request.method, request.path_info, exc_info=cause)
    lang = getattr(request, "lang", "ja")
    if wants_json(request):
        response = as_problem(error, lang, reference)
    else:
        from izumi.web.error_pages import page  # templates need the apps to be loaded

        response = page(request, error, reference)
    for name, value in error.headers.items():
        response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def as_problem(error: IzumiError, lang: str, reference: str = "") -> HttpResponse:
    """``application/problem+json`` (RFC 9457)."""
    body = problem(error, lang, reference=reference)
    body["type"] = f"{settings.IZUMI_BASE_URL}{body['type']}"
    text = json.dumps(body, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/problem+json", status=error.status)
    response.headers["Content-Language"] = lang
    response.headers["Vary"] = "Accept-Language"
    return response
