"""A report laid down so that it never changes, and read back as a report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from izumi.governance import writing
from izumi.governance.types import Column, Evidence, Report, Row, Span, Tally
from izumi.kernel.days import parse_day
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text


def laid_down(report: Report) -> dict[str, Any]:
    """The whole report as JSON: head, columns, rows with their evidence, totals. Reads the rows."""
    rows = [
        {"cells": list(row.cells), "told": dict(row.told), "evidence": [one.as_json() for one in row.evidence]} for row in report.rows
    ]
    span = report.span
    days = {name: value.isoformat() if value else None for name, value in (("since", span.since), ("until", span.until))}
    return {
        **report.head_json(), "project": report.project, "rows": rows, "counted": report.tally.as_json(),
        "totals": dict(report.totals) if report.totals is not None else None,
        "columns": [{"id": one.id, "label": one.label, "width": one.width} for one in report.columns],
        "span": {**days, "as_of": span.as_of.isoformat(), "fiscal_year": span.fiscal_year, "whole": span.whole, "unfinished": span.unfinished},
    }  # fmt: skip


def read_back(told: Mapping[str, Any]) -> Report:
    """The report that was laid down, for every format."""
    span = told["span"]
    days = {name: parse_day(span[name]) if span[name] else None for name in ("since", "until")}
    counted = told["counted"]
    return Report(
        name=told["name"], lang=told["lang"], scope=Text(told["scope"]), source=Text(told["source"]),
        span=Span(as_of=parse_day(span["as_of"]), fiscal_year=span["fiscal_year"], whole=span["whole"], unfinished=span["unfinished"], **days),
        columns=tuple(Column(**one) for one in told["columns"]), header_rows=tuple(tuple(row) for row in told["header_rows"]),
        rows=_rows(told["rows"]), notes=tuple(Text(one) for one in told["notes"]), partial=told["partial"], project=told["project"],
        tally=Tally(rows=counted["rows"], skipped=dict(counted["skipped"]), in_period=counted["in_period"]),
        findings=tuple(_finding(one) for one in told["findings"]), totals=told["totals"],
    )  # fmt: skip


def digest_of(told: Mapping[str, Any]) -> str:
    """SHA-256 of the CSV exactly as it is downloaded, so that anybody can check a copy with an ordinary tool."""
    found = hashlib.sha256()
    for chunk in writing.csv_chunks(read_back(told)):
        found.update(chunk)
    return found.hexdigest()


def _rows(told: list[dict[str, Any]]) -> Iterator[Row]:
    for one in told:
        evidence = tuple(
            Evidence(
                id=line["id"], title=Text(line["title"]), url=line["url"], access_class=line["access"],
                published_on=parse_day(line["published_on"]),
            )
            for line in one["evidence"]
        )  # fmt: skip
        yield Row(cells=tuple(one["cells"]), told=one["told"], evidence=evidence)


def _finding(told: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=told["rule"], severity=told["severity"], pointer=told["pointer"], message=Text(told["message"]), source=told["source"],
        fix=Text(told["fix"]) if told["fix"] else None,
    )  # fmt: skip
