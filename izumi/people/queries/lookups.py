"""What a list of a research office is compared with: organisations, programmes, leaders, projects by number."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q

from izumi.people import rules
from izumi.people.lists.joining import Key, family_key
from izumi.people.lists.words import bare_name
from izumi.people.models import Organisation, Person, Programme, Project, ProjectNumber, ProjectPartner, Role
from izumi.people.types import Number

FUNDERS = Path(__file__).resolve().parent.parent / "lists" / "funders.csv"
RESEARCHER = frozenset({"e-rad_researcher", "e-rad", "erad"})
"""Schemes of identifiers, folded, that are an e-Rad researcher number."""


@lru_cache(maxsize=1)
def listed_funders() -> tuple[Mapping[str, str], ...]:
    """The funders of e-Rad: code, ja, en, erad_code, ror. Source: erad-funders."""
    with FUNDERS.open(encoding="utf-8", newline="") as source:
        return tuple(csv.DictReader(source))


@lru_cache(maxsize=1000)
def listed_funder(word: str) -> Mapping[str, str] | None:
    """A funder of the list by e-Rad code, abbreviation, name or ROR."""
    told = rules.folded(word)
    ror = rules.ror_address(word)
    for one in listed_funders():
        if told in (one["erad_code"], rules.folded(one["code"]), rules.folded(one["ja"]), rules.folded(one["en"])) or (ror and ror == one["ror"]):
            return one
    return None


@dataclass(slots=True)
class Lookups:
    """All organisations and programmes of the site, and who has which researcher number, for finding by word."""

    organisations: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_ror: dict[str, str] = field(default_factory=dict)
    programmes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    codes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    funder_of: dict[str, str | None] = field(default_factory=dict)
    leaders: dict[str, str] = field(default_factory=dict)

    def organisation(self, word: str) -> str | None:
        """By id, ROR or legal name, with or without its legal form; ``None`` when there is none, or more than one."""
        ror = rules.ror_address(word)
        if ror is not None and ror in self.by_ror:
            return self.by_ror[ror]
        told = rules.folded(word)
        for name in (word, told, "bare:" + bare_name(told)):
            found = self.organisations.get(name, set())
            if len(found) == 1:
                return next(iter(found))
        return None

    def programme(self, code: str = "", name: str = "", funder: str | None = None) -> set[str]:
        """By id or code, or by title; of several those of the funder."""
        found = set(self.codes.get(rules.folded(code), ())) if code else set()
        if name:
            found |= {name} if name in self.funder_of else self.programmes.get(rules.folded(name), set())
        if len(found) > 1 and funder is not None:
            found = {one for one in found if self.funder_of.get(one) == funder} or found
        return found

    def keep_programme(self, key: str, title: Mapping[str, str], code: str, funder: str | None) -> None:
        """Know one more programme."""
        for name in title.values():
            self.programmes[rules.folded(name)].add(key)
        if code:
            self.codes[rules.folded(code)].add(key)
        self.funder_of[key] = funder

    def keep_organisation(self, key: str, names: Iterable[str], ror: str, *, within: bool = False) -> None:
        """Know one more organisation; a department (``within``) not by the name without legal form."""
        self.organisations[key].add(key)
        for name in map(rules.folded, names):
            self.organisations[name].add(key)
            if not within:
                self.organisations["bare:" + bare_name(name)].add(key)
        if ror:
            self.by_ror[ror] = key


def lookups() -> Lookups:
    """All that rows of a list are compared with. Cost: 3 statements."""
    told = Lookups()
    for key, names, ror, parent in Organisation.objects.values_list("pk", "legal_name", "ror", "parent_id"):
        told.keep_organisation(key, names.values(), ror, within=parent is not None)
    for key, title, code, funder in Programme.objects.values_list("pk", "title", "code", "funder_id"):
        told.keep_programme(key, title, code, funder)
    known = Person.objects.filter(is_active=True).exclude(identifiers=[]).values_list("pk", "identifiers")
    for key, identifiers in known:
        for one in identifiers:
            if str(one.get("scheme", "")).casefold() in RESEARCHER:
                told.leaders[rules.researcher_number(str(one.get("value", "")))] = key
    told.leaders.pop("", None)
    return told


@dataclass(slots=True, kw_only=True)
class Present:
    """A project as it stands: its members, all its numbers, and who leads it."""

    id: str
    members: dict[str, Any]
    numbers: list[Number]
    leaders: set[str]


def present(keys: Iterable[Key], ids: Iterable[str]) -> tuple[dict[Key, set[str]], dict[str, Present]]:
    """The projects that have one of these numbers or ids. Cost: 5 statements, any number of them."""
    wanted = {key for _, key in keys}
    rows = list(ProjectNumber.objects.filter(Q(key__in=wanted)).values_list("scheme", "value", "project_id"))
    by_key: dict[Key, set[str]] = defaultdict(set)
    for scheme, value, project in rows:
        by_key[family_key(scheme, value)].add(project)
    found = {project for _, _, project in rows} | set(ids)
    told = {
        row.pk: Present(id=row.pk, members=_members(row), numbers=[], leaders=set()) for row in Project.objects.filter(pk__in=found)
    }
    for number in ProjectNumber.objects.filter(project__in=told).order_by("pk"):
        told[number.project_id].numbers.append(
            Number(scheme=number.scheme, value=number.value, from_fiscal_year=number.from_fiscal_year,
                   until_fiscal_year=number.until_fiscal_year, current=number.current)
        )  # fmt: skip
    for partner in ProjectPartner.objects.filter(project__in=told).order_by("organisation_id"):
        told[partner.project_id].members["partners"].append(partner.organisation_id)
    for project, person in Role.objects.filter(
        role="pm", scope_kind="project", scope_id__in=told, superseded_at__isnull=True
    ).values_list("scope_id", "person_id"):
        told[project].leaders.add(person)
    return by_key, told


def members_of(project_id: str) -> dict[str, Any] | None:
    """The members of a project as they stand in its row – its own, not what is in force. Cost: 2 statements."""
    row = Project.objects.filter(pk=project_id).first()
    if row is None:
        return None
    partners = ProjectPartner.objects.filter(project_id=project_id).order_by("organisation_id")
    return {**_members(row), "partners": [one.organisation_id for one in partners]}


def _members(row: Project) -> dict[str, Any]:
    return {
        "title": row.title, "organisation": row.organisation_id, "programme": row.programme_id, "call": row.call_id,
        "review": row.review, "starts_on": row.starts_on, "ends_on": row.ends_on, "profile": row.profile, "contract": row.contract,
        "field": row.field, "countries": list(row.countries), "partners": [],
    }  # fmt: skip
