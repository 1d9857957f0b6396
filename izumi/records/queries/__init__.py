"""Every read of records; each takes the actor, or says in its docstring that it is for workers."""

from __future__ import annotations

from izumi.records.queries.exports import head_state, index_entries, package, parties_named, urls_of
from izumi.records.queries.history import Happened, VersionDiff, diff, history
from izumi.records.queries.lists import (
    ids_after,
    own_records,
    public_changes,
    public_count,
    records_of,
    review_queue,
    visible_ids,
)
from izumi.records.queries.reading import (
    Loaded,
    decide_for,
    draft_of,
    load,
    load_for,
    newest_numbers,
    require,
    stored_stamp,
    stored_state,
    view,
)

__all__ = [
    "Happened", "Loaded", "VersionDiff", "decide_for", "diff", "draft_of", "head_state", "history", "ids_after",
    "index_entries", "load", "load_for", "newest_numbers", "own_records", "package", "parties_named", "public_changes",
    "public_count", "records_of", "require", "review_queue", "stored_stamp", "stored_state", "urls_of", "view", "visible_ids",
]  # fmt: skip
