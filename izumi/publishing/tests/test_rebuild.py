"""The day the database is gone: everything published comes back from the storage, and nothing that was narrowed reopens."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from izumi.kernel.errors import Conflict
from izumi.kernel.home import home as the_home
from izumi.publishing.rebuild import rebuild
from izumi.publishing.verify import verify, verify_all
from izumi.records import actions as records
from izumi.records import file_actions
from izumi.storage import ocfl
from izumi.storage import queries as storage
from tests.builders import World, a_document, a_world

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def a_record(world: World, files: dict[str, bytes], **changes: Any) -> str:
    me = world.actor("researcher")
    record = records.create_record(me, metadata=a_document(**changes), prefill=False).id
    for path, body in files.items():
        file_actions.put_file(me, record, path, io.BytesIO(body))
    records.publish_version(me, record)
    return record


LOOK = """
import json, sys, django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
out = {}
for address in json.loads(sys.argv[1]):
    answer = client.get(address, HTTP_ACCEPT="application/json")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    out[address] = [answer.status_code, body.decode("latin-1")]
print(json.dumps(out))
"""


def look(home: Path, addresses: list[str]) -> dict[str, Any]:
    """What an anonymous reader gets from a home, in a process of its own."""
    environ = {**os.environ, "IZUMI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "izumi.web.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK, json.dumps(addresses)], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_records_files_and_exports_come_back_from_the_storage_alone(world: World, run_workers: Any, tmp_path: Path) -> None:
    open_one = a_record(world, {"測定/a.csv": b"1,2\n", "b.bin": b"\0" * 100})
    me = world.actor("researcher")
    records.open_version(me, open_one, kind="files")
    file_actions.put_file(me, open_one, "b.bin", io.BytesIO(b"new"))
    records.publish_version(me, open_one)
    closed_one = a_record(world, {"a": b"secret"}, access={"class": "closed", "reasons": [{"code": "contract"}]})
    run_workers()
    addresses = []
    for record in (open_one, closed_one):
        addresses += [f"/records/{record}?said=", f"/records/{record}?format=json", f"/records/{record}/v/1/files/", f"/records/{record}/v/1.zip"]
    addresses += ["/api/v1/search?q=%E6%B0%B4%E8%B3%AA"]
    addresses += [f"/records/{open_one}/v/{n}/files/b.bin" for n in (1, 2)] + [f"/records/{closed_one}/v/1/files/a"]
    before = look(the_home().path, addresses)
    counts = storage.summary(open_one, 1), storage.summary(open_one, 2)
    told: list[str] = []
    done = rebuild(tmp_path / "new", told=told.append)
    assert (done["records"], done["closed"], done["failed"]) == (2, [], [])
    assert len(told) == 2
    the_home().database.rename(tmp_path / "gone.db")
    after = look(tmp_path / "new", addresses)
    assert after == before
    assert before[f"/records/{open_one}?format=json"][0] == 200
    assert before[f"/records/{open_one}/v/2/files/b.bin"] == [200, "new"]
    assert before[f"/records/{closed_one}/v/1/files/a"][0] in (401, 403)
    assert (counts[0].count, counts[0].bytes, counts[1].bytes) == (2, 104, 7)
    assert not any((tmp_path / "new" / "objects").iterdir())
    (tmp_path / "gone.db").rename(the_home().database)


def test_nothing_withdrawn_or_narrowed_reopens_when_the_seal_never_came(
    world: World, run_workers: Any, tmp_path: Path
) -> None:
    withdrawn, narrowed, untouched = (a_record(world, {"a": name}) for name in (b"w", b"n", b"u"))
    run_workers()
    me = world.actor("researcher")
    records.withdraw(me, withdrawn, why="誤り")
    access = records.access_of(me, narrowed)
    records.set_access(
        me, narrowed, {"class": "closed", "reasons": [{"code": "contract"}]}, if_match=f'"{narrowed}-a{access.revision}"'
    )
    done = rebuild(tmp_path / "new", f"file://{the_home().objects}", "test.izumi.invalid")
    assert (done["records"], sorted(done["closed"])) == (3, sorted([withdrawn, narrowed]))
    after = look(tmp_path / "new", [f"/records/{record}/v/1/files/a" for record in (withdrawn, narrowed, untouched)])
    statuses = [status for status, _ in after.values()]
    assert statuses[2] == 200
    assert all(status in (401, 403, 404, 410) for status in statuses[:2])


def test_harvesters_hear_after_a_rebuild_what_is_gone(world: World, run_workers: Any, tmp_path: Path) -> None:
    hidden = {"class": "closed", "metadata_class": "closed", "reasons": [{"code": "contract"}]}
    shown, withdrawn, narrowed, late = (a_record(world, {"a": b"x"}) for _ in range(4))
    a_record(world, {"a": b"x"}, access=hidden)
    run_workers()
    me = world.actor("researcher")
    records.withdraw(me, withdrawn, why="誤り")
    records.set_access(me, narrowed, hidden, if_match=records.access_of(me, narrowed).etag)
    run_workers()
    records.set_access(me, late, hidden, if_match=records.access_of(me, late).etag)  # no seal comes any more
    rebuild(tmp_path / "new")
    query = "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc"
    _, answer = look(tmp_path / "new", [query])[query]
    told = re.findall(r"<header( status=\"deleted\")?>\s*<identifier>[^<]*:([^:<]+)<", answer)
    assert {record: bool(status) for status, record in told} == {shown: False, withdrawn: True, narrowed: True, late: True}


def test_a_damaged_object_is_named_and_the_others_come_back(world: World, run_workers: Any, tmp_path: Path) -> None:
    good, bad = a_record(world, {"a": b"good"}), a_record(world, {"a": b"bad"})
    run_workers()
    folder = the_home().objects / ocfl.object_root(bad)
    (folder / "v1/content/izumi/record.json").write_text("{}")
    done = rebuild(tmp_path / "new")
    assert (done["records"], done["failed"]) == (1, [bad])
    assert look(tmp_path / "new", [f"/records/{good}/v/1/files/a"]) == {f"/records/{good}/v/1/files/a": [200, "good"]}


def test_a_home_is_never_overwritten(world: World, run_workers: Any, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        rebuild(the_home().path)
    with pytest.raises(Conflict) as refused:
        rebuild(tmp_path / "new", old=type(the_home())(tmp_path / "nothing"), storage_url="", site_name="")
    assert refused.value.code == "rebuild.unknown_storage"


def test_verify_names_record_version_and_file(world: World, run_workers: Any) -> None:
    record = a_record(world, {"a": b"one", "b": b"two"})
    draft = records.create_record(world.actor("researcher"), metadata=a_document(), prefill=False).id
    file_actions.put_file(world.actor("researcher"), draft, "x", io.BytesIO(b"in draft"))
    run_workers()
    assert [told["ok"] for told in verify_all()] == [True, True]
    path = the_home().objects / ocfl.object_root(record) / "v1/content/data/b"
    path.write_bytes(b"twO")
    row = storage.stat(draft, 1, "x")
    from izumi.storage import blobs

    blobs.blob_path(row.sha256).write_bytes(b"In draft")
    assert verify(record)["faults"] == [
        {"record": record, "versions": [1], "file": "b", "what": "digest", "place": "v1/content/data/b", "object_versions": [1]}
    ]
    assert verify(draft)["faults"] == [{"record": draft, "versions": [1], "file": "x", "what": "digest", "place": "draft"}]
    shutil.rmtree(the_home().objects / ocfl.object_root(record))
    assert [fault["what"] for fault in verify(record)["faults"]] == ["missing"]
