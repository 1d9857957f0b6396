"""``/id/{id}`` of a plan or of one of its entries leads those who may see it to its page; every other identifier goes on
to the resolver of records."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.cache import patch_vary_headers

from izumi.kernel.errors import IzumiError
from izumi.kernel.ids import parse_id
from izumi.plans import queries as plans
from izumi.publishing import landing


def resolver(request: HttpRequest, record: str) -> HttpResponse:
    """``/id/{id}``. A plan is told only to its readers: to others its identifier looks like any unknown one."""
    key = parse_id(record)
    if not request.actor.is_anonymous:  # type: ignore[attr-defined]
        key = plans.plan_of_entry(key) or key
    if request.actor.is_anonymous or not _sees(request, key):  # type: ignore[attr-defined]
        answer: HttpResponse = landing.resolver(request, record)
        return answer
    response = HttpResponse(status=303)
    prefix = "/en" if landing.reads_english(request) else ""
    response.headers["Location"] = f"{settings.IZUMI_BASE_URL}{prefix}/plans/{key}"
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def _sees(request: HttpRequest, key: str) -> bool:
    try:
        return bool(plans.plan(request.actor, key).can.get("see"))  # type: ignore[attr-defined]
    except IzumiError:
        return False


urlpatterns = [path("id/<str:record>", resolver)]
