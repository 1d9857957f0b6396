"""Jobs: the second and last kind of later work – a row with lease, attempts, dedup key, progress and a day when it is due.

``run_after`` is machine time (retries, back-off); ``due`` is domain time (publication days, window edges, reminders):
what was missed while the worker was off runs at its start, oldest first, once. Handlers must be idempotent.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from izumi.kernel import clock
from izumi.kernel.days import Instant
from izumi.kernel.errors import IzumiError, catalogue
from izumi.kernel.ids import new_id
from izumi.kernel.models import Job
from izumi.kernel.text import Text

LEASE = timedelta(seconds=60)
ATTEMPTS = 8
KEPT_FOR = timedelta(days=30)

log = logging.getLogger("izumi.jobs")


@dataclass(slots=True)
class JobRun:
    """What a handler gets: its payload, what an earlier attempt kept, and a way to tell progress."""

    id: str
    name: str
    payload: dict[str, Any]
    kept: dict[str, Any]
    owner: str
    attempt: int
    lost: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: int, total: int | None = None, message: Text | None = None) -> None:
        """Tell how far the work is; shown by web, CLI and API alike."""
        told = message.as_json() if message else {}
        Job.objects.filter(pk=self.id).update(done=done, total=total, message=told, lease_until=clock.machine_now() + LEASE)

    def keep(self, state: dict[str, Any]) -> None:
        """Remember a state from which the next attempt goes on."""
        self.kept = state
        Job.objects.filter(pk=self.id).update(kept=state, lease_until=clock.machine_now() + LEASE)


Handler = Callable[[JobRun], dict[str, Any] | None]
HANDLERS: dict[str, Handler] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A job that comes again."""

    name: str
    every: timedelta


CRONS: dict[str, Cron] = {}


def job(name: str, *, every: timedelta | None = None) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job; with ``every`` it also runs by itself at that interval (machine time)."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        if every is not None:
            CRONS[name] = Cron(name=name, every=every)
        return handler

    return register


def enqueue(
    name: str,
    payload: dict[str, Any],
    *,
    owner: str = "",
    dedup: str | None = None,
    due: Instant | None = None,
    run_after: Instant | None = None,
) -> str | None:
    """Insert a job row in the present transaction; its id, or ``None`` when an equal one (``dedup``) is already queued.

    A queued equal one that is due later is brought forward.
    """
    if dedup is not None:
        same = Job.objects.filter(dedup=dedup, state="queued").first()
        if same is not None:
            if same.due is not None and (due is None or due < same.due):
                Job.objects.filter(pk=same.pk).update(due=due, payload=payload)
            return None
    row = Job(
        id=new_id(), name=name, payload=payload, owner=owner, dedup=dedup, due=due, run_after=run_after,
        created_at=clock.machine_now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    return row.id


def forget(dedup: str) -> None:
    """Take back a queued job (a publication day that was moved, say)."""
    Job.objects.filter(dedup=dedup, state="queued").delete()


_CLAIM = """
UPDATE kernel_job SET state = 'running', attempts = attempts + 1, lease_until = %s
WHERE id = (
    SELECT id FROM kernel_job
    WHERE (state = 'queued' OR (state = 'running' AND lease_until < %s))
      AND (run_after IS NULL OR run_after <= %s) AND (due IS NULL OR due <= %s)
    ORDER BY CASE WHEN due IS NULL THEN created_at ELSE due END, created_at, id LIMIT 1)
RETURNING id
"""


def claim() -> JobRun | None:
    """Take the oldest runnable job, in one statement; also one whose worker died (its lease ran out)."""
    machine = clock.machine_now()
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [adapt(machine + LEASE), adapt(machine), adapt(machine), adapt(clock.now())])
        found = cursor.fetchone()
    if found is None:
        return None
    row = Job.objects.get(pk=found[0])
    return JobRun(id=row.id, name=row.name, payload=row.payload, kept=row.kept, owner=row.owner, attempt=row.attempts)


