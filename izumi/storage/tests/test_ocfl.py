from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from ocfl.storage_root import StorageRoot
from ocfl.validator import Validator

from izumi.kernel.errors import Damaged, Unavailable
from izumi.storage import holds
from izumi.storage import ocfl as writer
from izumi.storage.backends import open_storage
from tests.shared import shared_path

OWNER = "3f8zk-2m7qd"
WHEN = "2026-11-21T10:00:00+09:00"


@pytest.fixture(params=["file", "memory"])
def backend(request, tmp_path):
    return open_storage(f"file://{tmp_path}/objects" if request.param == "file" else "memory://")


@pytest.fixture
def disk(tmp_path):
    return open_storage(f"file://{tmp_path}/objects")


def incoming(path, body):
    return writer.Incoming(path=path, chunks=lambda: [body], sha256=hashlib.sha256(body).hexdigest())


def write(backend, *files, owner=OWNER, message="test"):
    return writer.write_version(
        backend, owner, files, created=WHEN, message=message, user="Izumi", address="https://example.org"
    )


def object_is_valid(backend, owner=OWNER):
    validator = Validator(log_warnings=True)
    passed = validator.validate_object(str(backend.root / writer.object_root(owner)))
    assert passed, str(validator)
    assert "W0" not in validator.status_str(), validator.status_str()


def root_is_valid(backend):
    root = StorageRoot(root=str(backend.root))
    assert root.validate(), str(root.log) + str(root.errors)
    assert root.num_objects == root.good_objects


def test_the_first_version_of_an_object_and_its_root_are_valid(disk):
    written = write(disk, incoming("data/a.csv", b"1,2\n"), incoming("izumi/record.json", b"{}"))
    assert written.inventory.head == 1
    assert written.place("data/a.csv")[1] == "v1/content/data/a.csv"
    object_is_valid(disk)
    root_is_valid(disk)


def test_unchanged_bytes_are_shared_between_versions(disk):
    first = write(disk, incoming("data/a.csv", b"1,2\n"), incoming("izumi/record.json", b"{1}"))
    kept = writer.Kept(path="data/renamed.csv", sha512=first.place("data/a.csv")[0])
    second = write(disk, kept, incoming("izumi/record.json", b"{2}"))
    assert second.place("data/renamed.csv")[1] == "v1/content/data/a.csv"
    assert not (disk.root / writer.object_root(OWNER) / "v2/content/data").exists()
    object_is_valid(disk)


def test_equal_bytes_under_two_names_are_kept_once(disk):
    written = write(disk, incoming("data/a", b"same"), incoming("data/b", b"same"))
    assert written.place("data/b")[1] == "v1/content/data/a"
    object_is_valid(disk)


def test_the_same_state_again_writes_nothing(backend):
    write(backend, incoming("izumi/record.json", b"{}"))
    again = write(backend, incoming("izumi/record.json", b"{}"))
    assert (again.new, again.inventory.head) == (False, 1)


def test_difficult_names_are_encoded_in_the_content_and_whole_in_the_state(disk):
    names = ["data/a#1", "data/100%", "data/a:b*c?", "data/dot.", "data/space ", "data/測定 🧪.txt", "data/" + "あ" * 84, "data/CON"]
    names.append("data/" + "/".join(["x" * 200] * 15))
    write(disk, *[incoming(name, name.encode()) for name in names])
    object_is_valid(disk)
    found = writer.head_inventory(disk, OWNER)
    assert sorted(found.state()) == sorted(names)
    for name in names:
        assert writer.read_logical(disk, found, name) == name.encode()


def test_bytes_that_do_not_match_their_digest_are_never_sealed(disk):
    bad = writer.Incoming(path="data/a", chunks=lambda: [b"changed"], sha256="0" * 64)
    with pytest.raises(Damaged):
        write(disk, bad)
    assert writer.head_inventory(disk, OWNER) is None


class Crash(Exception):
    pass


class Crashing:
    """A backend that dies before its n-th writing call."""

    def __init__(self, backend, calls):
        self._backend, self._left = backend, calls

    def __getattr__(self, name):
        attribute = getattr(self._backend, name)
        if name not in ("put", "put_new", "put_stream", "delete"):
            return attribute

        def call(*args):
            self._left -= 1
            if self._left < 0:
                raise Crash
            return attribute(*args)

        return call


@pytest.mark.parametrize("calls", range(14))
def test_a_crash_at_any_write_of_the_first_version_heals(disk, calls):
    files = [incoming("data/a", b"a"), incoming("izumi/record.json", b"{}")]
    try:
        write(Crashing(disk, calls), *files)
    except Crash:
        pass
    again = write(disk, *files)
    assert again.inventory.head == 1
    object_is_valid(disk)
    root_is_valid(disk)


