"""The way out: ``view`` is how a record leaves this room, for every reader and every face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, F, FilteredRelation, Max, Q, When

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.days import Instant, day_of, iso
from izumi.kernel.errors import Gone, IzumiError, NotThere, Refused, SignInNeeded
from izumi.kernel.ids import parse_id
from izumi.people import queries as people
from izumi.people.types import ProjectCard
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.policy.types import AccessFacts, AccessStatement, Action, Verdict
from izumi.profiles import queries as profiles
from izumi.records import checking, rules
from izumi.records.models import Draft, Link, Record, RecordProject, Version
from izumi.records.types import DraftKind, RecordView, VersionLine
from izumi.storage import queries as storage


@dataclass(slots=True, kw_only=True)
class Loaded:
    """A record's rows as they are; never leaves the room."""

    record: Record
    draft: Draft | None
    versions: list[Version]
    projects: tuple[str, ...]
    facts: AccessFacts
    known: dict[str, ProjectCard] | None = None
    links: tuple[dict[str, Any], ...] | None = None
    """The links, where they were read for many records at once."""

    def cards(self) -> dict[str, ProjectCard]:
        """The projects with their numbers, read once. Cost: 2 statements the first time."""
        if self.known is None:
            self.known = people.projects(self.projects) if self.projects else {}
        return self.known

    @property
    def newest(self) -> Version | None:
        """The newest version that was not withdrawn, in its newest correction."""
        standing = [v for v in self.versions if v.withdrawn_at is None]
        return max(standing, key=lambda v: (v.n, v.correction), default=None)

    @property
    def draft_version(self) -> int:
        """The number that the draft's files carry: *latest + 1*, or the corrected version's own."""
        corrects = self.draft is not None and self.draft.kind == DraftKind.METADATA
        return self.record.latest if corrects else self.record.latest + 1


def load(record_id: str) -> Loaded:
    """The rows of one record, without the documents of other versions. Cost: 4 statements."""
    key = parse_id(record_id)
    active = FilteredRelation("drafts", condition=Q(drafts__discarded_at=None))
    record = Record.objects.annotate(active=active).select_related("active").filter(pk=key).first()
    if record is None:
        raise NotThere("record", key)
    draft: Draft | None = getattr(record, "active", None)
    if record.latest == 0:
        return Loaded(record=record, draft=draft, versions=[], projects=_projects(key), facts=_facts(record, draft))
    newest = {f"newest_{name}": Case(When(n=record.latest, then=F(name))) for name in ("metadata", "unmapped")}
    rows = Version.objects.filter(record_id=key).defer("metadata", "unmapped").annotate(**newest)
    versions = list(rows.order_by("n", "correction"))
    return Loaded(record=record, draft=draft, versions=versions, projects=_projects(key), facts=_facts(record, draft))


def _projects(key: str) -> tuple[str, ...]:
    return tuple(RecordProject.objects.filter(record_id=key).order_by("id").values_list("project", flat=True))


def _facts(record: Record, draft: Draft | None) -> AccessFacts:
    return AccessFacts(
        record_id=record.id,
        state=record.state,
        statement=statement_in_force(record, draft),
        rules=policy.facts_for([record.id]).get(record.id, ()),
        gates=frozenset(record.gates),
        revision=record.access_revision,
    )


def statement_in_force(record: Record, draft: Draft | None) -> AccessStatement:
    """The record's statement once it was published; before that, what the draft says."""
    if record.latest == 0 and draft is not None:
        return AccessStatement.from_document(draft.metadata.get("access"))
    return AccessStatement.from_document(record.access)


def decide_for(actor: Actor, loaded: Loaded, action: str, *, at: Instant | None = None) -> Verdict:
    """The decision about a loaded record."""
    return decide.verdict(actor, action, loaded.facts, at or clock.now())


def require(actor: Actor, loaded: Loaded, action: str) -> None:
    """Let pass or raise: 404 where the record may not be known, else 401 or 403 with the reasons."""
    if not decide_for(actor, loaded, "see"):
        raise NotThere("record", loaded.record.id)
    verdict = decide_for(actor, loaded, action)
    if not verdict:
        raise SignInNeeded(verdict=verdict) if actor.is_anonymous else Refused(verdict)


