"""The decision: what a statement compiles to, and the verdict on it. Pure: facts and a moment in, reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from izumi.kernel.actors import Actor
from izumi.kernel.days import Instant, start_of
from izumi.policy import changes, faults, refusals
from izumi.policy.parts import covers_file, narrowed_pointers, narrowing
from izumi.policy.scopes import effective_keys, scope_allows, scope_needed
from izumi.policy.types import (
    FILES,
    METADATA,
    SCOPE_FORM,
    AccessClass,
    AccessFacts,
    AccessStatement,
    Action,
    Gate,
    Opens,
    Parties,
    Reason,
    RecordState,
    Rule,
    Verdict,
)

__all__ = [
    "edge_index", "effective_keys", "gains_and_losses", "gates_in_force", "hidden_pointers", "index_audience",
    "narrowed_pointers", "next_edge", "public_may", "rules_for", "scope_allows", "scope_needed", "statement_findings", "verdict",
]  # fmt: skip

gains_and_losses = changes.gains_and_losses
statement_findings = faults.statement_findings

_ALL = frozenset(str(action) for action in Action)
_OWN = _ALL - {"review"}
_LOOK = frozenset({"see", "read"})
_CHANGING = frozenset({"edit", "submit", "review", "publish"})

MAY: Mapping[str, frozenset[str]] = {
    "owner": _OWN,
    "project_manager": _OWN,
    "curator": _ALL,
    "admin": _ALL - {"read"},
    "console": _ALL,
    "system": _ALL,
    "funder": frozenset({"see"}),
    "editor": frozenset({"see", "read", "edit", "submit"}),
}
"""What each party may at most. Source: interface.md, "Who may do what"."""

_PARTIES = frozenset({"owner", "project_manager", "editor", "curator", "admin", "console", "system"})
_KEEPERS = frozenset({"curator", "admin", "console", "system"})


def rules_for(
    statement: AccessStatement,
    parties: Parties,
    *,
    state: str,
    gates: Iterable[str] = (),
    grants: Iterable[Rule] = (),
) -> tuple[Rule, ...]:
    """Compile a statement into allow rules; gates are intersected here, so that no rule or grant overrides them.

    ``grants`` are further rules of agreements, ``see`` of the metadata or ``read`` of files (audience and window chosen
    by the caller); they count only once the record is public. Unknown gates and states close. The order of the result is stable.
    """
    compiled = [*_party_rules(parties, statement), *_editor_rules(parties, statement, state)]
    if state in (RecordState.PUBLISHED, RecordState.WITHDRAWN):
        compiled += _funder_rules(parties)
        compiled += _statement_rules(statement)
        compiled += _grant_rules(grants)
    shut = gates_in_force(state, gates)
    kept = (rule for rule in compiled if all(_passes(gate, rule) for gate in shut))
    return tuple(sorted(set(kept), key=_order))


def gates_in_force(state: str, gates: Iterable[str]) -> frozenset[str]:
    """The gates of a record; a withdrawn state is one by itself."""
    return frozenset(str(g) for g in gates) | ({"withdrawn"} if state == RecordState.WITHDRAWN else frozenset())


def _passes(gate: str, rule: Rule) -> bool:
    party = rule.reason in _PARTIES
    if gate == Gate.WITHDRAWN:
        return rule.action == "see" or (party and rule.action not in _CHANGING)
    if gate == Gate.HOLD:
        return party and (rule.action in _LOOK or (rule.action == "manage" and rule.reason in _KEEPERS))
    if gate == Gate.PSEUDONYMISED:
        return party or rule.action != "read"
    if gate == Gate.SUSPENDED:
        return rule.reason in _KEEPERS or (party and rule.action == "see")
    return rule.reason in _KEEPERS and rule.action in ("see", "manage")


def _party_rules(parties: Parties, statement: AccessStatement) -> Iterable[Rule]:
    """What the parties may; they also see every narrowed item, so the rules tell which items are narrowed."""
    audiences = [
        ("owner", parties.owner, "party:owner"),
        *(("project_manager", f"role:pm@project:{p}", "party:project") for p in parties.projects),
        ("curator", f"role:curator@{parties.organisation}" if parties.organisation else "", "party:organisation"),
        ("admin", "role:admin@site", "party:site"),
        ("console", "console", "party:site"),
        ("system", "system", "party:site"),
    ]
    for reason, audience, basis in audiences:
        if audience:
            yield from (_rule(action, audience, basis, reason) for action in sorted(MAY[reason]))
            yield from (
                Rule(f"{METADATA}:{pointer}", "see", audience, None, None, basis, reason)
                for pointer in sorted(statement.disclosure)
            )


def _editor_rules(parties: Parties, statement: AccessStatement, state: str) -> Iterable[Rule]:
    """Named persons write a record beside its owner; a whole project only until it is published, and what is meant to
    stay closed it does not read: the plan says who answers for the data."""
    for audience in sorted(set(parties.editors)):
        named = audience.startswith("person:")
        if not named and (not SCOPE_FORM.fullmatch(audience) or state not in (RecordState.UNPUBLISHED, RecordState.SCHEDULED)):
            continue
        withheld = set() if named or statement.access_class is not AccessClass.CLOSED else {"read"}
        yield from (_rule(action, audience, "party:plan", "editor") for action in sorted(MAY["editor"] - withheld))
        yield from (
            Rule(f"{METADATA}:{pointer}", "see", audience, None, None, "party:plan", "editor")
            for pointer in sorted(statement.disclosure)
        )


def _funder_rules(parties: Parties) -> list[Rule]:
    return [_rule("see", f"role:funder@programme:{p}", "party:programme", "funder") for p in parties.programmes]


def _rule(action: str, audience: str, basis: str, reason: str) -> Rule:
    return Rule(FILES if action == "read" else METADATA, action, audience, None, None, basis, reason)


def _statement_rules(statement: AccessStatement) -> list[Rule]:
    seen = _audiences(statement, statement.metadata_class, "/access/metadata_class")
    compiled = [Rule(METADATA, "see", audience, None, None, basis, reason) for audience, basis, reason in seen]
    for pointer, narrowed in sorted(statement.disclosure.items()):
        compiled += [
            Rule(f"{METADATA}:{pointer}", "see", audience, None, None, f"/access/disclosure{pointer}", reason)
            for audience, _, reason in _within(seen, _audiences(statement, narrowed, "/access/disclosure"))
        ]
    return compiled + _data_rules(statement, seen)


Audience = tuple[str, str, str]


def _data_rules(statement: AccessStatement, seen: list[Audience]) -> list[Rule]:
    """Whoever may not see the description gets no bytes either."""
    if statement.access_class is AccessClass.EMBARGOED:
        if statement.opens is not Opens.AUTO or statement.available_on is None:
            return []
        opens = start_of(statement.available_on)
        wanted = [("public", "/access/available_on", "embargo_ended")]
    else:
        opens = None
        wanted = _audiences(statement, statement.access_class, "/access/class")
    return [Rule(FILES, "read", a, opens, None, basis, reason) for a, basis, reason in _within(seen, wanted)]


def _audiences(statement: AccessStatement, access: AccessClass, basis: str) -> list[Audience]:
    if access is AccessClass.OPEN:
        return [("public", basis, "open")]
    if access is AccessClass.SHARED:
        return [
            (scope, f"/access/scopes/{n}", "in_scope")
            for n, scope in enumerate(statement.scopes)
            if SCOPE_FORM.fullmatch(scope)
        ]
    return []


def _within(outer: list[Audience], inner: list[Audience]) -> list[Audience]:
    """Audiences of ``inner`` that lie inside ``outer``; where inner is public, the outer ones with inner's basis."""
    if any(audience == "public" for audience, _, _ in outer):
        return inner
    names = {audience for audience, _, _ in outer}
    if any(audience == "public" for audience, _, _ in inner):
        return [(audience, inner[0][1], "in_scope") for audience in sorted(names)]
    return [item for item in inner if item[0] in names]


