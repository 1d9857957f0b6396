"""``izumi report``: the same bytes as over HTTP, to a file or stdout; what is refused is told and nothing is overwritten."""

from __future__ import annotations

import json

import pytest

from izumi.web.cli import main


@pytest.fixture
def reported(world):
    return world.publish()


def test_a_report_is_written_to_a_file_and_is_what_the_api_gives(client, world, reported, tmp_path, capfd):
    target = tmp_path / "report.csv"
    assert main(["report", "common", "--project", world.project, "--period", "2026-04-01/2026-06-30", "--to", str(target)]) == 0
    asked = {"project": world.project, "period": "2026-04-01/2026-06-30", "format": "csv"}
    assert target.read_bytes() == client.get("/api/v1/reports/common", asked, **world.bearer("funder")).getvalue()
    assert capfd.readouterr().out.strip() == str(target)
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


def test_a_report_goes_to_stdout_as_bytes_or_as_json(world, reported, capfdbinary):
    assert main(["report", "erad", "--programme", world.programme]) == 0
    assert capfdbinary.readouterr().out.startswith("\ufeffe-Rad 課題ID・体系的番号,".encode())
    assert main(["report", "erad", "--programme", world.programme, "--json"]) == 0
    told = json.loads(capfdbinary.readouterr().out)
    assert sum(row["count"] for row in told["rows"]) == 1


def test_a_refusal_is_told_and_leaves_the_older_file(world, reported, tmp_path, capfd):
    target = tmp_path / "report.xlsx"
    target.write_bytes(b"older")
    asked = ["report", "common", "--project", world.project, "--period", "FY2020/", "--format", "xlsx", "--to", str(target)]
    assert main(asked) == 1
    assert main(["report", "common", "--project", world.project, "--as", "stranger", "--to", str(target)]) == 1
    assert target.read_bytes() == b"older" and [path.name for path in tmp_path.iterdir()] == ["report.xlsx"]
    assert "period" in capfd.readouterr().err.lower()
