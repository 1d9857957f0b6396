"""Plans from outside – JSON, maDMP, tables, days, numbers – never break the site, and what is kept can be read again."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import openpyxl
import pytest

from izumi.kernel.models import Cursor
from izumi.plans import actions as plans
from tests.attack.estate import Estate, an_entry, an_estate


@pytest.fixture
def estate(home: object) -> Estate:
    return an_estate()


HOSTILE: dict[str, bytes] = {
    "NaN": b'{"costs":[{"value":NaN}]}', "infinity": b'{"costs":[{"value":-Infinity}]}', "overflow": b'{"costs":[{"value":1e999}]}',
    "400 digits": b'{"costs":[{"value":' + b"9" * 400 + b"}]}", "64 bits": b'{"unmapped":[{"format":"x","path":"/","value":18446744073709551616}]}',
    "amount": b'{"entries":[{"title":{"ja":"x"},"planned":{"size_bytes":' + b"9" * 30 + b"}}]}",
    "surrogate name": b'{"title":{"\\ud800":"x"}}', "surrogate inside": b'{"unmapped":[{"format":"x","path":"/","value":{"\\ud800":["\\udc00"]}}]}',
    "surrogate": b'{"entries":[{"title":{"ja":"\\udfff"}}]}', "NUL": b'{"title":{"ja":"a\\u0000b"}}', "twice": b'{"title":"a","title":"b"}',
    "deep": b'{"unmapped":[{"format":"x","path":"/","value":' + b"[" * 3000 + b"1" + b"]" * 3000 + b"}]}", "very deep": b"[" * 200_000,
    "deep names": b'{"entries":[' + b'{"\\ud800":' * 60 + b"1" + b"}" * 60 + b"]}", "no object": b"[]", "nothing": b"", "entries": b'{"entries":{"a":1}}',
    "too many": b'{"entries":[' + b"{}," * 5000 + b"{}]}", "words": b'{"entries":[{"planned":{"responsible":["a"],"editors":{"a":1}}}]}',
}  # fmt: skip


def test_hostile_plans_are_refused_with_a_reason_by_every_door(estate, ask):
    headers, found = estate.bearer("pm"), []
    for name, body in HOSTILE.items():
        for address, kind in (
            (f"/api/v1/plans?project={estate.project}", "application/json"),
            (f"/api/v1/plans/import?project={estate.project}", "application/octet-stream"),
            (f"/api/v1/plans/import?project={estate.project}&format=madmp", "application/octet-stream"),
        ):  # fmt: skip
            answer = ask(headers, "POST", address, data=body, content_type=kind)
            if answer.status_code not in (400, 422) or "code" not in answer.json():
                found.append((name, address, answer.status_code, answer.told[:100]))
    assert found == []
    assert ask(headers, "GET", "/api/v1/plans").json()["items"] == []


def test_a_madmp_with_hostile_values_in_what_is_kept_reads_back_or_is_refused(estate, ask):
    headers, found = estate.bearer("pm"), []
    base: dict[str, Any] = {
        "title": "x", "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "language": "jpn",
        "dmp_id": {"identifier": "https://e.example/1", "type": "url"}, "contact": {"name": "x", "mbox": "a@b.example",
        "contact_id": {"identifier": "x", "type": "other"}}, "ethical_issues_exist": "no", "dataset": [],
    }  # fmt: skip
    for name, value in {"big": "9" * 30, "huge": "9" * 4000, "NaN": "NaN", "overflow": "1e999", "surrogate": '{"\\ud800":1}', "nested": "[" * 500 + "]" * 500}.items():
        told = json.dumps({"dmp": {**base, "dmp_id": {"identifier": f"https://e.example/{name}", "type": "url"}, "extension": [{"k": "VALUE"}]}})
        answer = ask(headers, "POST", f"/api/v1/plans/import?project={estate.project}", data=told.replace('"VALUE"', value).encode(), content_type="application/json")
        if answer.status_code not in (201, 400, 422):
            found.append((name, answer.status_code, answer.told[:100]))
        elif answer.status_code == 201:
            plan = answer.json()["id"]
            again = [ask(headers, "GET", f"/api/v1/plans/{plan}{tail}").status_code for tail in ("", "/export?format=madmp", "/export?format=json")]
            found += [(name, again)] if again != [200] * 3 else []
    assert found == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_last_day_of_the_calendar_stop_no_watch_and_no_page(estate, ask, run_workers, day):
    planned = {"register_by": day, "publish_on": day}
    plan, _, _ = estate.in_force(an_entry(planned=planned, after_project={"keep_until": day}), next_review_on=day)
    run_workers()
    assert not list(Cursor.objects.exclude(error="").values_list("name", "error"))
    for address in (f"/plans/{plan}", f"/projects/{estate.project}", "/work", "/notices", f"/api/v1/plans/{plan}/deviations"):
        assert ask(estate.bearer("pm"), "GET", address).status_code == 200, address


def test_an_endless_amount_breaks_neither_page_nor_adoption(estate, ask):
    entry = an_entry(size={"approximate": "9" * 400 + "GB"})
    plan = plans.create_plan(estate.actor("pm"), {"title": {"ja": "x"}, "entries": [entry]}, project=estate.project).id
    for tail in ("", "/edit"):
        assert ask(estate.bearer("pm"), "GET", f"/plans/{plan}{tail}").status_code == 200
    answer = ask(estate.bearer("pm"), "POST", f"/api/v1/plans/{plan}/adopt")
    assert answer.status_code in (200, 422), answer.told[:300]


def a_workbook(cells: str, *, before: str = "") -> bytes:
    """A workbook whose one sheet holds these rows as they are."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["x"])
    book.save(out)
    made = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            sheet = f'{before}<worksheet xmlns="{SHEET}"><sheetData>{cells}</sheetData></worksheet>'
            new.writestr(part, sheet.encode() if part == "xl/worksheets/sheet1.xml" else old.read(part))
    return made.getvalue()


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADS = "".join(f'<c t="inlineStr"><is><t>{head}</t></is></c>' for head in ("データNo.", "データの名称", "データの説明", "データの分野"))


