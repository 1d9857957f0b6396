"""``izumi init|demo|serve|worker|doctor|upgrade``: the life of a site."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from izumi.kernel.errors import Conflict
from izumi.kernel.home import home
from izumi.web import homes
from izumi.web.cli.face import Face, command, need_home
from izumi.web.language import say

HOST = click.option(
    "--host", default="127.0.0.1", show_default=True, help=say("待ち受けるアドレス", "address to listen on")
)
PORT = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=say("ポート", "port")
)
WORKERS = click.option(
    "--workers", type=click.IntRange(1), help=say("Web の並列数（既定は CPU の数）", "web processes (default: CPUs)")
)
ACCEPTED = click.option(
    "--i-know-this-is-a-demo", "accepted", is_flag=True,
    help=say("デモをほかの機械に見せることを承知した", "yes, offer a demo to other machines"),
)  # fmt: skip


@click.command(help=say("ホームを作る", "make a home"))
@click.option(
    "--site-name",
    help=say("サイト名（OAI の名前空間、後から変えられません）", "site name (OAI namespace, fixed for ever)"),
)
@click.option("--base-url", help=say("サイトのアドレス", "the site's address"))
@click.option("--admin-email", help=say("運用担当のメール", "the operator's address"))
@command
def init(face: Face, site_name: str | None, base_url: str | None, admin_email: str | None) -> None:
    """Make a home."""
    if home().exists:
        raise Conflict("home.exists", path=str(home().path))
    address = base_url or home().setting("IZUMI_BASE_URL")
    name = site_name or os.environ.get("IZUMI_SITE_NAME")
    if not name:
        name = urlsplit(address).hostname or "localhost"
        if sys.stdin.isatty() and not face.as_json:
            name = click.prompt(
                say("サイト名（OAI の名前空間、後から変えられません）", "Site name (OAI namespace, fixed for ever)"),
                default=name,
            )
    settings = {"site_name": name, "base_url": address}
    if admin_email:
        settings["admin_email"] = admin_email
    made = homes.make_home(**settings)
    face.tell(
        {"home": str(made.path), "site_name": name, "base_url": address},
        say(
            f"ホームを作りました: {made.path}\n次に: izumi person add（管理者）、izumi serve",
            f"Made the home {made.path}\nNext: izumi person add (an administrator), izumi serve",
        ),
    )


@click.command(help=say("デモのサイトを作って動かす", "fill a demo site and serve it"))
@click.option("--no-serve", is_flag=True, help=say("作るだけで動かさない", "only fill it"))
@click.option("--reset", is_flag=True, help=say("作り直す", "start afresh"))
@HOST
@PORT
@WORKERS
@ACCEPTED
@command
def demo(face: Face, no_serve: bool, reset: bool, host: str, port: int, workers: int | None, accepted: bool) -> int:
    """Fill a demo home (idempotent), then serve it until Ctrl-C."""
    from izumi.web.demo import run

    told = run.demo(base_url=f"http://127.0.0.1:{port}", reset=reset, told=face.note)
    face.tell(told, lambda: _accounts(told))
    if no_serve:
        return 0
    return _serve(face, host, port, workers, with_worker=True, accepted=accepted)


def _accounts(told: dict[str, Any]) -> str:
    lines = [say("デモの利用者（人も機関も架空です）", "Demo accounts (people and institutions are invented)")]
    lines += [f"  {name:<12} {account['password']}" for name, account in told["accounts"].items()]
    return "\n".join(lines)


@click.command(help=say("サイトを動かす（Ctrl-C まで）", "serve the site until Ctrl-C"))
@HOST
@PORT
@WORKERS
@click.option("--no-worker", is_flag=True, help=say("裏方の処理を動かさない", "without the worker"))
@ACCEPTED
@command
def serve(face: Face, host: str, port: int, workers: int | None, no_worker: bool, accepted: bool) -> int:
    """Serve the site."""
    need_home()
    return _serve(face, host, port, workers, with_worker=not no_worker, accepted=accepted)


def _serve(face: Face, host: str, port: int, workers: int | None, *, with_worker: bool, accepted: bool) -> int:
    from izumi.web import supervisor

    shown = f"http://{host if ':' not in host else f'[{host}]'}:{port}"

    def ready() -> None:
        face.note(say(f"{shown} で動いています。Ctrl-C で終わります。", f"Serving on {shown} – Ctrl-C to stop."))

    try:
        return supervisor.serve(host, port, workers, with_worker=with_worker, demo_accepted=accepted, ready=ready)
    except supervisor.PortTaken as taken:
        raise Conflict("site.port_taken", port=port) from taken
    except supervisor.DemoExposed as exposed:
        raise Conflict("site.demo_exposed", host=host) from exposed


@click.command(help=say("裏方の処理だけを動かす", "run the worker alone"))
@click.option("--until-idle", is_flag=True, help=say("することがなくなったら終わる", "end when nothing is left to do"))
@command
def worker(face: Face, until_idle: bool) -> None:
    """Run the worker."""
    need_home()
    if until_idle:
        from izumi.kernel import running

        face.tell({"rounds": running.until_idle()}, say("追いつきました", "caught up"))
        return
    from izumi.web import worker as endless

    endless.run()


@click.command(help=say("サイトの具合を調べる", "see whether the site is well"))
@command
def doctor(face: Face) -> int:
    """Check the home; exit 1 when something needs doing."""
    from izumi.web.cli.checkup import checks

    need_home()
    rows = list(checks())
    if face.as_json:
        face.tell({"ok": all(row["ok"] for row in rows), "checks": rows})
    else:
        for row in rows:
            click.echo(f"{'✓' if row['ok'] else '✗'} {row['text']}" + ("" if row["ok"] else f"\n    → {row['fix']}"))
    return int(not all(row["ok"] for row in rows))


@click.command(help=say("控えを取ってから、ホームを新しい形にする", "back up, then bring the home up to this Izumi"))
@command
def upgrade(face: Face) -> None:
    """Back up, then migrate; refuses a newer home."""
    done = homes.upgrade()
    face.tell(
        done,
        say(f"新しくしました。控え: {done['backup']}", f"Upgraded. The state before: {done['backup']}")
        if done["upgraded"]
        else say("すでに新しい形です", "Nothing to do"),
    )


@click.command(help=say("控えを取る（データベース・設定・下書き。保管物は含みません）",
                        "back up database, settings and drafts (objects are their own copy)"))  # fmt: skip
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=say("置く場所", "empty folder"),
)
@command
def backup(face: Face, target: Path) -> None:
    """Back up."""
    need_home()
    done = homes.back_up(target)
    face.tell(done, say(f"控えを取りました: {target}", f"Backed up to {target}"))


@click.command(help=say("控えからホームを作る", "make the home from a backup"))
@click.argument("source", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@command
def restore(face: Face, source: Path) -> None:
    """Restore."""
    done = homes.restore(source)
    face.tell(
        done,
        say(
            "戻しました。次に izumi upgrade と izumi reindex を行ってください。",
            "Restored. Next: izumi upgrade, izumi reindex.",
        ),
    )


COMMANDS = (init, demo, serve, worker, doctor, upgrade, backup, restore)
