"""``izumi record …``: describe, look, compare, import, export."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from izumi.kernel.errors import IzumiError
from izumi.web.cli.face import Face, api_command, problem_text
from izumi.web.cli.patches import WrongAssignment, merge_patch
from izumi.web.language import one, say
from izumi.web.wire import Problem, Site

SET = click.option(
    "--set", "assignments", multiple=True, metavar="FIELD=VALUE",
    help=say("項目に値を入れる（title{ja}=…、creators.0.name.ja.family=…、field:=JSON、空で削除）",
             "put a value into a field (title{ja}=…, creators.0.name.ja.family=…, field:=JSON, empty removes)"),
)  # fmt: skip
METADATA = click.option(
    "--metadata",
    "document",
    type=click.File("rb"),
    help=say("メタデータの JSON ファイル（- は標準入力）", "JSON file of metadata (- for stdin)"),
)


@click.group(name="record", help=say("レコード（データセットなど）", "records (datasets and others)"))
def record() -> None:
    """Records."""


def patch_of(assignments: tuple[str, ...], document: Any, current: dict[str, Any]) -> dict[str, Any]:
    """What ``--metadata`` and ``--set`` ask for, together. Raises a usage error."""
    given: Any = {}
    if document is not None:
        try:
            given = json.load(document)
        except ValueError as wrong:
            raise click.UsageError(say(f"JSON として読めません: {wrong}", f"not JSON: {wrong}")) from wrong
        if not isinstance(given, dict):
            raise click.UsageError(say("メタデータは JSON のオブジェクトです", "metadata is a JSON object"))
        given = given.get("metadata", given)
    try:
        return {**given, **merge_patch(assignments, {**current, **given})}
    except WrongAssignment as wrong:
        raise click.UsageError(say(f"--set の書き方が違います: {wrong}", f"--set is FIELD=VALUE: {wrong}")) from wrong


def summary(shown: dict[str, Any]) -> str:
    """A record in a few lines."""
    title = one((shown.get("metadata") or {}).get("title")) or say("（名称なし）", "(no title)")
    draft = (shown.get("draft") or {}).get("state")
    lines = [f"{shown['id']}  {title}", say(f"状態: {shown['state']}", f"state: {shown['state']}")]
    if shown.get("version"):
        lines.append(say(f"版: {shown['version']}", f"version: {shown['version']}"))
    if draft:
        lines.append(say(f"下書き: {draft}", f"draft: {draft}"))
    return "\n".join(lines + findings_text(shown.get("findings") or []))


def findings_text(findings: list[dict[str, Any]]) -> list[str]:
    """Findings, one a line, errors first."""
    order = {"error": 0, "warning": 1, "task": 2}
    words = {"error": say("要修正", "error"), "warning": say("注意", "warning"), "task": say("残り", "task")}
    ordered = sorted(findings, key=lambda f: order.get(f["severity"], 3))
    return [
        f"  [{words.get(f['severity'], f['severity'])}] {f.get('pointer') or '/'}  {one(f['message'])}" for f in ordered
    ]


@record.command("new", help=say("下書きを作る", "make a draft"))
@click.option("--kind", default="dataset", show_default=True, help=say("種類", "kind of record"))
@click.option("--project", "projects", multiple=True, help=say("プロジェクト", "project"))
@click.option("--plan", "plan_id", metavar="ID", help=say("計画（--entry とともに、その下書きを開く）", "plan (with --entry: opens its draft)"))
@click.option("--entry", metavar="N", help=say("計画のデータ（順番、データNo.、id）", "entry (place, data number, id)"))
@SET
@METADATA
@api_command
def new(
    face: Face, site: Site, kind: str, projects: tuple[str, ...], plan_id: str | None, entry: str | None,
    assignments: tuple[str, ...], document: Any,
) -> None:  # fmt: skip
    """Make a draft; with a plan's entry, the one in which the entry is answered."""
    if (plan_id is None) != (entry is None):
        raise click.UsageError(say("--plan と --entry はいっしょに指定してください", "--plan and --entry go together"))
    if plan_id is not None:
        _of_entry(face, site, f"plans/{plan_id}/entries/{entry}/records", assignments, document)
        return
    body: dict[str, Any] = {"kind": kind, "metadata": patch_of(assignments, document, {})}
    if projects:
        body["projects"] = list(projects)
    made = site.call("POST", "records", body=body).json()
    face.tell(made, lambda: summary(made))


