"""Later work of plans: days that come, and drafts of large plans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from izumi.kernel.jobs import JobRun, job
from izumi.plans import actions
from izumi.plans.actions import clock


@job(clock.JOB)
def day_has_come(run: JobRun) -> dict[str, Any]:
    """A day on which an obligation speaks, or after which something is late: due at 00:00 Japan time."""
    return {"projects": clock.pass_edges()}


@job("plans.tick", every=timedelta(hours=1))
def tick(run: JobRun) -> dict[str, Any]:
    """Once an hour by the machine: what was missed is caught up, and the next day stays queued."""
    return {"projects": clock.pass_edges()}


@job("plans.make_records")
def make_records(run: JobRun) -> dict[str, Any] | None:
    """The draft records of an adopted plan with more entries than one transaction should make."""
    return actions.make_records(run)
