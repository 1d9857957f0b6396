from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who someone is, and who vouches for it."""

    name = "izumi.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
