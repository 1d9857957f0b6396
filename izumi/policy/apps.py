from __future__ import annotations

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Who may do what, and why."""

    name = "izumi.policy"
    label = "policy"
    default_auto_field = "django.db.models.BigAutoField"
