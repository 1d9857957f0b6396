"""Record commands are API calls: the main job by command, in process and over HTTP, with the same errors."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from izumi.web.cli import main

pytestmark = pytest.mark.usefixtures("home")

FILLED = [
    "title{ja}=河川の水質", "title{en}=River water quality", "description{ja}=毎月 1 回、同じ 8 地点で採水して測りました。手順は記録票にあります。",
    "field=489", "type=experimental_data", "terms.fee=free", "terms.licence=CC-BY-4.0", "access.class=open", "contact.email=a@example.invalid",
]  # fmt: skip


@pytest.fixture
def izumi(capsys) -> Callable[..., tuple[int, list[dict]]]:
    def run(*arguments: str) -> tuple[int, list[dict]]:
        code = main([*arguments, "--json"])
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


@pytest.fixture
def hanako(izumi) -> str:
    organisation = izumi(
        "organisation", "add", "--name-ja", "国立大学法人青葉台大学", "--name-en", "Aobadai University"
    )[1][0]["id"]
    assert (
        izumi("person", "add", "--username", "hanako", "--name-ja", "泉 花子", "--organisation", organisation)[0] == 0
    )
    return "hanako"


@pytest.fixture
def draft(izumi, hanako) -> str:
    settings = [part for text in FILLED for part in ("--set", text)]
    code, told = izumi("record", "new", *settings, "--as", hanako)
    assert code == 0, told
    return told[0]["id"]


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "測定" / "4月").mkdir(parents=True)
    (tmp_path / "測定" / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "測定" / "4月" / "観測 1.csv").write_text("日,値\n1,2\n", "utf-8")
    return tmp_path / "測定"


def test_the_main_job_by_command(izumi, draft, folder, tmp_path):
    assert izumi("record", "validate", draft)[0] == 0
    code, put = izumi("files", "add", draft, str(folder), "--as", "hanako")
    assert (code, sorted(line["path"] for line in put)) == (0, ["測定/4月/観測 1.csv", "測定/a.csv"])
    code, told = izumi("publish", draft, "--as", "hanako")
    assert (code, told[0]["state"], told[0]["version"]) == (0, "published", 1)
    assert [hit["id"] for hit in izumi("search", "水質")[1][0]["items"]] == [draft]
    assert [hit["id"] for hit in izumi("search", "river")[1][0]["items"]] == [draft]
    code, _ = izumi("files", "get", draft, "--to", str(tmp_path / "got"))
    assert (code, (tmp_path / "got/測定/4月/観測 1.csv").read_text("utf-8")) == (0, "日,値\n1,2\n")
    code, told = izumi("withdraw", draft, "--why", "誤りがありました。", "--as", "hanako")
    assert (code, told[0]["state"]) == (0, "withdrawn")
    code, told = izumi("record", "show", draft)
    assert (code, told[0]["code"], told[0]["status"]) == (1, "record.withdrawn", 410)
    assert izumi("search", "水質")[1][0]["items"] == []


def test_a_file_kept_elsewhere_is_named_and_never_asked_for(izumi, draft, tmp_path):
    digest = "0" * 64
    code, _ = izumi(
        "files", "link", draft, "https://example.org/big.bin", "--size", "100", "--sha256", digest, "--as", "hanako"
    )
    assert code == 0
    code, told = izumi("files", "get", draft, "--to", str(tmp_path / "got"), "--version", "draft")
    assert (code, told) == (0, [{"path": "big.bin", "url": "https://example.org/big.bin", "kept_here": False}])


def test_an_export_under_json_is_one_object(izumi, draft):
    code, told = izumi("record", "export", draft, "--format", "json")
    assert (code, told[0]["format"], json.loads(told[0]["content"])["id"]) == (0, "json", draft)


def test_a_draft_found_wanting_exits_1_and_says_where(izumi, hanako):
    empty = izumi("record", "new", "--as", hanako)[1][0]["id"]
    code, told = izumi("record", "validate", empty)
    assert (code, told[0]["ok"]) == (1, False)
    assert "/title" in {finding["pointer"] for finding in told[0]["findings"]}


def test_a_publication_that_the_rules_forbid_tells_all_findings(izumi, hanako):
    empty = izumi("record", "new", "--as", hanako)[1][0]["id"]
    code, told = izumi("publish", empty, "--as", hanako)
    assert (code, told[0]["status"]) == (1, 422)
    assert len(told[0]["findings"]) > 3


def test_an_edit_changes_one_language_only(izumi, draft):
    code, told = izumi("record", "edit", draft, "--set", "title{en}=Water", "--as", "hanako")
    assert (code, told[0]["metadata"]["title"]) == (0, {"ja": "河川の水質", "en": "Water"})


def test_an_unknown_field_is_refused_and_nothing_changes(izumi, draft):
    code, told = izumi("record", "edit", draft, "--set", "titel{ja}=x", "--as", "hanako")
    assert (code, told[0]["status"]) == (1, 422)
    assert izumi("record", "show", draft, "--draft")[1][0]["metadata"]["title"]["ja"] == "河川の水質"


def test_acting_as_somebody_decides_exactly_as_they_may(izumi, draft):
    izumi("person", "add", "--username", "taro")
    code, told = izumi("record", "show", draft, "--as", "taro")
    assert (code, told[0]["status"]) == (1, 404)
    assert izumi("record", "show", draft)[0] == 0


def test_the_explanation_names_reasons_for_and_against(izumi, draft):
    izumi("person", "add", "--username", "taro")
    code, told = izumi("access", "explain", draft, "--as", "taro")
    assert (code, told[0]["allowed"]) == (1, False)
    assert told[0]["reasons"]
    assert izumi("access", "explain", draft, "--as", "hanako")[0] == 0


def test_access_is_changed_by_command(izumi, draft):
    izumi("publish", draft, "--as", "hanako")
    code, told = izumi("access", "set", draft, "--class", "closed", "--reason", "patent", "--as", "hanako")
    assert (code, told[0].get("access", {}).get("class")) == (0, "closed"), told
    assert izumi("access", "explain", draft, "--as", "anonymous")[0] == 1


def test_a_broken_identifier_looks_like_an_absent_record(izumi, hanako):
    wrong, absent = izumi("record", "show", "aaaaa-aaaab")[1][0], izumi("record", "show", "zzzzz-zzzzz")[1][0]
    assert (wrong["status"], wrong["detail"]) == (absent["status"], absent["detail"]) == (404, absent["detail"])


def test_files_of_a_hostile_site_stay_in_the_folder(tmp_path):
    from izumi.kernel.errors import Invalid
    from izumi.web.cli.files import inside

    for path in ("../x", "/etc/passwd", "a/../../x"):
        with pytest.raises(Invalid):
            inside(tmp_path / "to", path)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Nothing between the lines of the tests."""


