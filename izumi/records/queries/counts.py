"""How many records of projects are public, by class and by the reasons why they are not open: for oversight, unfiltered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from izumi.kernel import clock
from izumi.policy.types import AccessStatement
from izumi.records import rules
from izumi.records.models import RecordProject


def public_counts(projects: Iterable[str]) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Published records of these projects: by project and class, and by class and coded reason; as of now.

    For those who oversee the projects; says nothing about single records. Cost: 1 statement.
    """
    now = clock.now()
    by_project: Mapping[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    reasons: Mapping[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = RecordProject.objects.filter(project__in=list(projects), record__state="published")
    seen: set[str] = set()
    for project, record, access in rows.values_list("project", "record_id", "record__access").iterator():
        statement = AccessStatement.from_document(access)
        name = str(rules.access_shown(statement, now)["class"])
        by_project[project][name] += 1
        if record in seen or name == "open":
            continue
        seen.add(record)
        for reason in statement.reasons:
            reasons[name][reason.code] += 1
    return {key: dict(counts) for key, counts in by_project.items()}, {key: dict(counts) for key, counts in reasons.items()}
