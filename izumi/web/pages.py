"""Pages of the site itself: terms, accessibility, and the lists of projects, organisations and people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def terms(request: HttpRequest) -> HttpResponse:
    """What readers and depositors agree on, in plain words."""
    return render(request, "web/about/terms.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: what is aimed at, what was tested, what is known to be missing."""
    return render(request, "web/about/accessibility.html")


urlpatterns = [
    path("about/terms", terms),
    path("about/accessibility", accessibility),
]
