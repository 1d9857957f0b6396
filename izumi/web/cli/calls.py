"""``izumi programme|call|round``: what funders offer, ask for and when."""

from __future__ import annotations

from typing import Any

import click

from izumi.web.cli.face import Face, api_command
from izumi.web.cli.given import NAME_EN, NAME_JA, both_names, day, parts
from izumi.web.language import one, say
from izumi.web.wire import Site

ID = click.argument("key", metavar="ID")
CHAIN = click.option(
    "--chain", metavar="STEP,STEP",
    help=say("計画を認める人（institution、pm、agency を順に。最後の人が採用。空は計画の責任者だけ）",
             "who must agree to a plan, in order; the last one adopts (institution, pm, agency; empty: who answers for it, alone)"),
)  # fmt: skip
PROFILE = click.option("--profile", help=say("レコードに使うプロファイル", "profile in force for records"))
PLAN_FORM = click.option("--plan-form", help=say("計画の様式", "form of the plans"))


def _given(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


def _steps(chain: str | None) -> list[str] | None:
    return None if chain is None else parts(chain)


def _iso(text: str | None) -> str | None:
    found = day(text)
    return found.isoformat() if found else None


# --- programmes ------------------------------------------------------------------------------------------------------


@click.group(name="programme", help=say("制度", "programmes"))
def programme() -> None:
    """Programmes."""


@programme.command("add", help=say("制度を登録する", "register a programme"))
@NAME_JA
@NAME_EN
@click.option("--funder", help=say("資金配分機関の番号", "id of the funder"))
@click.option("--code", default="", help=say("制度のコード", "code of the programme"))
@CHAIN
@PROFILE
@PLAN_FORM
@click.option("--goal", help=say("目標（ムーンショット目標など）", "its goal"))
@api_command
def add_programme(face: Face, site: Site, name_ja: str, name_en: str, chain: str | None, goal: str | None, **rest: Any) -> None:
    """Register a programme."""
    body = _given({**rest, "title": both_names(name_ja, name_en), "chain": _steps(chain), "goal": {"ja": goal} if goal else None})
    made = site.call("POST", "programmes", body=body).json()
    face.tell(made, f"{made['id']}  {name_ja or name_en}")


@programme.command("update", help=say("制度を変える", "change a programme"))
@ID
@CHAIN
@PROFILE
@PLAN_FORM
@api_command
def update_programme(face: Face, site: Site, key: str, chain: str | None, **rest: Any) -> None:
    """Change a programme."""
    told = site.call("PATCH", f"programmes/{key}", body=_given({**rest, "chain": _steps(chain)})).json()
    face.tell(told, lambda: _programme(told))


@programme.command("show", help=say("制度と、その公募・報告の回", "a programme with its calls and reporting rounds"))
@ID
@api_command
def show_programme(face: Face, site: Site, key: str) -> None:
    """Show a programme."""
    told = site.get(f"programmes/{key}")
    told |= {name: site.get(f"programmes/{key}/{name}")["items"] for name in ("calls", "rounds")}
    face.tell(told, lambda: "\n".join([_programme(told), *map(_call, told["calls"]), *map(_round, told["rounds"])]))


@programme.command("list", help=say("制度の一覧", "list programmes"))
@click.argument("words", nargs=-1)
@api_command
def list_programmes(face: Face, site: Site, words: tuple[str, ...]) -> None:
    """List programmes."""
    face.rows(
        site.pages("programmes", q=" ".join(words)),
        [
            (say("番号", "id"), lambda row: row["id"]),
            (say("コード", "code"), lambda row: row["code"] or ""),
            (say("名称", "title"), lambda row: one(row["title"])),
            (say("採用", "adopted by"), _chain),
        ],
    )


def _chain(told: dict[str, Any]) -> str:
    chain = told.get("chain")
    return "" if chain is None else " → ".join(chain) or say("作成者", "its author")


def _programme(told: dict[str, Any]) -> str:
    form, profile = told.get("plan_form") or "common", told.get("profile") or "common"
    return f"{told['id']}  {one(told['title'])}\n" + say(
        f"  採用: {_chain(told)}  計画の様式: {form}  プロファイル: {profile}",
        f"  adopted by: {_chain(told)}  plan form: {form}  profile: {profile}",
    )


# --- calls -----------------------------------------------------------------------------------------------------------


@click.group(name="call", help=say("公募", "calls"))
def call() -> None:
    """Calls."""


OPENS = click.option("--opens", metavar="DATE", help=say("受付の初日", "first day"))
CLOSES = click.option("--closes", metavar="DATE", help=say("受付の最終日", "last day"))
PLAN_DUE = click.option("--plan-due", metavar="DATE", help=say("計画の提出期限", "last day for handing in plans"))


def _call_body(told: dict[str, Any]) -> dict[str, Any]:
    days = {"opens_on": _iso(told.pop("opens")), "closes_on": _iso(told.pop("closes")), "plan_due_on": _iso(told.pop("plan_due"))}
    return _given({**told, **days, "chain": _steps(told.pop("chain"))})


@call.command("add", help=say("公募を登録する", "register a call"))
@click.argument("programme_id", metavar="PROGRAMME")
@click.option("--year", "fiscal_year", type=int, required=True, help=say("年度", "fiscal year"))
@NAME_JA
@NAME_EN
@OPENS
@CLOSES
@PLAN_DUE
@CHAIN
@PROFILE
@PLAN_FORM
@api_command
def add_call(face: Face, site: Site, programme_id: str, name_ja: str, name_en: str, **rest: Any) -> None:
    """Register a call."""
    title = both_names(name_ja, name_en) or {"ja": f"{rest['fiscal_year']} 年度公募", "en": f"Call of FY{rest['fiscal_year']}"}
    made = site.call("POST", "calls", body={"programme": programme_id, "title": title, **_call_body(rest)}).json()
    face.tell(made, lambda: _call(made))


@call.command("update", help=say("公募を変える", "change a call"))
@ID
@OPENS
@CLOSES
@PLAN_DUE
@CHAIN
@PROFILE
@PLAN_FORM
@api_command
def update_call(face: Face, site: Site, key: str, **rest: Any) -> None:
    """Change a call."""
    told = site.call("PATCH", f"calls/{key}", body=_call_body(rest)).json()
    face.tell(told, lambda: _call(told))


@call.command("show", help=say("ひとつの公募", "one call"))
@ID
@api_command
def show_call(face: Face, site: Site, key: str) -> None:
    """Show a call."""
    told = site.get(f"calls/{key}")
    face.tell(told, lambda: _call(told))


@call.command("list", help=say("公募の一覧", "list calls"))
@click.option("--programme", "programme_id", help=say("制度の番号", "id of the programme"))
@click.option("--year", "fiscal_year", type=int, help=say("年度", "fiscal year"))
@api_command
def list_calls(face: Face, site: Site, programme_id: str | None, fiscal_year: int | None) -> None:
    """List calls."""
    face.rows(
        site.pages("calls", programme=programme_id, fiscal_year=fiscal_year),
        [
            (say("番号", "id"), lambda row: row["id"]),
            (say("年度", "year"), lambda row: str(row["fiscal_year"])),
            (say("名称", "title"), lambda row: one(row["title"])),
            (say("受付", "open"), lambda row: f"{row['opens_on'] or ''} – {row['closes_on'] or ''}"),
            (say("計画の期限", "plans due"), lambda row: row["plan_due_on"] or ""),
        ],
    )


def _call(told: dict[str, Any]) -> str:
    chain = "" if told["chain"] is None else say(f"  採用: {_chain(told)}", f"  adopted by: {_chain(told)}")
    return f"{told['id']}  {one(told['title'])}\n" + say(
        f"  受付: {told['opens_on'] or ''} – {told['closes_on'] or ''}  計画の期限: {told['plan_due_on'] or '–'}{chain}",
        f"  open: {told['opens_on'] or ''} – {told['closes_on'] or ''}  plans due: {told['plan_due_on'] or '–'}{chain}",
    )


# --- rounds ----------------------------------------------------------------------------------------------------------


@click.group(name="round", help=say("報告の回", "reporting rounds"))
def round_() -> None:
    """Reporting rounds."""


@round_.command("add", help=say("報告を求める", "ask for a report"))
@click.argument("programme_id", metavar="PROGRAMME")
@click.option("--scheme", type=click.Choice(["common", "moonshot", "erad"]), required=True, help=say("報告の種類", "which report"))
@click.option("--year", "fiscal_year", type=int, required=True, help=say("年度", "fiscal year"))
@click.option("--as-of", metavar="DATE", required=True, help=say("基準日", "the day as of which it counts"))
@click.option("--due", metavar="DATE", required=True, help=say("期限", "last day"))
@NAME_JA
@NAME_EN
@api_command
def add_round(face: Face, site: Site, programme_id: str, name_ja: str, name_en: str, as_of: str, due: str, **rest: Any) -> None:
    """Ask for a report."""
    title = both_names(name_ja, name_en) or {"ja": f"{rest['fiscal_year']} 年度報告", "en": f"Report of FY{rest['fiscal_year']}"}
    body = {**rest, "programme": programme_id, "title": title, "as_of": _iso(as_of), "due_on": _iso(due)}
    made = site.call("POST", "rounds", body=body).json()
    face.tell(made, lambda: _round(made))


@round_.command("list", help=say("報告の回の一覧", "list reporting rounds"))
@click.option("--programme", "programme_id", help=say("制度の番号", "id of the programme"))
@api_command
def list_rounds(face: Face, site: Site, programme_id: str | None) -> None:
    """List reporting rounds."""
    face.rows(
        site.pages("rounds", programme=programme_id),
        [
            (say("番号", "id"), lambda row: row["id"]),
            (say("種類", "report"), lambda row: row["scheme"]),
            (say("年度", "year"), lambda row: str(row["fiscal_year"])),
            (say("名称", "title"), lambda row: one(row["title"])),
            (say("基準日", "as of"), lambda row: row["as_of"]),
            (say("期限", "due"), lambda row: row["due_on"]),
        ],
    )


def _round(told: dict[str, Any]) -> str:
    return f"{told['id']}  {one(told['title'])}\n" + say(
        f"  種類: {told['scheme']}  基準日: {told['as_of']}  期限: {told['due_on']}",
        f"  report: {told['scheme']}  as of: {told['as_of']}  due: {told['due_on']}",
    )


COMMANDS = (programme, call, round_)
