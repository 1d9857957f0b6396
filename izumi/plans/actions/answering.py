"""Which record may be assigned to which entry, and what a working document says about it before it is adopted."""

from __future__ import annotations

from collections.abc import Mapping

from izumi.kernel.actors import Actor
from izumi.plans import rules
from izumi.plans.actions import steps
from izumi.plans.queries.loading import Loaded
from izumi.records import queries as records


def may_assign(actor: Actor, loaded: Loaded, record: str) -> str:
    """The record's identifier, when the actor may see it and may write it or leads the project. Raises as records do."""
    found = records.load_for(actor, record, "see")
    leads = rules.may(actor, "submit", rules.PlanFacts(project=loaded.plan.project, owner="", organisation=""))
    if not leads or loaded.plan.project not in found.projects:
        records.require(actor, found, "edit")
    return str(found.record.id)


def remember(actor: Actor, loaded: Loaded, answers: Mapping[str, list[str]]) -> None:
    """Step: the working document keeps which records answer its new entries; adopting assigns them."""
    named = {entry: [may_assign(actor, loaded, record) for record in told] for entry, told in answers.items() if told}
    if named:
        draft = steps.writable(loaded)
        draft.answers = {**draft.answers, **named}
