"""``izumi plan …``: from a file or from nothing to a plan in force, and what became of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from izumi.web.cli.face import Face, api_command, problem_text
from izumi.web.cli.patches import WrongAssignment, merge_patch
from izumi.web.cli.records import SET, findings_text
from izumi.web.language import one, say
from izumi.web.wire import Problem, Site

PLAN = click.argument("plan_id", metavar="ID")
WHY = click.option("--why", required=True, help=say("理由", "the reason"))
STATES = {
    "draft": ("作成中", "draft"), "submitted": ("提出済み", "submitted"), "returned": ("差し戻し", "returned"), "adopted": ("採用", "adopted"),
}  # fmt: skip
STEPS = {"institution": ("機関", "institution"), "pm": ("PM", "project leader"), "agency": ("資金配分機関", "funder")}


@click.group(name="plan", help=say("データ管理計画（DMP）", "data management plans"))
def plan() -> None:
    """Plans."""


def summary(shown: dict[str, Any]) -> str:
    """A plan in a few lines, its entries and what is to be said about them."""
    state = say(*STATES.get(shown["state"], (shown["state"],) * 2))
    lines = [
        f"{shown['id']}  {one(shown.get('title')) or say('（名称なし）', '(no title)')}",
        say(f"状態: {state}　版: {shown['version']}　様式: {shown['form']}", f"state: {state}  version: {shown['version']}  form: {shown['form']}"),
    ]
    draft = shown.get("draft")
    if draft and shown["version"]:
        lines.append(say(f"改訂中（理由: {draft['reason']}）", f"being revised (reason: {draft['reason']})"))
    if draft and draft.get("step"):
        step = say(*STEPS[draft["step"]])
        lines.append(say(f"いま確認する人: {step}", f"waiting for: {step}"))
    if draft and draft.get("why"):
        lines.append(say(f"差し戻しの理由: {draft['why']}", f"returned because: {draft['why']}"))
    lines += _entries_text(shown)
    return "\n".join(lines + findings_text(shown.get("findings") or []))


def _entries_text(shown: dict[str, Any]) -> list[str]:
    draft = shown.get("draft")
    entries = draft["document"].get("entries", []) if draft else shown.get("entries", [])
    records = {entry["id"]: entry.get("record") for entry in shown.get("entries", [])}
    return [
        f"  {place}. [{entry.get('data_number') or '–'}] {one(entry.get('title')) or '–'}  {records.get(entry['id']) or ''}".rstrip()
        for place, entry in enumerate(entries, start=1)
    ]


def _done(face: Face, answer: dict[str, Any]) -> None:
    face.tell(answer, lambda: summary(answer))


@plan.command("import", help=say("ファイルから計画を作る（maDMP、JSON、様式の表）", "make plans from files (maDMP, JSON, a form's table)"))
@click.argument(
    "files", metavar="FILE…", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--project", help=say("プロジェクト（id または番号）", "project (id or any of its numbers)"))
@click.option(
    "--format", "format_name", default="auto", show_default=True, help=say("形式（madmp、jsps、csv など）", "format (madmp, jsps, csv, …)")
)
@click.option("--revision", is_flag=True, help=say("同じ計画があれば、その改訂として取り込む", "take it in as a revision of the plan that is here"))
@api_command
def import_(face: Face, site: Site, files: tuple[Path, ...], project: str | None, format_name: str, revision: bool) -> int:
    """Make plans from files; what has no place is told and kept. Every file is tried, exit 1 if any was refused."""
    told = [_imported(site, path, project=project, format=format_name, revision=revision) for path in files]
    if face.as_json:
        face.tell(told[0] if len(told) == 1 else {"items": told, "next": None, "total": len(told)})
    else:
        for path, one_plan in zip(files, told, strict=True):
            click.echo(_import_text(path, one_plan))
    return int(any("status" in one_plan for one_plan in told))


def _imported(site: Site, path: Path, *, project: str | None, format: str, revision: bool) -> dict[str, Any]:
    """The plan, or the problem (which has a ``status``)."""
    query = {"format": format, "project": project, "filename": path.name, "as": "revision" if revision else None}
    headers = {"Content-Type": "application/octet-stream"}
    try:
        answer: dict[str, Any] = site.call("POST", "plans/import", content=path.read_bytes(), headers=headers, **query).json()
    except Problem as failure:
        return {**failure.body, "file": str(path), "status": failure.body.get("status", failure.status)}
    return answer


def _import_text(path: Path, told: dict[str, Any]) -> str:
    if "status" in told:
        return f"✗ {path}\n{problem_text(told)}"
    return "\n".join([f"✓ {path}", summary(told), *_losses_text(told.get("losses") or [])])


def _losses_text(losses: list[dict[str, Any]]) -> list[str]:
    return [f"  ! {loss.get('pointer')}  {one(loss.get('message'))}" for loss in losses]


@plan.command("new", help=say("計画を作る", "begin a plan"))
@click.option("--project", required=True, help=say("プロジェクト（id または番号）", "project (id or any of its numbers)"))
@click.option("--document", "document", type=click.File("rb"), help=say("計画の JSON ファイル（- は標準入力）", "JSON file of the plan (- for stdin)"))
@SET
@api_command
def new(face: Face, site: Site, project: str, document: Any, assignments: tuple[str, ...]) -> None:
    """Begin a plan."""
    given = _json(document) if document is not None else {}
    body = {**given, **_patch(assignments, given), "project": project}
    _done(face, site.call("POST", "plans", body=body).json())


def _json(document: Any) -> dict[str, Any]:
    try:
        given = json.load(document)
    except ValueError as wrong:
        raise click.UsageError(say(f"JSON として読めません: {wrong}", f"not JSON: {wrong}")) from wrong
    if not isinstance(given, dict):
        raise click.UsageError(say("計画は JSON のオブジェクトです", "a plan is a JSON object"))
    return given


def _patch(assignments: tuple[str, ...], current: dict[str, Any]) -> dict[str, Any]:
    try:
        return merge_patch(assignments, current)
    except WrongAssignment as wrong:
        raise click.UsageError(say(f"--set の書き方が違います: {wrong}", f"--set is FIELD=VALUE: {wrong}")) from wrong


@plan.command(help=say("計画の下書きを書く", "write the draft"))
@PLAN
@SET
@click.option("--entry", "entry", metavar="N", help=say("計画のデータ（順番、データNo.、id）", "entry (place, data number, id)"))
@api_command
def edit(face: Face, site: Site, plan_id: str, assignments: tuple[str, ...], entry: str | None) -> None:
    """Write the working document, or one entry of it."""
    if not assignments:
        raise click.UsageError(say("--set を指定してください", "give --set"))
    shown = site.call("GET", f"plans/{plan_id}")
    told, headers = shown.json(), {"If-Match": shown.headers.get("ETag", "")}
    document = (told.get("draft") or {}).get("document") or {}
    if entry is None:
        _done(face, site.call("PATCH", f"plans/{plan_id}", body=_patch(assignments, document), headers=headers).json())
        return
    target = entry_named(document.get("entries", []), entry)
    patch = _patch(assignments, target)
    _done(face, site.call("PATCH", f"plans/{plan_id}/entries/{target['id']}", body=patch, headers=headers).json())


def entry_named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The entry that is meant: by id, by data number, else by its place from 1. Raises a usage error."""
    for entry in entries:
        if name in (entry.get("id"), str(entry.get("data_number") or "")):
            return entry
    if name.isascii() and name.isdigit() and 0 < int(name) <= len(entries):
        return entries[int(name) - 1]
    raise click.UsageError(say(f"計画のデータ {name} はありません", f"there is no entry {name}"))