@pytest.mark.parametrize("path", ["/api/v1/plans/import", "/api/v1/projects/import?format=csv"])
def test_a_workbook_that_declares_entities_late_is_refused(estate, ask, path):
    entity = f'<?xml version="1.0"?><!--{"x" * 70_000}--><!DocType worksheet [<!ENTITY a "EXPANDED">]>'.replace("DocType", "DOCTYPE")
    cells = f'<row>{HEADS}</row><row><c t="inlineStr"><is><t>1</t></is></c><c t="inlineStr"><is><t>&a;</t></is></c></row>'
    address = f"{path}{'&' if '?' in path else '?'}project={estate.project}"
    answer = ask(estate.bearer("admin"), "POST", address, data=a_workbook(cells, before=entity), content_type="application/octet-stream")
    assert answer.status_code in (400, 422) and "EXPANDED" not in answer.told


def test_a_small_workbook_of_millions_of_cells_is_refused_at_once(estate, ask):
    begun = time.monotonic()
    cells = f"<row>{HEADS}</row><row>{'<c><v>1</v></c>' * 2_000_000}</row>"
    answer = ask(estate.bearer("pm"), "POST", f"/api/v1/plans/import?project={estate.project}", data=a_workbook(cells), content_type="application/octet-stream")
    assert (answer.status_code, answer.json()["findings"][0]["rule"]) == (422, "form-too-large")
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("cell", ["2020" + " " * 100_000 + "x", "a" + " " * 100_000 + "b", "a" + "\n" * 100_000 + "b", "(" * 50_000, "2020-" * 20_000])
def test_a_cell_of_a_list_takes_no_endless_time(estate, ask, cell):
    begun = time.monotonic()
    rows = f'研究課題番号,研究課題名,研究期間,研究機関\n22K00001,x,"{cell}","{cell}"\n'
    for kind in ("kaken", "csv"):
        address = f"/api/v1/projects/import?format={kind}"
        assert ask(estate.bearer("curator"), "POST", address, data=rows.encode(), content_type="text/csv").status_code in (200, 400, 413, 422)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("number", [2**63, -1, 2**62, 10**30])
def test_numbers_of_notices_beyond_the_database_are_refused(estate, ask, number):
    body = json.dumps({"ids": [number]}).encode()
    assert ask(estate.bearer("pm"), "POST", "/api/v1/notices/read", data=body, content_type="application/json").status_code == 422
