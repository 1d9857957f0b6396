"""OCFL 1.1: one object per owner, written so that a crash at any moment leaves every claimed version whole.

Order of a write: content files → ``v{n}/inventory.json`` by create-if-absent (this claims the version) → its sidecar →
the root pair (overwritten) → at the first version the object's declaration. Whoever comes next after a crash heals: what
was never claimed is removed, the root pair is copied again from the newest claimed version.

Source: OCFL specification 1.1 (ocfl.io/1.1/spec), extension 0003-hash-and-id-n-tuple-storage-layout.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from izumi.kernel.errors import Damaged, Unavailable
from izumi.storage.backends import Absent, Backend

ROOT_DECLARATION = "0=ocfl_1.1"
OBJECT_DECLARATION = "0=ocfl_object_1.1"
LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
HOLDS = "extensions/izumi-holds"
HOLDS_NOTE = (
    "A file {id}/{token}.json says that the object {id} was being narrowed or withdrawn. Unless the message of one of the "
    "object's versions names the token, treat the whole object as closed."
)
TYPE = "https://ocfl.io/1.1/spec/#inventory"
KEY_BYTES = 900
"""S3 allows 1,024 bytes for a whole key; longer content paths are replaced by short ones."""

_UNSAFE = re.compile('[%#:*?"<>|\\\\\x00-\x1f\x7f]')
_VERSION = re.compile(r"^v([1-9]\d*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Bytes that a version adds: ``chunks()`` opens them afresh; ``sha256`` is checked while they are copied."""

    path: str
    chunks: Callable[[], Iterable[bytes]]
    sha256: str = ""
    placed: Callable[[str, str], None] | None = None
    """Told the SHA-512 and the content path as soon as both are known, before the next file is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Bytes that the object holds already, under the logical path ``path``."""

    path: str
    sha512: str


@dataclass(slots=True, kw_only=True)
class Inventory:
    """An object's inventory: which bytes there are, and which logical paths each version has."""

    owner_id: str
    head: int = 0
    manifest: dict[str, str] = field(default_factory=dict)
    """SHA-512 → content path (Izumi writes each content once)."""
    versions: dict[int, dict[str, Any]] = field(default_factory=dict)

    def state(self, version: int | None = None) -> dict[str, str]:
        """Logical path → SHA-512 of one version, the head by default."""
        block = self.versions.get(version or self.head, {"state": {}})
        return {path: digest for digest, paths in block["state"].items() for path in paths}

    def content_of(self, path: str, version: int | None = None) -> str:
        """Where, in the object, the bytes of a logical path stand. Raises ``KeyError``."""
        return self.manifest[self.state(version)[path]]

    def as_bytes(self) -> bytes:
        """The inventory file."""
        body = {
            "digestAlgorithm": "sha512",
            "head": f"v{self.head}",
            "id": object_id(self.owner_id),
            "manifest": {digest: [path] for digest, path in sorted(self.manifest.items())},
            "type": TYPE,
            "versions": {f"v{n}": self.versions[n] for n in sorted(self.versions)},
        }
        return json.dumps(body, ensure_ascii=False, indent=1).encode()


def parse_inventory(body: bytes, owner_id: str) -> Inventory:
    """Read an inventory file. Raises ``Damaged`` when it is not one of this owner."""
    try:
        raw = json.loads(body)
        found = Inventory(
            owner_id=owner_id,
            head=int(raw["head"][1:]),
            manifest={digest.lower(): paths[0] for digest, paths in raw["manifest"].items()},
            versions={int(name[1:]): block for name, block in raw["versions"].items()},
        )
        sound = raw["id"] == object_id(owner_id) and raw["digestAlgorithm"] == "sha512" and found.head in found.versions
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as broken:
        raise Damaged(what="inventory", owner=owner_id) from broken
    if not sound:
        raise Damaged(what="inventory", owner=owner_id)
    return found


# ---------------------------------------------------------------- names


def object_id(owner_id: str) -> str:
    """The identifier of the owner's object; a URI, as OCFL asks."""
    return f"izumi:{owner_id}"


def owner_of(object_identifier: str) -> str:
    """The owner of an object identifier."""
    return object_identifier.removeprefix("izumi:")


def object_root(owner_id: str) -> str:
    """The folder of the owner's object in the storage root (layout 0003)."""
    identifier = object_id(owner_id)
    digest = hashlib.sha256(identifier.encode()).hexdigest()
    encoded = "".join(c if re.match(r"[A-Za-z0-9_-]", c) else "".join(f"%{b:02x}" for b in c.encode()) for c in identifier)
    return f"{digest[0:3]}/{digest[3:6]}/{digest[6:9]}/{encoded}"


