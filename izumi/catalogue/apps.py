from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Finding: index, search, suggestions; everything here can be rebuilt."""

    name = "izumi.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
