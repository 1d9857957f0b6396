"""Storage: bytes, and which of them belong to which version of which owner."""

from __future__ import annotations

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """Registers the tables of storage: file rows, counters and uploads in progress."""

    name = "izumi.storage"
    label = "storage"
    default_auto_field = "django.db.models.BigAutoField"
