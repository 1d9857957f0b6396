"""Files by plain forms, and their previews: no script, no way around the rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from izumi.kernel import journal
from izumi.kernel.actors import console
from izumi.people import actions as people
from tests.builders import World

pytestmark = pytest.mark.usefixtures("home")
BODY = bytes(range(256)) * 40


Site = Any


@pytest.fixture
def me(site_of: Any) -> Any:
    return site_of("researcher")


@pytest.fixture
def nobody(site_of: Any) -> Any:
    return site_of(None)


def whole(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_plain_form_brings_files_with_their_folders(client: Client, me: Site, world: World) -> None:
    record = me.draft()
    form = {
        "folder": "batch",
        "files": [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")],
        "paths": ["sub/a.txt", "b.txt"],
    }
    answer = client.post(f"/records/{record}/draft/do/upload", form, **me.headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/records/{record}/edit#files")
    assert me.files(record) == ["batch/b.txt", "batch/sub/a.txt"]
    assert whole(me.call("get", f"/records/{record}/draft/files/batch/sub/a.txt")) == b"one"
    removed = client.post(f"/records/{record}/draft/do/remove", {"path": "batch/b.txt", "next": "//evil.example"}, **me.headers)
    assert removed.headers["Location"] == f"/records/{record}/edit#files"
    assert me.files(record) == ["batch/sub/a.txt"]
    assert [e.payload["count"] for e in journal.events_of(record) if e.verb == "record.file_put"] == [2]


def signed_in(world: World) -> tuple[Client, str]:
    """A browser with a session, and the token its forms carry."""
    people.set_password(console(), world.persons["researcher"], "correct horse battery")
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.get("/login")
    token = browser.cookies["izumi_csrf"].value
    told = {"username": "researcher", "password": "correct horse battery", "csrfmiddlewaretoken": token}
    assert browser.post("/login", told).status_code == 303
    return browser, browser.cookies["izumi_csrf"].value


def test_a_form_of_a_session_needs_its_token(world: World, me: Site) -> None:
    record = me.draft()
    browser, token = signed_in(world)
    address = f"/records/{record}/draft/do/upload"
    assert browser.post(address, {"files": SimpleUploadedFile("a.txt", b"one")}).status_code == 403
    assert me.files(record) == []
    form = {"files": SimpleUploadedFile("a.txt", b"one"), "csrfmiddlewaretoken": token}
    assert browser.post(address, form).status_code == 303
    assert me.files(record) == ["a.txt"]
    assert browser.post(f"/records/{record}/draft/do/remove", {"path": "a.txt"}).status_code == 403
    done = browser.post(f"/records/{record}/draft/do/remove", {"path": "a.txt", "csrfmiddlewaretoken": token})
    assert done.status_code == 303
    assert me.files(record) == []


def test_a_folder_picker_without_a_script_keeps_the_folders(client: Client, me: Site) -> None:
    record = me.draft()
    mark = "----x"
    body = "".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n{name}\r\n'
        for name in ("photos/a.txt", "photos/2026/b.txt")
    )
    told = client.generic(
        "POST", f"/records/{record}/draft/do/upload", f"{body}--{mark}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={mark}", **me.headers,
    )  # fmt: skip
    assert told.status_code == 303, told.content
    assert me.files(record) == ["photos/a.txt", "photos/2026/b.txt"]


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a\\..\\..\\x"])
def test_a_form_cannot_leave_the_record_either(client: Client, me: Site, name: str) -> None:
    record = me.draft()
    form = {"files": [SimpleUploadedFile("a.txt", b"one")], "paths": [name]}
    assert client.post(f"/records/{record}/draft/do/upload", form, **me.headers).status_code == 422
    assert me.files(record) == []


def test_a_preview_page_shows_the_first_rows_and_what_cannot_be_shown_says_why(me: Site, nobody: Site) -> None:
    record = me.draft()
    me.put(record, "a.csv", "番号,値\n".encode("cp932") + b"".join(b"%d,%d\n" % (n, n * n) for n in range(30)))
    me.put(record, "b.bin")
    me.publish(record)
    page = nobody.call("get", f"/records/{record}/v/1/files/a.csv?preview", accept="text/html").content.decode()
    assert "<th scope=\"col\">番号</th>" in page
    assert "CP932" in page
    plot = nobody.call("get", f"/records/{record}/v/1/files/a.csv?preview=plot")
    assert (plot.headers["Content-Type"], plot.headers["Content-Security-Policy"]) == (
        "image/svg+xml", "sandbox; default-src 'none'",
    )  # fmt: skip
    english = nobody.call("get", f"/en/records/{record}/v/1/files/b.bin?preview", accept="text/html").content.decode()
    assert "Please download the file." in english
    inline = nobody.call("get", f"/records/{record}/v/1/files/a.csv?preview")
    assert inline.headers["Content-Disposition"].startswith("inline")
