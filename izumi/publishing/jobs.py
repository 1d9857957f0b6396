"""Later work of publishing."""

from __future__ import annotations

from typing import Any

from izumi.kernel.jobs import ATTEMPTS, JobRun, job
from izumi.publishing import seal


@job("record.seal")
def seal_record(run: JobRun) -> dict[str, Any]:
    """Seal one record; after the last attempt its page says that the seal failed."""
    try:
        return seal.seal(run.payload["record"])
    except Exception:
        if run.attempt >= ATTEMPTS:
            seal.give_up(run.payload["record"])
        raise
