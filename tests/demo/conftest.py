"""The demo, made once a run, and copied into the tests' home once a module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from izumi.kernel.home import FOLDERS, Home
from izumi.kernel.home import home as the_home
from tests.demo.made import demo_place, make_demo, told

__all__ = ["demo_place", "make_demo", "told"]


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
