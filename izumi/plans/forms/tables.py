"""Plans as the tables that funders ask for, and tables that people filled as entries of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from izumi.formats.rules import difference
from izumi.kernel.contracts import Loss
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.plans.forms import people_above, sheets
from izumi.plans.forms.columns import Column, Form, form, forms, headings, plain
from izumi.plans.forms.kinds import KINDS, Ask, get
from izumi.plans.forms.types import Entry, Grant, PlanPackage, Read
from izumi.plans.forms.words import nodes

__all__ = ["Column", "csv_bytes", "form", "forms", "losses", "missing", "read_plan", "read_table", "required", "table", "xlsx_bytes"]

MAX_ABOVE = 30
"""Rows among which the headings are looked for; real forms have a title and the people above them."""
FEWEST = 3
"""So many known headings make a row of headings."""


# -- out ---------------------------------------------------------------------------------------------------------------


def table(name: str, told: PlanPackage, lang: str = "ja") -> tuple[tuple[Column, ...], tuple[tuple[str, ...], ...]]:
    """The columns of a form and one row of texts per entry, in the order of the plan; no entry is left out.

    What an earlier file of this form had in columns of its own comes back in columns at the end. Raises `NotThere` for an
    unknown form.
    """
    asked = form(name)
    columns = (*asked.columns, *_own_columns(asked, told))
    rows = tuple(tuple(KINDS[column.kind].write(Ask(column, entry, told, name, lang)) for column in columns) for entry in told.entries)
    return columns, rows


def _own_columns(asked: Form, told: PlanPackage) -> Iterator[Column]:
    known = {column.id for column in asked.columns}
    paths = [one.get("path") for entry in told.entries for one in nodes(entry.get("unmapped")) if one.get("format") == asked.name]
    for path in dict.fromkeys(path for path in paths if isinstance(path, str) and path and path not in known):
        yield Column(id=path, label=both(path, path), kind="kept")


def csv_bytes(name: str, told: PlanPackage, lang: str = "ja") -> bytes:
    """The form as CSV: UTF-8 with a byte order mark, headings first, no formulas."""
    columns, rows = table(name, told, lang)
    return sheets.csv_file((tuple(column.label.one(lang) for column in columns), *rows))


def xlsx_bytes(name: str, told: PlanPackage, lang: str = "ja") -> bytes:
    """The form as an Excel workbook: what the plan is about above, then headings and rows, every cell a text."""
    columns, rows = table(name, told, lang)
    asked = form(name)
    return sheets.xlsx_file([column.label.one(lang) for column in columns], rows, above=_above(asked, told, lang), title=asked.label.one(lang))


def _above(asked: Form, told: PlanPackage, lang: str) -> list[tuple[str, str]]:
    project = told.project
    title = told.document.get("title")
    lines = (
        (asked.label, ""),
        (both("計画の名称", "Plan"), Text(title).one(lang) if isinstance(title, dict) else ""),
        (both("プロジェクト", "Project"), project.title.one(lang)),
        (both("課題番号", "Grant number"), project.award_number or ", ".join(value for _, value in project.numbers)),
        (both("代表者", "Leader"), project.leader.one(lang)),
        (both("最終更新日", "Last change"), KINDS["fact"].write(Ask(_UPDATED, {}, told, asked.name, lang))),
        (both("計画の版", "Version of the plan"), str(told.version or "")),
        (both("計画の URL", "Address of the plan"), told.url),
    )
    return [(label.one(lang), value) for label, value in lines if value or label is asked.label]


_UPDATED = Column(id="plan_updated_on", label=both("最終更新日", "Last change"), kind="fact")


def required(name: str) -> tuple[tuple[str, Text], ...]:
    """What every entry must say before a plan is handed in with this form: pointer into the entry, and label."""
    return tuple((column.pointer, column.label) for column in form(name).columns if column.required)


def missing(name: str, document: dict[str, Any]) -> tuple[Finding, ...]:
    """What this form requires and the entries of a plan document lack; warnings, with pointers into the document.

    Nothing for a form of which there is no table.
    """
    asked = forms().get(name)
    entries = nodes(document.get("entries"))
    if asked is None:
        return ()
    return tuple(
        _lacks(asked, column, place) for place, entry in enumerate(entries) for column in asked.columns if column.required and not _says(column, entry)
    )


def _says(column: Column, entry: Entry) -> bool:
    said = bool(get(entry, column.pointer))
    if column.kind == "class" and not said:
        own = get(entry, "/access/funder_class")
        return isinstance(own, dict) and own.get("scheme") == column.scheme
    return said


def _lacks(asked: Form, column: Column, place: int) -> Finding:
    label = column.label
    return Finding(
        rule="form-item-missing", severity=Severity.WARNING, pointer=f"/entries/{place}{column.pointer}", source=asked.source,
        message=both(
            f"様式「{asked.label.one('ja')}」の項目「{label.one('ja')}」がまだ書かれていません。",
            f"“{label.one('en')}”, which the form “{asked.label.one('en')}” asks for, is still missing.",
        ),
        fix=both("この項目を書いてください。", "Fill in this item."),
    )  # fmt: skip


# -- in ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """Where the table of a form lies in a sheet: its rows, the row of headings, and what each column is."""

    rows: sheets.Rows
    top: int
    """The last row of headings."""
    first: int
    plan: tuple[Column | None, ...]
    heads: tuple[str, ...]

    @property
    def matches(self) -> int:
        """How many headings are known."""
        return sum(column is not None for column in self.plan)


def read_table(name: str, source: bytes) -> tuple[tuple[Entry, ...], tuple[Loss, ...]]:
    """The entries of a filled form (CSV, tab-separated or xlsx), and what could not be understood.

    The headings may stand anywhere in the first 30 rows, in Japanese or English, in any order. Unknown columns and cells
    that are not understood are kept in ``unmapped`` and told. Days may be written as in Japan; nothing is judged. Raises
    `Invalid` where there is no such table.
    """
    read = read_plan(name, source)
    return tuple(read.document["entries"]), read.losses


def read_plan(name: str, source: bytes) -> Read:
    """The same as a plan: its entries, what could not be understood, and the grant numbers that stand above the table."""
    asked = form(name)
    known = headings(asked)
    places = [found for rows in sheets.grids(source) if (found := _headings_in(rows, known)) is not None]
    if not places:
        raise Invalid(_no_headings(asked))
    found = max(places, key=lambda one: one.matches)
    entries, losses = _entries(asked, found)
    grants = tuple(Grant(number=number) for number in people_above.grant_numbers(found.rows[: found.first]))
    return Read(document={"entries": entries}, losses=(*_lines_above(found), *losses), grants=grants)


def _entries(asked: Form, found: Found) -> tuple[list[Entry], list[Loss]]:
    persons = people_above.persons(found.rows[: found.first])
    entries: list[Entry] = []
    losses = list(_column_losses(found))
    for number, row in enumerate(found.rows[found.top + 1 :], start=found.top + 2):
        if not _is_filled(row, found.plan):
            losses += _stray(row, number)
            continue
        entry, more = _entry(asked, found, row, number, persons)
        entries.append(entry)
        losses += more
    return entries, losses


def losses(name: str, told: PlanPackage, lang: str = "ja") -> tuple[Loss, ...]:
    """What of the entries does not come back when the written table is read again, measured; pointers into the plan."""
    columns, rows = table(name, told, lang)
    filled = [_is_filled(list(row), columns) for row in rows]
    read = iter(read_table(name, csv_bytes(name, told, lang))[0] if any(filled) else ())
    found: list[Loss] = []
    for place, (entry, is_filled) in enumerate(zip(told.entries, filled, strict=True)):
        own = {member: value for member, value in entry.items() if member not in ("id", "record", "records")}
        found += difference(own, next(read) if is_filled else {}, f"/entries/{place}")
    return tuple(found)


def _headings_in(rows: sheets.Rows, known: dict[str, Column]) -> Found | None:
    """The row with most known headings; a second row below a merged heading is taken with it."""
    best: Found | None = None
    for number, row in enumerate(rows[:MAX_ABOVE]):
        plan = _plan(row, known)
        if sum(column is not None for column in plan) >= FEWEST and (best is None or sum(c is not None for c in plan) > best.matches):
            best = Found(rows, number, number, plan, tuple(row))
    if best is None:
        return None
    below = rows[best.top + 1] if best.top + 1 < len(rows) else []
    second = _plan(below, known)
    taken = {column.id for column in best.plan if column}
    if any(column and column.id not in taken for column in second) and not any(cell and column is None for cell, column in zip(below, second, strict=True)):
        return _joined(best, below, second)
    return best


def _plan(row: list[str], known: dict[str, Column]) -> tuple[Column | None, ...]:
    seen: set[str] = set()
    plan: list[Column | None] = []
    for cell in row:
        column = known.get(plain(cell)) if cell else None
        if column is not None and column.id in seen:
            column = None
        if column is not None:
            seen.add(column.id)
        plan.append(column)
    return tuple(plan)


def _joined(best: Found, below: list[str], second: tuple[Column | None, ...]) -> Found:
    width = max(len(best.plan), len(second))
    upper, lower = (*best.plan, *[None] * width)[:width], (*second, *[None] * width)[:width]
    heads, under = [*best.heads, *[""] * width][:width], [*below, *[""] * width][:width]
    return Found(
        best.rows, best.top + 1, best.first, tuple(low or up for up, low in zip(upper, lower, strict=True)),
        tuple(low or up for up, low in zip(heads, under, strict=True)),
    )  # fmt: skip


def _is_filled(row: list[str], plan: tuple[Column | None, ...]) -> bool:
    """Rows that hold nothing but their number, or facts that come from the project, are not filled."""
    return any(cell and column and column.id != "number" and column.kind != "fact" for cell, column in zip(row, plan, strict=False))


def _entry(asked: Form, found: Found, row: list[str], number: int, persons: people_above.Persons) -> tuple[Entry, list[Loss]]:
    entry: Entry = {}
    losses: list[Loss] = []
    kept: list[dict[str, str]] = []
    for cell, column, head in zip(row, found.plan, found.heads, strict=False):
        if not cell:
            continue
        if column is None:
            kept.append({"format": asked.name, "path": head or "?", "value": cell})
            continue
        resolved = people_above.resolved(cell, persons) if column.kind in ("people", "agent") else None
        if resolved is not None:
            people_above.put(entry, column.pointer, resolved, many=column.kind == "people")
        elif not KINDS[column.kind].read(entry, column, cell):
            kept.append({"format": asked.name, "path": column.id, "value": cell})
            losses.append(_not_understood(number, column, cell))
    lines = [{**one, "format": asked.name} for one in entry.pop("unmapped", [])] + kept
    return (entry | {"unmapped": lines} if lines else entry), losses


# -- what is told ------------------------------------------------------------------------------------------------------


def _not_understood(number: int, column: Column, cell: str) -> Loss:
    label = column.label
    return Loss(
        pointer=f"{number}:{label.one('ja')}",
        message=both(
            f"{number} 行目「{label.one('ja')}」の値を読み取れないため、元の形のまま保存します。",
            f"Row {number}, “{label.one('en')}”: the value is not understood and is kept as it stands.",
        ),
        value=cell,
    )


def _column_losses(found: Found) -> Iterator[Loss]:
    for head, column in zip(found.heads, found.plan, strict=True):
        if column is None and head:
            yield Loss(pointer=head, message=both("知らない列なので、元の形のまま保存します。", "An unknown column; it is kept as it stands."))
        elif column is not None and column.kind == "fact" and head:
            yield Loss(pointer=head, message=both("プロジェクトの情報から自動で入るため、読み込みません。", "Comes from the project; it is not read."))


def _lines_above(found: Found) -> Iterator[Loss]:
    lines = [" ".join(cell for cell in row if cell) for row in found.rows[: found.first]]
    told = "\n".join(line for line in lines if line)
    if told:
        yield Loss(
            pointer="1", value=told[:2000],
            message=both("表より上の行は、担当者の一覧のほかは読み込みません。", "The lines above the table are not read, except the list of people."),
        )  # fmt: skip


def _stray(row: list[str], number: int) -> list[Loss]:
    """Notes below a table, and lines that hold nothing but facts; a bare number is an unused line of the form."""
    told = " ".join(cell for cell in row if cell)
    if not told or told.isdigit():
        return []
    message = both(f"{number} 行目は表の行ではないため読み込みません。", f"Row {number} is no row of the table and is not read.")
    return [Loss(pointer=str(number), value=told[:2000], message=message)]


def _no_headings(asked: Form) -> Finding:
    some = [column.label for column in asked.columns][:6]
    return Finding(
        rule="form-no-headings", severity=Severity.ERROR, pointer="", source=asked.source,
        message=both(
            f"様式「{asked.label.one('ja')}」の見出しの行が、はじめの {MAX_ABOVE} 行に見つかりません。",
            f"The headings of the form “{asked.label.one('en')}” are not among the first {MAX_ABOVE} rows.",
        ),
        fix=both(
            f"見出しの行（{'、'.join(one.one('ja') for one in some)} など）を入れてください。",
            f"Add a row of headings ({', '.join(one.one('en') for one in some)} and so on).",
        ),
    )  # fmt: skip
