"""What the seal asks of storage: an owner's object as it stands, and its next version. No record is known here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from izumi.kernel.days import Instant, parse_instant
from izumi.kernel.errors import Damaged
from izumi.storage import holds, ocfl, queries
from izumi.storage.backends import storage
from izumi.storage.models import Hold
from izumi.storage.types import OBJECT_PLACE, FileRow

DATA = "data/"
FILES = "izumi/files.jsonl"


@dataclass(slots=True, kw_only=True)
class Sealing:
    """The places that one seal has learned: SHA-256 → (SHA-512, content path), and which rows were unsealed."""

    owner_id: str
    inventory: ocfl.Inventory | None
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    rows: list[tuple[int, str]] = field(default_factory=list)

    def sealed_rows(self) -> Iterator[tuple[int, str, str]]:
        """What ``actions.mark_sealed`` writes."""
        for row_id, sha256 in self.rows:
            yield (row_id, *self.places[sha256])


def committed_holds(owner_id: str) -> list[str]:
    """Tokens of holds whose narrowing has committed. Ask before reading the state that is to be sealed."""
    return list(Hold.objects.filter(owner_id=owner_id).values_list("pk", flat=True))


def begin(owner_id: str) -> Sealing:
    """Heal the owner's object after a crash and learn what it holds, so that no byte is copied a second time."""
    sealing = Sealing(owner_id=owner_id, inventory=ocfl.heal(storage(), owner_id))
    if sealing.inventory is not None:
        for row in files_of(sealing.inventory):
            if row.sha512:
                sealing.places[row.sha256] = (row.sha512, row.place.removeprefix(OBJECT_PLACE))
    return sealing


def document(sealing: Sealing, path: str) -> bytes | None:
    """A small file of the object's head (``izumi/record.json``), checked by its digest; ``None`` when there is none."""
    return ocfl.read_logical(storage(), sealing.inventory, path) if sealing.inventory is not None else None


def files_of(inventory: ocfl.Inventory) -> Iterator[FileRow]:
    """The rows that a sealed object tells of (``izumi/files.jsonl``); their ``id`` is 0."""
    body = ocfl.read_logical(storage(), inventory, FILES)
    for line in (body or b"").splitlines():
        told = json.loads(line)
        yield FileRow(
            id=0, owner_id=inventory.owner_id, path=told["path"], from_version=told["from"], to_version=told["to"],
            sha256=told["sha256"], sha512=told["sha512"], size_bytes=told["size"], media_type=told["media_type"],
            place=told["place"],
        )  # fmt: skip


def write(
    sealing: Sealing, version: int, documents: Callable[[], Iterable[tuple[str, bytes]]], *, created: str, message: str,
    address: str,
) -> ocfl.Written:  # fmt: skip
    """Make the files of ``version`` and the given documents the object's next version; the caller holds the owner's lock."""
    return ocfl.write_version(
        storage(), sealing.owner_id, _incoming(sealing, version, documents), created=created, message=message, user="Izumi",
        address=address,
    )  # fmt: skip


def _incoming(
    sealing: Sealing, version: int, documents: Callable[[], Iterable[tuple[str, bytes]]]
) -> Iterator[ocfl.Incoming | ocfl.Kept]:
    for row in queries.iterate(sealing.owner_id, version):
        if not row.is_reference:
            yield _data(sealing, row)
    yield ocfl.Incoming(path=FILES, chunks=lambda: _told_files(sealing, version))
    for path, body in documents():
        yield ocfl.Incoming(path=path, chunks=_once(body))


def _once(body: bytes) -> Callable[[], list[bytes]]:
    return lambda: [body] if body else []


def _data(sealing: Sealing, row: FileRow) -> ocfl.Incoming | ocfl.Kept:
    path = DATA + row.path
    if row.sha512:
        return ocfl.Kept(path=path, sha512=row.sha512)
    sealing.rows.append((row.id, row.sha256))
    known = sealing.places.get(row.sha256)
    if known is not None:
        return ocfl.Kept(path=path, sha512=known[0])

    def placed(sha512: str, content: str) -> None:
        sealing.places[row.sha256] = (sha512, content)

    return ocfl.Incoming(path=path, chunks=lambda: queries.read(row), sha256=row.sha256, placed=placed)


def _told_files(sealing: Sealing, version: int) -> Iterator[bytes]:
    """One line for each row of a version up to this one, with its interval: the whole history in one file."""
    for row in queries.intervals(sealing.owner_id, version):
        sha512, place = row.sha512, row.place
        if not sha512 and not row.is_reference:
            sha512, content = sealing.places[row.sha256]
            place = OBJECT_PLACE + content
        ended = row.to_version if row.to_version is not None and row.to_version <= version else None
        told = {
            "path": row.path, "from": row.from_version, "to": ended, "size": row.size_bytes, "media_type": row.media_type,
            "sha256": row.sha256, "sha512": sha512, "place": place,
        }  # fmt: skip
        yield json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def remove_holds(owner_id: str, tokens: Iterable[str]) -> None:
    """Take holds out of the storage, after the seal that has taken them in was committed."""
    for token in tokens:
        holds.remove_hold(storage(), owner_id, token)


# ---------------------------------------------------------------- rebuilding


def sealed_owners() -> Iterator[str]:
    """Owners of every object in the storage; streamed."""
    return ocfl.all_owners(storage())


def read_sealed(owner_id: str) -> Sealing:
    """An owner's object as it stands, without touching it. Raises ``Damaged`` when no version of it was ever whole."""
    inventory = ocfl.head_inventory(storage(), owner_id)
    if inventory is None:
        raise Damaged(what="inventory", owner=owner_id)
    return Sealing(owner_id=owner_id, inventory=inventory)


def sealed_at(sealed: Sealing) -> Instant:
    """When the head of an owner's object was written (domain time)."""
    if sealed.inventory is None:
        raise Damaged(what="inventory", owner=sealed.owner_id)
    return parse_instant(str(sealed.inventory.versions[sealed.inventory.head]["created"]))


def open_holds(sealed: Sealing) -> list[str]:
    """Tokens of holds that no version of the object has taken in: the owner must come back closed."""
    taken = holds.released(sealed.inventory) if sealed.inventory else frozenset()
    return [token for _, token in holds.holds(storage(), sealed.owner_id) if token not in taken]


def restored_rows(sealed: Sealing, through: int) -> Iterator[FileRow]:
    """The rows of versions up to ``through``; bytes are not opened. Raises ``Damaged`` when one names no bytes."""
    if sealed.inventory is None:
        return
    known = set(sealed.inventory.manifest.items())
    for row in files_of(sealed.inventory):
        if row.from_version > through:
            continue
        if not row.is_reference and (row.sha512, row.place.removeprefix(OBJECT_PLACE)) not in known:
            raise Damaged(what="missing", owner=sealed.owner_id, path=row.path)
        yield row
