"""Whether the site lives and whether it has caught up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from izumi.catalogue import queries as catalogue
from izumi.kernel import running


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def readyz(request: HttpRequest) -> HttpResponse:
    """State is reachable; says how far the consumers lag. 503 when one lags by more than 10,000 events."""
    behind = running.behind()
    index = catalogue.health()
    late = max(behind.values(), default=0) > 10_000
    told = {"ready": not late and index.usable, "behind": behind, "jobs": running.waiting_jobs(), "index": index.usable}
    return JsonResponse(told, status=200 if told["ready"] else 503)
