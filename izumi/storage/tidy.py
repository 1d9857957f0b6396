"""``storage tidy``: what crashes and changes of mind leave behind, found and removed without ever losing what is named."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta

from izumi.kernel import clock
from izumi.kernel.days import Instant, parse_instant
from izumi.kernel.home import home
from izumi.kernel.locks import Held, exclusive
from izumi.storage import blobs, holds, ocfl, uploads
from izumi.storage.backends import Backend, storage
from izumi.storage.locks import owner_lock
from izumi.storage.models import DroppedDraft, Hold, StoredFile
from izumi.storage.rules import RESTORABLE
from izumi.storage.types import TidyReport

YOUNG = timedelta(hours=24)
IN_TRASH = timedelta(days=7)
HOLD_PENDING = timedelta(hours=1)


def tidy(*, young: timedelta = YOUNG, in_trash: timedelta = IN_TRASH, deep: bool = False) -> TidyReport:
    """Run every sweep once. Only one runs at a time; ``deep`` also heals every object (reads the whole storage's names).

    Blobs that no row names are first set aside, and deleted a week later; a reader that still wants one takes it back.
    """
    with suppress(Held), exclusive(home().drafts / "tidy.lock", wait=False):
        return TidyReport(
            drafts_forgotten=_forget_drafts(),
            uploads_expired=uploads.expire(),
            incoming_removed=_sweep_incoming(young),
            blobs_set_aside=_set_orphans_aside(young),
            blobs_deleted=_empty_trash(in_trash),
            holds_removed=_drop_rolled_back_holds(storage()),
            objects_healed=_heal_all(storage()) if deep else 0,
        )
    return TidyReport()


def _age(path_time: float) -> timedelta:
    return timedelta(seconds=clock.machine_now().timestamp() - path_time)


def _forget_drafts() -> int:
    """File changes of drafts discarded more than 30 days ago (domain time)."""
    old = DroppedDraft.objects.filter(dropped_at__lt=clock.now() - RESTORABLE)
    count = old.count()
    old.delete()
    return count


def _sweep_incoming(young: timedelta) -> int:
    removed = 0
    folder = home().drafts / "incoming"
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if _age(path.stat().st_mtime) >= young:
                path.unlink()
                removed += 1
    return removed


def _set_orphans_aside(young: timedelta) -> int:
    aside = 0
    for sha256, path in blobs.all_blobs():
        with suppress(FileNotFoundError):
            if _age(path.stat().st_mtime) < young or _named(sha256):
                continue
            target = blobs.trash_path(sha256)
            blobs.make_folder(target.parent)
            target.unlink(missing_ok=True)  # were it the same file under two names, renaming would do nothing
            path.replace(target)
            os.utime(target)
            aside += 1
    return aside


def _named(sha256: str) -> bool:
    return StoredFile.objects.filter(sha256=sha256, place="draft").exists()


def _empty_trash(in_trash: timedelta) -> int:
    deleted = 0
    folder = home().drafts / "trash"
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if _named(path.name):
                blobs.open_blob(path.name).close()
            elif _age(path.stat().st_mtime) >= in_trash:
                path.unlink()
                deleted += 1
    return deleted


def _drop_rolled_back_holds(backend: Backend) -> int:
    """A hold without a row belongs to an action that rolled back – or that is still open, so an hour is waited."""
    removed = 0
    for owner_id, token in list(holds.holds(backend)):
        if Hold.objects.filter(pk=token).exists():
            continue
        placed = _placed_at(holds.read_hold(backend, owner_id, token).get("machine_at"))
        if placed is None or clock.machine_now() - placed >= HOLD_PENDING:
            holds.remove_hold(backend, owner_id, token)
            removed += 1
    return removed


def _placed_at(told: object) -> Instant | None:
    try:
        return parse_instant(str(told))
    except ValueError:
        return None


def _heal_all(backend: Backend) -> int:
    healed = 0
    for owner_id in ocfl.all_owners(backend):
        with suppress(Held), owner_lock(owner_id, wait=False):
            ocfl.heal(backend, owner_id)
            healed += 1
    return healed
