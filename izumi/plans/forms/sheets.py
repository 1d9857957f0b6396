"""Tables in files: CSV as people save it, and Excel workbooks, as rows of plain text; and such files made of rows.

This is the one place of the room that knows openpyxl. A workbook is looked at as a ZIP before it is opened (parts,
unpacked size, no DTD); formulas are never evaluated: what counts is the value that the spreadsheet last stored.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both

BOM = "\ufeff"
MAX_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_PARTS = 2_000
MAX_MARKS = 3_000_000
"""So many tags: half a million cells. Reading more takes longer than anybody waits."""
MAX_ROWS = 10_000
MAX_COLUMNS = 200
MAX_SHEETS = 20
MAX_CELL = 32_000
"""Letters that a cell of Excel holds."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

WRAPPED = Alignment(wrap_text=True, vertical="top")

Rows = list[list[str]]


def grids(source: bytes) -> Iterator[Rows]:
    """The tables in a file: every sheet of a workbook, or the text read with commas, tabs and semicolons.

    Raises `Invalid` for what is no table: too large, a broken or hostile workbook, an old ``.xls``, bytes that are no text.
    """
    if len(source) > MAX_BYTES:
        raise Invalid(_finding("form-too-large", both("ファイルが大きすぎます（20 MB まで）。", "The file is too large (at most 20 MB).")))
    if source.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(_finding(
            "form-old-excel", both("古い Excel 形式（.xls）、またはパスワード付きのファイルです。", "This is an old Excel file (.xls) or one with a password."),
            both("パスワードを外し、.xlsx または CSV で保存し直してください。", "Remove the password and save it as .xlsx or CSV."),
        ))  # fmt: skip
    if source.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _workbook(source)
        return
    text = decoded(source)
    for mark in (",", "\t", ";"):
        rows = _lines(text, mark)
        if rows:
            yield rows


# -- text --------------------------------------------------------------------------------------------------------------


def decoded(source: bytes) -> str:
    """The text: UTF-8 with or without mark, UTF-16 with one, else the Windows Japanese code page. Raises `Invalid`."""
    codes = ("utf-16",) if source[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp932")
    for code in codes:
        try:
            text = source.decode(code)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid(_finding(
        "form-not-text", both("表として読めないファイルです。", "This file cannot be read as a table."),
        both("Excel（.xlsx）、または CSV（UTF-8 か Shift_JIS）で保存してください。", "Save it as Excel (.xlsx) or CSV (UTF-8 or Shift_JIS)."),
    ))  # fmt: skip


def _lines(text: str, mark: str) -> Rows:
    try:
        rows = []
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark)):
            if number >= MAX_ROWS:
                raise Invalid(_too_many_rows())
            rows.append([unguarded(cleaned(cell)) for cell in row[:MAX_COLUMNS]])
    except csv.Error:
        return []
    return rows


def cleaned(text: str) -> str:
    """Without control characters and outer blanks; line ends as ``\\n``."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def guarded(text: str) -> str:
    """``=1+1`` → ``'=1+1``: spreadsheets must show, not compute, what people typed."""
    return "'" + text if text and (text[0] in "=@\t\r'" or (text[0] in "+-" and not _is_number(text))) else text


def unguarded(text: str) -> str:
    """The typed text behind `guarded`."""
    return text[1:] if text[:1] == "'" and guarded(text[1:]) == text else text


def _is_number(text: str) -> bool:
    return text[1:].replace(" ", "").replace("-", "").isdigit()


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with a byte order mark, so that Excel reads Japanese; nothing in it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(cleaned(cell)) for cell in row])
    return (BOM + out.getvalue()).encode()


# -- workbooks ---------------------------------------------------------------------------------------------------------


def _workbook(source: bytes) -> Iterator[Rows]:
    _looked_into(source)
    try:
        book = openpyxl.load_workbook(io.BytesIO(source), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")][:MAX_SHEETS]
        told = [_sheet(sheet) for sheet in sheets]
    except Invalid:
        raise
    except Exception as exc:  # openpyxl raises whatever its parts raise; a file that it cannot read is the sender's matter
        raise Invalid(_broken()) from exc
    yield from told


def _looked_into(source: bytes) -> None:
    """Refuses a workbook that would unpack to more than it may, or whose XML declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as packed:
            parts = packed.infolist()
            if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
                raise Invalid(_broken())
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise Invalid(_finding("form-too-large", both("展開すると大きすぎるファイルです。", "The file is too large when unpacked.")))
            marks = sum(_marks(packed, part) for part in parts if part.filename.endswith((".xml", ".rels")))
            if marks > MAX_MARKS:
                raise Invalid(_finding("form-too-large", both("セルが多すぎるファイルです。", "The file has too many cells.")))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as exc:
        raise Invalid(_broken()) from exc


def _marks(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """How many tags a part has, read to its end; `Invalid` where it has a document type, which could define entities."""
    marks, before = 0, b""
    with packed.open(part) as opened:
        while chunk := opened.read(1 << 20):
            told = chunk.replace(b"\x00", b"")
            if b"<!DOCTYPE" in (before + told).upper():
                raise Invalid(_broken())
            marks, before = marks + told.count(b"<"), told[-16:]
    return marks


def _sheet(sheet: Any) -> Rows:
    sheet.reset_dimensions()  # what a file says of its own size is not believed
    rows: Rows = []
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)):
        if number >= MAX_ROWS:
            if any(cell is not None for cell in row):
                raise Invalid(_too_many_rows())
            break
        rows.append([_typed(cell) for cell in row])
    return rows


def _typed(cell: Any) -> str:
    """A cell as one would type it: days in ISO form, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    return cleaned(str(cell))


def xlsx_file(head: Sequence[str], rows: Iterable[Sequence[str]], *, above: Sequence[Sequence[str]] = (), title: str = "DMP") -> bytes:
    """A workbook of one sheet: lines above, the headings, the rows. Every cell is text; nothing in it is a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "DMP"
    for line in above:
        _append(sheet, line)
    if above:
        sheet.append([])
    _append(sheet, head)
    top = sheet.max_row if not above else len(above) + 2
    for cell in sheet[top]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E7EDF3")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for row in rows:
        _append(sheet, row)
    for number in range(1, len(head) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 24
    sheet.freeze_panes = sheet.cell(row=top + 1, column=1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _append(sheet: Any, row: Sequence[str]) -> None:
    number = sheet._current_row + 1
    for place, text in enumerate(row, start=1):
        cell = sheet.cell(row=number, column=place)
        cell.value = cleaned(text)[:MAX_CELL]
        cell.data_type = "s"
        cell.quotePrefix = True
        cell.alignment = WRAPPED
    sheet._current_row = number


def _finding(rule: str, message: Text, fix: Text | None = None) -> Finding:
    return Finding(rule=rule, severity=Severity.ERROR, pointer="", message=message, source="izumi-plan", fix=fix)


def _broken() -> Finding:
    return _finding(
        "form-broken",
        both("Excel のファイルとして読めません。壊れているか、安全でない内容が含まれています。", "This is no readable Excel file; it is damaged or not safe."),
        both("Excel で開いて .xlsx または CSV で保存し直してください。", "Open it in Excel and save it again as .xlsx or CSV."),
    )  # fmt: skip


def _too_many_rows() -> Finding:
    return _finding(
        "form-too-large", both(f"行が多すぎます（{MAX_ROWS:,} 行まで）。", f"There are too many rows (at most {MAX_ROWS:,})."),
        both("表を分けてください。", "Split the table."),
    )  # fmt: skip
