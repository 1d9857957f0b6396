"""Stored bytes for anonymous readers: the landing page and the record's JSON are made once and served as they are.

An entry is true for one stamp of the record, one window edge, one language and one build; checking it costs one
statement. Nothing is stored for anybody who is signed in, and nothing with a query string.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from izumi.formats import queries as formats
from izumi.kernel import clock
from izumi.kernel.home import home
from izumi.kernel.ids import is_id
from izumi.records import queries as records
from izumi.web.static_files import build

Answer = Callable[[HttpRequest], HttpResponse]
_KEPT = ("Content-Type", "ETag", "Link", "Content-Language", "Vary", "Content-Security-Policy")
_WHERE = re.compile(r"^/(api/v1/)?records/([0-9a-z]{5}-[0-9a-z]{5})$")


class StoredPages:
    """Serves stored answers and keeps new ones."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        place = _place(request)
        if place is None:
            return self.get_response(request)
        state = records.stored_state(place[0])
        path = _file(place[1])
        found = _read(path, state) if state is not None else None
        if found is not None:
            return _answer(request, *found)
        response = self.get_response(request)
        if state is not None and response.status_code == 200 and not response.streaming and not response.cookies:
            if "ETag" not in response.headers:
                response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:24]}"'
            _keep(path, state, response)
        return response


def _place(request: HttpRequest) -> tuple[str, str] | None:
    """(record, name of the entry) when the answer may be a stored one."""
    if request.method not in ("GET", "HEAD") or request.META.get("QUERY_STRING") or "izumi.actor" in request.environ:
        return None
    if "Authorization" in request.headers or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    found = _WHERE.match(request.path_info)
    if found is None or not is_id(found[2]):
        return None
    accept = request.headers.get("Accept", "")
    if found[1]:
        return found[2], f"{found[2]}.api"
    if accept and formats.negotiate(accept) != "html":
        return None
    return found[2], f"{found[2]}.{request.lang}"  # type: ignore[attr-defined]


def _file(name: str) -> Path:
    return home().cache / "pages" / name[:2] / name


def _true_for(state: tuple[int, int, float | None]) -> str:
    return f"{state[0]}:{state[1]}:{build()}"


def _read(path: Path, state: tuple[int, int, float | None]) -> tuple[dict[str, Any], bytes] | None:
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    head, _, body = raw.partition(b"\n")
    told: dict[str, Any] = json.loads(head)
    now = clock.now().timestamp()
    from_at, until = told["window"]
    if told["for"] != _true_for(state) or not from_at <= now or (until is not None and now >= until):
        return None
    return told, body


def _answer(request: HttpRequest, told: dict[str, Any], body: bytes) -> HttpResponse:
    headers = told["headers"]
    unchanged = request.headers.get("If-None-Match") == headers.get("ETag") and "ETag" in headers
    response: HttpResponse = HttpResponseNotModified() if unchanged else HttpResponse(body)
    for name, value in headers.items():
        if not (unchanged and name == "Content-Type"):
            response.headers[name] = value
    return response


def _keep(path: Path, state: tuple[int, int, float | None], response: HttpResponse) -> None:
    """Write the entry beside and rename it, so that no reader sees half of it; a full disk only costs speed."""
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    told = {"for": _true_for(state), "window": [clock.now().timestamp(), state[2]], "headers": headers}
    beside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(json.dumps(told).encode() + b"\n" + response.content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
