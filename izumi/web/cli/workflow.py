"""``izumi submit|return|accept|publish|withdraw|discard``: a record on its way into the world and out of it."""

from __future__ import annotations

from typing import Any

import click

from izumi.web.cli.face import Face, api_command
from izumi.web.cli.records import summary
from izumi.web.language import say
from izumi.web.wire import Site

ID = click.argument("record_id", metavar="ID")


def _done(face: Face, answer: dict[str, Any]) -> None:
    face.tell(answer, lambda: summary(answer) if "id" in answer and "state" in answer else say("しました", "done"))


def _post(face: Face, site: Site, record_id: str, verb: str, body: dict[str, Any]) -> None:
    given = {key: value for key, value in body.items() if value is not None}
    _done(face, site.call("POST", f"records/{record_id}/{verb}", body=given).json())


@click.command(help=say("確認に出す", "hand the draft in for review"))
@ID
@api_command
def submit(face: Face, site: Site, record_id: str) -> None:
    """Submit."""
    _post(face, site, record_id, "submit", {})


@click.command("return", help=say("理由を付けて差し戻す", "send it back with a reason"))
@ID
@click.option("--why", required=True, help=say("理由", "the reason"))
@api_command
def return_(face: Face, site: Site, record_id: str, why: str) -> None:
    """Return."""
    _post(face, site, record_id, "return", {"why": why})


@click.command(help=say("確認済みにする", "accept it"))
@ID
@api_command
def accept(face: Face, site: Site, record_id: str) -> None:
    """Accept."""
    _post(face, site, record_id, "accept", {})


@click.command(help=say("公開する", "publish it"))
@ID
@click.option(
    "--on", "day", metavar="DATE", help=say("公開する日（YYYY-MM-DD、日本時間）", "the day (YYYY-MM-DD, Japan time)")
)
@click.option("--note", help=say("この版の説明", "what is new in this version"))
@api_command
def publish(face: Face, site: Site, record_id: str, day: str | None, note: str | None) -> None:
    """Publish."""
    _post(face, site, record_id, "publish", {"on": day, "note": note})


@click.command(help=say("理由を付けて取り下げる", "withdraw it with a reason"))
@ID
@click.option("--why", required=True, help=say("理由", "the reason"))
@click.option("--version", type=int, help=say("その版だけ", "only that version"))
@api_command
def withdraw(face: Face, site: Site, record_id: str, why: str, version: int | None) -> None:
    """Withdraw."""
    _post(face, site, record_id, "withdraw", {"why": why, "version": version})


@click.command(help=say("下書きを捨てる（30 日間は戻せます）", "discard the draft (restorable for 30 days)"))
@ID
@api_command
def discard(face: Face, site: Site, record_id: str) -> None:
    """Discard the draft."""
    answer = site.call("DELETE", f"records/{record_id}/draft")
    _done(face, answer.json() if answer.content else {"id": record_id, "discarded": True})


@click.command("new-version", help=say("公開済みのレコードに下書きを開く", "open a draft of a published record"))
@ID
@click.option("--kind", type=click.Choice(["files", "metadata"]), default="files", show_default=True,
              help=say("files: 次の版、metadata: 訂正", "files: the next version, metadata: a correction"))  # fmt: skip
@api_command
def new_version(face: Face, site: Site, record_id: str, kind: str) -> None:
    """Open a draft of a published record."""
    _post(face, site, record_id, "new-version", {"kind": kind})
