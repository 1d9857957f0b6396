"""``izumi bench …``: figures of this machine, comparable only with themselves."""

from __future__ import annotations

import json

import click

from izumi.web.cli.face import Face, command, need_home
from izumi.web.language import say

SCALE = click.option(
    "--scale", type=click.IntRange(1), default=1, show_default=True, help=say("回数の倍率", "how many times the usual count")
)


@click.group(name="bench", help=say("計測", "figures"))
def bench() -> None:
    """Figures."""


@bench.command(
    help=say("公開ページと API を、何もしない Django の画面と比べる", "public pages and API against a bare Django view")
)
@SCALE
@command
def http(face: Face, scale: int) -> None:
    """Latency and requests a second of public pages."""
    need_home()
    from izumi.web import bench as measured

    told = measured.http(scale=scale, told=face.note)
    face.tell(told, lambda: json.dumps(told, ensure_ascii=False, indent=2))


@bench.command(help=say("検索", "search"))
@SCALE
@command
def search(face: Face, scale: int) -> None:
    """Latency of searches."""
    need_home()
    from izumi.web import bench as measured

    told = measured.search(scale=scale, told=face.note)
    face.tell(told, lambda: json.dumps(told, ensure_ascii=False, indent=2))


@bench.command(
    help=say("OAI-PMH の収集を、同じ内容を書き出すだけの時間と比べる", "harvesting by OAI-PMH against writing the same payloads bare")
)
@SCALE
@command
def harvest(face: Face, scale: int) -> None:
    """Records a second and statements a page of our own provider."""
    need_home()
    from izumi.web import bench_harvest

    told = bench_harvest.harvest(scale=scale, told=face.note)
    face.tell(told, lambda: json.dumps(told, ensure_ascii=False, indent=2))


@bench.command(
    "reports", help=say("大きな報告を、csv モジュールだけで書く時間と比べる", "a large report against the csv module alone writing the same rows")
)
@click.option("--records", type=click.IntRange(1), default=10_000, show_default=True, help=say("レコードの数", "how many records"))
@command
def reports_(face: Face, records: int) -> None:
    """Rows a second, statements and memory of a report; in a home of its own."""
    from izumi.web import bench_reports

    told = bench_reports.reports(records=records)
    face.tell(told, lambda: json.dumps(told, ensure_ascii=False, indent=2))


@bench.command(
    "plans", help=say("計画と実際の照合・採用・時計を、その下にあるものと比べる", "comparing, adopting and watching plans, beside what lies under them")
)
@click.option("--entries", type=click.IntRange(3, 20_000), default=2_000, show_default=True, help=say("大きな計画の件数", "entries of the large plan"))
@click.option("--projects", type=click.IntRange(1), default=1_000, show_default=True, help=say("プロジェクトの数", "how many projects"))
@command
def plans_(face: Face, entries: int, projects: int) -> None:
    """Milliseconds and statements of plans; in a home of its own."""
    from izumi.web import bench_plans

    told = bench_plans.plans(small=min(entries, bench_plans.SMALL), large=entries, projects=projects)
    face.tell(told, lambda: json.dumps(told, ensure_ascii=False, indent=2))
