from __future__ import annotations

import hashlib

import pytest

from izumi.kernel.actors import system
from izumi.kernel.errors import Conflict, NotThere
from izumi.kernel.work import work
from izumi.storage import actions, queries
from izumi.storage.types import ChangeKind

pytestmark = pytest.mark.usefixtures("home")
OWNER = "3f8zk-2m7qd"


@pytest.fixture
def w():
    with work(system("test"), "test") as opened:
        opened.journal("test.done", OWNER)
        yield opened


def put(w, version, path, body=b"x"):
    return actions.put_row(
        w, OWNER, version, path, sha256=hashlib.sha256(body).hexdigest(), size_bytes=len(body), media_type="text/plain"
    )


def paths(version, prefix=""):
    return [row.path for row in queries.iterate(OWNER, version, prefix)]


def test_a_put_file_is_in_the_draft_and_doing_it_twice_changes_nothing(w):
    first, again = put(w, 1, "a.txt"), put(w, 1, "a.txt")
    assert (first.created, first.changed, again.created, again.changed) == (True, True, False, False)
    assert paths(1) == ["a.txt"]
    assert (queries.summary(OWNER, 1).count, queries.summary(OWNER, 1).bytes) == (1, 1)


def test_versions_keep_their_files_when_the_draft_changes(w):
    put(w, 1, "a.txt", b"one")
    put(w, 1, "b.txt", b"two")
    actions.freeze(w, OWNER, 1)
    put(w, 2, "a.txt", b"three!")
    actions.remove_row(w, OWNER, 2, "b.txt")
    put(w, 2, "c.txt", b"")
    assert paths(1) == ["a.txt", "b.txt"]
    assert paths(2) == ["a.txt", "c.txt"]
    assert queries.stat(OWNER, 1, "a.txt").size_bytes == 3
    assert queries.stat(OWNER, 2, "a.txt").size_bytes == 6
    assert queries.stat(OWNER, 2, "b.txt") is None
    assert queries.summary(OWNER, 1).as_json() == {"count": 2, "bytes": 6}
    assert queries.summary(OWNER, 2).as_json() == {"count": 2, "bytes": 6}
    assert queries.summary(OWNER, 3).as_json() == {"count": 2, "bytes": 6}
    assert queries.summary(OWNER, 0).as_json() == {"count": 0, "bytes": 0}


def test_the_difference_of_two_versions_names_each_path_once(w):
    for name in ("same", "changed", "gone", "back"):
        put(w, 1, f"d/{name}", name.encode())
    actions.freeze(w, OWNER, 1)
    put(w, 2, "d/changed", b"new")
    actions.remove_row(w, OWNER, 2, "d/gone")
    put(w, 2, "new", b"new")
    actions.remove_row(w, OWNER, 2, "d/back")
    put(w, 2, "d/back", b"back")
    found = queries.diff(OWNER, 1, 2)
    assert [(c.kind, c.path) for c in found.items] == [
        (ChangeKind.ADDED, "new"), (ChangeKind.CHANGED, "d/changed"), (ChangeKind.REMOVED, "d/gone"),
    ]
    assert [(c.kind, c.path) for c in queries.diff(OWNER, 2, 1).items][0] == (ChangeKind.REMOVED, "new")
    seen, cursor = [], ""
    while True:
        page = queries.diff(OWNER, 1, 2, limit=1, cursor=cursor)
        seen += [c.path for c in page.items]
        cursor = page.next
        if not cursor:
            break
    assert seen == ["new", "d/changed", "d/gone"]
    assert queries.changed(OWNER, 1, 2)
    assert not queries.changed(OWNER, 2, 3)


def test_folder_pages_list_files_and_folders_apart_and_page_by_cursor(w):
    for name in ("z", "a/1", "a/2", "a-b/1", "a/b/c/d", "a0/x", "日本/語", "m"):
        put(w, 1, name, name.encode())
    assert queries.folders(OWNER, 1).items == ("a-b", "a", "a0", "日本")
    assert queries.folders(OWNER, 1, "a/").items == ("b",)
    assert queries.folders(OWNER, 1, "a/b/").items == ("c",)
    first = queries.folders(OWNER, 1, limit=2)
    assert first.items == ("a-b", "a")
    assert queries.folders(OWNER, 1, limit=2, cursor=first.next).items == ("a0", "日本")
    assert [row.path for row in queries.page(OWNER, 1).items] == ["m", "z"]
    one = queries.page(OWNER, 1, "a/", limit=1)
    assert [row.path for row in one.items] == ["a/1"]
    assert [row.path for row in queries.page(OWNER, 1, "a/", limit=1, cursor=one.next).items] == ["a/2"]
    assert queries.folder_exists(OWNER, 1, "a/b/")
    assert not queries.folder_exists(OWNER, 1, "b/")


