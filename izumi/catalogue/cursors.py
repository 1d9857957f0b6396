"""Opaque places in a result list. A cursor is bound to its query by a keyed digest, so it can neither be forged nor reused."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

from izumi.catalogue.types import Query
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both

_MAC_LETTERS = 16


def written(place: Mapping[str, Any], query: Query) -> str:
    """The cursor of a place in the answer to a query."""
    body = base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":"), sort_keys=True).encode()).decode()
    return f"{_mac(body, query)}{body.rstrip('=')}"


def read(query: Query) -> dict[str, Any]:
    """The place that the query's cursor names; empty at the beginning. Raises `Invalid` for a wrong cursor."""
    if not query.cursor:
        return {}
    mac, body = query.cursor[:_MAC_LETTERS], query.cursor[_MAC_LETTERS:]
    body += "=" * (-len(body) % 4)
    if not body.isascii() or not constant_time_compare(mac, _mac(body, query)):
        raise Invalid(_wrong())
    place: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body))
    return place


def _mac(body: str, query: Query) -> str:
    asked = json.dumps([query.q, sorted((k, sorted(v)) for k, v in query.filters.items()), query.order, query.expand])
    return salted_hmac("izumi.catalogue.cursor", f"{body.rstrip('=')}\n{asked}", algorithm="sha256").hexdigest()[:_MAC_LETTERS]


def _wrong() -> Finding:
    return Finding(
        rule="search-cursor-unknown", severity=Severity.ERROR, pointer="/cursor",
        message=both("続きの位置（cursor）がこの検索のものではありません。", "The cursor does not belong to this search."),
        fix=both("はじめのページから取り直してください。", "Start again from the first page."),
    )  # fmt: skip
