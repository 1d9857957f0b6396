"""The list of people above a KAKENHI table: numbers in its columns 取得者 and 管理者 name them. Source: jsps-dmp-form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from izumi.plans.forms.columns import plain
from izumi.plans.forms.kinds import put as put_at
from izumi.plans.forms.words import agent, text

Person = dict[str, Any]
Persons = Mapping[str, Person]
HEADS = {
    "order": ("通し番号", "No.", "番号"),
    "name": ("氏名", "Name"),
    "place": ("所属・役職", "所属研究機関・部局・職", "所属", "Affiliation"),
    "number": ("研究者番号", "e-Rad研究者番号", "Researcher number"),
    "contact": ("連絡先", "Contact"),
}
_KNOWN = {plain(word): name for name, words in HEADS.items() for word in words}


def persons(rows: list[list[str]]) -> Persons:
    """The people by their number in the list; none where there is no such list."""
    top = next((n for n, row in enumerate(rows) if {"order", "name"} <= {_KNOWN.get(plain(cell)) for cell in row}), None)
    if top is None:
        return {}
    plan = [_KNOWN.get(plain(cell), "") for cell in rows[top]]
    found: dict[str, Person] = {}
    for row in rows[top + 1 :]:
        said = {name: cell for name, cell in zip(plan, row, strict=False) if name and cell}
        if said.get("name") and (order := _order(said.get("order", ""))):
            found[order] = _person(said)
    return found


NUMBERS = frozenset(plain(one) for one in ("研究課題番号", "課題番号", "体系的番号", "e-Rad課題番号", "Grant number", "Japan Grant Number"))
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_-]{3,39}")


def grant_numbers(rows: list[list[str]]) -> tuple[str, ...]:
    """The numbers that stand beside 「研究課題番号」 and the like."""
    found: dict[str, None] = {}
    for row in rows:
        for place, cell in enumerate(row):
            if plain(cell) in NUMBERS:
                beside = next((one for one in row[place + 1 :] if one), "")
                found.update(dict.fromkeys(_NUMBER.findall(unicodedata.normalize("NFKC", beside))))
    return tuple(found)


def _order(typed: str) -> str:
    bare = plain(typed)
    return bare if bare.isdigit() else ""


def _person(said: Mapping[str, str]) -> Person:
    person = agent(said["name"], said.get("number", ""))
    person["organisation"] = False
    if said.get("place"):
        person["affiliations"] = [{"name": text(said["place"])}]
    if "@" in said.get("contact", ""):
        person["email"] = said["contact"]
    return person


def resolved(cell: str, known: Persons) -> list[Person] | None:
    """The people that a cell of numbers names (``1``, ``1, 3``); ``None`` where it names people by name."""
    parts = [one for one in re.split(r"[\s,、;；・]+", cell) if one]
    if not parts or not all(_order(one) in known for one in parts):
        return None
    return [known[_order(one)] for one in parts]


def put(entry: dict[str, Any], pointer: str, many_told: list[Person], *, many: bool) -> None:
    """Set these people; the first of them where only one has a place, with the mail address as contact."""
    bare = [{name: value for name, value in one.items() if name != "email"} for one in many_told]
    put_at(entry, pointer, bare if many else bare[0])
    if not many and many_told[0].get("email"):
        put_at(entry, "/contact/email", many_told[0]["email"])