def load_for(actor: Actor, record_id: str, action: str) -> Loaded:
    """The rows of a record on which this actor may do this; raises as ``require`` does."""
    loaded = load(record_id)
    require(actor, loaded, action)
    return loaded


def draft_of(loaded: Loaded) -> Draft:
    """The draft, or ``draft.none`` (404)."""
    if loaded.draft is None:
        raise IzumiError("draft.none")
    return loaded.draft


def view(
    actor: Actor, record_id: str, *, version: int | None = None, draft: bool = False, tombstone: bool = False
) -> RecordView:
    """The record as this actor may see it: the newest version, version ``n``, or the draft for those who may edit.

    A record never published is shown to its editors by its draft (``version`` is ``None``).
    Raises ``NotThere`` for what is absent or hidden, ``Gone`` for what was withdrawn – carrying the view in
    ``facts["view"]`` – unless ``tombstone``. Cost: 6 statements (a draft or an older version 7), whatever the number of files.
    """
    loaded = load(record_id)
    if not decide_for(actor, loaded, "see"):
        raise NotThere("record", loaded.record.id)
    if draft:
        if loaded.draft is None or not decide_for(actor, loaded, "edit"):
            raise IzumiError("draft.none")
        return _assembled(actor, loaded, None)
    chosen = _chosen(loaded, version)
    if chosen is None and (loaded.draft is None or (loaded.versions and not decide_for(actor, loaded, "edit"))):
        if loaded.record.latest == 0:
            raise IzumiError("draft.none") if version is None else NotThere("version")
        chosen = max(loaded.versions, key=lambda v: (v.n, v.correction))  # every version was withdrawn
    shown = _assembled(actor, loaded, chosen)
    if shown.is_withdrawn and not tombstone:
        raise Gone("record.withdrawn", view=shown, why=shown.withdrawn_why, id=shown.id)
    return shown


def _chosen(loaded: Loaded, version: int | None) -> Version | None:
    if version is None:
        return loaded.newest
    found = [v for v in loaded.versions if v.n == version]
    if not found:
        raise NotThere("version")
    return found[-1]


def _assembled(actor: Actor, loaded: Loaded, version: Version | None) -> RecordView:
    record, draft, now = loaded.record, loaded.draft, clock.now()
    source: Any = version if version is not None else draft
    if version is not None:
        _fill(version)
    is_draft = version is None
    counted = _counted(loaded, version)
    document = {**source.metadata}
    if record.latest or not is_draft:
        document["access"] = rules.access_shown(loaded.facts.statement, now)
    changed = record.changed_at
    document = rules.kept_members(
        document, posted_on=day_of(record.first_published_at) if record.first_published_at else None,
        updated_on=day_of(changed) if changed else None, files=counted[0], size_bytes=counted[1],
    )  # fmt: skip
    hidden = decide.hidden_pointers(actor, loaded.facts, now)
    can = {str(action): bool(decide_for(actor, loaded, action, at=now)) for action in Action}
    return RecordView(
        id=record.id, kind=record.kind, state=record.state,
        draft_state=draft.state if draft is not None and can["edit"] else None,
        has_draft=draft is not None and can["edit"], draft_kind=draft.kind if draft is not None and can["edit"] else None,
        version=version.n if version else None, correction=version.correction if version else 0,
        is_draft=is_draft, revision=draft.revision if draft is not None and can["edit"] else 0,
        metadata=rules.without(document, hidden),
        unmapped=tuple(source.unmapped), owner=record.owner, owner_organisation=record.owner_organisation,
        projects=loaded.projects, plan_entries=tuple(record.plan_entries),
        profiles=getattr(source, "profiles", None) or in_force(record),
        identifiers=() if rules.touches(hidden, "/identifiers") else tuple(record.identifiers),
        links=() if rules.touches(hidden, "/relations") else _links_shown(loaded, document, is_draft), versions=tuple(_line(v) for v in loaded.versions),
        files_summary={"count": counted[0], "bytes": counted[1]}, seal=_seal(record),
        statement=loaded.facts.statement, facts=loaded.facts, access_revision=record.access_revision, can=can,
        reading=decide_for(actor, loaded, "read", at=now),
        published_on=day_of(version.published_at) if version else None, updated_on=day_of(changed) if changed else None,
        scheduled_on=draft.scheduled_on if draft is not None and can["edit"] else None,
        returned_why=draft.why if draft is not None and can["edit"] else "",
        withdrawn_at=record.withdrawn_at or (version.withdrawn_at if version else None),
        withdrawn_why=record.withdrawn_why or (version.withdrawn_why if version else ""),
        loaded=loaded, stamp=record.stamp, edge=decide.edge_index(loaded.facts.rules, now),
    )  # fmt: skip


