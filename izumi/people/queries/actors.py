"""Who acts: persons with their audience keys, by id, token or session."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from django.db import connection
from django.db.models import Count, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare, salted_hmac

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS, Actor
from izumi.kernel.days import Day, Instant, day_of
from izumi.kernel.text import Text
from izumi.people import rules
from izumi.people.models import NoticeRow, Person, Project, Token
from izumi.people.queries.cards import card_of_oneself
from izumi.people.types import PersonCard

SESSION_PERSON, SESSION_STAMP = "person", "stamp"


class SessionLike(Protocol):
    """What is needed of a session."""

    def get(self, key: str, default: Any = None) -> Any:
        """One value."""


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
    found = _whole(Q(pk=person_id), clock.today(), unread=Coalesce(Subquery(_UNREAD), 0))
    if not found or not constant_time_compare(stamp, session_stamp(found[0])):
        return ANONYMOUS, None
    return _actor(found, None), replace(card_of_oneself(found[0]), unread=found[0].unread)  # type: ignore[attr-defined]


_UNREAD = (
    NoticeRow.objects.filter(person=OuterRef("pk"), read_at=None).order_by().values("person").annotate(n=Count("pk")).values("n")
)
"""How many notices a person has not read, within the statement that is asked anyway."""


def session_stamp(person: Person) -> str:
    """What a session must carry to stay valid: changes with the password and when all sessions are ended."""
    return salted_hmac("izumi.people.session", f"{person.password}:{person.session_epoch}", algorithm="sha256").hexdigest()


def _whole(which: Q, day: Day, **further: Coalesce) -> list[Person]:
    """The person joined with each role valid on that day: one row per role, at least one; ``further`` columns beside."""
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
            held_programme=Subquery(programme), **further,
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


def organisations_above(seeds: set[str]) -> dict[str, frozenset[str]]:
    """For each organisation itself and those it belongs to. Cost: 1 statement, or none."""
    above, _ = _organisation_tree(seeds, set())
    return dict(above)


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


def organisations_below(organisation_id: str) -> list[str]:
    """An organisation and the ones that belong to it, departments of departments too; in a stable order. Cost: 1 statement."""
    _, below = _organisation_tree({organisation_id}, {organisation_id})
    return sorted(below.get(organisation_id, {organisation_id}))
