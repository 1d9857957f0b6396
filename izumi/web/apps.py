"""Web: composition of the rooms into one site."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Base templates, static files and template tags."""

    name = "izumi.web"
    label = "web"
