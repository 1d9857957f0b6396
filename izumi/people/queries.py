"""Reading people: actors with their audience keys, cards, public facts, look-ups by number."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from django.db import connection
from django.db.models import F, FilteredRelation, OuterRef, Prefetch, Q, Subquery
from django.utils.crypto import constant_time_compare, salted_hmac

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS, Actor
from izumi.kernel.days import Day, Instant, day_of
from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text
from izumi.people import rules
from izumi.people.models import Group, Organisation, Person, Programme, Project, ProjectNumber, Role, Token
from izumi.people.types import (
    GroupCard,
    Number,
    OrganisationCard,
    PersonCard,
    ProgrammeCard,
    ProjectCard,
    RoleCard,
    TokenCard,
)
from izumi.policy.types import Parties

SESSION_PERSON, SESSION_STAMP = "person", "stamp"


class SessionLike(Protocol):
    """What is needed of a session."""

    def get(self, key: str, default: Any = None) -> Any:
        """One value."""


# --- actors ----------------------------------------------------------------------------------------------------------


def actor_for(person_id: str, at: Instant | None = None, token_scopes: frozenset[str] | None = None) -> Actor:
    """The actor a person is at a moment, with expanded audience keys; anonymous when there is no such active person.

    Cost: 2 statements.
    """
    found = _whole(Q(pk=person_id), day_of(at or clock.now()))
    return _actor(found, token_scopes) if found else ANONYMOUS


def actor_for_token(raw: str) -> Actor | None:
    """The actor behind a token, narrowed to its scopes; ``None`` when it is unknown, revoked or expired (domain time).

    Cost: 3 statements.
    """
    digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now())
    token = Token.objects.filter(live, digest=digest, revoked_at__isnull=True).first()
    if token is None:
        return None
    found = _whole(Q(pk=token.person_id), clock.today())
    return _actor(found, frozenset(token.scopes), token.prefix) if found else None


def actor_of_session(session: SessionLike) -> tuple[Actor, PersonCard | None]:
    """Who is signed in, and their own card for the page's head; writes nothing. Cost: 2 statements and the session's."""
    person_id, stamp = session.get(SESSION_PERSON), session.get(SESSION_STAMP)
    if not isinstance(person_id, str) or not isinstance(stamp, str):
        return ANONYMOUS, None
    found = _whole(Q(pk=person_id), clock.today())
    if not found or not constant_time_compare(stamp, session_stamp(found[0])):
        return ANONYMOUS, None
    return _actor(found, None), _own_card(found[0])


def session_stamp(person: Person) -> str:
    """What a session must carry to stay valid: changes with the password and when all sessions are ended."""
    return salted_hmac("izumi.people.session", f"{person.password}:{person.session_epoch}", algorithm="sha256").hexdigest()


def _whole(which: Q, day: Day) -> list[Person]:
    """The person joined with each role valid on that day: one row per role, at least one."""
    valid = (
        Q(roles__superseded_at__isnull=True)
        & (Q(roles__from_day__isnull=True) | Q(roles__from_day__lte=day))
        & (Q(roles__until_day__isnull=True) | Q(roles__until_day__gte=day))
    )
    programme = Project.objects.filter(pk=OuterRef("held__scope_id")).values("programme_id")
    rows = Person.objects.filter(which, is_active=True).annotate(held=FilteredRelation("roles", condition=valid))
    return list(
        rows.select_related("organisation").annotate(
            held_role=F("held__role"), held_kind=F("held__scope_kind"), held_scope=F("held__scope_id"),
            held_programme=Subquery(programme),
        )
    )  # fmt: skip


def _actor(rows: list[Person], scopes: frozenset[str] | None, token: str = "") -> Actor:
    person = rows[0]
    places = [
        rules.Place(row.held_role, row.held_kind, row.held_scope, row.held_programme) for row in rows if row.held_role
    ]
    own = person.organisation_id
    if own and not any(p.role == "company" and p.scope_id == own for p in places):  # a company's people use data
        places.append(rules.Place("researcher", "org", own))
    above, below = _organisation_tree(
        {p.scope_id for p in places if p.scope_kind == "org"},
        {p.scope_id for p in places if p.role == "curator" and p.scope_kind == "org"},
    )
    keys = rules.audience_keys(person.pk, places, above, below)
    name = Text(person.name).one("ja") or person.username
    return Actor(kind="person", id=f"person:{person.pk}", keys=keys, name=name, scopes=scopes, token=token)


_TREE = """
WITH RECURSIVE
up(seed, id, parent) AS (
    SELECT id, id, parent_id FROM people_organisation WHERE id IN ({up})
    UNION SELECT up.seed, o.id, o.parent_id FROM people_organisation o JOIN up ON o.id = up.parent),
