"""The pure decisions of this room, as other rooms and its own faces import them."""

from __future__ import annotations

from izumi.plans.checks import Others, form_differs, plan_findings
from izumi.plans.deciding import PlanFacts, may, step_key
from izumi.plans.deviations import deviations
from izumi.plans.document import MAX_ENTRIES, by_id, changed_entries, entries_of, merged, shape_entries, shape_head
from izumi.plans.promises import editors_of, is_managed, number_of, obligations_of, planned_bytes

__all__ = [
    "MAX_ENTRIES", "Others", "PlanFacts", "by_id", "changed_entries", "deviations", "editors_of", "entries_of", "form_differs",
    "is_managed", "may", "merged", "number_of", "obligations_of", "plan_findings", "planned_bytes", "shape_entries",
    "shape_head", "step_key",
]  # fmt: skip