def content_path(version: int, logical: str) -> str:
    """Where new bytes go: the logical path itself, with what disks and S3 dislike percent-encoded; short when it is too long."""
    segments = [_safe_segment(segment) for segment in logical.split("/")]
    encoded = "/".join(segments)
    if len(encoded.encode()) > KEY_BYTES or any(len(segment.encode()) > 240 for segment in segments):
        encoded = "long/" + hashlib.sha256(logical.encode()).hexdigest()
    return f"v{version}/content/{encoded}"


def _safe_segment(segment: str) -> str:
    safe = _UNSAFE.sub(lambda m: f"%{ord(m.group()):02X}", segment)
    if safe and safe[-1] in " .":
        safe = safe[:-1] + f"%{ord(safe[-1]):02X}"
    return safe


# ---------------------------------------------------------------- the storage root


def prepare_root(backend: Backend) -> None:
    """Declare the storage root, once. Refuses (``storage.not_ours``) a place that declares something else."""
    if backend.get_or_none(ROOT_DECLARATION) is not None:
        return
    stray = next((name for name in backend.names() if "/" not in name and name.startswith("0=")), None)
    if stray is not None:
        raise Unavailable("storage.not_ours", found=stray)
    layout = {"extension": LAYOUT, "description": "Three levels of the SHA-256 of the object id, then the id itself."}
    config = {"extensionName": LAYOUT, "digestAlgorithm": "sha256", "tupleSize": 3, "numberOfTuples": 3}
    backend.put_new("ocfl_layout.json", as_json(layout))
    backend.put_new(f"extensions/{LAYOUT}/config.json", as_json(config))
    backend.put_new("izumi-storage.md", (Path(__file__).parent / "storage_note.md").read_bytes())
    backend.put_new(f"{HOLDS}/config.json", as_json({"extensionName": "izumi-holds", "description": HOLDS_NOTE}))
    backend.put_new(ROOT_DECLARATION, b"ocfl_1.1\n")


def as_json(value: Any) -> bytes:
    """Readable JSON with a closing line break."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def all_owners(backend: Backend) -> Iterator[str]:
    """Owners of every object in the storage, in the order of their folders; streamed."""
    for first in backend.folders():
        if not re.fullmatch(r"[0-9a-f]{3}", first.rsplit("/", 1)[-1]):
            continue
        for second in backend.folders(first):
            for third in backend.folders(second):
                for root in backend.folders(third):
                    yield owner_of(root.rsplit("/", 1)[-1].replace("%3a", ":"))


# ---------------------------------------------------------------- reading


def sidecar(body: bytes) -> bytes:
    """The digest file beside an inventory."""
    return f"{hashlib.sha512(body).hexdigest()} inventory.json\n".encode()


def head_inventory(backend: Backend, owner_id: str) -> Inventory | None:
    """The inventory of the newest claimed version; ``None`` when there is no claimed version. Changes nothing.

    Cost: 3 requests in the usual case. Raises ``Damaged`` when no inventory that was claimed can be read.
    """
    root = object_root(owner_id)
    body = backend.get_or_none(f"{root}/inventory.json")
    side = backend.get_or_none(f"{root}/inventory.json.sha512")
    if body is not None and side == sidecar(body):
        found = parse_inventory(body, owner_id)
        if backend.size(f"{root}/v{found.head + 1}/inventory.json") is None:
            return found
    return _newest_claimed(backend, root, owner_id)


def _newest_claimed(backend: Backend, root: str, owner_id: str) -> Inventory | None:
    for number in sorted(_version_numbers(backend, root), reverse=True):
        body = backend.get_or_none(f"{root}/v{number}/inventory.json")
        if body is not None:
            return parse_inventory(body, owner_id)
    return None


def _version_numbers(backend: Backend, root: str) -> list[int]:
    matches = (_VERSION.match(folder.rsplit("/", 1)[-1]) for folder in backend.folders(root))
    return [int(match.group(1)) for match in matches if match]


def read_content(backend: Backend, owner_id: str, content: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Bytes of one content path of an object. Raises ``Damaged`` when they are missing."""
    try:
        return backend.read(f"{object_root(owner_id)}/{content}", start, length)
    except Absent as lost:
        raise Damaged(what="missing", owner=owner_id, content=content) from lost


def read_logical(backend: Backend, inventory: Inventory, path: str, version: int | None = None) -> bytes | None:
    """All bytes of a small logical file (``izumi/record.json``); ``None`` when the version has none. Checked by SHA-512."""
    digest = inventory.state(version).get(path)
    if digest is None:
        return None
    body = b"".join(read_content(backend, inventory.owner_id, inventory.manifest[digest]))
    if hashlib.sha512(body).hexdigest() != digest:
        raise Damaged(what="digest", owner=inventory.owner_id, content=inventory.manifest[digest])
    return body


# ---------------------------------------------------------------- writing


