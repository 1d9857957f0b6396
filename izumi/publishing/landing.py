"""The public faces of one record: page or format, linkset, resolver, tombstone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import get_resolver
from django.utils.cache import patch_vary_headers

from izumi.formats import queries as formats
from izumi.kernel.contracts import Package
from izumi.kernel.days import day_of
from izumi.kernel.errors import Gone
from izumi.kernel.ids import parse_id
from izumi.kernel.text import Text
from izumi.publishing import negotiation, signposting
from izumi.records import queries as records
from izumi.records.types import RecordView

PAGES = "izumi.records.pages"
"""The room that draws the page; this room decides what is sent and what travels beside it."""
SHOWN = "izumi_shown"
"""Where the page leaves the view that it shows and its package, so that both are made only once per request."""

FILES_ON_PAGE = 101
"""One more than any part of the page names."""


class SeeOther(HttpResponseRedirect):
    """303: look there."""

    status_code = 303


def record_page(request: HttpRequest, record: str, n: int | None = None) -> HttpResponseBase:
    """``/records/{id}`` and ``/records/{id}/v/{n}``: the page, or the format asked by ``?format=`` or ``Accept``."""
    name = negotiation.wanted(request)
    try:
        if name != negotiation.HTML:
            view = records.view(request.actor, record, version=n)  # type: ignore[attr-defined]
            return negotiation.exported(request, view, name)
        match = get_resolver(PAGES).resolve(request.path_info)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    except Gone as gone:
        buried = gone.facts.get("view")
        if isinstance(buried, RecordView):
            gone.facts["tombstone"] = tombstone(buried, getattr(request, "lang", "ja"))
        gone.headers["Vary"] = "Accept"
        raise
    shown = getattr(request, SHOWN, None)
    if shown is not None and not shown[0].is_draft:
        page = page_address(shown[0], n)
        response.headers["Link"] = signposting.page_header(shown[1], page=page)
    patch_vary_headers(response, ["Accept"])
    return response


def package_of(request: HttpRequest, view: RecordView) -> Package:
    """The package of the page that is being drawn, with its first files only, made once per request. Cost: 2 statements."""
    kept = getattr(request, SHOWN, None)
    if kept is None or kept[0] is not view:
        made = records.package(view)
        # The page names its first files in three places; they are read once.
        first = tuple(islice(made.files(), FILES_ON_PAGE))
        kept = (view, replace(made, files=lambda: iter(first)))
        setattr(request, SHOWN, kept)
    package: Package = kept[1]
    return package


def page_address(view: RecordView, n: int | None) -> str:
    """The absolute address of the page that was asked for."""
    urls = records.urls_of(view.id, view.version)
    return urls.record if n is None else urls.version


def tombstone(view: RecordView, lang: str) -> dict[str, Any]:
    """What may still be said of a withdrawn record: enough to understand an old citation."""
    package = records.package(view)
    return {
        "id": view.id,
        "title": view.title or Text({"en": view.id}),
        "creators": view.metadata.get("creators") or [],
        "publisher": package.publisher,
        "published_on": view.published_on,
        "withdrawn_on": day_of(view.withdrawn_at) if isinstance(view.withdrawn_at, datetime) else None,
        "reason": view.withdrawn_why,
        "identifiers": [*view.identifiers],
        "citation": formats.citation(package, lang),
    }


def linkset(request: HttpRequest, record: str, n: int | None = None) -> HttpResponse:
    """``/records/{id}/linkset``: all typed links of a record as JSON, or as text by ``?format=text`` or ``Accept``."""
    view = records.view(request.actor, record, version=n)  # type: ignore[attr-defined]
    links = signposting.linkset(records.package(view), page=page_address(view, n))
    accept = request.headers.get("Accept", "")
    plain = request.GET.get("format") == "text" or ("application/linkset" in accept and "linkset+json" not in accept)
    if plain:
        response = HttpResponse(signposting.as_text(links), content_type="application/linkset")
    else:
        response = HttpResponse(orjson.dumps(signposting.as_json(links)), content_type="application/linkset+json")
    patch_vary_headers(response, ["Accept"])
    return response


def resolver(request: HttpRequest, record: str) -> HttpResponse:
    """``/id/{id}``: 303 to the page in the reader's language, or to the format that ``Accept`` or ``?format=`` asks for.

    Tells nothing about whether the record exists: an unknown one is redirected too, and is then not there.
    """
    key = parse_id(record)
    name = negotiation.wanted(request)
    prefix = "/en" if name == negotiation.HTML and reads_english(request) else ""
    target = f"{prefix}/records/{key}" + ("" if name == negotiation.HTML else f"?format={name}")
    response = SeeOther(settings.IZUMI_BASE_URL + target)
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def reads_english(request: HttpRequest) -> bool:
    """Whether ``Accept-Language`` likes English better than Japanese."""
    best, weight = "ja", 0.0
    for entry in request.headers.get("Accept-Language", "").split(","):
        tag, _, rest = entry.strip().partition(";")
        quality = _quality(rest)
        if tag[:2].lower() in ("ja", "en") and quality > weight:
            best, weight = tag[:2].lower(), quality
    return best == "en"


def _quality(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=")) if text.strip() else 1.0
    except ValueError:
        return 0.0
