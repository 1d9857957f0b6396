"""Resumable uploads (tus 1.0.0): what has arrived, on disk, and how much of it is durable.

``drafts/uploads/{id}/part`` holds the bytes, ``…/durable`` a log of acknowledged offsets: a line is appended and synced only
after the bytes before it were. After a crash the last whole line is the truth; bytes beyond it are cut off, because after
a power failure they may be zeros that nobody sent. Bytes of one long PATCH are made durable every 64 MB, so that little is
sent twice.

Source: tus resumable upload protocol 1.0.0 (tus.io/protocols/resumable-upload).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from izumi.kernel import clock
from izumi.kernel.errors import Conflict, Gone, Invalid, IzumiError, NotThere, TooMuch
from izumi.kernel.home import home
from izumi.storage import blobs
from izumi.storage.blobs import CHUNK, SecondThreadHash, make_folder, sync_folder, write_all, write_faults
from izumi.storage.models import Upload
from izumi.storage.types import UploadState, UploadTicket

ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
KEPT_FOR = timedelta(days=7)
CHECKPOINT = 64 * CHUNK

_running: OrderedDict[str, tuple[int, Any]] = OrderedDict()
"""Half-way SHA-256 of uploads that this process receives, so that the end need not read everything again."""
_running_lock = threading.Lock()


# ---------------------------------------------------------------- life


def folder_of(upload_id: str) -> Path:
    """Where an upload's bytes are."""
    return home().drafts / "uploads" / upload_id


def create(
    *, owner_id: str, path: str, length: int, sender: str, sha256: str = "", media_type: str = "", metadata: str = ""
) -> UploadTicket:
    """Open an upload; it is kept for seven days after the last byte that arrived."""
    now = clock.machine_now()
    row = Upload(
        id=secrets.token_urlsafe(18).replace("-", "a").replace("_", "b"), owner_id=owner_id, path=path, length=length,
        sha256=sha256, media_type=media_type, metadata=metadata, sender=sender, created_at=now, expires_at=now + KEPT_FOR,
    )  # fmt: skip
    with write_faults():
        make_folder(folder_of(row.id))
        for name in ("part", "durable"):
            (folder_of(row.id) / name).touch(mode=0o600)
        sync_folder(folder_of(row.id))
    row.save(force_insert=True)
    return _ticket(row, 0)


def find(upload_id: str) -> UploadTicket:
    """An upload and its durable offset. Raises ``NotThere`` for an unknown one, ``Gone`` for an ended one."""
    row = Upload.objects.filter(pk=upload_id).first()
    if row is None:
        raise NotThere("upload", upload_id)
    if row.state == UploadState.DONE:
        return _ticket(row, row.length)
    if row.state == UploadState.TERMINATED or row.expires_at <= clock.machine_now():
        raise Gone("upload.ended")
    try:
        return _ticket(row, durable_offset(row.id))
    except FileNotFoundError as lost:
        raise Gone("upload.ended") from lost


def open_uploads(sender: str, owner_id: str) -> list[UploadTicket]:
    """What one sender has begun for one owner and not finished, oldest first."""
    rows = Upload.objects.filter(sender=sender, owner_id=owner_id, state="open", expires_at__gt=clock.machine_now())
    found = []
    for row in rows.order_by("created_at")[:1000]:
        with suppress(FileNotFoundError):
            found.append(_ticket(row, durable_offset(row.id)))
    return found


def _ticket(row: Upload, offset: int) -> UploadTicket:
    return UploadTicket(
        id=row.id, owner_id=row.owner_id, path=row.path, length=row.length, offset=offset, state=UploadState(row.state),
        sender=row.sender, expires_at=row.expires_at, sha256=row.sha256, metadata=row.metadata, media_type=row.media_type,
    )  # fmt: skip


def durable_offset(upload_id: str) -> int:
    """Bytes that were acknowledged or might have been: the last whole line of the log."""
    offset = 0
    for line in (folder_of(upload_id) / "durable").read_bytes().split(b"\n"):
        number, _, check = line.partition(b" ")
        if number.isdigit() and check == f"{zlib.crc32(number):08x}".encode():
            offset = int(number)
    return offset


def _acknowledge(upload_id: str, part: BinaryIO, offset: int) -> None:
    os.fsync(part.fileno())
    number = str(offset).encode()
    with (folder_of(upload_id) / "durable").open("ab", buffering=0) as log:
        log.write(b"\n" + number + b" " + f"{zlib.crc32(number):08x}".encode() + b"\n")
        os.fsync(log.fileno())


@contextmanager
def _only_writer(upload_id: str) -> Iterator[BinaryIO]:
    """The part file, for one writer at a time; ``upload.busy`` for the second."""
    try:
        part = (folder_of(upload_id) / "part").open("r+b", buffering=0)
    except FileNotFoundError as lost:
        raise Gone("upload.ended") from lost
    with part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Conflict("upload.busy") from busy
        yield part  # type: ignore[misc]


