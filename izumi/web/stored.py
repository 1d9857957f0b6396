"""Stored bytes for anonymous readers: the landing page and the record's JSON are made once and served as they are.

An entry is true for one stamp of the record, one window of its rules, one language and one build; checking it costs one
statement. Nothing is stored for anybody who is signed in, and nothing with a query string. The server's workers ask for
stored answers before Django is involved (``fast``); everywhere else the middleware does the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from izumi.formats import queries as formats
from izumi.kernel import clock
from izumi.kernel.ids import is_id
from izumi.records import queries as records
from izumi.web.static_files import build

Answer = Callable[[HttpRequest], HttpResponse]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_WHERE = re.compile(r"^/(?:(api/v1)/|(en)/)?records/([0-9a-z]{5}-[0-9a-z]{5})$")
_IN_MEMORY = 400


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored answer, and for what it is true."""

    true_for: str
    from_at: float
    until: float | None
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def etag(self) -> str:
        """Its ETag."""
        return next(value for name, value in self.headers if name == "ETag")

    def holds(self, state: tuple[int, ...]) -> bool:
        """Whether it is still what a reader would get."""
        now = clock.now().timestamp()
        in_window = self.from_at <= now and (self.until is None or now < self.until)
        return in_window and self.true_for == _true_for(state)


_memory: dict[str, Entry] = {}
Told = tuple[HTTPStatus, list[tuple[str, str]], bytes]


def fast(application: Wsgi) -> Wsgi:
    """The application with stored answers in front of it."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = found(environ)
        if told is None:
            return application(environ, start_response)
        status, headers, body = told
        start_response(f"{status.value} {status.phrase}", headers)
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    return answer


class StoredPages:
    """Outermost: serves stored answers and keeps new ones with all their headers."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        told = found(request.META)
        if told is not None:
            status, headers, body = told
            return HttpResponse(body if request.method == "GET" else b"", status=status.value, headers=dict(headers))
        place = _place(request.META)
        state = records.stored_state(place[0]) if place else None
        response = self.get_response(request)
        if place and state and response.status_code == 200 and not response.streaming and not response.cookies:
            _keep(place[1], state, response)
        return response


def found(environ: dict[str, Any]) -> Told | None:
    """The stored answer to a request, when there is one that is still true. Cost: 1 statement."""
    place = _place(environ)
    if place is None:
        return None
    entry = _memory.get(place[1]) or _read(place[1])
    if entry is None:
        return None
    state = records.stored_stamp(place[0])
    if state is None or not entry.holds(state):
        _memory.pop(place[1], None)
        return None
    if len(_memory) >= _IN_MEMORY:
        _memory.clear()
    _memory[place[1]] = entry
    if environ.get("HTTP_IF_NONE_MATCH") == entry.etag:
        kept = [(name, value) for name, value in entry.headers if name not in ("Content-Type", "Content-Length")]
        return HTTPStatus.NOT_MODIFIED, kept, b""
    return HTTPStatus.OK, list(entry.headers), entry.body


def _place(environ: dict[str, Any]) -> tuple[str, str] | None:
    """(record, name of the entry) when the answer may be a stored one."""
    if environ.get("REQUEST_METHOD") not in ("GET", "HEAD") or environ.get("QUERY_STRING"):
        return None
    if "HTTP_AUTHORIZATION" in environ or "izumi.actor" in environ:
        return None
    where = _WHERE.match(environ.get("PATH_INFO", ""))
    if where is None or settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", ""):
        return None
    api, english, key = where.groups()
    if not is_id(key) or not (api or _wants_page(environ.get("HTTP_ACCEPT", ""))):
        return None
    return key, f"{key}.{'api' if api else english or 'ja'}"


@lru_cache(maxsize=256)
def _wants_page(accept: str) -> bool:
    return not accept or formats.negotiate(accept) == "html"


def _true_for(state: tuple[int, ...]) -> str:
    return f"{':'.join(map(str, state))}:{build()}:{settings.IZUMI_BASE_URL}"


def _file(name: str) -> str:
    return os.path.join(settings.IZUMI_HOME, "cache", "pages", name[:2], name)  # noqa: PTH118 - on the shortest path


def _read(name: str) -> Entry | None:
    try:
        with open(_file(name), "rb") as stored:  # noqa: PTH123 - on the shortest path
            head, _, body = stored.read().partition(b"\n")
        told = json.loads(head)
        headers = tuple((str(n), str(v)) for n, v in told["headers"])
        return Entry(told["for"], told["from"], told["until"], headers, body)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(name: str, state: tuple[tuple[int, ...], float | None], response: HttpResponse) -> None:
    """Write the entry beside and rename it, so that no reader sees half of it; a full disk only costs speed."""
    body = response.content
    if "ETag" not in response.headers:
        response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response.headers["Content-Length"] = str(len(body))
    told = {
        "for": _true_for(state[0]), "from": clock.now().timestamp(), "until": state[1], "headers": list(response.headers.items()),
    }  # fmt: skip
    place = _file(name)
    beside = f"{place}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120
        with open(beside, "wb") as out:  # noqa: PTH123
            out.write(json.dumps(told).encode() + b"\n" + body)
        os.replace(beside, place)  # noqa: PTH105
    except OSError:
        return
