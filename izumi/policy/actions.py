"""The only writer of allow rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from izumi.kernel.work import Work
from izumi.policy import rules
from izumi.policy.models import AccessState, AllowRule
from izumi.policy.queries import in_sql
from izumi.policy.types import AccessFacts, AccessStatement, Parties, Rule


def compile(
    w: Work,
    record_id: str,
    statement: AccessStatement,
    parties: Parties,
    *,
    state: str,
    gates: Iterable[str] = frozenset(),
    grants: Iterable[Rule] = (),
) -> AccessFacts:
    """Step: put the rules of a record in force; what was in force until now is kept as superseded.

    Nothing is written, and the revision stays, when nothing changes. Cost: at most 6 statements.
    """
    compiled = rules.rules_for(statement, parties, state=state, gates=gates, grants=grants)
    told: dict[str, Any] = {
        "state": str(state),
        "gates": sorted(str(gate) for gate in gates),
        "statement": statement.as_document(),
        "rules": [_row(rule) for rule in compiled],
    }
    current = AccessState.objects.filter(record_id=record_id, superseded_at__isnull=True).first()
    if current is None or any(getattr(current, name) != value for name, value in told.items()):
        current = _replace(w, record_id, told, compiled)
    return AccessFacts(
        record_id=record_id,
        state=str(state),
        statement=statement,
        rules=compiled,
        gates=frozenset(told["gates"]),
        revision=current.pk,
    )


def _replace(w: Work, record_id: str, told: dict[str, Any], compiled: tuple[Rule, ...]) -> AccessState:
    for table in (AccessState, AllowRule):
        table.objects.filter(record_id=record_id, superseded_at__isnull=True).update(superseded_at=w.now)
    row = AccessState.objects.create(record_id=record_id, recorded_at=w.now, **told)
    AllowRule.objects.bulk_create(
        AllowRule(
            record_id=record_id, action=rule.action, part=rule.part, audience=rule.audience,
            from_at=rule.from_at, until_at=rule.until_at, recorded_at=w.now,
        )
        for rule in compiled if in_sql(rule)
    )  # fmt: skip
    return row


def _row(rule: Rule) -> list[str | None]:
    times = [t.isoformat() if t else None for t in (rule.from_at, rule.until_at)]
    return [rule.part, rule.action, rule.audience, *times, rule.basis, rule.reason]
