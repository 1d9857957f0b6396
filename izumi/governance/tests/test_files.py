"""Reports as files: official headers byte for byte, what Excel needs, what must never be run as a formula."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import openpyxl
import pytest

from izumi.governance import writing
from izumi.governance.types import Column, Report, Row, Span, Tally
from izumi.kernel.text import both
from tests.shared import shared_path

MOONSHOT = [
    ("ムーンショット目標", "データNo", "データの名称", "データの説明", "管理者", "連絡先", "データの所在場所", "データ管理方針", "", "その他"),
    ("", "", "", "", "", "", "", "公開・共有の方針", "利活用・提供の方針", ""),
]


def fetch(client, world, name, who="funder", **query):
    query = {"project": world.project, **query}
    answer = client.get(f"/api/v1/reports/{name}", query, **world.bearer(who))
    assert answer.status_code == 200, answer.getvalue() if answer.streaming else answer.content
    return answer, answer.getvalue()


def rows_of(body):
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_header_of_the_common_items_is_the_official_one_byte_for_byte(client, world, on, lang):
    official = shared_path(f"fixtures/common-metadata-csv/header_{lang}.csv").read_bytes().removeprefix(b"\xef\xbb\xbf").strip(b"\r\n")
    with on("2026-06-01"):
        answer, body = fetch(client, world, "common", format="csv", lang=lang)
    assert body == b"\xef\xbb\xbf" + official + b"\r\n"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_a_csv_has_a_mark_for_excel_and_ends_its_lines_with_crlf(client, world, on):
    world.publish(description={"ja": "一行目\n二行目"})
    with on("2026-06-01"):
        _, body = fetch(client, world, "common", format="csv")
    assert body.startswith(b"\xef\xbb\xbf") and body.count(b"\r\n") == 2
    [header, row] = rows_of(body)
    assert len(header) == len(row) == 30
    assert row[header.index("データの説明")] == "一行目\n二行目"
    assert row[header.index("プロジェクト名")] == "見本川プロジェクト"


@pytest.mark.parametrize("bad", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd", "\t=1"])
def test_a_text_never_becomes_a_formula(client, world, on, bad):
    world.publish(title={"ja": bad.strip() if bad == "\t=1" else bad})
    with on("2026-06-01"):
        _, body = fetch(client, world, "common", format="csv")
        _, book = fetch(client, world, "common", format="xlsx")
    written = rows_of(body)[1][6]
    assert written == "'" + bad.strip()
    cell = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].cell(2, 7)
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", bad.strip(), True)


def test_the_moonshot_table_has_its_two_header_rows_in_csv_and_merged_in_the_workbook(client, world, on):
    world.publish(data_number="7")
    with on("2026-06-01"):
        _, body = fetch(client, world, "moonshot", format="csv")
        _, book = fetch(client, world, "moonshot", format="xlsx")
    rows = rows_of(body)
    assert [tuple(row) for row in rows[:2]] == MOONSHOT
    assert rows[2][0] == "目標1 見本の目標" and rows[2][1] == "7" and "/id/" in rows[2][6]
    sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    assert {str(one) for one in sheet.merged_cells.ranges} == {*(f"{c}1:{c}2" for c in "ABCDEFGJ"), "H1:I1"}
    assert (sheet["H1"].value, sheet["H2"].value, sheet["I2"].value) == ("データ管理方針", "公開・共有の方針", "利活用・提供の方針")
    assert sheet.freeze_panes == "A3" and sheet.column_dimensions["C"].width == 36
    assert [cell.value for cell in sheet[3]][1:3] == ["7", "見本川の水質の定点観測（2025年度）"]


def test_the_workbook_carries_the_list_behind_and_the_counting_rule(client, world, on):
    record = world.publish(access={"class": "closed", "reasons": [{"code": "novelty"}]})
    with on("2026-06-01"):
        _, body = fetch(client, world, "erad", format="xlsx", period="FY2026")
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert book.sheetnames == ["erad 2026-06-01", "根拠／Evidence", "数え方／How counted"]
    table, evidence, rule = book.worksheets
    header = [cell.value for cell in table[1]]
    first = dict(zip(header, (cell.value for cell in table[2]), strict=True))
    assert (first["メタデータ件数"], first["非共有・非公開"], first["公開"], first["根拠のレコード"]) == (1, 1, 0, record)
    assert [[cell.value for cell in row] for row in evidence.iter_rows(min_row=2)] == [
        [f"JPMJXX9901 {world.lead}", record, "見本川の水質の定点観測（2025年度）", f"http://testserver/id/{record}", "非共有・非公開", "2026-05-10"]
    ]
    told = [str(row[1].value) for row in rule.iter_rows()]
    assert any("1 件と数えます" in line for line in told) and any("途中の値" in line for line in told)


def test_the_table_has_as_many_rows_as_the_list_behind_it(client, world, on):
    made = [world.publish(at=f"2026-05-{10 + n}T10:00:00+09:00") for n in range(3)]
    with on("2026-06-01"):
        _, body = fetch(client, world, "common", format="json")
        _, book = fetch(client, world, "common", format="xlsx")
    told = json.loads(body)
    assert [row["record"] for row in told["rows"]] == made and told["total"] == 3
    assert told["counted"] == {"rows": 3, "of": 3, "in_period": 3, "skipped": {}}
    assert [row[1].value for row in openpyxl.load_workbook(io.BytesIO(book)).worksheets[1].iter_rows(min_row=2)] == made


def test_json_answers_what_the_interface_promises(client, world, on):
    record = world.publish()
    with on("2026-06-01"):
        answer, body = fetch(client, world, "erad")
    told = json.loads(body)
    assert answer.headers["Content-Type"] == "application/json"
    assert {"name", "as_of", "source", "columns", "rows"} <= set(told)
    assert (told["name"], told["as_of"], told["lang"], told["partial"]) == ("erad", "2026-06-01", "ja", False)
    row = next(one for one in told["rows"] if one["organisation"] == world.lead)
    assert {key: row[key] for key in ("project", "number", "organisation", "count", "by_class", "records")} == {
        "project": world.project, "number": "JPMJXX9901", "organisation": world.lead, "count": 1,
        "by_class": {"open": 1, "shared": 0, "closed": 0, "embargoed": 0}, "records": [record],
    }  # fmt: skip
    assert all(set(note) == {"ja", "en"} for note in told["notes"])


def test_headers_are_japanese_whatever_the_browser_prefers(client, world, on):
    with on("2026-06-01"):
        asked = {**world.bearer("funder"), "HTTP_ACCEPT_LANGUAGE": "en"}
        body = client.get("/api/v1/reports/common", {"project": world.project, "format": "csv"}, **asked).getvalue()
    assert body.decode("utf-8-sig").startswith("資金配分機関情報,")


def test_file_names_are_ascii_and_japanese(client, world, on):
    with on("2026-06-01"):
        answer, _ = fetch(client, world, "common", format="csv")
    plain, _, whole = answer.headers["Content-Disposition"].partition("; filename*=")
    assert plain == f'attachment; filename="izumi-common-{world.project}-2026-06-01.csv"'
    assert whole.startswith("UTF-8''%E3%83%A1") and whole.endswith("2026-06-01.csv") and whole.isascii()


def test_what_a_workbook_cannot_hold_is_left_out_and_a_cut_is_told():
    column = Column(id="a", label="欄")
    report = Report(
        name="common", lang="ja", scope=both("対象", "Scope"), span=Span(as_of=date(2026, 6, 1), fiscal_year=2026), source=both("出典", "S"),
        columns=(column,), header_rows=(("欄",),), notes=(), tally=Tally(),
        rows=[Row(cells=(text,), told={"a": text}, evidence=()) for text in ("あ" * 33_000, "前\x0b後", "#REF!")],
    )  # fmt: skip
    table, _, rule = openpyxl.load_workbook(writing.xlsx_file(report)).worksheets
    assert len(table["A2"].value) == 32_767 and table["A3"].value == "前後" and (table["A4"].data_type, table["A4"].value) == ("s", "#REF!")
    assert any("32,767" in str(row[1].value) for row in rule.iter_rows())
