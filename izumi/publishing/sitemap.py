"""Sitemaps: the addresses of all records whose metadata anyone may see, in pages cut by the letters of identifiers.

Identifiers are random, so each first letter holds the same share: the index needs one count, a page one range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from xml.sax.saxutils import escape

from izumi.kernel.errors import NotThere
from izumi.records import queries as records

SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
PAGE = 5000
"""Aimed at; a page may hold more by chance, but never more than the protocol's 50,000."""
LIMIT = 50_000


def depth(count: int) -> int:
    """How many letters of the identifier part the pages, so that a page holds half of `PAGE` on average."""
    letters = 0
    while count > PAGE // (1 if letters == 0 else 2) * len(LETTERS) ** letters and letters < 3:
        letters += 1
    return letters


def index(base: str) -> bytes:
    """The sitemap index. Cost: 1 statement."""
    names = ["".join(letters) or "all" for letters in product(LETTERS, repeat=depth(records.public_count()))]
    return _document("sitemapindex", (f"<sitemap><loc>{escape(base)}/sitemap-{name}.xml</loc></sitemap>" for name in names))


def page(base: str, letters: str) -> bytes:
    """One page: the records whose identifier begins with these letters (``all`` = every record)."""
    prefix = "" if letters == "all" else letters
    if any(letter not in LETTERS for letter in prefix) or len(prefix) > 3:
        raise NotThere("page")
    return _document(
        "urlset",
        (f"<url><loc>{escape(base)}/records/{key}</loc><lastmod>{day}</lastmod></url>" for key, day in _changes(prefix)),
    )


def _document(root: str, lines: Iterable[str]) -> bytes:
    body = "\n".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SPACE}">\n{body}\n</{root}>\n'.encode()


def _changes(prefix: str) -> Iterator[tuple[str, str]]:
    """Cost: 1 statement per `PAGE` records."""
    after: str | None = prefix or None
    told = 0
    while told < LIMIT:
        found = records.public_changes(after=after, limit=PAGE)
        for record_id, _, changed in found:
            if not record_id.startswith(prefix):
                return
            yield record_id, changed.isoformat(timespec="seconds")
            told += 1
        if len(found) < PAGE:
            return
        after = found[-1][0]
