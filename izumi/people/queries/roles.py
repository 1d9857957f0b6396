"""Dated roles, and tokens as their owner sees them again."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from izumi.kernel.actors import Actor
from izumi.kernel.days import Day
from izumi.people import rules
from izumi.people.models import Role, Token
from izumi.people.types import RoleCard, TokenCard


def roles_of(person_id: str, *, on: Day | None = None) -> list[RoleCard]:
    """The dated roles of a person, with ``on`` only those valid on that day. Cost: 1 statement."""
    return _roles(Role.objects.filter(person_id=person_id), on)


def roles_in(scope: str, *, on: Day | None = None) -> list[RoleCard]:
    """Who is what in a scope (``org:ID``, ``project:ID``, …). Cost: 1 statement."""
    kind, _, scope_id = scope.partition(":")
    return _roles(Role.objects.filter(scope_kind=kind, scope_id=scope_id), on)


def may_know_members(actor: Actor, scope: str) -> bool:
    """Whether the actor may read who is what in a scope: those inside it, and administrators."""
    inside = {scope, f"role:curator@{scope}", f"role:funder@{scope}"}
    return bool(actor.keys & inside and scope.partition(":")[0] in ("org", "project", "programme", "group")) or bool(
        rules.may_administer(actor)
    )


def _roles(rows: Any, on: Day | None) -> list[RoleCard]:
    live = rows.filter(superseded_at__isnull=True).order_by("pk")
    if on is not None:
        live = live.filter(Q(from_day__isnull=True) | Q(from_day__lte=on), Q(until_day__isnull=True) | Q(until_day__gte=on))
    return [role_card(row) for row in live]


def role_card(row: Role) -> RoleCard:
    """A role row as others see it."""
    scope = f"{row.scope_kind}:{row.scope_id}" if row.scope_id else row.scope_kind
    return RoleCard(
        id=row.pk, person=row.person_id, role=row.role, scope=scope, from_day=row.from_day, until_day=row.until_day
    )


def tokens_of(person_id: str) -> list[TokenCard]:
    """The tokens of a person, newest first. Cost: 1 statement."""
    return [token_card(row) for row in Token.objects.filter(person_id=person_id).order_by("-recorded_at", "-pk")]


def token_card(row: Token) -> TokenCard:
    """A token row as its owner sees it again."""
    return TokenCard(
        id=row.pk, person=row.person_id, name=row.name, hint=f"{row.prefix}…{row.last_four}", scopes=tuple(row.scopes),
        expires_at=row.expires_at, recorded_at=row.recorded_at, revoked=row.revoked_at is not None,
    )  # fmt: skip
