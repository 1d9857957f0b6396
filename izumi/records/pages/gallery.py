"""「ひと目で見る」: the first files that can be shown, under the same right as the files themselves."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from izumi.kernel.text import Text
from izumi.records.pages.file_list import FileList, address
from izumi.records.types import RecordView
from izumi.storage import queries as storage
from izumi.storage.types import FileRow, PreviewKind

SHOWN = 5
TABLE_BYTES = 4_000_000
"""Larger tables are not read for the gallery; their own preview page shows them."""
ROWS = 8
COLUMNS = 12
LINES = 14
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/bmp", "application/pdf"})
NOTHING = Text()
TABLES = ("csv", "tsv", "tab-separated-values")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One preview: an image by its address, or the first rows of a table, or the first lines of a text."""

    path: str
    name: str
    href: str
    image: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: str = ""
    said: Text = NOTHING
    failed: Text = NOTHING


def pictures(view: RecordView, files: FileList) -> tuple[Picture, ...]:
    """Up to five previews, pictures before tables before texts; the first one is shown large. No statement."""
    if not files.count:
        return ()
    rows = [row for row in files.first if not row.is_reference]
    chosen = sorted((row for row in rows if weight(row) < 9), key=weight)[:SHOWN]
    return tuple(picture(view, row) for row in chosen)


def weight(row: FileRow) -> int:
    """Small numbers are shown first; 9 is never shown."""
    kind = row.media_type.partition(";")[0]
    if kind in PICTURES:
        return 1 if kind != "application/pdf" else 3
    if kind.endswith(TABLES) and (row.size_bytes or 0) <= TABLE_BYTES:
        return 2
    return 4 if kind.startswith("text/") and (row.size_bytes or 0) <= TABLE_BYTES else 9


def picture(view: RecordView, row: FileRow) -> Picture:
    """The preview of one file; pictures are fetched by the browser, so that no page waits for one."""
    href = f"{address(view)}{quote(row.path, safe='/~-._')}?preview"
    facts = {"path": row.path, "name": row.name, "href": href}
    if weight(row) in (1, 3):
        return Picture(**facts, image=f"{href}=picture")
    made = storage.preview(row)
    if made.has_plot:
        return Picture(**facts, image=f"{href}=plot", said=made.said)
    if made.kind is PreviewKind.TABLE:
        head = made.head[:COLUMNS]
        return Picture(
            **facts, head=head, rows=tuple(cells[:COLUMNS] for cells in made.rows[:ROWS]), said=made.said,
            lines="\n".join("  ".join(cells[:4]) for cells in made.rows[:ROWS]),
        )  # fmt: skip
    return Picture(**facts, lines="\n".join(made.text.splitlines()[:LINES]), said=made.said, failed=made.failed)