@plan.command(help=say("見る", "show one"))
@PLAN
@api_command
def show(face: Face, site: Site, plan_id: str) -> None:
    """Show a plan."""
    _done(face, site.get(f"plans/{plan_id}"))


@plan.command("list", help=say("計画の一覧", "list plans"))
@click.option("--project", help=say("プロジェクト", "project"))
@click.option("--programme", help=say("制度", "programme"))
@click.option("--state", type=click.Choice(list(STATES)), help=say("状態", "state"))
@api_command
def list_(face: Face, site: Site, project: str | None, programme: str | None, state: str | None) -> None:
    """List the plans that one may see."""
    face.rows(
        site.pages("plans", project=project, programme=programme, state=state),
        [
            ("id", lambda row: row["id"]),
            (say("状態", "state"), lambda row: say(*STATES.get(row["state"], (row["state"],) * 2))),
            (say("版", "version"), lambda row: str(row["version"])),
            (say("件数", "entries"), lambda row: str(row["entries"])),
            (say("名称", "title"), lambda row: one(row["title"])),
        ],
    )


@plan.command(help=say("規則に合うか確かめる（直すところがあれば終了コード 1）", "check it against the rules (exit 1 when something is to be corrected)"))
@PLAN
@click.option("--for", "step", default="adopt", show_default=True, type=click.Choice(["save", "submit", "adopt"]),
              help=say("どの段階の規則か", "the step whose rules to check"))  # fmt: skip
