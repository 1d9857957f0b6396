"""Later work of records: publication days and the edges of windows."""

from __future__ import annotations

from typing import Any

from izumi.kernel.actors import system
from izumi.kernel.errors import NotThere
from izumi.kernel.jobs import JobRun, job
from izumi.records import actions


@job("records.publish_due")
def publish_due(run: JobRun) -> dict[str, Any]:
    """The agreed day of a scheduled draft."""
    return {"published": actions.publish_due(system("publication day"), run.payload["record"])}


@job("records.edge")
def edge(run: JobRun) -> dict[str, Any]:
    """A window of a record opens or closes."""
    try:
        actions.window_edge(system("embargo clock"), run.payload["record"])
    except NotThere:
        return {"gone": True}
    return {}


@job("records.confirm_due")
def confirm_due(run: JobRun) -> dict[str, Any]:
    """The day after which an embargo waits for somebody's word."""
    try:
        return {"waits": actions.confirmation_due(system("embargo clock"), run.payload["record"])}
    except NotThere:
        return {"gone": True}
