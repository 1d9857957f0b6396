"""The worker: drives consumers and jobs; one a home, held by a lock of the operating system."""

from __future__ import annotations

import os
import signal
import time

import django

from izumi.kernel.home import home
from izumi.kernel.lifeline import die_with_parent
from izumi.kernel.locks import exclusive

_PAUSE_S = 0.25
_CRONS_EVERY_S = 20.0


def run() -> None:
    """Work until SIGTERM; a step that is under way is finished first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "izumi.web.settings")
    if os.environ.get("IZUMI_CHILD") == "1":
        die_with_parent()
    django.setup()
    from django.db import connection

    from izumi.kernel import jobs, running  # need the tables' registry

    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    with exclusive(home().path / "worker.lock"):
        if connection.vendor == "sqlite":  # one home, one worker: the lock says so
            jobs.reclaim()
        crons_at = 0.0
        while not stopping:
            crons_at = _queue_crons(crons_at)
            if not running.step():
                time.sleep(_PAUSE_S)


def _queue_crons(last: float) -> float:
    from izumi.kernel import jobs, running

    if time.monotonic() - last < _CRONS_EVERY_S and last:
        return last
    running.load_rooms()
    jobs.keep_crons_queued()
    return time.monotonic()


if __name__ == "__main__":
    run()
