"""Every read of plans; each takes the actor, or says in its docstring that it is for workers."""

from __future__ import annotations

from izumi.plans.queries.deviations import may_follow, of_plan, of_project, open_counts, open_rows
from izumi.plans.queries.exports import Exported, exported, plan_formats, plan_in_file
from izumi.plans.queries.history import EntryDiff, PlanDiff, PlanHappened, diff, history
from izumi.plans.queries.lists import plan_of_entry, plans_of, plans_waiting
from izumi.plans.queries.loading import Loaded, load, load_for
from izumi.plans.queries.obligations import ObligationView, upcoming
from izumi.plans.queries.plans import entry_named, plan, seen, version
from izumi.plans.queries.project_facts import facts_of

deviations = of_plan
project_deviations = of_project

__all__ = [
    "EntryDiff", "Exported", "Loaded", "ObligationView", "PlanDiff", "PlanHappened", "deviations", "diff", "entry_named", "exported",
    "facts_of", "history", "load", "load_for", "may_follow", "of_plan", "of_project", "open_counts", "open_rows",
    "plan", "plan_formats", "plan_in_file", "plan_of_entry", "plans_of", "plans_waiting", "project_deviations", "seen", "upcoming", "version",
]  # fmt: skip
