"""Draft blobs and tidy: durable when told, nothing left behind, nothing lost that is named."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest

from izumi.kernel import clock
from izumi.kernel.actors import system
from izumi.kernel.errors import Damaged, Invalid, TooMuch, Unavailable
from izumi.kernel.home import home as the_home
from izumi.kernel.work import work
from izumi.storage import actions, backends, blobs, holds
from izumi.storage.models import DroppedDraft
from izumi.storage.tidy import tidy

pytestmark = pytest.mark.usefixtures("home")
OWNER = "3f8zk-2m7qd"
NOW = timedelta(0)


def names(folder: str) -> list[str]:
    path = the_home().drafts / folder
    return sorted(p.name for p in path.rglob("*") if p.is_file()) if path.exists() else []


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) * 9 + 7])
def test_a_received_stream_is_a_blob_named_by_its_digest(size: int) -> None:
    body = os.urandom(size)
    blob = blobs.receive(io.BytesIO(body))
    assert (blob.sha256, blob.size_bytes) == (hashlib.sha256(body).hexdigest(), size)
    with blobs.open_blob(blob.sha256) as found:
        assert found.read() == body
    assert names("incoming") == []


def test_memory_stays_constant_whatever_the_size() -> None:
    class Endless:
        left = 200

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return bytes(1 << 20) if self.left >= 0 else b""

    tracemalloc.start()
    blobs.receive(Endless())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def test_what_is_not_as_expected_leaves_nothing() -> None:
    for wrong in ({"expected_sha256": "0" * 64}, {"expected_size": 4}):
        with pytest.raises(Invalid):
            blobs.receive(io.BytesIO(b"abc"), **wrong)
    with pytest.raises(TooMuch):
        blobs.receive(io.BytesIO(b"abc"), limit=2)

    def no_room(size: int) -> None:
        raise Unavailable("storage.full")

    with pytest.raises(Unavailable):
        blobs.receive(io.BytesIO(b"abc"), room=no_room)
    assert (names("incoming"), names("blobs")) == ([], [])


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "storage.full"), (errno.EROFS, "storage.read_only")])
def test_a_full_or_shut_disk_is_told_clearly(monkeypatch: Any, number: int, code: str) -> None:
    def fail(*args: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(blobs.os, "fsync", fail)
    with pytest.raises(Unavailable) as told:
        blobs.receive(io.BytesIO(b"abc"))
    assert (told.value.code, told.value.status) == (code, 507)
    assert names("incoming") == []


def put(path: str, body: bytes) -> str:
    blob = blobs.receive(io.BytesIO(body))
    with work(system("test"), "test") as w:
        actions.put_row(
            w, OWNER, 1, path, sha256=blob.sha256, size_bytes=blob.size_bytes, media_type="text/plain"
        )
        w.journal("test.put", OWNER)
    return blob.sha256


def test_tidy_sets_orphans_aside_and_deletes_them_later_but_never_what_is_named() -> None:
    kept, orphan = put("a", b"kept"), blobs.receive(io.BytesIO(b"orphan")).sha256
    assert tidy().blobs_set_aside == 0
    done = tidy(young=NOW)
    assert (done.blobs_set_aside, done.blobs_deleted) == (1, 0)
    assert blobs.blob_path(kept).exists()
    assert names("trash") == [orphan]
    with blobs.open_blob(orphan) as found:
        assert found.read() == b"orphan"
    tidy(young=NOW)
    assert tidy(young=NOW, in_trash=NOW).blobs_deleted == 1
    with pytest.raises(Damaged):
        blobs.open_blob(orphan)
    with blobs.open_blob(kept) as found:
        assert found.read() == b"kept"


def test_a_blob_that_is_named_again_comes_back_from_the_trash() -> None:
    orphan = blobs.receive(io.BytesIO(b"again")).sha256
    tidy(young=NOW)
    with work(system("test"), "test") as w:
        actions.put_row(w, OWNER, 1, "a", sha256=orphan, size_bytes=5, media_type="text/plain")
        w.journal("test.put", OWNER)
    assert tidy(young=NOW, in_trash=NOW).blobs_deleted == 0
    assert blobs.blob_path(orphan).exists()


def test_a_discarded_draft_keeps_its_bytes_for_thirty_days() -> None:
    digest = put("a", b"thrown away")
    with work(system("test"), "test") as w:
        actions.drop_draft_rows(w, OWNER, 1)
        w.journal("test.dropped", OWNER)
    tidy(young=NOW, in_trash=NOW)
    assert blobs.blob_path(digest).exists()
    with clock.at(clock.machine_now() + timedelta(days=31)):
        tidy(young=NOW)
    assert not DroppedDraft.objects.exists()
    assert names("trash") == [digest]


def test_what_a_killed_process_was_receiving_is_swept() -> None:
    (the_home().drafts / "incoming").mkdir(parents=True, exist_ok=True)
    (the_home().drafts / "incoming" / "half").write_bytes(b"half")
    assert tidy().incoming_removed == 0
    assert tidy(young=NOW).incoming_removed == 1


def test_a_hold_whose_action_rolled_back_is_removed_after_an_hour_and_a_committed_one_stays() -> None:
    class Rolled(Exception):
        pass

    with pytest.raises(Rolled), work(system("test"), "test") as w:
        actions.hold(w, OWNER, narrowing="withdrawn")
        raise Rolled
    with work(system("test"), "test") as w:
        kept = actions.hold(w, OWNER, narrowing="withdrawn")
        w.journal("test.held", OWNER)
    assert len(list(holds.holds(backends.storage()))) == 2
    assert tidy().holds_removed == 0
    later = clock.machine_now() + timedelta(hours=2)
    import unittest.mock

    with unittest.mock.patch("izumi.kernel.clock.machine_now", lambda: later):
        assert tidy().holds_removed == 1
    assert list(holds.holds(backends.storage())) == [(OWNER, kept)]


def test_only_one_tidy_runs_at_a_time() -> None:
    from izumi.kernel.locks import exclusive

    blobs.receive(io.BytesIO(b"orphan"))
    with exclusive(the_home().drafts / "tidy.lock"):
        assert tidy(young=NOW).blobs_set_aside == 0
