"""``izumi project …``: projects by any of their numbers, and the lists of a research office."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from izumi.kernel.errors import NotThere
from izumi.web.cli.accounts import person_named
from izumi.web.cli.face import Face, api_command, command, console_actor, need_home
from izumi.web.cli.given import AS, NAME_EN, NAME_JA, both_names, day, parts
from izumi.web.language import one, say
from izumi.web.wire import Problem, Site

KEY = click.argument("number", metavar="ID|NUMBER")


@click.group(name="project", help=say("プロジェクト", "projects"))
def project() -> None:
    """Projects."""


@project.command("add", help=say("プロジェクトを登録する", "register a project"))
@NAME_JA
@NAME_EN
@click.option("--organisation", required=True, help=say("機関の番号", "id of the organisation"))
@click.option("--programme", help=say("制度の番号", "id of the programme"))
@click.option("--call", help=say("公募の番号", "id of the call"))
@click.option("--number", "numbers", multiple=True, metavar="SCHEME=VALUE", help=say("課題番号（JGN=JPMJ…）", "number (JGN=JPMJ…)"))
@click.option("--review", type=click.Choice(["none", "curator"]),
              help=say("公開前の確認（省くと機関と同じ）", "review before publishing (default: as the organisation)"))  # fmt: skip
@click.option("--pm", "leader", metavar="USER", help=say("代表者", "leader"))
@click.option("--from", "from_day", metavar="DATE", help=say("初日", "first day"))
@click.option("--until", "until_day", metavar="DATE", help=say("最終日", "last day"))
@click.option("--profile", default="", help=say("レコードに使うプロファイル（省くと公募・制度と同じ）", "profile (default: as the call or programme)"))
@click.option("--field", default="", help=say("e-Rad の研究分野（289 など）", "e-Rad research field (e.g. 289)"))
@click.option("--partner", "partners", multiple=True, metavar="ID", help=say("分担機関の番号", "id of a partner organisation"))
@AS
@command
def add_project(face: Face, name_ja: str, name_en: str, as_user: str | None, **rest: Any) -> None:
    """Register a project."""
    need_home()
    from izumi.people import actions, queries
    from izumi.people.types import Number

    actor = console_actor(as_user)
    numbers = [Number(scheme=text.partition("=")[0], value=text.partition("=")[2]) for text in rest["numbers"]]
    made = actions.add_project(
        actor, title=both_names(name_ja, name_en), organisation=rest["organisation"], programme=rest["programme"], call=rest["call"],
        numbers=numbers, review=rest["review"] or "", starts_on=day(rest["from_day"]), ends_on=day(rest["until_day"]),
        profile=rest["profile"], field=rest["field"], partners=rest["partners"],
    )  # fmt: skip
    if rest["leader"]:
        actions.assign_role(actor, person=person_named(rest["leader"]), role="pm", scope=f"project:{made}")
    findings = [finding.as_json() for finding in queries.project_warnings(queries.project(made))]
    face.tell({"id": made, "findings": findings}, "\n".join([f"{made}  {name_ja or name_en}", *map(_finding, findings)]))


@project.command("show", help=say("番号（どの番号でも）で見る", "show one, by any of its numbers"))
@KEY
@api_command
def show_project(face: Face, site: Site, number: str) -> None:
    """Show projects by id or number."""
    for told in _found(site, number):
        face.tell(told, _text(told))


def _found(site: Site, number: str) -> list[dict[str, Any]]:
    """The projects that an id or a number means; a number is whatever is no id."""
    try:
        return [site.get(f"projects/{number}")] if "/" not in number else _numbered(site, number)
    except Problem as failure:
        if failure.status != 404:
            raise
        return _numbered(site, number)


def _numbered(site: Site, number: str) -> list[dict[str, Any]]:
    found = [site.get(f"projects/{row['id']}") for row in site.pages("projects", number=number)]
    if not found:
        raise NotThere("project", number)
    return found


def _one(site: Site, number: str) -> str:
    """The id of the one project that is meant. Raises a usage error when there are several."""
    found = _found(site, number)
    if len(found) > 1:
        ids = ", ".join(told["id"] for told in found)
        raise click.UsageError(say(f"この番号のプロジェクトは 2 つ以上あります: {ids}", f"several projects have this number: {ids}"))
    return str(found[0]["id"])


@project.command("list", help=say("一覧（題名や番号の一部で絞れます）", "list, filtered by title or number"))
@click.argument("words", nargs=-1)
@click.option("--organisation", help=say("機関の番号", "id of the organisation"))
@click.option("--programme", help=say("制度の番号", "id of the programme"))
@click.option("--call", help=say("公募の番号", "id of the call"))
@api_command
def list_projects(face: Face, site: Site, words: tuple[str, ...], **rest: Any) -> None:
    """List projects."""
    face.rows(
        site.pages("projects", q=" ".join(words), **rest),
        [
            (say("番号", "id"), lambda row: row["id"]),
            (say("課題番号", "number"), lambda row: next((n["value"] for n in row["numbers"] if n["current"]), "")),
            (say("終了", "ends"), lambda row: row["ends_on"] or ""),
            (say("題名", "title"), lambda row: one(row["title"])),
        ],
    )


@project.command("update", help=say("プロジェクトを変える（空の値で消す）", "change a project (an empty value removes)"))
@KEY
@click.option("--name-ja", help=say("日本語の名前", "name in Japanese"))
@click.option("--name-en", help=say("英語の名前", "name in English"))
@click.option("--from", "starts_on", metavar="DATE", help=say("初日", "first day"))
@click.option("--until", "ends_on", metavar="DATE", help=say("最終日", "last day"))
@click.option("--programme", help=say("制度の番号", "id of the programme"))
@click.option("--call", help=say("公募の番号", "id of the call"))
@click.option("--profile", help=say("レコードに使うプロファイル", "profile in force"))
@click.option("--contract", help=say("契約（commission、grant、subsidy、joint）", "contract (commission, grant, subsidy, joint)"))
@click.option("--field", help=say("e-Rad の研究分野", "e-Rad research field"))
@click.option("--partners", metavar="ID,ID", help=say("分担機関の番号（すべて）", "ids of all partner organisations"))
@api_command
def update_project(face: Face, site: Site, number: str, name_ja: str | None, name_en: str | None, **rest: Any) -> None:
    """Change a project."""
    key = _one(site, number)
    body = {name: value or None for name, value in rest.items() if value is not None}
    if "partners" in body:
        body["partners"] = parts(rest["partners"])
    if name_ja is not None or name_en is not None:
        named = {"ja": name_ja, "en": name_en}
        title = {**site.get(f"projects/{key}")["title"], **{lang: text for lang, text in named.items() if text is not None}}
        body["title"] = {lang: text for lang, text in title.items() if text}
    told = site.call("PATCH", f"projects/{key}", body=body).json()
    face.tell(told, _text(told))


@project.command("number", help=say("番号を加える（前の番号も引けます）", "give it a further number; former ones stay findable"))
@KEY
@click.argument("given", metavar="SCHEME=VALUE")
@click.option("--from-year", "from_fiscal_year", type=int, help=say("使い始めた年度", "first fiscal year"))
@api_command
def add_number(face: Face, site: Site, number: str, given: str, from_fiscal_year: int | None) -> None:
    """Give a project a further number."""
    scheme, _, value = given.partition("=")
    body = {"scheme": scheme, "value": value, "from_fiscal_year": from_fiscal_year}
    told = site.call("POST", f"projects/{_one(site, number)}/numbers", body=body).json()
    face.tell(told, _text(told))


@project.command("exempt", help=say("計画が要らない理由を書く（空の理由で取り消す）", "say why no plan is needed (empty: take it back)"))
@KEY
@click.option("--why", required=True, help=say("理由", "the reason"))
@api_command
def exempt_project(face: Face, site: Site, number: str, why: str) -> None:
    """Say why a project needs no plan."""
    told = site.call("POST", f"projects/{_one(site, number)}/exempt", body={"why": why}).json()
    face.tell(told, _text(told))


def _text(told: dict[str, Any]) -> str:
    lines = [f"{told['id']}  {one(told['title'])}"]
    lines += [f"  {n['scheme']} {n['value']}" + ("" if n["current"] else say("（以前の番号）", " (former)")) for n in told["numbers"]]
    if told.get("starts_on") or told.get("ends_on"):
        lines.append(f"  {told['starts_on'] or ''} – {told['ends_on'] or ''}")
    if told.get("no_plan_why"):
        lines.append(say(f"  計画は要りません: {told['no_plan_why']}", f"  needs no plan: {told['no_plan_why']}"))
    return "\n".join([*lines, *map(_finding, told.get("findings") or [])])


def _finding(told: dict[str, Any]) -> str:
    mark = {"error": "✗", "warning": "!", "task": "→"}.get(told["severity"], "·")
    fix = f"\n      {one(told['fix'])}" if told.get("fix") else ""
    return f"    {mark} {one(told['message'])}{fix}"


# --- lists of a research office --------------------------------------------------------------------------------------


@project.command("import", help=say("研究推進部門の一覧を読み込む（e-Rad、KAKEN、CSV、Excel）。もう一度読み込んでも何も変わりません",
                                    "load a research office's list (e-Rad, KAKEN, CSV, Excel); loading it again changes nothing"))  # fmt: skip
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["erad", "kaken", "csv"]), required=True, help=say("一覧の形式", "format of the list"))
@click.option("--organisation", help=say("機関が読み取れない行の機関（番号）", "organisation (id) of rows that name none that is known"))
@click.option("--programme", help=say("すべての行の制度（番号）", "programme (id) of all rows"))
@click.option("--call", help=say("すべての行の公募（番号）", "call (id) of all rows"))
@click.option("--create-programmes", is_flag=True, help=say("登録のない制度を登録する（管理者）", "register unknown programmes (administrators)"))
@click.option("--dry-run", is_flag=True, help=say("何も変えずに結果だけを見る", "tell what would happen and change nothing"))
@api_command
def import_projects(face: Face, site: Site, file: Path, form: str, create_programmes: bool, dry_run: bool, **rest: Any) -> int:
    """Load a list of projects."""
    flags = {"create_programmes": create_programmes or None, "dry_run": dry_run or None}
    headers = {"Content-Type": "application/octet-stream"}
    content = file.read_bytes()
    told = site.call("POST", "projects/import", content=content, headers=headers, format=form, **flags, **rest).json()
    face.tell(told, lambda: _report(told))
    return int(told["refused"] > 0)


def _report(told: dict[str, Any]) -> str:
    lines = []
    for row in told["rows"]:
        if row["findings"] or row["state"] == "refused":
            mark = "✗" if row["state"] == "refused" else "·"
            lines += [f"{mark} {row['row']}  {row['project'] or ''}".rstrip(), *map(_finding, row["findings"])]
    if told["columns"]["unused"]:
        unused = ", ".join(told["columns"]["unused"])
        lines.append(say(f"使わなかった列: {unused}", f"columns not used: {unused}"))
    if told["dry_run"]:
        lines.append(say("試しに読みました。何も変えていません。", "A dry run: nothing was changed."))
    lines.append(
        say(
            "{read} 行、{projects} 課題: 登録 {added}、変更 {changed}、同じ {unchanged}、登録せず {refused}",
            "{read} rows, {projects} projects: {added} added, {changed} changed, {unchanged} unchanged, {refused} refused",
        ).format(**told)
    )
    return "\n".join(lines)


COMMANDS = (project,)
