"""Who holds an audience key: the way back from a rule to the people it is about. Unfiltered, for those who write to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Q

from izumi.kernel.days import Day
from izumi.people.models import Person, Role
from izumi.people.queries.actors import organisations_above


def holders(keys: Iterable[str], *, on: Day) -> dict[str, tuple[str, ...]]:
    """By key the persons with an account who hold it on that day, in the order in which they came to it.

    Understood are ``person:ID``, ``role:curator@org:ID`` (of it or of an organisation above it), ``role:pm@project:ID``,
    ``role:funder@programme:ID``, ``role:admin@site`` and ``project:ID`` (its members); nobody holds any other.
    Cost: 3 statements, any number of keys.
    """
    wanted = list(dict.fromkeys(keys))
    above = organisations_above({key.rpartition(":")[2] for key in wanted if key.startswith("role:curator@org:")})
    places = {key: set(_places(key, above)) for key in wanted}
    held = _held({place for told in places.values() for place in told}, on)
    named = {key.removeprefix("person:") for key in wanted if key.startswith("person:")}
    known = set(Person.objects.filter(pk__in=named | {person for person, _ in held}, is_active=True).values_list("pk", flat=True))
    return {
        key: tuple(dict.fromkeys(person for person in _of(key, places[key], held) if person in known)) for key in wanted
    }


Place = tuple[str, str, str]
"""(role, kind of scope, scope)."""


def _places(key: str, above: dict[str, frozenset[str]]) -> Iterator[Place]:
    role, _, scope = key.removeprefix("role:").partition("@") if key.startswith("role:") else ("", "", key)
    kind, _, name = scope.partition(":")
    if role == "curator" and kind == "org":
        yield from (("curator", "org", one) for one in above.get(name, frozenset({name})))
    elif role:
        yield (role, kind, name)
    elif kind == "project":
        yield from (("member", "project", name), ("pm", "project", name))


def _held(places: set[Place], on: Day) -> list[tuple[str, Place]]:
    """Cost: 1 statement, or none."""
    if not places:
        return []
    asked = Q()
    for role, kind, scope in places:
        asked |= Q(role=role, scope_kind=kind, scope_id=scope)
    valid = Q(from_day=None) | Q(from_day__lte=on), Q(until_day=None) | Q(until_day__gte=on)
    rows = Role.objects.filter(asked, *valid, superseded_at=None).order_by("pk")
    return [(person, (role, kind, scope)) for person, role, kind, scope in rows.values_list("person_id", "role", "scope_kind", "scope_id")]


def _of(key: str, places: set[Place], held: list[tuple[str, Place]]) -> Iterator[str]:
    if key.startswith("person:"):
        yield key.removeprefix("person:")
    yield from (person for person, place in held if place in places)
