"""Builds of the index as folders: which one is in force, and how another takes its place."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from izumi.kernel import clock
from izumi.kernel.home import home

SCHEMA = 1
"""Raise it when fields or tokens change: builds of another number are not opened, the worker makes a new one."""

POINTER = "current"


class Broken(Exception):
    """There is no usable build: missing, of another schema, or damaged."""


def new_name() -> str:
    """Name of a build that begins now."""
    return f"v{SCHEMA}-{clock.machine_now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def current_name(folder: Path | None = None) -> str:
    """Name of the build in force. Raises `Broken`."""
    folder = folder or home().index
    try:
        name = (folder / POINTER).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as absent:
        raise Broken("no build") from absent
    if not name.startswith(f"v{SCHEMA}-") or "/" in name:
        raise Broken("another schema")
    return name


def sweep(folder: Path) -> None:
    """Remove builds that are not in force; open readers keep their files."""
    try:
        kept = current_name(folder)
    except Broken:
        kept = ""
    for path in folder.iterdir():
        if path.is_dir() and path.name.startswith("v") and path.name != kept:
            shutil.rmtree(path, ignore_errors=True)


def point_to(folder: Path, name: str) -> None:
    """Put a build in force, in one step that survives a crash."""
    path = folder / POINTER
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with fresh.open("w", encoding="utf-8") as out:
        out.write(name + "\n")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
