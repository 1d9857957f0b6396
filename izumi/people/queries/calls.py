"""Calls of programmes, and the reporting rounds they ask for."""

from __future__ import annotations

from collections.abc import Iterable

from izumi.kernel.days import Day
from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text
from izumi.people.models import Call, ReportingRound
from izumi.people.types import CallCard, RoundCard


def call(call_id: str) -> CallCard:
    """One call. Raises ``NotThere``. Cost: 1 statement."""
    row = Call.objects.filter(pk=call_id).first()
    if row is None:
        raise NotThere("call", call_id)
    return call_card(row)


def calls(call_ids: Iterable[str]) -> dict[str, CallCard]:
    """Calls by id; unknown ones are absent. Cost: 1 statement."""
    return {row.pk: call_card(row) for row in Call.objects.filter(pk__in=set(call_ids))}


def calls_of(programme_id: str) -> list[CallCard]:
    """The calls of a programme, newest fiscal year first. Cost: 1 statement."""
    rows = Call.objects.filter(programme_id=programme_id).order_by("-fiscal_year", "-opens_on", "pk")
    return [call_card(row) for row in rows]


def call_card(row: Call) -> CallCard:
    """A call row as others see it."""
    return CallCard(
        id=row.pk, programme=row.programme_id, title=Text(row.title), fiscal_year=row.fiscal_year, plan_form=row.plan_form,
        profile=row.profile, chain=None if row.chain is None else tuple(row.chain), opens_on=row.opens_on,
        closes_on=row.closes_on, plan_due_on=row.plan_due_on,
    )  # fmt: skip


def round_(round_id: str) -> RoundCard:
    """One reporting round. Raises ``NotThere``. Cost: 1 statement."""
    row = ReportingRound.objects.filter(pk=round_id).first()
    if row is None:
        raise NotThere("round", round_id)
    return round_card(row)


def rounds_of(programme_ids: Iterable[str], *, since: Day | None = None) -> list[RoundCard]:
    """The rounds of these programmes, the next due first; with ``since`` those due on that day or later. Cost: 1 statement."""
    rows = ReportingRound.objects.filter(programme_id__in=set(programme_ids)).order_by("due_on", "pk")
    return [round_card(row) for row in (rows.filter(due_on__gte=since) if since else rows)]


def round_card(row: ReportingRound) -> RoundCard:
    """A round row as others see it."""
    return RoundCard(
        id=row.pk, programme=row.programme_id, title=Text(row.title), scheme=row.scheme, fiscal_year=row.fiscal_year,
        as_of=row.as_of, due_on=row.due_on,
    )  # fmt: skip