def _of_entry(face: Face, site: Site, address: str, assignments: tuple[str, ...], document: Any) -> None:
    """The draft that answers an entry of a plan, with what was given put into it."""
    opened = site.call("POST", address).json()
    now = site.call("GET", f"records/{opened['record']}/draft")
    shown = now.json()
    if assignments or document is not None:
        patch = patch_of(assignments, document, shown.get("metadata") or {})
        headers = {"If-Match": now.headers.get("ETag", "")}
        shown = site.call("PATCH", f"records/{opened['record']}/draft", body={"metadata": patch}, headers=headers).json()
    face.tell(shown, lambda: summary(shown))


@record.command(help=say("見る", "show one"))
@click.argument("record_id", metavar="ID")
@click.option("--draft", is_flag=True, help=say("下書きを見る", "the draft"))
@click.option("--version", type=int, help=say("その版を見る", "that version"))
@api_command
def show(face: Face, site: Site, record_id: str, draft: bool, version: int | None) -> None:
    """Show a record."""
    part = "/draft" if draft else f"/versions/{version}" if version else ""
    shown = site.get(f"records/{record_id}{part}")
    face.tell(shown, lambda: summary(shown) + "\n" + json.dumps(shown.get("metadata"), ensure_ascii=False, indent=2))


@record.command(help=say("下書きの項目を変える", "change fields of the draft"))
@click.argument("record_id", metavar="ID")
@SET
@METADATA
@api_command
def edit(face: Face, site: Site, record_id: str, assignments: tuple[str, ...], document: Any) -> None:
    """Change fields of the draft."""
    if not assignments and document is None:
        raise click.UsageError(say("--set か --metadata を指定してください", "give --set or --metadata"))
    now = site.call("GET", f"records/{record_id}/draft")
    patch = patch_of(assignments, document, now.json().get("metadata") or {})
    headers = {"If-Match": now.headers.get("ETag", "")}
    saved = site.call("PATCH", f"records/{record_id}/draft", body={"metadata": patch}, headers=headers).json()
    face.tell(saved, lambda: summary(saved))


@record.command(
    help=say("規則に照らす（指摘があれば終了コード 1）", "check against the rules (exit 1 when found wanting)")
)
@click.argument("record_id", metavar="ID")
@click.option("--for", "step", default="publish", show_default=True, type=click.Choice(["save", "submit", "publish"]),
              help=say("どの段階の規則か", "the step whose rules to check"))  # fmt: skip
@api_command
def validate(face: Face, site: Site, record_id: str, step: str) -> int:
    """Check a draft."""
    findings = site.call("POST", f"records/{record_id}/validate", body={"for": step}).json()["findings"]
    wanting = any(f["severity"] == "error" for f in findings)
    face.tell({"id": record_id, "ok": not wanting, "findings": findings}, lambda: "\n".join(
        findings_text(findings) or [say("指摘はありません", "nothing found")]))  # fmt: skip
    return int(wanting)


@record.command(help=say("履歴", "what happened to it"))
@click.argument("record_id", metavar="ID")
@api_command
def history(face: Face, site: Site, record_id: str) -> None:
    """The history of a record."""
    face.rows(
        _happened(site, record_id),
        [
            (say("日時", "when"), lambda row: str(row["at"])[:19]),
            (say("だれ", "who"), lambda row: one(row["who"]) or row["actor"]),
            (say("こと", "what"), lambda row: row["verb"]),
        ],
    )


def _happened(site: Site, record_id: str) -> Iterator[dict[str, Any]]:
    before: str | None = None
    while True:
        found = site.get(f"records/{record_id}/history", before=before, limit=1000)
        yield from found["items"]
        before = found["next"]
        if not before:
            return


