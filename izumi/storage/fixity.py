"""Whether an object's bytes are still what its inventory says: every fault is named by file and versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from izumi.kernel.errors import Damaged
from izumi.storage import ocfl
from izumi.storage.backends import Absent, Backend, storage
from izumi.storage.types import Damage

DATA = "data/"


def faults(owner_id: str, backend: Backend | None = None) -> Iterator[Damage]:
    """Every fault of an owner's object; reads every byte once, in chunks. Nothing is changed.

    An owner without an object has no fault here; whether there should be one is known above this room.
    """
    place = backend or storage()
    root = ocfl.object_root(owner_id)
    try:
        inventory = ocfl.head_inventory(place, owner_id)
    except Damaged:
        yield Damage(owner_id=owner_id, path="inventory.json", what="inventory")
        return
    if inventory is None:
        return
    yield from _pairs(place, root, inventory)
    yield from _declaration(place, root, owner_id)
    yield from _contents(place, root, inventory)


def _pairs(place: Backend, root: str, inventory: ocfl.Inventory) -> Iterator[Damage]:
    """Inventories and their digest files: the root's and each version's."""
    for number in (None, *sorted(inventory.versions)):
        folder = f"{root}/v{number}" if number else root
        shown = f"v{number}/inventory.json" if number else "inventory.json"
        body, side = place.get_or_none(f"{folder}/inventory.json"), place.get_or_none(f"{folder}/inventory.json.sha512")
        versions = (number,) if number else tuple(inventory.versions)
        if body is None or side is None:
            yield Damage(owner_id=inventory.owner_id, path=shown, what="missing", content_path=shown, versions=versions)
        elif side != ocfl.sidecar(body):
            yield Damage(owner_id=inventory.owner_id, path=shown, what="digest", content_path=shown, versions=versions)


def _declaration(place: Backend, root: str, owner_id: str) -> Iterator[Damage]:
    name = ocfl.OBJECT_DECLARATION
    body = place.get_or_none(f"{root}/{name}")
    if body != b"ocfl_object_1.1\n":
        yield Damage(owner_id=owner_id, path=name, what="missing" if body is None else "digest", content_path=name)


def _contents(place: Backend, root: str, inventory: ocfl.Inventory) -> Iterator[Damage]:
    known = set()
    for digest, content in inventory.manifest.items():
        known.add(f"{root}/{content}")
        what = _fault(place, f"{root}/{content}", digest)
        if what:
            yield from _named(inventory, digest, content, what)
    for number in inventory.versions:
        for name in place.names(f"{root}/v{number}/content/"):
            if name not in known:
                shown = name.removeprefix(root + "/")
                yield Damage(owner_id=inventory.owner_id, path=shown, what="unexpected", content_path=shown, versions=(number,))


def _fault(place: Backend, path: str, digest: str) -> str:
    found = hashlib.sha512()
    try:
        for chunk in place.read(path):
            found.update(chunk)
    except (Absent, OSError):
        return "missing"
    return "" if found.hexdigest() == digest else "digest"


def _named(inventory: ocfl.Inventory, digest: str, content: str, what: str) -> Iterator[Damage]:
    """One fault for each logical path that bears the bytes, with the object's versions that hold it."""
    paths: dict[str, list[int]] = {}
    for number, block in inventory.versions.items():
        for path in block["state"].get(digest, ()):
            paths.setdefault(path, []).append(number)
    for path, versions in sorted(paths.items()):
        yield Damage(
            owner_id=inventory.owner_id, path=path.removeprefix(DATA), what=what, content_path=content,
            versions=tuple(versions),
        )  # fmt: skip
