"""``kill -9`` inside storage: put, resumable upload, publish, seal and tidy die at random moments; nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import random
import signal
import time
from datetime import timedelta
from typing import Any

import pytest

from izumi.kernel import running
from izumi.kernel.home import home as the_home
from izumi.publishing import seal
from izumi.publishing.verify import verify_all
from izumi.records import actions as records
from izumi.records import file_actions, file_queries
from izumi.storage import backends, ocfl, uploads
from izumi.storage import queries as storage
from izumi.storage.tidy import tidy
from tests.builders import World, a_document, a_world

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.scale]
ROUNDS = 200 if os.environ.get("IZUMI_LONG") else 8


class Acknowledged:
    """What children were told to be safe, line by line through a pipe that outlives them."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, str]] = {}
        self.uploads: dict[str, tuple[int, bytes]] = {}
        self.published: set[str] = set()

    def take(self, lines: bytes) -> None:
        """Take in every whole line."""
        for line in lines.split(b"\n")[:-1]:
            kind, record, *rest = line.decode().split("\t")
            if kind == "file":
                self.files.setdefault(record, {})[rest[0]] = rest[1]
            elif kind == "upload":
                self.uploads[record] = (int(rest[0]), bytes.fromhex(rest[1]))
            elif kind == "finished":
                self.uploads.pop(record, None)
            elif kind == "published":
                self.published.add(record)


class Broken(io.BytesIO):
    """A stream that gives little at a time, so that a kill meets it half way."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 1, 50_000) if (size or -1) > 0 else 50_000)


def work_until_killed(world: World, seed: int, out: int) -> None:
    """The child: one deposit after another; every acknowledgement is written to the pipe at once."""
    dice, me = random.Random(seed), world.actor("researcher")

    def say(*words: object) -> None:
        os.write(out, ("\t".join(map(str, words)) + "\n").encode())

    while True:
        record = records.create_record(me, metadata=a_document(), prefill=False).id
        for n in range(dice.randint(1, 3)):
            body = dice.randbytes(dice.choice([0, 100, 200_000]))
            file_actions.put_file(me, record, f"d/put{n}", Broken(body))
            say("file", record, f"d/put{n}", hashlib.sha256(body).hexdigest())
        body = dice.randbytes(150_000)
        told = {"record": record, "path": "tus"}
        ticket = file_actions.open_upload(me, length=len(body), told=told, header="")
        seed_of_body = body[:16].hex()
        while not ticket.complete:
            part = Broken(body[ticket.offset : ticket.offset + 60_000])
            ticket = file_actions.append_upload(me, ticket, part, offset=ticket.offset, checksum=None)
            say("upload", ticket.id, ticket.offset, seed_of_body)
        say("finished", ticket.id)
        say("file", record, "tus", hashlib.sha256(body).hexdigest())
        records.publish_version(me, record)
        say("published", record)
        seal.seal(record)
        tidy(young=timedelta(hours=1), deep=dice.random() < 0.3)


def one_round(world: World, seed: int, known: Acknowledged) -> None:
    """Fork a child, let it work for a moment, kill it, and take in what it had been told."""
    from django.db import connections

    connections.close_all()
    backends._opened.cache_clear()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with contextlib.suppress(BaseException):
            work_until_killed(world, seed, writing)
        os._exit(1)
    os.close(writing)
    time.sleep(random.Random(seed).uniform(0.15, 1.5))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as lines:
        known.take(lines.read())


def everything_acknowledged_is_there(world: World, known: Acknowledged) -> None:
    me = world.actor("researcher")
    for record, files in known.files.items():
        seen = file_queries.files_of(me, record)
        assert seen.label == "1" or record not in known.published
        for path, digest in files.items():
            row = storage.stat(record, 1, path)
            assert row is not None, (record, path)
            assert hashlib.sha256(b"".join(storage.read(row))).hexdigest() == digest == row.sha256
    for upload, (offset, _) in known.uploads.items():
        assert uploads.find(upload).offset >= offset


def everything_visible_is_whole() -> None:
    faults = [told for told in verify_all() if not told["ok"]]
    assert faults == []


def objects_are_valid() -> None:
    from ocfl.storage_root import StorageRoot

    root = StorageRoot(root=str(the_home().objects))
    assert root.validate(), (str(root.log), root.errors)
    assert root.num_objects == root.good_objects


def test_kill_nine_in_storage_loses_nothing_and_shows_no_half_state(home: Any) -> None:
    world, known = a_world(), Acknowledged()
    for number in range(ROUNDS):
        one_round(world, 20261121 + number, known)
        if number % 10 < 3:
            everything_acknowledged_is_there(world, known)
    running.until_idle()
    assert len(known.published) >= ROUNDS // 2, "the children did too little to prove anything"
    everything_acknowledged_is_there(world, known)
    everything_visible_is_whole()
    tidy(deep=True)
    objects_are_valid()
    for record in known.published:
        head = ocfl.head_inventory(backends.storage(), record)
        assert head is not None, record
        assert storage.summary(record, 1).count == len(list(storage.iterate(record, 1)))
