"""The seal: what stands in the storage, after a crash too, and what a rebuild would find there."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import pytest
from ocfl.storage_root import StorageRoot
from ocfl.validator import Validator

from izumi.kernel import journal
from izumi.kernel.home import home as the_home
from izumi.publishing import seal
from izumi.records import actions as records
from izumi.records import file_actions
from izumi.records.models import Record
from izumi.storage import actions as storage_actions
from izumi.storage import backends, holds, ocfl
from izumi.storage import queries as storage
from izumi.storage.models import Hold
from tests.builders import World, a_document, a_world

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def put(world: World, record: str, path: str, body: bytes) -> None:
    file_actions.put_file(world.actor("researcher"), record, path, io.BytesIO(body))


def a_record(world: World, files: dict[str, bytes], **changes: Any) -> str:
    me = world.actor("researcher")
    record = records.create_record(me, metadata=a_document(**changes), prefill=False).id
    for path, body in files.items():
        put(world, record, path, body)
    records.publish_version(me, record)
    return record


def inventory(record: str) -> ocfl.Inventory:
    found = ocfl.head_inventory(backends.storage(), record)
    assert found is not None
    return found


def document(record: str, path: str) -> Any:
    body = ocfl.read_logical(backends.storage(), inventory(record), path)
    assert body is not None
    return json.loads(body)


def everything_is_valid() -> None:
    root = StorageRoot(root=str(the_home().objects))
    assert root.validate(), (str(root.log), root.errors)
    assert root.num_objects == root.good_objects


def test_a_published_record_is_sealed_as_a_valid_object_with_its_head_state(world: World, run_workers: Any) -> None:
    record = a_record(world, {"測定/a.csv": b"1,2\n", "b.bin": b"\0" * 5000, "empty": b""})
    run_workers()
    everything_is_valid()
    assert Validator(log_warnings=True).validate_object(str(the_home().objects / ocfl.object_root(record)))
    assert sorted(inventory(record).state()) == [
        "data/b.bin", "data/empty", "data/測定/a.csv", "izumi/context.json", "izumi/files.jsonl", "izumi/record.json",
        "ro-crate-metadata.json",
    ]  # fmt: skip
    head = document(record, "izumi/record.json")
    assert (head["format"], head["id"], head["state"], head["sealed_through"]) == (1, record, "published", 1)
    facts = document(record, "izumi/context.json")["facts"]
    assert {facts[key]["type"] for key in facts} == {"person", "organisation"}
    crate = document(record, "ro-crate-metadata.json")
    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    assert {"@id": "data/%E6%B8%AC%E5%AE%9A/a.csv"} in crate["@graph"][1]["hasPart"]
    row = storage.stat(record, 1, "測定/a.csv")
    assert row.place == "object:v1/content/data/測定/a.csv"
    assert b"".join(storage.read(row)) == b"1,2\n"
    assert Record.objects.get(pk=record).seal_state == "sealed"
    assert [e.verb for e in journal.events_of(record)][0] == "record.sealed"


def test_a_second_version_shares_the_bytes_that_did_not_change(world: World, run_workers: Any) -> None:
    record = a_record(world, {"same": b"same", "changed": b"old", "gone": b"gone"})
    run_workers()
    me = world.actor("researcher")
    records.open_version(me, record, kind="files")
    put(world, record, "changed", b"new")
    file_actions.remove_file(me, record, "gone")
    records.publish_version(me, record)
    run_workers()
    everything_is_valid()
    found = inventory(record)
    assert found.content_of("data/same") == "v1/content/data/same"
    assert found.content_of("data/changed") == "v2/content/data/changed"
    assert "data/gone" not in found.state()
    assert b"".join(storage.read(storage.stat(record, 1, "gone"))) == b"gone"
    assert b"".join(storage.read(storage.stat(record, 1, "changed"))) == b"old"


def test_versions_published_faster_than_sealed_are_all_kept(world: World, run_workers: Any) -> None:
    record = a_record(world, {"a": b"one", "gone": b"gone"})
    me = world.actor("researcher")
    for body in (b"two", b"three"):
        records.open_version(me, record, kind="files")
        put(world, record, "a", body)
        if body == b"two":
            file_actions.remove_file(me, record, "gone")
        records.publish_version(me, record)
    run_workers()
    everything_is_valid()
    for version, body in ((1, b"one"), (2, b"two"), (3, b"three")):
        row = storage.stat(record, version, "a")
        assert row.place.startswith("object:")
        assert b"".join(storage.read(row)) == body
    assert b"".join(storage.read(storage.stat(record, 1, "gone"))) == b"gone"
    assert document(record, "izumi/record.json")["sealed_through"] == 3


def test_sealing_again_without_a_change_writes_nothing(world: World, run_workers: Any) -> None:
    record = a_record(world, {"a": b"one"})
    run_workers()
    before = inventory(record).head
    assert seal.seal(record)["versions"] == []
    Record.objects.filter(pk=record).update(stamp=99)
    assert seal.seal(record)["versions"] == []
    assert inventory(record).head == before
    assert Record.objects.get(pk=record).seal_state == "sealed"


def test_a_draft_in_progress_is_not_in_the_storage(world: World, run_workers: Any) -> None:
    record = a_record(world, {"a": b"one"})
    run_workers()
    records.open_version(world.actor("researcher"), record, kind="files")
    put(world, record, "secret", b"not yet")
    file_actions.remove_file(world.actor("researcher"), record, "a")
    seal.seal(record)
    rows = list(storage_actions.sealing.files_of(inventory(record)))
    assert [(r.path, r.from_version, r.to_version) for r in rows] == [("a", 1, None)]
    assert "not yet" not in "".join(str(p) for p in the_home().objects.rglob("secret*"))


class Crash(BaseException):
    pass


def test_a_crash_at_any_write_of_a_seal_is_made_good_by_the_next_one(world: World, monkeypatch: Any) -> None:
    left = [10**9]
    for name in ("put", "put_new", "put_stream"):
        whole = getattr(backends.Backend, name)

        def dying(self: Any, *args: Any, whole: Any = whole) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Crash
            return whole(self, *args)

        monkeypatch.setattr(backends.Backend, name, dying)
    for calls in range(14):
        record = a_record(world, {"a": b"one", "b": b"two"})
        left[0] = calls
        with contextlib.suppress(Crash):
            seal.seal(record)
        left[0] = 10**9
        assert b"".join(storage.read(storage.stat(record, 1, "a"))) == b"one"
        seal.seal(record)
        assert inventory(record).head == 1
        assert storage.stat(record, 1, "b").place == "object:v1/content/data/b"
    everything_is_valid()


def test_a_crash_between_the_object_and_the_rows_copies_nothing_twice(world: World, monkeypatch: Any) -> None:
    record = a_record(world, {"a": b"one"})
    with monkeypatch.context() as patched:
        def die(*args: Any) -> None:
            raise Crash

        patched.setattr(seal.storage, "mark_sealed", die)
        with pytest.raises(Crash):
            seal.seal(record)
    copied = []
    whole = backends.Backend.put_stream
    monkeypatch.setattr(
        backends.Backend, "put_stream", lambda self, path, chunks: (copied.append(path), whole(self, path, chunks))[1]
    )
    seal.seal(record)
    assert not [path for path in copied if "/data/" in path]
    assert inventory(record).head == 1
    assert storage.stat(record, 1, "a").place == "object:v1/content/data/a"


def test_narrowing_holds_the_object_until_its_seal(world: World, run_workers: Any) -> None:
    record = a_record(world, {"a": b"one"})
    run_workers()
    records.withdraw(world.actor("researcher"), record, why="誤り")
    assert [owner for owner, _ in holds.holds(backends.storage())] == [record]
    token = Hold.objects.get().pk
    everything_is_valid()
    run_workers()
    assert list(holds.holds(backends.storage())) == []
    assert not Hold.objects.exists()
    assert holds.released(inventory(record)) == {token}
    assert document(record, "izumi/record.json")["state"] == "withdrawn"
    everything_is_valid()


def test_a_record_with_a_reference_tells_of_it_without_keeping_it(world: World, run_workers: Any) -> None:
    me = world.actor("researcher")
    record = records.create_record(me, metadata=a_document(), prefill=False).id
    file_actions.link_file(me, record, url="https://example.org/big.nc", size_bytes=10**12, sha256="ab" * 32)
    records.publish_version(me, record)
    run_workers()
    everything_is_valid()
    rows = list(storage_actions.sealing.files_of(inventory(record)))
    assert [(r.path, r.url, r.size_bytes) for r in rows] == [("big.nc", "https://example.org/big.nc", 10**12)]
    assert Record.objects.get(pk=record).seal_state == "sealed"


def test_a_flipped_byte_is_named_by_record_version_and_file(world: World, run_workers: Any) -> None:
    record = a_record(world, {"a": b"one", "b": b"two"})
    run_workers()
    assert list(storage.damages(record)) == []
    path = the_home().objects / ocfl.object_root(record) / "v1/content/data/b"
    path.write_bytes(b"twO")
    assert [(d.owner_id, d.path, d.what, d.versions) for d in storage.damages(record)] == [(record, "b", "digest", (1,))]
    path.unlink()
    assert [d.what for d in storage.damages(record)] == ["missing"]
