"""Step of a rebuild: the persons, organisations, projects, programmes, calls and groups that sealed records name.

What ``context.json`` does not hold – accounts, roles, tokens – comes back from a backup; restored persons cannot sign in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from izumi.kernel.days import parse_day
from izumi.kernel.work import Work
from izumi.people import rules
from izumi.people.models import Call, Group, Organisation, Person, Programme, Project, ProjectNumber, ProjectPartner

Facts = Mapping[str, Mapping[str, Any]]


def restore_facts(w: Work, facts: Facts) -> int:
    """Insert everything named here that is not there yet; how many rows. What another record restored first stays."""
    made = 0
    for kind, insert in _KINDS:
        told = {key: one for key, one in facts.items() if one.get("type") == kind}
        for key, one in _parents_first(told):
            made += insert(w, key, one, facts)
    return made


def _parents_first(told: Facts) -> list[tuple[str, Mapping[str, Any]]]:
    """Departments after what they belong to."""

    def depth(key: str, seen: frozenset[str] = frozenset()) -> int:
        parent = told.get(key, {}).get("parent")
        return 0 if not parent or parent in seen or parent not in told else 1 + depth(parent, seen | {key})

    return sorted(told.items(), key=lambda pair: (depth(pair[0]), pair[0]))


def _organisation(w: Work, key: str, one: Mapping[str, Any], facts: Facts) -> int:
    parent = one.get("parent")
    known = parent if parent and Organisation.objects.filter(pk=parent).exists() else None
    ror = one.get("ror") or ""
    if ror and Organisation.objects.filter(ror=ror).exclude(pk=key).exists():
        ror = ""
    return int(
        Organisation.objects.get_or_create(
            id=key,
            defaults={
                "legal_name": one.get("legal_name") or {}, "name_key": rules.name_key(one.get("legal_name") or {}), "ror": ror,
                "kind": one.get("kind") or "other", "parent_id": known, "review": one.get("review") or "none",
                "recorded_at": w.now,
            },
        )[1]
    )  # fmt: skip


def _person(w: Work, key: str, one: Mapping[str, Any], facts: Facts) -> int:
    name = one.get("name") or {}
    return int(
        Person.objects.get_or_create(
            id=key,
            defaults={
                "username": f"restored-{key}", "name": name, "name_key": rules.name_key(name), "is_active": False,
                "identifiers": list(one.get("identifiers") or []), "recorded_at": w.now, "password": "!",
                "organisation_id": _there(Organisation, one.get("organisation")),
            },
        )[1]
    )  # fmt: skip


def _programme(w: Work, key: str, one: Mapping[str, Any], facts: Facts) -> int:
    title = one.get("title") or {}
    return int(
        Programme.objects.get_or_create(
            id=key,
            defaults={
                "title": title, "name_key": rules.name_key(title), "code": one.get("code") or "", "recorded_at": w.now,
                "funder_id": _there(Organisation, one.get("funder")), "chain": list(one.get("chain") or []),
                "profile": one.get("profile") or "", "plan_form": one.get("plan_form") or "", "goal": one.get("goal") or {},
            },
        )[1]
    )  # fmt: skip


def _call(w: Work, key: str, one: Mapping[str, Any], facts: Facts) -> int:
    title, programme, chain = one.get("title") or {}, _there(Programme, one.get("programme")), one.get("chain")
    if programme is None:
        return 0
    return int(
        Call.objects.get_or_create(
            id=key,
            defaults={
                "title": title, "name_key": rules.name_key(title), "programme_id": programme, "fiscal_year": one.get("fiscal_year") or 0,
                "plan_form": one.get("plan_form") or "", "profile": one.get("profile") or "",
                "chain": None if chain is None else list(chain), "opens_on": _day(one.get("opens_on")),
                "closes_on": _day(one.get("closes_on")), "plan_due_on": _day(one.get("plan_due_on")), "recorded_at": w.now,
            },
        )[1]
    )  # fmt: skip


def _project(w: Work, key: str, one: Mapping[str, Any], facts: Facts) -> int:
    title, organisation = one.get("title") or {}, _there(Organisation, one.get("organisation"))
    if organisation is None:
        return 0
    row, made = Project.objects.get_or_create(
        id=key,
        defaults={
            "title": title, "name_key": rules.name_key(title), "organisation_id": organisation, "recorded_at": w.now,
            "programme_id": _there(Programme, one.get("programme")), "review": one.get("review") or "",
            "starts_on": _day(one.get("starts_on")), "ends_on": _day(one.get("ends_on")), "call_id": _there(Call, one.get("call")),
            "profile": _own_profile(one, facts), "contract": one.get("contract") or "", "field": one.get("field") or "",
            "countries": list(one.get("countries") or []),
        },
    )  # fmt: skip
    for partner in one.get("partners") or [] if made else []:
        if _there(Organisation, partner):
            ProjectPartner.objects.get_or_create(project=row, organisation_id=partner)
    for number in one.get("numbers") or [] if made else []:
        ProjectNumber.objects.get_or_create(
            project=row, scheme=number["scheme"], value=number["value"],
            defaults={
                "key": rules.number_key(number["value"]), "current": number.get("current", True),
                "from_fiscal_year": number.get("from_fiscal_year"), "until_fiscal_year": number.get("until_fiscal_year"),
            },
        )  # fmt: skip
    return int(made)


def _own_profile(one: Mapping[str, Any], facts: Facts) -> str:
    """The facts tell the pack in force; what its call or programme says anyway is not the project's own."""
    above = (facts.get(str(one.get(name)), {}).get("profile") for name in ("call", "programme"))
    told = str(one.get("profile") or "")
    return "" if told == next(filter(None, above), "") else told


def _group(w: Work, key: str, one: Mapping[str, Any], facts: Facts) -> int:
    return int(Group.objects.get_or_create(id=key, defaults={"name": one.get("name") or {}, "recorded_at": w.now})[1])


def _there(model: Any, key: Any) -> str | None:
    return str(key) if key and model.objects.filter(pk=key).exists() else None


def _day(text: Any) -> Any:
    return parse_day(str(text)) if text else None


_KINDS: tuple[tuple[str, Callable[[Work, str, Mapping[str, Any], Facts], int]], ...] = (
    ("organisation", _organisation), ("programme", _programme), ("call", _call), ("project", _project), ("group", _group), ("person", _person),
)  # fmt: skip
