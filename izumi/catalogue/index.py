"""The search index on disk; the only file that knows Tantivy.

``home/index/`` holds a folder for each build, ``v{schema}-{time}-{random}``, and ``current``, a file naming the
build in force that is replaced atomically. Readers look at its and the build's time stamp at each search and reload when
it changed, at most twice a second. There is one writer at a time, held by a lock of the operating system, so a killed
one leaves nothing behind. A rebuild is written beside and swapped in under that lock; the old build serves until then.

The index stores nothing but record identifiers: texts come from the database, after the decision.

Source: design facts, search §7 (limits of tantivy-py 0.27) and §9.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from izumi.catalogue.builds import Broken, current_name, new_name, point_to, sweep
from izumi.kernel.errors import Unavailable
from izumi.kernel.home import home
from izumi.kernel.locks import Held, exclusive

WORDS = ("w_title", "w_body", "w_people", "g_title", "g_body", "g_people")
EXACT = ("ident", "spell", "sugg", "acl", "org", "funder", "project")
COUNTED = ("usable", "access", "type", "kind", "field", "licence", "org_name")
SORTED = ("sort_ja", "sort_en")
NUMBERS = ("year", "newest", "size", "head_ja", "head_en", "edge")

HEAP_BYTES, BULK_HEAP_BYTES = 32_000_000, 128_000_000
BULK_COMMIT = 20_000
RELOAD_EVERY_S = 0.5
RETRY_AFTER_S = 10

Document = dict[str, Any]
log = logging.getLogger("izumi.catalogue")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in WORDS:
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in EXACT:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (*COUNTED, *SORTED):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in NUMBERS:  # signed: an unsigned field given as a keyword kills the writer
        builder.add_integer_field(name, fast=True)
    return builder.build()


_SCHEMA = _schema()


# ------------------------------------------------------------------------------------------------ queries as values


def term(name: str, value: str) -> Query:
    """Records with exactly this value."""
    return Query.term_query(_SCHEMA, name, value)


def one_of(name: str, values: Iterable[str]) -> Query:
    """Records with any of these values."""
    return Query.term_set_query(_SCHEMA, name, sorted(set(values)))


def phrase(name: str, tokens: Sequence[str], *, gaps: int = 0) -> Query:
    """Records with these tokens side by side, or with at most so many others between them."""
    if len(tokens) == 1:
        return term_scored(name, tokens[0])
    return Query.phrase_query(_SCHEMA, name, list(tokens), gaps)


def term_scored(name: str, token: str) -> Query:
    """Records with this token, scored by how often it stands there."""
    return Query.term_query(_SCHEMA, name, token, index_option="freq")


def begins(name: str, start: str) -> Query:
    """Records with a token that begins so."""
    return Query.regex_query(_SCHEMA, name, "".join(_literal(char) for char in start) + ".*")


def phrase_begins(name: str, tokens: Sequence[str]) -> Query:
    """Records with these tokens side by side, the last one only begun."""
    return begins(name, tokens[0]) if len(tokens) == 1 else Query.phrase_prefix_query(_SCHEMA, name, list(tokens))


def alike(name: str, word: str) -> Query:
    """Records with a value one change of a letter away."""
    return Query.fuzzy_term_query(_SCHEMA, name, word, distance=1, transposition_cost_one=True)


def between(name: str, low: int | None, high: int | None) -> Query:
    """Records with a number in this inclusive range; at least one side is given."""
    return Query.range_query(_SCHEMA, name, tantivy.FieldType.Integer, low, high)


def weighted(query: Query, weight: float) -> Query:
    """The same records with scores multiplied."""
    return Query.boost_query(query, weight)


def everything() -> Query:
    """All records."""
    return Query.all_query()


def nothing() -> Query:
    """No record."""
    return Query.empty_query()


def any_of(queries: Sequence[Query]) -> Query:
    """Records that match at least one."""
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, query) for query in queries])


def all_of(queries: Sequence[Query], *, but: Sequence[Query] = (), better: Sequence[Query] = ()) -> Query:
    """Records that match all, none of ``but``; ``better`` only raises the score."""
    if len(queries) == 1 and not but and not better:
        return queries[0]
    parts = [(Occur.Must, query) for query in queries] + [(Occur.MustNot, query) for query in but]
    return Query.boolean_query(parts + [(Occur.Should, query) for query in better])


def filtered(query: Query, filters: Sequence[Query]) -> Query:
    """The query within filters; filters do not change the score."""
    return all_of([query, *(Query.const_score_query(one, 0.0) for one in filters)])


def in_order(
    searcher: tantivy.Searcher, query: Query, name: str, *, falling: bool, limit: int, offset: int = 0
) -> list[tuple[Any, Any]]:
    """Hits ordered by a field: pairs of the field's value and an address."""
    order = tantivy.Order.Desc if falling else tantivy.Order.Asc
    hits = searcher.search(query, limit, count=False, order_by_field=name, offset=offset, order=order).hits
    return [(key, address) for key, address in hits]


