"""tus 1.0.0 from outside, and what survives a process that ends in the middle."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from izumi.kernel import clock, journal
from izumi.kernel.home import home as the_home
from izumi.records import file_actions
from izumi.storage import actions as storage
from izumi.storage import uploads
from izumi.storage.models import Upload
from tests.builders import World, a_document, a_world

pytestmark = pytest.mark.usefixtures("home")
TYPE = "application/offset+octet-stream"
BODY = bytes(range(256)) * 100
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Tus:
    def __init__(self, client: Client, world: World, who: str) -> None:
        self.client, self.auth = client, world.bearer(who)

    def call(self, method: str, path: str, body: bytes = b"", kind: str = TYPE, **headers: Any) -> Any:
        names = {f"HTTP_{name.upper()}": str(value) for name, value in headers.items()}
        names.setdefault("HTTP_TUS_RESUMABLE", "1.0.0")
        return self.client.generic(method.upper(), path, body, content_type=kind, **self.auth, **names)

    def record(self) -> str:
        made = self.client.post(
            "/api/v1/records", {"metadata": a_document(), "prefill": False}, content_type="application/json", **self.auth
        )
        assert made.status_code == 201, made.content
        return str(made.json()["id"])

    def create(self, record: str, path: str = "a/b.bin", length: int = len(BODY), body: bytes = b"", **more: Any) -> Any:
        told = f"record {b64(record)},path {b64(path)}" + "".join(f",{k} {b64(v)}" for k, v in more.items())
        return self.call("post", "/api/v1/uploads/", body, upload_length=length, upload_metadata=told)

    def patch(self, address: str, offset: int, body: bytes, **headers: Any) -> Any:
        return self.call("patch", address, body, upload_offset=offset, **headers)

    def files(self, record: str) -> dict[str, str]:
        told = self.client.get(f"/api/v1/records/{record}/files?version=draft", **self.auth)
        return {item["path"]: item["sha256"] for item in told.json()["items"]}


@pytest.fixture
def me(client: Client, world: World) -> Tus:
    return Tus(client, world, "researcher")


def test_the_protocol_describes_itself(me: Tus) -> None:
    told = me.client.generic("OPTIONS", "/api/v1/uploads/")
    assert told.status_code == 204
    assert told.headers["Tus-Version"] == "1.0.0"
    assert told.headers["Tus-Extension"] == "creation,creation-with-upload,checksum,termination,expiration"
    assert told.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert "Upload-Offset" in told.headers["Access-Control-Expose-Headers"]


def test_an_upload_in_parts_becomes_a_file_in_the_draft(me: Tus) -> None:
    record = me.record()
    made = me.create(record, sha256=SHA256)
    assert made.status_code == 201, made.content
    address = made.headers["Location"]
    assert "Upload-Expires" in made.headers
    first = me.patch(address, 0, BODY[:10_000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "10000")
    assert me.files(record) == {}
    head = me.call("head", address)
    assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (200, "10000", "25600")
    assert head.headers["Cache-Control"] == "no-store"
    last = me.patch(address, 10_000, BODY[10_000:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, "25600")
    assert me.files(record) == {"a/b.bin": SHA256}
    assert me.call("head", address).headers["Upload-Offset"] == "25600"
    assert len([e for e in journal.events_of(record) if e.verb == "record.file_put"]) == 1


def test_an_upload_may_be_created_with_all_its_bytes_and_may_be_empty(me: Tus) -> None:
    record = me.record()
    assert me.create(record, body=BODY).headers["Upload-Offset"] == "25600"
    assert me.create(record, path="empty", length=0).status_code == 201
    assert me.files(record) == {"empty": hashlib.sha256(b"").hexdigest(), "a/b.bin": SHA256}


def test_another_offset_another_version_another_type_are_refused(me: Tus) -> None:
    address = me.create(me.record()).headers["Location"]
    wrong = me.patch(address, 5, b"x")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "upload.offset_mismatch")
    assert wrong.headers["Tus-Resumable"] == "1.0.0"
    old = me.patch(address, 0, b"x", tus_resumable="0.2.2")
    assert (old.status_code, old.headers["Tus-Version"]) == (412, "1.0.0")
    assert me.call("patch", address, b"x", kind="text/plain", upload_offset=0).status_code == 415
    assert me.call("patch", address, b"x", upload_offset="-1").status_code == 400
    assert me.call("patch", address, b"x").status_code == 400


@pytest.mark.parametrize(("name", "hashed"), [("sha1", hashlib.sha1), ("sha256", hashlib.sha256)])
def test_a_damaged_part_is_dropped_whole_and_can_be_sent_again(me: Tus, name: str, hashed: Any) -> None:
    record = me.record()
    address = me.create(record).headers["Location"]
    good = base64.b64encode(hashed(BODY).digest()).decode()
    bad = me.patch(address, 0, BODY[:-1] + b"!", upload_checksum=f"{name} {good}")
    assert (bad.status_code, bad.json()["code"]) == (460, "upload.checksum_mismatch")
    assert me.call("head", address).headers["Upload-Offset"] == "0"
    assert me.patch(address, 0, BODY, upload_checksum=f"{name} {good}").status_code == 204
    assert me.files(record) == {"a/b.bin": SHA256}
    assert me.patch(address, 0, b"x", upload_checksum="crc32 AAAA").status_code == 400


def test_more_than_declared_and_another_digest_than_told_are_refused(me: Tus) -> None:
    record = me.record()
    address = me.create(record, length=10).headers["Location"]
    assert me.patch(address, 0, b"x" * 11).status_code == 413
    assert me.call("head", address).headers["Upload-Offset"] == "0"
    lying = me.create(record, path="c", sha256="ab" * 32).headers["Location"]
    refused = me.patch(lying, 0, BODY)
    assert (refused.status_code, refused.json()["code"]) == (422, "file.digest_mismatch")
    assert me.call("head", lying).status_code == 410
    assert me.files(record) == {}


def test_a_terminated_an_expired_and_an_unknown_upload_are_gone(me: Tus) -> None:
    record = me.record()
    address = me.create(record).headers["Location"]
    me.patch(address, 0, BODY[:100])
    assert me.call("delete", address).status_code == 204
    assert me.call("head", address).status_code == 410
    assert me.patch(address, 100, BODY[100:]).status_code == 410
    late = me.create(record).headers["Location"]
    Upload.objects.update(expires_at=clock.machine_now() - timedelta(seconds=1))
    assert me.call("head", late).status_code == 410
    assert uploads.expire() == 1
    assert list((the_home().drafts / "uploads").iterdir()) == []
    assert me.call("head", "/api/v1/uploads/unknown").status_code == 404


def test_somebody_else_cannot_see_nor_feed_an_upload(me: Tus, client: Client, world: World) -> None:
    record = me.record()
    address = me.create(record).headers["Location"]
    for who in ("stranger", "company"):
        other = Tus(client, world, who)
        assert other.create(record).status_code == 404
        assert other.call("head", address).status_code == 404
        assert other.patch(address, 0, BODY).status_code == 404
    curator = Tus(client, world, "curator")
    assert curator.patch(address, 0, BODY).status_code == 403
    assert me.files(record) == {}


@pytest.mark.parametrize("metadata", ["", "record", "record !!!,path YQ==", "path YQ=="])
def test_metadata_that_names_no_place_is_refused(me: Tus, metadata: str) -> None:
    told = me.call("post", "/api/v1/uploads/", upload_length=1, upload_metadata=metadata)
    assert (told.status_code, told.json()["code"]) == (400, "upload.bad_request")


def test_a_bad_name_is_refused_before_a_byte_arrives(me: Tus) -> None:
    record = me.record()
    assert me.create(record, path="../../x").status_code == 422
    me.create(record, path="A.txt", body=BODY)
    assert me.create(record, path="a.TXT").json()["code"] == "file.name_collides"


def test_uploads_of_mine_can_be_found_from_another_machine(me: Tus) -> None:
    record = me.record()
    address = me.create(record).headers["Location"]
    me.patch(address, 0, BODY[:7])
    told = me.client.get(f"/api/v1/uploads/?record={record}", **me.auth).json()
    assert [(i["upload"], i["path"], i["offset"], i["length"]) for i in told["items"]] == [(address, "a/b.bin", 7, 25600)]


def test_the_method_may_be_overridden(me: Tus) -> None:
    record = me.record()
    address = me.create(record).headers["Location"]
    told = me.call("post", address, BODY, upload_offset=0, x_http_method_override="PATCH")
    assert (told.status_code, told.headers["Upload-Offset"]) == (204, "25600")


class Broken:
    def __init__(self, *chunks: bytes) -> None:
        self.chunks = list(chunks)

    def read(self, size: int = -1) -> bytes:
        if not self.chunks:
            raise OSError("the line broke")
        return self.chunks.pop(0)


def test_what_arrived_before_the_line_broke_is_kept(me: Tus, world: World) -> None:
    record = me.record()
    address = me.create(record).headers["Location"]
    ticket = storage.find_upload(address.rsplit("/", 1)[1])
    with pytest.raises(OSError, match="the line broke"):
        storage.append_upload(ticket, Broken(BODY[:300]), offset=0)
    assert me.call("head", address).headers["Upload-Offset"] == "300"
    with pytest.raises(OSError, match="the line broke"):
        storage.append_upload(ticket, Broken(BODY[300:400]), offset=300, checksum=("sha1", b""))
    assert me.call("head", address).headers["Upload-Offset"] == "300"
    assert me.patch(address, 300, BODY[300:]).status_code == 204
    assert me.files(record) == {"a/b.bin": SHA256}


def test_bytes_that_were_never_acknowledged_are_cut_off(me: Tus) -> None:
    record = me.record()
    address = me.create(record).headers["Location"]
    me.patch(address, 0, BODY[:100])
    folder = uploads.folder_of(address.rsplit("/", 1)[1])
    with (folder / "part").open("ab") as part:
        part.write(b"\0" * 50)
    with (folder / "durable").open("ab") as log:
        log.write(b"\n15")
    assert me.call("head", address).headers["Upload-Offset"] == "100"
    assert me.patch(address, 100, BODY[100:]).status_code == 204
    assert me.files(record) == {"a/b.bin": SHA256}


def test_an_upload_that_ended_between_its_last_byte_and_its_row_is_finished_when_asked(me: Tus, monkeypatch: Any) -> None:
    record = me.record()
    address = me.create(record).headers["Location"]

    class Killed(BaseException):
        pass

    for place in ("finish_upload", "put_files", "close_upload"):
        with monkeypatch.context() as patched:
            target = file_actions if place == "put_files" else file_actions.storage

            def die(*args: Any, **kwargs: Any) -> None:
                raise Killed

            patched.setattr(target, place, die)
            with pytest.raises(Killed):
                me.patch(address, 0, BODY) if place == "finish_upload" else me.call("head", address)
    told = me.call("head", address)
    assert (told.status_code, told.headers["Upload-Offset"]) == (200, "25600")
    assert me.files(record) == {"a/b.bin": SHA256}
    assert len([e for e in journal.events_of(record) if e.verb == "record.file_put"]) == 1


def test_a_second_writer_is_turned_away(me: Tus) -> None:
    address = me.create(me.record()).headers["Location"]
    upload = address.rsplit("/", 1)[1]
    with uploads._only_writer(upload):
        told = me.patch(address, 0, BODY)
    assert (told.status_code, told.json()["code"]) == (409, "upload.busy")


def test_a_full_disk_is_told_and_nothing_is_left(me: Tus, monkeypatch: Any) -> None:
    import errno

    record = me.record()

    def full(*args: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("izumi.storage.blobs.write_all", full)
    told = me.client.generic("PUT", f"/api/v1/records/{record}/files/a", BODY, **me.auth)
    assert (told.status_code, told.json()["code"]) == (507, "storage.full")
    assert list((the_home().drafts / "incoming").iterdir()) == []
    monkeypatch.undo()
    assert me.files(record) == {}


def test_tuspy_moves_a_file_with_an_interruption(me: Tus, world: World, tmp_path: Any) -> None:
    import threading
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from django.db import connections
    from tusclient.client import TusClient

    from izumi.web.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    record = me.record()
    source = tmp_path / "big.bin"
    source.write_bytes(BODY * 100)
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:

        def serve() -> None:
            server.serve_forever(0.05)
            connections.close_all()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        site = f"http://127.0.0.1:{server.server_port}"
        client = TusClient(f"{site}/api/v1/uploads/", headers={"Authorization": me.auth["HTTP_AUTHORIZATION"]})
        meta = {"record": record, "path": "big.bin"}
        uploader = client.uploader(str(source), chunk_size=1_000_000, metadata=meta, upload_checksum=True)
        uploader.upload_chunk()
        again = client.uploader(str(source), chunk_size=1_000_000, url=uploader.url, upload_checksum=True)
        assert again.offset == 1_000_000
        again.upload()
        server.shutdown()
        thread.join()
    assert me.files(record) == {"big.bin": hashlib.sha256(BODY * 100).hexdigest()}
