"""Persons as the command line names them: by identifier, user name or e-mail."""

from __future__ import annotations

from izumi.kernel.actors import Actor
from izumi.kernel.errors import NotThere


def person_named(account: str) -> str:
    """The id of a person given by id, user name or e-mail. Raises ``NotThere``."""
    from django.contrib.auth import get_user_model
    from django.db.models import Q

    people = get_user_model().objects
    row = people.filter(Q(pk=account) | Q(username__iexact=account) | Q(email__iexact=account)).only("pk").first()
    if row is None or not account:
        raise NotThere("person", account)
    return str(row.pk)


def actor_named(account: str) -> Actor:
    """The actor that a person is now, exactly as after signing in. Raises ``NotThere``."""
    from izumi.people import queries

    return queries.actor_for(person_named(account))
