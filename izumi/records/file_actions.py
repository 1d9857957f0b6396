"""Writes of files in drafts: each request is one action, one transaction, one journal entry, however many files it brings.

Bytes are received and made durable before the transaction opens; what is refused afterwards is an orphan blob that tidy
removes. File changes do not bump the draft's revision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict, IzumiError, Refused
from izumi.kernel.ids import parse_id
from izumi.kernel.work import Work, work
from izumi.records.actions import file_changed
from izumi.records.queries.reading import Loaded, draft_of, load_for
from izumi.records.types import DraftKind
from izumi.storage import actions as storage
from izumi.storage import rules
from izumi.storage.types import Blob, FileRow, UploadTicket


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Durable bytes that wait for their place in a draft."""

    path: str
    blob: Blob
    media_type: str


def draft_for_files(actor: Actor, record_id: str) -> Loaded:
    """The record whose draft's files this actor may change; asked before any byte is read.

    Raises ``NotThere``, ``SignInNeeded``, ``Refused``, ``draft.none``, ``draft.metadata_only``.
    """
    loaded = load_for(actor, record_id, "edit")
    if draft_of(loaded).kind == DraftKind.METADATA:
        raise Conflict("draft.metadata_only")
    return loaded


def _enter(w: Work, record_id: str) -> tuple[Loaded, str, int]:
    loaded = draft_for_files(w.actor, record_id)
    return loaded, loaded.record.id, loaded.draft_version


def _told(rows: Iterable[FileRow], version: int) -> dict[str, object]:
    """What a journal entry says of the files: counts always, the first names for history pages."""
    known = list(rows)
    first = [{"path": row.path, "size": row.size_bytes, "sha256": row.sha256} for row in known[:20]]
    return {"version": version, "count": len(known), "bytes": sum(row.size_bytes or 0 for row in known), "files": first}


def put_files(actor: Actor, record_id: str, arrived: Iterable[Arrived]) -> list[storage.Put]:
    """Put files into the draft, all or none. Nothing is journalled when every one was there already.

    Refuses (``file.name_collides``) names that some disks could not tell apart.
    """
    with work(actor, "record.put_file") as w:
        loaded, owner, version = _enter(w, record_id)
        put = [
            storage.put_row(
                w, owner, version, each.path, sha256=each.blob.sha256, size_bytes=each.blob.size_bytes,
                media_type=each.media_type,
            )
            for each in arrived
        ]  # fmt: skip
        changed = [each.row for each in put if each.changed]
        if changed:
            file_changed(w, loaded)
            w.journal("record.file_put", owner, _told(changed, version))
        else:
            w.joined = True
    return put


def put_file(
    actor: Actor,
    record_id: str,
    path: str,
    stream: storage.Readable,
    *,
    expected_sha256: str = "",
    expected_size: int | None = None,
    declared_type: str = "",
) -> storage.Put:
    """Receive one file of any size into the draft, in constant memory; durable when this returns."""
    loaded = draft_for_files(actor, record_id)
    name = rules.parse_path(path)
    storage.refuse_taken_name(loaded.record.id, name, path)
    digest = rules.parse_digest(expected_sha256)
    blob = storage.receive(stream, expected_sha256=digest, expected_size=expected_size)
    media_type = rules.media_type_of(name, declared_type)
    return put_files(actor, loaded.record.id, [Arrived(path=name, blob=blob, media_type=media_type)])[0]


def remove_file(actor: Actor, record_id: str, path: str) -> int:
    """Take a file – or, with a closing slash, a folder – out of the draft; how many files went. Raises ``NotThere``."""
    with work(actor, "record.remove_file") as w:
        loaded, owner, version = _enter(w, record_id)
        if path.endswith("/"):
            count = storage.remove_rows(w, owner, version, rules.parse_folder(path))
        else:
            storage.remove_row(w, owner, version, rules.parse_path(path))
            count = 1
        file_changed(w, loaded)
        w.journal("record.file_removed", owner, {"version": version, "path": path, "count": count})
    return count


