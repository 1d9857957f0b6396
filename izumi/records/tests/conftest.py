"""A site seen from outside, for tests of files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.builders import World, a_document, a_world

BODY = bytes(range(256)) * 40


@pytest.fixture
def world(home: object) -> World:
    return a_world()


class Site:
    """The test client with somebody's token."""

    def __init__(self, client: Client, world: World, who: str | None) -> None:
        self.client, self.headers = client, world.bearer(who) if who else {}

    def call(self, method: str, path: str, data: Any = None, kind: str = "application/json", **headers: str) -> Any:
        told: dict[str, Any] = {}
        if data is not None:
            told = {"data": data if isinstance(data, bytes) else json.dumps(data), "content_type": kind}
        names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        return getattr(self.client, method)(path, **told, **self.headers, **names)

    def draft(self, **changes: Any) -> str:
        made = self.call("post", "/api/v1/records", {"metadata": a_document(**changes), "prefill": False})
        assert made.status_code == 201, made.content
        return str(made.json()["id"])

    def put(self, record: str, path: str, body: bytes = BODY, **headers: str) -> Any:
        return self.call("put", f"/api/v1/records/{record}/files/{path}", body, "application/octet-stream", **headers)

    def publish(self, record: str) -> None:
        done = self.call("post", f"/api/v1/records/{record}/publish", {})
        assert done.status_code == 200, done.content

    def files(self, record: str, **query: str) -> list[str]:
        told = self.client.get(f"/api/v1/records/{record}/files", query, **self.headers)
        assert told.status_code == 200, told.content
        return [item["path"] for item in told.json()["items"]]


@pytest.fixture
def site_of(client: Client, world: World) -> Callable[[str | None], Site]:
    """The site as somebody sees it; nobody for ``None``."""
    return lambda who: Site(client, world, who)
