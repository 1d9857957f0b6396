"""What people write stays text: in pages, headers, tables for spreadsheets, and files that a browser could run."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from lxml import etree

from izumi.formats import queries as formats
from izumi.records import actions, file_actions
from tests.builders import World, a_document, a_world

X = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'</script><!--]]>\u2028&"
LINK = 'https://e.example/>; rel="license", <https://evil.example/'
FILES = {
    '"><script>alert(1)<': b"x", "a\"b;c=%0d%0aX-Evil: 1.csv": b"x,y\n=cmd|calc,<script>alert(1)</script>\n",
    "x.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "x.html": b"<script>alert(1)</script>",
    "x.md": b"<script>alert(1)</script> [x](javascript:alert(1))", "x.xhtml": b"<html xmlns='http://www.w3.org/1999/xhtml'><script/></html>",
    "x.pdf": b"%PDF-1.7 <script>alert(1)</script>", "x.js": b"alert(1)", "declared": b"<script>alert(1)</script>",
}  # fmt: skip


@pytest.fixture
def world(home) -> World:
    return a_world()


def hostile() -> dict[str, Any]:
    """A document that publishes, with markup, formulas and addresses that run."""
    return a_document(
        title={"ja": X, "en": "=cmd|' /C calc'!A0"}, description={"ja": "@SUM(1)" + X}, summary={"ja": "+1" + X},
        keywords=[{"text": {"ja": X}, "uri": "javascript:alert(1)"}, {"text": {"ja": "-1+1|cmd"}}],
        creators=[{"name": {"ja": {"family": X, "given": X}}, "affiliations": [{"name": {"ja": X}}],
                   "identifiers": [{"scheme": "URL", "value": "javascript:alert(1)", "uri": "javascript:alert(1)"}]}],
        hosting_organisation={"name": {"ja": "\t=1+1" + X}}, manager={"name": {"ja": X}, "organisation": True},
        contact={"email": "a@b.example", "organisation": {"ja": X}}, repository={"name": {"ja": X}}, remarks={"ja": X},
        relations=[{"relation": "References", "scheme": "URL", "identifier": one} for one in ("javascript:alert(1)", LINK, "data:text/html,x")],
        identifiers=[{"scheme": "URL", "value": "data:text/html,x\r\nX-Evil: 1"}, {"scheme": "DOI", "value": '10.1234/"><script>alert(1)</script>'}],
    )  # fmt: skip


class Markup(HTMLParser):
    """What a browser would act on: scripts of the page itself, event attributes, addresses that run."""

    def __init__(self) -> None:
        super().__init__()
        self.acting: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        told = dict(attrs)
        if tag == "script" and not told.get("src") and told.get("type") != "application/ld+json":
            self.acting.append("script")
        for name, value in attrs:
            runs = name in ("href", "src", "action", "formaction") and re.match(r"\s*(javascript|data|vbscript):", value or "", re.I)
            if name.startswith("on") or name == "style" or runs:
                self.acting.append(f"{tag} {name}={value}")


def acting(page: str) -> list[str]:
    """What of a page would act."""
    found = Markup()
    found.feed(page)
    return found.acting


def test_nothing_that_people_write_acts_in_a_page(world, ask, run_workers):
    me, mine = world.actor("researcher"), world.bearer("researcher")
    key = actions.create_record(me, metadata=hostile(), prefill=False).id
    for path, body in FILES.items():
        file_actions.put_file(me, key, path, io.BytesIO(body), declared_type="text/html")
    shown = {address: ask(mine, "GET", f"/records/{key}{address}", HTTP_ACCEPT="text/html") for address in ("/preview", "/edit", "/publish")}
    actions.publish_version(me, key)
    run_workers()
    here = f"/records/{key}"
    for address in (here, f"/en{here}", f"{here}/history", f"{here}/v/1/files/", "/", "/search", "/search?q=script&sort=%22%3E%3Cscript%3E",
                    "/search?q=%22%3E%3Cscript%3Ealert(1)", f"/organisations/{world.organisation}", f"/people/{world.persons['researcher']}"):  # fmt: skip
        shown[address] = ask({}, "GET", address, HTTP_ACCEPT="text/html")
    for path in ("x.svg", "x.html", "x.md", "x.pdf", "x.js", "declared"):
        shown[path] = ask({}, "GET", f"{here}/v/1/files/{path}?preview", HTTP_ACCEPT="text/html")
    assert {address: acting(answer.told) for address, answer in shown.items() if acting(answer.told)} == {}
    assert all("script-src 'self';" in answer.headers["Content-Security-Policy"] for answer in shown.values())
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', shown[here].told, re.S)
    assert script is not None and json.loads(script[1])  # nothing in it ends the element early


def test_a_draft_with_addresses_that_run_shows_them_as_text(world, ask):
    bad = "javascript:alert(1)"
    document = a_document(contact={"url": bad}, terms={"licence_url": bad, "licence": "x", "rights": [{"url": "data:text/html,x"}]}, repository={"url": bad})
    key = actions.create_record(world.actor("researcher"), metadata=document, prefill=False).id
    page = ask(world.bearer("researcher"), "GET", f"/records/{key}/preview", HTTP_ACCEPT="text/html")
    assert page.status_code == 200 and bad in page.told and acting(page.told) == []


def test_files_that_a_browser_could_run_leave_as_attachments_in_a_sandbox(world, ask):
    me = world.actor("researcher")
    key = actions.create_record(me, metadata=a_document(), prefill=False).id
    for path, body in FILES.items():
        file_actions.put_file(me, key, path, io.BytesIO(body), declared_type="text/html\r\nX-Evil: 1")
    actions.publish_version(me, key)
    from urllib.parse import quote

    for path in FILES:
        for asked in ("", "?preview"):
            answer = ask({}, "GET", f"/records/{key}/v/1/files/{quote(path)}{asked}")
            headers = answer.headers
            assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'" and headers["X-Content-Type-Options"] == "nosniff"
            assert "X-Evil" not in headers and "\n" not in headers["Content-Disposition"] and '"><' not in headers["Content-Disposition"]
            inline = headers["Content-Disposition"].startswith("inline")
            assert not inline or headers["Content-Type"].split(";")[0] in ("text/plain", "text/csv")


def test_every_format_stays_well_formed_and_no_cell_begins_like_a_formula(world, ask, run_workers):
    me = world.actor("researcher")
    key = actions.create_record(me, metadata=hostile(), prefill=False).id
    actions.publish_version(me, key)
    for name in formats.all_codecs():
        answer = ask({}, "GET", f"/records/{key}?format={name}")
        kind = answer.headers["Content-Type"]
        assert "evil.example" not in answer.headers.get("Link", "") and "X-Evil" not in answer.headers
        if "xml" in kind:
            etree.fromstring(answer.told.encode())
        elif "json" in kind:
            json.loads(answer.told)
        elif "csv" in kind:
            cells = [cell for row in csv.reader(io.StringIO(answer.told.lstrip("\ufeff"))) for cell in row]
            assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


BAD_PATHS = (
    "../x", "a/../../x", "/etc/passwd", "a//b", "a/./b", "..", ".", "a\\..\\b", "a\x00b", "a\nb", "a\r\nX: 1", "x" * 256, "a/" * 1001 + "x",
    "photo\u202egnp.exe", "a/", "\ud800", "あ" * 1400, "a\x7fb", "a\u2066b", "",
)  # fmt: skip


def test_no_path_leaves_its_record_by_any_door(world, ask, home):
    import base64
    from urllib.parse import quote

    me, mine = world.actor("researcher"), world.bearer("researcher")
    key = actions.create_record(me, metadata=a_document(), prefill=False).id
    outside = sorted(str(one) for one in home.path.rglob("*") if one.is_file() and "drafts" not in one.parts and ".db" not in one.name)
    for path in BAD_PATHS:
        raw = path.encode("utf-8", "surrogatepass")
        start = f"/api/v1/records/{key}/files"
        answers = [
            ask(mine, "PUT", f"{start}/{quote(raw)}", data=b"x", content_type="text/plain"),
            ask(mine, "PUT", f"{start}/{quote(raw, safe='')}", data=b"x", content_type="text/plain"),
            ask(mine, "DELETE", f"{start}/{quote(raw)}"),
            ask(mine, "GET", f"/records/{key}/v/draft.zip?path={quote(raw, safe='')}"),
            ask(mine, "GET", f"/records/{key}/v/draft/files/{quote(raw)}"),
            ask(mine, "POST", "/api/v1/uploads/", HTTP_TUS_RESUMABLE="1.0.0", HTTP_UPLOAD_LENGTH="0",
                HTTP_UPLOAD_METADATA=f"record {base64.b64encode(key.encode()).decode()},path {base64.b64encode(raw).decode()}"),
        ]  # fmt: skip
        if "\ud800" not in path:
            body = json.dumps({"from": path, "to": path or ".."}).encode()
            answers.append(ask(mine, "POST", f"{start}/move", data=body, content_type="application/json"))
            body = json.dumps({"url": "https://e.example/..", "path": path}).encode()
            answers.append(ask(mine, "POST", f"{start}/link", data=body, content_type="application/json"))
        empty = ("", "a/", "\ud800")  # a folder, or U+FFFD once it is read as text
        assert path in empty or all(400 <= answer.status_code < 500 for answer in answers), (path, [a.status_code for a in answers])
        assert all(answer.status_code < 500 for answer in answers), (path, [a.status_code for a in answers])
    for path in ("con.txt", "%2e%2e%2fx", "..x", "a..b/c", "-rf", "~root", "$HOME", "NUL"):
        assert ask(mine, "PUT", f"/api/v1/records/{key}/files/{quote(path)}", data=b"x", content_type="text/plain").status_code in (200, 201)
    now = sorted(str(one) for one in home.path.rglob("*") if one.is_file() and "drafts" not in one.parts and ".db" not in one.name)
    assert [one for one in now if one not in outside and "logs" not in one] == []
