"""The life of a home: made, opened, upgraded, backed up, restored.

A home carries its layout's number twice, in ``izumi.toml`` and in the database (``PRAGMA user_version``); an Izumi that
does not know the number, or finds migrations it does not have, refuses instead of guessing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import izumi
from izumi.kernel import clock
from izumi.kernel.days import iso
from izumi.kernel.errors import Conflict, Damaged, Unavailable
from izumi.kernel.home import FOLDERS, FORMAT, Home, NewerHome, NoHome, home

BACKUP_FORMAT = 1
MANIFEST = "backup.json"


def open_home(*, migrated: bool = True) -> Home:
    """This home with Django set up on it. Raises where there is none, a newer one, or one that wants ``izumi upgrade``."""
    try:
        here = home().require()
    except NoHome as missing:
        raise Conflict("home.none", path=str(missing)) from missing
    except NewerHome as newer:
        raise Conflict("home.newer", path=str(newer)) from newer
    set_up_django()
    if migrated and pending():
        raise Conflict("home.older", path=str(here.path))
    return here


def set_up_django() -> None:
    """Django on the home that ``IZUMI_HOME`` names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "izumi.web.settings")
    import django

    django.setup()
    for name in ("django.request", "django.security"):  # refusals are told as problems, not as lines of a log on the terminal
        logging.getLogger(name).addHandler(logging.NullHandler())


def make_home(**settings: str | int) -> Home:
    """A new, empty home with its tables. Raises ``Conflict`` where one is already."""
    if home().exists:
        raise Conflict("home.exists", path=str(home().path))
    made = home().create(**settings)
    set_up_django()
    migrate()
    return made


def migrate() -> None:
    """Bring the tables up to this Izumi and write the layout's number into the database."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA user_version = {FORMAT:d}")


def pending() -> bool:
    """Whether the tables are older than this Izumi. Raises ``Conflict`` when they are newer."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            number = cursor.execute("PRAGMA user_version").fetchone()[0]
        if number > FORMAT:
            raise Conflict("home.newer", path=str(home().path))
    executor = MigrationExecutor(connection)
    rooms = {app for app, _ in executor.loader.disk_migrations}
    if any(
        app in rooms and (app, name) not in executor.loader.disk_migrations
        for app, name in executor.loader.applied_migrations
    ):
        raise Conflict("home.newer", path=str(home().path))
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def upgrade() -> dict[str, Any]:
    """Back the state up beside the home's files, then migrate. Answers what was done."""
    here = open_home(migrated=False)
    if not pending() and int(here.written.get("format", 0)) == FORMAT:
        return {"home": str(here.path), "upgraded": False, "backup": None, "format": FORMAT}
    kept = here.path / "backups" / f"before-{izumi.__version__}-{clock.machine_now():%Y%m%dT%H%M%SZ}"
    back_up(kept, drafts=False)
    migrate()
    text = re.sub(r"(?m)^format = \d+$", f"format = {FORMAT}", here.file.read_text("utf-8"))
    _write_private(here.file, text.encode())
    return {"home": str(here.path), "upgraded": True, "backup": str(kept), "format": FORMAT}


def back_up(target: Path, *, drafts: bool = True) -> dict[str, Any]:
    """A consistent copy of the state: database (online), settings, drafts, demo and mail; not the objects, which are their own copy.

    The database is taken first and draft files never change once written, so every file it names is in the copy.
    Raises ``Conflict`` when the target is not empty, ``Unavailable`` for a database that has its own tools.
    """
    here = home()
    if target.exists() and any(target.iterdir()):
        raise Conflict("backup.not_empty", path=str(target))
    if not here.database.is_file():
        raise Unavailable("backup.not_sqlite")
    target.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(here.database)) as source, closing(sqlite3.connect(target / "izumi.db")) as copy:
        source.backup(copy, pages=2000)
        copy.execute("PRAGMA journal_mode=DELETE")
    (target / "izumi.db").chmod(0o600)
    _write_private(target / "izumi.toml", here.file.read_bytes())
    for name in ("drafts", "mail", "profiles") if drafts else ():
        if (here.path / name).is_dir():
            shutil.copytree(here.path / name, target / name, symlinks=True)
    if drafts and (here.path / "demo.json").is_file():
        _write_private(target / "demo.json", (here.path / "demo.json").read_bytes())
    manifest = {
        "backup": BACKUP_FORMAT, "format": FORMAT, "izumi": izumi.__version__, "made_at": iso(clock.machine_now()),
        "files": {name: {"sha256": _sha256(target / name), "size": (target / name).stat().st_size} for name in _below(target)},
    }  # fmt: skip
    _write_private(target / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return {
        "to": str(target),
        "files": len(manifest["files"]),
        "bytes": sum(f["size"] for f in manifest["files"].values()),
    }


def restore(source: Path) -> dict[str, Any]:
    """Put a backup into this home, which must have neither settings nor database; objects that are already there are kept.

    Raises ``Damaged`` when a file differs from the manifest: then nothing is written.
    """
    here = home()
    if here.exists or here.database.exists():
        raise Conflict("home.exists", path=str(here.path))
    manifest = _manifest(source)
    here.path.mkdir(parents=True, exist_ok=True)
    for name in manifest["files"]:
        place = here.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, place)
    for name in FOLDERS:
        (here.path / name).mkdir(exist_ok=True)
    for name in ("izumi.toml", "izumi.db", "demo.json"):
        if (here.path / name).exists():
            (here.path / name).chmod(0o600)
    return {"home": str(here.path), "files": len(manifest["files"]), "made_at": manifest["made_at"]}


def _manifest(source: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((source / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as wrong:
        raise Conflict("backup.none", path=str(source)) from wrong
    if manifest["backup"] > BACKUP_FORMAT or manifest["format"] > FORMAT:
        raise Conflict("home.newer", path=str(source))
    for name, told in manifest["files"].items():
        file = (source / name).resolve()
        if not file.is_relative_to(source.resolve()) or not file.is_file() or _sha256(file) != told["sha256"]:
            raise Damaged("backup.damaged", path=name)
    return manifest


def _below(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_private(path: Path, content: bytes) -> None:
    """Write beside and move over, mode 0600: settings hold the site's key."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