def test_walking_gives_every_file_once_whatever_the_page_size(w):
    names = [f"f{n % 7}/g{n % 3}/x{n}" for n in range(60)] + [f"top{n}" for n in range(5)]
    for name in names:
        put(w, 1, name, name.encode())
    for limit in (1, 7, 64, 65, 1000):
        seen, cursor = [], ""
        while True:
            page = queries.walk(OWNER, 1, limit=limit, cursor=cursor)
            seen += [row.path for row in page.items]
            cursor = page.next
            if not cursor:
                break
        assert sorted(seen) == sorted(names)
        assert len(seen) == 65
    assert len(list(queries.walk(OWNER, 1, "f1/", limit=100).items)) == len([n for n in names if n.startswith("f1/")])


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ("Data.csv", "data.CSV"),
        ("カ\u3099ス.txt".replace("カ\u3099", "ガ"), "カ\u3099ス.txt"),
        ("dir/a", "Dir/b"),
        ("x/dir/a", "x/DIR/sub/b"),
        ("a", "a/b"),
        ("a/b", "a"),
        ("A/b/c", "a"),
        ("straße/x", "STRASSE/y"),
    ],
)
def test_names_that_some_disks_cannot_tell_apart_are_refused_naming_the_other(w, there, new):
    put(w, 1, there)
    with pytest.raises(Conflict) as refused:
        put(w, 1, new)
    assert refused.value.code == "file.name_collides"
    assert refused.value.facts["other"] == there


@pytest.mark.parametrize("new", ["dir/b", "dir-2/a", "dirs/a", "di/a", "dir0", "a", "dir/sub/a"])
def test_names_that_only_look_alike_are_kept(w, new):
    put(w, 1, "dir/a")
    put(w, 1, "dir!/z")
    assert put(w, 1, new).created


def test_a_removed_name_is_free_again(w):
    put(w, 1, "A.txt")
    actions.freeze(w, OWNER, 1)
    actions.remove_row(w, OWNER, 2, "A.txt")
    assert put(w, 2, "a.txt").created
    assert (paths(1), paths(2)) == (["A.txt"], ["a.txt"])


def test_a_file_moves_without_its_bytes(w):
    put(w, 1, "a.txt", b"one")
    actions.freeze(w, OWNER, 1)
    put(w, 2, "b.txt", b"two")
    assert actions.move_rows(w, OWNER, 2, "a.txt", "deep/er/a.txt") == 1
    assert actions.move_rows(w, OWNER, 2, "b.txt", "B.txt") == 1
    assert (paths(1), paths(2)) == (["a.txt"], ["B.txt", "deep/er/a.txt"])
    assert queries.summary(OWNER, 2).as_json() == {"count": 2, "bytes": 6}
    with pytest.raises(Conflict):
        actions.move_rows(w, OWNER, 2, "B.txt", "deep/er/a.txt")
    with pytest.raises(NotThere):
        actions.move_rows(w, OWNER, 2, "nothing", "x")


def test_a_folder_moves_with_everything_below_it(w):
    for n in range(1203):
        put(w, 1, f"old/{n % 5}/f{n}", b"1")
    actions.freeze(w, OWNER, 1)
    put(w, 2, "old/new", b"2")
    put(w, 2, "older/x", b"2")
    assert actions.move_rows(w, OWNER, 2, "old", "Old/er") == 1204
    assert actions.move_rows(w, OWNER, 2, "Old/er", "測定") == 1204
    assert len(paths(1, "old/")) == 1203
    assert len(paths(2, "測定/")) == 1204
    assert paths(2, "old/") == []
    assert paths(2, "older/") == ["older/x"]
    assert queries.summary(OWNER, 2).count == 1205
    assert put(w, 2, "old").created
    for target in ("測定/inside", "older"):
        with pytest.raises(Conflict):
            actions.move_rows(w, OWNER, 2, "測定", target)


