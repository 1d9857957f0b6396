"""``izumi access …`` and ``izumi search``: who may do what and why; finding."""

from __future__ import annotations

import json
from typing import Any

import click

from izumi.web.cli.face import Face, api_command, table
from izumi.web.language import one, say
from izumi.web.wire import Site


@click.group(name="access", help=say("だれが使えるか", "who may do what"))
def access() -> None:
    """Access."""


@access.command(help=say("できるかどうかと、その理由", "whether, and why"))
@click.argument("record_id", metavar="ID")
@click.option(
    "--action",
    default="read",
    show_default=True,
    help=say("操作（see、read、edit、publish）", "see, read, edit, publish"),
)
@click.option("--at", "moment", metavar="TIME", help=say("その時点で", "at that moment"))
@click.option("--path", help=say("ファイル", "of this file"))
@api_command
def explain(face: Face, site: Site, record_id: str, action: str, moment: str | None, path: str | None) -> int:
    """Whether, and why; exit 1 when not allowed."""
    query = {"record": record_id, "action": action, "at": moment, "path": path, "as": site.as_user}
    found = site.get("decisions", **query)
    face.tell(found, lambda: _explained(found))
    return 0 if found["allowed"] else 1


def _explained(found: dict[str, Any]) -> str:
    lines = [say("できます", "allowed") if found["allowed"] else say("できません", "not allowed")]
    for reason in found.get("reasons", []):
        window = " – ".join(str(reason[key]) for key in ("from", "until") if reason.get(key))
        lines.append(f"  - {one(reason.get('text'))}" + (f"（{window}）" if window else ""))
    for way in found.get("ways_out", []):
        lines.append(f"  → {one(way.get('text', way)) if isinstance(way, dict) else way}")
    return "\n".join(lines)


@access.command("set", help=say("アクセス権を変える", "change the access statement"))
@click.argument("record_id", metavar="ID")
@click.option("--class", "access_class", type=click.Choice(["open", "shared", "closed", "embargoed"]),
              help=say("open 公開・shared 共有・closed 非共有・非公開・embargoed 公開期間猶予", "of the data"))  # fmt: skip
@click.option("--reason", "reasons", multiple=True, metavar="CODE", help=say("理由のコード", "coded reason"))
@click.option(
    "--until", "until", metavar="DATE", help=say("公開する最初の日（embargoed）", "first open day (embargoed)")
)
@click.option(
    "--opens",
    type=click.Choice(["auto", "confirm"]),
    help=say("自動で公開するか、確かめるか", "open by itself or after confirmation"),
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="KEY",
    help=say("共有の相手（project:ID など）", "who shared means (project:ID, …)"),
)
@click.option(
    "--metadata-class",
    type=click.Choice(["open", "shared", "closed"]),
    help=say("メタデータのアクセス権", "of the metadata"),
)
@click.option(
    "--preview", is_flag=True, help=say("保存せずに、だれの見え方が変わるかを示す", "only tell who gains and who loses")
)
@api_command
def set_(face: Face, site: Site, record_id: str, preview: bool, **given: Any) -> None:
    """Change the access statement."""
    now = site.call("GET", f"records/{record_id}/access")
    body = now.json()
    statement = {**body["access"], **_statement(given)}
    headers = {"If-Match": now.headers.get("ETag", "")}
    answer = site.call(
        "PUT",
        f"records/{record_id}/access",
        body={"access": statement},
        headers=headers,
        preview=1 if preview else None,
    ).json()
    face.tell(
        answer,
        lambda: "\n".join([say("アクセス権: ", "access: ") + str(answer["access"].get("class")), *_changes(answer)]),
    )


def _changes(answer: dict[str, Any]) -> list[str]:
    return [
        f"  {one(change.get('text')) or json.dumps(change, ensure_ascii=False)}" for change in answer.get("changes", [])
    ]


def _statement(given: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if given["access_class"]:
        said["class"] = given["access_class"]
    if given["reasons"]:
        said["reasons"] = [{"code": code} for code in given["reasons"]]
    for name, key in (("until", "available_on"), ("opens", "opens"), ("metadata_class", "metadata_class")):
        if given[name]:
            said[key] = given[name]
    if given["scopes"]:
        said["scopes"] = list(given["scopes"])
    return said


@click.command(help=say("さがす", "find"))
@click.argument("query", metavar="QUERY", default="")
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help=say("絞り込み", "narrow down"))
@click.option("--sort", help=say("並べ方", "order"))
@click.option("--limit", type=click.IntRange(1, 1000), help=say("件数", "how many"))
@click.option("--cursor", help=say("続きの印", "where to go on"))
@api_command
def search(
    face: Face,
    site: Site,
    query: str,
    filters: tuple[str, ...],
    sort: str | None,
    limit: int | None,
    cursor: str | None,
) -> None:
    """Find. The query travels in the body, so that no log on the way keeps it."""
    chosen: dict[str, list[str]] = {}
    for text in filters:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(say(f"--filter は NAME=VALUE です: {text}", f"--filter is NAME=VALUE: {text}"))
        chosen.setdefault(name, []).append(value)
    body = {"q": query, "filters": chosen, "sort": sort, "limit": limit, "cursor": cursor}
    found = site.call("POST", "search", body={key: value for key, value in body.items() if value}).json()
    face.tell(found, lambda: _hits(found))


def _hits(found: dict[str, Any]) -> str:
    total = found["total"]
    count = total if isinstance(total, int) else say(f"{total['at_least']} 以上", f"at least {total['at_least']}")
    lines = [say(f"{count} 件", f"{count} found")]
    rows = [[hit["id"], str(hit.get("access", "")), one(hit.get("title"))] for hit in found["items"]]
    if rows:
        lines += table([say("番号", "id"), say("アクセス権", "access"), say("名称", "title")], rows)
    if found.get("next"):
        lines.append(say(f"続き: --cursor {found['next']}", f"more: --cursor {found['next']}"))
    return "\n".join(lines)
