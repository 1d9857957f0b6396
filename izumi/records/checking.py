"""What the rules of the profiles have to say about a draft, with the facts about its record that they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.people.types import OrganisationCard, PersonCard, ProjectCard
from izumi.profiles import queries as profiles
from izumi.profiles.types import Context, Known, OrganisationFacts, PersonFacts, ProjectFacts, SiteFacts
from izumi.records.form import value_at
from izumi.records.models import Record, RecordProject
from izumi.records.types import PROFILES, Document

FUNDED_BY = frozenset({"JGN", "e-Rad", "KAKENHI", "funder"})
"""Schemes of project numbers that stand for a public call (公募型の研究資金)."""


def context_for(record: Record, projects: Mapping[str, ProjectCard]) -> Context:
    """Facts for the rules: day, kind, whether a funded project stands behind it, data numbers used there, files.

    Cost: at most 1 statement.
    """
    known = list(projects)
    numbers = [n for card in projects.values() for n in card.numbers]
    return Context(
        today=clock.today(), kind=record.kind, publicly_funded=any(n.scheme in FUNDED_BY for n in numbers),
        project_numbers=frozenset({n.value for n in numbers} | {c.grant_number for c in projects.values()} - {""}),
        data_numbers_in_project=_data_numbers(record.id, known),
        project_starts_on=min((c.starts_on for c in projects.values() if c.starts_on), default=None),
        project_ends_on=max((c.ends_on for c in projects.values() if c.ends_on), default=None),
        files_count=record.files, files_bytes=record.size_bytes,
    )  # fmt: skip


def _data_numbers(record_id: str, projects: list[str]) -> frozenset[str]:
    """Data numbers of the projects' other records; a narrow column, no document is loaded."""
    if not projects:
        return frozenset()
    others = RecordProject.objects.filter(project__in=projects).exclude(record_id=record_id)
    found = others.exclude(record__data_number="").values_list("record__data_number", flat=True)
    return frozenset(found[:5000])


def in_force(record: Record) -> tuple[str, ...]:
    """The packs in force for a record: the common items, and what its projects, plan or people set; gone ones are left out."""
    known = {pack.name for pack in profiles.packs()} if record.profiles else set()
    return tuple(dict.fromkeys((*PROFILES, *(name for name in record.profiles if name in known))))


def findings(document: Document, record: Record, projects: Mapping[str, ProjectCard], *, step: str) -> tuple[Finding, ...]:
    """All findings for ``save``, ``submit`` or ``publish``; once published, the record's own access statement counts."""
    if record.latest and "access" not in document:
        document = {**document, "access": record.access}
    known, packs = context_for(record, projects), in_force(record)
    if step != "save":  # a save happens at every pause of typing
        known = replace(known, lookups=_looked_up(document, packs))
    return (*profiles.findings(document, step=step, profiles=packs, context=known), *_over_plan(record))


def lacking(document: Document, record: Record, projects: Mapping[str, ProjectCard]) -> list[str]:
    """Pointers of obligatory items that are missing or wrong, files aside: what lists and dashboards count. Cost: 1 statement."""
    if record.latest and "access" not in document:
        document = {**document, "access": record.access}
    context = replace(context_for(record, projects), files_count=None, files_bytes=None)
    found = profiles.findings(document, step="publish", profiles=in_force(record), context=context)
    return sorted({finding.pointer for finding in found if finding.blocks})


TOLERANCE = 1.1
"""So much more than planned is still as planned."""


def _over_plan(record: Record) -> tuple[Finding, ...]:
    """A warning when more is stored than the plans foresee; the limit is a promise, not a wall."""
    planned = record.quota_bytes
    if planned is None or record.size_bytes <= planned * TOLERANCE:
        return ()
    more = record.size_bytes - planned
    return (
        Finding(
            rule="size-over-plan", severity=Severity.WARNING, pointer="/size",
            message=both(f"計画より {more:,} バイト多く保存されています。", f"{more:,} bytes more than planned are stored."),
            source="izumi-plan", fix=both("不要なファイルを除くか、理由を付けて計画を改訂してください。",
                                    "Remove what is not needed, or revise the plan and say why."),
        ),
    )  # fmt: skip


def _looked_up(document: Document, packs: tuple[str, ...]) -> dict[str, Any]:
    """Answers to what the packs want to know beside the document. Cost: 1 statement for each that is asked."""
    told: dict[str, Any] = {}
    for wanted in profiles.lookups(document, packs):
        if wanted.kind == "organisation":
            card = people.organisation_by_ror(wanted.key)
            if card is not None:
                told[wanted.name] = {"name": card.legal_name.as_json()}
    return told


def errors(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that block."""
    return tuple(f for f in found if f.blocks)


def prefilled(
    actor: Actor, record_id: str, organisation: str, projects: Iterable[str], given: Document
) -> tuple[Document, dict[str, Any]]:
    """What is known before anybody types, around what was given: a start of the document, and where each value that was
    not given came from. Item by item, so that an access class given alone keeps the class of the metadata. Cost: ≤ 6 statements.
    """
    person = people.own_card(actor, actor.person) if actor.person else None
    facts = replace(known_for(organisation, projects, person), record_id=record_id)
    start, sources = profiles.prefill(replace(facts, entry=given))
    own = {pointer for pointer in sources if value_at(given, pointer) is not None}
    return {**given, **start}, {pointer: text.as_json() for pointer, text in sources.items() if pointer not in own}


def known_for(organisation: str, projects: Iterable[str], person: PersonCard | None) -> Known:
    """What the site knows about a record of this organisation, these projects and this person before anybody types.

    A plan that opens many records asks once and adds the entry and the record's identifier. Cost: ≤ 6 statements.
    """
    own = people.organisations([organisation]).get(organisation)
    above = people.organisations([own.parent]).get(own.parent) if own and own.parent else None
    return Known(
        organisation=_organisation(above or own), department=_organisation(own) if above else None,
        person=_person(person) if person else None,
        projects=tuple(_project(card) for card in people.projects(list(projects)).values()),
        site=SiteFacts(name=settings.IZUMI_TITLE, url=settings.IZUMI_BASE_URL),
    )  # fmt: skip


def creators_of(person_id: str, organisation: str) -> tuple[list[Document], dict[str, str]]:
    """A person as the one entry of ``creators``, and the tag of where it comes from. Cost: 3 statements."""
    document, sources = profiles.prefill(known_for(organisation, (), people.card(person_id)))
    return document.get("creators") or [], sources["/creators"].as_json() if "/creators" in sources else {}


def _organisation(card: OrganisationCard | None) -> OrganisationFacts | None:
    return OrganisationFacts(name=card.legal_name, ror=card.ror) if card else None


def _person(card: PersonCard) -> PersonFacts:
    pairs = tuple((str(i["scheme"]), str(i["value"])) for i in card.identifiers if i.get("scheme") and i.get("value"))
    return PersonFacts(name=card.name.as_json(), identifiers=pairs, email=card.email)


def _project(card: ProjectCard) -> ProjectFacts:
    programme = people.programme(card.programme) if card.programme else None
    funder = programme.funder if programme else None
    return ProjectFacts(
        title=card.title, publicly_funded=any(n.scheme in FUNDED_BY for n in card.numbers),
        award_number=card.grant_number, erad_project_id=card.number("e-Rad") or "",
        programme=programme.title if programme else Text(), programme_code=programme.code if programme else "",
        funder_name=funder.legal_name if funder else Text(), funder_ror=funder.ror if funder else "",
        research_field=card.field, goal=programme.goal if programme else Text(),
        profiles=(card.profile,) if card.profile else (),
    )  # fmt: skip