@api_command
def check(face: Face, site: Site, plan_id: str, step: str) -> int:
    """Check a plan."""
    told = site.call("POST", f"plans/{plan_id}/check", body={"for": step}).json()
    face.tell({"id": plan_id, "ok": told["ready"], "findings": told["findings"]}, lambda: "\n".join(
        findings_text(told["findings"]) or [say("指摘はありません", "nothing found")]))  # fmt: skip
    return int(not told["ready"])


@plan.command(help=say("提出する", "hand it in"))
@PLAN
@click.option("--note", default="", help=say("確認する人への言葉", "a note for who decides"))
@api_command
def submit(face: Face, site: Site, plan_id: str, note: str) -> None:
    """Hand a plan in."""
    _done(face, site.call("POST", f"plans/{plan_id}/submit", body={"note": note}).json())


@plan.command("take-back", help=say("提出を取り下げる", "take it back after handing it in"))
@PLAN
@api_command
def take_back(face: Face, site: Site, plan_id: str) -> None:
    """Take a plan back."""
    _done(face, site.call("POST", f"plans/{plan_id}/take-back").json())


@plan.command("return", help=say("理由を付けて差し戻す", "return it with a reason"))
@PLAN
@WHY
@api_command
def return_(face: Face, site: Site, plan_id: str, why: str) -> None:
    """Return a plan."""
    _done(face, site.call("POST", f"plans/{plan_id}/return", body={"why": why}).json())


@plan.command(help=say("採用する（レコードの下書きができる）", "adopt it (opens its draft records)"))
@PLAN
@api_command
def adopt(face: Face, site: Site, plan_id: str) -> None:
    """Adopt a plan."""
    _adopted(face, site.call("POST", f"plans/{plan_id}/adopt").json())


def _adopted(face: Face, answer: dict[str, Any]) -> None:
    job = answer.get("job")
    if job:
        face.note(say(f"レコードは順に作られます（処理 {job['id']}）", f"the records are opened one after the other (job {job['id']})"))
    _done(face, answer)


@plan.command(help=say("理由を付けて改訂する", "revise it with a reason"))
@PLAN
@WHY
@click.option("--entry", "entry", metavar="N", help=say("変えるデータ（順番、データNo.、id）", "the entry to change (place, data number, id)"))
@SET
@click.option("--adopt", "at_once", is_flag=True, help=say("すぐに採用する（できなければ提出する）", "adopt at once (else hand it in)"))
@api_command
def revise(face: Face, site: Site, plan_id: str, why: str, entry: str | None, assignments: tuple[str, ...], at_once: bool) -> None:
    """Revise a plan in force; ``--set`` changes the plan, with ``--entry`` one entry."""
    body: dict[str, Any] = {"reason": why, "adopt": at_once}
    if assignments:
        shown = site.get(f"plans/{plan_id}")
        if entry is None:
            body["document"] = _patch(assignments, shown["document"])
        else:
            target = entry_named(shown["entries"], entry)
            body["entries"] = [{"id": target["id"], **_patch(assignments, target)}]
    elif entry is not None:
        raise click.UsageError(say("--entry には --set も指定してください", "--entry wants --set"))
    _adopted(face, site.call("POST", f"plans/{plan_id}/revise", body=body).json())


