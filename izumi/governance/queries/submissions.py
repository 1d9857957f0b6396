"""What was handed in, what is due, and who may read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from izumi.governance import rules
from izumi.governance.models import Submission
from izumi.governance.types import DueLine, Standing, SubmissionLine, SubmissionView
from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.errors import NotThere, Refused, SignInNeeded
from izumi.kernel.ids import parse_id
from izumi.people import queries as people
from izumi.people.types import ProjectCard, RoundCard


def submission(actor: Actor, submission_id: str) -> SubmissionView:
    """A submission with its frozen copy, for the project's PM, the programme's funder, administrators. Cost: 4 statements.

    For everybody else there is none: the copy holds records that only these may see.
    """
    row = Submission.objects.filter(pk=parse_id(submission_id, "submission")).first()
    card = people.projects([row.project_id]).get(row.project_id) if row is not None else None
    if row is None or card is None or not rules.sees_project_whole(actor, card):
        raise NotThere("submission", submission_id)
    line = _line(actor, row, card)
    told = {name: getattr(line, name) for name in SubmissionLine.__slots__}
    return SubmissionView(**told, frozen=row.frozen, round_card=people.round_(row.round_id), project_card=card)


def submissions(actor: Actor, *, round: str | None = None, project: str | None = None) -> list[SubmissionLine]:
    """What was handed in for a round, or by a project, newest first; only what this actor may read. Cost: 4 statements.

    Raises ``NotThere`` for an unknown round or project, 401 for nobody, 403 for who may read no submission of the round at all.
    """
    if actor.is_anonymous:
        raise SignInNeeded
    rows = Submission.objects.defer("frozen").order_by("-submitted_at", "-pk")
    card = people.round_(parse_id(round, "round")) if round else None
    if card is not None:
        rows = rows.filter(round_id=card.id)
    if project:
        rows = rows.filter(project_id=people.project(parse_id(project, "project")).id)
    found = list(rows)
    cards = people.projects({row.project_id for row in found})
    seen = [row for row in found if rules.sees_project_whole(actor, cards[row.project_id])]
    if not seen and card is not None and not _has_part(actor, card):
        raise Refused(None, "report.refused")
    return [_line(actor, row, cards[row.project_id]) for row in seen]


def _has_part(actor: Actor, card: RoundCard) -> bool:
    return rules.may_ask_of_programme(actor, card.programme) or actor.holds(f"programme:{card.programme}")


def _line(actor: Actor, row: Submission, card: ProjectCard) -> SubmissionLine:
    waiting = row.state == Standing.SUBMITTED
    decides = waiting and card.programme is not None and rules.may_decide(actor, card.programme)
    return SubmissionLine(
        id=row.pk, round=row.round_id, project=row.project_id, report=row.report, as_of=row.as_of, state=row.state, late=row.late,
        digest=row.digest, counts=row.counts, submitted_by=row.submitted_by, submitted_at=row.submitted_at, why=row.why,
        decided_by=row.decided_by, decided_at=row.decided_at, replaces=row.replaces_id,
        can={"decide": decides, "submit_again": row.state == Standing.RETURNED and rules.may_submit(actor, card)},
    )  # fmt: skip


def due(actor: Actor, *, project: str | None = None) -> list[DueLine]:
    """What rounds ask of the projects that this actor leads, funds or takes part in, the next due first. Cost: ≤ 6 statements.

    Rounds whose fiscal year has not begun are left out. With ``project`` those of that project alone.
    """
    cards = [card for card in _own(actor, project) if card.programme and rules.may_ask_of_project(actor, card)]
    if not cards:
        return []
    today = clock.today()
    rounds = [one for one in people.rounds_of({card.programme for card in cards if card.programme}) if rules.has_begun(one, today)]
    newest = _newest({one.id for one in rounds}, {card.id for card in cards})
    return [
        _due(actor, one, card, newest.get((one.id, card.id)), today)
        for one in rounds for card in cards if card.programme == one.programme
    ]


def _own(actor: Actor, project: str | None) -> Iterable[ProjectCard]:
    if project:
        return [people.project(parse_id(project, "project"))]
    funded = {key.removeprefix("role:funder@programme:") for key in actor.keys if key.startswith("role:funder@programme:")}
    found = {card.id: card for card in people.projects_of(actor)}
    for programme in sorted(funded):
        found |= {card.id: card for card in people.projects_of_programme(programme)}
    return found.values()


def _newest(rounds: set[str], projects: set[str]) -> dict[tuple[str, str], dict[str, Any]]:
    rows = Submission.objects.filter(round_id__in=rounds, project_id__in=projects).order_by("submitted_at", "pk")
    return {(row["round_id"], row["project_id"]): row for row in rows.values("pk", "round_id", "project_id", "state", "late")}


def _due(actor: Actor, round_: RoundCard, card: ProjectCard, row: dict[str, Any] | None, today: Any) -> DueLine:
    state = row["state"] if row else ""
    open_ = state in ("", Standing.RETURNED)
    return DueLine(
        round=round_, project=card, state=state, submission=row["pk"] if row and rules.sees_project_whole(actor, card) else "",
        late=today > round_.due_on if open_ else bool(row and row["late"]), may_submit=open_ and rules.may_submit(actor, card),
    )  # fmt: skip
