"""Cards of persons, organisations and groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text
from izumi.people import rules
from izumi.people.models import Group, Organisation, Person
from izumi.people.types import GroupCard, OrganisationCard, PersonCard


def card(person_id: str) -> PersonCard:
    """The public card of a person. Raises ``NotThere``. Cost: 1 statement."""
    found = cards([person_id])
    if person_id not in found:
        raise NotThere("person", person_id)
    return found[person_id]


def cards(person_ids: Iterable[str]) -> dict[str, PersonCard]:
    """Public cards by person; unknown ones are absent. Cost: 1 statement."""
    rows = Person.objects.filter(pk__in=set(person_ids)).select_related("organisation")
    return {row.pk: _card(row) for row in rows}


def own_card(actor: Actor, person_id: str) -> PersonCard:
    """The full card for the person and for administrators, else the public one. Raises ``NotThere``. Cost: 1 statement."""
    row = Person.objects.filter(pk=person_id).select_related("organisation").first()
    if row is None:
        raise NotThere("person", person_id)
    return card_of_oneself(row) if actor.person == person_id or rules.may_administer(actor) else _card(row)


def _card(row: Person) -> PersonCard:
    return PersonCard(
        id=row.pk, name=Text(row.name) or Text({"ja": row.username}), identifiers=tuple(row.identifiers),
        organisation=organisation_card(row.organisation) if row.organisation else None,
    )  # fmt: skip


def card_of_oneself(row: Person) -> PersonCard:
    """The full card of a person row, for the person and for administrators."""
    return replace(_card(row), username=row.username, email=row.email, language=row.language)


def organisation_card(row: Organisation) -> OrganisationCard:
    """An organisation row as others see it."""
    return OrganisationCard(
        id=row.pk, legal_name=Text(row.legal_name), ror=row.ror, kind=row.kind, parent=row.parent_id, review=row.review
    )


def organisation(organisation_id: str) -> OrganisationCard:
    """One organisation. Raises ``NotThere``. Cost: 1 statement."""
    row = Organisation.objects.filter(pk=organisation_id).first()
    if row is None:
        raise NotThere("organisation", organisation_id)
    return organisation_card(row)


def organisations(organisation_ids: Iterable[str]) -> dict[str, OrganisationCard]:
    """Organisations by id; unknown ones are absent. Cost: 1 statement."""
    return {row.pk: organisation_card(row) for row in Organisation.objects.filter(pk__in=set(organisation_ids))}


def organisation_by_ror(ror: str) -> OrganisationCard | None:
    """The organisation with a ROR in any of its forms, or None. Cost: 1 statement."""
    row = Organisation.objects.filter(ror=rules.ror_address(ror) or "-").first()
    return organisation_card(row) if row else None


def cards_of(rows: Any) -> list[PersonCard]:
    """Public cards of person rows."""
    return [_card(row) for row in rows]


def organisation_cards(rows: Any) -> list[OrganisationCard]:
    """Cards of organisation rows."""
    return [organisation_card(row) for row in rows]


def group(group_id: str) -> GroupCard:
    """One group. Raises ``NotThere``. Cost: 1 statement."""
    row = Group.objects.filter(pk=group_id).first()
    if row is None:
        raise NotThere("group", group_id)
    return GroupCard(id=row.pk, name=Text(row.name))


def person_id_of(username: str) -> str:
    """The identifier behind a user name, or an empty string. Cost: 1 statement."""
    return Person.objects.filter(username=rules.folded(username)).values_list("pk", flat=True).first() or ""


def primary_organisation(actor: Actor) -> str | None:
    """The organisation that owns what the actor creates outside a project. Cost: 1 statement."""
    person = actor.person
    return Person.objects.filter(pk=person).values_list("organisation_id", flat=True).first() if person else None
