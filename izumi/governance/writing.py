"""A report as bytes: CSV for Excel, JSON, and a workbook with the list behind and the counting rule. All of them stream.

Texts that a spreadsheet would run as a formula are written as text, in CSV the way the table of common items does it, in
workbooks by the type and the quote mark of the cell.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from izumi.formats import queries as formats
from izumi.governance.types import LABELS, Report, Row
from izumi.kernel.text import Text, both
from izumi.policy.types import CLASS_LABELS
from izumi.records.types import KINDS

BOM = "\ufeff"
CHUNK = 64 * 1024
LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA = "=+-@\t'"
EVIDENCE_SHEET, RULE_SHEET = "根拠／Evidence", "数え方／How counted"
"""Excel refuses a plain slash in the name of a sheet."""
LEFT_OUT = {"unmanaged": both("非管理データ", "unmanaged data"), **KINDS}
"""Why records are no rows of a report, in words."""
MEDIA = {
    "csv": "text/csv; charset=utf-8", "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


# --- CSV --------------------------------------------------------------------------------------------------------------


def csv_chunks(report: Report) -> Iterator[bytes]:
    """UTF-8 with a byte order mark and CRLF, as Excel reads it; the official header first."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    held.write(BOM)
    for header in report.header_rows:
        writer.writerow(header)
    for row in report.rows:
        writer.writerow([formats.guarded(cell) if isinstance(cell, str) else cell for cell in row.cells])
        if held.tell() > CHUNK:
            yield _taken(held)
    yield _taken(held)


def _taken(held: io.StringIO) -> bytes:
    told = held.getvalue().encode("utf-8", "replace")
    held.seek(0)
    held.truncate()
    return told


# --- JSON -------------------------------------------------------------------------------------------------------------


def json_chunks(report: Report, further: dict[str, Any] | None = None) -> Iterator[bytes]:
    """One object; totals stand behind the rows, because they are known only then."""
    head = orjson.dumps({**report.head_json(), **(further or {})})
    held, mark = bytearray(head[:-1] + b',"rows":['), b""
    for row in report.rows:
        held += mark + orjson.dumps(dict(row.told))
        mark = b","
        if len(held) > CHUNK:
            yield bytes(held)
            held.clear()
    tail = {"total": report.tally.rows, "counted": report.tally.as_json(), **({"totals": report.totals} if report.totals is not None else {})}
    yield bytes(held + b"]," + orjson.dumps(tail)[1:])


# --- workbook ---------------------------------------------------------------------------------------------------------


def xlsx_file(report: Report) -> IO[bytes]:
    """The workbook in a temporary file: the table, the list behind, the counting rule. Rows go to disk one by one."""
    book = Workbook(write_only=True)
    table, evidence, rule = _table_sheet(book, report), _evidence_sheet(book, report.lang), book.create_sheet(RULE_SHEET)
    cut = 0
    for row in report.rows:
        cut += sum(len(cell) > LONGEST for cell in row.cells if isinstance(cell, str))
        table.append([_cell(table, cell) for cell in row.cells])
        for line in _evidence(row, report.lang):
            evidence.append([_cell(evidence, cell) for cell in line])
    _tell(rule, report, cut)
    target = tempfile.TemporaryFile()  # noqa: SIM115 – handed to the answer, which closes it
    book.save(target)
    target.seek(0)
    return target


def _table_sheet(book: Any, report: Report) -> Any:
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", f"{report.name} {report.as_of}")[:31])
    for number, column in enumerate(report.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = f"A{len(report.header_rows) + 1}"
    for span in merged(report.header_rows):
        sheet.merged_cells.add(span)
    for header in report.header_rows:
        sheet.append([_heading(sheet, label) for label in header])
    return sheet


def merged(header_rows: tuple[tuple[str, ...], ...]) -> list[str]:
    """Which header cells are one: a heading above several columns, and a heading without one below."""
    if len(header_rows) < 2:
        return []
    above, below = header_rows[0], header_rows[1]
    found, start = [], 0
    for at in range(1, len(above) + 1):
        if at < len(above) and not above[at] and below[at]:
            continue
        first, last = get_column_letter(start + 1), get_column_letter(at)
        if at - start > 1:
            found.append(f"{first}1:{last}1")
        elif not below[start]:
            found.append(f"{first}1:{first}2")
        start = at
    return found


def _heading(sheet: Any, label: str) -> Any:
    cell = WriteOnlyCell(sheet, _written(label))
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: Any, value: str | int) -> Any:
    if isinstance(value, int) or not value:
        return value or (0 if isinstance(value, int) else None)
    told = _written(value)
    if told[:1] not in _FORMULA and not told.startswith("#"):
        return told
    cell = WriteOnlyCell(sheet, told)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _written(text: str) -> str:
    return _UNWRITABLE.sub("", text)[:LONGEST]


_EVIDENCE = (
    (both("行", "Row of"), 26), (both("レコード", "Record"), 14), (both("データの名称", "Title"), 60), (both("アドレス", "Address"), 44),
    (both("アクセス権", "Access rights"), 18), (both("初めて公開した日", "First published"), 18),
)  # fmt: skip


def _evidence_sheet(book: Any, lang: str) -> Any:
    sheet = book.create_sheet(EVIDENCE_SHEET)
    for number, (_, width) in enumerate(_EVIDENCE, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, label.one(lang)) for label, _ in _EVIDENCE])
    return sheet


def _evidence(row: Row, lang: str) -> Iterator[list[str]]:
    lead = " ".join(str(row.told[name]) for name in ("number", "organisation") if row.told.get(name)) or str(row.told.get("data_number") or "")
    for one in row.evidence:
        label = CLASS_LABELS.get(one.access_class, Text()).one(lang) or one.access_class
        yield [lead, one.id, one.title.one(lang), one.url, label, one.published_on.isoformat()]


def _tell(sheet: Any, report: Report, cut: int) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 110
    for label, value in (*_facts(report), *_counts(report)):
        sheet.append([_heading(sheet, label.one(report.lang)), _cell(sheet, value)])
    for one in (*report.notes, *(finding.message for finding in report.findings), *_shortened(cut)):
        sheet.append([None, _cell(sheet, one.one(report.lang))])


def _facts(report: Report) -> Iterable[tuple[Text, str | int]]:
    yield both("報告", "Report"), LABELS[report.name].one(report.lang)
    yield both("対象", "Of"), report.scope.one(report.lang)
    yield both("基準日", "As of"), report.as_of.isoformat()
    yield both("出典", "Source"), report.source.one(report.lang)


def _counts(report: Report) -> Iterable[tuple[Text, str | int]]:
    yield both("行数", "Rows"), report.tally.rows
    if report.span.since is not None:
        yield both("期間に初めて公開", "First published in the period"), report.tally.in_period
    for why, count in sorted(report.tally.skipped.items()):
        named = LEFT_OUT.get(why, Text({"ja": why, "en": why}))
        yield both(f"含めなかったもの（{named.one('ja')}）", f"Left out ({named.one('en')})"), count


def _shortened(cut: int) -> Iterator[Text]:
    if cut:
        yield both(
            f"{cut} 個の欄が {LONGEST:,} 文字を超えるため、この表では途中までです。全文は CSV と JSON にあります。",
            f"{cut} cells are longer than {LONGEST:,} characters and are cut in this workbook; CSV and JSON hold them whole.",
        )
