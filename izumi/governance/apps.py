"""The room of governance: reports, reporting rounds and what was handed in."""

from __future__ import annotations

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Registers the room."""

    name = "izumi.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"
