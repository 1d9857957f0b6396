"""A table and its format to rows about projects; what a cell says wrongly becomes a finding of its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from izumi.kernel.days import Day
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.people import rules
from izumi.people.lists import words
from izumi.people.lists.columns import OF_FORMAT, Columns, placed
from izumi.people.lists.tables import Table, table_of
from izumi.people.lists.types import FORMATS, Cell, Listed, ListFile

HEADER_WITHIN = 20
"""Exports have titles and remarks above their header; it is looked for in so many rows."""


def read_list(content: bytes, format: str) -> ListFile:
    """Read a list of projects. Raises ``Invalid`` when it is no table or has none of the columns of the format."""
    if format not in FORMATS:
        raise Invalid([_error("format-unknown", "/format", f"形式は {'、'.join(FORMATS)} です。", f"A format is one of {', '.join(FORMATS)}.")])
    table = table_of(content)
    start, where = _header(table, OF_FORMAT[format], format)
    header = table.rows[start]
    reader = Reader(header, where, format)
    rows = tuple(reader.row(n, cells) for n, cells in enumerate(table.rows[start + 1 :], start=start + 2) if any(cells))
    used = {position for positions in where.values() for position in positions}
    named = [(n, name) for n, name in enumerate(header) if name]
    return ListFile(
        format=format, encoding=table.encoding, rows=rows, used=tuple(name for n, name in named if n in used),
        unused=tuple(name for n, name in named if n not in used),
    )  # fmt: skip


def _header(table: Table, columns: Columns, format: str) -> tuple[int, dict[str, list[int]]]:
    """Where the header stands and which member is in which column: the row that names most of them."""
    found = [(len(where := placed(row, columns)), -n, where) for n, row in enumerate(table.rows[:HEADER_WITHIN])]
    count, at, where = max(found, key=lambda one: one[:2], default=(0, 0, {}))
    numbered = any(name.startswith("number") or name == "id" for name in where)
    if count >= 2 and numbered and "title" in where:
        return -at, where
    wanted = [aliases[0] for name, aliases in columns.items() if name.startswith("number") or name == "title"]
    seen = next((", ".join(cell for cell in row if cell) for row in table.rows if any(row)), "")[:200]
    raise Invalid([
        Finding(
            rule="columns-missing", severity=Severity.ERROR, pointer="/header",
            message=both("番号と課題名の列が見つかりません。先頭の行: {seen}", "There are no columns for numbers and titles. First row: {seen}")
            .format(seen=seen),
            fix=both("形式の指定を確かめるか、次の列名にしてください: {wanted}", "Check the format, or name the columns {wanted}.")
            .format(wanted=", ".join(wanted)),
            source=f"format:{format}",
        )
    ])  # fmt: skip


class Reader:
    """Reads the rows of one list, one after the other."""

    def __init__(self, header: list[str], where: Mapping[str, list[int]], format: str) -> None:
        self._header, self._where, self._format = header, where, format
        self._cells: list[str] = []
        self._row = 0
        self._findings: list[Finding] = []

    def row(self, number: int, cells: list[str]) -> Listed:
        """What one row says."""
        self._row, self._cells, self._findings = number, cells, []
        starts_on, ends_on = self._days()
        leader, leader_name = self._leader()
        told: dict[str, Any] = {
            "id": self._text("id"), "numbers": self._numbers(), "title": self._title(), "organisation": self._organisation(),
            "leading": self._role("organisation_role"), "leads": self._role("researcher_role"), "partners": self._split("partners"),
            "funder": self._named("funder_code") + self._named("funder"), "programme_codes": self._family("code:"),
            "programme_names": self._family("name:"), "call": self._cell("call"), "starts_on": starts_on, "ends_on": ends_on,
            "field": self._choice("field", words.field_of, "erad-fields"), "contract": self._choice("contract", words.contract_of, None),
            "countries": tuple(one.value.upper() for one in self._split("countries")), "year": self._year(), "leader": leader,
            "leader_name": leader_name,
        }  # fmt: skip
        return Listed(row=number, findings=tuple(self._findings), **told)

    # --- cells -------------------------------------------------------------------------------------------------------

    def _cell(self, name: str) -> Cell | None:
        """The first column of a member that says something."""
        return next(iter(self._named(name)), None)

    def _named(self, name: str) -> tuple[Cell, ...]:
        there = (n for n in self._where.get(name, ()) if n < len(self._cells))
        return tuple(Cell(self._header[n], self._cells[n]) for n in there if self._cells[n])

    def _text(self, name: str) -> str:
        found = self._cell(name)
        return found.value if found else ""

    def _family(self, prefix: str) -> tuple[Cell, ...]:
        """The cells of members such as ``name:1``, ``name:3``; of the feed's ``日本語|English`` both halves."""
        found = [cell for name in sorted(self._where) if name.startswith(prefix) for cell in self._named(name)]
        return tuple(Cell(cell.column, half.strip()) for cell in found for half in cell.value.split("|") if half.strip())

    def _split(self, name: str) -> tuple[Cell, ...]:
        found = self._cell(name)
        if found is None:
            return ()
        parts = found.value.replace("；", ";").replace("\n", ";").split(";")
        return tuple(Cell(found.column, part.strip()) for part in parts if part.strip())

    # --- members -----------------------------------------------------------------------------------------------------

    def _numbers(self) -> tuple[tuple[str, str], ...]:
        told = [(name[7:], cell) for name in sorted(self._where) if name.startswith("number:") for cell in self._named(name)]
        found = [(scheme, cell.value) for scheme, cell in told]
        for cell in self._split("numbers"):
            scheme, _, value = cell.value.partition("=")
            if value.strip():
                found.append((scheme.strip(), value.strip()))
            else:
                self._wrong(cell, "number-wrong", "番号は「種類=番号」の形で書いてください。", "Write a number as SCHEME=VALUE.", None)
        return tuple(dict.fromkeys(found))

    def _title(self) -> dict[str, str]:
        ja, en = self._text("title"), self._text("title_en")
        if self._format == "erad" and "|" in ja and not en:
            ja, _, en = (part.strip() for part in ja.rpartition("|"))
        pairs = (("ja", ja), ("en", en))
        return {lang: " ".join(text.split()) for lang, text in pairs if text}

    def _organisation(self) -> Cell | None:
        found = self._cell("organisation")
        if found is None:
            return None
        told = words.last_home(found.value) if self._format == "kaken" else found.value.split("|")[0].strip()
        return Cell(found.column, told) if told else None

    def _role(self, name: str) -> bool | None:
        told = words.plain(self._text(name))
        return None if not told else not any(word in told for word in ("分担", "協力", "連携", "参画"))

    def _leader(self) -> tuple[Cell | None, str]:
        """Number and name of the researcher; KAKEN has both in one cell."""
        name, number = self._cell("leader_name"), self._cell("leader")
        if number is None and name is not None:
            found = words.researcher_numbers(name.value)
            if len(found) > 1:
                self._wrong(name, "leader-unclear", "研究代表者が 2 人以上書かれています。", "More than one leader is named.", None)
            number = Cell(name.column, found[0]) if len(found) == 1 else None
        if number is None:
            return None, name.value if name else ""
        told = rules.researcher_number(number.value)
        if not told or not rules.researcher_number_checks(told):
            words_ = ("研究者番号「{value}」の桁数か検査数字が合いません。", "The researcher number “{value}” has wrong digits.")
            self._wrong(number, "researcher-number", *words_, "nii-dg-rules")
        return (Cell(number.column, told) if told else None), name.value if name else ""

    def _days(self) -> tuple[Day | None, Day | None]:
        period = self._cell("period")
        starts, ends = self._day("starts", last=False), self._day("ends", last=True)
        if period is not None and starts is None and ends is None:
            try:
                starts, ends = words.period_of(period.value)
            except ValueError:
                self._no_day(period)
        return starts, ends

    def _day(self, name: str, *, last: bool) -> Day | None:
        found = self._cell(name)
        try:
            return words.day_of(found.value, last=last) if found else None
        except ValueError:
            self._no_day(found)
            return None

    def _no_day(self, cell: Cell | None) -> None:
        ja, en = "「{value}」は年月日としても年度としても読めません。", "“{value}” is neither a day nor a fiscal year."
        if cell is not None:
            self._wrong(cell, "day-wrong", ja, en, None)

    def _year(self) -> int | None:
        found = self._cell("year")
        if found is None:
            return None
        year = words.year_of(found.value)
        if year is None:
            self._wrong(found, "fiscal-year-wrong", "「{value}」は年度として読めません。", "“{value}” is not a fiscal year.", None)
        return year

    def _choice(self, name: str, known: Callable[[str], str | None], source: str | None) -> str:
        tried = [(cell, known(cell.value)) for cell in self._named(name)]
        found = next((code for _, code in tried if code), "")
        if tried and not found:
            self._wrong(tried[0][0], f"{name}-unknown", "「{value}」は、知っている値ではありません。", "“{value}” is not a known value.", source)
        return found

    def _wrong(self, cell: Cell, rule: str, ja: str, en: str, source: str | None) -> None:
        self._findings.append(cell_finding(rule, Severity.WARNING, self._row, cell, ja, en, source))


def cell_finding(rule: str, severity: Severity, row: int, cell: Cell, ja: str, en: str, source: str | None) -> Finding:
    """A finding about one cell; ``{value}`` in the words is what the cell says."""
    column = cell.column.replace("~", "~0").replace("/", "~1")
    words_ = both(f"{{row}} 行「{{column}}」: {ja}", f"Row {{row}}, “{{column}}”: {en}")
    return Finding(
        rule=rule, severity=severity, pointer=f"/rows/{row}/{column}", source=source,
        message=words_.format(row=row, column=cell.column, value=cell.value[:200]),
    )  # fmt: skip


def _error(rule: str, pointer: str, ja: str, en: str) -> Finding:
    return Finding(rule=rule, severity=Severity.ERROR, pointer=pointer, message=both(ja, en))
