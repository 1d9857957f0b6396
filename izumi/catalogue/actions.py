"""Feeding the index: what changed, what an edge of time changes, and everything anew.

Nothing here writes to the database; the index is outside the transaction and can be made again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from izumi.catalogue import documents, index
from izumi.kernel import clock, jobs, journal
from izumi.kernel.days import Instant
from izumi.kernel.errors import Conflict
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.records import queries as records
from izumi.records.types import IndexEntry

BATCH = 500
EARLY = timedelta(seconds=3)
"""How much earlier than its edge a closing record leaves the index: it may go a moment early, never late."""

REMEMBERED = timedelta(minutes=10)
"""How far back edges are also looked up in the rules: a record that was taken out early is not in the index."""

EDGES_JOB = "catalogue.edges"
WITHOUT_EFFECT = frozenset(
    f"record.{what}"
    for what in (
        "created", "draft_saved", "file_put", "file_removed", "file_moved", "submitted", "returned", "accepted",
        "scheduled", "draft_discarded", "version_opened", "sealed",
    )
)  # fmt: skip
"""Verbs that change nothing a searcher can find."""

Progress = Callable[[int, int | None], None]


def follow(events: Sequence[journal.Event]) -> int:
    """Bring the index up to a batch of the journal; rebuilds it when there is none. The number of records touched."""
    ids = _touched(events)
    if not ids:
        return 0
    try:
        _refresh(ids)
    except index.Broken:
        reindex()
    return len(ids)


def pass_edges() -> int:
    """Re-index the records whose audience changes about now, also those missed while nothing ran. Idempotent.

    An opening takes effect at its edge; a closing is anticipated by `EARLY`.
    """
    now = clock.now()
    soon = now + EARLY
    indexed = index.identifiers_where(index.between("edge", None, documents.seconds(soon)))
    ids = sorted({*indexed, *policy.records_with_edge(now - REMEMBERED, now)})
    for some in _batches(ids):
        index.apply(*_split(some, [_before_edge(entry, soon) for entry in records.index_entries(some)]))
    _await_edges(now, soon)
    return len(ids)


def check() -> bool:
    """Rebuild the index when it cannot be used; whether that was needed."""
    try:
        with index.guarded():
            index.reader().searcher.search(index.everything(), 1)
    except index.Broken:
        reindex()
        return True
    return False


def reindex(progress: Progress | None = None) -> dict[str, Any]:
    """Make the index anew beside the old one and swap; searches go on meanwhile. Refuses (`Conflict`) a second one.

    Records that change while it runs are caught up under the writer's lock just before the swap.
    Cost: about 1,000 records a second.
    """
    try:
        with index.building() as build:
            since = journal.last_seq()
            done = 0
            for ids in _all_ids():
                build.add(_split(ids, records.index_entries(ids))[0])
                done += len(ids)
                if progress is not None:
                    progress(done, None)
            build.finish()
            build.swap(lambda put: _catch_up(since, put))
    except index.Held as held:
        raise Conflict("search.reindex_running") from held
    now = clock.now()
    _await_edges(now, now)
    return {"build": build.name, "records": done}


def _refresh(ids: Sequence[str]) -> None:
    for some in _batches(ids):
        index.apply(*_split(some, records.index_entries(some)))
    now = clock.now()
    _await_edges(now, now)


def _split(ids: Sequence[str], entries: Iterable[IndexEntry]) -> tuple[list[index.Document], list[str]]:
    """Documents to put, and identifiers to remove because nobody may find them (any more)."""
    puts = [found for entry in entries if (found := documents.document(entry)) is not None]
    return puts, sorted(set(ids) - {found["id"] for found in puts})


def _before_edge(entry: IndexEntry, soon: Instant) -> IndexEntry:
    """The entry as far as it holds on both sides of an edge that is close."""
    if entry.next_edge is None or entry.next_edge > soon:
        return entry
    after = decide.index_audience(policy.facts_for([entry.id]).get(entry.id, ()), entry.next_edge)
    if "public" in after:
        return entry
    return replace(entry, audience=after if "public" in entry.audience else entry.audience & after)


def _await_edges(now: Instant, soon: Instant) -> None:
    """Queue the job for the nearest edge ahead."""
    edge = policy.next_edge_of_all(now)
    if edge is not None:
        due = edge if edge <= soon else edge - EARLY
        jobs.enqueue(EDGES_JOB, {}, owner="system:index", dedup=EDGES_JOB, due=due)


def _catch_up(since: int, put: Callable[[Sequence[index.Document], Iterable[str]], None]) -> None:
    while events := journal.events_after(since):
        ids = _touched(events)
        if ids:
            put(*_split(ids, records.index_entries(ids)))
        since = events[-1].seq


def _touched(events: Sequence[journal.Event]) -> list[str]:
    """Records that the events may have changed; a renamed organisation or project touches all of its records."""
    found = {event.subject for event in events if event.verb.startswith("record.") and event.verb not in WITHOUT_EFFECT}
    for event in events:
        room = event.verb.partition(".")[0]
        if room in ("organisation", "project"):
            found.update(_holding("org" if room == "organisation" else "project", event.subject))
    return sorted(found)


def _holding(name: str, value: str) -> list[str]:
    try:
        return index.identifiers_where(index.term(name, value))
    except index.Broken:
        return []  # without an index everything is made anew anyway


def _all_ids() -> Iterator[list[str]]:
    after = ""
    while ids := records.ids_after(after, limit=BATCH):
        yield ids
        after = ids[-1]


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), BATCH):
        yield list(ids[start : start + BATCH])
