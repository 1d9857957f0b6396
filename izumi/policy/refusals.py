"""The reasons of a refusal: the access statement, the nearest rule that would match, and the ways out."""

from __future__ import annotations

from collections.abc import Iterable

from izumi.kernel.actors import Actor
from izumi.kernel.days import Instant, start_of
from izumi.kernel.text import Text
from izumi.policy.parts import narrowing
from izumi.policy.scopes import scope_allows, scope_needed
from izumi.policy.types import (
    REASON_TEXTS,
    WAY_OUT_TEXTS,
    WITHHOLDING_LABELS,
    AccessClass,
    AccessFacts,
    Gate,
    Opens,
    Reason,
    RecordState,
    Requests,
    Rule,
    TokenScope,
    Verdict,
    WayOut,
    audience_text,
)

_GATES = {str(gate) for gate in Gate}
_UNSPOKEN = frozenset({"console", "system", "admin", "funder"})
_NEARNESS = ("public", "in_scope", "grant", "owner", "project_manager", "editor", "curator")


def refusal(
    actor: Actor, action: str, facts: AccessFacts, at: Instant, path: str | None, *, lacks_scope: bool
) -> Verdict:
    """Why not, and what now. Statement first, then the nearest rule, then the ways out."""
    if lacks_scope:
        needed = TokenScope.ADMIN if scope_allows(actor, action) else scope_needed(action)
        words = REASON_TEXTS["scope_missing"].format(scope=str(needed))
        return Verdict(False, (Reason("scope_missing", words, "token"),), (_way("widen_token"),))
    told = [*_gate_reasons(facts), *_state_reasons(facts, action)]
    if not told and action in ("see", "read"):
        told += _statement_reasons(facts, action, at, path)
    told += _nearest(actor, action, facts.rules, at)
    return Verdict(False, tuple(told) or (reason("nobody"),), _ways_out(actor, action, facts, at))


def reason(
    code: str, basis: str = "", from_at: Instant | None = None, until_at: Instant | None = None, **facts: Text | str
) -> Reason:
    """A reason with the words of its code."""
    words = REASON_TEXTS.get(code, REASON_TEXTS["grant"])
    return Reason(code, words.format(**facts) if facts else words, basis, from_at, until_at)


def _gate_reasons(facts: AccessFacts) -> list[Reason]:
    gates = set(facts.gates) | ({"withdrawn"} if facts.state == RecordState.WITHDRAWN else set())
    return [reason(gate if gate in _GATES else "hold", "gate") for gate in sorted(map(str, gates))]


def _state_reasons(facts: AccessFacts, action: str) -> list[Reason]:
    unpublished = facts.state in (RecordState.UNPUBLISHED, RecordState.SCHEDULED)
    return [reason("not_published", "state")] if unpublished and action in ("see", "read") else []


def _statement_reasons(facts: AccessFacts, action: str, at: Instant, path: str | None) -> list[Reason]:
    if action == "see":
        return _metadata_reasons(facts, path)
    told = _class_reasons(facts, at)
    labels = [(n, r.code) for n, r in enumerate(facts.statement.reasons) if r.code in WITHHOLDING_LABELS]
    return told + [Reason(code, WITHHOLDING_LABELS[code], f"/access/reasons/{n}") for n, code in labels]


def _metadata_reasons(facts: AccessFacts, path: str | None) -> list[Reason]:
    narrowed = narrowing(facts.rules, path) if path else []
    if narrowed:
        return [reason("item_withheld", f"/access/disclosure{pointer}") for pointer in narrowed]
    access = facts.statement.metadata_class
    return [] if access is AccessClass.OPEN else [reason(f"metadata_{access}", "/access/metadata_class")]


def _class_reasons(facts: AccessFacts, at: Instant) -> list[Reason]:
    statement = facts.statement
    if statement.access_class is AccessClass.EMBARGOED:
        opens = start_of(statement.available_on) if statement.available_on else None
        if statement.opens is Opens.CONFIRM or opens is None:
            return [reason("embargo_unconfirmed", "/access/available_on", None, None)]
        return [reason("embargoed", "/access/available_on", None, opens)] if at < opens else []
    if statement.access_class is AccessClass.OPEN:
        return _metadata_reasons(facts, None)
    return [reason(f"class_{statement.access_class}", "/access/class")]


def _nearest(actor: Actor, action: str, rules: Iterable[Rule], at: Instant) -> list[Reason]:
    """The rule that will match this reader, did match, or matches others – at most one, and nobody is named."""
    asked = [rule for rule in rules if rule.action == action]
    mine = [rule for rule in asked if rule.audience in actor.keys | {"public"}]
    later = sorted((r for r in mine if r.from_at and r.from_at > at), key=lambda r: r.from_at or at)
    if later:
        return [reason("opens_later", later[0].basis, later[0].from_at, later[0].until_at)]
    ended = sorted((r for r in mine if r.until_at and r.until_at <= at), key=lambda r: r.until_at or at)
    if ended:
        return [reason("window_ended", ended[-1].basis, ended[-1].from_at, ended[-1].until_at)]
    others = [r for r in asked if r.reason not in _UNSPOKEN and (r.until_at is None or at < r.until_at)]
    if not others:
        return []
    near = min(others, key=lambda r: (_nearness(r), r.audience))
    return [reason("for_others", near.basis, near.from_at, near.until_at, audience=_audience(near))]


def _nearness(rule: Rule) -> int:
    return _NEARNESS.index(rule.reason) if rule.reason in _NEARNESS else 0


def _audience(rule: Rule) -> Text:
    return audience_text(rule.audience, rule.reason)


def _way(code: str, until_at: Instant | None = None) -> WayOut:
    return WayOut(code, WAY_OUT_TEXTS[code], until_at)


def _ways_out(actor: Actor, action: str, facts: AccessFacts, at: Instant) -> tuple[WayOut, ...]:
    ways: list[WayOut] = []
    if actor.is_anonymous:
        ways.append(_way("sign_in"))
    if action in ("see", "read"):
        ways += _waiting(action, facts, at)
        if _may_ask(actor, facts):
            ways.append(_way("request_access"))
    elif not actor.is_anonymous:
        ways.append(_way("ask_owner"))
    return tuple(ways)


def _waiting(action: str, facts: AccessFacts, at: Instant) -> list[WayOut]:
    asked = (rule for rule in facts.rules if rule.action == action and rule.audience == "public")
    opens = sorted(rule.from_at for rule in asked if rule.from_at and rule.from_at > at)
    return [_way("wait", opens[0])] if opens else []


def _may_ask(actor: Actor, facts: AccessFacts) -> bool:
    """Whether a request is welcome: never behind a gate, and only once the record is public."""
    if facts.gates or facts.state != RecordState.PUBLISHED:
        return False
    if facts.statement.requests is Requests.ANYONE:
        return True
    return facts.statement.requests is Requests.MEMBERS and bool(actor.keys & _circle(facts))


def _circle(facts: AccessFacts) -> set[str]:
    """The keys of the people around a record: its scopes, its projects and its organisation."""
    roles = {rule.audience.partition("@")[2] for rule in facts.rules if rule.audience.startswith("role:")}
    return set(facts.statement.scopes) | {key for key in roles if key.startswith(("project:", "org:"))}
