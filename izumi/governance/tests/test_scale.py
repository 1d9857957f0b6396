"""Large reports: statements and memory do not grow with what they need not grow with."""

from __future__ import annotations

import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from izumi.governance import queries, writing
from izumi.kernel.actors import console
from izumi.web.bench_reports import filled

pytestmark = pytest.mark.scale


def statements(run):
    with CaptureQueriesContext(connection) as asked:
        run()
    return len(asked.captured_queries)


def peak(run):
    tracemalloc.start()
    run()
    top = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return top


def csv_of(project):
    for _ in writing.csv_chunks(queries.report(console(), "common", project=project)):
        pass


def book_of(project):
    writing.xlsx_file(queries.report(console(), "common", project=project)).close()


def test_four_statements_for_each_five_hundred_records_and_little_memory(home):
    small, large = filled(500), filled(1500)
    for name in ("common", "erad"):
        read = [statements(lambda p=p, name=name: list(queries.report(console(), name, project=p).rows)) for p in (small, large)]
        assert read[1] - read[0] == 2 * 4 and read[0] <= 12, (name, read)
    for write in (csv_of, book_of):
        tops = [peak(lambda p=p, write=write: write(p)) for p in (small, large)]
        assert tops[1] < 1.8 * tops[0], (write.__name__, tops)


def test_the_first_lines_are_sent_before_the_last_records_are_read(home):
    project = filled(600)
    with CaptureQueriesContext(connection) as asked:
        chunks = writing.csv_chunks(queries.report(console(), "common", project=project))
        next(chunks)
        early = len(asked.captured_queries)
        rest = sum(1 for _ in chunks)
        assert rest > 0 and len(asked.captured_queries) > early
