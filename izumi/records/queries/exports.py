"""What leaves as a whole: the package for codecs, the head state for storage, entries for the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings

from izumi.kernel import clock
from izumi.kernel.contracts import Package, PackageFile, Urls, no_files
from izumi.kernel.days import day_of
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.people.types import OrganisationCard
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.policy.types import AccessStatement, Requests
from izumi.records import rules
from izumi.records.models import Link, Record, RecordProject, Version
from izumi.records.types import IndexEntry, RecordView
from izumi.storage import queries as storage
from izumi.storage.types import FileRow

HEAD_FORMAT = 1


def urls_of(record_id: str, version: int | None) -> Urls:
    """Absolute addresses, built from ``IZUMI_BASE_URL``; nothing stored holds one."""
    base = settings.IZUMI_BASE_URL
    page = f"{base}/records/{record_id}"
    fixed = f"{page}/v/{version}" if version else page
    folder = f"{fixed}/files/" if version else f"{page}/draft/files/"
    return Urls(record=page, version=fixed, resolver=f"{base}/id/{record_id}", api=f"{base}/api/v1/records/{record_id}", files=folder)


def package(view: RecordView) -> Package:
    """What a codec may say about this view; files only when this reader may read them. Cost: 1 statement."""
    return package_with(view, people.organisations([view.owner_organisation]).get(view.owner_organisation))


def package_with(view: RecordView, organisation: OrganisationCard | None) -> Package:
    """The package, when the owning organisation was read already."""
    name = organisation.legal_name if organisation else Text()
    urls = urls_of(view.id, view.version)
    told = view.metadata.get("publisher") or {}
    publisher = Text(told.get("name") or {}) or name
    ror = organisation.ror if organisation else ""

    def files() -> Iterator[PackageFile]:
        for row in storage.iterate(view.id, view.files_version):
            yield package_file(urls, row)

    return Package(
        id=view.id, kind=view.kind, state=view.state, version=view.version or 0, urls=urls, metadata=view.metadata,
        access=view.metadata.get("access") or {}, publisher=publisher,
        organisation={"id": view.owner_organisation, "name": name.as_json(), **({"ror": ror} if ror else {})},
        published_on=view.published_on.isoformat() if view.published_on else None,
        updated_on=view.updated_on.isoformat() if view.updated_on else None, unmapped=view.unmapped, links=view.links,
        versions=tuple(line.as_json() for line in view.versions), identifiers=view.identifiers, profiles=view.profiles,
        files_summary=view.files_summary, files=files if view.reading.allowed else no_files,
    )  # fmt: skip


def package_file(urls: Urls, row: FileRow) -> PackageFile:
    """One file of a version as a codec may name it."""
    return PackageFile(
        path=row.path, size_bytes=row.size_bytes or 0, media_type=row.media_type, sha256=row.sha256, url=urls.file(row.path),
        reference=row.url
    )  # fmt: skip


def head_state(record_id: str) -> dict[str, Any]:
    """Everything that ``izumi/record.json`` in the object's head says: a rebuild needs nothing else of the record."""
    record = Record.objects.get(pk=record_id)
    return {
        "format": HEAD_FORMAT, "id": record.id, "kind": record.kind, "state": record.state, "owner": record.owner,
        "owner_organisation": record.owner_organisation, "created_at": _told(record.created_at), "stamp": record.stamp,
        "projects": list(RecordProject.objects.filter(record=record).order_by("id").values_list("project", flat=True)),
        "plan_entries": record.plan_entries, "obligations": record.obligations, "quota_bytes": record.quota_bytes,
        "editors": record.editors, "profiles": record.profiles, "identifiers": record.identifiers, "gates": record.gates,
        "access": record.access, "access_revision": record.access_revision,
        "first_published_at": _told(record.first_published_at), "changed_at": _told(record.changed_at),
        "withdrawn_at": _told(record.withdrawn_at), "withdrawn_why": record.withdrawn_why,
        "versions": [_version(v) for v in Version.objects.filter(record=record).order_by("n", "correction")],
        "links": [_link(row) for row in Link.objects.filter(record=record).order_by("id")],
    }  # fmt: skip


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _version(v: Version) -> dict[str, Any]:
    return {
        "n": v.n, "correction": v.correction, "metadata": v.metadata, "unmapped": v.unmapped, "profiles": v.profiles,
        "published_at": _told(v.published_at), "published_by": v.published_by, "note": v.note, "files": v.files,
        "size_bytes": v.size_bytes, "withdrawn_at": _told(v.withdrawn_at), "withdrawn_why": v.withdrawn_why,
    }  # fmt: skip


def _link(row: Link) -> dict[str, Any]:
    return {
        "relation": row.relation, "scheme": row.scheme, "identifier": row.identifier, "kind": row.kind, "evidence": row.evidence,
        "target": row.target, "origin": row.origin, "added_by": row.added_by, "added_at": _told(row.added_at),
    }  # fmt: skip


