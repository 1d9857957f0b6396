"""Hand in, take back, return, adopt: from a working document to a plan in force."""

from __future__ import annotations

from dataclasses import dataclass

from izumi.kernel.actors import Actor
from izumi.kernel.days import iso
from izumi.kernel.errors import Conflict, Invalid
from izumi.kernel.findings import Finding
from izumi.kernel.work import Work, work
from izumi.plans import checking, rules
from izumi.plans.actions import adoption, steps
from izumi.plans.actions.adoption import InForce
from izumi.plans.deciding import ANYTHING, decides
from izumi.plans.models import PlanDraft
from izumi.plans.queries import plans as shown
from izumi.plans.queries.loading import Loaded, decide, draft_of, load_for, require
from izumi.plans.types import PlanView
from izumi.policy.rules import effective_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What ``adopt`` did: put the plan in force, or said yes for one step of several."""

    plan: PlanView
    in_force: InForce | None
    """``None`` while a later step of the chain is asked."""
    findings: tuple[Finding, ...] = ()


def findings_of(actor: Actor, plan_id: str, *, step: str) -> tuple[Finding, ...]:
    """What the rules say about the working document – without one, the plan in force – for a step; nothing is changed."""
    if step not in ("save", "submit", "adopt"):
        raise steps.refused(
            "step-unknown", "/for", "for は save、submit、adopt のどれかです。", "for is one of save, submit, adopt."
        )  # fmt: skip
    loaded = load_for(actor, plan_id, "see")
    view = shown.view_of(actor, loaded)
    return checking.findings(loaded, view.draft.document if view.draft else view.document, step=step)


def submit(actor: Actor, plan_id: str, *, note: str = "", if_match: str | None = None) -> PlanView:
    """Hand the plan in to the first step of its chain. 409 ``plan.adopted_alone`` where there is nobody to hand it in to."""
    with work(actor, "plan.submit") as w:
        loaded = load_for(actor, plan_id, "submit")
        if not loaded.terms.chain:
            raise Conflict("plan.adopted_alone")
        draft = steps.writable(loaded)
        steps.check_match(loaded, if_match, required=False, current=lambda: steps.current_state(loaded))
        found = hand_in_checked(w, loaded, draft, note)
    return steps.told(actor, plan_id, (f for f in found if not f.blocks and f.rule in ("plan-late", "call-closed")))


def hand_in_checked(w: Work, loaded: Loaded, draft: PlanDraft, note: str = "") -> tuple[Finding, ...]:
    """Step: hand the plan in when the rules for it hold; `Invalid` with all findings otherwise.

    Steps that the submitter holds are passed at once, but never the last: adopting stays an act of its own.
    """
    found = _sound(loaded, draft, "submit")
    _hand_in(w, loaded, draft, note)
    _pass(w, loaded, draft, until=len(draft.asked) - 1)
    return found


def _sound(loaded: Loaded, draft: PlanDraft, step: str) -> tuple[Finding, ...]:
    found = checking.findings(loaded, draft.document, step=step)
    if errors := checking.errors(found):
        raise Invalid(errors)
    return found


def _hand_in(w: Work, loaded: Loaded, draft: PlanDraft, note: str = "") -> None:
    """Step: ask the first of the chain; the chain stays as it is now, whatever the programme says later."""
    draft.state, draft.step, draft.why = "submitted", 0, ""
    draft.asked = [{"step": step, "by": "", "at": ""} for step in loaded.terms.chain]
    draft.submitted_at, draft.submitted_by, draft.revision = w.now, w.actor.id, draft.revision + 1
    draft.save()
    steps.touch(w, loaded)
    w.journal("plan.submitted", loaded.plan.id, {"step": loaded.terms.chain[0], "version": loaded.plan.version + 1, "note": note})


def take_back(actor: Actor, plan_id: str) -> PlanView:
    """Take a plan back that was handed in, to change it; the yeses given so far lapse."""
    with work(actor, "plan.take_back") as w:
        loaded = load_for(actor, plan_id, "edit")
        draft = _waiting(loaded)
        if draft.submitted_by != actor.id:
            require(actor, loaded, "submit")
        _reopen(w, loaded, draft, "open")
        w.journal("plan.taken_back", loaded.plan.id, {})
    return steps.told(actor, plan_id)


def return_plan(actor: Actor, plan_id: str, *, why: str) -> PlanView:
    """Give a plan that was handed in back to its authors, with a reason."""
    reason = steps.words(why)
    with work(actor, "plan.return") as w:
        loaded = load_for(actor, plan_id, "see")
        if not decides(actor, loaded.facts):
            require(actor, loaded, "return")
        draft, step = _waiting(loaded), loaded.facts.asked
        require(actor, loaded, "return")
        _reopen(w, loaded, draft, "returned", why=reason)
        w.journal("plan.returned", loaded.plan.id, {"why": reason, "step": step})
    return shown.view_of(actor, loaded)


def _waiting(loaded: Loaded) -> PlanDraft:
    """The working document while it waits for a decision, else ``plan.not_submitted`` (409)."""
    if loaded.draft is None or loaded.draft.state != "submitted":
        raise Conflict("plan.not_submitted")
    return loaded.draft


def _reopen(w: Work, loaded: Loaded, draft: PlanDraft, state: str, *, why: str = "") -> None:
    draft.state, draft.why, draft.step, draft.asked = state, why, 0, []
    draft.revision += 1
    draft.save()
    steps.touch(w, loaded)


def adopt(actor: Actor, plan_id: str, *, if_match: str | None = None) -> Adopted:
    """Say yes to the plan: where the chain is empty or this was its last yes it is in force, and its records are opened.

    Consecutive steps that the actor holds are passed at once; who may hand in and holds the first step may adopt what was
    not handed in. One transaction; above ``adoption.AT_ONCE`` new records a job opens them afterwards.
    """
    with work(actor, "plan.adopt") as w:
        loaded = load_for(actor, plan_id, "see")
        if loaded.draft is None and decides(actor, loaded.facts):
            raise Conflict("plan.nothing_to_adopt")
        draft = _may_adopt(actor, loaded)
        steps.check_match(loaded, if_match, required=False, current=lambda: steps.current_state(loaded))
        done, found = say_yes(w, loaded, draft)
    return Adopted(plan=steps.told(actor, plan_id, found), in_force=done, findings=found)


def _may_adopt(actor: Actor, loaded: Loaded) -> PlanDraft:
    """The working document, when the actor may adopt it; ``plan.not_submitted`` where only that is the obstacle."""
    facts = loaded.facts
    if not decide(actor, loaded, "adopt") and facts.chain and not facts.asked and decides(actor, facts):
        raise Conflict("plan.not_submitted")
    require(actor, loaded, "adopt")
    return draft_of(loaded)


def say_yes(w: Work, loaded: Loaded, draft: PlanDraft) -> tuple[InForce | None, tuple[Finding, ...]]:
    """Step: check, pass the steps that the actor holds, and – after the last – put the plan in force."""
    if loaded.terms.chain and draft.state != "submitted":
        hand_in_checked(w, loaded, draft)
    found = tuple(f for f in _sound(loaded, draft, "adopt") if str(f.severity) == "warning")
    if draft.state == "submitted" and not _pass(w, loaded, draft, until=len(draft.asked)):
        return None, found
    return adoption.put_in_force(w, loaded, draft), found


def _pass(w: Work, loaded: Loaded, draft: PlanDraft, *, until: int) -> bool:
    """Step: the actor's yes for the step asked and for those that follow and are the actor's too; whether all have said yes."""
    mine, facts = effective_keys(w.actor, "publish"), loaded.facts
    passed: list[str] = []
    while draft.step < until:
        step = draft.asked[draft.step]["step"]
        if not mine & (ANYTHING | {rules.step_key(step, facts)}):
            break
        draft.asked[draft.step] = {"step": step, "by": w.actor.id, "at": iso(w.now)}
        draft.step += 1
        passed.append(step)
    if draft.step >= len(draft.asked):
        return True
    if not passed:
        return False
    draft.revision += 1
    draft.save()
    steps.touch(w, loaded)
    w.journal("plan.passed", loaded.plan.id, {"steps": passed, "next": draft.asked[draft.step]["step"]})
    return False

