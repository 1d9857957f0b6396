"""Addresses for readers and machines: records, resolver, linksets, sitemap, robots."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from izumi.publishing import landing, sitemap

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
"""


def sitemap_index(request: HttpRequest) -> HttpResponse:
    """``/sitemap.xml``."""
    return HttpResponse(sitemap.index(settings.IZUMI_BASE_URL), content_type="application/xml")


def sitemap_page(request: HttpRequest, letters: str) -> HttpResponse:
    """``/sitemap-{letters}.xml``."""
    return HttpResponse(sitemap.page(settings.IZUMI_BASE_URL, letters), content_type="application/xml")


def robots(request: HttpRequest) -> HttpResponse:
    """``/robots.txt``."""
    return HttpResponse(ROBOTS.format(base=settings.IZUMI_BASE_URL), content_type="text/plain; charset=utf-8")


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
]
