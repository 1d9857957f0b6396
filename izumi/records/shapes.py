"""The public JSON of a record, and the bodies that the API takes."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

from izumi.kernel.days import iso
from izumi.records.actions import AccessView
from izumi.records.queries import Happened
from izumi.records.types import RecordLine, RecordView, VersionLine


class Strict(Schema):
    """A body whose members are all known: an unknown one is told, not ignored."""

    model_config = ConfigDict(extra="forbid")


class NewRecord(Strict):
    """A record to open. Every member is optional; what the site knows already is filled in."""

    kind: str = "dataset"
    projects: list[str] = []
    plan_entries: list[str] = []
    organisation: str | None = None
    metadata: dict[str, Any] = Field(default={}, examples=[{"title": {"ja": "河川の水質の定点観測", "en": "River water quality at fixed points"}}])
    unmapped: list[dict[str, Any]] = []
    prefill: bool = True


class DraftPatch(Strict):
    """A JSON merge patch (RFC 7396) of the metadata."""

    metadata: dict[str, Any] = Field(examples=[{"description": {"ja": "毎月 1 回、8 地点で採水しました。"}}])


class Why(Strict):
    """A reason in words; it is kept in the history."""

    why: str = ""


class Submission(Strict):
    """A note for the reviewer and the version list."""

    note: str = ""


class Publication(Strict):
    """When to publish (today when absent) and what changed."""

    on: str | None = None
    note: str = ""


class Withdrawal(Strict):
    """Why; and one version only, when given."""

    why: str = ""
    version: int | None = None


class VersionKind(Strict):
    """``files`` for version n+1, ``metadata`` for a correction n.r."""

    kind: str = "files"


class Step(Strict):
    """The step for which a draft is checked."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    step: str = Field(default="publish", alias="for")


class NewLink(Strict):
    """A typed link to a record or an outside identifier."""

    relation: str
    identifier: str
    scheme: str = ""
    kind: str = ""
    evidence: str = ""


class Projects(Strict):
    """The projects to which a record belongs."""

    projects: list[str]


def record_json(view: RecordView) -> dict[str, Any]:
    """A record as one reader may see it."""
    draft = {
        "state": view.draft_state, "kind": view.draft_kind, "revision": view.revision,
        "scheduled_on": view.scheduled_on.isoformat() if view.scheduled_on else None, "why": view.returned_why,
    }  # fmt: skip
    return {
        "id": view.id, "kind": view.kind, "state": view.state, "draft": draft if view.has_draft else {"state": None},
        "version": view.version, "correction": view.correction, "revision": view.revision,
        "owner_organisation": view.owner_organisation, "projects": list(view.projects), "plan_entries": list(view.plan_entries),
        "profiles": dict(view.profiles), "metadata": view.metadata, "unmapped": list(view.unmapped), "links": list(view.links),
        "files": dict(view.files_summary), "versions": [line.as_json() for line in view.versions],
        "identifiers": list(view.identifiers), "seal": dict(view.seal),
        "published_on": view.published_on.isoformat() if view.published_on else None,
        "updated_on": view.updated_on.isoformat() if view.updated_on else None,
        "findings": [finding.as_json() for finding in view.findings],
        "decision": {**view.reading.as_json(), "can": dict(view.can)},
    }  # fmt: skip


def line_json(line: RecordLine) -> dict[str, Any]:
    """One line of a list."""
    return {
        "id": line.id, "kind": line.kind, "state": line.state, "draft": {"state": line.draft_state}, "title": line.title.as_json(),
        "access": line.access_class or None, "version": line.version or None, "owner_organisation": line.owner_organisation,
        "updated_at": iso(line.updated_at), "published_on": line.published_on.isoformat() if line.published_on else None,
        "scheduled_on": line.scheduled_on.isoformat() if line.scheduled_on else None,
        "files": {"count": line.files, "bytes": line.size_bytes},
    }  # fmt: skip


def version_json(line: VersionLine) -> dict[str, Any]:
    """One version of a list."""
    return {**line.as_json(), "files": {"count": line.files, "bytes": line.size_bytes}, "why": line.why}


def access_json(view: AccessView) -> dict[str, Any]:
    """The statement, its rules, and who gains and loses."""
    return {
        "record": view.record, "revision": view.revision, "access": view.statement,
        "rules": [
            {"part": r.part, "action": r.action, "audience": r.audience, "from": iso(r.from_at) if r.from_at else None,
             "until": iso(r.until_at) if r.until_at else None, "basis": r.basis, "reason": r.reason}
            for r in view.facts.rules
        ],
        "changes": [change.as_json() for change in view.changes], "findings": [f.as_json() for f in view.findings],
    }  # fmt: skip


def happened_json(line: Happened) -> dict[str, Any]:
    """One line of a history."""
    return {"seq": line.seq, "at": iso(line.at), "actor": line.actor, "who": line.who.as_json(), "verb": line.verb, "payload": line.payload}
