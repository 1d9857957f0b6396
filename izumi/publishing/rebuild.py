"""``izumi rebuild --into NEW``: published records come back from the storage alone; no byte is copied.

Only heads are read. A hold that no version of its object has taken in closes the record: nothing that was narrowed or
withdrawn ever reopens. The work runs in a process of its own, because a process serves one home.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from izumi.kernel.errors import Conflict, Damaged, IzumiError, Unavailable
from izumi.kernel.home import Home, home

Told = Callable[[str], None]
FORMAT = 1
KEPT = ("base_url", "title_ja", "title_en", "secret_key", "time_zone", "env", "admin_email", "mail_url", "s3_endpoint")
"""Settings that the new home takes over from the old one."""


def rebuild(
    into: Path, storage_url: str | None = None, site_name: str | None = None, *, old: Home | None = None,
    told: Told | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Make ``into`` a home of every published record in the storage; what came back, what is closed, what failed.

    Storage address and site name are the old home's unless they are given; then no old home is needed.
    Refuses (``home.exists``) a folder that is a home already.
    """
    target = Home(into.resolve())
    if target.exists:
        raise Conflict("home.exists", path=str(target.path))
    source = old or home()
    settings = _settings(source if source.exists else None, storage_url, site_name)
    target.create(**settings)
    environ = {**os.environ, "IZUMI_HOME": str(target.path), "DJANGO_SETTINGS_MODULE": "izumi.web.settings"}
    for name in ("IZUMI_STORAGE_URL", "IZUMI_SITE_NAME", "IZUMI_BASE_URL"):
        environ.pop(name, None)
    command = [sys.executable, "-m", "izumi.publishing.rebuild"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - our own module
        last = _follow(child.stdout or (), told)
    if child.returncode != 0 or "home" not in last:
        raise Unavailable("rebuild.failed", what=str(last.get("what", child.returncode)))
    return last


def _settings(source: Home | None, storage_url: str | None, site_name: str | None) -> dict[str, str | int]:
    kept = {name: value for name, value in (source.written if source else {}).items() if name in KEPT}
    address = storage_url or (source.setting("IZUMI_STORAGE_URL") or f"file://{source.objects}" if source else "")
    name = site_name or (source.site_name if source else "")
    if not address or not name:
        raise Conflict("rebuild.unknown_storage")
    if "://" not in address:
        address = f"file://{Path(address).resolve()}"
    return {**kept, "storage_url": address.replace("{home}", str(source.path) if source else ""), "site_name": name}


def _follow(lines: Iterable[str], told: Told | None) -> dict[str, Any]:
    last: dict[str, Any] = {}
    for line in lines:
        try:
            found = json.loads(line)
        except ValueError:
            continue
        last = found if isinstance(found, dict) else last
        if told is not None and "record" in last:
            told(f"{last['record']}  {last['state']}")
    return last


# ---------------------------------------------------------------- inside the new home


def restore_all() -> Iterator[dict[str, Any]]:
    """Restore every object of the storage into this home, which must hold no record; one line each, then the sum."""
    from izumi.kernel.actors import system
    from izumi.kernel.work import work
    from izumi.records import queries as records
    from izumi.storage import actions as storage

    if records.ids_after("", limit=1, state=None):
        raise Conflict("home.exists", path=str(home().path))
    with work(system("rebuild"), "site.rebuild") as w:
        w.journal("site.rebuilt", "site", {"site_name": home().site_name})
    restored, closed, failed = 0, [], []
    for owner_id in storage.sealed_owners():
        try:
            is_closed = restore_one(owner_id)
        except (Damaged, KeyError, ValueError, TypeError) as broken:
            failed.append(owner_id)
            yield {"record": owner_id, "state": "failed", "what": _what(broken)}
            continue
        restored += 1
        closed += [owner_id] if is_closed else []
        yield {"record": owner_id, "state": "closed" if is_closed else "restored"}
    yield {"home": str(home().path), "records": restored, "closed": closed, "failed": failed}


def _what(broken: Exception) -> str:
    return f"{broken.code} {broken.facts}" if isinstance(broken, IzumiError) else repr(broken)


def restore_one(owner_id: str) -> bool:
    """Restore one record in one transaction; whether it comes back closed because of a hold."""
    from izumi.kernel.actors import system
    from izumi.kernel.work import work
    from izumi.people.actions.restoring import restore_facts
    from izumi.records import actions as records
    from izumi.storage import actions as storage

    sealed = storage.read_sealed(owner_id)
    head = _document(sealed, "izumi/record.json")
    context = _document(sealed, "izumi/context.json")
    if head["id"] != owner_id or head["format"] > FORMAT or context["format"] > FORMAT:
        raise ValueError(f"format {head['format']} of {head['id']}")
    open_holds = storage.open_holds(sealed)
    with work(system("rebuild"), "record.restore") as w:
        restore_facts(w, context["facts"])
        storage.restore_files(w, sealed, through=head["sealed_through"])
        storage.restore_holds(w, owner_id, open_holds)
        now, w.now = w.now, storage.sealed_at(sealed)  # the page tells when the object was sealed, not when it came back
        records.restore_record(w, head, closed=bool(open_holds))
        w.now = now
        told = {"versions": len(head["versions"]), "closed": bool(open_holds), "was_public": _was_public(head)}
        w.journal("record.restored", owner_id, told)
    return bool(open_holds)


def _was_public(head: Mapping[str, Any]) -> bool:
    """Whether anyone could ever see the metadata: as the head says, else (older heads) as it stands in the head."""
    stands = bool(head["versions"]) and str((head["access"] or {}).get("metadata_class") or "open") == "open"
    return bool(head.get("was_public", False)) or stands


def _document(sealed: Any, path: str) -> Mapping[str, Any]:
    from izumi.storage import actions as storage

    body = storage.sealed_document(sealed, path)
    if body is None:
        raise Damaged(what="missing", content=path)
    found = json.loads(body)
    if not isinstance(found, dict):
        raise Damaged(what="broken", content=path)
    return found


def main() -> int:
    """The child process: tables, records, then whatever follows from the journal (the index)."""
    import django

    django.setup()
    from django.core.management import call_command

    from izumi.kernel import running
    from izumi.kernel.home import FORMAT as LAYOUT

    call_command("migrate", verbosity=0, interactive=False)
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA user_version = {LAYOUT:d}")
    last: dict[str, Any] = {}
    for last in restore_all():
        if "record" in last:
            _say(last)
    running.until_idle()
    _say(last)
    return 0


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
