"""``izumi bench plans``: what plans cost beside what lies under them, measured in the same run.

Comparing a plan with reality beside reading the same rows; adopting beside making the same number of records one by one; the
hourly look at the clock over projects of which no day has come. In a home of its own, in a process of its own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

SMALL, LARGE, PROJECTS = 200, 2_000, 1_000
ROUNDS = 5

Asked = list[tuple[str, Any]]


def plans(*, small: int = SMALL, large: int = LARGE, projects: int = PROJECTS) -> dict[str, Any]:
    """Measure plans of so many entries, and the tick over so many projects. Cost: about two minutes with the defaults.

    The smaller plan is adopted in one transaction, so it has at most `izumi.plans.actions.AT_ONCE` entries.
    """
    with tempfile.TemporaryDirectory(prefix="izumi-bench-") as folder:
        told = {**os.environ, "IZUMI_HOME": str(Path(folder) / "home"), "IZUMI_ENV": "test", "DJANGO_SETTINGS_MODULE": "izumi.web.settings"}
        told.pop("IZUMI_DATABASE_URL", None)
        command = [sys.executable, "-m", "izumi.web.bench_plans", str(small), str(large), str(projects)]
        run = subprocess.run(command, env=told, capture_output=True, text=True, check=True)  # noqa: S603 – our own module, numbers
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _inside(small: int, large: int, projects: int) -> dict[str, Any]:
    """In the process of its own: make the home, fill it, measure."""
    import django

    from izumi.kernel.home import home

    home().create(site_name="bench.izumi.invalid", base_url="http://bench.izumi.invalid", env="test")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return measured(small, large, projects)


def measured(small: int, large: int, projects: int) -> dict[str, Any]:
    """All figures, in the home of this process; it should be empty."""
    from izumi.kernel import running
    from izumi.kernel.actors import console
    from izumi.people import actions as people

    lead = people.add_organisation(console(), legal_name={"ja": "国立大学法人見本大学", "en": "Mihon University"}, kind="university")
    adoption, plan = _adoption(lead, small)
    opened = _begun(lead, large)
    begun = time.perf_counter()
    running.until_idle()
    seconds = time.perf_counter() - begun
    return {
        "load": os.getloadavg()[0],
        "compare": {str(small): _compared(plan, small), str(large): _compared(opened, large)},
        "adopt": adoption,
        "adopt_later": {"entries": large, "records_per_s": round(large / seconds, 1), "consumers_included": True},
        "tick": _tick(lead, projects),
    }


# --- adopting --------------------------------------------------------------------------------------------------------


def _adoption(lead: str, count: int) -> tuple[dict[str, Any], str]:
    """Adopting so many entries at once beside `create_record` once for each, with the same descriptions; and the plan."""
    from izumi.kernel.actors import console
    from izumi.plans import actions
    from izumi.records import actions as records

    alone = _project(lead)
    begun = time.perf_counter()
    for number in range(count):
        records.create_record(console(), metadata=_described(number), projects=[alone])
    one_by_one = time.perf_counter() - begun
    view = actions.create_plan(console(), _document(count), project=_project(lead))
    with _asking() as asked:
        begun = time.perf_counter()
        actions.adopt(console(), view.id)
        adopting = time.perf_counter() - begun
    return {
        "entries": count, "records_per_s": round(count / adopting, 1), "ms_per_entry": round(adopting * 1000 / count, 2),
        "create_record_ms": round(one_by_one * 1000 / count, 2), "ratio": round(adopting / one_by_one, 2),
        "statements": len(asked), "statements_per_entry": round(len(asked) / count, 1),
    }, view.id  # fmt: skip


def _begun(lead: str, count: int) -> str:
    """A plan with so many entries, just adopted; a job opens the records."""
    from izumi.kernel.actors import console
    from izumi.plans import actions

    view = actions.create_plan(console(), _document(count), project=_project(lead))
    actions.adopt(console(), view.id)
    return view.id


# --- comparing -------------------------------------------------------------------------------------------------------


def _compared(plan: str, count: int) -> dict[str, Any]:
    """The deviations of a plan beside the same statements sent once more and their rows only fetched, and the pure rule alone."""
    from django.db import connection

    from izumi.kernel import clock
    from izumi.kernel.actors import console
    from izumi.plans import queries, rules

    with _asking() as asked:
        found = queries.deviations(console(), plan)
    facts, today = _facts(plan), clock.today()
    comparing, reading, alone = [], [], []
    for _ in range(ROUNDS):
        comparing.append(_timed(lambda: queries.deviations(console(), plan)))
        reading.append(_timed(lambda: [_rows(connection, sql, values) for sql, values in asked]))
        alone.append(_timed(lambda: list(rules.deviations(facts, today))))
    took, least = statistics.median(comparing), statistics.median(reading)
    return {
        "entries": count, "deviations": len(found), "statements": len(asked), "ms": round(took * 1000, 1),
        "us_per_entry": round(took * 1_000_000 / count), "rule_alone_ms": round(statistics.median(alone) * 1000, 1),
        "same_rows_ms": round(least * 1000, 1), "ratio": round(took / least, 1),
    }  # fmt: skip


def _facts(plan: str) -> Any:
    from izumi.kernel.actors import console
    from izumi.plans import queries
    from izumi.plans.queries.project_facts import facts_of

    project = queries.plan(console(), plan).project
    return facts_of([project])[project]


def _rows(connection: Any, sql: str, values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return len(cursor.fetchall())


@contextmanager
def _asking() -> Iterator[Asked]:
    """The statements sent meanwhile, with their values."""
    from django.db import connection

    asked: Asked = []

    def note(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        asked.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        yield asked


def _timed(run: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


# --- the clock -------------------------------------------------------------------------------------------------------


def _tick(lead: str, count: int) -> dict[str, Any]:
    """The hourly look when no day has come, over so many projects that each owe something later."""
    from izumi.kernel import clock
    from izumi.plans.actions import clock as passing
    from izumi.plans.models import Obligation

    far = clock.today() + timedelta(days=900)
    keys = [_project(lead) for _ in range(count)]
    Obligation.objects.bulk_create(
        (Obligation(key=f"bench/{key}", kind="publish", project=key, day=far + timedelta(days=n)) for n, key in enumerate(keys)), batch_size=500
    )
    passing.pass_edges()
    with _asking() as asked:
        passing.pass_edges()
    took = [_timed(passing.pass_edges) for _ in range(ROUNDS)]
    return {"projects": count, "ms": round(statistics.median(took) * 1000, 2), "statements": len(asked)}


# --- what is measured ------------------------------------------------------------------------------------------------


def _project(lead: str) -> str:
    from izumi.kernel.actors import console
    from izumi.people import actions as people

    return str(people.add_project(console(), title={"ja": "見本川プロジェクト", "en": "Mihon River"}, organisation=lead))


def _document(count: int) -> dict[str, Any]:
    return {"title": {"ja": "見本川の計画", "en": "Plan of the Mihon River"}, "entries": [_entry(number) for number in range(count)]}


def _entry(number: int) -> dict[str, Any]:
    """Of three entries one is late, one lacks what it promised, one has time."""
    days = {0: {"publish_on": "2020-04-01"}, 1: {"register_by": "2020-04-01"}, 2: {"register_by": "2098-04-01", "publish_on": "2099-04-01"}}
    planned = {**days[number % 3], "size_bytes": 1_000_000}
    return {**_described(number), "management": {"managed": True, "basis": "institution"}, "planned": planned}


def _described(number: int) -> dict[str, Any]:
    return {
        "title": {"ja": f"見本川の水質の定点観測 {number}", "en": f"Water quality of the Mihon River {number}"},
        "description": {"ja": "8 地点で毎月採水し、pH と溶存酸素を測定します。", "en": "Monthly samples at eight points."},
        "data_number": f"B-{number}", "field": "389", "type": "observational_data", "access": {"class": "open"},
        "contact": {"email": "data@mihon.example"}, "terms": {"fee": "free", "licence": "CC-BY-4.0"},
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(_inside(*map(int, sys.argv[1:4])), sys.stdout)