def parties_named(record_id: str) -> dict[str, list[str]]:
    """Which persons, organisations and projects a record names, for ``izumi/context.json``. Cost: 2 statements."""
    record = Record.objects.filter(pk=record_id).only("owner", "owner_organisation").get()
    projects = list(RecordProject.objects.filter(record_id=record_id).order_by("id").values_list("project", flat=True))
    return {
        "persons": [record.owner] if record.owner else [],
        "organisations": [record.owner_organisation] if record.owner_organisation else [],
        "projects": projects,
    }


def index_entries(record_ids: Iterable[str]) -> list[IndexEntry]:
    """What the catalogue may know of these records; those not published, or seen by nobody, are left out.

    Cost: 5 statements for any number of records.
    """
    records = {r.id: r for r in Record.objects.filter(pk__in=list(record_ids), state="published")}
    newest: dict[str, Version] = {}
    for version in Version.objects.filter(record_id__in=records, withdrawn_at=None).order_by("n", "correction"):
        newest[version.record_id] = version
    compiled = policy.facts_for(list(records))
    projects: dict[str, list[str]] = {}
    for record_id, project in RecordProject.objects.filter(record_id__in=records).values_list("record_id", "project"):
        projects.setdefault(record_id, []).append(project)
    names = _names({r.owner_organisation for r in records.values()}, {p for some in projects.values() for p in some})
    return [
        _entry(record, newest[key], compiled.get(key, ()), projects.get(key, []), names)
        for key, record in records.items()
        if key in newest
    ]


def _names(organisations: set[str], projects: set[str]) -> dict[str, Text]:
    told = {key: card.legal_name for key, card in people.organisations(organisations).items()}
    return {**told, **{key: card.title for key, card in people.projects(projects).items()}}


def _entry(record: Record, version: Version, compiled: Any, projects: list[str], names: dict[str, Text]) -> IndexEntry:
    now = clock.now()
    statement = AccessStatement.from_document(record.access)
    document = rules.without(version.metadata, sorted(decide.narrowed_pointers(compiled)))
    access = rules.access_shown(statement, now)
    readable = decide.public_may("read", compiled, now)
    usable = "now" if readable else "request" if statement.requests is Requests.ANYONE else "no"
    published = day_of(record.first_published_at or version.published_at)
    return IndexEntry(
        id=record.id, kind=record.kind, state=record.state, title=_text(document.get("title")),
        alternative_titles=_texts(document.get("alternative_titles")), description=_text(document.get("description")),
        summary=_text(document.get("summary")), keywords=tuple(_text(k.get("text")) for k in _dicts(document.get("keywords"))),
        people=tuple(_person(c) for name in ("creators", "contributors") for c in _dicts(document.get(name))),
        organisations=((record.owner_organisation, names.get(record.owner_organisation, Text())),),
        identifiers=tuple(_identifiers(record, document, rules.touches(decide.narrowed_pointers(compiled), "/identifiers"))),
        funder_codes=tuple(_codes(document)), projects=tuple((p, names.get(p, Text())) for p in projects),
        field=str(document.get("field") or ""), type=str(document.get("type") or ""),
        licence=str((document.get("terms") or {}).get("licence") or ""), access_class=str(access["class"]), year=published.year,
        published_on=published, size_bytes=record.size_bytes, has_files=record.files > 0,
        audience=decide.index_audience(compiled, now), next_edge=decide.next_edge(compiled, now), usable_now=usable,
    )  # fmt: skip


def _text(value: Any) -> Text:
    return Text({k: v for k, v in value.items() if isinstance(v, str)}) if isinstance(value, dict) else Text()


def _texts(value: Any) -> tuple[Text, ...]:
    return tuple(_text(v) for v in value) if isinstance(value, list) else ()


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _person(creator: dict[str, Any]) -> Text:
    """A name in each language as one string: family before given in Japanese, after it elsewhere."""
    told = {}
    for lang, parts in (creator.get("name") or {}).items():
        if isinstance(parts, str):
            told[lang] = parts
        elif isinstance(parts, dict):
            order = ("family", "middle", "given") if lang.startswith("ja") else ("given", "middle", "family")
            told[lang] = " ".join(str(parts[p]) for p in order if parts.get(p))
    return Text(told)


def _identifiers(record: Record, document: dict[str, Any], narrowed: bool) -> Iterator[str]:
    yield record.id
    for entry in (*(() if narrowed else record.identifiers), *_dicts(document.get("identifiers"))):
        if entry.get("value"):
            yield str(entry["value"])
    if document.get("data_number"):
        yield str(document["data_number"])
    for award in _dicts(document.get("funding")):
        yield from (str(award[name]) for name in ("award_number", "erad_project_id") if award.get(name))
    for agent in (one for name in ("creators", "contributors") for one in _dicts(document.get(name))):
        yield from (str(entry["value"]) for entry in _dicts(agent.get("identifiers")) if entry.get("value"))
    hosting = document.get("hosting_organisation")
    if isinstance(hosting, dict) and hosting.get("ror"):
        yield str(hosting["ror"])


def _codes(document: dict[str, Any]) -> Iterator[str]:
    for award in _dicts(document.get("funding")):
        funder = award.get("funder") or {}
        if isinstance(funder, dict) and (funder.get("erad_code") or funder.get("ror")):
            yield str(funder.get("erad_code") or funder["ror"])


