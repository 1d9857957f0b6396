"""The packs of this process: installed and the site's own, read again when their files change."""

from __future__ import annotations

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
    where: Path | None = None
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
    where, now = site_folder(), time.monotonic()
    if _kept.where == where and now - _kept.looked < LOOK_EVERY_SECONDS:
        return
    with _lock:
        if _kept.where == where and time.monotonic() - _kept.looked < LOOK_EVERY_SECONDS:
            return
        folders = [*_folders(INSTALLED), *_folders(where)]
        key = tuple((str(folder), stamp(folder)) for folder in folders)
        if key != _kept.key or not _kept.packs:
            found, faults = read_all(INSTALLED, where)
            _kept.packs, _kept.problems, _kept.key = found, faults, key
        _kept.where, _kept.looked = where, time.monotonic()


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
