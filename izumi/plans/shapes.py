"""The public JSON of a plan, and the bodies that the API takes."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

from izumi.kernel.days import iso
from izumi.plans.queries import PlanDiff, PlanHappened
from izumi.plans.types import Document, DraftView, PlanLine, PlanView, VersionLine


class Strict(Schema):
    """A body whose members are all known: an unknown one is told, not ignored."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Why(Strict):
    """A reason in words; it is kept in the plan's history. ``reason`` is understood too."""

    why: str = ""
    reason: str = ""

    @property
    def words(self) -> str:
        """The reason under either name."""
        return self.why or self.reason


class PlanSubmission(Strict):
    """A note for who decides."""

    note: str = ""


class Revision(Why):
    """Why the plan is revised; changes of entries and of the rest, and whether to adopt at once."""

    entries: list[dict[str, Any]] = Field(
        default=[], description="`{\"id\", …patch}`, `{\"id\", \"remove\": true}`, or a new entry without id",
        examples=[[{"id": "b9r98-kegkg", "planned": {"publish_on": "2027-09-30"}}]],
    )  # fmt: skip
    document: dict[str, Any] | None = Field(default=None, description="a merge patch of the plan's own members")
    adopt: bool = False


class PlanStep(Strict):
    """The step for which a plan is checked."""

    step: str = Field(default="submit", alias="for")


class AssignedRecord(Strict):
    """A record that answers an entry."""

    record: str


class FurtherRecord(Strict):
    """Whether to open one more draft although an unpublished record answers the entry already."""

    further: bool = False


def plan_json(view: PlanView) -> Document:
    """A plan as one reader may see it."""
    return {
        "id": view.id, "project": view.project, "title": view.title.as_json(), "form": view.form, "state": view.state,
        "version": view.version, "draft": draft_json(view.draft) if view.draft else None, "owner": view.owner or None,
        "owner_organisation": view.owner_organisation, "programme": view.programme or None, "call": view.call or None,
        "chain": list(view.chain), "document": {name: value for name, value in view.document.items() if name != "entries"},
        "entries": [entry.as_json() for entry in view.entries], "versions": [version_json(line) for line in view.versions],
        "can": dict(view.can), "created_at": iso(view.created_at), "updated_at": iso(view.updated_at),
        "adopted_at": iso(view.adopted_at) if view.adopted_at else None,
        "next_review_on": view.next_review_on.isoformat() if view.next_review_on else None,
        "findings": [finding.as_json() for finding in view.findings],
    }  # fmt: skip


def draft_json(draft: DraftView) -> Document:
    """The open working document; its entries as they are written now."""
    return {
        "state": draft.state, "reason": draft.reason, "revision": draft.revision, "base": draft.base, "step": draft.step,
        "why": draft.why, "submitted_at": iso(draft.submitted_at) if draft.submitted_at else None,
        "submitted_by": draft.submitted_by or None, "document": draft.document,
    }  # fmt: skip


def version_json(line: VersionLine) -> Document:
    """One adoption."""
    return {
        "n": line.n, "adopted_at": iso(line.adopted_at), "adopted_by": line.adopted_by, "reason": line.reason,
        "chain": [dict(one) for one in line.chain],
    }  # fmt: skip


def line_json(line: PlanLine) -> Document:
    """One line of a list."""
    return {
        "id": line.id, "project": line.project, "title": line.title.as_json(), "form": line.form, "state": line.state,
        "draft": {"state": line.draft_state} if line.draft_state else None, "version": line.version, "entries": line.entries,
        "owner": line.owner or None, "owner_organisation": line.owner_organisation, "updated_at": iso(line.updated_at),
        "adopted_at": iso(line.adopted_at) if line.adopted_at else None,
        "next_review_on": line.next_review_on.isoformat() if line.next_review_on else None,
    }  # fmt: skip


def diff_json(found: PlanDiff) -> Document:
    """How two states differ."""
    return {
        "before": found.before, "after": found.after, "members": [one.as_json() for one in found.members],
        "entries": [one.as_json() for one in found.entries],
    }  # fmt: skip


def happened_json(line: PlanHappened) -> Document:
    """One line of a history."""
    return {"seq": line.seq, "at": iso(line.at), "actor": line.actor, "who": line.who.as_json(), "verb": line.verb, "payload": line.payload}
