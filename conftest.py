"""Fixtures of the whole: a fresh home with a real SQLite file, the site's client, and a worker that runs to rest."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_SESSION = Path(tempfile.mkdtemp(prefix="izumi-tests-"))
os.environ["IZUMI_HOME"] = str(_SESSION / "home")
os.environ.setdefault("IZUMI_ENV", "test")
os.environ.setdefault("IZUMI_BASE_URL", "http://testserver")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "izumi.web.settings")
os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")

from izumi.kernel.home import Home
from izumi.kernel.home import home as the_home

the_home().create(site_name="test.izumi.invalid", base_url="http://testserver", env="test")

import django

django.setup()


def pytest_sessionfinish() -> None:
    shutil.rmtree(_SESSION, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database() -> Path:
    """A migrated, empty database; made once a run, copied for each test."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    target = _SESSION / "template.db"
    source = sqlite3.connect(the_home().database)
    source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    source.close()
    shutil.copy(the_home().database, target)
    return target


def _fresh(template: Path) -> Home:
    from django.db import connections

    connections.close_all()
    place = the_home()
    for name in ("objects", "drafts", "index", "cache", "archive", "mail", "logs"):
        shutil.rmtree(place.path / name, ignore_errors=True)
        (place.path / name).mkdir()
    for suffix in ("-wal", "-shm"):
        Path(f"{place.database}{suffix}").unlink(missing_ok=True)
    shutil.copy(template, place.database)
    return place


@pytest.fixture
def home(template_database: Path) -> Iterator[Home]:
    """A fresh, empty home."""
    place = _fresh(template_database)
    yield place
    from django.db import connections

    connections.close_all()


@pytest.fixture
def run_workers(home: Home) -> Callable[[], int]:
    """Drains consumers and due jobs until nothing is left."""
    from izumi.kernel import running

    return running.until_idle


@pytest.fixture
def client(home: Home):
    """Django's test client over the real addresses; it raises nothing that a reader would not see."""
    from django.test import Client

    return Client(raise_request_exception=False)
