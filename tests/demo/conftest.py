"""The demo, made once a run by its own command, and copied into the tests' home once a module."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from izumi.kernel.home import FOLDERS, Home
from izumi.kernel.home import home as the_home


def make_demo(place: Path, *further: str) -> dict[str, Any]:
    """Run ``izumi demo --no-serve --json`` on a home; what it printed. Nothing else may stand on stdout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IZUMI_", "DJANGO_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "izumi.web.cli", "demo", "--no-serve", "--json", *further],
        env={**kept, "IZUMI_HOME": str(place), "LANG": "ja_JP.UTF-8"}, capture_output=True, timeout=600, check=False,
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode()[-3000:] + done.stderr.decode()[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="session")
def demo_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the demo; processes of one test run share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    place = shared / "demo-home"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "demo-told.json").exists():
            (shared / "demo-told.json").write_text(json.dumps(make_demo(place)), "utf-8")
    return place


@pytest.fixture(scope="session")
def told(demo_place: Path) -> dict[str, Any]:
    """What the first run printed."""
    said: dict[str, Any] = json.loads((demo_place.parent / "demo-told.json").read_text("utf-8"))
    return said


@pytest.fixture(scope="module")
def site(demo_place: Path, template_database: Path) -> Iterator[Home]:
    """The tests' own home, holding a copy of the demo."""
    from django.db import connections

    connections.close_all()
    place = the_home()
    for name in FOLDERS:
        shutil.rmtree(place.path / name, ignore_errors=True)
        shutil.copytree(demo_place / name, place.path / name, symlinks=True)
    for suffix in ("-wal", "-shm"):
        Path(f"{place.database}{suffix}").unlink(missing_ok=True)
        if Path(f"{demo_place}/izumi.db{suffix}").exists():
            shutil.copy(f"{demo_place}/izumi.db{suffix}", f"{place.database}{suffix}")
    shutil.copy(demo_place / "izumi.db", place.database)
    yield place
    connections.close_all()
