"""``izumi person|organisation|group|token``: who people are, on this site."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from izumi.kernel.days import parse_instant
from izumi.kernel.errors import IzumiError, problem
from izumi.web.cli import calls, projects
from izumi.web.cli.accounts import person_named
from izumi.web.cli.face import Face, command, console_actor, need_home
from izumi.web.cli.given import AS, CSV, NAME_EN, NAME_JA, both_names, day
from izumi.web.language import lang, one, say

# --- persons ---------------------------------------------------------------------------------------------------------


@click.group(name="person", help=say("人", "persons"))
def person() -> None:
    """Persons."""


@person.command("add", help=say("人を登録する（役割も付けられます）", "register a person, with roles"))
@click.option("--username", required=True, help=say("利用者名", "user name"))
@NAME_JA
@NAME_EN
@click.option("--email", default="", help=say("メール", "e-mail"))
@click.option("--organisation", help=say("所属機関の番号", "id of the organisation"))
@click.option("--password", help=say("パスワード（省くと招待のメール）", "password (without: invitation by mail)"))
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE@SCOPE",
    help=say("役割（admin@site、curator@org:ID）", "role (admin@site, curator@org:ID)"),
)
@AS
@command
def add_person(
    face: Face, username: str, name_ja: str, name_en: str, as_user: str | None, roles: tuple[str, ...], **rest: Any
) -> None:
    """Register a person."""
    need_home()
    from izumi.people import actions

    actor = console_actor(as_user)
    name = both_names(name_ja, name_en) or {"en": username}
    invited = not rest["password"] and bool(rest["email"])
    made = actions.add_person(
        actor, username=username, name=name, email=rest["email"], organisation=rest["organisation"], password=rest["password"],
        send_invitation=invited,
    )  # fmt: skip
    for text in roles:
        role, _, scope = text.partition("@")
        actions.assign_role(actor, person=made, role=role, scope=scope)
    face.tell({"id": made, "username": username, "roles": list(roles), "invited": invited}, f"{made}  {username}")


@person.command("list", help=say("一覧", "list"))
@command
def list_persons(face: Face) -> None:
    """List persons."""
    need_home()
    from django.contrib.auth import get_user_model

    rows = get_user_model().objects.order_by("username").select_related("organisation")
    face.rows(
        (
            {"id": r.pk, "username": r.username, "email": r.email, "name": r.name, "active": r.is_active,
             "organisation": r.organisation_id, "organisation_name": r.organisation.legal_name if r.organisation else None}
            for r in rows.iterator()
        ),
        [
            (say("番号", "id"), lambda row: row["id"]),
            (say("利用者名", "user name"), lambda row: row["username"]),
            (say("氏名", "name"), lambda row: one(row["name"])),
            (say("所属", "organisation"), lambda row: one(row["organisation_name"] or "")),
        ],
    )  # fmt: skip


@person.command("import", help=say("CSV から登録する（username,name_ja,name_en,email,organisation）",
                                   "register from CSV (username,name_ja,name_en,email,organisation)"))  # fmt: skip
@CSV
@AS
@command
def import_persons(face: Face, file: Path, as_user: str | None) -> int:
    """Register persons; every row is tried."""
    need_home()
    from izumi.people import actions

    actor = console_actor(as_user)

    def add(row: dict[str, str]) -> str:
        name = both_names(row.get("name_ja", ""), row.get("name_en", "")) or {"en": row.get("username", "")}
        return actions.add_person(
            actor,
            username=row.get("username", ""),
            name=name,
            email=row.get("email", ""),
            organisation=row.get("organisation") or None,
        )

    return _import(face, file, add)


@person.command("role", help=say("役割を付ける", "give a role"))
@click.argument("account", metavar="USER")
@click.argument("role", metavar="ROLE@SCOPE")
@click.option("--from", "from_day", metavar="DATE", help=say("初日", "first day"))
@click.option("--until", "until_day", metavar="DATE", help=say("最終日", "last day"))
@AS
@command
def give_role(
    face: Face, account: str, role: str, from_day: str | None, until_day: str | None, as_user: str | None
) -> None:
    """Give a role."""
    need_home()
    from izumi.people import actions

    name, _, scope = role.partition("@")
    given = actions.assign_role(
        console_actor(as_user),
        person=person_named(account),
        role=name,
        scope=scope,
        from_day=day(from_day),
        until_day=day(until_day),
    )
    face.tell({"person": given.person, "role": given.role, "scope": given.scope}, f"{account}  {role}")


def _import(face: Face, file: Path, add: Callable[[dict[str, str]], str]) -> int:
    refused = 0
    for number, row in _rows(file):
        try:
            made = add(row)
        except IzumiError as failure:
            refused += 1
            told = problem(failure, lang())
            text = f"✗ {number}  {told['detail']}" + "".join(f"\n    {one(f['message'])}" for f in told["findings"])
            face.tell({"row": number, "ok": False, "problem": told}, text)
        else:
            face.tell({"row": number, "ok": True, "id": made}, f"✓ {number}  {made}")
    return int(refused > 0)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        for number, row in enumerate(csv.DictReader(source), start=2):
            yield number, {key.strip(): (value or "").strip() for key, value in row.items() if isinstance(key, str)}


# --- organisations, groups, tokens -------------------------------------------------------------------------


@click.group(name="organisation", help=say("機関", "organisations"))
def organisation() -> None:
    """Organisations."""


@organisation.command("add", help=say("機関や部局を登録する", "register an organisation or department"))
@NAME_JA
@NAME_EN
@click.option("--kind", default="university", show_default=True, help=say("種類", "kind"))
@click.option("--ror", default="", help="ROR")
@click.option("--parent", help=say("上の機関の番号", "id of the organisation above"))
@click.option(
    "--review",
    type=click.Choice(["none", "curator"]),
    default="none",
    show_default=True,
    help=say("公開前の確認", "review before publishing"),
)
@AS
@command
def add_organisation(face: Face, name_ja: str, name_en: str, as_user: str | None, **rest: Any) -> None:
    """Register an organisation."""
    need_home()
    from izumi.people import actions

    made = actions.add_organisation(console_actor(as_user), legal_name=both_names(name_ja, name_en), **rest)
    face.tell({"id": made}, f"{made}  {name_ja or name_en}")


@organisation.command(
    "import",
    help=say(
        "CSV から登録する（name_ja,name_en,kind,ror,parent）", "register from CSV (name_ja,name_en,kind,ror,parent)"
    ),
)
@CSV
@AS
@command
def import_organisations(face: Face, file: Path, as_user: str | None) -> int:
    """Register organisations; every row is tried."""
    need_home()
    from izumi.people import actions

    actor = console_actor(as_user)

    def add(row: dict[str, str]) -> str:
        return actions.add_organisation(
            actor, legal_name=both_names(row.get("name_ja", ""), row.get("name_en", "")), kind=row.get("kind") or "other",
            ror=row.get("ror", ""), parent=row.get("parent") or None,
        )  # fmt: skip

    return _import(face, file, add)


@click.group(name="group", help=say("グループ", "groups"))
def group() -> None:
    """Groups."""


@group.command("add", help=say("グループを作る", "found a group"))
@NAME_JA
@NAME_EN
@click.option("--member", "members", multiple=True, metavar="USER", help=say("メンバー", "member"))
@AS
@command
def add_group(face: Face, name_ja: str, name_en: str, members: tuple[str, ...], as_user: str | None) -> None:
    """Found a group."""
    need_home()
    from izumi.people import actions

    made = actions.add_group(
        console_actor(as_user), name=both_names(name_ja, name_en), members=[person_named(m) for m in members]
    )
    face.tell({"id": made}, f"{made}  {name_ja or name_en}")


@click.group(name="token", help=say("トークン", "tokens"))
def token() -> None:
    """Tokens."""


@token.command("create", help=say("トークンを作る（表示は一度だけ）", "make a token (shown once)"))
@click.option("--person", "account", required=True, metavar="USER", help=say("だれの", "whose"))
@click.option("--name", default="", help=say("目印", "label"))
@click.option("--scope", "scopes", multiple=True, help=say("許すこと（省くとすべて）", "what it allows (default: all)"))
@click.option("--expires", "expires", metavar="TIME", help=say("期限", "end of validity"))
@AS
@command
def create_token(
    face: Face, account: str, name: str, scopes: tuple[str, ...], expires: str | None, as_user: str | None
) -> None:
    """Make a token."""
    need_home()
    from izumi.people import actions

    wanted: dict[str, Any] = {"scopes": scopes} if scopes else {}
    try:
        ends = parse_instant(expires) if expires else None
    except ValueError as wrong:
        raise click.UsageError(say(f"時刻は RFC 3339 です: {expires}", f"a time is RFC 3339: {expires}")) from wrong
    made = actions.create_token(
        console_actor(as_user), person=person_named(account), name=name, expires_at=ends, **wanted
    )
    face.tell(
        {"token": made.secret, "id": made.id, "person": account},
        say(f"{made.secret}\nこの表示は一度だけです。", f"{made.secret}\nThis is shown once."),
    )


COMMANDS = (person, organisation, *calls.COMMANDS, *projects.COMMANDS, group, token)