def move_file(actor: Actor, record_id: str, source: str, target: str) -> int:
    """Rename a file or a folder in the draft; no byte is copied. How many files moved."""
    before = rules.parse_path(source.removesuffix("/"), pointer="/from")
    after = rules.parse_path(target.removesuffix("/"), pointer="/to")
    with work(actor, "record.move_file") as w:
        loaded, owner, version = _enter(w, record_id)
        count = storage.move_rows(w, owner, version, before, after)
        if count:
            file_changed(w, loaded)
            w.journal("record.file_moved", owner, {"version": version, "from": before, "to": after, "count": count})
        else:
            w.joined = True
    return count


def link_file(
    actor: Actor, record_id: str, *, url: str, path: str = "", size_bytes: int | None = None, sha256: str = ""
) -> storage.Put:
    """Enter a reference: the bytes stay where they are, address, size and digest are kept."""
    address = rules.parse_reference(url)
    name = rules.parse_path(path or unquote(urlsplit(url).path).rstrip("/").rsplit("/", 1)[-1])
    digest = rules.parse_digest(sha256)
    with work(actor, "record.link_file") as w:
        loaded, owner, version = _enter(w, record_id)
        put = storage.put_row(
            w, owner, version, name, sha256=digest, size_bytes=size_bytes, media_type=rules.media_type_of(name),
            place=f"url:{address}",
        )  # fmt: skip
        if put.changed:
            file_changed(w, loaded)
            told = {"version": version, "path": name, "url": address, "size": size_bytes}
            w.journal("record.file_put", owner, {**told, "count": 1})
        else:
            w.joined = True
    return put


# ---------------------------------------------------------------- resumable uploads


def open_upload(actor: Actor, *, length: int, told: dict[str, str], header: str) -> UploadTicket:
    """Begin an upload into a record's draft; access, name and digest are checked before a byte arrives."""
    record_id, path = told.get("record", ""), told.get("path") or told.get("filename") or told.get("name", "")
    if not record_id or not path:
        raise IzumiError("upload.bad_request", header="Upload-Metadata")
    loaded = draft_for_files(actor, parse_id(record_id))
    name = rules.parse_path(path)
    storage.refuse_taken_name(loaded.record.id, name, path)
    return storage.create_upload(
        owner_id=loaded.record.id, path=name, length=length, sender=actor.id, metadata=header,
        sha256=rules.parse_digest(told.get("sha256", "")),
        media_type=rules.media_type_of(name, told.get("filetype") or told.get("type", "")),
    )  # fmt: skip


def upload_of(actor: Actor, upload_id: str) -> UploadTicket:
    """An upload, for the one who began it and who still may edit the record. Raises ``NotThere``, ``Gone``, ``Refused``."""
    ticket = storage.find_upload(upload_id)
    draft_for_files(actor, ticket.owner_id)
    if ticket.sender != actor.id:
        raise Refused(None, "upload.not_yours")
    return ticket


def append_upload(
    actor: Actor, ticket: UploadTicket, stream: storage.Readable, *, offset: int, checksum: tuple[str, bytes] | None
) -> UploadTicket:
    """Add bytes; when they were the last ones, the file is in the draft before this returns."""
    moved = storage.append_upload(ticket, stream, offset=offset, checksum=checksum)
    return finish_upload(actor, moved)


def finish_upload(actor: Actor, ticket: UploadTicket) -> UploadTicket:
    """Put a complete upload into the draft. After a crash in the middle it is simply done again."""
    if not ticket.complete or ticket.state != "open":
        return ticket
    blob = storage.finish_upload(ticket)
    put_files(actor, ticket.owner_id, [Arrived(path=ticket.path, blob=blob, media_type=ticket.media_type)])
    storage.close_upload(ticket.id)
    return storage.find_upload(ticket.id)


def end_upload(actor: Actor, upload_id: str) -> None:
    """Terminate an upload. Raises ``Gone`` when it has ended before."""
    ticket = upload_of(actor, upload_id)
    storage.terminate_upload(ticket.id)
