"""The page on which a research office loads its list: without a script, seen before it is done."""

from __future__ import annotations

import base64
import re
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from izumi.kernel import journal
from izumi.kernel.actors import console
from izumi.people import actions, queries
from izumi.people.models import Project

LIST = "課題ID,研究課題名,研究機関名,備考\n21000001,水の研究,見本大学,あ\n21000002,<script>alert(1)</script>,見本大学,い\n21000003,どこかの研究,無い大学,う\n"
PASSWORD = "correct horse battery"


@pytest.fixture
def site(home):
    me = console()
    university = actions.add_organisation(me, legal_name={"ja": "国立大学法人見本大学"}, kind="university")
    for name in ("admin", "curator", "researcher"):
        person = actions.add_person(me, username=name, name={"ja": name}, organisation=university, password=PASSWORD)
        if name != "researcher":
            actions.assign_role(me, person=person, role=name, scope="site" if name == "admin" else f"org:{university}")
    return university


def signed_in(name):
    client = Client(raise_request_exception=False)
    assert client.post("/login", {"username": name, "password": PASSWORD}).status_code == 303
    return client


def upload(content=LIST, encoding="cp932", **members):
    return {"file": SimpleUploadedFile("list.csv", content.encode(encoding)), "format": "erad", "do": "preview", **members}


def hidden_fields(page):
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_a_curator_sees_what_would_happen_and_then_lets_it_happen(site):
    client, before = signed_in("curator"), journal.last_seq()
    page = client.post("/projects/import", upload())
    told = page.content.decode()
    assert page.status_code == 200
    assert "登録 2 件" in told
    assert "登録できない 1 件" in told
    assert "「無い大学」という機関は、このサイトに登録されていません。" in told
    assert "備考" in told
    assert (journal.last_seq(), Project.objects.count()) == (before, 0)
    fields = hidden_fields(told)
    done = client.post("/projects/import", {name: fields.get(name, "") for name in ("packed", "format", "organisation", "call")} | {"do": "confirm"})
    assert done.status_code == 200
    assert "読み込みました" in done.content.decode()
    assert queries.projects_by_number("21000001")[0].organisation == site
    assert queries.projects_by_number("21000002")[0].title == {"ja": "<script>alert(1)</script>"}
    assert "<script>alert(1)" not in client.get("/projects").content.decode()
    again = client.post("/projects/import", upload())
    assert "そのまま 2 件" in again.content.decode()
    assert "登録・変更するものはありません。" in again.content.decode()


def test_the_page_speaks_both_languages_and_offers_what_one_may_use(site):
    programme = actions.add_programme(console(), title={"ja": "見本事業"})
    actions.add_call(console(), programme, title={"ja": "日付のない公募"}, fiscal_year=2026)
    page = signed_in("admin").get("/en/projects/import").content.decode()
    assert "Load a list of projects" in page
    assert "見本事業" in page
    assert "日付のない公募" in page
    assert 'name="create_programmes"' in page
    page = signed_in("curator").get("/projects/import").content.decode()
    assert "日付のない公募" not in page
    assert 'name="create_programmes"' not in page


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"content": "a,b\n1,2\n"}, "番号と課題名の列が見つかりません"),
        ({"content": "\x00\x01", "encoding": "utf-8"}, "文字コードがわかりません"),
        ({"format": "xml"}, "形式は"),
        ({"organisation": "aaaaa-aaaaa"}, "指定されたものが見つかりません"),
    ],
)
def test_a_bad_upload_is_explained_on_the_page(site, members, words):
    answer = signed_in("curator").post("/projects/import", upload(**members))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Project.objects.count() == 0


def test_what_comes_back_from_the_form_is_never_trusted(site, monkeypatch):
    from izumi.people import list_pages

    client = signed_in("curator")
    for packed in ("", "%%%", base64.b64encode(b"no zlib").decode()):
        assert client.post("/projects/import", {"packed": packed, "format": "erad", "do": "confirm"}).status_code == 422
    assert client.post("/projects/import", {"format": "erad", "do": "preview"}).status_code == 422
    monkeypatch.setattr(list_pages, "LIMIT_BYTES", 100)
    bomb = base64.b64encode(zlib.compress(b"x" * 10_000)).decode()
    assert client.post("/projects/import", {"packed": bomb, "format": "erad", "do": "confirm"}).status_code == 413
    assert client.post("/projects/import", upload()).status_code == 413
    assert Project.objects.count() == 0


def test_nobody_else_loads_a_list(site):
    assert Client(raise_request_exception=False).get("/projects/import").status_code == 401
    for answer in (signed_in("researcher").get("/projects/import"), signed_in("researcher").post("/projects/import", upload())):
        assert answer.status_code == 403
    refused = signed_in("curator").post("/projects/import", upload(create_programmes="1"))
    assert refused.status_code == 403
    guarded = Client(enforce_csrf_checks=True, raise_request_exception=False)
    guarded.cookies = signed_in("curator").cookies
    assert guarded.post("/projects/import", upload()).status_code == 403
    assert Project.objects.count() == 0
