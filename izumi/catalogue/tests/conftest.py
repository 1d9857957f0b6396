"""A small world of published records, written below the actions so that a test can make hundreds of them."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable
from typing import Any

import pytest


class World:
    """Records with their compiled rules and events; ``follow()`` brings the index up."""

    def __init__(self, follow: Callable[[], int]) -> None:
        self.follow = follow

    def put(
        self, title: Any = "記録", *, day: str = "2026-04-01", owner: str = "", organisation: str = "aaaaa-aaaaa", size: int = 0,
        access: dict[str, Any] | None = None, identifiers: tuple[dict[str, str], ...] = (), projects: tuple[str, ...] = (),
        **metadata: Any,
    ) -> str:
        from izumi.kernel.days import parse_day, start_of
        from izumi.kernel.ids import new_id
        from izumi.records.models import Record, RecordProject, Version

        record, at = new_id(), start_of(parse_day(day))
        statement = access or {"class": "open"}
        document = {"title": {"ja": title} if isinstance(title, str) else title, "access": statement, **metadata}
        Record.objects.create(
            id=record, kind="dataset", state="published", owner=owner, owner_organisation=organisation, created_at=at,
            updated_at=at, latest=1, access=statement, title=document["title"], access_class=statement["class"],
            first_published_at=at, changed_at=at, files=1, size_bytes=size, identifiers=list(identifiers),
        )
        Version.objects.create(record_id=record, n=1, metadata=document, published_at=at, published_by="console:test", files=1, size_bytes=size)
        RecordProject.objects.bulk_create(RecordProject(record_id=record, project=project) for project in projects)
        self.rule(record, statement, verb="record.published")
        return record

    def rule(self, record: str, statement: dict[str, Any], *, state: str = "published", verb: str = "record.access_changed") -> None:
        from izumi.kernel.actors import console
        from izumi.kernel.work import work
        from izumi.policy.actions import compile
        from izumi.policy.types import AccessStatement, Parties
        from izumi.records.models import Record

        row = Record.objects.get(pk=record)
        projects = tuple(row.project_rows.values_list("project", flat=True))
        parties = Parties(owner=f"person:{row.owner}" if row.owner else "", organisation=f"org:{row.owner_organisation}", projects=projects)
        Record.objects.filter(pk=record).update(state=state, access=statement, access_class=statement["class"])
        with work(console(), "record.publish") as w:
            compile(w, record, AccessStatement.from_document(statement), parties, state=state)
            w.journal(verb, record)

    def withdraw(self, record: str) -> None:
        from izumi.records.models import Record

        row = Record.objects.get(pk=record)
        Record.objects.filter(pk=record).update(withdrawn_at=row.created_at)
        self.rule(record, row.access, state="withdrawn", verb="record.withdrawn")


def drain() -> int:
    """The index's own consumer and jobs, until nothing is left; other rooms' work is not needed here."""
    importlib.import_module("izumi.catalogue.consumers")
    importlib.import_module("izumi.catalogue.jobs")
    from izumi.kernel import jobs, journal, running

    rounds = 0
    while running.feed(journal.CONSUMERS["index"]) or jobs.run_one():
        rounds += 1
    return rounds


@pytest.fixture
def world(home) -> World:
    return World(drain)


@pytest.fixture
def found(world) -> Callable[..., list[str]]:
    """Titles that a search finds, in order; anonymous unless said otherwise."""
    from izumi.catalogue import queries
    from izumi.catalogue.types import Query
    from izumi.kernel.actors import ANONYMOUS

    def ask(q: str = "", actor: Any = ANONYMOUS, **more: Any) -> list[str]:
        return [item.title.one("ja") for item in queries.search(actor, Query(q=q, **more)).items]

    return ask


@pytest.fixture
def today() -> dt.date:
    from izumi.kernel import clock

    return clock.today()
