"""The seal: the newest state of a published record, written as the next version of its OCFL object.

Safe to run again from any point: what the object already holds is not copied, a state that it has already is not written
twice, and rows and holds change in one transaction after the object is whole. Draft blobs are left to tidy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from django.conf import settings

from izumi.formats import queries as formats
from izumi.kernel import clock
from izumi.kernel.actors import system
from izumi.kernel.contracts import PackageFile
from izumi.kernel.days import Instant, iso, parse_instant
from izumi.kernel.work import Work, work
from izumi.people import queries as people
from izumi.publishing import queries
from izumi.records import actions as records
from izumi.records import queries as record_queries
from izumi.storage import actions as storage

RECORD = "izumi/record.json"
CONTEXT = "izumi/context.json"
CRATE = "ro-crate-metadata.json"
LISTED = 10_000
"""More files are not named in the crate; every file stands in ``izumi/files.jsonl``."""
FORMAT = 1
AGAIN = 5
"""A record that keeps changing while it is sealed is sealed anew at most so often in one run."""


def seal(record_id: str) -> dict[str, Any]:
    """Seal a record until its newest state stands in the storage; what was written. Nothing for one never published."""
    written: list[int] = []
    with storage.owner_lock(record_id):
        for _ in range(AGAIN):
            current, numbers = _once(record_id)
            written += numbers
            if current:
                break
    return {"record": record_id, "versions": written}


def _once(record_id: str) -> tuple[bool, list[int]]:
    """One attempt: whether the sealed state is still the newest, and which object versions were written."""
    tokens = storage.committed_holds(record_id)
    head = record_queries.head_state(record_id)
    if not head["versions"]:
        return True, []
    head["was_public"] = queries.announcement(record_id) is not None or record_queries.was_public(record_id)
    sealing = storage.begin_sealing(record_id)
    before = _sealed_head(sealing)
    context = context_facts(head)
    written, known = [], before.get("sealed_through", 0)
    latest = max(v["n"] for v in head["versions"])
    pending = sorted({v["n"] for v in head["versions"] if v["n"] > known} | {latest})
    for number in pending:
        last = number == latest
        told = storage.write_sealed(
            sealing, number, lambda n=number: _documents(head, context, n, before), created=iso(clock.now()),
            message=_message(number, tokens if last else []), address=settings.IZUMI_BASE_URL,
        )  # fmt: skip
        written += [told.inventory.head] if told.new else []
    with work(system("seal"), "record.seal") as w:
        storage.mark_sealed(w, sealing.sealed_rows())
        storage.release(w, tokens)
        with _moment_of(w, parse_instant(told.inventory.versions[told.inventory.head]["created"])):
            current = records.mark_sealed(w, record_id, stamp=head["stamp"])
        w.journal("record.sealed", record_id, {"version": latest, "object_versions": written, "current": current})
    storage.remove_holds(record_id, tokens)
    return current, written


@contextmanager
def _moment_of(w: Work, moment: Instant) -> Iterator[None]:
    """Let a step write the moment that stands in the object, so that a rebuild tells the same one."""
    now, w.now = w.now, moment
    yield
    w.now = now


def _message(number: int, tokens: Iterable[str]) -> str:
    known = sorted(tokens)
    return f"Record version {number} sealed" + (storage.RELEASES + " ".join(known) if known else "")


def _sealed_head(sealing: Any) -> dict[str, Any]:
    body = storage.sealed_document(sealing, RECORD)
    found = json.loads(body) if body else {}
    return found if isinstance(found, dict) else {}


def _documents(
    head: Mapping[str, Any], context: Mapping[str, Any], number: int, before: Mapping[str, Any]
) -> Iterator[tuple[str, bytes]]:
    record_id = head["id"]
    yield RECORD, as_json(head_document(head, number, before))
    yield CONTEXT, as_json(context)
    view = record_queries.view(system("seal"), record_id, version=number, tombstone=True)
    yield CRATE, as_json(formats.ro_crate(record_queries.package(view), _place, LISTED))


def _place(entry: PackageFile) -> str:
    """Where a file lies in the object: under ``data/``, or at its own address when it is kept elsewhere."""
    return entry.reference or "data/" + quote(entry.path, safe="/~!$&'()*+,;=:@-._")


def head_document(head: Mapping[str, Any], through: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """``izumi/record.json``: the head state with the versions whose files the object holds.

    ``was_public`` is there because harvesters keep what they were told once: after a rebuild too they hear of its end.

    The stamp grows with changes that the state does not show; it stays the sealed one while nothing else differs, so that
    sealing the same state twice writes nothing.
    """
    versions = [v for v in head["versions"] if v["n"] <= through]
    told = {**head, "format": FORMAT, "sealed_through": through, "versions": versions}
    same = {**told, "stamp": before.get("stamp")}
    return same if same == before else told


def as_json(value: Any) -> bytes:
    """JSON for the ages: readable, UTF-8, members in the order in which they were written (what is shown follows it)."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def context_facts(head: Mapping[str, Any]) -> dict[str, Any]:
    """``izumi/context.json``: the public facts of everyone and everything the head names, and of what those name."""
    wanted = set(_named(head))
    found: dict[str, Any] = {}
    while missing := wanted - set(found):
        told = people.public_facts(sorted(missing))
        found.update(told)
        known = {key for facts in told.values() for key in _further(facts)}
        if not known - wanted:
            break
        wanted = set(found) | known
    return {"format": FORMAT, "facts": dict(sorted(found.items()))}


def _named(head: Mapping[str, Any]) -> Iterator[str]:
    yield from (key for key in (head["owner"], head["owner_organisation"], *head["projects"]) if key)
    audiences = list((head.get("access") or {}).get("scopes") or [])
    audiences += [v["published_by"] for v in head["versions"]]
    for audience in audiences:
        kind, _, key = str(audience).partition(":")
        if key and kind in ("person", "org", "organisation", "project", "programme", "group"):
            yield key


def _further(facts: Mapping[str, Any]) -> Iterator[str]:
    for name in ("organisation", "parent", "programme", "funder"):
        value = facts.get(name)
        if isinstance(value, str) and value:
            yield value


def give_up(record_id: str) -> None:
    """Say that the seal keeps failing, where editors and operators look; it is tried again with the next change."""
    with work(system("seal"), "record.seal") as w:
        records.mark_sealed(w, record_id, stamp=0, failed=True)
        w.journal("record.seal_failed", record_id, {})
