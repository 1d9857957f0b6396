"""Every read of records; each takes the actor, or says in its docstring that it is for workers."""

from __future__ import annotations

from izumi.records.checking import known_for
from izumi.records.queries.bulk import PublicState, public_packages, public_states, was_public
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
from izumi.records.queries.reality import reality
from izumi.records.queries.reported import Reported, reported
from izumi.records.queries.shown_documents import shown_documents, visible_facts

__all__ = [
    "Happened",
    "Loaded",
    "PublicState",
    "Reported",
    "VersionDiff",
    "decide_for",
    "diff",
    "draft_of",
    "head_state",
    "history",
    "ids_after",
    "index_entries",
    "known_for",
    "load",
    "load_for",
    "newest_numbers",
    "own_records",
    "package",
    "parties_named",
    "public_changes",
    "public_count",
    "public_packages",
    "public_states",
    "reality",
    "records_of",
    "reported",
    "require",
    "review_queue",
    "shown_documents",
    "stored_stamp",
    "stored_state",
    "urls_of",
    "view",
    "visible_facts",
    "visible_ids",
    "was_public",
]  # fmt: skip