def _grant_rules(grants: Iterable[Rule]) -> Iterable[Rule]:
    for grant in grants:
        if not _fits(grant) or not SCOPE_FORM.fullmatch(grant.audience):
            continue
        yield replace(grant, reason="grant")
        yield replace(grant, part=METADATA, action="see", reason="grant")


def _fits(grant: Rule) -> bool:
    """Whether the part is one that the action is about: files are read, metadata are seen; anything else is no grant."""
    if grant.action == "read":
        return grant.part == FILES or grant.part.startswith(f"{FILES}:")
    return grant.action == "see" and grant.part == METADATA


def _order(rule: Rule) -> tuple[str, ...]:
    times = (rule.from_at.isoformat() if rule.from_at else "", rule.until_at.isoformat() if rule.until_at else "")
    return (rule.action, rule.part, rule.audience, *times, rule.basis, rule.reason)


# --- the verdict -----------------------------------------------------------------------------------------------------


def verdict(actor: Actor, action: str, facts: AccessFacts, at: Instant, path: str | None = None) -> Verdict:
    """Whether the actor may do this to the record at this moment, with reasons in both cases.

    ``path`` narrows the question: a file path for ``read`` (without it: any file), a JSON Pointer for ``see``.
    Reasons of a refusal describe the record: tell them only to readers for whom ``see`` is allowed.
    """
    asked = tuple(rule for rule in facts.rules if rule.action == action)
    keys = effective_keys(actor, action)
    holding = [rule for rule in asked if rule.audience in keys and rule.holds_at(at)]
    granted = _decisive(holding, action, facts, path)
    if granted:
        return Verdict(True, tuple(_allowed_reason(rule) for rule in granted))
    full = [rule for rule in asked if rule.audience in actor.keys | {"public"} and rule.holds_at(at)]
    lacks_scope = bool(_decisive(full, action, facts, path))
    return refusals.refusal(actor, action, facts, at, path, lacks_scope=lacks_scope)