@pytest.fixture
def address(home) -> Iterator[str]:
    from django.db import connections

    from izumi.web.wsgi import application

    def leaving_nothing_open(environ, start):
        body = application(environ, start)
        try:
            yield from body
        finally:
            body.close()
            connections.close_all()

    server = make_server("127.0.0.1", 0, leaving_nothing_open, WSGIServer, _Quiet)
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    running.join()


@pytest.fixture
def there(izumi, hanako, address) -> list[str]:
    token = izumi("token", "create", "--person", hanako)[1][0]["token"]
    return ["--site", address, "--token", token]


def test_over_http_the_same_commands_do_the_same(izumi, there, folder, tmp_path):
    settings = [part for text in FILLED for part in ("--set", text)]
    code, told = izumi("record", "new", *settings, *there)
    assert code == 0, told
    draft = told[0]["id"]
    assert izumi("files", "add", draft, str(folder), *there)[0] == 0
    assert sorted(row["path"] for row in izumi("files", "list", draft, *there)[1]) == [
        "測定/4月/観測 1.csv",
        "測定/a.csv",
    ]
    assert izumi("publish", draft, *there)[1][0]["state"] == "published"
    assert izumi("files", "get", draft, "測定/a.csv", "--to", str(tmp_path / "got"), "--site", there[1])[0] == 0
    assert (tmp_path / "got/測定/a.csv").read_text() == "a,b\n1,2\n"


def test_the_same_errors_here_and_over_http(izumi, there):
    for command in (
        ["record", "show", "zzzzz-zzzzz"],
        ["publish", "zzzzz-zzzzz"],
        ["record", "new", "--kind", "nothing"],
    ):
        here, remote = izumi(*command, "--as", "hanako"), izumi(*command, *there)
        assert (here[0], here[1][0]["code"], here[1][0]["findings"]) == (
            remote[0],
            remote[1][0]["code"],
            remote[1][0]["findings"],
        )


def test_a_wrong_token_is_refused(izumi, there):
    code, told = izumi("record", "new", "--site", there[1], "--token", "izumi_wrong")
    assert (code, told[0]["status"]) == (1, 401)


def test_a_large_file_goes_on_where_it_stopped(izumi, there, tmp_path, monkeypatch):
    from izumi.web.cli import sending

    monkeypatch.setattr(sending, "LARGE_BYTES", 1000)
    monkeypatch.setattr(sending, "CHUNK_BYTES", 4000)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    draft = izumi("record", "new", *there)[1][0]["id"]
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(range(256)) * 40)
    sent: list[int] = []
    whole = sending._read

    def breaking(source, start, count, told):
        if start >= 4000 and not sent:
            sent.append(start)
            raise KeyboardInterrupt
        return whole(source, start, count, told)

    monkeypatch.setattr(sending, "_read", breaking)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - however the command line reports an interrupt
        code = main(["files", "add", draft, str(large), *there, "--json"])
        assert code == 130
        raise KeyboardInterrupt
    starts: list[int] = []
    monkeypatch.setattr(
        sending, "_read", lambda source, start, count, told: starts.append(start) or whole(source, start, count, told)
    )
    assert izumi("files", "add", draft, str(large), *there)[0] == 0
    assert starts[0] == 4000
    listed = izumi("files", "list", draft, *there)[1]
    assert [(row["path"], row["size"]) for row in listed] == [("large.bin", 10240)]


def test_an_import_of_many_tries_all_and_exits_1_when_one_is_refused(izumi, draft, tmp_path):
    izumi("publish", draft, "--as", "hanako")
    assert izumi("record", "export", draft, "--format", "datacite-json", "--to", str(tmp_path / "good.json"))[0] == 0
    (tmp_path / "bad.json").write_text("{")
    code, told = izumi("record", "import", str(tmp_path / "bad.json"), str(tmp_path / "good.json"), "--as", "hanako")
    assert (code, [line.get("ok") for line in told if "ok" in line]) == (1, [False, True])