def test_a_folder_may_change_only_its_case(w):
    put(w, 1, "data/a")
    actions.freeze(w, OWNER, 1)
    assert actions.move_rows(w, OWNER, 2, "data", "Data") == 1
    assert (paths(1), paths(2)) == (["data/a"], ["Data/a"])


def test_a_folder_is_removed_with_everything_below_it(w):
    for n in range(700):
        put(w, 1, f"d/{n}")
    put(w, 1, "d2")
    assert actions.remove_rows(w, OWNER, 1, "d/") == 700
    assert paths(1) == ["d2"]


def test_a_discarded_draft_leaves_the_version_as_it_was_and_comes_back(w):
    put(w, 1, "a", b"one")
    put(w, 1, "b", b"two")
    actions.freeze(w, OWNER, 1)
    put(w, 2, "a", b"three")
    put(w, 2, "c", b"four")
    actions.remove_row(w, OWNER, 2, "b")
    dropped = actions.drop_draft_rows(w, OWNER, 2)
    assert (paths(1), paths(2)) == (["a", "b"], ["a", "b"])
    assert queries.summary(OWNER, 2).as_json() == {"count": 2, "bytes": 6}
    assert actions.restore_draft_rows(w, OWNER, dropped, 2) == 2
    assert (paths(1), paths(2)) == (["a", "b"], ["a", "c"])
    assert queries.summary(OWNER, 2).as_json() == {"count": 2, "bytes": 9}
    assert actions.drop_draft_rows(w, OWNER, 3) is None


def test_a_draft_with_new_changes_does_not_take_the_old_ones_back(w):
    put(w, 1, "a", b"one")
    dropped = actions.drop_draft_rows(w, OWNER, 1)
    put(w, 1, "z")
    with pytest.raises(Conflict):
        actions.restore_draft_rows(w, OWNER, dropped, 1)


def test_a_foreign_cursor_is_refused(w):
    from izumi.kernel.errors import Invalid

    for cursor in ("x", "bm90IGpzb24", "WzEsMiwzXQ"):
        with pytest.raises(Invalid):
            queries.page(OWNER, 1, cursor=cursor)


def test_the_statements_of_a_put_and_of_a_page_do_not_grow_with_the_files(w, django_assert_max_num_queries=None):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(call):
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    put(w, 1, "first")
    small = cost(lambda: put(w, 1, "second"))
    for n in range(300):
        put(w, 1, f"d{n % 10}/f{n}")
    assert cost(lambda: put(w, 1, "third")) == small <= 9
    assert cost(lambda: queries.page(OWNER, 1, "d1/")) == 1
    assert cost(lambda: queries.folders(OWNER, 1)) == 1
    assert cost(lambda: queries.summary(OWNER, 1)) == 1
    assert cost(lambda: actions.freeze(w, OWNER, 1)) <= 4


def test_pages_walk_the_index_of_paths_and_sort_nothing(w):
    for n in range(300):
        put(w, 1, f"d{n % 5}/f{n}")
    base = queries._rows(OWNER, 1)
    for rows in (
        base.filter(folder="d1/").order_by("name")[:10],
        base.filter(folder="d1/", name__gt="f2").order_by("name")[:10],
        base.order_by("folder", "name")[:10],
        base.filter(folder__gt="d1/").order_by("folder", "name")[:10],
        base.filter(folder__gte="d1/", folder__lt="d10").order_by("folder", "name")[:10],
        base.filter(folder="d1/", name="f2")[:1],
    ):
        plan = rows.explain()
        assert "file_by_path" in plan
        assert "TEMP B-TREE" not in plan
    changed = queries.StoredFile.objects.filter(queries.LIVE & queries._only_after(1, 2), owner_id=OWNER)
    assert "file_by_start" in changed.explain()
    waiting = queries.StoredFile.objects.filter(queries.LIVE, owner_id=OWNER, sha512="", from_version__lte=1, id__gt=7)
    assert "file_unsealed" in waiting.order_by("id")[:10].explain()
