"""Bytes to rows of text: UTF-8, UTF-16 with a mark, CP932; comma or tab; Excel workbooks (values of the first sheet)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from izumi.kernel.errors import Invalid, TooMuch
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both

LIMIT_BYTES = 50_000_000
LIMIT_ROWS = 50_000
LIMIT_COLUMNS = 500
LIMIT_UNPACKED = 400_000_000
CELL_LIMIT = 1_000_000
_DOCTYPE = b"<!DOCTYPE"


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a list, as text; the first is row 1."""

    encoding: str
    rows: list[list[str]]


def table_of(content: bytes) -> Table:
    """The rows of a list. Raises ``Invalid`` when the bytes are no table, ``TooMuch`` beyond 50 MB or 50,000 rows."""
    if len(content) > LIMIT_BYTES:
        raise TooMuch("input.too_large", limit="50 MB")
    if not content.strip():
        raise _unreadable("空のファイルです。", "The file is empty.")
    if content.startswith(b"PK\x03\x04"):
        return Table("xlsx", list(_counted(_workbook(content))))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unreadable("古い形式の Excel ファイル（.xls）は読めません。", "Old Excel files (.xls) cannot be read.")
    encoding, text = _decoded(content)
    first = text[:20_000]  # a title may stand above the header
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    csv.field_size_limit(CELL_LIMIT)
    try:
        return Table(encoding, list(_counted(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))))
    except csv.Error as broken:
        raise _unreadable(f"表として読み取れません: {broken}", f"This is not a table: {broken}") from broken


def _decoded(content: bytes) -> tuple[str, str]:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return encoding, text
    raise _unreadable("文字コードがわかりません。", "The encoding of the text is not known.")


def _counted(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=1):
        if number > LIMIT_ROWS:
            raise TooMuch("input.too_large", limit=f"{LIMIT_ROWS:,} rows")
        yield [cell.strip() for cell in row[:LIMIT_COLUMNS]]


def _workbook(content: bytes) -> Iterator[list[str]]:
    """The first sheet, values only: no formulas, no macros, no entities, nothing from outside."""
    try:
        from openpyxl import load_workbook  # only here: slow to load
    except ImportError as absent:
        raise _unreadable("Excel のファイルは、この環境では読めません。", "Excel files cannot be read here.") from absent
    try:
        _looked_into(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            for row in book.worksheets[0].iter_rows(values_only=True, max_col=LIMIT_COLUMNS):
                yield [_text(value) for value in row]
        finally:
            book.close()
    except Invalid:
        raise
    except Exception as broken:  # whatever a damaged workbook makes the library raise
        raise _unreadable("Excel のファイルとして読み取れません。", "This cannot be read as an Excel file.") from broken


def _looked_into(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > LIMIT_UNPACKED:
            raise _unreadable("展開すると大きすぎるファイルです。", "The file is too large when unpacked.")
        for entry in packed.infolist():
            if entry.filename.endswith((".xml", ".rels")):
                with packed.open(entry) as part:
                    _without_document_type(part)


def _without_document_type(part: IO[bytes]) -> None:
    """Office files have no document types; one that has would define entities."""
    before = b""
    while chunk := part.read(1 << 20):
        if _DOCTYPE in (before + chunk).replace(b"\x00", b"").upper():
            raise _unreadable("文書型宣言のある XML は受け付けません。", "XML with a document type is not taken.")
        before = chunk[-32:]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _unreadable(ja: str, en: str) -> Invalid:
    fix = both(
        "CSV（UTF-8 か Shift_JIS）か Excel（.xlsx）で書き出したファイルを使ってください。",
        "Use a file exported as CSV (UTF-8 or Shift_JIS) or as Excel (.xlsx).",
    )
    return Invalid([Finding(rule="list-unreadable", severity=Severity.ERROR, pointer="", message=both(ja, en), fix=fix)])
