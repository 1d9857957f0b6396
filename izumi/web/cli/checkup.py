"""What ``izumi doctor`` looks at."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from izumi.kernel.home import home
from izumi.web.language import say

LEAST_FREE_BYTES = 2_000_000_000
LATE_EVENTS = 1000


def _row(check: str, ok: bool, text: str, fix: str = "") -> dict[str, Any]:
    return {"check": check, "ok": ok, "text": text, "fix": "" if ok else fix}


def checks() -> Iterator[dict[str, Any]]:
    """One row a check: ``check``, ``ok``, ``text`` and – where not ok – ``fix``."""
    here = home()
    yield _row(
        "home",
        True,
        say(
            f"ホーム {here.path}（形式 {here.written.get('format')}）",
            f"home {here.path} (format {here.written.get('format')})",
        ),
    )
    mode = stat.S_IMODE(here.file.stat().st_mode)
    yield _row(
        "settings-mode",
        mode & 0o077 == 0,
        say(f"izumi.toml の権限 {mode:04o}", f"izumi.toml has mode {mode:04o}"),
        "chmod 600 izumi.toml",
    )
    free = shutil.disk_usage(here.path).free
    yield _row("disk", free > LEAST_FREE_BYTES, say(f"空き {free / 1e9:.1f} GB", f"{free / 1e9:.1f} GB free"),
               say("空きを増やしてください", "make room on the disk"))  # fmt: skip
    yield _row("operator", bool(settings.IZUMI_ADMIN_EMAIL), say("運用担当のメール", "the operator's address"),
               say("IZUMI_ADMIN_EMAIL か izumi.toml の admin_email に書いてください", "set IZUMI_ADMIN_EMAIL, or admin_email in izumi.toml"))  # fmt: skip
    yield _row("mail", bool(settings.IZUMI_MAIL_URL) or settings.IZUMI_ENV != "production", say("メールの送り先", "mail is sent"),
               say("IZUMI_MAIL_URL がないので、メールは home/mail/ に書かれます", "without IZUMI_MAIL_URL mail is written to home/mail/"))  # fmt: skip
    yield from _profiles()
    yield from _later_work()
    yield from _journal()


def _profiles() -> Iterator[dict[str, Any]]:
    from izumi.profiles import queries

    faults = queries.pack_problems()
    names = ", ".join(pack.name for pack in queries.packs())
    yield _row("profiles", not faults, say(f"プロファイル {names}", f"profiles: {names}"), "; ".join(faults))


def _later_work() -> Iterator[dict[str, Any]]:
    from izumi.kernel import running
    from izumi.web.supervisor import worker_lock_held

    behind = running.behind()
    late = {name: lag for name, lag in behind.items() if lag > LATE_EVENTS}
    yield _row(
        "consumers",
        not late,
        say(f"裏方の遅れ {late or 'なし'}", f"consumers lag: {late or 'none'}"),
        "izumi worker --until-idle",
    )
    waiting = running.waiting_jobs()
    works = worker_lock_held()
    yield _row("worker", works or not (waiting or any(behind.values())),
               say(f"裏方は{'動いています' if works else '動いていません'}（待ち {waiting} 件）",
                   f"worker {'runs' if works else 'does not run'} ({waiting} waiting)"),
               say("izumi serve か izumi worker を動かしてください", "run izumi serve or izumi worker"))  # fmt: skip


def _journal() -> Iterator[dict[str, Any]]:
    from izumi.kernel import journal

    broken = next(iter(journal.verify()), None)
    yield _row("journal", broken is None, say("台帳の連鎖", "the journal's chain"),
               say(f"台帳が {broken} で切れています。控えと比べてください", f"broken at {broken}; compare with a backup"))  # fmt: skip
