"""Records: draft, version, link, workflow – the hub."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Registers the room."""

    name = "izumi.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