@pytest.mark.parametrize("calls", range(9))
def test_a_crash_at_any_write_of_a_later_version_heals_and_never_shows_half(disk, calls):
    first = write(disk, incoming("data/a", b"a"), incoming("izumi/record.json", b"{1}"))
    keep = writer.Kept(path="data/a", sha512=first.place("data/a")[0])
    try:
        write(Crashing(disk, calls), keep, incoming("data/b", b"b"), incoming("izumi/record.json", b"{2}"))
    except Crash:
        pass
    seen = writer.head_inventory(disk, OWNER)
    assert (seen.head, sorted(seen.state())) in [
        (1, ["data/a", "izumi/record.json"]),
        (2, ["data/a", "data/b", "izumi/record.json"]),
    ]
    write(disk, keep, incoming("data/c", b"c"), incoming("izumi/record.json", b"{3}"))
    assert writer.read_logical(disk, writer.head_inventory(disk, OWNER), "izumi/record.json") == b"{3}"
    object_is_valid(disk)
    root_is_valid(disk)


def test_a_half_written_object_of_a_killed_process_is_swept_away(disk):
    write(disk, incoming("data/a", b"a"))
    folder = disk.root / writer.object_root(OWNER)
    (folder / "inventory.json#1").write_bytes(b"half")
    (folder / "v2/content/data").mkdir(parents=True)
    (folder / "v2/content/data/x#7").write_bytes(b"half")
    writer.heal(disk, OWNER)
    object_is_valid(disk)
    root_is_valid(disk)


def test_a_version_that_another_writer_claimed_is_left_alone(disk):
    write(disk, incoming("data/a", b"a"))

    class Late(Crashing):
        def __getattr__(self, name):
            if name == "put_new":
                return lambda path, body: False if path.endswith("v2/inventory.json") else self._backend.put_new(path, body)
            return getattr(self._backend, name)

    with pytest.raises(Unavailable):
        write(Late(disk, 0), incoming("data/b", b"b"))
    assert writer.head_inventory(disk, OWNER).head == 1


def test_a_changed_root_inventory_is_not_believed(disk):
    write(disk, incoming("data/a", b"a"))
    path = disk.root / writer.object_root(OWNER) / "inventory.json"
    raw = json.loads(path.read_text())
    raw["head"] = "v9"
    path.write_text(json.dumps(raw))
    assert writer.head_inventory(disk, OWNER).head == 1


def test_all_owners_are_listed(backend):
    owners = ["3f8zk-2m7qd", "00000-00000", "zzzzz-zzzzz"]
    for owner in owners:
        write(backend, incoming("izumi/record.json", owner.encode()), owner=owner)
    assert sorted(writer.all_owners(backend)) == sorted(owners)


def test_holds_stand_beside_the_objects_and_the_root_stays_valid(disk):
    write(disk, incoming("data/a", b"a"))
    holds.put_hold(disk, OWNER, "tok1", {"action": "record.withdraw"})
    assert list(holds.holds(disk)) == [(OWNER, "tok1")]
    assert holds.read_hold(disk, OWNER, "tok1") == {"action": "record.withdraw"}
    root_is_valid(disk)
    write(disk, incoming("data/a", b"b"), message="sealed" + holds.RELEASES + "tok1 tok2")
    assert holds.released(writer.head_inventory(disk, OWNER)) == {"tok1", "tok2"}
    holds.remove_hold(disk, OWNER, "tok1")
    assert list(holds.holds(disk, OWNER)) == []
    root_is_valid(disk)


def test_a_place_that_is_something_else_is_refused(disk):
    disk.put("0=ocfl_1.0", b"ocfl_1.0\n")
    with pytest.raises(Unavailable) as refused:
        write(disk, incoming("data/a", b"a"))
    assert refused.value.code == "storage.not_ours"


@pytest.mark.parametrize("size", [0, 1, 20 * 1024 * 1024 + 3])
def test_streams_of_any_size_come_back_whole_and_in_ranges(backend, size):
    body = bytes(range(256)) * (size // 256 + 1)
    body = body[:size]
    chunks = [body[n : n + 1_000_000] for n in range(0, size, 1_000_000)]
    written = writer.write_version(
        backend, OWNER, [writer.Incoming(path="data/big", chunks=lambda: chunks)],
        created=WHEN, message="m", user="u", address="https://example.org",
    )
    content = written.place("data/big")[1]
    assert b"".join(writer.read_content(backend, OWNER, content)) == body
    assert b"".join(writer.read_content(backend, OWNER, content, 5, 10)) == body[5:15]


def test_the_shared_good_and_bad_objects_are_told_apart(disk):
    good, bad = shared_path("fixtures/ocfl/1.1/good-objects"), shared_path("fixtures/ocfl/1.1/bad-objects")
    assert Validator().validate_object(str(next(p for p in good.iterdir() if "minimal" in p.name)))
    write(disk, incoming("data/a", b"a"))
    shutil.copy(
        bad / "E040_head_not_most_recent/inventory.json", disk.root / writer.object_root(OWNER) / "v1/inventory.json"
    )
    (disk.root / writer.object_root(OWNER) / "inventory.json").unlink()
    with pytest.raises(Damaged):
        writer.head_inventory(disk, OWNER)
