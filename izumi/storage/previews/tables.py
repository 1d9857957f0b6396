"""Tables in text files: CSV and TSV, columns of instruments, ``[Data]`` sections, EMSA and JCAMP-DX spectra."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

ROWS = 200
COLUMNS = 100
CELL = 200
LINES = 60_000
_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$")
_NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", " ": "space", "jcamp": "JCAMP-DX"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A parsed table: names of columns (may be empty) and all rows that were read."""

    head: tuple[str, ...]
    rows: list[list[str]]
    delimiter: str


def number(cell: str) -> float | None:
    """A cell as a number; ``None`` when it is none."""
    text = cell.strip()
    if not _NUMBER.match(text):
        return None
    return float(text.replace("d", "e").replace("D", "e"))


def parse_table(text: str, ending: str, *, whole: bool) -> Table | None:
    """The table in a text, or ``None`` when there is none. The last line of a cut-off text is left out."""
    if text.lstrip().startswith("##"):
        return _jcamp(text)
    lines = text.splitlines()[:LINES]
    if not whole and len(lines) > 1:
        lines.pop()
    for start, line in enumerate(lines[:2000]):
        if line.strip().lower() == "[data]":
            return _delimited(lines[start + 1 :], ",")
    if lines and lines[0].startswith("#FORMAT"):
        return _emsa(lines)
    if ending in ("csv", "tsv", "tab"):
        return _delimited(lines, _delimiter(lines, "\t" if ending != "csv" else ","))
    return _columns(lines)


