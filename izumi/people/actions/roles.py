"""Dated roles: given, ended, never deleted."""

from __future__ import annotations

from izumi.kernel.actors import Actor
from izumi.kernel.days import Day
from izumi.kernel.errors import Conflict, NotThere
from izumi.kernel.findings import Finding
from izumi.kernel.work import work
from izumi.people import rules
from izumi.people.actions.checks import fault, refuse, require
from izumi.people.models import Group, Organisation, Person, Programme, Project, Role
from izumi.people.queries import role_card
from izumi.people.types import ROLE_SCOPES, RoleCard

_TABLES = {"org": Organisation, "project": Project, "programme": Programme, "group": Group}


def assign_role(
    actor: Actor, *, person: str, role: str, scope: str, from_day: Day | None = None, until_day: Day | None = None
) -> RoleCard:
    """Give somebody a role in ``site``, ``org:ID``, ``project:ID``, ``programme:ID`` or ``group:ID``; days are inclusive.

    Without ``from_day`` it holds from today on. Administrators give any role; leaders of a project or group and curators
    of an organisation take in members. Refuses (403) others; ``role.exists`` (409) when the person has it already.
    """
    require(actor, rules.may_assign(actor, role, scope))
    kind, _, scope_id = scope.partition(":")
    refuse(_role_fault(role, kind), _scope_fault(kind, scope_id), _person_fault(person), _days_fault(from_day, until_day))
    with work(actor, "role.assign") as w:
        begins = from_day or w.today
        same = Role.objects.filter(
            person_id=person, role=role, scope_kind=kind, scope_id=scope_id, superseded_at__isnull=True
        )
        if any(_overlap(row, begins, until_day) for row in same):
            raise Conflict("role.exists")
        row = Role.objects.create(
            person_id=person, role=role, scope_kind=kind, scope_id=scope_id, from_day=begins, until_day=until_day,
            recorded_at=w.now,
        )  # fmt: skip
        w.journal("role.assigned", person, role_card(row).as_json())
    return role_card(row)


def end_role(actor: Actor, role_id: int, *, until_day: Day | None = None) -> RoleCard | None:
    """End a role after its last valid day (default: yesterday, so from now on); the former row is kept as superseded.

    Returns what is left of it; ``None`` when it never came into force.
    """
    row = Role.objects.filter(pk=role_id, superseded_at__isnull=True).first()
    if row is None:
        require(actor, rules.may_administer(actor))
        raise NotThere("page", str(role_id))
    told = role_card(row)
    require(actor, rules.may_assign(actor, row.role, told.scope))
    with work(actor, "role.end") as w:
        last = until_day or Day.fromordinal(w.today.toordinal() - 1)
        ended = Role.objects.filter(pk=role_id, superseded_at__isnull=True).update(superseded_at=w.now)
        if not ended:
            raise Conflict("role.ended")
        w.journal("role.ended", row.person_id, {**told.as_json(), "until": last.isoformat()})
        if row.from_day is not None and last < row.from_day:
            return None
        left = Role.objects.create(
            person_id=row.person_id, role=row.role, scope_kind=row.scope_kind, scope_id=row.scope_id,
            from_day=row.from_day, until_day=last, recorded_at=w.now,
        )  # fmt: skip
    return role_card(left)


def _overlap(row: Role, begins: Day, until: Day | None) -> bool:
    starts_after = until is not None and row.from_day is not None and until < row.from_day
    ended_before = row.until_day is not None and row.until_day < begins
    return not (starts_after or ended_before)


def _role_fault(role: str, kind: str) -> Finding | None:
    if kind in ROLE_SCOPES.get(role, frozenset()):
        return None
    return fault("role-scope", "/role", "この役割はこの範囲では使えません。", "There is no such role in this scope.")


def _scope_fault(kind: str, scope_id: str) -> Finding | None:
    table = _TABLES.get(kind)
    known = scope_id == "" if kind == "site" else table is not None and table.objects.filter(pk=scope_id).exists()
    return None if known else fault("scope-unknown", "/scope", "範囲が見つかりません。", "There is no such scope.")


def _person_fault(person: str) -> Finding | None:
    if Person.objects.filter(pk=person).exists():
        return None
    return fault("reference-unknown", "/person", "この人は登録されていません。", "There is no such person.")


def _days_fault(from_day: Day | None, until_day: Day | None) -> Finding | None:
    if from_day is None or until_day is None or from_day <= until_day:
        return None
    return fault("days-reversed", "/until", "終わりの日が始まりより前です。", "It ends before it begins.")
