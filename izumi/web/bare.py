"""The yardstick of ``izumi bench http``: a Django application with one view that answers bytes from memory, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path

_SAMPLES = (
    json.loads(Path(os.environ["IZUMI_BENCH_SAMPLES"]).read_text("utf-8"))
    if "IZUMI_BENCH_SAMPLES" in os.environ
    else {}
)
_BODIES = {path: (Path(sample["file"]).read_bytes(), sample["type"]) for path, sample in _SAMPLES.items()}


def answer(request: HttpRequest) -> HttpResponse:
    """The same bytes that the site answered at this address."""
    body, media_type = _BODIES[request.path_info]
    return HttpResponse(body, content_type=media_type)


urlpatterns: list[URLPattern] = [re_path(r"", answer)]


def application_alone() -> WSGIHandler:
    """The application; settings without database, middleware, templates."""
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="bench", MIDDLEWARE=[], USE_I18N=False)  # noqa: S106
    django.setup(set_prefix=False)
    return WSGIHandler()


if _BODIES:
    application = application_alone()
