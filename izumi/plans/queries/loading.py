"""The rows of one plan with the terms of its project, and the door through which every read and write of it goes."""

from __future__ import annotations

from dataclasses import dataclass

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict, NotThere, Refused, SignInNeeded
from izumi.kernel.ids import parse_id
from izumi.people import queries as people
from izumi.people.types import PlanTerms
from izumi.plans import rules
from izumi.plans.models import Plan, PlanDraft
from izumi.plans.rules import PlanFacts
from izumi.policy.types import Verdict


@dataclass(slots=True, kw_only=True)
class Loaded:
    """A plan's rows as they are; never leaves the room."""

    plan: Plan
    draft: PlanDraft | None
    terms: PlanTerms

    @property
    def facts(self) -> PlanFacts:
        """What decisions about it need, as the rows are now."""
        return facts_of(self.plan, self.draft, self.terms)


def facts_of(plan: Plan, draft: PlanDraft | None, terms: PlanTerms) -> PlanFacts:
    """What decisions need; while a plan is handed in, the chain is the one under which it was."""
    waiting = draft is not None and draft.state == "submitted"
    return PlanFacts(
        project=plan.project, owner=plan.owner, organisation=terms.project.organisation, programme=terms.project.programme or "",
        chain=tuple(one["step"] for one in draft.asked) if draft is not None and waiting else tuple(terms.chain),
        version=plan.version, draft_state=draft.state if draft else None, step=draft.step if draft else 0,
        submitted_by=draft.submitted_by if draft else "",
    )  # fmt: skip


def load(plan_id: str) -> Loaded:
    """The rows of one plan. Raises `NotThere`. Cost: 3 statements."""
    key = parse_id(plan_id, "plan")
    plan = Plan.objects.select_related("draft_row").filter(pk=key).first()
    if plan is None:
        raise NotThere("plan", key)
    return Loaded(plan=plan, draft=getattr(plan, "draft_row", None), terms=people.plan_terms(plan.project))


def decide(actor: Actor, loaded: Loaded, verb: str) -> Verdict:
    """The decision about a loaded plan."""
    return rules.may(actor, verb, loaded.facts)


def require(actor: Actor, loaded: Loaded, verb: str) -> None:
    """Let pass or raise: 404 where the plan may not be known, else 401 or 403 with the reasons."""
    if not decide(actor, loaded, "see"):
        raise NotThere("plan", loaded.plan.id)
    verdict = decide(actor, loaded, verb)
    if not verdict:
        raise SignInNeeded(verdict=verdict) if actor.is_anonymous else Refused(verdict)


def load_for(actor: Actor, plan_id: str, verb: str) -> Loaded:
    """The rows of a plan with which this actor may do this; raises as `require` does. Cost: 3 statements."""
    loaded = load(plan_id)
    require(actor, loaded, verb)
    return loaded


def draft_of(loaded: Loaded) -> PlanDraft:
    """The open working document, or ``plan.no_draft`` (409)."""
    if loaded.draft is None:
        raise Conflict("plan.no_draft")
    return loaded.draft
