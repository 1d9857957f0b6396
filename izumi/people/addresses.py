"""The network address of a caller, for the limits."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The caller's address: that of the connection, or – behind a trusted proxy – the last one that no trusted proxy added.

    ``X-Forwarded-For`` of anybody else is ignored. IPv6 counts by /64, for one subscriber has many addresses.
    """
    trusted = settings.IZUMI_TRUSTED_PROXIES
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    while address in trusted and forwarded:
        address = forwarded.pop()
    return _network(address)


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
