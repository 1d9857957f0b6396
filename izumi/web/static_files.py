"""Static files of the product: few, small, served with a long life under a build number."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from izumi.kernel.errors import NotThere

FOLDER = Path(__file__).resolve().parent / "static"


@lru_cache(maxsize=64)
def _file(name: str, stamp: float) -> tuple[bytes, str, str]:
    body = (FOLDER / name).read_bytes()
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return body, media, f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def names() -> frozenset[str]:
    """The files there are; nothing else is ever served."""
    return frozenset(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file())


@lru_cache(maxsize=1)
def build() -> str:
    """A short number that changes with any static file or the version, for addresses and ETags."""
    from izumi import __version__

    digest = hashlib.sha256(__version__.encode())
    for name in sorted(names()):
        digest.update((FOLDER / name).read_bytes())
    return digest.hexdigest()[:8]


def static_file(request: HttpRequest, name: str) -> HttpResponse:
    """``/static/<name>``."""
    if name not in names():
        raise NotThere("file")
    body, media, etag = _file(name, (FOLDER / name).stat().st_mtime)
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        text = media.startswith("text/") or media.endswith(("javascript", "svg+xml"))
        response = HttpResponse(body, content_type=f"{media}; charset=utf-8" if text else media)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.GET else "no-cache"
    return response
