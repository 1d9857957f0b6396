"""Addresses for readers and machines: records, resolver, linksets, sitemap, robots, OAI-PMH, the change feed."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from izumi.publishing import feed, landing, sitemap
from izumi.publishing.oai import provider

ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /en/search
Disallow: /search
Disallow: /login
Disallow: /en/login
Disallow: /work
Disallow: /en/work
Disallow: /records/new
Disallow: /en/records/new
Disallow: /*/edit$
Disallow: /*/history$

Sitemap: {base}/sitemap.xml

# Harvesters: please take everything in one go, by OAI-PMH or the change feed, instead of page by page.
# まとめて集める方へ：ページをたどらず、OAI-PMH か変更フィードをお使いください。
# OAI-PMH 2.0: {base}/oai?verb=Identify
# Changes:     {base}/changes
"""
API_CATALOG = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'


def sitemap_index(request: HttpRequest) -> HttpResponse:
    """``/sitemap.xml``."""
    return HttpResponse(sitemap.index(settings.IZUMI_BASE_URL), content_type="application/xml")


def sitemap_page(request: HttpRequest, letters: str) -> HttpResponse:
    """``/sitemap-{letters}.xml``."""
    return HttpResponse(sitemap.page(settings.IZUMI_BASE_URL, letters), content_type="application/xml")


def robots(request: HttpRequest) -> HttpResponse:
    """``/robots.txt``."""
    return HttpResponse(ROBOTS.format(base=settings.IZUMI_BASE_URL), content_type="text/plain; charset=utf-8")


def _arguments(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for given in (request.GET, request.POST):
        for name, values in given.lists():
            yield from ((name, str(value)) for value in values)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """``/oai``: OAI-PMH 2.0. Only reads, also by POST; who asks makes no difference, errors of the protocol are 200."""
    return HttpResponse(provider.answer(_arguments(request)), content_type="text/xml; charset=utf-8")


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """``/changes``: every public change since a number, one JSON object a line."""
    return feed.answer(request)


@require_safe
def api_catalog(request: HttpRequest) -> HttpResponse:
    """``/.well-known/api-catalog``: the machine faces of this site. Source: rfc-9727."""
    base = settings.IZUMI_BASE_URL
    here, api, harvest, told = f"{base}/.well-known/api-catalog", f"{base}/api/v1/", f"{base}/oai", f"{base}/changes"
    links = [
        {"anchor": here, "item": [{"href": face} for face in (api, harvest, told)]},
        {
            "anchor": api, "service-desc": [{"href": f"{api}openapi.json", "type": "application/json"}],
            "service-doc": [{"href": f"{api}docs", "type": "text/html"}],
        },
        {"anchor": harvest, "service-desc": [{"href": f"{harvest}?verb=Identify", "type": "text/xml"}]},
        {"anchor": told, "service-meta": [{"href": told, "type": feed.MEDIA_TYPE}]},
    ]  # fmt: skip
    response = HttpResponse(orjson.dumps({"linkset": links}), content_type=API_CATALOG)
    response.headers["Link"] = f'<{here}>; rel="api-catalog"'
    return response


# Only what looks like an identifier: /records/new and the like belong to the room of records.
RECORD = r"^records/(?P<record>[0-9A-Za-z]{5}-?[0-9A-Za-z]{5})"

urlpatterns = [
    path("id/<str:record>", landing.resolver),
    re_path(RECORD + r"$", landing.record_page),
    re_path(RECORD + r"/linkset$", landing.linkset),
    path("records/<str:record>/v/<int:n>", landing.record_page),
    path("records/<str:record>/v/<int:n>/linkset", landing.linkset),
    path("sitemap.xml", sitemap_index),
    path("sitemap-<str:letters>.xml", sitemap_page),
    path("robots.txt", robots),
    path("oai", oai),
    path("changes", changes),
    path(".well-known/api-catalog", api_catalog),
]
