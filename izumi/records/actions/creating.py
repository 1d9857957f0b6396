"""Opening records: by hand, and by a plan that was adopted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Refused, SignInNeeded
from izumi.kernel.ids import new_id, parse_id
from izumi.kernel.work import Work, work
from izumi.people import queries as people
from izumi.people.types import ProjectCard
from izumi.policy.types import AccessStatement
from izumi.profiles import rules as shapes
from izumi.records import checking, rules
from izumi.records.actions import steps
from izumi.records.actions.drafts import told
from izumi.records.models import Draft, Record, RecordProject
from izumi.records.types import KINDS, Document, RecordView

_CREATORS = re.compile(r"role:(researcher|pm|curator)@.+|role:admin@site|console|system")
ENTRIES_AT_MOST = 50
"""So many entries of plans can one record answer when it is opened by hand."""


def create_record(
    actor: Actor, *, kind: str = "dataset", metadata: Document | None = None, projects: Iterable[str] = (),
    organisation: str | None = None, plan_entries: Iterable[str] = (), prefill: bool = True,
    unmapped: Iterable[Mapping[str, Any]] = (),
) -> RecordView:  # fmt: skip
    """Open a record with one draft; what the site knows already is filled in unless ``prefill`` is false.

    The owner is the project's organisation, else the actor's own, else the input is refused (422).
    """
    if not any(_CREATORS.fullmatch(key) for key in actor.keys):
        raise SignInNeeded() if actor.is_anonymous else Refused(None, "record.create_refused")
    _may_write(actor)
    if kind not in KINDS:
        raise steps.refused(
            "kind-unknown", "/kind", f"種類は {'、'.join(KINDS)} のどれかにしてください。", f"kind must be one of {', '.join(KINDS)}."
        )  # fmt: skip
    document, shaped = shapes.shape(metadata or {})
    known = steps.projects_named(actor, projects)
    entries = [parse_id(one, "entry") for one in list(plan_entries)[:ENTRIES_AT_MOST]]
    with work(actor, "record.create") as w:
        key, owning = new_id(), _owner(actor, known, organisation)
        sources: dict[str, Any] = {}
        if prefill:
            document, sources = checking.prefilled(actor, key, owning, known, document)
        document, normalised = steps.stored(document)
        open_draft(
            w, record_id=key, kind=kind, owner=actor.person or "", organisation=owning, projects=known, metadata=document,
            sources=sources, plan_entries=entries, profiles=_packs(known), unmapped=unmapped,
        )  # fmt: skip
    return told(actor, key, (*shaped, *normalised))


def open_draft(
    w: Work, *, record_id: str | None = None, kind: str = "dataset", owner: str, organisation: str, projects: Iterable[str],
    metadata: Document, sources: Mapping[str, Any], plan_entries: Iterable[str] = (), obligations: Iterable[Document] = (),
    quota_bytes: int | None = None, editors: Iterable[str] = (), profiles: Iterable[str] = (),
    unmapped: Iterable[Mapping[str, Any]] = (), cards: Mapping[str, ProjectCard] | None = None,
) -> str:  # fmt: skip
    """Step: a new record with its one draft; returns its identifier. ``metadata`` is stored as `steps.stored` makes it.

    An adopted plan calls it for each entry: ``owner`` is who answers for the data, or empty: then the ``editors``
    (``project:ID``) may write it, and the first of them who does becomes its owner. ``cards`` are the projects where the
    caller has read them already. Cost: about 12 statements.
    """
    document, _ = steps.stored(metadata)
    known = list(projects)
    record = Record(
        id=record_id or new_id(), kind=kind, owner=owner, owner_organisation=organisation, created_at=w.now, updated_at=w.now,
        plan_entries=list(plan_entries), obligations=[dict(one) for one in obligations], quota_bytes=quota_bytes,
        editors=sorted(set(editors)), profiles=list(dict.fromkeys(name for name in profiles if name)),
    )  # fmt: skip
    record.save(force_insert=True)
    RecordProject.objects.bulk_create(RecordProject(record=record, project=one) for one in known)
    Draft.objects.create(
        record=record, metadata=document, unmapped=[dict(one) for one in unmapped], prefilled=dict(sources),
        created_at=w.now, updated_at=w.now, updated_by=w.actor.id,
    )  # fmt: skip
    read = cards if cards is not None else people.projects(known) if known else {}
    record.lacks = checking.lacking(document, record, read)
    steps.show(record, document, version=1)
    steps.recompile(w, record, known, AccessStatement.from_document(document.get("access")))
    steps.touch(w, record)
    w.journal(
        "record.created", record.id,
        {"kind": kind, "projects": known, "organisation": organisation, "plan_entries": record.plan_entries},
    )  # fmt: skip
    return record.id


def set_plan(
    w: Work, record_id: str, *, plan_entries: Iterable[str], obligations: Iterable[Document], quota_bytes: int | None
) -> None:
    """Step: what the plans in force say about a record that exists already. The journal hears of it by the plan."""
    record = Record.objects.get(pk=record_id)
    told_now = (record.plan_entries, record.obligations, record.quota_bytes)
    record.plan_entries, record.quota_bytes = list(plan_entries), quota_bytes
    record.obligations = [dict(one) for one in obligations]
    if told_now != (record.plan_entries, record.obligations, record.quota_bytes):
        steps.touch(w, record)


def follow_plan(w: Work, record_id: str, *, before: Document, after: Document) -> bool:
    """Step: the access statement of a record never published follows its plan, where nobody changed it by hand.

    ``before`` and ``after`` are the statements of the entry; whether the draft was changed. A published record is left
    alone, and a draft that holds files is not opened wider by a plan: where it differs, that is a deviation.
    """
    row = Draft.objects.filter(record_id=record_id, discarded_at=None).select_related("record").first()
    if row is None or row.record.latest or before == after:
        return False
    if steps.stored({"access": before})[0]["access"] != row.metadata.get("access"):
        return False
    document, _ = steps.stored({**row.metadata, "access": after})
    told = [AccessStatement.from_document(one.get("access")) for one in (row.metadata, document)]
    if row.record.files and rules.widens(*told):
        return False
    row.metadata, row.revision, row.updated_at, row.updated_by = document, row.revision + 1, w.now, w.actor.id
    row.save()
    record = row.record
    projects = list(RecordProject.objects.filter(record=record).order_by("id").values_list("project", flat=True))
    record.lacks = checking.lacking(document, record, people.projects(projects))
    steps.show(record, document, version=1)
    steps.shut_out(record, AccessStatement.from_document(document["access"]))
    steps.recompile(w, record, projects, AccessStatement.from_document(document["access"]))
    steps.touch(w, record)
    w.journal("record.draft_saved", record.id, {"members": ["access"], "because": "plan"})
    return True


def _packs(projects: Iterable[str]) -> list[str]:
    """The packs that the projects ask for. Cost: 2 statements."""
    cards = people.projects(list(projects)).values() if projects else ()
    return [card.profile for card in cards if card.profile]


def _may_write(actor: Actor) -> None:
    """A token without the scope to write creates nothing."""
    if actor.scopes is not None and not actor.scopes & {"write", "publish", "admin"}:
        raise Refused(None, "token.scope_missing", scope="write")


def _owner(actor: Actor, projects: list[str], asked: str | None) -> str:
    if asked:
        key = parse_id(asked, "organisation")
        if people.organisation(key) and (actor.holds(f"org:{key}") or not actor.person):
            return key
    for card in people.projects(projects).values():
        return card.organisation
    primary = None if asked else people.primary_organisation(actor)
    if primary is None:
        raise steps.refused(
            "owner-missing", "/organisation", "どの機関のデータかがわかりません。プロジェクトを選ぶか、アカウントに所属を登録してください。",
            "It is not known which organisation owns this. Choose a project, or add an affiliation to your account.",
        )  # fmt: skip
    return primary
