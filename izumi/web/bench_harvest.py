"""``izumi bench harvest``: our own OAI-PMH provider, harvested to the end in process, against writing the same bytes bare."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.kernel.contracts import Package
from izumi.kernel.errors import Conflict
from izumi.publishing import queries as publishing
from izumi.publishing.oai import provider
from izumi.publishing.oai.formats import FORMATS, Format
from izumi.publishing.types import Selection
from izumi.records import queries as records

PREFIXES = ("oai_dc", "jpcoar", "jpcoar_2.1", "datacite")
ROUNDS, BATCH = 5, 200
_TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>")
Told = Callable[[str], None]


def harvest(*, scale: int = 1, told: Told) -> dict[str, Any]:
    """Records a second and statements a page of each format; ``ratio`` is the harvest's time over the bare codec's.

    The bare run holds every package in memory already and only writes the payloads, so that the ratio is what protocol,
    database, policy and envelope cost beside the format itself. Both runs take turns. Raises ``Conflict`` on an empty site.
    """
    packages = _packages()
    if not packages:
        raise Conflict("bench.empty")
    formats = {prefix: _compare(FORMATS[prefix], packages, ROUNDS * scale, told) for prefix in PREFIXES}
    return {"records": len(packages), "page": settings.IZUMI_OAI_PAGE, "rounds": ROUNDS * scale, "formats": formats}


def _packages() -> list[Package]:
    """Everything that a harvester gets, with the files read, so that the bare run asks the database nothing."""
    found: list[Package] = []
    place = 0
    while entries := publishing.announced(Selection(after=place), limit=BATCH):
        found += records.public_packages(entry.record for entry in entries if not entry.deleted).values()
        place = entries[-1].n
    return found


def _compare(wanted: Format, packages: list[Package], rounds: int, told: Told) -> dict[str, Any]:
    statements = _statements(wanted.prefix)
    harvested, bare = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        sent = sum(len(page) for page in _pages(wanted.prefix))
        harvested.append(time.perf_counter() - started)
        started = time.perf_counter()
        written = sum(len(wanted.write(package)) for package in packages)
        bare.append(time.perf_counter() - started)
    took, least = statistics.median(harvested), statistics.median(bare)
    told(f"{wanted.prefix}  {len(packages) / took:.0f}/s  × {took / least:.2f}")
    return {
        "records_per_second": round(len(packages) / took, 1), "bare_records_per_second": round(len(packages) / least, 1),
        "ratio": round(took / least, 2), "statements_per_page": statements, "sent_bytes": sent, "payload_bytes": written,
    }  # fmt: skip


def _statements(prefix: str) -> list[int]:
    """Statements of the first page and, at most, of a further one."""
    counted: list[int] = []
    pages = _pages(prefix)
    while True:
        with CaptureQueriesContext(connection) as captured:
            more = next(pages, None)
        if more is None:
            return counted[:1] + ([max(counted[1:])] if counted[1:] else [])
        counted.append(len(captured))


def _pages(prefix: str) -> Iterator[bytes]:
    """The whole list, page after page, as a harvester asks for it."""
    arguments = [("metadataPrefix", prefix)]
    while True:
        page = provider.answer([("verb", "ListRecords"), *arguments])
        yield page
        token = _TOKEN.search(page)
        if token is None:
            return
        arguments = [("resumptionToken", token[1].decode())]
