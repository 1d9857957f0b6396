"""``izumi bench search``: how fast a page with exact total and six facets is, beside a plain SQL LIKE in the same run.

Synthetic records in a temporary index; nothing of the site is touched.
"""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from izumi.catalogue import documents, index, matching, reading, synonyms
from izumi.catalogue.finding import Run
from izumi.catalogue.types import FACETS, Query, Sort
from izumi.kernel.home import home
from izumi.kernel.ids import new_id
from izumi.kernel.text import Text
from izumi.records.types import IndexEntry

BATCH = 1_000
_KEYS = frozenset({"public", "org:aaaaa-00001", "project:jjjjj-00001", "person:ppppp-00001"})
_LIKE = "FROM record WHERE visible AND (title LIKE ? OR body LIKE ?)"
_COUNTED = ("usable", "access", "field", "type", "organisation", "year")


def search(records: int = 20_000, *, rounds: int = 3, seed: int = 1) -> dict[str, Any]:
    """Build and ask a synthetic index of that many records; figures in milliseconds, records a second and bytes.

    Cost: about a second for each thousand records.
    """
    chance = random.Random(seed)  # noqa: S311 – repeatable text, no secret
    with _elsewhere():
        began = time.perf_counter()
        with sqlite3.connect(home().path / "like.db") as table:
            _table(table)
            built = _build(chance, records, table)
            indexing_s = time.perf_counter() - began
            asked = list(_queries(chance, 40))
            held = index.reader()
            ours = _timed(lambda query: _whole(held, query, frozenset({"public"})), asked, rounds)
            own = _timed(lambda query: _whole(held, query, _KEYS), asked, rounds)
            like = _timed(lambda query: _sql(table, query), [query for query in asked if query.q], 1)
        size = sum(path.stat().st_size for path in (home().index / built).iterdir())
    return {
        "records": records,
        "build_records_per_s": round(records / indexing_s),
        "index_bytes_per_record": round(size / records),
        "anonymous_ms": ours,
        "signed_in_ms": own,
        "sql_like_ms": like,
        "times_faster_than_like": round(like["p50"] / ours["p50"], 1),
    }


def _whole(held: index.Reader, query: Query, keys: frozenset[str]) -> int:
    """A page, the exact total and six facets."""
    run = Run(held.searcher, matching.may_see(keys), matching.wanted(reading.read(query.q)), query.filters)
    total = run.figures(tuple(FACETS)).total
    run.page(query, {})
    return total


def _sql(table: sqlite3.Connection, query: Query) -> int:
    """The same by LIKE: page, total and six counts."""
    likes = [f"%{query.q}%"] * 2
    table.execute(f"SELECT id {_LIKE} ORDER BY day DESC LIMIT 20", likes).fetchall()
    for name in _COUNTED:
        table.execute(f"SELECT {name}, count(*) {_LIKE} GROUP BY {name}", likes).fetchall()
    return int(table.execute(f"SELECT count(*) {_LIKE}", likes).fetchone()[0])


def _timed(ask: Callable[[Query], int], queries: Sequence[Query], rounds: int) -> dict[str, float]:
    taken = []
    for query in [query for _ in range(rounds) for query in queries]:
        began = time.perf_counter()
        ask(query)
        taken.append((time.perf_counter() - began) * 1_000)
    taken.sort()
    return {"p50": round(taken[len(taken) // 2], 2), "p95": round(taken[int(len(taken) * 0.95)], 2)}


def _build(chance: random.Random, records: int, table: sqlite3.Connection) -> str:
    with index.building() as build:
        for start in range(0, records, BATCH):
            entries = [_entry(chance, number) for number in range(start, min(start + BATCH, records))]
            build.add(found for entry in entries if (found := documents.document(entry)))
            table.executemany("INSERT INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?)", map(_row, entries))
        build.finish()
        build.swap(lambda put: None)
        table.commit()
        return build.name


def _table(table: sqlite3.Connection) -> None:
    table.execute(f"CREATE TABLE record (id, day, title, body, visible, {', '.join(_COUNTED)})")


def _row(entry: IndexEntry) -> tuple[Any, ...]:
    return (
        entry.id, entry.published_on.isoformat(), " ".join(entry.title.values()), " ".join(entry.description.values()),
        "public" in entry.audience, str(documents.usable(entry)), entry.access_class, entry.field, entry.type,
        entry.organisations[0][0], entry.year,
    )  # fmt: skip


def _words() -> list[tuple[str, str]]:
    """Pairs of research words, commonest first: the n-th is drawn with weight 1/n."""
    return synonyms.pairs()


def _entry(chance: random.Random, number: int) -> IndexEntry:
    pairs = _words()
    weights = [1 / (place + 1) for place in range(len(pairs))]
    drawn = chance.choices(pairs, weights, k=40)
    access = chance.choices(["open", "shared", "embargoed", "closed"], [70, 12, 6, 12])[0]
    day = date(2016, 4, 1) + timedelta(days=chance.randrange(3_800))
    audience = {"public"} if chance.random() < 0.8 else {"org:aaaaa-00001", f"person:ppppp-{chance.randrange(99_999):05d}"}
    return IndexEntry(
        id=new_id(), kind="dataset", state="published",
        title=Text({
            "ja": f"{drawn[0][0]}の{drawn[1][0]}に関する{drawn[2][0]}データ {number}",
            "en": f"{drawn[0][1]} and {drawn[1][1]} for {drawn[2][1]} {number}",
        }),
        alternative_titles=(),
        description=Text({
            "ja": "".join(f"{ja}を調べ、" for ja, _ in drawn[:30]) + "結果をまとめた。",
            "en": "We studied " + ", ".join(en for _, en in drawn[20:]) + ".",
        }),
        summary=Text(), keywords=tuple(Text({"ja": ja, "en": en}) for ja, en in drawn[:3]),
        people=(Text({"ja": f"研究者 {chance.randrange(2_000)}"}),),
        organisations=((f"aaaaa-{chance.randrange(300):05d}", Text({"ja": f"第{chance.randrange(300)}大学"})),),
        identifiers=(f"10.5072/{number}",), funder_codes=(), projects=(), field=str(400 + chance.randrange(60)),
        type=f"type_{chance.randrange(12)}", licence="CC-BY-4.0", access_class=access, year=day.year, published_on=day,
        size_bytes=chance.randrange(10**12), has_files=True, audience=frozenset(audience), next_edge=None,
        usable_now="now" if access == "open" else "request" if access == "shared" else "no",
    )  # fmt: skip


def _queries(chance: random.Random, count: int) -> Iterator[Query]:
    pairs = _words()
    for number in range(count):
        ja, en = chance.choice(pairs)
        second = chance.choice(pairs)
        kinds = (
            Query(q=ja), Query(q=en), Query(q=f"{ja} {second[0]}"), Query(q=f'"{ja}"'), Query(q=ja[:2]),
            Query(filters={"access": ("open",)}), Query(q=ja, sort=Sort.NEWEST), Query(q=en, filters={"year": ("2020-2024",)}),
        )  # fmt: skip
        yield kinds[number % len(kinds)]


@contextmanager
def _elsewhere() -> Iterator[None]:
    """A home of its own for the time of the measurement."""
    before = os.environ.get("IZUMI_HOME")
    with tempfile.TemporaryDirectory(prefix="izumi-bench-") as folder:
        os.environ["IZUMI_HOME"] = folder
        (Path(folder) / "index").mkdir()
        try:
            yield
        finally:
            if before is None:
                del os.environ["IZUMI_HOME"]
            else:
                os.environ["IZUMI_HOME"] = before