@record.command(help=say("2 つの版の違い", "what differs between two versions"))
@click.argument("record_id", metavar="ID")
@click.argument("before", metavar="V1", type=int)
@click.argument("after", metavar="V2", type=int)
@api_command
def diff(face: Face, site: Site, record_id: str, before: int, after: int) -> None:
    """What differs."""
    found = site.get(f"records/{record_id}/diff", before=before, after=after)
    face.tell(found, lambda: "\n".join(_diff_lines(found)) or say("違いはありません", "no difference"))


def _diff_lines(found: dict[str, Any]) -> list[str]:
    lines = []
    for change in found.get("metadata", found.get("changes", [])):
        place = change.get("pointer") or change.get("path", "")
        before, after = (json.dumps(change.get(side), ensure_ascii=False) for side in ("before", "after"))
        lines.append(f"{place}\n  - {before}\n  + {after}")
    for change in found.get("files", []):
        lines.append(f"{change.get('change', '*')} {change.get('path')}")
    return lines


@record.command("import", help=say("ファイルからレコードを作る", "make records from files"))
@click.argument(
    "files", metavar="FILE…", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--format", "format_name", default="auto", show_default=True, help=say("形式", "format"))
@click.option("--project", help=say("プロジェクト", "project"))
@api_command
def import_(face: Face, site: Site, files: tuple[Path, ...], format_name: str, project: str | None) -> int:
    """Import files; every file is tried, exit 1 if any was refused."""
    refused = 0
    for path in files:
        try:
            told = site.call(
                "POST", "records/import", content=path.read_bytes(), headers={"Content-Type": "application/octet-stream"},
                format=format_name, project=project, filename=path.name,
            ).json()  # fmt: skip
        except (Problem, IzumiError) as failure:
            refused += 1
            body = failure.body if isinstance(failure, Problem) else {"code": failure.code}
            face.tell({"file": str(path), "ok": False, "problem": body}, f"✗ {path}\n{problem_text(body)}")
            continue
        refused += sum(1 for item in told["items"] if item.get("problem"))
        face.tell({"file": str(path), "ok": True, **told}, lambda path=path, told=told: _import_text(path, told))  # type: ignore[misc]
    return int(refused > 0)


def _import_text(path: Path, told: dict[str, Any]) -> str:
    lines = [f"{path}"]
    for item in told["items"]:
        if item.get("problem"):
            lines.append("  ✗ " + problem_text(item["problem"]).replace("\n", "\n    "))
        else:
            lines.append(f"  ✓ {item['id']}  {one(item.get('title'))}")
    for loss in told.get("losses", []):
        lines.append(f"  ! {loss.get('pointer')}  {one(loss.get('message'))}")
    return "\n".join(lines)


@record.command(help=say("形式を選んで書き出す", "write it out in a format"))
@click.argument("record_id", metavar="ID")
@click.option("--format", "format_name", required=True, help=say("形式（jpcoar_2.0 など）", "format (jpcoar_2.0, …)"))
@click.option("--version", type=int, help=say("版", "version"))
@click.option("--loss", is_flag=True, help=say("書けなかったことも示す", "also tell what the format could not carry"))
@click.option(
    "--to", "target", type=click.Path(dir_okay=False, path_type=Path), help=say("書き出すファイル", "file to write")
)
@api_command
def export(
    face: Face, site: Site, record_id: str, format_name: str, version: int | None, loss: bool, target: Path | None
) -> None:
    """Write a record out: its bytes to stdout or ``--to``; the newest version, else the draft."""
    answer = site.call(
        "GET", f"records/{record_id}/export", format=format_name, version=version, loss=1 if loss else None
    )
    if loss:
        face.tell(answer.json(), lambda: json.dumps(answer.json(), ensure_ascii=False, indent=2))
        return
    if target is not None:
        target.write_bytes(answer.content)
        face.tell({"file": str(target), "bytes": len(answer.content), "format": format_name}, str(target))
        return
    if face.as_json:
        face.tell(
            {
                "id": record_id,
                "format": format_name,
                "content_type": answer.headers.get("Content-Type"),
                "content": answer.text,
            }
        )
        return
    sys.stdout.buffer.write(answer.content)
    sys.stdout.buffer.flush()
