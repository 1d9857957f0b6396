"""Who may do what with a plan: pure decisions over audience keys, with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from izumi.kernel.actors import Actor
from izumi.kernel.text import Text, both
from izumi.plans.types import STEP_LABELS
from izumi.policy.rules import effective_keys
from izumi.policy.types import REASON_TEXTS, WAY_OUT_TEXTS, Reason, Verdict, WayOut

VERBS: Mapping[str, Text] = {
    "see": both("計画を見る", "see the plan"),
    "see_draft": both("作業中の計画を見る", "see the working document"),
    "history": both("計画の履歴を見る", "see the history of the plan"),
    "edit": both("計画を書く", "write the plan"),
    "submit": both("計画を提出する", "hand the plan in"),
    "return": both("計画を差し戻す", "return the plan"),
    "adopt": both("計画を採用する", "adopt the plan"),
    "revise": both("計画を見直す", "revise the plan"),
}
"""Everything that can be decided about a plan."""

_NEEDS: Mapping[str, str] = {
    "see": "see", "see_draft": "see", "history": "see", "edit": "edit", "submit": "submit", "return": "review", "adopt": "publish", "revise": "edit",
}  # fmt: skip
"""The scope that a token needs, named by the action of a record that needs the same."""

ANYTHING = frozenset({"console", "system", "role:admin@site"})
"""Keys that stand for any step of any chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """All that a decision about one plan needs."""

    project: str
    owner: str
    organisation: str
    programme: str = ""
    chain: tuple[str, ...] = ()
    """The chain in force; while the plan is submitted, the one it was submitted under."""
    version: int = 0
    draft_state: str | None = None
    step: int = 0
    """The place in the chain that is asked while the draft is submitted."""
    submitted_by: str = ""

    @property
    def asked(self) -> str | None:
        """The step whose yes is waited for, while it is."""
        return self.chain[self.step] if self.draft_state == "submitted" and self.step < len(self.chain) else None


def step_key(step: str, facts: PlanFacts) -> str:
    """The audience key that stands for a step of the chain."""
    return {
        "institution": f"role:curator@org:{facts.organisation}",
        "pm": f"role:pm@project:{facts.project}",
        "agency": f"role:funder@programme:{facts.programme}",
    }[step]


def _insiders(facts: PlanFacts) -> frozenset[str]:
    """Members and leader of the project, and the curators of its organisation."""
    return frozenset({f"project:{facts.project}", f"role:pm@project:{facts.project}", f"role:curator@org:{facts.organisation}"})


def _writers(facts: PlanFacts) -> frozenset[str]:
    return ANYTHING | _insiders(facts)


def _leaders(facts: PlanFacts) -> frozenset[str]:
    own = {f"person:{facts.owner}"} if facts.owner else set()
    return ANYTHING | own | {f"role:pm@project:{facts.project}"}


def _funders(facts: PlanFacts, *, draft: bool) -> frozenset[str]:
    """The funder of the programme: while it is asked – or will be – and, of a plan in force, always."""
    handed_in = facts.draft_state == "submitted" and "agency" in facts.chain
    visible = facts.programme and (handed_in or (facts.version > 0 and not draft))
    return frozenset({f"role:funder@programme:{facts.programme}"}) if visible else frozenset()


def _holders(facts: PlanFacts) -> frozenset[str]:
    """Who holds the step that is asked."""
    return ANYTHING | {step_key(facts.asked, facts)} if facts.asked else frozenset()


def _adopters(facts: PlanFacts) -> frozenset[str]:
    """Who may say yes now: who holds the step asked; of what was not handed in, who may hand in and holds the first step."""
    if not facts.chain:
        return _leaders(facts)
    if facts.asked:
        return _holders(facts)
    first = step_key(facts.chain[0], facts)
    return ANYTHING | ({first} & _leaders(facts))


def audience(verb: str, facts: PlanFacts) -> frozenset[str]:
    """The keys of which one is enough for the verb."""
    if verb == "see":
        return _writers(facts) | _funders(facts, draft=False)
    if verb == "see_draft":
        return _writers(facts) | _funders(facts, draft=True)
    if verb in ("edit", "revise", "history"):
        return _writers(facts)
    if verb == "submit":
        return _leaders(facts)
    return _holders(facts) if verb == "return" else _adopters(facts)


def may(actor: Actor, verb: str, facts: PlanFacts) -> Verdict:
    """Whether the actor may do this with the plan; whether the plan is in a state for it is not asked here.

    Members of the project see and write its plan, its leader (PM) and its owner – as long as they belong to the project –
    hand it in, the holder of the step that is asked returns or adopts it; with an empty chain owner or leader adopt alone.
    The funder of the programme sees what was
    handed in to it and what is in force. Source: interface.md (who may do what).
    """
    wanted = audience(verb, facts)
    if not actor.keys & _insiders(facts):  # who owns the plan and has left the project leads it no more
        wanted -= {f"person:{facts.owner}"}
    if found := effective_keys(actor, _NEEDS[verb]) & wanted:
        return Verdict(True, (_allowed(sorted(found)[0], facts),))
    if actor.keys & wanted:
        words = REASON_TEXTS["scope_missing"].format(scope={"see": "read", "edit": "write", "submit": "write"}.get(_NEEDS[verb], "publish"))
        return Verdict(False, (Reason("scope_missing", words, "token"),), (WayOut("widen_token", WAY_OUT_TEXTS["widen_token"]),))
    ways = (WayOut("sign_in", WAY_OUT_TEXTS["sign_in"]),) if actor.is_anonymous else ()
    return Verdict(False, (Reason("for_others", _who(verb, facts), "plan"),), ways)


def decides(actor: Actor, facts: PlanFacts) -> bool:
    """Whether the actor is somebody who says yes to this plan at any step, whatever state it is in."""
    steps = {step_key(step, facts) for step in facts.chain}
    own = bool(actor.keys & _insiders(facts))
    wanted = ANYTHING | (steps if facts.chain else _leaders(facts) if own else frozenset())
    return bool(effective_keys(actor, "publish") & wanted)


_ALLOWED: Mapping[str, Text] = {
    "person": both("この計画の責任者です。", "You answer for this plan."),
    "project": both("プロジェクトに参加しています。", "You take part in the project."),
    "role:pm": both("プロジェクトの PM です。", "You lead its project (PM)."),
    "role:curator": both("機関のキュレーターです。", "You curate its organisation."),
    "role:funder": both("この制度の資金配分機関です。", "You are with the funder of its programme."),
}


def _allowed(key: str, facts: PlanFacts) -> Reason:
    if key in ANYTHING:
        code = "admin" if key == "role:admin@site" else key
        return Reason(code, REASON_TEXTS[code], "party:site")
    kind = key.split("@")[0].split(":")[0] if not key.startswith("role:") else key.split("@")[0]
    return Reason(kind.rpartition(":")[2], _ALLOWED[kind], f"party:{kind}")


def _who(verb: str, facts: PlanFacts) -> Text:
    """Who may, in words, for whom may not."""
    if verb in ("return", "adopt") and (facts.asked or facts.chain):
        step = facts.asked or facts.chain[0]
        return both("いま確認する人: {step}", "It is waiting for: {step}").format(step=STEP_LABELS[step])
    if verb in ("submit", "adopt"):
        return both("できる人: 計画の責任者、プロジェクトの PM", "Who may: the owner of the plan and the leader (PM) of its project")
    return both(
        "できる人: プロジェクトのメンバーと PM、機関のキュレーター", "Who may: members and leader of the project, curators of its organisation"
    )