def _links_shown(loaded: Loaded, document: dict[str, Any], is_draft: bool) -> tuple[dict[str, Any], ...]:
    if is_draft:
        return tuple(rules.links_of(document))
    return loaded.links if loaded.links is not None else _links(loaded.record.id)


def in_force(record: Record) -> dict[str, str]:
    """The profiles in force for a record with their versions; a published version remembers them."""
    return {name: profiles.pack(name).version for name in checking.in_force(record)}


def _fill(version: Version) -> None:
    """The document of one version: the newest came with the list, an older one costs a statement."""
    document, unmapped = getattr(version, "newest_metadata", None), getattr(version, "newest_unmapped", None)
    if document is None:
        version.refresh_from_db(fields=["metadata", "unmapped"])
    else:
        version.metadata, version.unmapped = document, unmapped or []


def _counted(loaded: Loaded, version: Version | None) -> tuple[int, int]:
    """(files, bytes): a version's never change, a draft's are kept by storage."""
    if version is not None:
        return version.files, version.size_bytes
    told = storage.summary(loaded.record.id, loaded.draft_version)
    return told.count, told.size_bytes


def _line(version: Version) -> VersionLine:
    return VersionLine(
        n=version.n, correction=version.correction, published_at=version.published_at,
        published_on=day_of(version.published_at), note=version.note, withdrawn=version.withdrawn_at is not None,
        why=version.withdrawn_why, files=version.files, size_bytes=version.size_bytes,
    )  # fmt: skip


def _seal(record: Record) -> dict[str, Any]:
    at = record.sealed_at
    return {"state": record.seal_state or None, "at": iso(at) if at else None}


def _links(record_id: str) -> tuple[dict[str, Any], ...]:
    rows = Link.objects.filter(record_id=record_id).order_by("id")
    return tuple(rows.values("relation", "scheme", "identifier", "kind", "evidence"))


def stored_state(record_id: str) -> tuple[Stamp, float | None] | None:
    """The stamp of a published record and its next window edge as a timestamp: for how long bytes stay true.

    Cost: 1 statement, without the document.
    """
    rows = Record.objects.filter(pk=record_id, state="published")
    row = rows.values_list("stamp", "access_revision", "sealed_stamp", "edge_at").first()
    return (row[:3], row[3].timestamp() if row[3] else None) if row else None


Stamp = tuple[int, int, int]
"""What changes when a reader could notice: stamp, access revision, and which stamp was sealed."""

_STAMP = "SELECT stamp, access_revision, sealed_stamp FROM records_record WHERE id = %s AND state = 'published'"


def stored_stamp(record_id: str) -> Stamp | None:
    """The stamp of a published record. Cost: 1 statement, without the ORM: it is asked for every stored page."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, [record_id])
        row: Stamp | None = cursor.fetchone()
    return row


def newest_numbers(record_ids: list[str]) -> dict[str, int]:
    """The newest version number of each. Cost: 1 statement."""
    rows = Version.objects.filter(record_id__in=record_ids, withdrawn_at=None).values("record_id").annotate(n=Max("n"))
    return {row["record_id"]: row["n"] for row in rows}
