"""``Idempotency-Key``: the same POST sent again by the same actor gets the first answer again, for a day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict, Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.models import KeptAnswer
from izumi.kernel.text import both
from izumi.web import error_faces
from izumi.web.middleware import known

KEPT_FOR = timedelta(days=1)
_AT_WORK_FOR = timedelta(minutes=15)
_HEADERS = ("Content-Type", "Location", "ETag", "Retry-After")
Answer = Callable[[HttpRequest], HttpResponse]

_OTHER_REQUEST = Finding(
    rule="idempotency-key-reused", severity=Severity.ERROR, pointer="",
    message=both(
        "この Idempotency-Key は、別の内容の要求で使われています。新しいキーを付けてください。",
        "This Idempotency-Key was used for another request. Send a new key.",
    ),
)  # fmt: skip


class Idempotency:
    """Keeps answers of POSTs to the API that carry a key."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        key = request.headers.get("Idempotency-Key", "")[:200]
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if request.method != "POST" or not key or actor.is_anonymous or not request.path_info.startswith("/api/"):
            return self.get_response(request)
        try:
            fingerprint = _fingerprint(request, actor)
        except (RequestDataTooBig, UnreadablePostError) as failure:
            return error_faces.answer(request, known(failure), failure)
        KeptAnswer.objects.filter(expires_at__lt=clock.machine_now()).delete()
        try:
            row = KeptAnswer.objects.create(
                actor=actor.id, key=key, path=request.path_info[:300], fingerprint=fingerprint,
                expires_at=clock.machine_now() + _AT_WORK_FOR,
            )  # fmt: skip
        except IntegrityError:
            return _again(request, KeptAnswer.objects.filter(actor=actor.id, key=key).first(), fingerprint)
        return self._first(request, row)

    def _first(self, request: HttpRequest, row: KeptAnswer) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 500 or response.streaming or _secret(response):
            row.delete()
            return response
        row.status, row.body = response.status_code, response.content
        row.headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
        row.expires_at = clock.machine_now() + KEPT_FOR
        row.save()
        return response


def _secret(response: HttpResponse) -> bool:
    """Whether the answer must be kept nowhere: a new token is shown once and stored as a digest only."""
    return response.status_code < 400 and "no-store" in response.headers.get("Cache-Control", "")


def _fingerprint(request: HttpRequest, actor: Actor) -> str:
    """Digest of address, JSON body and scopes of the token; bodies that are streamed are not read.

    The scopes count, so that a token which may only read never gets the answer that a wider one got.
    """
    body = request.body if "json" in (request.content_type or "") else b""
    scopes = "*" if actor.scopes is None else ",".join(sorted(actor.scopes))
    return hashlib.sha256(f"{request.get_full_path()}\n{scopes}\n".encode() + body).hexdigest()


def _again(request: HttpRequest, row: KeptAnswer | None, fingerprint: str) -> HttpResponse:
    if row is None or row.status == 0:
        failure: Invalid | Conflict = Conflict("state.conflict", why=_AT_WORK)
        return error_faces.answer(request, failure, failure)
    if row.fingerprint != fingerprint:
        failure = Invalid(_OTHER_REQUEST)
        return error_faces.answer(request, failure, failure)
    response = HttpResponse(bytes(row.body), status=row.status)
    for name, value in row.headers.items():
        response.headers[name] = value
    return response


_AT_WORK = both("同じ要求をまだ処理しています。", "The same request is still being worked on.")
