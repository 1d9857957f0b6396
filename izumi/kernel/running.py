"""Drives consumers and jobs: a worker's endless loop, or until nothing is left to do (tests, the demo, the CLI)."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import traceback
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache

from django.apps import apps

from izumi.kernel import clock, jobs, journal, notices
from izumi.kernel.models import Cursor, Job

log = logging.getLogger("izumi.consumers")


@lru_cache(maxsize=1)
def load_rooms() -> None:
    """Import ``notices``, ``consumers`` and ``jobs`` of every room, so that they are registered."""
    notices.load()
    for room in apps.get_app_configs():
        for name in ("consumers", "jobs"):
            module = f"{room.name}.{name}"
            if room.name.startswith("izumi.") and room.name != "izumi.kernel" and importlib.util.find_spec(module):
                importlib.import_module(module)


def feed(consumer: journal.Consumer) -> bool:
    """Give one consumer its next batch; whether there was anything to read."""
    cursor, _ = Cursor.objects.get_or_create(name=consumer.name)
    if cursor.retry_at is not None and cursor.retry_at > clock.machine_now():
        return False
    events = journal.events_after(cursor.seq)
    if not events:
        return False
    try:
        wanted = [event for event in events if consumer.wants(event)]
        if wanted:
            consumer.run(wanted)
    except Exception as failure:  # a consumer that fails is tried again later and never stops the others
        log.error("consumer %s failed\n%s", consumer.name, traceback.format_exc())
        pause = timedelta(seconds=min(2**cursor.failures, 300))
        Cursor.objects.filter(pk=cursor.name).update(
            failures=cursor.failures + 1, retry_at=clock.machine_now() + pause, error=repr(failure)[:500]
        )
        return False
    Cursor.objects.filter(pk=cursor.name).update(seq=events[-1].seq, failures=0, retry_at=None, error="")
    return True


def step() -> bool:
    """One round over all consumers and one job; whether anything was done."""
    load_rooms()
    busy = [feed(consumer) for consumer in list(journal.CONSUMERS.values())]
    return any(busy) | jobs.run_one()


def until_idle(*, rounds: int = 100_000, told: Callable[[int], None] | None = None) -> int:
    """Run until neither a consumer nor a due job has anything to do; the number of rounds."""
    for done in range(rounds):
        if not step():
            return done
        if told is not None:
            told(done)
    raise RuntimeError("the worker does not come to rest")


def behind() -> dict[str, int]:
    """By how many events each consumer lags, for ``/readyz``, ``doctor`` and tests."""
    load_rooms()
    newest = journal.last_seq()
    seen = dict(Cursor.objects.values_list("name", "seq"))
    return {name: newest - seen.get(name, 0) for name in journal.CONSUMERS}


def waiting_jobs() -> int:
    """How many jobs run, or could run now."""
    due = Job.objects.filter(state="queued").exclude(due__gt=clock.now()).exclude(run_after__gt=clock.machine_now())
    return due.count() + Job.objects.filter(state="running").count()
