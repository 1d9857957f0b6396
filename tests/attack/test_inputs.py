"""Nothing that anybody sends makes the site fail: silly numbers, days, cursors, nesting, bytes that are no text, huge bodies."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.attack.house import House

DIGITS = ("²", "٣", "9" * 30, "9" * 5000, "-1", "1e9", "%00", "%ff%fe", "０")


def cursor(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


CURSORS = [
    "zzz", "%00", "=", cursor(b'["x","y"]'), cursor(b"[1,2]"), cursor(b"[" * 3000), cursor(b'["2026-01-01",null]'), cursor(b"[1e400,1]"),
    cursor(b'["0001-01-01T00:00:00+14:00","x"]'), cursor(b'["x"]'), cursor(b"[1]"), cursor(b"{}"), cursor(b"[\"\\ud800\"]"),
]  # fmt: skip
INSTANTS = (
    "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "0000-01-01", "10000-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "²",
)  # fmt: skip


def addresses(house: House) -> list[str]:
    """Reading addresses with silly values."""
    key, made = house.records["open"], []
    for n in DIGITS:
        made += [
            f"/records/{key}/history?before={n}", f"/records/{key}/diff?from={n}&to=1", f"/records/{key}/diff?from=1&to={n}",
            f"/records/{key}?q=a&after={n}", f"/records/{key}?after={n}", f"/records/{key}/v/{n}", f"/records/{key}/v/{n}/files/",
            f"/records/{key}/v/{n}.zip", f"/api/v1/records/{key}/versions/{n}", f"/api/v1/records/{key}/diff?before={n}&after=1",
            f"/api/v1/records/{key}/history?before={n}", f"/api/v1/records/{key}/history?limit={n}", f"/api/v1/records?limit={n}",
            f"/api/v1/people?limit={n}", f"/api/v1/jobs?limit={n}", f"/api/v1/jobs/{n}", f"/api/v1/search?year={n}", f"/search?year={n}",
            f"/api/v1/search?limit={n}", f"/api/v1/search/suggest?q=a&limit={n}", f"/api/v1/records/{key}/files?version={n}",
            f"/api/v1/records/{key}/files?limit={n}", f"/api/v1/records/{key}/export?version={n}", f"/work?after={n}",
            f"/api/v1/records/{key}/files/diff?before={n}&after=1", f"/api/v1/search?size={n}", f"/api/v1/roles?scope=org:{n}",
        ]  # fmt: skip
    for one in CURSORS:
        made += [
            f"{start}cursor={one}"
            for start in (
                "/api/v1/records?", "/api/v1/records?mine=true&", "/api/v1/records?queue=review&", "/api/v1/people?", "/api/v1/projects?",
                "/api/v1/organisations?", "/api/v1/programmes?", "/api/v1/groups?", f"/api/v1/records/{key}/files?", "/search?q=a&",
                f"/api/v1/records/{key}/files?folder=&", f"/api/v1/records/{key}/files/diff?before=1&after=1&", "/api/v1/search?q=a&",
                f"/projects/{house.world.project}?", "/projects?",
            )
        ]  # fmt: skip
        made += [f"/records/{key}/v/1/files/?after={one}", f"/work?after={one}", f"/records/{key}/diff?from=1&to=1&after={one}"]
    for at in INSTANTS:
        made += [f"/api/v1/decisions?record={key}&at={at}", f"/api/v1/decisions?record={key}&action=read&at={at}&path=a", f"/search?published={at}"]
    return made + texts(key)


def texts(key: str) -> list[str]:
    """Addresses with words that are none, are endless, or try to be patterns."""
    made = []
    for word in ("(" * 4000, '"' * 999, "-" * 3000, "a OR " * 800, "a" * 8000, "あ" * 2000, "*" * 2000, "%ff%fe", "%00", "%ed%a0%80", "a:b:c" * 500):
        made += [f"/search?q={word}", f"/api/v1/search?q={word}", f"/api/v1/search/suggest?q={word}", f"/api/v1/people?q={word}", f"/projects?q={word}"]
        made += [f"/api/v1/projects?number={word}", f"/records/{key}?q={word}", f"/records/{key}?folder={word}", f"/records/{word[:900]}"]
        made += [f"/api/v1/records/{key}/files?folder={word}", f"/api/v1/organisations?ror={word}", f"/api/v1/search?filters={word}"]
        made += [f"/{word[:900]}", f"/en/{word[:900]}", f"/api/v1/{word[:900]}", f"/static/{word[:900]}", f"/login?next={word}", f"/id/{word[:900]}"]
        made += [f"/sitemap-{word[:900]}.xml", f"/password/reset/{word[:900]}", f"/api/v1/records/{key}/export?format={word}", f"/search?sort={word}"]
    return made


@pytest.mark.parametrize("who", ["anonymous", "researcher"])
def test_no_silly_value_in_an_address_makes_the_site_fail(house, ask, who):
    headers = {} if who == "anonymous" else house.world.bearer(who)
    failed = []
    for address in addresses(house)[:: 3 if who == "anonymous" else 2]:
        answer = ask(headers, "GET", address)
        if answer.status_code >= 500 or "Traceback" in answer.told:
            failed.append((answer.status_code, address[:100]))
    assert failed == []


HEADERS: list[dict[str, str]] = [
    {"HTTP_ACCEPT": "x" * 20000}, {"HTTP_ACCEPT": "*/*;q=²"}, {"HTTP_ACCEPT": "text/html;q=nan, application/json;q=inf"},
    {"HTTP_ACCEPT_LANGUAGE": "en;q=" + "9" * 400}, {"HTTP_ACCEPT_LANGUAGE": "en;q=nan"}, {"HTTP_ACCEPT_LANGUAGE": "," * 5000},
    {"HTTP_RANGE": "bytes=" + ",".join(["0-1"] * 5000)}, {"HTTP_RANGE": "bytes=-" + "9" * 30}, {"HTTP_RANGE": "bytes=²-"},
    {"HTTP_IF_NONE_MATCH": "*"}, {"HTTP_AUTHORIZATION": "Bearer \xff"}, {"HTTP_AUTHORIZATION": "Basic eDp5"}, {"HTTP_AUTHORIZATION": "Bearer"},
    {"HTTP_COOKIE": "izumi_session=" + "x" * 9000}, {"HTTP_COOKIE": "izumi_session=%00"}, {"HTTP_COOKIE": "izumi_session=\xff\xfe"},
    {"HTTP_HOST": "evil.example"}, {"HTTP_HOST": "a b"}, {"HTTP_HOST": "[::1"}, {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_X_FORWARDED_FOR": "²" * 2000}, {"HTTP_IF_MATCH": "²"}, {"HTTP_IDEMPOTENCY_KEY": "²" * 5000},
]  # fmt: skip


def test_no_header_makes_the_site_fail_or_writes_an_address_into_it(house, ask):
    key = house.records["open"]
    failed = []
    for headers in HEADERS:
        for address in (f"/records/{key}", f"/id/{key}", f"/api/v1/records/{key}", f"/records/{key}/v/1/files/data/a.csv", "/login", "/nowhere"):
            answer = ask({}, "GET", address, **headers)
            everything = answer.told + str(answer.headers)
            if answer.status_code >= 500 or "evil.example" in everything:
                failed.append((answer.status_code, address, headers))
    assert failed == []


def nested(depth: int) -> bytes:
    return b'{"metadata":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"


BODIES: list[bytes] = [
    b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff\xfe", b'{"metadata": "\\ud800"}', b'{"metadata": {"title": {"ja": "\\ud800"}}}',
    nested(30), nested(200), nested(900), nested(1020), nested(100_000), b'{"metadata": {"creators": ' + b"[" * 900 + b"]" * 900 + b"}}",
    b'{"metadata": {"size": {"approximate": 1e999}}}', b'{"metadata": {"coverage": {"places": [{"point": [1e308, -1e308]}]}}}',
    b'{"metadata": {"data_number": ' + b"9" * 5000 + b"}}", b'{"metadata": {"title": null, "creators": null}}', b'{"metadata": {"": {"": ""}}}',
    b'{"metadata": {"title": {"ja": "\\u0000"}}}', b'{"metadata": {"title": {"' + b"x" * 5000 + b'": "x"}}}',
    b'{"metadata": {"access": {"class": ["open"], "scopes": {"a": 1}, "disclosure": {"/": 1}}}}',
    b'{"metadata": {"access": {"class": "embargoed", "available_on": "0001-01-01"}}}',
    b'{"metadata": {"access": {"class": "embargoed", "available_on": "9999-12-31"}}}',
    b'{"metadata": {"dates": [{"type": "collected", "value": "0000-00-00/9999-99-99"}]}}',
    b'{"metadata": {"title": {"ja": "' + b"a" * 4_000_000 + b'"}}}', b'{"metadata": {"title": {"ja": "' + b"a" * 6_000_000 + b'"}}}',
    b'{"why": "' + b"a" * 6_000_000 + b'"}', b'{"on": "0001-01-01"}', b'{"on": "9999-12-31"}', b'{"on": "10000-01-01"}', b'{"version": 99999999999999999999, "why": "x"}',
    b'{"access": {"class": "embargoed", "available_on": "9999-12-31"}}', b'{"projects": ["' + b"x" * 9000 + b'"]}', b'{"projects": [1, null]}',
    b'{"relation": "References", "identifier": "\\u0000", "scheme": "' + b"x" * 9000 + b'"}', b'{"from": "..", "to": "\\u0000"}',
    b'{"url": "http://[", "path": "x"}', b'{"url": "https://e.example/\\u0000", "path": "x"}', b'{"url": "https://e.example/a", "path": "x", "size": 99999999999999999999}',
    b'{"q": "' + b"(" * 100_000 + b'"}', b'{"q": "a", "filters": {"year": ["\xc2\xb2"]}}', b'{"q": "a", "cursor": "' + b"W1tb" * 2000 + b'"}',
    b'{"person": "x", "role": "x", "scope": "' + b":" * 9000 + b'", "from": "0001-01-01", "until": "9999-12-31"}', b'{"until": "0001-01-01"}',
    b'{"name": "x", "scopes": ["read"], "expires_at": "0001-01-01T00:00:00+14:00"}', b'{"name": "x", "expires_at": 1e308}',
    b'{"name": {"ja": "\\u0000"}, "username": "\\u0000", "email": "x@"}', b'{"for": "x"}', b'{"kind": "\\u0000"}', b'{"scheme": "\\u0000", "value": "\\u0000"}',
]  # fmt: skip


CORE = ("/api/v1/records", "/api/v1/records/{record_id}/draft", "/api/v1/records/{record_id}/access", "/api/v1/roles", "/api/v1/tokens")


def test_no_body_makes_an_operation_fail(house, ask):
    from tests.attack import routes

    failed = []
    headers = house.world.bearer("admin")
    mine = house.world.bearer("researcher")
    for place, (method, path, _) in enumerate(routes.operations(*routes.UNSAFE)):
        address = routes.filled(house, path, house.records["draft"])
        for number, body in enumerate(BODIES):
            if path not in CORE and (number + place) % 3:
                continue  # every body meets every third operation, all of them the ones that take documents and rights
            if len(body) > 100_000 and path not in ("/api/v1/records", "/api/v1/records/{record_id}/draft", "/api/v1/search"):
                continue
            for who in (mine,) if "record" in path else (headers,):
                told: dict[str, Any] = {"data": body, "content_type": "application/json", "HTTP_IF_MATCH": "*", "HTTP_TUS_RESUMABLE": "1.0.0"}
                answer = ask(who, method.upper(), address, **told)
                if answer.status_code >= 500 or "Traceback" in answer.told:
                    failed.append((method, path, answer.status_code, body[:60]))
    assert failed == []


def test_a_body_beyond_the_limit_is_refused_with_a_key_too(house, ask):
    headers = {**house.world.bearer("researcher"), "HTTP_IDEMPOTENCY_KEY": "k"}
    answer = ask(headers, "POST", "/api/v1/records", data=b"[" + b" " * 6_000_000 + b"]", content_type="application/json")
    assert answer.status_code == 413 and answer.json()["code"] == "input.too_large"


FORMS: list[dict[str, Any]] = [
    {"/creators/999999999/name/ja/family": "x"}, {"/creators/9999/name/ja/family": "x"}, {"/keywords/²/text/ja": "x"}, {"/" + "a/" * 3000: "x"},
    {"/title/ja/x/y": "x"}, {"/title": "x"}, {"/creators": "x"}, {"/access/class": "x", "/access/scopes": "x"}, {"/": "x"}, {"//": "x"}, {"/~": "x"},
    {"/creators/0": "x"}, {"/creators/@ORCID": "x"}, {"/funding/0/funder/@x/y/0": "x"}, {"do": "resolve", "mine": "[]"}, {"do": "resolve", "mine": "[" * 99999},
    {"do": "resolve", "mine": '{"/a": {"b": 1}}'}, {"do": "resolve", "mine": '{"/creators/0": 1, "/creators": 2}'}, {"opened": "[" * 99999, "/title/ja": "x"},
    {"revision": "²", "/title/ja": "x"}, {"remove": "/creators/²"}, {"remove": "/creators/999999999"}, {"remove": "creators"}, {"raise": "/creators/0/x/1"},
    {"remove": "/creators/0/identifiers/0"}, {"add": "\r\nX-Evil: 1"}, {"add": "/" + "9" * 5000}, {"do": "autosave", "/creators/5/name/ja/family": "x"},
    {"do": "autosave", "/keywords/x": "1", "/keywords/0/text/ja": "x"}, {"revision": "9" * 5000, "do": "publish", "on": "0001-01-01", "when": "later"},
    {"on": "9999-12-31", "when": "later", "revision": "1"}, {"version": "²", "why": "x"}, {"version": "9" * 5000, "why": "x"}, {"why": "\x00" * 9, "do": "return"},
    {"kind": "\x00"}, {"path": ["..", "\x00", "/etc/passwd"]}, {"from": "\x00", "to": "../x"}, {"url": "http://[", "size": "9" * 5000}, {"url": "javascript:alert(1)", "path": "x"},
    {"next": "//evil.example"}, {"/description/ja": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")}, {"project": "\x00"}, {"project": "9" * 9000},
]  # fmt: skip


PLAIN = [form for form in FORMS if not any(name.startswith("/") and name.count("/") < 20 for name in form)][::2]


def test_no_form_makes_a_page_fail(house, ask, client):
    mine = house.world.bearer("researcher")
    key = house.records["draft"]
    failed = []
    for tail in ("edit", "publish", "review", "access", "withdraw", "new-version", "draft/do/remove", "draft/do/move", "draft/do/link", "edit/files"):
        for form in FORMS if tail == "edit" else PLAIN:
            answer = client.post(f"/records/{key}/{tail}", form, **mine)
            if answer.status_code >= 500 or "evil.example" in answer.headers.get("Location", "") or "X-Evil" in answer.headers:
                failed.append((tail, answer.status_code, str(form)[:80]))
    for page in ("records/new", "login", "password/forgot", "search", "account/profile", "account/tokens"):
        for form in PLAIN[::2]:
            if client.post(f"/{page}", form, **mine).status_code >= 500:
                failed.append((page, 500, str(form)[:80]))
    assert failed == []


def test_a_form_that_breaks_after_a_whole_file_is_refused_and_leaves_nothing(house, ask, settings_of):
    mine, key = house.world.bearer("researcher"), house.records["draft"]
    part = b'--B\r\nContent-Disposition: form-data; name="files"; filename="%d.txt"\r\n\r\nx\r\n'
    told = {"content_type": "multipart/form-data; boundary=B"}
    before = ask(mine, "GET", f"/api/v1/records/{key}/files?version=draft").json()["total"]
    settings_of(DATA_UPLOAD_MAX_NUMBER_FILES=3)
    many = b"".join(part % n for n in range(5)) + b"--B--\r\n"
    assert ask(mine, "POST", f"/records/{key}/draft/do/upload", data=many, **told).status_code == 400
    torn = part % 1 + b'--B\r\nContent-Disposition: form-data; name="files"; filename="2.txt"\r\n' + b"X-Long: " + b"x" * 9000 + b"\r\n\r\n"
    assert ask(mine, "POST", f"/records/{key}/draft/do/upload", data=torn, **told).status_code == 400
    assert ask(mine, "GET", f"/api/v1/records/{key}/files?version=draft").json()["total"] == before


def test_json_is_what_the_site_says_it_is(house, ask):
    for address in ("/api/v1/records/zzz", "/api/v1/nowhere", "/api/v1/records?cursor=zzz"):
        answer = ask({}, "GET", address)
        assert answer.headers["Content-Type"] == "application/problem+json" and json.loads(answer.told)["code"]
