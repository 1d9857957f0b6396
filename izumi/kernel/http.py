"""The one client for outgoing HTTP: it resolves first, refuses inner addresses, re-checks redirects, limits size and time."""

from __future__ import annotations

import ipaddress
import os
import socket
from urllib.parse import urlsplit

import httpx

from izumi.kernel.errors import Invalid

MAX_BYTES = 50_000_000
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)


def _allowed(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    return ip.is_global and not ip.is_multicast


def checked(url: str) -> tuple[str, str]:
    """Host and resolved address of a URL that may be fetched; ``Invalid`` (``http.refused_address``) otherwise.

    ``IZUMI_ALLOW_PRIVATE_URLS=1`` lets tests and closed networks reach inner addresses.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.username:
        raise Invalid((), "http.refused_address", url=url[:200])
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)}
    except OSError as unknown:
        raise Invalid((), "http.refused_address", url=url[:200]) from unknown
    if os.environ.get("IZUMI_ALLOW_PRIVATE_URLS") != "1" and not all(_allowed(address) for address in found):
        raise Invalid((), "http.refused_address", url=url[:200])
    return host, sorted(found)[0]


class _Guard(httpx.HTTPTransport):
    """Checks each request, redirects too, and connects to the very address that was checked."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host, address = checked(str(request.url))
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.headers["Host"] = request.url.netloc.decode("ascii")
        request.url = request.url.copy_with(host=address)
        return super().handle_request(request)


def guarded_client() -> httpx.Client:
    """A client for addresses that users or other systems gave; redirects are followed at most three times."""
    return httpx.Client(
        transport=_Guard(retries=0), timeout=_TIMEOUT, follow_redirects=True, max_redirects=3, trust_env=False,
        headers={"User-Agent": "Izumi (research data platform)"},
    )  # fmt: skip


def fetch(client: httpx.Client, url: str, *, limit: int = MAX_BYTES) -> bytes:
    """The body behind a URL, at most ``limit`` bytes; ``Invalid`` when it is larger."""
    with client.stream("GET", url) as answer:
        answer.raise_for_status()
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > limit:
                raise Invalid((), "input.too_large", limit=f"{limit} B")
        return bytes(body)
