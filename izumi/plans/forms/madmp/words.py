"""Coded values of Izumi in the words of maDMP, and back. What has no word stays as it was given.

Source: rda-madmp-1.2.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from izumi.formats.rules import shortest, three_letters
from izumi.kernel.days import Day, parse_day
from izumi.plans.forms.madmp.shape import words_of
from izumi.profiles.queries import vocabulary

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What reading and writing one plan have in common: its language, and the days by which past and future are told.

    ``on`` is the day of the last change: what lies after it is planned, what lies before it has happened. ``since`` is
    the day on which the plan was made.
    """

    lang: str
    on: str
    since: str


# -- texts -----------------------------------------------------------------------------------------------------------

_TAG = re.compile(r"</?(?:p|br|div|span|ul|ol|li|b|i|u|em|strong|a|h[1-6]|table|tr|td|th|tbody|sup|sub)\b[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^<>]*>", re.IGNORECASE)


def plain(text: str) -> str:
    """The text without the HTML in which some tools write descriptions; other text unchanged."""
    if not _TAG.search(text):
        return text
    bare = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\xa0]+", " ", bare)).strip()


def put_text(holder: Node, name: str, text: object, lang: str) -> None:
    """Set a text in the plan's language where something is said."""
    if isinstance(text, str) and plain(text).strip():
        holder[name] = {lang: plain(text)}


def said(text: object, lang: str) -> str:
    """A multilingual text (or a bare one) in the plan's language, else in the language there is."""
    if isinstance(text, str):
        return text
    if not isinstance(text, Mapping):
        return ""
    there = {tag: value for tag, value in text.items() if isinstance(value, str) and value.strip()}
    return next((there[tag] for tag in (lang, "ja", "en", *sorted(there)) if tag in there), "")


def set_text(holder: Node, name: str, text: object, lang: str) -> None:
    """Write a text in the plan's language where there is one."""
    if words := said(text, lang):
        holder[name] = words


def tag_of(code: object) -> str:
    """The language tag of documents for an ISO 639-3 code; ``en`` when there is none."""
    return shortest(code) if isinstance(code, str) and code else "en"


def code_of(tag: object) -> str:
    """The ISO 639-3 code for a language tag; ``""`` when the standard has none."""
    code = three_letters(tag) if isinstance(tag, str) else ""
    return code if code in _languages() else ""


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(words_of("LanguageCode"))


def day(value: object) -> str:
    """The value when it is a day of the calendar; ``""``."""
    return value if isinstance(value, str) and as_day(value) is not None else ""


def as_day(value: object) -> Day | None:
    """The day that ``YYYY-MM-DD`` names."""
    try:
        return parse_day(value) if isinstance(value, str) and value.isascii() else None
    except ValueError:
        return None


# -- identifiers -----------------------------------------------------------------------------------------------------

SCHEMES = {
    "doi": "DOI", "handle": "Handle", "ark": "ARK", "url": "URL", "urn": "URN", "purl": "PURL", "orcid": "ORCID", "ror": "ROR",
    "isni": "ISNI", "fundref": "Crossref Funder", "igsn": "IGSN", "isbn": "ISBN", "issn": "ISSN", "arxiv": "arXiv", "pmid": "PMID",
    "e-rad_researcher": "e-Rad_Researcher",
}  # fmt: skip
"""``type`` of an identifier in maDMP → scheme in Izumi; other types are kept as they are."""
_TYPES = {scheme: kind for kind, scheme in SCHEMES.items()} | {"e-Rad_Researcher": "e-Rad_Researcher"}
_ADDRESS = {
    "DOI": re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)(?=10\.)", re.IGNORECASE),
    "ORCID": re.compile(r"^https?://orcid\.org/", re.IGNORECASE),
}


def identifier(told: object) -> Node:
    """``{"scheme", "value"}`` of an identifier object; DOIs and ORCID iDs without their address."""
    if not isinstance(told, dict):
        return {}
    kind, value = told.get("type"), told.get("identifier")
    found = {}
    if isinstance(kind, str) and kind:
        found["scheme"] = SCHEMES.get(kind.casefold(), kind)
    if isinstance(value, str) and value:
        pattern = _ADDRESS.get(found.get("scheme", ""))
        found["value"] = pattern.sub("", value.strip()) if pattern else value
    return found


def identifiers(told: object) -> list[Node]:
    """The identifiers of a person: one object or a list of them; empty ones left out."""
    many = told if isinstance(told, list) else [told]
    return [found for one in many if (found := identifier(one)).get("value")]


def as_identifier(told: Mapping[str, Any]) -> Node:
    """An identifier of Izumi as maDMP writes it."""
    scheme, value = told.get("scheme"), told.get("value")
    return {
        "identifier": value if isinstance(value, str) else "",
        "type": _TYPES.get(scheme, scheme) if isinstance(scheme, str) and scheme else "other",
    }


def nodes(value: object) -> list[Node]:
    """The members of a list that are objects."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


# -- vocabularies ----------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """What two spellings of a word or address have in common."""
    bare = re.sub(r"^https?://(www\.)?", "", text.strip().casefold())
    return re.sub(r"/(deed(\.\w+)?|legalcode(\.\w+)?)?$", "", bare)


@lru_cache(maxsize=8)
def _codes(name: str, columns: tuple[str, ...] = ()) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for term in vocabulary(name):
        words = (term.code, term.uri, *term.label.values(), *(term.extra.get(column, "") for column in columns))
        for word in words:
            if word:
                found.setdefault(folded(word), term.code)
    return found


def type_code(text: object) -> str:
    """The data type with exactly this label, code or address; ``""``."""
    return _codes("data-types").get(folded(text), "") if isinstance(text, str) else ""


def type_words(code: object) -> str:
    """The English label of a data type."""
    term = vocabulary("data-types").term(code)
    return term.label.one("en") if term else ""


ELSEWHERE = {"opensource.org/licenses/mit-license.php": "MIT", "opensource.org/license/mit": "MIT"}


def licence_of(address: object) -> Node:
    """``{"licence"}`` for an address that the vocabulary knows, ``{"licence_url"}`` for another, ``{}`` for none."""
    if not isinstance(address, str) or not address.strip():
        return {}
    bare = folded(address)
    code = ELSEWHERE.get(bare) or _codes("licences", ("spdx",)).get(bare)
    return {"licence": code} if code else {"licence_url": address}


def licence_address(terms: object) -> str:
    """The address of a licence; ``""`` for one without an address."""
    if not isinstance(terms, dict):
        return ""
    term = vocabulary("licences").term(terms.get("licence"))
    if term is not None and term.uri:
        return term.uri
    told = terms.get("licence_url")
    return told if isinstance(told, str) and "licence" not in terms else ""


def role_code(text: object) -> object:
    """A contributor's role: our code for DataCite's words, else as given."""
    return _roles().get(text, text) if isinstance(text, str) else text


def role_words(code: object) -> str:
    """A role in DataCite's words where it has one."""
    term = vocabulary("contributor-roles").term(code)
    return term.extra.get("datacite") or term.code if term else str(code)


@lru_cache(maxsize=1)
def _roles() -> Mapping[str, str]:
    return {term.extra["datacite"]: term.code for term in vocabulary("contributor-roles") if term.extra.get("datacite")}


def relation_code(text: object) -> object:
    """A relation in DataCite's spelling (``is_cited_by`` → ``IsCitedBy``), else as given."""
    return _relations().get(text.replace("_", "").casefold(), text) if isinstance(text, str) else text


@lru_cache(maxsize=1)
def _relations() -> Mapping[str, str]:
    return {term.code.casefold(): term.code for term in vocabulary("relation-types")}
