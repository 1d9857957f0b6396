"""The room of publishing: seals, identifiers, and the public faces of records."""

from __future__ import annotations

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Registers the room."""

    name = "izumi.publishing"
    label = "publishing"
    default_auto_field = "django.db.models.BigAutoField"
