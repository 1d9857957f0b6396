"""Reading what was compiled: facts for verdicts, the SQL twin of ``see`` and ``read``, and earlier days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.days import Instant
from izumi.policy import rules
from izumi.policy.models import AccessState, AllowRule
from izumi.policy.types import FILES, METADATA, AccessFacts, AccessStatement, Rule, Verdict


def facts_for(record_ids: Iterable[str]) -> dict[str, tuple[Rule, ...]]:
    """The compiled rules of records, by record; a record that was never compiled is absent. Cost: 1 statement."""
    rows = AccessState.objects.filter(record_id__in=list(record_ids), superseded_at__isnull=True)
    return {record: _rules(told) for record, told in rows.values_list("record_id", "rules")}


def access_facts(record_ids: Iterable[str]) -> dict[str, AccessFacts]:
    """All that verdicts about these records need, by record; one never compiled is absent. Cost: 1 statement."""
    rows = AccessState.objects.filter(record_id__in=list(record_ids), superseded_at__isnull=True)
    return {row.record_id: _facts(row) for row in rows}


def narrowed_facts(record_ids: Iterable[str]) -> dict[str, AccessFacts]:
    """Facts of those of these records that narrow single items of their metadata, as in force now. Cost: 1 statement."""
    rows = AccessState.objects.filter(record_id__in=list(record_ids), superseded_at__isnull=True)
    return {row.record_id: _facts(row) for row in rows.filter(statement__has_key="disclosure")}


def statements_at(record_ids: Iterable[str], at: Instant | None = None) -> dict[str, AccessStatement]:
    """The access statements in force at a moment (default: now), by record.

    Where nothing was recorded by then (a site that was rebuilt), the first that was recorded later stands. Cost: 1 statement.
    """
    rows = AccessState.objects.filter(record_id__in=list(record_ids))
    if at is None:
        rows = rows.filter(superseded_at__isnull=True)
    found: dict[str, dict[str, Any]] = {}
    told = rows.order_by("record_id", "recorded_at", "pk").values_list("record_id", "statement", "recorded_at")
    for record, statement, recorded_at in told.iterator():
        if record not in found or at is None or recorded_at <= at:
            found[record] = statement
    return {record: AccessStatement.from_document(statement) for record, statement in found.items()}


def facts_as_of(record_id: str, at: Instant, *, now: Instant | None = None) -> AccessFacts:
    """What was in force at a moment: superseded rules in the past, today's rules now and in the future.

    A record of which nothing was recorded yet has no rules, so nobody may do anything with it. Cost: 1 statement.
    """
    rows = AccessState.objects.filter(record_id=record_id)
    if at >= (now or clock.now()):
        rows = rows.filter(superseded_at__isnull=True)
    else:
        rows = rows.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=at), recorded_at__lte=at)
    row = rows.order_by("-recorded_at", "-pk").first()
    return _facts(row) if row else AccessFacts(record_id=record_id)


def verdict_as_of(
    actor: Actor, action: str, record_id: str, *, at: Instant, now: Instant | None = None, path: str | None = None
) -> Verdict:
    """The verdict of a moment, with the rules that were in force then (or today's, for a moment to come).

    Memberships are the actor's: build the actor with ``people.queries.actor_for(person, at)``. Cost: 1 statement.
    """
    return rules.verdict(actor, action, facts_as_of(record_id, at, now=now), at, path)


def visible(actor: Actor, at: Instant, action: str = "see", *, record: str = "pk") -> Q | Exists:
    """The SQL twin of ``verdict`` for ``see`` (metadata) and ``read`` (any file), for a queryset of records.

    ``Record.objects.filter(visible(actor, now))``; ``record`` names the column that holds the record's id.
    Every other action matches nothing here: ask ``verdict``.
    """
    keys = rules.effective_keys(actor, action)
    matching = AllowRule.objects.filter(
        Q(from_at__isnull=True) | Q(from_at__lte=at),
        Q(until_at__isnull=True) | Q(until_at__gt=at),
        record_id=OuterRef(record),
        superseded_at__isnull=True,
        action=action,
        audience__in=sorted(keys),
    )
    return Exists(matching)


def records_with_edge(after: Instant, until: Instant) -> list[str]:
    """Records of which a window opens or closes in ``(after, until]``: what they show may change. Cost: 1 statement."""
    edge = Q(from_at__gt=after, from_at__lte=until) | Q(until_at__gt=after, until_at__lte=until)
    rows = AllowRule.objects.filter(edge, superseded_at__isnull=True)
    return list(rows.order_by("record_id").values_list("record_id", flat=True).distinct())


def next_edge_of_all(after: Instant) -> Instant | None:
    """The first moment after this one at which any record's window opens or closes. Cost: 2 statements."""
    current = AllowRule.objects.filter(superseded_at__isnull=True)
    opening = current.filter(from_at__gt=after).order_by("from_at").values_list("from_at", flat=True).first()
    closing = current.filter(until_at__gt=after).order_by("until_at").values_list("until_at", flat=True).first()
    return min((edge for edge in (opening, closing) if edge is not None), default=None)


def history(record_id: str, *, limit: int = 100) -> list[tuple[Instant, AccessFacts]]:
    """Since when which access state was in force, newest first; without states of no duration. Cost: 1 statement."""
    rows = AccessState.objects.filter(record_id=record_id).exclude(superseded_at=F("recorded_at"))
    return [(row.recorded_at, _facts(row)) for row in rows.order_by("-recorded_at", "-pk")[:limit]]


def _facts(row: AccessState) -> AccessFacts:
    return AccessFacts(
        record_id=row.record_id,
        state=row.state,
        statement=AccessStatement.from_document(row.statement),
        rules=_rules(row.rules),
        gates=frozenset(row.gates),
        revision=row.pk,
    )


def _rules(told: Sequence[Sequence[Any]]) -> tuple[Rule, ...]:
    return tuple(Rule(p, action, who, _when(a), _when(b), basis, why) for p, action, who, a, b, basis, why in told)


def _when(text: str | None) -> Instant | None:
    return datetime.fromisoformat(text) if text else None


def in_sql(rule: Rule) -> bool:
    """Whether the rule belongs to the SQL twin: the whole metadata, or any files."""
    if rule.action == "read":
        return rule.part.partition(":")[0] == FILES
    return rule.action == "see" and rule.part == METADATA
