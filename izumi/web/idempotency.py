"""``Idempotency-Key``: the same POST sent again by the same actor gets the first answer again, for a day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict, Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.models import KeptAnswer
from izumi.kernel.text import both
from izumi.web import error_faces

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
        fingerprint = _fingerprint(request)
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
        if response.status_code >= 500 or response.streaming:
            row.delete()
            return response
        row.status, row.body = response.status_code, response.content
        row.headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
        row.expires_at = clock.machine_now() + KEPT_FOR
        row.save()
        return response


def _fingerprint(request: HttpRequest) -> str:
    """Digest of address and JSON body; bodies that are streamed are not read."""
    body = request.body if "json" in (request.content_type or "") else b""
    return hashlib.sha256(request.get_full_path().encode() + b"\n" + body).hexdigest()


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
