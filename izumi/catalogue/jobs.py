"""Later work of the catalogue: edges of time, the rebuild, and a look at the index once a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from izumi.catalogue import actions
from izumi.kernel.jobs import JobRun, job
from izumi.kernel.text import both

_BUILDING = both("索引を作り直しています", "Rebuilding the search index")


@job(actions.EDGES_JOB)
def edges(run: JobRun) -> dict[str, Any]:
    """Records whose audience changes at this moment."""
    return {"records": actions.pass_edges()}


@job("catalogue.reindex")
def reindex(run: JobRun) -> dict[str, Any]:
    """The index anew, beside the old one."""
    return actions.reindex(lambda done, total: run.progress(done, total, _BUILDING))


@job("catalogue.look", every=timedelta(minutes=1))
def look(run: JobRun) -> dict[str, Any]:
    """Rebuild a missing or damaged index, and catch up edges that were missed."""
    rebuilt = actions.check()
    return {"rebuilt": rebuilt, "records": 0 if rebuilt else actions.pass_edges()}
