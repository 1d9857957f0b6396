"""Many public records at once: for harvesters, feeds and other bulk readers.

What leaves here is exactly what ``view`` and ``package`` give to a reader who is nobody, in a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS
from izumi.kernel.contracts import Package, PackageFile, no_files
from izumi.people import queries as people
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.policy.types import AccessFacts
from izumi.records.models import Link, Record, RecordProject, Version
from izumi.records.queries import exports, reading
from izumi.records.types import RecordView
from izumi.storage import queries as storage
from izumi.storage.types import FileRow

FILES_AT_ONCE = 51
"""So many files of each record are read together: one more than any harvested format names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicState:
    """Where a record that was published stands: whether anyone may see its metadata now, and to what it belongs."""

    id: str
    kind: str
    version: int
    """The newest version that stands; the newest of all when every one was withdrawn."""
    organisation: str
    projects: tuple[str, ...]
    is_public: bool


def public_states(record_ids: Iterable[str]) -> dict[str, PublicState]:
    """The states of those of these records that were ever published, by record; unfiltered, for workers.

    Cost: 4 statements for any number of records.
    """
    wanted = list(record_ids)
    rows = list(Record.objects.filter(pk__in=wanted, latest__gt=0).only("kind", "state", "latest", "owner_organisation"))
    compiled = policy.facts_for([row.pk for row in rows])
    newest = reading.newest_numbers([row.pk for row in rows])
    projects = _projects([row.pk for row in rows])
    now = clock.now()
    return {
        row.pk: PublicState(
            id=row.pk, kind=row.kind, version=newest.get(row.pk, row.latest), organisation=row.owner_organisation,
            projects=projects.get(row.pk, ()),
            is_public=row.state == "published" and decide.public_may("see", compiled.get(row.pk, ()), now),
        )
        for row in rows
    }  # fmt: skip


def was_public(record_id: str) -> bool:
    """Whether anyone could ever see the metadata: by the access states that were in force. Cost: 1 statement."""
    return any(decide.public_may("see", facts.rules, since) for since, facts in policy.history(record_id, limit=10_000))


def public_packages(record_ids: Iterable[str]) -> dict[str, Package]:
    """What codecs may say about each of these records to anyone; those that nobody may see now, or withdrawn, are absent.

    Equal to ``package(view(ANONYMOUS, id))``. Cost: 8 statements for any number of records (up to 400; then one more per
    400), and further ones only where more than `FILES_AT_ONCE` files of a record are read.
    """
    loaded = _loaded(list(record_ids))
    views = {key: reading._assembled(ANONYMOUS, entry, entry.newest) for key, entry in loaded.items()}
    organisations = people.organisations({view.owner_organisation for view in views.values()})
    made = {key: exports.package_with(view, organisations.get(view.owner_organisation)) for key, view in views.items()}
    readable = {key: view for key, view in views.items() if view.reading.allowed and view.files_summary["count"]}
    files = storage.first_files({key: view.files_version for key, view in readable.items()}, FILES_AT_ONCE)
    for key, view in views.items():
        first = _files(view, made[key], files[key]) if key in readable else no_files
        made[key] = replace(made[key], files=first)
    return made


def _files(view: RecordView, package: Package, first: list[FileRow]) -> Callable[[], Iterator[PackageFile]]:
    def files() -> Iterator[PackageFile]:
        yield from (exports.package_file(package.urls, row) for row in first)
        if len(first) == FILES_AT_ONCE:
            rest = islice(storage.iterate(view.id, view.files_version), FILES_AT_ONCE, None)
            yield from (exports.package_file(package.urls, row) for row in rest)

    return files


def _loaded(wanted: list[str]) -> dict[str, reading.Loaded]:
    """The rows of those that anyone may see now, with the document of the newest standing version. Cost: 6 statements."""
    records = {row.pk: row for row in Record.objects.filter(pk__in=wanted, state="published", latest__gt=0)}
    compiled = policy.facts_for(records)
    now = clock.now()
    seen = [key for key in wanted if key in records and decide.public_may("see", compiled.get(key, ()), now)]
    versions, projects, links = _versions(seen), _projects(seen), _links(seen)
    found = {
        key: reading.Loaded(
            record=records[key], draft=None, versions=versions.get(key, []), projects=projects.get(key, ()),
            facts=_facts(records[key], compiled[key]), links=links.get(key, ()),
        )
        for key in seen
    }  # fmt: skip
    found = {key: entry for key, entry in found.items() if entry.newest is not None}
    _fill([entry.newest for entry in found.values() if entry.newest is not None])
    return found


def _facts(record: Record, compiled: Any) -> AccessFacts:
    return AccessFacts(
        record_id=record.id, state=record.state, statement=reading.statement_in_force(record, None), rules=compiled,
        gates=frozenset(record.gates), revision=record.access_revision,
    )  # fmt: skip


def _versions(keys: list[str]) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    rows = Version.objects.filter(record_id__in=keys).defer("metadata", "unmapped").order_by("n", "correction")
    for row in rows:
        found.setdefault(row.record_id, []).append(row)
    return found


def _fill(newest: list[Version]) -> None:
    """The documents, of the versions that are shown only."""
    told = Version.objects.filter(pk__in=[version.pk for version in newest]).values_list("pk", "metadata", "unmapped")
    documents = {pk: (metadata, unmapped) for pk, metadata, unmapped in told}
    for version in newest:
        version.newest_metadata, version.newest_unmapped = documents[version.pk]  # type: ignore[attr-defined]


def _projects(keys: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    rows = RecordProject.objects.filter(record_id__in=keys).order_by("id").values_list("record_id", "project")
    for record_id, project in rows:
        found[record_id] = (*found.get(record_id, ()), project)
    return found


def _links(keys: list[str]) -> dict[str, tuple[dict[str, Any], ...]]:
    found: dict[str, tuple[dict[str, Any], ...]] = {}
    rows = Link.objects.filter(record_id__in=keys).order_by("id")
    for row in rows.values("record_id", "relation", "scheme", "identifier", "kind", "evidence"):
        key = row.pop("record_id")
        found[key] = (*found.get(key, ()), row)
    return found
