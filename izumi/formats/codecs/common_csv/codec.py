"""The official 30 columns of メタデータの共通項目, one row per record, header in Japanese or English."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from izumi.formats import rules
from izumi.formats.codecs.common_csv import row as rows
from izumi.kernel.contracts import Incoming, Loss, Package
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text, both

BOM = "\ufeff"
FEW = 5
"""So many official headers make a table of common items."""


@lru_cache(maxsize=1)
def columns() -> tuple[dict[str, str], ...]:
    """The columns in their official order: ``key``, ``ja``, ``en``."""
    return tuple(tomllib.loads(Path(__file__).with_name("columns.toml").read_text("utf-8"))["column"])


def header(lang: str) -> str:
    """The official header row, without a line end."""
    return ",".join(column[lang] for column in columns())


def table(packages: Iterable[Package], lang: str = "ja") -> Iterator[bytes]:
    """Header and one row per package, UTF-8 with a byte order mark so that Excel reads Japanese."""
    yield (BOM + header(lang) + "\n").encode()
    for package in packages:
        yield line(rows.cells(package, lang)).encode()


def line(cells: dict[str, str]) -> str:
    """One CSV line; a text that a spreadsheet would run as a formula is written as text."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([guarded(cells.get(column["key"], "")) for column in columns()])
    return out.getvalue()


def guarded(text: str) -> str:
    """``=1+1`` → ``'=1+1``: spreadsheets must show, not compute, what people typed."""
    return "'" + text if text and (text[0] in "=@\t'" or (text[0] in "+-" and not _number(text))) else text


def unguarded(text: str) -> str:
    """The typed text behind `guarded`."""
    return text[1:] if text[:1] == "'" and guarded(text[1:]) == text else text


def _number(text: str) -> bool:
    return text[1:].replace(" ", "").replace("-", "").isdigit()


class CommonCsv:
    """The table in one language; both languages read both."""

    extension = "csv"
    media_types = ("text/csv",)

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.name = "common-csv" if lang == "ja" else "common-csv-en"
        said = both("日本語", "in Japanese") if lang == "ja" else both("英語", "in English")
        self.label: Text = both(f"共通項目 CSV（{said['ja']}）", f"Common items CSV ({said['en']})")

    def write(self, package: Package) -> Iterator[bytes]:
        """Header and the row of this record."""
        return table((package,), self.lang)

    def losses(self, package: Package) -> tuple[Loss, ...]:
        """Measured: the written row is read again and compared with the document."""
        read, _ = self.read(b"".join(self.write(package)))
        return rules.measured(package.metadata, read[0].metadata)

    def detect(self, head: bytes, filename: str = "") -> bool:
        """Whether the first line holds the official header."""
        heads = {cell.strip(' "') for cell in decoded(head[:8192]).split("\n")[0].split(",")}
        return any(len(heads & {column[lang].strip() for column in columns()}) >= FEW for lang in ("ja", "en"))

    def read(self, source: bytes) -> tuple[tuple[Incoming, ...], tuple[Loss, ...]]:
        """Every row of the table, in any column order; unknown columns are told and kept."""
        reader = csv.reader(io.StringIO(decoded(source)))
        try:
            heads = next(reader, [])
            lines = list(reader)
        except csv.Error as exc:
            raise Invalid(_not_ours()) from exc
        known = {column[lang].strip(): (column["key"], lang) for column in columns() for lang in ("ja", "en")}
        plan = [known.get(head.strip()) for head in heads]
        if sum(entry is not None for entry in plan) < FEW:
            raise Invalid(_not_ours())
        found = []
        for number, values in enumerate(lines, start=2):
            cells = {entry[0]: unguarded(value.strip()) for entry, value in zip(plan, values, strict=False) if entry}
            if any(cells.values()):
                extra = _extra(heads, plan, values)
                found.append(
                    Incoming(metadata=rows.metadata(cells), unmapped=extra, identifiers=rows.names_elsewhere(cells),
                             position=f"row {number}")
                )
        losses = tuple(
            Loss(pointer=head, message=both("知らない列なので、元の形のまま保存します。", "An unknown column; it is kept as it stood."))
            for head, entry in zip(heads, plan, strict=True) if entry is None and head.strip()
        )
        return tuple(found), losses


def _extra(heads: list[str], plan: list[tuple[str, str] | None], values: list[str]) -> tuple[dict[str, str], ...]:
    return tuple(
        {"format": "common-csv", "path": head, "value": value}
        for head, entry, value in zip(heads, plan, values, strict=False) if entry is None and value.strip()
    )


def decoded(source: bytes) -> str:
    """The text of a CSV: UTF-8 with or without mark, else the Windows Japanese code page."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return source.decode(encoding)
        except UnicodeDecodeError:
            continue
    return source.decode("utf-8", errors="replace")


def _not_ours() -> Finding:
    return Finding(
        rule="common-csv-not-found",
        severity="error",
        pointer="",
        message=both("共通項目の見出し行が見つかりません。", "The header of the common items is missing."),
        fix=both("1 行目を公式の見出しにしてください。", "Make the first line the official header."),
    )


CODECS = (CommonCsv("ja"), CommonCsv("en"))
