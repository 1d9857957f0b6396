"""What every template may use beside its own context."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Site facts, language and who reads. Cost: no statement."""
    return {
        "site": {
            "name": settings.IZUMI_TITLE.one(getattr(request, "lang", "ja")),
            "url": settings.IZUMI_BASE_URL,
            "email": settings.IZUMI_ADMIN_EMAIL,
            "demo": settings.IZUMI_ENV == "demo",
        },
        "lang": getattr(request, "lang", "ja"),
        "actor": getattr(request, "actor", None),
        "person": getattr(request, "person", None),
        "page_path": getattr(request, "page_path", request.path_info),
    }
