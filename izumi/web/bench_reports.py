"""``izumi bench reports``: rows a second of a large report, beside the csv module alone writing the very same cells in the same run.

Synthetic records in a home of its own, in a process of its own; nothing of the site is touched.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

RECORDS = 10_000
BATCH = 1_000


def reports(*, records: int = RECORDS) -> dict[str, Any]:
    """Measure ``common`` and ``erad`` over so many published records of one project. Cost: about a second for each thousand."""
    with tempfile.TemporaryDirectory(prefix="izumi-bench-") as folder:
        told = {**os.environ, "IZUMI_HOME": str(Path(folder) / "home"), "IZUMI_ENV": "test", "DJANGO_SETTINGS_MODULE": "izumi.web.settings"}
        told.pop("IZUMI_DATABASE_URL", None)
        command = [sys.executable, "-m", "izumi.web.bench_reports", str(records)]
        run = subprocess.run(command, env=told, capture_output=True, text=True, check=True)  # noqa: S603 – our own module, a number
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _inside(count: int) -> dict[str, Any]:
    """In the process of its own: make the home, fill it, measure."""
    import django

    from izumi.kernel.home import home

    home().create(site_name="bench.izumi.invalid", base_url="http://bench.izumi.invalid", env="test")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    project = filled(count)
    figures = {name: _measured(name, project) for name in ("common", "erad")}
    alone = _csv_alone(project)
    book = _timed(lambda: _drained(_book(project)))
    return {
        "records": count, "common": figures["common"], "erad": figures["erad"], "csv_module_rows_per_s": round(count / alone),
        "times_slower_than_csv": round(figures["common"]["cpu_seconds"] / alone, 1),
        "xlsx": {"cpu_seconds": round(book[0], 2), "rows_per_s": round(count / book[0])},
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


def _measured(name: str, project: str) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from izumi.governance import writing

    with CaptureQueriesContext(connection) as asked:
        seconds, size = _timed(lambda: _drained(writing.csv_chunks(_report(name, project))))
    rows = _report(name, project)
    return {"cpu_seconds": round(seconds, 3), "rows_per_s": round(_rows(rows) / seconds), "bytes": size, "statements": len(asked.captured_queries)}


def _rows(report: Any) -> int:
    return sum(len(row.evidence) for row in report.rows)


def _report(name: str, project: str) -> Any:
    from izumi.governance import queries
    from izumi.kernel.actors import console

    return queries.report(console(), name, project=project)


def _book(project: str) -> Iterator[bytes]:
    from izumi.governance import writing

    with writing.xlsx_file(_report("common", project)) as book:
        yield from iter(lambda: book.read(1 << 20), b"")


def _csv_alone(project: str) -> float:
    """Seconds that the csv module takes for the same cells, which lie in memory already."""
    cells = [row.cells for row in _report("common", project).rows]

    def write() -> int:
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\r\n").writerows(cells)
        return len(out.getvalue().encode())

    return min(_timed(write)[0] for _ in range(3))


def _drained(chunks: Iterator[bytes]) -> int:
    return sum(len(chunk) for chunk in chunks)


def _timed(run: Callable[[], int]) -> tuple[float, int]:
    """Seconds of this process, not of the clock: other work on the machine does not count, and the database runs in here."""
    began = time.process_time()
    size = run()
    return time.process_time() - began, size


def filled(count: int) -> str:
    """A project with so many published records: rows as publication writes them, without doing it ten thousand times."""
    from izumi.kernel.actors import console
    from izumi.people import actions as people
    from izumi.people.types import Number

    lead = people.add_organisation(console(), legal_name={"ja": "国立大学法人見本大学", "en": "Mihon University"}, kind="university")
    project = people.add_project(
        console(), title={"ja": "見本川プロジェクト", "en": "Mihon River"}, organisation=lead, numbers=[Number(scheme="JGN", value="JPMJXX9901")]
    )  # fmt: skip
    for start in range(0, count, BATCH):
        _batch(range(start, min(start + BATCH, count)), lead, project)
    return str(project)


def _batch(numbers: range, lead: str, project: str) -> None:
    from izumi.kernel import clock
    from izumi.kernel.ids import new_id
    from izumi.policy import rules
    from izumi.policy.models import AccessState, AllowRule
    from izumi.policy.types import AccessStatement, Parties
    from izumi.records.models import Record, RecordProject, Version

    now = clock.now() - timedelta(days=1)
    access = {"class": "open", "metadata_class": "open"}
    compiled = rules.rules_for(AccessStatement.from_document(access), Parties("", f"org:{lead}", (project,)), state="published")
    told = [[r.part, r.action, r.audience, None, None, r.basis, r.reason] for r in compiled]
    twins = [r for r in compiled if r.action in ("see", "read") and r.part in ("metadata", "files")]
    keys = [(new_id(), number) for number in numbers]
    moment = lambda number: now + timedelta(microseconds=number)
    Record.objects.bulk_create(
        Record(id=key, kind="dataset", state="published", owner_organisation=lead, created_at=now, updated_at=now, latest=1, access=access,
               access_class="open", first_published_at=moment(n), changed_at=moment(n), title={"ja": f"見本データ {n}"})
        for key, n in keys
    )  # fmt: skip
    RecordProject.objects.bulk_create(RecordProject(record_id=key, project=project) for key, _ in keys)
    Version.objects.bulk_create(
        Version(record_id=key, n=1, metadata=_document(n), published_at=moment(n), published_by="console:bench") for key, n in keys
    )
    AccessState.objects.bulk_create(
        AccessState(record_id=key, state="published", statement=access, rules=told, recorded_at=now) for key, _ in keys
    )
    AllowRule.objects.bulk_create(
        AllowRule(record_id=key, action=r.action, part=r.part, audience=r.audience, recorded_at=now) for key, _ in keys for r in twins
    )


def _document(number: int) -> dict[str, Any]:
    name = {"ja": {"family": "見本", "given": "花子"}, "en": {"family": "Mihon", "given": "Hanako"}}
    return {
        "title": {"ja": f"見本川の水質の定点観測 {number}", "en": f"Water quality of the Mihon River {number}"},
        "description": {"ja": "8 地点で毎月採水し、pH と溶存酸素を測定しました。" * 6, "en": "Monthly samples at eight points. " * 6},
        "data_number": str(number), "field": "389", "type": "observational_data", "creators": [{"name": name}] * 3,
        "hosting_organisation": {"name": {"ja": "国立大学法人見本大学", "en": "Mihon University"}},
        "manager": {"name": {"ja": "研究データ室", "en": "Research Data Office"}, "organisation": True},
        "contact": {"email": "data@mihon.example"}, "terms": {"fee": "free", "licence": "CC-BY-4.0", "citation": {"ja": "出典を書いてください。"}},
        "repository": {"name": {"ja": "見本大学 研究データ", "en": "Mihon Research Data"}}, "size": {"approximate": "1-10GB"},
        "funding": [{"funder": {"name": {"ja": "見本機構"}}, "award_number": "JPMJXX9901", "award_title": {"ja": "見本川プロジェクト"}}],
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(_inside(int(sys.argv[1])), sys.stdout)
