"""Answers of the API: JSON with a strong ETag."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse


def answer(request: HttpRequest, value: Any, *, status: int = 200, location: str = "") -> HttpResponse:
    """JSON with a strong ETag; 304 when the reader has it already."""
    body = orjson.dumps(value)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.method == "GET" and etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/json", status=status)
    response.headers["ETag"] = etag
    if location:
        response.headers["Location"] = f"/api/v1{location}"
    return response