def identifiers_of(searcher: tantivy.Searcher, queries: Sequence[Query], limit: int) -> list[str]:
    """Identifiers of a few hits of each query, best first."""
    hits = [hit for query in queries for hit in searcher.search(query, limit, count=False).hits]
    return [str(searcher.doc(address)["id"][0]) for _, address in hits]


def identifiers_where(query: Query) -> list[str]:
    """Identifiers of all records that match, newest snapshot. Raises `Broken`. Cost: linear in their number."""
    with guarded():
        searcher = reader().searcher
        number = int(searcher.aggregate(query, {"all": {"value_count": {"field": "newest"}}})["all"]["value"])
        return identifiers_of(searcher, [query], number) if number else []


def terms_that_begin(searcher: tantivy.Searcher, name: str, start: str, within: Query, limit: int) -> list[str]:
    """Values of a field that begin so and stand in records of ``within``, in order."""
    return [str(value) for value, _ in searcher.terms_with_prefix(name, start, filter_query=within, limit=limit)]


def _literal(char: str) -> str:
    return char if char.isalnum() else "\\" + char


# ------------------------------------------------------------------------------------------------ reading


@dataclass(slots=True)
class Reader:
    """A build opened for searching. One snapshot per request: take ``searcher`` once."""

    name: str
    index: tantivy.Index
    stamp: tuple[int, int]
    checked: float = field(default=0.0)

    @property
    def searcher(self) -> tantivy.Searcher:
        """The newest snapshot that was loaded."""
        return self.index.searcher()


_readers: dict[Path, Reader] = {}
_lock = threading.Lock()


@contextmanager
def guarded() -> Iterator[None]:
    """Whatever Tantivy does inside – errors or panics – comes out as `Broken`.

    Its messages are dropped: they may repeat what was searched for, and that is never logged.
    """
    try:
        yield
    except Broken:
        raise
    except (ValueError, OSError, RuntimeError) as failure:
        raise Broken(type(failure).__name__) from None
    except BaseException as failure:
        if type(failure).__name__ != "PanicException":
            raise
        raise Broken("panic") from None


def reader() -> Reader:
    """The build in force, reloaded when it changed. Raises `Broken`. Cost: two ``stat`` calls."""
    folder = home().index
    with _lock, guarded():
        name = current_name(folder)
        held = _readers.get(folder)
        stamp = _stamp(folder / name)
        if held is None or held.name != name:
            index = tantivy.Index(_SCHEMA, path=str(folder / name), reuse=True)
            held = _readers[folder] = Reader(name, index, stamp, time.monotonic())
        elif stamp != held.stamp and time.monotonic() - held.checked >= RELOAD_EVERY_S:
            held.index.reload()
            held.stamp, held.checked = stamp, time.monotonic()
        return held


def or_unavailable(work: Callable[[], Any]) -> Any:
    """The result of a search, or the 503 that says the index is being rebuilt.

    Tries twice: between reading the pointer and opening its build, another may have taken its place.
    """
    for last in (False, True):
        try:
            with guarded():
                return work()
        except Broken as broken:
            if last:
                log.warning("the search index cannot be used: %s", broken)
                raise Unavailable("search.rebuilding", retry_after=RETRY_AFTER_S) from None
    return None


