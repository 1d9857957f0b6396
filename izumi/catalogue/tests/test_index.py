"""The index on disk: one writer, swaps, damage, a process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from izumi.catalogue import actions, builds, documents, index, queries
from izumi.catalogue.types import Query
from izumi.kernel.actors import ANONYMOUS
from izumi.kernel.errors import Conflict, Unavailable
from izumi.kernel.locks import exclusive


def builds_in(home) -> list[str]:
    return sorted(p.name for p in home.index.iterdir() if p.is_dir())


def test_a_missing_index_is_told_and_made_by_the_worker(world, home, found):
    world.put("記録")
    with pytest.raises(Unavailable) as told:
        queries.search(ANONYMOUS, Query())
    assert told.value.code == "search.rebuilding"
    assert told.value.headers == {"Retry-After": "10"}
    assert queries.health().usable is False
    world.follow()
    assert found() == ["記録"]
    assert queries.health().records == 1


def test_an_empty_site_has_no_results_and_no_error(home, found):
    assert found("何か") == []


@pytest.mark.parametrize("damage", ["meta", "segments", "pointer", "nothing left"])
def test_a_damaged_index_is_never_an_internal_error_and_is_made_anew(world, home, damage, found):
    world.put("記録")
    world.follow()
    build = home.index / builds.current_name(home.index)
    if damage == "meta":
        (build / "meta.json").write_text("{ this is not")
    elif damage == "segments":
        for path in build.iterdir():
            if path.suffix in (".term", ".store", ".idx", ".fast", ".pos"):
                path.write_bytes(b"\0" * 10)
        index._readers.clear()
    elif damage == "pointer":
        (home.index / builds.POINTER).write_text("v0-old\n")
    else:
        for path in build.iterdir():
            path.unlink()
    index.forget_readers()
    with pytest.raises(Unavailable):
        queries.search(ANONYMOUS, Query(q="記録"))
    assert actions.check() is True
    assert found("記録") == ["記録"]


def test_reindex_builds_beside_and_sweeps_the_old(world, home, found):
    world.put("一")
    world.follow()
    before = builds_in(home)
    told = []
    answer = actions.reindex(lambda done, total: told.append(done))
    assert answer["records"] == 1 and told == [1]
    assert builds_in(home) == [answer["build"]] != before
    assert found() == ["一"]


def test_what_changes_while_reindex_runs_is_caught_up(world, found):
    gone = world.put("消える")
    world.put("残る")
    world.follow()

    def meanwhile(done, total):
        if found() and "現れた" not in found():
            world.put("現れた")
            world.withdraw(gone)

    actions.reindex(meanwhile)
    assert set(found()) == {"残る", "現れた"}
    world.follow()
    assert set(found()) == {"残る", "現れた"}


def test_searches_go_on_while_reindex_runs(world, found):
    world.put("いつも")
    world.follow()
    seen = []
    actions.reindex(lambda done, total: seen.append(found()))
    assert seen == [["いつも"]]


def test_a_second_reindex_is_refused(world, home):
    world.put("一")
    world.follow()
    with exclusive(home.index / "build.lock"), pytest.raises(Conflict):
        actions.reindex()


def test_a_document_that_the_index_refuses_does_not_stop_the_others(world, found):
    world.put("前")
    world.follow()
    bad = {"id": "zzzzz-zzzzz", "newest": ["not a number"]}
    good = world.put("後")
    from izumi.records import queries as records

    refused = index.apply([bad, documents.document(records.index_entries([good])[0])])
    assert refused == ["zzzzz-zzzzz"]
    assert set(found()) == {"前", "後"}


def test_many_small_commits_do_not_pile_up_segments(world):
    world.put("記録")
    world.follow()
    for number in range(20):
        index.apply([{"id": f"k{number:09d}", "acl": ["public"], "newest": [number]}])
    assert queries.health().segments <= 12


def test_a_change_is_visible_within_one_and_a_half_seconds_in_another_process(world, home, found):
    world.put("一")
    world.follow()
    found()
    held = index._readers[home.index]
    held.checked = time.monotonic()  # as in a process that has just looked
    before = held.stamp
    record = world.put("二")
    from izumi.records import queries as records

    index._write(home.index / builds.current_name(home.index), [documents.document(records.index_entries([record])[0])], [])
    assert held.stamp == before
    deadline = time.monotonic() + 1.5
    while "二" not in found() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "二" in found()


_WRITER = """
import os, sys, time
sys.path.insert(0, {root!r})
from izumi.catalogue import index
n = 0
while True:
    n += 1
    index.apply([{{"id": f"k{{n:09d}}", "acl": ["public"], "newest": [n]}} for n in range(n, n + 50)])
    print(n, flush=True)
"""


@pytest.mark.parametrize("pause_s", [0.35, 0.5, 0.8])
def test_a_killed_writer_leaves_an_index_that_works_and_no_lock(world, home, found, pause_s):
    world.put("残る")
    world.follow()
    root = os.fspath(__import__("pathlib").Path(__file__).resolve().parents[3])
    writer = subprocess.Popen([sys.executable, "-c", _WRITER.format(root=root)], stdout=subprocess.PIPE, text=True, cwd=root)
    assert writer.stdout is not None
    writer.stdout.readline()
    time.sleep(pause_s / 4)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    world.put("あとから")
    world.follow()
    assert set(found(sort=None, limit=1000)) == {"残る", "あとから"}