down(seed, id) AS (
    SELECT id, id FROM people_organisation WHERE id IN ({down})
    UNION SELECT down.seed, o.id FROM people_organisation o JOIN down ON o.parent_id = down.id)
SELECT 'up', seed, id FROM up UNION ALL SELECT 'down', seed, id FROM down
"""


def _organisation_tree(
    up: set[str], down: set[str]
) -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """For each seed the organisations above it (``up``) and below it (``down``), itself included. Cost: 1 statement."""
    found: dict[str, dict[str, set[str]]] = {"up": defaultdict(set), "down": defaultdict(set)}
    if up:
        places = [", ".join(["%s"] * len(seeds)) or "NULL" for seeds in (up, down)]
        with connection.cursor() as cursor:
            cursor.execute(_TREE.format(up=places[0], down=places[1]), [*sorted(up), *sorted(down)])
            for direction, seed, organisation_id in cursor.fetchall():
                found[direction][seed].add(organisation_id)
    above, below = ({seed: frozenset(ids) for seed, ids in told.items()} for told in found.values())
    return above, below


# --- cards -----------------------------------------------------------------------------------------------------------


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
    return _own_card(row) if actor.person == person_id or rules.may_administer(actor) else _card(row)


def _card(row: Person) -> PersonCard:
    return PersonCard(
        id=row.pk, name=Text(row.name) or Text({"ja": row.username}), identifiers=tuple(row.identifiers),
        organisation=_organisation(row.organisation) if row.organisation else None,
    )  # fmt: skip


def _own_card(row: Person) -> PersonCard:
    return replace(_card(row), username=row.username, email=row.email, language=row.language)


def _organisation(row: Organisation) -> OrganisationCard:
    return OrganisationCard(
        id=row.pk, legal_name=Text(row.legal_name), ror=row.ror, kind=row.kind, parent=row.parent_id, review=row.review
    )


def organisation(organisation_id: str) -> OrganisationCard:
    """One organisation. Raises ``NotThere``. Cost: 1 statement."""
    row = Organisation.objects.filter(pk=organisation_id).first()
    if row is None:
        raise NotThere("organisation", organisation_id)
    return _organisation(row)


def organisations(organisation_ids: Iterable[str]) -> dict[str, OrganisationCard]:
    """Organisations by id; unknown ones are absent. Cost: 1 statement."""
    return {row.pk: _organisation(row) for row in Organisation.objects.filter(pk__in=set(organisation_ids))}


def organisation_by_ror(ror: str) -> OrganisationCard | None:
    """The organisation with a ROR in any of its forms, or None. Cost: 1 statement."""
    row = Organisation.objects.filter(ror=rules.ror_address(ror) or "-").first()
    return _organisation(row) if row else None


def cards_of(rows: Any) -> list[PersonCard]:
    """Public cards of person rows."""
    return [_card(row) for row in rows]


def organisation_cards(rows: Any) -> list[OrganisationCard]:
    """Cards of organisation rows."""
    return [_organisation(row) for row in rows]


def programme_cards(rows: Any) -> list[ProgrammeCard]:
    """Cards of programme rows (with their funders)."""
    return [_programme(row) for row in rows]


def project_cards(rows: Any) -> list[ProjectCard]:
    """Cards of project rows with their numbers. Cost: 2 statements."""
    numbers = Prefetch("numbers", ProjectNumber.objects.order_by("-current", "scheme", "value"))
    return [_project(row) for row in rows.select_related("organisation").prefetch_related(numbers)]


def _project(row: Project) -> ProjectCard:
    return ProjectCard(
        id=row.pk,
        title=Text(row.title),
        organisation=row.organisation_id,
        programme=row.programme_id,
        review=row.review or row.organisation.review,
        numbers=tuple(
            Number(
                scheme=n.scheme, value=n.value, from_fiscal_year=n.from_fiscal_year,
                until_fiscal_year=n.until_fiscal_year, current=n.current,
            )
            for n in row.numbers.all()
        ),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )  # fmt: skip


def project(project_id: str) -> ProjectCard:
    """One project with its numbers. Raises ``NotThere``. Cost: 2 statements."""
    found = projects([project_id])
    if project_id not in found:
        raise NotThere("project", project_id)
    return found[project_id]


def projects(project_ids: Iterable[str]) -> dict[str, ProjectCard]:
    """Projects by id; unknown ones are absent. Cost: 2 statements."""
    return {found.id: found for found in project_cards(Project.objects.filter(pk__in=set(project_ids)))}


def project_titles(project_ids: Iterable[str]) -> dict[str, Text]:
    """Titles by project. Cost: 1 statement."""
    return {key: Text(title) for key, title in Project.objects.filter(pk__in=set(project_ids)).values_list("pk", "title")}


def projects_of(actor: Actor) -> list[ProjectCard]:
    """The projects in which the actor takes part, newest first. Cost: 2 statements."""
    ids = {key.removeprefix("project:") for key in actor.keys if key.startswith("project:")}
    return project_cards(Project.objects.filter(pk__in=ids).order_by("-starts_on", "pk")) if ids else []


def projects_by_number(number: str) -> list[ProjectCard]:
    """Projects that have this number in any form (NFKC, case, hyphens, spaces, ``JP``). Cost: 2 statements."""
    key = rules.number_key(number)
    return project_cards(Project.objects.filter(numbers__key=key).distinct().order_by("pk")) if key else []


def programme(programme_id: str) -> ProgrammeCard:
    """One programme. Raises ``NotThere``. Cost: 1 statement."""
    row = Programme.objects.filter(pk=programme_id).select_related("funder").first()
    if row is None:
        raise NotThere("programme", programme_id)
    return _programme(row)


def _programme(row: Programme) -> ProgrammeCard:
    funder = _organisation(row.funder) if row.funder else None
    return ProgrammeCard(id=row.pk, title=Text(row.title), code=row.code, funder=funder)


def public_facts(ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The public facts of persons, organisations, projects, programmes and groups by id, for ``context.json``.

    Each has ``type`` beside its card; unknown ids are absent. Cost: 6 statements, any number of ids.
    """
    wanted = set(ids)
    found: dict[str, dict[str, Any]] = {}
    groups = [GroupCard(id=row.pk, name=Text(row.name)) for row in Group.objects.filter(pk__in=wanted)]
    programmes = programme_cards(Programme.objects.filter(pk__in=wanted).select_related("funder"))
    for kind, told in (
        ("person", cards(wanted).values()),
        ("organisation", organisations(wanted).values()),
        ("project", projects(wanted).values()),
        ("programme", programmes),
        ("group", groups),
    ):
        for one in told:
            found[one.id] = {"type": kind, **one.as_json()}
    return found


