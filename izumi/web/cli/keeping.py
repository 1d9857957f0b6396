"""``izumi verify|rebuild|reindex|journal``: whether what is kept is whole, and making it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from izumi.kernel.days import iso
from izumi.kernel.home import home
from izumi.web.cli.face import Face, command, need_home
from izumi.web.language import say


@click.command(
    help=say("保管物のバイト列を確かめる（壊れていれば終了コード 1）", "check stored bytes (exit 1 when damaged)")
)
@click.argument("record_id", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help=say("すべて", "every record"))
@command
def verify(face: Face, record_id: str | None, everything: bool) -> int:
    """Check stored bytes."""
    if bool(record_id) == everything:
        raise click.UsageError(say("ID か --all のどちらかを指定してください", "give an ID or --all"))
    need_home()
    from izumi.publishing import verify as checking

    damaged = 0
    for found in checking.verify_all() if everything else [checking.verify(str(record_id))]:
        damaged += not found["ok"]
        face.tell(
            found,
            f"{'✓' if found['ok'] else '✗'} {found['id']}"
            + "".join(f"\n    {_fault(fault)}" for fault in found["faults"]),
        )
    face.note(
        say("壊れたものはありません", "nothing is damaged")
        if not damaged
        else say(f"壊れたもの {damaged} 件", f"{damaged} damaged")
    )
    return int(damaged > 0)


def _fault(fault: dict[str, Any]) -> str:
    versions = ", ".join(f"v{n}" for n in fault["versions"])
    return " ".join(
        part for part in (fault["what"], fault["file"] or fault["place"], f"({versions})" if versions else "") if part
    )


@click.command(help=say("保管物だけから、サイトを作り直す", "make a site anew from its storage alone"))
@click.option(
    "--into",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    help=say("新しいホーム（既定は IZUMI_HOME）", "the new home (default IZUMI_HOME)"),
)
@click.option(
    "--storage",
    "storage_url",
    help=say("保管先のアドレス（元のホームがないとき）", "address of the storage (without the old home)"),
)
@click.option("--site-name", help=say("サイト名（元のホームがないとき）", "site name (without the old home)"))
@command
def rebuild(face: Face, target: Path | None, storage_url: str | None, site_name: str | None) -> int:
    """Rebuild; exit 1 when an object could not be read."""
    from izumi.publishing import rebuild as rebuilding

    told = rebuilding.rebuild(target or home().path, storage_url, site_name, told=face.note)
    text = say(
        f"{told['records']} 件を作り直しました: {told['home']}", f"{told['records']} records rebuilt in {told['home']}"
    )
    if told["closed"]:
        text += "\n" + say(
            f"保留のため閉じたもの: {', '.join(told['closed'])}",
            f"closed because of a hold: {', '.join(told['closed'])}",
        )
    if told["failed"]:
        text += "\n" + say(
            f"読めなかったもの: {', '.join(told['failed'])}", f"could not be read: {', '.join(told['failed'])}"
        )
    face.tell(told, text)
    return int(bool(told["failed"]))


@click.command(help=say("検索の索引を横に作り、入れ替える", "build the search index beside and swap"))
@command
def reindex(face: Face) -> None:
    """Reindex."""
    need_home()
    from izumi.catalogue import actions

    told = actions.reindex()
    count = told if isinstance(told, int) else told.get("records", 0)
    face.tell({"records": count}, say(f"{count} 件の索引を作りました", f"{count} records indexed"))


@click.command(help=say("台帳（何が起きたか）", "the journal: what happened"))
@click.option(
    "--since", type=click.IntRange(0), default=0, metavar="SEQ", help=say("この番号より後", "after this number")
)
@click.option("--limit", type=click.IntRange(1), default=500, show_default=True, help=say("件数", "how many"))
@click.option(
    "--verify",
    "check",
    is_flag=True,
    help=say("連鎖を確かめる（切れていれば終了コード 1）", "check the chain (exit 1 when broken)"),
)
@command
def journal(face: Face, since: int, limit: int, check: bool) -> int:
    """Show or verify the journal."""
    need_home()
    from izumi.kernel import journal as book

    if check:
        breaks = [{"seq": broken.seq, "what": broken.what} for broken in book.verify()]
        face.tell({"ok": not breaks, "last": book.last_seq(), "breaks": breaks},
                  say(f"連鎖は {book.last_seq()} まで続いています", f"the chain holds up to {book.last_seq()}") if not breaks
                  else say(f"切れています: {breaks[:5]}", f"broken: {breaks[:5]}"))  # fmt: skip
        return int(bool(breaks))
    rows = (
        {"seq": e.seq, "at": iso(e.at), "actor": e.actor, "verb": e.verb, "subject": e.subject, "payload": e.payload}
        for e in book.events_after(since, limit=limit)
    )
    face.rows(
        rows,
        [
            ("seq", lambda row: str(row["seq"])),
            (say("日時", "at"), lambda row: row["at"][:19]),
            (say("だれ", "actor"), lambda row: row["actor"]),
            (say("こと", "verb"), lambda row: row["verb"]),
            (say("対象", "subject"), lambda row: row["subject"]),
        ],
    )
    return 0


COMMANDS = (verify, rebuild, reindex, journal)