def append(
    ticket: UploadTicket, stream: blobs.Readable, *, offset: int, checksum: tuple[str, bytes] | None = None
) -> UploadTicket:
    """Add a stream at ``offset``; every byte that the answer counts is durable.

    With a checksum the whole part counts or nothing. Without one, what arrived before a broken connection is kept.
    Refuses: ``upload.offset_mismatch``, ``upload.too_long``, ``upload.checksum_mismatch``, ``upload.busy``, ``storage.full``.
    """
    with write_faults(), _only_writer(ticket.id) as part:
        durable = durable_offset(ticket.id)
        if offset != durable:
            raise Conflict("upload.offset_mismatch", offset=durable)
        part.truncate(durable)
        part.seek(durable)
        try:
            end = _pour(ticket, stream, part, durable, checksum)
        except BaseException:
            _keep_or_cut(ticket.id, part, whole=checksum is None)
            raise
        _acknowledge(ticket.id, part, end)
    expires = clock.machine_now() + KEPT_FOR
    Upload.objects.filter(pk=ticket.id, state="open").update(expires_at=expires)
    return find(ticket.id)


def _keep_or_cut(upload_id: str, part: BinaryIO, *, whole: bool) -> None:
    durable = durable_offset(upload_id)
    arrived = part.seek(0, os.SEEK_END)
    with _running_lock:
        _running.pop(upload_id, None)
    if whole and arrived > durable:
        with suppress(OSError):
            _acknowledge(upload_id, part, arrived)
            return
    with suppress(OSError):
        part.truncate(durable)


def _pour(
    ticket: UploadTicket, stream: blobs.Readable, part: BinaryIO, start: int, checksum: tuple[str, bytes] | None
) -> int:
    digest = _resumed_hash(ticket.id, start)
    claimed = ALGORITHMS[checksum[0]]() if checksum else None
    at, marked = start, start
    try:
        while chunk := stream.read(CHUNK):
            if at + len(chunk) > ticket.length:
                raise TooMuch("upload.too_long", length=ticket.length)
            write_all(part, chunk)
            at += len(chunk)
            if digest is not None:
                digest.update(chunk)
            if claimed is not None:
                claimed.update(chunk)
            elif at - marked >= CHECKPOINT:
                _acknowledge(ticket.id, part, at)
                marked = at
    finally:
        if digest is not None:
            digest.close()
    if claimed is not None and checksum is not None and claimed.digest() != checksum[1]:
        raise IzumiError("upload.checksum_mismatch")
    _remember_hash(ticket.id, at, digest)
    return at


def _resumed_hash(upload_id: str, at: int) -> SecondThreadHash | None:
    with _running_lock:
        known = _running.pop(upload_id, None)
    if at == 0:
        return SecondThreadHash()
    return SecondThreadHash(known[1]) if known and known[0] == at else None


def _remember_hash(upload_id: str, at: int, digest: SecondThreadHash | None) -> None:
    if digest is None:
        return
    with _running_lock:
        _running[upload_id] = (at, digest.hash)
        while len(_running) > 1000:
            _running.popitem(last=False)


def finish(ticket: UploadTicket) -> blobs.Blob:
    """Turn the complete bytes into a blob; doing it again after a crash gives the same blob.

    Refuses ``file.digest_mismatch`` when the sender told another SHA-256: then the upload ends and nothing is kept.
    """
    folder, part = folder_of(ticket.id), folder_of(ticket.id) / "part"
    with write_faults(), _only_writer(ticket.id) as opened:
        opened.truncate(ticket.length)
        with _running_lock:
            known = _running.pop(ticket.id, None)
        sha256 = known[1].hexdigest() if known and known[0] == ticket.length else blobs.digest_of(part)[0]
        if ticket.sha256 and sha256 != ticket.sha256:
            terminate(ticket.id)
            raise Invalid((), "file.digest_mismatch", expected=ticket.sha256, found=sha256)
        target = blobs.blob_path(sha256)
        make_folder(target.parent)
        # A second name, not a move: should the process end before the row is written, the upload is still whole.
        spare = folder / "blob"
        spare.unlink(missing_ok=True)
        os.link(part, spare)
        os.utime(spare)
        os.fsync(opened.fileno())
        spare.replace(target)
        spare.unlink(missing_ok=True)
        sync_folder(target.parent)
    return blobs.Blob(sha256=sha256, size_bytes=ticket.length)


def close(upload_id: str) -> None:
    """The file is in the draft: remember that for those who ask again, and drop the upload's own copy."""
    Upload.objects.filter(pk=upload_id).update(state="done")
    shutil.rmtree(folder_of(upload_id), ignore_errors=True)


def terminate(upload_id: str) -> None:
    """End an upload and free its room."""
    Upload.objects.filter(pk=upload_id).update(state="terminated")
    with _running_lock:
        _running.pop(upload_id, None)
    shutil.rmtree(folder_of(upload_id), ignore_errors=True)


def expire() -> int:
    """Remove uploads whose time is over, and folders that no upload knows; how many."""
    now, ended = clock.machine_now(), 0
    for pk in list(Upload.objects.filter(state="open", expires_at__lte=now).values_list("pk", flat=True)):
        terminate(pk)
        ended += 1
    Upload.objects.exclude(state="open").filter(expires_at__lte=now).delete()
    root = home().drafts / "uploads"
    if root.is_dir():
        for folder in root.iterdir():
            young = now.timestamp() - folder.stat().st_mtime < KEPT_FOR.total_seconds()
            if not young and not Upload.objects.filter(pk=folder.name, state="open").exists():
                shutil.rmtree(folder, ignore_errors=True)
                ended += 1
    return ended