@plan.command(help=say("下書きを破棄する（採用された計画は残る）", "discard the draft (an adopted plan stays)"))
@PLAN
@api_command
def discard(face: Face, site: Site, plan_id: str) -> None:
    """Discard the working document; a plan in force stays."""
    site.call("DELETE", f"plans/{plan_id}/draft")
    face.tell({"id": plan_id, "discarded": True}, say("下書きを破棄しました", "the draft was discarded"))


@plan.command(help=say("レコードを計画のデータに割り当てる", "assign a record to an entry"))
@PLAN
@click.option("--entry", "entry", required=True, metavar="N", help=say("計画のデータ（順番、データNo.、id）", "entry (place, data number, id)"))
@click.option("--record", "record", required=True, help=say("レコード", "record"))
@click.option("--remove", is_flag=True, help=say("割り当てを取り消す", "take the assignment back"))
@api_command
def link(face: Face, site: Site, plan_id: str, entry: str, record: str, remove: bool) -> None:
    """Assign a record to an entry."""
    verb = "unlink" if remove else "link"
    _done(face, site.call("POST", f"plans/{plan_id}/entries/{entry}/{verb}", body={"record": record}).json())


@plan.command(help=say("計画との差異", "deviations from the plan"))
@PLAN
@api_command
def deviations(face: Face, site: Site, plan_id: str) -> None:
    """Where reality left the plan, each with its ways out."""
    found = site.get(f"plans/{plan_id}/deviations")["items"]
    if face.as_json:
        face.rows(found, [])
        return
    for item in found or [None]:
        if item is None:
            click.echo(say("計画との差異はありません", "everything is as planned"))
            continue
        click.echo(f"[{item['code']}] {one(item['message'])}")
        for way in item["ways_out"]:
            click.echo(f"    → {one(way['text'])}")


@plan.command(help=say("様式を選んで書き出す", "write it out in a form"))
@PLAN
@click.option("--format", "format_name", required=True, help=say("様式（madmp、jsps、moonshot、csv、json など）", "form (madmp, jsps, moonshot, csv, json, …)"))
@click.option("--as", "as_", type=click.Choice(["csv", "xlsx"]), help=say("表の形式", "kind of table"))
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help=say("書き出すファイル", "file to write"))
@api_command
def export(face: Face, site: Site, plan_id: str, format_name: str, as_: str | None, target: Path | None) -> None:
    """Write a plan out: its bytes to stdout or ``--to``."""
    kind = as_ or (target.suffix[1:] if target is not None and target.suffix in (".csv", ".xlsx") else None)
    answer = site.call("GET", f"plans/{plan_id}/export", format=format_name, **{"as": kind})
    if target is not None:
        target.write_bytes(answer.content)
        face.tell({"file": str(target), "bytes": len(answer.content), "format": format_name}, str(target))
        return
    if face.as_json:
        face.tell({"id": plan_id, "format": format_name, "content_type": answer.headers.get("Content-Type"), "content": answer.text})
        return
    sys.stdout.buffer.write(answer.content)
    sys.stdout.buffer.flush()


@plan.command(help=say("履歴", "what happened to it"))
@PLAN
@api_command
def history(face: Face, site: Site, plan_id: str) -> None:
    """The history of a plan."""
    face.rows(
        site.get(f"plans/{plan_id}/history", limit=1000)["items"],
        [
            (say("日時", "when"), lambda row: str(row["at"])[:19]),
            (say("だれ", "who"), lambda row: one(row["who"]) or row["actor"]),
            (say("こと", "what"), lambda row: row["verb"]),
        ],
    )
