"""Recurring work of storage."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from izumi.kernel.jobs import JobRun, job
from izumi.storage.tidy import tidy


@job("storage.tidy", every=timedelta(hours=6))
def tidy_regularly(run: JobRun) -> dict[str, Any]:
    """Sweep what crashes and changes of mind leave behind."""
    return asdict(tidy())