def parties(owner: str, organisation_id: str, project_ids: Iterable[str]) -> Parties:
    """Who stands behind a record of this owner (a bare person id or ``person:ID``). Cost: 1 statement."""
    ids = tuple(project_ids)
    funded = Project.objects.filter(pk__in=ids, programme__isnull=False)
    programmes = sorted(set(funded.values_list("programme_id", flat=True))) if ids else []
    key = owner if not owner or owner.startswith("person:") else f"person:{owner}"
    return Parties(key, f"org:{organisation_id.removeprefix('org:')}", ids, tuple(programmes))


def review_of(organisation_id: str, project_ids: Iterable[str]) -> str:
    """``curator`` when a review is due: by any of the projects, else – without projects – by the organisation.

    Cost: 1 or 3 statements.
    """
    found = projects(project_ids).values()
    if found:
        return "curator" if any(one.review == "curator" for one in found) else "none"
    return organisation(organisation_id).review


def primary_organisation(actor: Actor) -> str | None:
    """The organisation that owns what the actor creates outside a project. Cost: 1 statement."""
    person = actor.person
    return Person.objects.filter(pk=person).values_list("organisation_id", flat=True).first() if person else None


# --- roles and tokens ------------------------------------------------------------------------------------------------


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


def group(group_id: str) -> GroupCard:
    """One group. Raises ``NotThere``. Cost: 1 statement."""
    row = Group.objects.filter(pk=group_id).first()
    if row is None:
        raise NotThere("group", group_id)
    return GroupCard(id=row.pk, name=Text(row.name))


def person_id_of(username: str) -> str:
    """The identifier behind a user name, or an empty string. Cost: 1 statement."""
    return Person.objects.filter(username=rules.folded(username)).values_list("pk", flat=True).first() or ""
