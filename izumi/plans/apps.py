"""The room of plans: data management plans that execute, and where reality left them."""

from __future__ import annotations

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Registers the room."""

    name = "izumi.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"
