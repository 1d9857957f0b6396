"""Projects with their numbers and partners, programmes, and what a plan of a project must be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, CharField, IntegerField, Q, QuerySet, Value

from izumi.kernel.actors import Actor
from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text
from izumi.people import rules
from izumi.people.models import Programme, Project, ProjectNumber, ProjectPartner
from izumi.people.queries.calls import call_card
from izumi.people.queries.cards import organisation_card
from izumi.people.types import Number, PlanTerms, ProgrammeCard, ProjectCard

_NOTHING = Value(None, output_field=IntegerField())
_NO = Value(False, output_field=BooleanField())
_PARTNER = Value("", output_field=CharField())


def project(project_id: str) -> ProjectCard:
    """One project with its numbers. Raises ``NotThere``. Cost: 2 statements."""
    found = projects([project_id])
    if project_id not in found:
        raise NotThere("project", project_id)
    return found[project_id]


def projects(project_ids: Iterable[str]) -> dict[str, ProjectCard]:
    """Projects by id; unknown ones are absent. Cost: 2 statements."""
    return {found.id: found for found in project_cards(Project.objects.filter(pk__in=set(project_ids)))}


def project_cards(rows: Any) -> list[ProjectCard]:
    """Cards of project rows with their numbers and partners. Cost: 2 statements."""
    found = list(rows.select_related("organisation", "call", "programme"))
    return _cards(found)


def _cards(found: list[Project]) -> list[ProjectCard]:
    numbers, partners = _attached([row.pk for row in found])
    return [_project(row, numbers[row.pk], partners[row.pk]) for row in found]


def _attached(keys: list[str]) -> tuple[dict[str, list[Number]], dict[str, list[str]]]:
    """Numbers (current ones first) and partners by project. Cost: 1 statement for both."""
    numbers: dict[str, list[Number]] = defaultdict(list)
    partners: dict[str, list[str]] = defaultdict(list)
    if not keys:
        return numbers, partners
    told = ProjectNumber.objects.filter(project__in=keys).values_list(
        "project_id", "scheme", "value", "from_fiscal_year", "until_fiscal_year", "current"
    )
    beside = ProjectPartner.objects.filter(project__in=keys).values_list(
        "project_id", _PARTNER, "organisation_id", _NOTHING, _NOTHING, _NO
    )
    for key, scheme, value, since, until, current in sorted(told.union(beside, all=True), key=_current_first):
        if scheme:
            numbers[key].append(Number(scheme=scheme, value=value, from_fiscal_year=since, until_fiscal_year=until, current=bool(current)))
        else:
            partners[key].append(value)
    return numbers, partners


def _current_first(row: tuple[Any, ...]) -> tuple[bool, str, str]:
    return not row[5], row[1], row[2]


def _project(row: Project, numbers: list[Number], partners: list[str]) -> ProjectCard:
    above = [one.profile for one in (row.call, row.programme) if one is not None]
    return ProjectCard(
        id=row.pk, title=Text(row.title), organisation=row.organisation_id, programme=row.programme_id,
        review=row.review or row.organisation.review, numbers=tuple(numbers), starts_on=row.starts_on, ends_on=row.ends_on,
        call=row.call_id, profile=next(filter(None, [row.profile, *above]), ""), contract=row.contract, field=row.field,
        countries=tuple(row.countries), partners=tuple(partners), no_plan_why=row.no_plan_why,
    )  # fmt: skip


def project_titles(project_ids: Iterable[str]) -> dict[str, Text]:
    """Titles by project. Cost: 1 statement."""
    return {key: Text(title) for key, title in Project.objects.filter(pk__in=set(project_ids)).values_list("pk", "title")}


def projects_of(actor: Actor) -> list[ProjectCard]:
    """The projects in which the actor takes part, newest first. Cost: 2 statements."""
    ids = {key.removeprefix("project:") for key in actor.keys if key.startswith("project:")}
    return project_cards(Project.objects.filter(pk__in=ids).order_by("-starts_on", "pk")) if ids else []


def projects_of_programme(programme_id: str) -> list[ProjectCard]:
    """The projects of a programme, newest first. Cost: 2 statements."""
    return project_cards(Project.objects.filter(programme_id=programme_id).order_by("-starts_on", "pk"))


def projects_of_organisation(organisation_id: str) -> list[ProjectCard]:
    """The projects that an organisation leads or is a partner of, newest first. Cost: 2 statements."""
    partner_in = ProjectPartner.objects.filter(organisation_id=organisation_id).values("project_id")
    rows = Project.objects.filter(organisation_id=organisation_id) | Project.objects.filter(pk__in=partner_in)
    return project_cards(rows.order_by("-starts_on", "pk"))


def project_ids(*, programmes: Iterable[str] = (), organisations: Iterable[str] = ()) -> QuerySet[Project, str]:
    """The identifiers of the projects of these programmes, and of those that these organisations lead, as part of a
    statement of another room. Cost: none of its own.
    """
    within = Q(programme_id__in=list(programmes)) | Q(organisation_id__in=list(organisations))
    return Project.objects.filter(within).values_list("pk", flat=True)


def projects_by_number(number: str) -> list[ProjectCard]:
    """Projects that have this number in any form (NFKC, case, hyphens, spaces, ``JP``, addresses). Cost: 2 statements."""
    key = rules.number_key(number)
    return project_cards(Project.objects.filter(numbers__key=key).distinct().order_by("pk")) if key else []


def may_know_no_plan(actor: Actor, card: ProjectCard) -> bool:
    """Whether the actor may read why a project needs no plan: those inside, its curators, its funder, administrators."""
    inside = {f"project:{card.id}", f"role:curator@org:{card.organisation}"}
    if card.programme:
        inside.add(f"role:funder@programme:{card.programme}")
    return bool(actor.keys & inside) or bool(rules.may_administer(actor))


def plan_terms(project_id: str) -> PlanTerms:
    """What a plan of this project must be and who adopts it. Raises ``NotThere``. Cost: 2 statements."""
    rows = Project.objects.filter(pk=project_id).select_related("organisation", "call", "programme__funder")
    found = list(rows)
    if not found:
        raise NotThere("project", project_id)
    row, card = found[0], _cards(found)[0]
    call = call_card(row.call) if row.call else None
    programme = _programme(row.programme) if row.programme else None
    asked = call.chain if call is not None and call.chain is not None else programme.chain if programme else ()
    forms = [one.plan_form for one in (call, programme) if one is not None]
    return PlanTerms(
        project=card, call=call, programme=programme, chain=asked, profile=card.profile,
        plan_form=next(filter(None, forms), "common"),
    )  # fmt: skip


def programme(programme_id: str) -> ProgrammeCard:
    """One programme. Raises ``NotThere``. Cost: 1 statement."""
    row = Programme.objects.filter(pk=programme_id).select_related("funder").first()
    if row is None:
        raise NotThere("programme", programme_id)
    return _programme(row)


def programmes(programme_ids: Iterable[str]) -> dict[str, ProgrammeCard]:
    """Programmes by id; unknown ones are absent. Cost: 1 statement."""
    return {one.id: one for one in programme_cards(Programme.objects.filter(pk__in=set(programme_ids)))}


def programme_cards(rows: Any) -> list[ProgrammeCard]:
    """Cards of programme rows with their funders. Cost: 1 statement."""
    return [_programme(row) for row in rows.select_related("funder")]


def _programme(row: Programme) -> ProgrammeCard:
    return ProgrammeCard(
        id=row.pk, title=Text(row.title), code=row.code, funder=organisation_card(row.funder) if row.funder else None,
        chain=tuple(row.chain), profile=row.profile, plan_form=row.plan_form, goal=Text(row.goal),
    )  # fmt: skip
