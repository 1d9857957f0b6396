"""``izumi report …``: the reports of a project, a programme or an organisation, as a file or on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from izumi.web.cli.face import Face, api_command
from izumi.web.language import say
from izumi.web.wire import Site


@click.group(name="report", help=say("報告（共通項目、ムーンショット、e-Rad の件数）", "reports (common items, Moonshot, counts for e-Rad)"))
def report() -> None:
    """Reports."""


def _options(run: Callable[..., Any]) -> Callable[..., Any]:
    chosen = (
        click.option("--project", metavar="ID", help=say("プロジェクト", "of a project")),
        click.option("--programme", metavar="ID", help=say("制度", "of a programme")),
        click.option("--organisation", metavar="ID", help=say("機関", "of an organisation")),
        click.option("--period", metavar="FY2026|FROM/TO", help=say("年度、または両端の日（含む）", "a fiscal year, or two days, both included")),
        click.option("--round", "round_id", metavar="ID", help=say("報告の回（基準日と年度をそこから取る）", "a reporting round, with its day and year")),
        click.option("--format", "kind", type=click.Choice(["csv", "xlsx", "json"]), default="csv", show_default=True,
                     help=say("形式", "format")),
        click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True, help=say("見出しの言語", "language of the headers")),
        click.option("--to", "target", metavar="FILE", default="-", show_default=True, help=say("ファイル（- は標準出力）", "file (- for stdout)")),
    )  # fmt: skip
    for one in reversed(chosen):
        run = one(run)
    return run


def _command(name: str, ja: str, en: str) -> None:
    @report.command(name, help=say(ja, en))
    @_options
    @api_command
    def made(face: Face, site: Site, **asked: Any) -> None:
        _fetch(face, site, name, **asked)


_command("common", "メタデータの共通項目、30 列", "common metadata elements, 30 columns")
_command("moonshot", "ムーンショットのデータ一覧", "the Moonshot data table")
_command("erad", "e-Rad に入力するメタデータ件数と根拠", "metadata counts to type into e-Rad, with the list behind")


def _fetch(face: Face, site: Site, name: str, *, kind: str, target: str, round_id: str | None, **asked: Any) -> None:
    kind = "json" if face.as_json and target == "-" else kind
    query = {"round": round_id, "format": kind, **asked}
    chunks = site.stream(f"/api/v1/reports/{name}?{urlencode({key: value for key, value in query.items() if value})}")
    if target == "-":
        _show(chunks)
        return
    written = _write(Path(target), chunks)
    face.tell({"file": target, "bytes": written, "report": name, "format": kind}, target)


def _show(chunks: Iterator[bytes]) -> None:
    for chunk in chunks:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def _write(target: Path, chunks: Iterator[bytes]) -> int:
    """Write the file; one that could not be fetched whole never takes the place of an older one."""
    first = next(chunks, b"")  # a refusal is told before anything is touched
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with unfinished.open("wb") as file:
            size = file.write(first) + sum(file.write(chunk) for chunk in chunks)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return size