def _delimiter(lines: list[str], usual: str) -> str:
    """The character that splits the first lines most evenly; the usual one when nothing is better."""
    sample = [line for line in lines[:50] if line.strip()]
    if not sample:
        return usual
    best, most = usual, 0.0
    for candidate in dict.fromkeys((usual, ",", "\t", ";", "|")):
        counts = [line.count(candidate) for line in sample]
        typical = sorted(counts)[len(counts) // 2]
        even = sum(1 for count in counts if count == typical) / len(counts)
        if typical and even + (0.01 if candidate == usual else 0) > most:
            best, most = candidate, even
    return best


def _delimited(lines: Iterable[str], delimiter: str) -> Table | None:
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO("\n".join(lines) + "\n"), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row:
                rows.append([cell[:CELL] for cell in row[:COLUMNS]])
    except csv.Error:
        if not rows:
            return None
    return _headed(rows, delimiter)


def _headed(rows: list[list[str]], delimiter: str) -> Table | None:
    if not rows or max(len(row) for row in rows[:50]) < 1:
        return None
    first = rows[0]
    named = len(rows) > 1 and not any(number(cell) is not None for cell in first) and any(cell.strip() for cell in first)
    width = max(len(row) for row in rows)
    body = [row + [""] * (width - len(row)) for row in (rows[1:] if named else rows)]
    head = tuple((first + [""] * (width - len(first))) if named else ())
    return Table(head=head, rows=body, delimiter=_NAMES.get(delimiter, delimiter))


def _columns(lines: list[str]) -> Table | None:
    """Columns of numbers, as instruments write them, after any number of comment lines."""
    start, names = 0, ()
    while start < min(len(lines), 500) and not _numeric(lines[start]):
        if lines[start].strip():
            names = tuple(_split(lines[start].lstrip("#;%* ")))
        start += 1
    rows = [[cell[:CELL] for cell in _split(line)[:COLUMNS]] for line in lines[start:] if line.strip()]
    numeric = sum(1 for line in lines[start : start + 400] if _numeric(line))
    if numeric < 5 or numeric < 0.9 * min(len(rows), 400):
        return None
    width = len(rows[0])
    kept = [row for row in rows if len(row) == width]
    if len(kept) < 0.9 * len(rows):
        return None
    return Table(head=names if len(names) == width else (), rows=kept, delimiter="space" if "," not in lines[start] else "comma")


def _split(line: str) -> list[str]:
    return [cell for cell in re.split(r"[,;\t ]+", line.strip()) if cell]


def _numeric(line: str) -> bool:
    cells = _split(line)
    return len(cells) >= 2 and all(number(cell) is not None for cell in cells)


def _emsa(lines: list[str]) -> Table | None:
    """EMSA/MAS spectrum (ISO 22029): ``#KEY : value`` lines, then x, y."""
    parts = (line.partition(":") for line in lines if line[:1] == "#")
    told = {key.lstrip("#").strip().upper(): value.strip() for key, _, value in parts}
    rows = [_split(line) for line in lines if line[:1] != "#" and line.strip()]
    if not rows or len(rows[0]) != 2 or told.get("DATATYPE", "").upper() != "XY":
        return None
    head = (_unit(told, "X"), _unit(told, "Y"))
    return Table(head=head, rows=[row for row in rows if len(row) == 2], delimiter="EMSA/MAS")


def _unit(told: dict[str, str], axis: str) -> str:
    label, unit = told.get(f"{axis}LABEL", axis.lower()), told.get(f"{axis}UNITS", "")
    return f"{label} ({unit})" if unit and unit != label else label


# ---------------------------------------------------------------- JCAMP-DX

_SQZ = {c: str(n) for n, c in enumerate("@ABCDEFGHI")} | {c: f"-{n}" for n, c in enumerate("abcdefghi", 1)}
_DIF = {c: str(n) for n, c in enumerate("%JKLMNOPQR")} | {c: f"-{n}" for n, c in enumerate("jklmnopqr", 1)}
_DUP = {c: n for n, c in enumerate("STUVWXYZs", 1)}
_TOKEN = re.compile(r"([@A-Ia-i%J-Rj-rS-Zs+-]?)([\d.]+(?:E[+-]?\d+)?|)", re.ASCII)


def _jcamp(text: str) -> Table | None:
    """The first XYDATA block of a JCAMP-DX file, plain or compressed (SQZ, DIF, DUP).

    Source: JCAMP-DX 4.24 (McDonald and Wilks 1988), section 5.8.
    """
    lines = text.splitlines()[:LINES]
    start = next((n for n, line in enumerate(lines) if re.match(r"##XYDATA\s*=\s*\(X\+\+\(Y\.\.Y\)\)", line)), None)
    if start is None:
        return None
    told = _labels(lines[:start])
    values: list[float] = []
    checked = False
    try:
        for line in lines[start + 1 :]:
            if line.startswith("##"):
                break
            checked = _decode_line(line.split("$$")[0], values, checked)
    except (ValueError, IndexError):
        return None
    first, last = number(told.get("FIRSTX", "")), number(told.get("LASTX", ""))
    if len(values) < 2 or first is None:
        return None
    step = number(told.get("DELTAX", ""))
    if last is not None and len(values) == (number(told.get("NPOINTS", "")) or 0):
        step = (last - first) / (len(values) - 1)
    factor = number(told.get("YFACTOR", "1")) or 1.0
    rows = [[f"{first + n * (step or 1.0):.6g}", f"{value * factor:.6g}"] for n, value in enumerate(values)]
    return Table(head=(told.get("XUNITS", "x"), told.get("YUNITS", "y")), rows=rows, delimiter="JCAMP-DX")


def _labels(lines: list[str]) -> dict[str, str]:
    """The labelled data records before the data, by their label as the standard compares it."""
    pairs = (line[2:].partition("=") for line in lines if line.startswith("##"))
    return {re.sub(r"[\s_/-]", "", key).upper(): value.split("$$")[0].strip() for key, _, value in pairs}


def _decode_line(line: str, values: list[float], checked: bool) -> bool:
    """Add the ordinates of one line; whether it ended in difference form: then the next line repeats its last value."""
    tokens = [(m.group(1), m.group(2)) for m in _TOKEN.finditer(line.strip()) if m.group(1) or m.group(2)]
    in_difference, step, mine = False, 0.0, []
    for mark, digits in tokens[1:]:
        if mark and mark in _DUP:
            repeat = int(f"{_DUP[mark]}{digits}") - 1
            for _ in range(min(repeat, 100_000)):
                mine.append(mine[-1] + step if in_difference else mine[-1])
        elif mark and mark in _DIF:
            step, in_difference = float(_DIF[mark] + digits), True
            mine.append(mine[-1] + step)
        else:
            in_difference = False
            mine.append(float(_SQZ.get(mark, mark) + digits))
    values.extend(mine[1:] if checked else mine)
    return in_difference
