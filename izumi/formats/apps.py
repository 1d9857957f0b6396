"""The room of formats: what leaves and enters Izumi as a file."""

from __future__ import annotations

from django.apps import AppConfig


class FormatsConfig(AppConfig):
    """Registers the room; it has no tables."""

    name = "izumi.formats"
    label = "formats"
    default_auto_field = "django.db.models.BigAutoField"
