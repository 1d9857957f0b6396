"""Words, names, days and sizes of a cell as the metadata document has them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from izumi.plans.forms.columns import plain
from izumi.profiles.queries import vocabulary
from izumi.profiles.rules import person_name, western

Node = dict[str, Any]
_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff々]")
_PLACE_OF_WORK = re.compile("大学|機構|法人|会社|研究|センター|事業|財団|協会|学会|[室部課局省庁院所]$|university|institute|office|inc\\.|ltd", re.IGNORECASE)
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_SIZE = re.compile(r"^約?([0-9][0-9,]*(?:\.[0-9]+)?)\s*([kKMGTP]?i?B|バイト|bytes?)$")
_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "PB": 10**15,
          "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40, "PIB": 2**50}  # fmt: skip


def language(text: str) -> str:
    """``ja`` for text with Japanese letters, else ``en``."""
    return "ja" if _JAPANESE.search(text) else "en"


def text(value: str) -> Node:
    """A bare text under its language."""
    return {language(value): value}


def said(value: object, lang: str) -> str:
    """A multilingual text in this language, else in the language there is."""
    if isinstance(value, str):
        return value
    there = {tag: one for tag, one in value.items() if isinstance(one, str) and one.strip()} if isinstance(value, dict) else {}
    return next((there[tag] for tag in (lang, "ja", "en", *sorted(there)) if tag in there), "")


def nodes(value: object) -> list[Node]:
    """The members of a list that are objects."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def day(typed: str) -> str:
    """The day as documents write it; what is not understood stays as typed, for the rules to judge."""
    return western(typed)


def name_of(agent: object, lang: str) -> str:
    """A person's or organisation's whole name."""
    shown = person_name(agent.get("name"), lang) if isinstance(agent, dict) else None
    return shown.text if shown else ""


def agent(name: str, number: str = "") -> Node:
    """Who a cell names: a person in two parts where these can be told, an organisation where its words say so."""
    whole, lang = " ".join(name.split()), language(name)
    found: Node = {"name": {lang: whole}}
    family, mark, given = whole.partition(", " if lang == "en" else " ")
    if _PLACE_OF_WORK.search(whole) and not number:
        found["organisation"] = True
    elif mark and given and (lang == "en" or len(whole) <= 16):
        found = {"name": {lang: {"family": family, "given": given}}, "organisation": False}
    if number:
        found["identifiers"] = [{"scheme": "e-Rad_Researcher", "value": number}]
    return found


def number_of(told: Node) -> str:
    """The e-Rad researcher number."""
    return next((str(one.get("value") or "") for one in nodes(told.get("identifiers")) if str(one.get("scheme")).casefold().startswith("e-rad")), "")


def doi(typed: str) -> str:
    """The bare DOI; ``""``."""
    found = _DOI.match(typed.strip())
    return found[1] if found else ""


def is_address(typed: str) -> bool:
    """Whether this is a web address."""
    return re.match(r"^https?://[^\s/]+", typed.strip()) is not None


def size_bytes(typed: str) -> int | None:
    """The bytes that a single size names (``1.5 GB``, ``800,000 B``); ``None`` for ranges and other words."""
    found = _SIZE.match(unicodedata.normalize("NFKC", typed).strip())
    if found is None:
        return None
    unit = found[2].upper() if found[2].upper() in _UNITS else "B"
    return round(float(found[1].replace(",", "")) * _UNITS[unit])


def size_words(size: int) -> str:
    """Bytes in a decimal unit where that is exact, else bare bytes: what is written reads back as the same number."""
    for unit in ("PB", "TB", "GB", "MB", "KB"):
        if size >= _UNITS[unit] and size % (_UNITS[unit] // 1000 or 1) == 0 and size < 10**18:
            value = f"{size / _UNITS[unit]:.3f}".rstrip("0").rstrip(".")
            if round(float(value) * _UNITS[unit]) == size:
                return f"{value} {unit.replace('KB', 'kB')}"
    return f"{size} B"


@lru_cache(maxsize=16)
def _codes(name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in vocabulary(name):
        for word in (term.code, term.uri, *term.label.values(), *term.extra.values()):
            if plain(word):
                found.setdefault(plain(word), term.code)
    return found


def code(name: str, typed: str) -> str:
    """The code of a term by any of its labels; ``""``."""
    return _codes(name).get(plain(typed), "")


def label(name: str, value: object, lang: str) -> str:
    """The label of a term, else the value itself."""
    term = vocabulary(name).term(value)
    return term.label.one(lang) if term else str(value or "")
