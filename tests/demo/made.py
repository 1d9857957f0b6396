"""The demo is made once a run, by its own command; every test that wants it takes a copy of that home."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ACCOUNT_PASSWORD = "izumi-demo"


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


def copied(demo: Path, target: Path) -> Path:
    """A home of one's own that holds the same demo."""
    shutil.copytree(demo, target, symlinks=True, ignore=shutil.ignore_patterns("*.pid", "*.sock"))
    return target
