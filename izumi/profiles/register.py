"""The packs of this process: installed and the site's own, read again when their files change."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from izumi.kernel.home import home
from izumi.profiles.loader import INSTALLED, PackError, read_pack, stamp
from izumi.profiles.types import Pack

LOOK_EVERY_SECONDS = 1.0


@dataclass
class _Kept:
    key: tuple[tuple[str, str], ...] = ()
    looked: float = -1.0
    home: str | None = None
    packs: dict[str, Pack] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


_kept = _Kept()
_lock = threading.Lock()


def site_folder() -> Path:
    """Where a site puts its own packs."""
    return home().path / "profiles"


def packs() -> dict[str, Pack]:
    """Usable packs by name (and ``name@version`` for kept older ones)."""
    _look()
    return _kept.packs


def problems() -> tuple[str, ...]:
    """Why packs of the site could not be used."""
    _look()
    return _kept.problems


def _look() -> None:
    """Read again what has changed; looks at the disk at most once per ``LOOK_EVERY_SECONDS``."""
    if _is_fresh():
        return
    with _lock:
        if _is_fresh():
            return
        where = site_folder()
        key = tuple((str(folder), stamp(folder)) for folder in (*_folders(INSTALLED), *_folders(where)))
        if key != _kept.key or not _kept.packs:
            found, faults = read_all(INSTALLED, where)
            _kept.packs, _kept.problems, _kept.key = found, faults, key
        _kept.home, _kept.looked = os.environ.get("IZUMI_HOME"), time.monotonic()


def _is_fresh() -> bool:
    same_home = bool(_kept.packs) and _kept.home == os.environ.get("IZUMI_HOME")
    return same_home and time.monotonic() - _kept.looked < LOOK_EVERY_SECONDS


def read_all(installed: Path, site: Path) -> tuple[dict[str, Pack], tuple[str, ...]]:
    """All packs of both folders. A broken installed pack raises; a broken one of the site is left out and told."""
    found: dict[str, Pack] = {}
    for folder in sorted(_folders(installed), key=lambda one: one.name != "common"):
        found[folder.name] = read_pack(folder, with_code=True, beneath=found.get("common"))
    faults: list[str] = []
    for folder in _folders(site):
        if folder.name in found:
            faults.append(f"{folder}: an installed profile has this name")
            continue
        try:
            found[folder.name] = read_pack(folder, beneath=found.get("common"))
        except PackError as error:
            faults.append(str(error))
    return found, tuple(faults)


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(folder for folder in root.iterdir() if (folder / "profile.toml").is_file() and not folder.is_symlink())
