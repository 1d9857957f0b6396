"""Files from outside: put, list, fetch, ranges, ZIP, forms; nobody gets a byte that the decision does not allow."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from typing import Any

import pytest

from izumi.kernel import clock, journal
from izumi.kernel.home import home as the_home

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


def test_a_put_file_answers_with_its_digest_and_is_in_the_draft(me: Site) -> None:
    record = me.draft()
    answer = me.put(record, "測定/a.csv", b"1,2\n")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["path"], told["size"], told["media_type"]) == ("測定/a.csv", 4, "text/csv")
    assert told["sha256"] == hashlib.sha256(b"1,2\n").hexdigest()
    assert me.put(record, "測定/a.csv", b"1,2\n").status_code == 200
    assert me.files(record, version="draft") == ["測定/a.csv"]
    events = [e for e in journal.events_of(record) if e.verb == "record.file_put"]
    assert len(events) == 1
    assert events[0].payload["files"][0]["path"] == "測定/a.csv"


def test_file_changes_do_not_bump_the_revision(me: Site) -> None:
    record = me.draft()
    before = me.call("get", f"/api/v1/records/{record}/draft").headers["ETag"]
    me.put(record, "a.txt")
    assert me.call("get", f"/api/v1/records/{record}/draft").headers["ETag"] == before


def test_a_wrong_digest_or_a_cut_body_saves_nothing(me: Site) -> None:
    record = me.draft()
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    refused = me.put(record, "a.txt", b"this", content_digest=f"sha-256=:{wrong}:")
    assert (refused.status_code, refused.json()["code"]) == (422, "file.digest_mismatch")
    assert me.files(record, version="draft") == []
    assert list((the_home().drafts / "incoming").iterdir()) == []


def test_a_stream_of_unknown_length_needs_a_digest_or_a_cut_one_would_look_whole(me: Site) -> None:
    record = me.draft()
    refused = me.put(record, "a.txt", b"this", transfer_encoding="chunked")
    assert (refused.status_code, refused.json()["code"]) == (411, "file.length_needed")
    assert me.files(record) == []


@pytest.mark.parametrize("path", ["../../x", "a/../b", "%2e%2e/x", "a%00b", "a%5Cb", "%2Fetc", "a//b", "x" * 300])
def test_a_dangerous_path_is_refused_with_bilingual_findings(me: Site, path: str) -> None:
    record = me.draft()
    refused = me.put(record, path)
    assert refused.status_code in (404, 422), refused.content
    if refused.status_code == 422:
        assert set(refused.json()["findings"][0]["message"]) == {"ja", "en"}
    assert me.files(record, version="draft") == []


def test_names_that_differ_in_case_or_form_only_are_refused_naming_the_other(me: Site) -> None:
    record = me.draft()
    me.put(record, "Data.csv", b"1")
    refused = me.put(record, "data.csv", b"2")
    assert (refused.status_code, refused.json()["code"]) == (409, "file.name_collides")
    assert "Data.csv" in refused.json()["detail"]


def test_a_file_may_be_called_like_a_verb(me: Site) -> None:
    record = me.draft()
    for name in ("move", "link", "diff"):
        assert me.put(record, name, name.encode()).status_code == 201
    assert me.files(record) == ["diff", "link", "move"]
    assert me.call("delete", f"/api/v1/records/{record}/files/move").status_code == 204
    assert me.files(record) == ["diff", "link"]


def test_files_move_and_go_and_folders_too(me: Site) -> None:
    record = me.draft()
    for name in ("raw/1.txt", "raw/2.txt", "top.txt"):
        me.put(record, name, name.encode())
    moved = me.call("post", f"/api/v1/records/{record}/files/move", {"from": "raw", "to": "cooked/raw"})
    assert moved.json() == {"from": "raw", "to": "cooked/raw", "moved": 2}
    assert me.call("delete", f"/api/v1/records/{record}/files/cooked/raw/2.txt").status_code == 204
    assert me.files(record) == ["top.txt", "cooked/raw/1.txt"]
    assert me.call("delete", f"/api/v1/records/{record}/files/cooked/").status_code == 204
    assert me.files(record) == ["top.txt"]
    assert me.call("delete", f"/api/v1/records/{record}/files/nothing").status_code == 404


def test_a_reference_is_listed_and_its_bytes_are_where_it_says(me: Site) -> None:
    record = me.draft()
    body = {"url": "https://data.example.org/big.nc", "path": "far/big.nc", "size": 10**15, "sha256": "ab" * 32}
    assert me.call("post", f"/api/v1/records/{record}/files/link", body).status_code == 201
    told = me.call("get", f"/api/v1/records/{record}/files/far/big.nc").json()
    assert (told["url"], told["size"], told["kept_here"]) == ("https://data.example.org/big.nc", 10**15, False)
    answer = me.call("get", f"/records/{record}/v/draft/files/far/big.nc")
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://data.example.org/big.nc")
    bad = me.call("post", f"/api/v1/records/{record}/files/link", {"url": "javascript:alert(1)"})
    assert bad.status_code == 422


def test_listing_by_folder_pages_and_names_its_folders(me: Site) -> None:
    record = me.draft()
    for name in ("b.txt", "a.txt", "x/1.txt", "x/y/2.txt"):
        me.put(record, name, name.encode())
    told = me.call("get", f"/api/v1/records/{record}/files?folder=&limit=1").json()
    assert ([i["path"] for i in told["items"]], told["folders"]) == (["a.txt"], ["x"])
    told = me.call("get", f"/api/v1/records/{record}/files?folder=&limit=1&cursor={told['next']}").json()
    assert ([i["path"] for i in told["items"]], told["next"]) == (["b.txt"], None)
    inner = me.call("get", f"/api/v1/records/{record}/files?folder=x").json()
    assert ([i["path"] for i in inner["items"]], inner["folders"]) == (["x/1.txt"], ["y"])
    assert me.call("get", f"/api/v1/records/{record}/files").json()["total"] == 4


def test_the_draft_of_somebody_else_is_not_there(me: Site, nobody: Site, site_of: Any) -> None:
    record = me.draft()
    me.put(record, "a.txt")
    stranger = site_of("stranger")
    for who in (nobody, stranger):
        assert who.put(record, "b.txt").status_code == 404
        assert who.call("get", f"/records/{record}/v/draft/files/a.txt").status_code == 404
        assert who.call("get", f"/records/{record}/draft/files/a.txt").status_code == 404
        assert who.call("get", f"/api/v1/records/{record}/files").status_code == 404
        assert who.call("get", f"/records/{record}/v/draft.zip").status_code == 404
    assert whole(me.call("get", f"/records/{record}/draft/files/a.txt")) == BODY


def test_published_bytes_carry_digest_etag_and_safe_headers(me: Site, nobody: Site) -> None:
    record = me.draft()
    me.put(record, "a b/図 1.bin")
    me.publish(record)
    answer = nobody.call("get", f"/records/{record}/v/1/files/a%20b/%E5%9B%B3%201.bin")
    assert (answer.status_code, whole(answer)) == (200, BODY)
    digest = hashlib.sha256(BODY).digest()
    assert answer.headers["ETag"] == f'"{digest.hex()}"'
    assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == "10240"
    assert "filename*=UTF-8''%E5%9B%B3%201.bin" in answer.headers["Content-Disposition"]
    head = nobody.call("head", f"/records/{record}/v/1/files/a%20b/%E5%9B%B3%201.bin")
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "10240", b"")
    part = nobody.call("head", f"/records/{record}/v/1/files/a%20b/%E5%9B%B3%201.bin", range="bytes=0-1")
    assert (part.status_code, part.headers["Content-Length"]) == (200, "10240")
    again = nobody.call("get", f"/records/{record}/v/1/files/a%20b/%E5%9B%B3%201.bin", if_none_match=answer.headers["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ("bytes=0-0", 206, BODY[:1], "bytes 0-0/10240"),
        ("bytes=10-19", 206, BODY[10:20], "bytes 10-19/10240"),
        ("bytes=10230-", 206, BODY[10230:], "bytes 10230-10239/10240"),
        ("bytes=-5", 206, BODY[-5:], "bytes 10235-10239/10240"),
        ("bytes=-99999", 206, BODY, "bytes 0-10239/10240"),
        ("bytes=0-99999", 206, BODY, "bytes 0-10239/10240"),
        ("bytes=10240-", 416, b"", "bytes */10240"),
        ("bytes=-0", 416, b"", "bytes */10240"),
        ("bytes=5-1", 200, BODY, None),
        ("bytes=x", 200, BODY, None),
        ("lines=1-2", 200, BODY, None),
    ],
)
def test_a_range_answers_exactly_what_was_asked(me, nobody, asked, status, body, content_range) -> None:
    record = me.draft()
    me.put(record, "a.bin")
    me.publish(record)
    answer = nobody.call("get", f"/records/{record}/v/1/files/a.bin", range=asked)
    assert (answer.status_code, whole(answer), answer.headers.get("Content-Range")) == (status, body, content_range)


def test_several_ranges_come_as_parts(me: Site, nobody: Site) -> None:
    record = me.draft()
    me.put(record, "a.bin")
    me.publish(record)
    answer = nobody.call("get", f"/records/{record}/v/1/files/a.bin", range="bytes=0-1, -2, 5-6")
    body = whole(answer)
    assert answer.status_code == 206
    mark = answer.headers["Content-Type"].split("boundary=")[1]
    parts = body.split(f"--{mark}".encode())[1:-1]
    assert [p.split(b"\r\n\r\n", 1)[1][:-2] for p in parts] == [BODY[:2], BODY[-2:], BODY[5:7]]
    assert len(body) == int(answer.headers["Content-Length"])


def test_a_range_of_another_state_is_answered_whole(me: Site, nobody: Site) -> None:
    record = me.draft()
    me.put(record, "a.bin")
    me.publish(record)
    etag = f'"{hashlib.sha256(BODY).hexdigest()}"'
    address = f"/records/{record}/v/1/files/a.bin"
    assert nobody.call("get", address, range="bytes=0-1", if_range=etag).status_code == 206
    assert nobody.call("get", address, range="bytes=0-1", if_range='"other"').status_code == 200


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.xml", "x.js", "x.pdf"])
def test_active_files_are_never_shown_inline(me: Site, nobody: Site, name: str) -> None:
    record = me.draft()
    me.put(record, name, b"<script>alert(1)</script>")
    me.publish(record)
    for query in ("", "?preview"):
        answer = nobody.call("get", f"/records/{record}/v/1/files/{name}{query}", accept="image/png")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_an_embargo_ends_at_midnight_in_japan_and_refusals_say_why(me: Site, nobody: Site) -> None:
    with clock.at("2027-03-01T12:00:00+09:00"):
        record = me.draft(access={"class": "embargoed", "available_on": "2027-04-01", "opens": "auto",
                                  "reasons": [{"code": "third_party_rights"}]})  # fmt: skip
        me.put(record, "a.bin")
        me.publish(record)
    address = f"/records/{record}/v/1/files/a.bin"
    with clock.at("2027-03-31T23:59:59+09:00"):
        for path in (address, f"{address}?preview", f"/records/{record}/v/1/files/", f"/records/{record}/v/1.zip"):
            refused = nobody.call("get", path, accept="application/json")
            assert refused.status_code == 401, path
            assert refused.json()["decision"]["reasons"], path
            assert BODY[:20] not in refused.content
        assert nobody.call("get", f"/api/v1/records/{record}/files?version=1").status_code == 401
        assert nobody.call("head", address).status_code == 401
    with clock.at("2027-04-01T00:00:01+09:00"):
        assert whole(nobody.call("get", address)) == BODY


def test_a_closed_path_is_refused_alike_whether_it_exists_or_not(me: Site, nobody: Site) -> None:
    record = me.draft(access={"class": "closed", "reasons": [{"code": "contract"}]})
    me.put(record, "a.bin")
    me.publish(record)
    answers = [nobody.call("get", f"/records/{record}/v/1/files/{n}", accept="application/json") for n in ("a.bin", "b.bin")]
    assert [a.status_code for a in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_a_version_keeps_its_bytes_when_the_next_draft_changes(me: Site, nobody: Site) -> None:
    record = me.draft()
    me.put(record, "a.txt", b"one")
    me.publish(record)
    assert me.put(record, "a.txt", b"two").status_code == 404
    assert me.call("post", f"/api/v1/records/{record}/new-version", {"kind": "files"}).status_code < 300
    assert me.put(record, "a.txt", b"two").status_code == 200
    assert whole(nobody.call("get", f"/records/{record}/v/1/files/a.txt")) == b"one"
    assert nobody.call("get", f"/records/{record}/v/2/files/a.txt").status_code == 404
    differs = me.call("get", f"/api/v1/records/{record}/files/diff?before=1&after=draft").json()
    assert [(i["change"], i["path"]) for i in differs["items"]] == [("changed", "a.txt")]
    me.publish(record)
    assert whole(nobody.call("get", f"/records/{record}/v/2/files/a.txt")) == b"two"
    assert whole(nobody.call("get", f"/records/{record}/v/1/files/a.txt")) == b"one"


def test_a_correction_keeps_the_files(me: Site) -> None:
    record = me.draft()
    me.put(record, "a.txt", b"one")
    me.publish(record)
    me.call("post", f"/api/v1/records/{record}/new-version", {"kind": "metadata"})
    refused = me.put(record, "b.txt", b"two")
    assert (refused.status_code, refused.json()["code"]) == (409, "draft.metadata_only")
    assert me.files(record, version="draft") == ["a.txt"]


def test_a_folder_page_has_relative_links_and_the_slash_is_added(me: Site, nobody: Site) -> None:
    record = me.draft()
    for name in ("a b/1.txt", "a b/c/2.txt", "x&y.txt"):
        me.put(record, name, name.encode())
    me.publish(record)
    base = f"/records/{record}/v/1/files"
    top = nobody.call("get", f"{base}/").content.decode()
    assert 'href="./a%20b/"' in top
    assert 'href="./x%26y.txt"' in top
    inner = nobody.call("get", f"{base}/a%20b/").content.decode()
    assert 'href="../"' in inner
    assert 'href="./c/"' in inner
    redirected = nobody.call("get", f"{base}/a%20b")
    assert (redirected.status_code, redirected.headers["Location"].endswith("/a%20b/")) == (302, True)
    assert nobody.call("get", f"{base}/nothing/").status_code == 404


def test_a_zip_of_a_folder_streams_names_and_bytes(me: Site, nobody: Site) -> None:
    record = me.draft()
    for name in ("測定/1.txt", "測定/c/2.bin", "other.txt"):
        me.put(record, name, name.encode())
    me.publish(record)
    answer = nobody.call("get", f"/records/{record}/v/1.zip?path=測定/")
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(whole(answer))) as found:
        assert found.testzip() is None
        assert found.namelist() == ["測定/1.txt", "測定/c/2.bin"]
        assert found.read("測定/c/2.bin") == "測定/c/2.bin".encode()
    with zipfile.ZipFile(io.BytesIO(whole(nobody.call("get", f"/records/{record}/v/1.zip")))) as found:
        assert len(found.namelist()) == 3


def test_a_withdrawn_record_gives_no_bytes(me: Site, nobody: Site) -> None:
    record = me.draft()
    me.put(record, "a.bin")
    me.publish(record)
    me.call("post", f"/api/v1/records/{record}/withdraw", {"why": "誤り"})
    for path in (f"/records/{record}/v/1/files/a.bin", f"/records/{record}/v/1.zip", f"/records/{record}/v/1/files/"):
        assert nobody.call("get", path).status_code == 410


def test_a_name_that_differs_in_normalisation_only_replaces_nothing(me: Site) -> None:
    record = me.draft()
    assert me.put(record, "\u304c.txt", b"first").status_code == 201
    other = me.put(record, "\u304b\u3099.txt", b"second")
    assert (other.status_code, other.json()["code"]) == (409, "file.name_collides")
    assert me.put(record, "\u304c.txt", b"third").status_code == 200
