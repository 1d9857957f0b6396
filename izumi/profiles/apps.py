"""The room of profiles as a Django app; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    """Profiles: the metadata document, packs of fields, vocabularies and rules, findings."""

    name = "izumi.profiles"
    label = "profiles"
    default_auto_field = "django.db.models.BigAutoField"