@contextmanager
def _heartbeat(run: JobRun) -> Iterator[None]:
    """Extend the lease while the handler works, from a second thread with its own connection."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(LEASE.total_seconds() / 3):
            Job.objects.filter(pk=run.id, state="running").update(lease_until=clock.machine_now() + LEASE)
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()


def reclaim() -> int:
    """End all leases at once; how many. For a worker that knows that it is the only one: what it finds running died with another."""
    return Job.objects.filter(state="running").update(lease_until=clock.machine_now() - LEASE)


def run_one() -> bool:
    """Claim and run one job; whether there was one."""
    run = claim()
    if run is None:
        return False
    handler = HANDLERS.get(run.name)
    try:
        if handler is None:
            raise IzumiError("job.unknown", name=run.name)
        with _heartbeat(run):
            result = handler(run)
    except Exception as failure:  # the one place where a worker must survive whatever a handler does
        _failed(run, failure)
    else:
        _end(run.id, state="done", result=result or {}, error="")
    return True


def _end(job_id: str, **values: Any) -> None:
    Job.objects.filter(pk=job_id).update(ended_at=clock.machine_now(), lease_until=None, **values)


def _failed(run: JobRun, failure: Exception) -> None:
    log.error("job %s (%s) failed, attempt %d\n%s", run.name, run.id, run.attempt, traceback.format_exc())
    code = failure.code if isinstance(failure, IzumiError) else type(failure).__name__
    final = isinstance(failure, IzumiError) and failure.status < 500 and code in catalogue()
    if final or run.attempt >= ATTEMPTS:
        _end(run.id, state="failed", error=code)
        return
    pause = timedelta(seconds=min(2**run.attempt, 600))
    Job.objects.filter(pk=run.id).update(
        state="queued" if not _queued_again(run.id) else "failed",
        run_after=clock.machine_now() + pause, lease_until=None, error=code,
    )  # fmt: skip


def _queued_again(job_id: str) -> bool:
    """Whether an equal job was queued while this one ran; that one then does the work."""
    dedup = Job.objects.filter(pk=job_id).values_list("dedup", flat=True).first()
    return dedup is not None and Job.objects.filter(dedup=dedup, state="queued").exists()


def keep_crons_queued() -> None:
    """See to it that each recurring job has its next run queued, and drop jobs that ended long ago."""
    for cron in CRONS.values():
        dedup = f"cron:{cron.name}"
        if not Job.objects.filter(dedup=dedup, state__in=("queued", "running")).exists():
            last = Job.objects.filter(dedup=dedup).order_by("-created_at").values_list("created_at", flat=True).first()
            enqueue(cron.name, {}, owner="system:cron", dedup=dedup, run_after=last + cron.every if last else None)
    Job.objects.filter(ended_at__lt=clock.machine_now() - KEPT_FOR).delete()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCard:
    """A job as people see it."""

    id: str
    name: str
    state: str
    owner: str
    done: int
    total: int | None
    message: Text
    result: dict[str, Any] | None
    error: str
    created_at: Instant


def card(job_id: str) -> JobCard | None:
    """One job. Cost: 1 statement."""
    row = Job.objects.filter(pk=job_id).first()
    return _card(row) if row else None


def cards(*, owner: str | None, limit: int = 50) -> list[JobCard]:
    """Jobs, newest first; of one owner, or all. Cost: 1 statement."""
    rows = Job.objects.order_by("-created_at")
    if owner is not None:
        rows = rows.filter(owner=owner)
    return [_card(row) for row in rows[:limit]]


def _card(row: Job) -> JobCard:
    return JobCard(
        id=row.id, name=row.name, state=row.state, owner=row.owner, done=row.done, total=row.total, message=Text(row.message),
        result=row.result, error=row.error, created_at=row.created_at,
    )  # fmt: skip
