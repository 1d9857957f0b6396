"""Kernel: words and mechanisms that every room may use."""

from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Registers the kernel's tables: journal and jobs."""

    name = "izumi.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
