"""Cells that no entry says: what the project, the call and the record behind the entry are known for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from izumi.kernel.days import day_of, fiscal_year
from izumi.plans.forms.types import Entry, PlanPackage

Fact = Callable[[Entry, PlanPackage, str], str]


def fact(name: str, entry: Entry, package: PlanPackage, lang: str) -> str:
    """One fact by the id of its column."""
    return FACTS[name](entry, package, lang)


def _issued(entry: Entry, package: PlanPackage, lang: str) -> str:
    record = package.record(entry)
    return record.issued_on.isoformat() if record is not None and record.issued_on else ""


FACTS: Mapping[str, Fact] = {
    "funder": lambda entry, told, lang: told.project.funder_name.one(lang),
    "programme_code": lambda entry, told, lang: told.project.programme_code,
    "programme": lambda entry, told, lang: told.project.programme.one(lang),
    "award_number": lambda entry, told, lang: told.project.award_number,
    "award_title": lambda entry, told, lang: told.project.title.one(lang),
    "goal": lambda entry, told, lang: told.project.goal.one(lang),
    "leader": lambda entry, told, lang: told.project.leader.one(lang),
    "fiscal_year": lambda entry, told, lang: str(fiscal_year(day_of(told.modified))),
    "updated_on": lambda entry, told, lang: _issued(entry, told, lang),
    "plan_updated_on": lambda entry, told, lang: day_of(told.modified).isoformat(),
}
