"""All addresses of the site, composed from the rooms."""

from __future__ import annotations

import importlib
import importlib.util

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from izumi.kernel.errors import NotThere
from izumi.web.api import api
from izumi.web.api_pages import by_kind, docs, error_codes
from izumi.web.health import healthz, readyz
from izumi.web.static_files import static_file

PAGES = (
    "izumi.web.resolving",
    "izumi.catalogue.pages", "izumi.publishing.pages", "izumi.records.file_pages", "izumi.records.pages", "izumi.people.pages",
    "izumi.people.notice_pages", "izumi.plans.pages", "izumi.governance.pages",
    "izumi.web.pages", "izumi.web.circles",
)  # fmt: skip


def _patterns(module: str) -> list[URLPattern | URLResolver]:
    if importlib.util.find_spec(module) is None:
        return []
    found: list[URLPattern | URLResolver] = importlib.import_module(module).urlpatterns
    return found


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address."""
    raise NotThere("page")


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/docs", docs),
    path("api/v1/", api.urls),
    path("docs/errors", error_codes),
    re_path(r"^(?:datasets|collections|publications|software)/(?P<key>[^/]+)(?P<rest>/.*)?$", by_kind),
    path("static/<path:name>", static_file),
    path("healthz", healthz),
    path("readyz", readyz),
    *(pattern for module in PAGES for pattern in _patterns(module)),
    re_path(r"^(?P<rest>.*)$", nothing_here),
]
