"""``/changes``: the public changes as JSON lines, in their own dense numbering.

A line names the record and what happened, never a title: what is hidden later was not told here. Lines do not change,
so that a full page may be kept by everyone on the way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from izumi.kernel.days import iso
from izumi.kernel.errors import Invalid, problem
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.paging import MAX_LIMIT, limited, whole
from izumi.kernel.text import both
from izumi.publishing import queries
from izumi.publishing.landing import reads_english
from izumi.publishing.types import PublicChange
from izumi.records import queries as records

MEDIA_TYPE = "application/x-ndjson"
FULL_PAGE = "public, max-age=86400"
"""A page with a successor never changes again."""


def answer(request: HttpRequest) -> HttpResponse:
    """The changes after ``since`` (default 0), at most ``limit`` (default and most 1,000); ``Link: rel=next`` while there are more.

    ``since`` that is no number, or beyond the end – the numbering may have begun anew – is 422. Cost: 1 statement.
    """
    try:
        since = _whole(request, "since", 0)
        limit = limited(_whole(request, "limit", MAX_LIMIT))
        found = queries.changes(since=since, limit=limit + 1)
        if not found and since:
            _within(since)
    except Invalid as failure:
        return _problem(request, failure)
    page = found[:limit]
    body = b"".join(map(_line, page))
    following = page[-1].n if len(found) > limit else None
    return _answered(request, body, _headers(body, page, following, limit))


def _headers(body: bytes, page: Iterable[PublicChange], following: int | None, limit: int) -> dict[str, str]:
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:24]}{"" if following is None else "-n"}"',
        "Cache-Control": "no-cache" if following is None else FULL_PAGE,
    }
    if following is not None:
        headers["Link"] = f'<{settings.IZUMI_BASE_URL}/changes?since={following}&limit={limit}>; rel="next"'
    return headers


def _answered(request: HttpRequest, body: bytes, headers: dict[str, str]) -> HttpResponse:
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    if headers["ETag"] in known or "*" in known:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type=MEDIA_TYPE, headers=headers)


def _line(change: PublicChange) -> bytes:
    urls = records.urls_of(change.record, None)
    told = {
        "n": change.n, "id": change.record, "change": change.change, "at": iso(change.at), "url": urls.record, "api": urls.api,
        "kind": change.kind, "version": change.version,
    }  # fmt: skip
    return orjson.dumps(told) + b"\n"


def _whole(request: HttpRequest, name: str, default: int) -> int:
    given = request.GET.get(name)
    found = default if given is None else whole(given)
    if found is None:
        raise _refused(
            "number-not-readable", f"/{name}", f"{name} は 0 以上の整数にしてください。", f"{name} must be a whole number, 0 or more."
        )
    return found


def _within(since: int) -> None:
    last = queries.last_change()
    if since > last:
        raise _refused(
            "since-beyond-end", "/since",
            f"since が最後の番号（{last}）を超えています。サイトを作り直すと番号は 1 から始まります。since=0 から読み直してください。",
            f"since lies beyond the last number ({last}). A site that was rebuilt begins again at 1: read from since=0.",
        )  # fmt: skip


def _refused(rule: str, pointer: str, ja: str, en: str) -> Invalid:
    return Invalid(Finding(rule=rule, severity=Severity.ERROR, pointer=pointer, message=both(ja, en)))


def _problem(request: HttpRequest, failure: Invalid) -> HttpResponse:
    """``application/problem+json`` whatever is accepted: only programs read this address."""
    lang = "en" if reads_english(request) else "ja"
    body = problem(failure, lang)
    body["type"] = f"{settings.IZUMI_BASE_URL}{body['type']}"
    headers = {"Content-Language": lang, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    return HttpResponse(
        orjson.dumps(body), content_type="application/problem+json", status=failure.status, headers=headers
    )
