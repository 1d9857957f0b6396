"""``izumi bench``: figures of this machine. Ratios of one run can be compared; absolute figures of two machines cannot."""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from izumi.kernel.actors import ANONYMOUS
from izumi.kernel.errors import Conflict
from izumi.people import queries as people
from izumi.web import load, wire
from izumi.web.supervisor import THREADS

ROUNDS, SECONDS, CONNECTIONS, WORKERS = 4, 1.0, 8, 2
GOAL_LATENCY_RATIO, GOAL_RATE_RATIO, GOAL_STATEMENTS = 2.5, 0.6, 12
QUERIES = ("", "データ", "data", "alloy", "測定", "rice soil", "スペクトル")

Told = Callable[[str], None]


def http(*, scale: int = 1, told: Told) -> dict[str, Any]:
    """Anonymous landing page and API record against the same bytes from a bare Django view, both on two workers, in turns."""
    record = an_open_record()
    paths = {"landing": f"/records/{record}", "api": f"/api/v1/records/{record}"}
    with tempfile.TemporaryDirectory() as folder, _server("izumi.web.wsgi:application") as site:
        samples = {path: _sample(site, path, Path(folder) / name) for name, path in paths.items()}
        listing = Path(folder) / "samples.json"
        listing.write_text(json.dumps(samples), "utf-8")
        with _server("izumi.web.bare:application", IZUMI_BENCH_SAMPLES=str(listing)) as bare:
            cases = {name: _compare(site, bare, path, scale, told) for name, path in paths.items()}
    return {
        "machine": _machine(), "record": record, "workers": WORKERS, "connections": CONNECTIONS,
        "goals": {"latency_ratio": GOAL_LATENCY_RATIO, "rate_ratio": GOAL_RATE_RATIO, "statements": GOAL_STATEMENTS},
        "cases": cases, "signed_in": signed_in_statements(record),
    }  # fmt: skip


def _compare(site: int, bare: int, path: str, scale: int, told: Told) -> dict[str, Any]:
    seen: dict[str, list[load.Figures]] = {"site_alone": [], "bare_alone": [], "site_many": [], "bare_many": []}
    for port in (site, bare):
        load.run(port, path, seconds=0.5, connections=CONNECTIONS)
    for number in range(ROUNDS * scale):
        for name, port in (("site", site), ("bare", bare)) if number % 2 else (("bare", bare), ("site", site)):
            seen[f"{name}_alone"].append(load.run(port, path, seconds=SECONDS / 2, connections=1))
            seen[f"{name}_many"].append(load.run(port, path, seconds=SECONDS, connections=CONNECTIONS))
        told(f"{path}  {number + 1}/{ROUNDS * scale}")
    best = {name: _middle(figures) for name, figures in seen.items()}
    return {
        "path": path,
        "latency_ratio": round(best["site_alone"].median_ms / best["bare_alone"].median_ms, 2),
        "rate_ratio": round(best["site_many"].per_second / best["bare_many"].per_second, 2),
        **{name: figures.as_json() for name, figures in best.items()},
    }


def _middle(figures: list[load.Figures]) -> load.Figures:
    ordered = sorted(figures, key=lambda one: one.per_second)
    return ordered[len(ordered) // 2]


def _sample(port: int, path: str, file: Path) -> dict[str, str]:
    with wire.remote(f"http://127.0.0.1:{port}", None)._client as client:
        answer = client.get(path, headers={"Accept": "*/*"})
    answer.raise_for_status()
    file.write_bytes(answer.content)
    return {"file": str(file), "type": answer.headers["Content-Type"]}


@contextmanager
def _server(application: str, **environment: str) -> Iterator[int]:
    """Granian with two workers on a free port, as the supervisor starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers",
        str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error", application,
    ]  # fmt: skip
    running = subprocess.Popen(command, env={**os.environ, **environment}, start_new_session=True)  # noqa: S603
    try:
        _wait(port, running)
        yield port
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if running.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(0.5)
            return
    raise Conflict("bench.no_server")


def an_open_record() -> str:
    """A record that anyone may read. Raises ``Conflict`` on an empty site."""
    found = (
        wire.local(ANONYMOUS).call("POST", "search", body={"q": "", "filters": {"access": ["open"]}, "limit": 1}).json()
    )
    if not found["items"]:
        raise Conflict("bench.empty")
    return str(found["items"][0]["id"])


def search(*, scale: int = 1, told: Told) -> dict[str, Any]:
    """Searches in process as anyone: median and 95th percentile per query, in milliseconds."""
    site = wire.local(ANONYMOUS)
    rows = []
    for query in QUERIES:
        took = []
        for _ in range(20 * scale):
            started = time.perf_counter()
            found = site.call("POST", "search", body={"q": query, "facets": ["kind", "access"]}).json()
            took.append((time.perf_counter() - started) * 1000)
        rows.append(
            {
                "q": query,
                "total": found["total"],
                "median_ms": round(statistics.median(took), 2),
                "p95_ms": round(sorted(took)[-2], 2),
            }
        )
        told(f"{query or '*'}  {rows[-1]['median_ms']} ms")
    return {"machine": _machine(), "queries": rows}


def signed_in_statements(record: str) -> dict[str, int]:
    """How many SQL statements a page costs somebody who is signed in (the demo's researcher, else the first person)."""
    active = get_user_model().objects.filter(is_active=True)
    person = active.filter(username="researcher").first() or active.order_by("pk").first()
    if person is None:
        return {}
    client = Client(HTTP_HOST="127.0.0.1")
    session = SessionStore()
    session.update({people.SESSION_PERSON: person.pk, people.SESSION_STAMP: people.session_stamp(person)})
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    counted = {}
    for path in ("/", "/search?q=data", "/work", f"/records/{record}"):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        counted[path] = len(captured)
    return counted


def _machine() -> dict[str, Any]:
    return {
        "system": platform.system(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
