"""Every write of records: one function, one use case, one transaction; steps take the open ``Work``."""

from __future__ import annotations

from izumi.records.actions.access import (
    AccessView,
    access_of,
    add_link,
    confirmation_due,
    set_access,
    window_edge,
    withdraw,
)
from izumi.records.actions.creating import create_record, follow_plan, open_draft, set_plan
from izumi.records.actions.drafts import (
    discard_draft,
    draft_match,
    file_changed,
    open_version,
    restore_draft,
    save_draft,
    set_projects,
)
from izumi.records.actions.parties import follow_parties
from izumi.records.actions.sealing import NewerHead, mark_sealed, restore_record
from izumi.records.actions.workflow import (
    Published,
    accept_draft,
    findings_of,
    publish_due,
    publish_version,
    return_draft,
    review_due,
    submit_draft,
)

__all__ = [
    "AccessView", "NewerHead", "Published", "accept_draft", "access_of", "add_link", "confirmation_due", "create_record", "discard_draft",
    "draft_match", "file_changed", "findings_of", "follow_parties", "follow_plan", "mark_sealed", "open_draft",
    "open_version", "publish_due", "publish_version", "restore_draft",
    "restore_record", "return_draft", "review_due", "save_draft", "set_access", "set_plan", "set_projects", "submit_draft",
    "window_edge", "withdraw",
]  # fmt: skip
