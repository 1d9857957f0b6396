"""Holds: a word in the storage that an owner is being narrowed, written before the narrowing commits.

Until some version of the object has taken the change in – its message names the hold's token – a rebuild treats the owner
as closed. So nothing that was narrowed or withdrawn ever reopens, whatever crashed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from izumi.storage import ocfl
from izumi.storage.backends import Backend

RELEASES = "; releases holds "
"""Stands in a version's message before the tokens it has taken in."""



def put_hold(backend: Backend, owner_id: str, token: str, body: dict[str, Any]) -> None:
    """Say in the storage that the owner is being narrowed; durable when this returns."""
    ocfl.prepare_root(backend)
    backend.put(f"{ocfl.HOLDS}/{owner_id}/{token}.json", ocfl.as_json(body))


def holds(backend: Backend, owner_id: str = "") -> Iterator[tuple[str, str]]:
    """Holds in the storage as (owner, token); of one owner, or all."""
    for name in backend.names(f"{ocfl.HOLDS}/{owner_id}/" if owner_id else f"{ocfl.HOLDS}/"):
        parts = name.removeprefix(f"{ocfl.HOLDS}/").split("/")
        if len(parts) == 2 and parts[1].endswith(".json"):
            yield parts[0], parts[1].removesuffix(".json")


def read_hold(backend: Backend, owner_id: str, token: str) -> dict[str, Any]:
    """What a hold says; empty when it cannot be read (it holds all the same)."""
    body = backend.get_or_none(f"{ocfl.HOLDS}/{owner_id}/{token}.json")
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def remove_hold(backend: Backend, owner_id: str, token: str) -> None:
    """Take a hold away."""
    backend.delete(f"{ocfl.HOLDS}/{owner_id}/{token}.json")


def released(inventory: ocfl.Inventory) -> frozenset[str]:
    """Tokens of the holds that some version of the object has taken in."""
    found: set[str] = set()
    for block in inventory.versions.values():
        _, marker, tokens = str(block.get("message", "")).partition(RELEASES)
        found.update(tokens.split() if marker else ())
    return frozenset(found)
