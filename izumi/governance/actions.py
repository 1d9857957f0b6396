"""Every write of governance: handing a report in for a round, and what the funder says to it."""

from __future__ import annotations

from typing import Any

from izumi.governance import frozen, queries, rules
from izumi.governance.models import Submission
from izumi.governance.types import Standing, SubmissionView
from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict, NotThere, Refused, SignInNeeded
from izumi.kernel.ids import new_id, parse_id
from izumi.kernel.work import Work, work
from izumi.people import queries as people
from izumi.people.types import ProjectCard, RoundCard

LONGEST_REASON = 5000


def submit_report(actor: Actor, round_id: str, project_id: str, *, lang: str = "ja") -> SubmissionView:
    """Hand in the report that a round asks of a project: a frozen copy with a receipt.

    For the PM. The copy is made before the transaction, so that nobody waits for it; a returned one stays and is replaced.
    Refuses (409) an empty report (``report.empty``) and one where another stands (``report.standing``).
    """
    round_, card = asked_of(actor, round_id, project_id)
    made = frozen.laid_down(queries.asked_by(actor, round_, card.id, lang=lang))
    if not _says_something(made):
        raise Conflict("report.empty")
    with work(actor, "report.submit") as w:
        row = _row(w, round_, card, made)
        w.journal("report.submitted", row.pk, _told(row))
    return queries.submission(actor, row.pk)


def asked_of(actor: Actor, round_id: str, project_id: str) -> tuple[RoundCard, ProjectCard]:
    """The round and the project, when this actor may hand in for it; 404, 401, 403 or 422 otherwise. Cost: 3 statements."""
    if actor.is_anonymous:
        raise SignInNeeded
    round_, card = people.round_(parse_id(round_id, "round")), people.project(parse_id(project_id, "project"))
    if not rules.may_submit(actor, card):
        raise Refused(None, "report.submit_refused")
    if card.programme != round_.programme:
        raise rules.fault(
            "round-of-other-programme", "/round", "この報告は、別の制度のものです。", "This round belongs to another programme."
        )  # fmt: skip
    if not rules.has_begun(round_, clock.today()):
        raise rules.fault(
            "period-future", "/round", f"{round_.fiscal_year} 年度はまだ始まっていません。", f"FY{round_.fiscal_year} has not begun."
        )  # fmt: skip
    return round_, card


def _says_something(made: dict[str, Any]) -> bool:
    """A table needs a row; for e-Rad, 0 is an answer when there is anything at all to count."""
    if made["totals"] is None:
        return bool(made["rows"])
    return any(row["told"]["cumulative"] for row in made["rows"])


def _row(w: Work, round_: RoundCard, card: ProjectCard, made: dict[str, Any]) -> Submission:
    last = Submission.objects.filter(round_id=round_.id, project_id=card.id).order_by("-submitted_at", "-pk").first()
    if last is not None and last.state != Standing.RETURNED:
        raise Conflict("report.standing", number=last.pk)
    return Submission.objects.create(
        id=new_id(), round_id=round_.id, project_id=card.id, report=round_.scheme, as_of=made["as_of"], frozen=made,
        counts={**made["counted"], **({"totals": made["totals"]} if made["totals"] else {})}, digest=frozen.digest_of(made),
        late=w.today > round_.due_on, submitted_by=w.actor.id, submitted_at=w.now, replaces=last,
    )  # fmt: skip


def return_report(actor: Actor, submission_id: str, *, why: str) -> SubmissionView:
    """Give a report back to the PM with a reason; the copy stays as it was handed in. For the programme's funder."""
    reason = why.strip()
    if not reason or len(reason) > LONGEST_REASON:
        _waiting(actor, submission_id)  # a stranger learns nothing about what a reason must be
        raise rules.fault(
            "reason-missing", "/why", "理由を 1〜5,000 文字で書いてください。PM に伝わり、記録に残ります。",
            "Give a reason (1–5,000 characters). The PM reads it, and it is kept.",
        )  # fmt: skip
    return _decided(actor, submission_id, Standing.RETURNED, reason)


def accept_report(actor: Actor, submission_id: str) -> SubmissionView:
    """Say that a report is in order. For the programme's funder."""
    return _decided(actor, submission_id, Standing.ACCEPTED, "")


def _decided(actor: Actor, submission_id: str, state: Standing, why: str) -> SubmissionView:
    with work(actor, f"report.{state}") as w:
        row = _waiting(actor, submission_id)
        row.state, row.why, row.decided_by, row.decided_at = state, why, w.actor.id, w.now
        row.save(update_fields=["state", "why", "decided_by", "decided_at"])
        w.journal("report.accepted" if state is Standing.ACCEPTED else "report.returned", row.pk, {**_told(row), **({"why": why} if why else {})})
    return queries.submission(actor, row.pk)


def _waiting(actor: Actor, submission_id: str) -> Submission:
    """A submission that waits for a decision and on which this actor may decide. Cost: 3 statements."""
    view = queries.submission(actor, submission_id)
    if not rules.may_decide(actor, view.round_card.programme):
        raise Refused(None, "report.decide_refused")
    row = Submission.objects.defer("frozen").filter(pk=view.id).first()
    if row is None:
        raise NotThere("submission", submission_id)
    if row.state != Standing.SUBMITTED:
        raise Conflict("report.decided")
    return row


def _told(row: Submission) -> dict[str, Any]:
    return {
        "round": row.round_id, "project": row.project_id, "report": row.report, "digest": row.digest, "late": row.late,
        "count": row.counts.get("rows", 0),
    }  # fmt: skip
