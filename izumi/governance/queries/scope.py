"""Of what a report is asked, by whom, and whether that is granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from izumi.governance import rules
from izumi.kernel.actors import Actor
from izumi.kernel.errors import Refused, SignInNeeded
from izumi.kernel.ids import parse_id
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.people.types import ProgrammeCard, ProjectCard, RoundCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a report is of."""

    kind: str
    """``project``, ``programme`` or ``organisation``."""
    id: str
    title: Text
    projects: dict[str, ProjectCard]
    programmes: dict[str, ProgrammeCard]
    organisations: tuple[str, ...] = ()
    """The organisation asked for and its departments."""
    partial: bool = False


def scope_for(
    actor: Actor, *, project: str | None, programme: str | None, organisation: str | None, round_: RoundCard | None
) -> Scope:
    """What is asked for, when the actor may ask. Cost: at most 5 statements.

    Raises ``NotThere`` for what does not exist, 401 or 403 (``report.refused``) – what is not granted is refused.
    """
    given = [one for one in (project, programme, organisation) if one]
    if len(given) > 1 or (not given and round_ is None):
        raise rules.fault(
            "report-scope", "/project", "project、programme、organisation のどれか 1 つを指定してください（round だけなら、その制度の全体です）。",
            "Name one of project, programme and organisation (a round alone means its whole programme).",
        )  # fmt: skip
    if project:
        return _project(actor, parse_id(project, "project"), round_)
    if organisation:
        return _organisation(actor, parse_id(organisation, "organisation"))
    return _programme(actor, parse_id(programme, "programme") if programme else round_.programme if round_ else "", round_)


def refuse(actor: Actor) -> NoReturn:
    """Sign in, or not at all."""
    if actor.is_anonymous:
        raise SignInNeeded
    raise Refused(None, "report.refused")


def _project(actor: Actor, key: str, round_: RoundCard | None) -> Scope:
    card = people.project(key)
    if not rules.may_ask_of_project(actor, card):
        refuse(actor)
    if round_ is not None and round_.programme != card.programme:
        raise rules.fault(
            "round-of-other-programme", "/round", "この報告は、別の制度のものです。", "This round belongs to another programme.",
        )  # fmt: skip
    return Scope(
        kind="project", id=key, title=card.title, projects={key: card}, programmes=_programmes([card]),
        partial=not rules.sees_project_whole(actor, card),
    )  # fmt: skip


def _programme(actor: Actor, key: str, round_: RoundCard | None) -> Scope:
    card = people.programme(key)
    if not rules.may_ask_of_programme(actor, key):
        refuse(actor)
    if round_ is not None and round_.programme != key:
        raise rules.fault(
            "round-of-other-programme", "/round", "この報告は、別の制度のものです。", "This round belongs to another programme.",
        )  # fmt: skip
    projects = {one.id: one for one in people.projects_of_programme(key)}
    return Scope(kind="programme", id=key, title=card.title, projects=projects, programmes={key: card})


def _organisation(actor: Actor, key: str) -> Scope:
    card = people.organisation(key)
    if not rules.may_ask_of_organisation(actor, key):
        refuse(actor)
    projects = {one.id: one for one in people.projects_of_organisation(key)}
    return Scope(
        kind="organisation", id=key, title=card.legal_name, projects=projects, programmes=_programmes(projects.values()),
        organisations=tuple(people.organisations_below(key)),
    )  # fmt: skip


def _programmes(cards: Iterable[ProjectCard]) -> dict[str, ProgrammeCard]:
    wanted = {card.programme for card in cards if card.programme}
    return people.programmes(wanted) if wanted else {}
