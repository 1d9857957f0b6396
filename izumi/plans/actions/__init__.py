"""Every write of plans: one function, one use case, one transaction; steps take the open ``Work``."""

from __future__ import annotations

from izumi.plans.actions.adoption import AT_ONCE, InForce, make_records
from izumi.plans.actions.drafts import add_entry, create_plan, remove_entry, save_entry, save_plan
from izumi.plans.actions.importing import Imported, import_plan
from izumi.plans.actions.links import link_record, open_entry, settle_answers, unlink_record
from izumi.plans.actions.revising import Revised, discard_draft, revise
from izumi.plans.actions.workflow import Adopted, adopt, findings_of, return_plan, submit, take_back

__all__ = [
    "AT_ONCE", "Adopted", "Imported", "InForce", "Revised", "add_entry", "adopt", "create_plan", "discard_draft", "findings_of", "import_plan",
    "link_record", "make_records", "open_entry", "remove_entry", "return_plan", "revise", "save_entry", "save_plan", "settle_answers", "submit",
    "take_back", "unlink_record",
]  # fmt: skip
