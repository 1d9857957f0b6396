"""The public shapes of reports and submissions."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from izumi.governance.types import LABELS, Report, SubmissionLine, SubmissionView
from izumi.kernel.days import iso


def line_json(one: SubmissionLine) -> dict[str, Any]:
    """A submission without its rows."""
    return {
        "id": one.id, "round": one.round, "project": one.project, "report": one.report, "as_of": one.as_of.isoformat(),
        "state": one.state, "late": one.late, "digest": one.digest, "counts": dict(one.counts), "submitted_by": one.submitted_by,
        "submitted_at": iso(one.submitted_at), "why": one.why or None, "decided_by": one.decided_by or None,
        "decided_at": iso(one.decided_at) if one.decided_at else None, "replaces": one.replaces, "can": dict(one.can),
    }  # fmt: skip


def receipt_json(view: SubmissionView) -> dict[str, Any]:
    """What the PM gets: number, time, digest, figures, and what to look at."""
    return {
        **line_json(view), "url": f"/reports/submissions/{view.id}", "notes": view.frozen["notes"],
        "findings": view.frozen["findings"],
    }  # fmt: skip


def disposition(report: Report, kind: str, stem: str = "") -> str:
    """``Content-Disposition`` with an ASCII name, and one in the report's language for readers that know RFC 6266."""
    marks = [stem] if stem else [report.project] if report.project else []
    plain = "-".join(["izumi", report.name, *marks, report.as_of.isoformat()]) + f".{kind}"
    whole = "_".join([LABELS[report.name].one(report.lang), report.scope.one(report.lang)[:80], *marks[:1], report.as_of.isoformat()])
    said = re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", whole) + f".{kind}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(said, safe='')}"
