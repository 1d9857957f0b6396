"""One suite, every backend: what Izumi relies on from a storage, on a local disk, in memory, and on S3 where moto is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from izumi.storage.backends import Absent, Backend, open_storage

BIG = 21 * 1024 * 1024 + 5


@pytest.fixture(params=["file", "memory", "s3"])
def backend(request: Any, tmp_path: Any, monkeypatch: Any) -> Iterator[Backend]:
    if request.param == "file":
        yield open_storage(f"file://{tmp_path}/objects")
    elif request.param == "memory":
        yield open_storage("memory://")
    else:
        server = pytest.importorskip("moto.server", reason="moto is not installed: S3 was not tried")
        running = server.ThreadedMotoServer(port=0)
        running.start()
        host, port = running.get_host_and_port()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("IZUMI_S3_ENDPOINT", f"http://{host}:{port}")
        import httpx

        httpx.put(f"http://{host}:{port}/izumi").raise_for_status()
        yield open_storage(f"s3://izumi/a/{tmp_path.name}")  # the server keeps its state for the process
        running.stop()


def test_only_the_first_creation_wins(backend: Backend) -> None:
    assert [backend.put_new("v1/x", b"one"), backend.put_new("v1/x", b"two")] == [True, False]
    assert backend.get("v1/x") == b"one"


def test_an_overwrite_replaces_the_whole(backend: Backend) -> None:
    backend.put("x", b"a longer body")
    backend.put("x", b"short")
    assert (backend.get("x"), backend.size("x")) == (b"short", 5)


def test_a_stream_larger_than_a_part_comes_back_whole_and_in_ranges(backend: Backend) -> None:
    body = os.urandom(BIG)
    backend.put_stream("a/big", (body[n : n + 700_000] for n in range(0, BIG, 700_000)))
    assert b"".join(backend.read("a/big")) == body
    assert b"".join(backend.read("a/big", 8_388_600, 20)) == body[8_388_600:8_388_620]
    assert b"".join(backend.read("a/big", BIG - 3)) == body[-3:]
    assert max(map(len, backend.read("a/big"))) <= 1024 * 1024


def test_an_empty_stream_is_an_empty_object(backend: Backend) -> None:
    backend.put_stream("empty", iter(()))
    assert (backend.size("empty"), b"".join(backend.read("empty"))) == (0, b"")


def test_what_is_not_there_is_told(backend: Backend) -> None:
    assert (backend.get_or_none("no"), backend.size("no")) == (None, None)
    for call in (lambda: backend.get("no"), lambda: backend.read("no")):
        with pytest.raises(Absent):
            call()
    backend.delete("no")


@pytest.mark.parametrize("name", ["a b", "日本語.txt", "100%25", "a+b&c=d", "x'y(z)!", "trailing ", "dot.", "~tilde", "[1]{2}^`"])
def test_names_are_kept_as_they_are(backend: Backend, name: str) -> None:
    backend.put(f"dir/{name}", name.encode())
    assert backend.get(f"dir/{name}") == name.encode()
    assert list(backend.names("dir/")) == [f"dir/{name}"]


def test_folders_and_names_are_listed_and_deletion_leaves_no_empty_folder(backend: Backend) -> None:
    for name in ("a/1", "a/b/2", "c/3", "4"):
        backend.put(name, b"x")
    assert backend.folders() == ["a", "c"]
    assert backend.folders("a") == ["a/b"]
    assert sorted(backend.names("a/")) == ["a/1", "a/b/2"]
    backend.delete("a/b/2")
    backend.delete("a/1")
    assert backend.folders() == ["c"]
    if backend.root is not None:
        assert not (backend.root / "a").exists()