def _decisive(rules: list[Rule], action: str, facts: AccessFacts, path: str | None) -> list[Rule]:
    """The rules that allow it, or nothing."""
    if action == "read":
        return [rule for rule in rules if covers_file(rule.part, path)]
    plain = [rule for rule in rules if rule.part == METADATA]
    if action != "see" or not path or not plain:
        return plain
    shown = {rule.part for rule in rules}
    return plain if all(f"{METADATA}:{p}" in shown for p in narrowing(facts.rules, path)) else []


def _allowed_reason(rule: Rule) -> Reason:
    return refusals.reason(rule.reason, rule.basis, rule.from_at, rule.until_at)


def hidden_pointers(actor: Actor, facts: AccessFacts, at: Instant) -> tuple[str, ...]:
    """The metadata pointers that this reader of the metadata may not see; sorted."""
    return tuple(p for p in sorted(narrowed_pointers(facts.rules)) if not verdict(actor, "see", facts, at, p))


# --- twins: what index and caches ask --------------------------------------------------------------------------------


def index_audience(rules: Iterable[Rule], at: Instant) -> frozenset[str]:
    """The keys that may see the metadata at that moment: ``{"public"}`` alone when anyone may (disjoint sets)."""
    keys = frozenset(r.audience for r in rules if r.action == "see" and r.part == METADATA and r.holds_at(at))
    return frozenset({"public"}) if "public" in keys else keys


def public_may(action: str, rules: Iterable[Rule], at: Instant) -> bool:
    """Whether anyone at all may (any file, for ``read``)."""
    return any(r.action == action and r.audience == "public" and _whole(r) and r.holds_at(at) for r in rules)


def _whole(rule: Rule) -> bool:
    return rule.part == METADATA or rule.part.partition(":")[0] == FILES


def _edges(rules: Iterable[Rule]) -> list[Instant]:
    return sorted({edge for rule in rules for edge in (rule.from_at, rule.until_at) if edge is not None})


def next_edge(rules: Iterable[Rule], at: Instant) -> Instant | None:
    """The first moment after ``at`` at which a window opens or closes."""
    return next((edge for edge in _edges(rules) if edge > at), None)


def edge_index(rules: Iterable[Rule], at: Instant) -> int:
    """How many window edges have passed; part of an ETag."""
    return sum(edge <= at for edge in _edges(rules))
