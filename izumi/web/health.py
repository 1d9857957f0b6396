"""Whether the site lives and whether it has caught up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from izumi.kernel import running


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def readyz(request: HttpRequest) -> HttpResponse:
    """State is reachable; says how far the consumers lag. 503 when one lags by more than 10,000 events."""
    behind = running.behind()
    late = max(behind.values(), default=0) > 10_000
    return JsonResponse({"ready": not late, "behind": behind, "jobs": running.waiting_jobs()}, status=503 if late else 200)
