"""Public facts by id, who stands behind a record, and whether it is reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from izumi.kernel.text import Text
from izumi.people.models import Call, Group, Programme, Project
from izumi.people.queries.calls import call_card
from izumi.people.queries.cards import cards, organisation, organisations
from izumi.people.queries.projects import programme_cards, projects
from izumi.people.types import GroupCard
from izumi.policy.types import Parties


def public_facts(ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The public facts of persons, organisations, projects, programmes, calls and groups by id, for ``context.json``.

    Each has ``type`` beside its card; unknown ids are absent. The calls and partners of the projects come along.
    Cost: 7 statements, any number of ids.
    """
    wanted = set(ids)
    found: dict[str, dict[str, Any]] = {}
    groups = [GroupCard(id=row.pk, name=Text(row.name)) for row in Group.objects.filter(pk__in=wanted)]
    programmes = programme_cards(Programme.objects.filter(pk__in=wanted))
    theirs = projects(wanted)
    calls = Call.objects.filter(pk__in=wanted | {one.call for one in theirs.values() if one.call})
    partners = {partner for one in theirs.values() for partner in one.partners}
    for kind, told in (
        ("person", cards(wanted).values()),
        ("organisation", organisations(wanted | partners).values()),
        ("project", theirs.values()),
        ("programme", programmes),
        ("call", [call_card(row) for row in calls]),
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
