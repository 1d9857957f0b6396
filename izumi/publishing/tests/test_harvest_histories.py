"""Random histories: whoever harvests now and then, from the last datestamp seen, knows what a full harvest tells."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS
from izumi.kernel.days import parse_instant
from izumi.kernel.errors import IzumiError
from izumi.records import queries

DEEDS = ("create", "create hidden", "create project", "correct", "narrow", "open", "withdraw", "worker", "harvest", "read", "later", "back")
START = "2026-11-21T10:00:00+09:00"


class Known:
    """What harvesters remember: one by OAI-PMH, one by the change feed."""

    def __init__(self) -> None:
        self.headers: dict[str, tuple[bool, tuple[str, ...]]] = {}
        self.last = ""
        self.feed: dict[str, str] = {}
        self.n = 0

    def harvest(self, harvester) -> None:
        start = {"from_": self.last} if self.last else {}
        if harvester.errors(verb="ListIdentifiers", metadataPrefix="oai_dc", **start):
            return
        datestamps = []
        for found in harvester.headers("ListRecords", **start):
            self.headers[found.record] = (found.deleted, tuple(found.sets))
            datestamps.append(found.datestamp)
        assert datestamps == sorted(datestamps)
        self.last = max(datestamps)

    def read(self, client) -> None:
        for line in client.get(f"/changes?since={self.n}&limit=2").content.splitlines():
            told = json.loads(line)
            assert told["n"] == self.n + 1
            self.n = told["n"]
            self.feed[told["id"]] = told["change"]


def act(deed: str, which: int, desk, made: list[str]) -> None:
    if deed.startswith("create"):
        more = {"access": desk.closed} if deed == "create hidden" else {}
        made.append(desk.record(projects=(desk.world.project,) if deed == "create project" else (), **more))
        return
    record = made[which % len(made)] if made else None
    if record is None:
        return
    try:
        {
            "correct": lambda: desk.correct(record), "narrow": lambda: desk.access(record, **desk.closed),
            "open": lambda: desk.access(record, **{"class": "open"}), "withdraw": lambda: desk.withdraw(record),
        }[deed]()  # fmt: skip
    except IzumiError as refused:
        assert refused.status in (403, 404, 409, 410)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 5)), min_size=5, max_size=25))
def test_harvesting_now_and_then_ends_with_what_a_full_harvest_tells(harvester, desk, announce, client, deeds):
    made: list[str] = []
    known, now = Known(), parse_instant(START)
    for deed, which in deeds:
        now += {"later": timedelta(minutes=1), "back": -timedelta(seconds=90)}.get(deed, timedelta(milliseconds=300))
        with clock.at(now):
            if deed == "worker":
                announce()
            elif deed == "harvest":
                known.harvest(harvester)
            elif deed == "read":
                known.read(client)
            elif deed not in ("later", "back"):
                act(deed, which, desk, made)
    with clock.at(now):
        announce()
        known.harvest(harvester)
        for _ in range(60):
            known.read(client)
        everything = {} if not known.last else {h.record: (h.deleted, tuple(h.sets)) for h in harvester.headers()}
        visible = queries.visible_ids(ANONYMOUS, made)
    assert known.headers == everything
    assert {record for record in made if not everything.get(record, (True,))[0]} == visible
    assert {record for record, change in known.feed.items() if change != "deleted" and record in made} == visible