def _stamp(path: Path) -> tuple[int, int]:
    found = (path / "meta.json").stat()
    return found.st_mtime_ns, found.st_ino


def forget_readers() -> None:
    """Let the next search of this process reload at once (after its own commit)."""
    with _lock:
        for held in _readers.values():
            held.checked = 0.0
            held.stamp = (0, 0)


# ------------------------------------------------------------------------------------------------ writing


def apply(puts: Sequence[Document], removed: Iterable[str] = ()) -> list[str]:
    """Replace and remove records in the build in force, in one commit; identifiers of documents that Tantivy refused.

    Idempotent. Raises `Broken` when there is no usable build. Cost: about 20 ms and 0.2 ms a record.
    """
    folder = home().index
    with exclusive(folder / "writer.lock"), guarded():
        refused = _write(folder / current_name(folder), puts, removed)
    forget_readers()
    return refused


def _write(path: Path, puts: Sequence[Document], removed: Iterable[str]) -> list[str]:
    _stamp(path)  # opening a folder without an index would silently make an empty one
    index = tantivy.Index(_SCHEMA, path=str(path), reuse=True)
    gone = sorted({*removed, *(document["id"] for document in puts)})
    refused: list[str] = []
    try:
        _commit(index, puts, gone)
    except ValueError:
        # A refused document can take the writer with it, and the error then names an innocent one: one by one.
        _commit(index, [], gone)
        refused = [document["id"] for document in puts if not _alone(index, document)]
    return refused


def _commit(index: tantivy.Index, puts: Iterable[Document], gone: Iterable[str]) -> None:
    """One commit, visible at once; then its merges are waited for, because a dropped writer would throw them away."""
    writer = index.writer(HEAP_BYTES, 1)
    try:
        for record in gone:
            writer.delete_documents_by_term("id", record)
        for document in puts:
            writer.add_document(tantivy.Document.from_dict(document, _SCHEMA))
        writer.commit()
        writer.wait_merging_threads()
    finally:
        del writer  # the traceback of an error would keep it, and with it the lock


def _alone(index: tantivy.Index, document: Document) -> bool:
    try:
        _commit(index, [document], [document["id"]])
    except ValueError:
        log.error("the search index refused record %s", document.get("id"))
        return False
    return True


class NewBuild:
    """A build written beside the one in force."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = new_name()
        self.path = folder / self.name
        self.path.mkdir(parents=True)
        self._index = tantivy.Index(_SCHEMA, path=str(self.path), reuse=False)
        self._writer = self._index.writer(BULK_HEAP_BYTES, 1)
        self._pending = 0

    def add(self, documents: Iterable[Document]) -> None:
        """Add records that are not in this build yet."""
        with guarded():
            for document in documents:
                self._writer.add_document(tantivy.Document.from_dict(document, _SCHEMA))
                self._pending += 1
            if self._pending >= BULK_COMMIT:
                self._writer.commit()
                self._pending = 0

    def finish(self) -> None:
        """Write everything and let merges end."""
        with guarded():
            self._writer.commit()
            self._writer.wait_merging_threads()
            del self._writer

    def swap(self, catch_up: Callable[[Callable[[Sequence[Document], Iterable[str]], None]], None]) -> None:
        """Put this build in force. ``catch_up`` gets a function that applies the last changes; no one else writes."""
        with exclusive(self.folder / "writer.lock"), guarded():
            catch_up(lambda puts, removed: _write(self.path, puts, removed) and None)
            self._index.reload()
            point_to(self.folder, self.name)
        forget_readers()


@contextmanager
def building() -> Iterator[NewBuild]:
    """Make a new build; whatever was begun and not finished is swept away. Raises `Held` when one is under way."""
    folder = home().index
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "build.lock", wait=False):
        sweep(folder)
        yield NewBuild(folder)
        sweep(folder)


__all__ = ["Broken", "Held", "NewBuild", "Query", "Reader"]