def heal(backend: Backend, owner_id: str) -> Inventory | None:
    """Remove what was never claimed and make the root pair the newest claimed version's. Only for whoever holds the owner's lock."""
    root = object_root(owner_id)
    backend.sweep(root)
    found = head_inventory(backend, owner_id)
    if found is None and _claimed_nothing_but_has_root(backend, root):
        raise Damaged(what="inventory", owner=owner_id)
    claimed = found.head if found else 0
    for number in _version_numbers(backend, root):
        if number > claimed:
            for name in list(backend.names(f"{root}/v{number}/")):
                backend.delete(name)
    if found is not None:
        _publish_root(backend, root, backend.get(f"{root}/v{found.head}/inventory.json"), found.head)
    return found


def _claimed_nothing_but_has_root(backend: Backend, root: str) -> bool:
    return backend.size(f"{root}/inventory.json") is not None


def _publish_root(backend: Backend, root: str, body: bytes, head: int) -> None:
    side = sidecar(body)
    for folder in (f"{root}/v{head}", root):
        if folder == root and backend.get_or_none(f"{folder}/inventory.json") != body:
            backend.put(f"{folder}/inventory.json", body)
        if backend.get_or_none(f"{folder}/inventory.json.sha512") != side:
            backend.put(f"{folder}/inventory.json.sha512", side)
    if backend.size(f"{root}/{OBJECT_DECLARATION}") is None:
        backend.put(f"{root}/{OBJECT_DECLARATION}", b"ocfl_object_1.1\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a write did: the version that now is the head, and where each logical path's bytes are."""

    inventory: Inventory
    new: bool
    """False when the head already had exactly this state, so nothing was written."""

    def place(self, path: str) -> tuple[str, str]:
        """SHA-512 and content path of a logical path."""
        digest = self.inventory.state()[path]
        return digest, self.inventory.manifest[digest]


def write_version(
    backend: Backend,
    owner_id: str,
    files: Iterable[Incoming | Kept],
    *,
    created: str,
    message: str,
    user: str,
    address: str,
) -> Written:
    """Make ``files`` the next version of the owner's object; bytes it already holds are not copied.

    ``created`` is RFC 3339 with offset. The caller holds the owner's lock. When the head has this state already, nothing is
    written. Raises ``Damaged`` when bytes do not match their SHA-256, ``Unavailable`` when another writer claimed first.
    """
    prepare_root(backend)
    healed = heal(backend, owner_id)
    inventory = healed or Inventory(owner_id=owner_id)
    root, number = object_root(owner_id), inventory.head + 1
    state: dict[str, list[str]] = {}
    added: list[str] = []
    for each in files:
        digest, new = _bring_in(backend, root, number, inventory, each)
        added += [new] if new else []
        if isinstance(each, Incoming) and each.placed is not None:
            each.placed(digest, inventory.manifest[digest])
        state.setdefault(digest, []).append(each.path)
    if inventory.head and state_of(inventory) == {digest: sorted(paths) for digest, paths in state.items()}:
        for path in added:
            backend.delete(f"{root}/{path}")
        return Written(inventory=inventory, new=False)
    inventory.head = number
    inventory.versions[number] = {
        "created": created,
        "message": message,
        "state": {digest: sorted(paths) for digest, paths in sorted(state.items())},
        "user": {"address": address, "name": user},
    }
    body = inventory.as_bytes()
    if not backend.put_new(f"{root}/v{number}/inventory.json", body):
        raise Unavailable("storage.unreachable", what="another writer claimed the version first", retry_after=1)
    _publish_root(backend, root, body, number)
    return Written(inventory=inventory, new=True)


def state_of(inventory: Inventory) -> dict[str, list[str]]:
    """The head's state in the inventory's own form, paths sorted."""
    return {digest: sorted(paths) for digest, paths in inventory.versions[inventory.head]["state"].items()}


def _bring_in(backend: Backend, root: str, number: int, inventory: Inventory, each: Incoming | Kept) -> tuple[str, str]:
    """The SHA-512 of a file, and the content path when it was copied now; bytes that turn out to be known are not kept twice."""
    if isinstance(each, Kept):
        if each.sha512 not in inventory.manifest:
            raise Damaged(what="missing", owner=inventory.owner_id, content=each.path)
        return each.sha512, ""
    path = content_path(number, each.path)
    digest = _copy(backend, f"{root}/{path}", each, inventory.owner_id)
    if digest in inventory.manifest:
        backend.delete(f"{root}/{path}")
        return digest, ""
    inventory.manifest[digest] = path
    return digest, path


def _copy(backend: Backend, target: str, each: Incoming, owner_id: str) -> str:
    strong, quick = hashlib.sha512(), hashlib.sha256()

    def passing() -> Iterator[bytes]:
        for chunk in each.chunks():
            strong.update(chunk)
            if each.sha256:
                quick.update(chunk)
            yield chunk

    backend.put_stream(target, passing())
    if each.sha256 and quick.hexdigest() != each.sha256:
        backend.delete(target)
        raise Damaged(what="digest", owner=owner_id, path=each.path)
    return strong.hexdigest()
