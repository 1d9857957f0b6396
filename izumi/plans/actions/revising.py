"""Revising a plan in force: one working document at a time, begun with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.days import iso
from izumi.kernel.errors import Conflict, Invalid
from izumi.kernel.ids import new_id
from izumi.kernel.work import Work, work
from izumi.plans import checking
from izumi.plans import document as documents
from izumi.plans.actions import answering, steps, workflow
from izumi.plans.actions.adoption import InForce
from izumi.plans.models import PlanDraft, PlanVersion
from izumi.plans.queries.loading import Loaded, decide, draft_of, load_for, require
from izumi.plans.types import Document, PlanView


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """What ``revise`` did: opened a working document, and – when asked to – handed it in or put it in force."""

    plan: PlanView
    in_force: InForce | None = None


def revise(
    actor: Actor, plan_id: str, *, reason: str, changes: Iterable[Any] = (), document: Document | None = None, adopt: bool = False
) -> Revised:
    """Open the working document of a plan in force, with a reason.

    ``changes`` are changes of single entries – ``{"id", …patch}``, ``{"id", "remove": true}``, a new entry without id
    (with ``records`` for those that are here and answer it) –
    and ``document`` is a merge patch of the rest. With ``adopt`` the revision comes into force at once where the actor
    may adopt; else it is handed in to the chain. 409 ``plan.revision_open`` names who is revising and since when.
    """
    why = steps.words(reason)
    head = documents.shape_head(document) if document else {}
    wanted = list(changes)
    with work(actor, "plan.revise") as w:
        loaded = load_for(actor, plan_id, "revise")
        _free(loaded)
        draft = _open(w, loaded, why)
        w.journal("plan.revision_opened", loaded.plan.id, {"reason": why, "base": loaded.plan.version})
        changed = _changed(w, loaded, wanted, head)
        done = _brought_in(w, loaded, draft) if adopt else None
    return Revised(plan=steps.told(actor, plan_id, only=changed), in_force=done)


def _free(loaded: Loaded) -> None:
    """A plan that is in force and nobody revises, or a conflict that says what is in the way."""
    if loaded.plan.version == 0:
        raise Conflict("plan.not_adopted")
    if (draft := loaded.draft) is not None:
        raise Conflict("plan.revision_open", who=steps.who(draft.updated_by), when=iso(draft.updated_at), reason=draft.reason or "–")


def _open(w: Work, loaded: Loaded, why: str) -> PlanDraft:
    row = loaded.plan
    base = PlanVersion.objects.filter(plan=row, n=row.version).values_list("document", flat=True).get()
    loaded.draft = PlanDraft.objects.create(
        plan=row, document=base, base=row.version, reason=why, updated_at=w.now, updated_by=w.actor.id
    )
    steps.touch(w, loaded)
    return loaded.draft


def _changed(w: Work, loaded: Loaded, changes: list[Any], head: Document) -> list[str]:
    if not changes and not head:
        return []
    before = draft_of(loaded).document
    merged, answers = documents.with_changes({**before, **documents.merged(_head(before), head)}, changes, new_id)
    entries, _ = documents.shape_entries(merged["entries"])
    answering.remember(w.actor, loaded, answers)
    return steps.write(w, loaded, {**documents.shape_head(merged), "entries": entries})


def _head(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "entries"}


def _brought_in(w: Work, loaded: Loaded, draft: PlanDraft) -> InForce | None:
    """Step: adopt at once where the actor may, else hand in where the actor may, else leave it open for who may."""
    if decide(w.actor, loaded, "adopt"):
        done, _ = workflow.say_yes(w, loaded, draft)
        return done
    if loaded.terms.chain and decide(w.actor, loaded, "submit"):
        workflow.hand_in_checked(w, loaded, draft)
        return None
    if errors := checking.errors(checking.findings(loaded, draft.document, step="adopt")):
        raise Invalid(errors)
    return None


def discard_draft(actor: Actor, plan_id: str, *, if_match: str | None = None) -> bool:
    """Throw the working document away: a revision, and the plan in force stays as it is; or a plan never adopted, which
    is gone with it – by its owner and by who may adopt it. The journal keeps what it said. Whether the plan is still there.
    """
    with work(actor, "plan.discard_draft") as w:
        loaded = load_for(actor, plan_id, "edit")
        draft, plan = steps.writable(loaded), loaded.plan
        steps.check_match(loaded, if_match, required=False, current=lambda: steps.current_state(loaded))
        if plan.version == 0:
            if not decide(actor, loaded, "submit"):
                require(actor, loaded, "adopt")
            w.journal("plan.discarded", plan.id, {"project": plan.project, "document": draft.document})
            plan.delete()
            return False
        reason, changed = draft.reason, len(draft.touched)
        draft.delete()
        loaded.draft = None
        steps.touch(w, loaded)
        w.journal("plan.revision_discarded", plan.id, {"reason": reason, "changed": changed})
    return True

