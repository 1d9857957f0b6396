"""Deviations as readers see them: live for one plan or project, and the kept rows for lists and dashboards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.days import Instant, iso
from izumi.kernel.errors import Refused, SignInNeeded
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.people.types import ProjectCard
from izumi.plans.deciding import PlanFacts, may
from izumi.plans.deviations import ProjectFacts, deviations
from izumi.plans.models import Deviation
from izumi.plans.queries.loading import load_for
from izumi.plans.queries.project_facts import facts_of
from izumi.plans.types import CODE_LABELS, DeviationView, Document
from izumi.policy import queries as policy
from izumi.policy import rules as access
from izumi.policy.types import Verdict


def of_plan(actor: Actor, plan_id: str) -> tuple[DeviationView, ...]:
    """Where reality differs from this plan now, its entries in their order.

    Raises ``NotThere`` where the plan may not be known. A record that the reader may not see is named by its identifier
    alone. Cost: 15 statements, whatever the number of entries and records.
    """
    loaded = load_for(actor, plan_id, "see")
    facts = facts_of([loaded.plan.project])[loaded.plan.project]
    return tuple(view for view in _told(actor, facts) if view.plan == loaded.plan.id)


def of_project(actor: Actor, project_id: str) -> tuple[DeviationView, ...]:
    """The same of all plans of a project, and whether it lacks one.

    Raises ``NotThere`` for an unknown project, 401 or 403 for who may not see its plans. Cost: 14 statements.
    """
    card = people.project(project_id)
    verdict = may_follow(actor, card)
    if not verdict:
        raise SignInNeeded(verdict=verdict) if actor.is_anonymous else Refused(verdict)
    return tuple(_told(actor, facts_of([card.id])[card.id]))


def may_follow(actor: Actor, card: ProjectCard) -> Verdict:
    """Whether the actor may know how a project stands to its plans: who may see a plan of it that is in force."""
    facts = PlanFacts(project=card.id, owner="", organisation=card.organisation, programme=card.programme or "", version=1)
    return may(actor, "see", facts)


def _told(actor: Actor, facts: ProjectFacts) -> Iterable[DeviationView]:
    """The deviations in the words that this reader may hear. Cost: 1 statement."""
    rights, now = policy.access_facts(facts.records), clock.now()
    hidden = {key for key in facts.records if key not in rights or not access.verdict(actor, "see", rights[key], now)}
    return deviations(replace(facts, hidden=frozenset(hidden)), clock.today())


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationRow:
    """An open deviation as it was kept: for lists that show how many and which, not how to settle them."""

    code: str
    project: str
    plan: str
    entry: str
    record: str
    planned: Any
    since: Instant

    @property
    def label(self) -> Text:
        """The kind of deviation in words."""
        return CODE_LABELS[self.code]

    def as_json(self) -> Document:
        """For answers."""
        return {
            "code": self.code, "project": self.project, "plan": self.plan or None, "entry": self.entry or None,
            "record": self.record or None, "planned": self.planned, "since": iso(self.since),
        }  # fmt: skip


def open_rows(projects: Iterable[str] = (), *, plans: Iterable[str] = (), limit: int = 1000) -> list[DeviationRow]:
    """Open deviations of these projects or plans as last noticed, oldest first, unfiltered: only for projects whose plans
    the reader may see (`may_follow`). Cost: 1 statement over an index.
    """
    rows = Deviation.objects.filter(settled_at=None).order_by("since", "id")
    rows = rows.filter(plan__in=list(plans)) if plans else rows.filter(project__in=list(projects))
    return [
        DeviationRow(
            code=row.code, project=row.project, plan=row.plan, entry=row.entry, record=row.record, planned=row.planned, since=row.since
        )
        for row in rows[:limit]
    ]


def open_counts(projects: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many deviations of each kind are open, by project; projects without any are absent. Cost: 1 statement."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for project, code in Deviation.objects.filter(settled_at=None, project__in=list(projects)).values_list("project", "code"):
        found[project][code] += 1
    return {project: dict(counts) for project, counts in found.items()}
