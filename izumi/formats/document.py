"""Reading the metadata document for writing it somewhere else: texts, names, dates, identifiers, always in one order.

Pure functions; an absent or oddly shaped member reads as nothing, because a codec must never fail on a draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from izumi.kernel.contracts import Document, Package

FIRST_LANGUAGES = ("ja", "en", "ja-Kana", "ja-Latn")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


def clean(value: object) -> str:
    """The value as text that every format may hold: no control characters, line ends as "\\n", no outer blanks."""
    if value is None or isinstance(value, (dict, list, tuple)):
        return ""
    return _ILLEGAL.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n")).strip()


def part(value: object, *names: str) -> Any:
    """The member reached by these names, or None."""
    for name in names:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def items(value: object) -> list[Document]:
    """The members of a list that are objects."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _rank(tag: str) -> tuple[int, str]:
    return (FIRST_LANGUAGES.index(tag) if tag in FIRST_LANGUAGES else len(FIRST_LANGUAGES), tag)


def tags(value: object) -> list[str]:
    """The language tags of a multilingual value: ja, en, readings, then the others by name."""
    if not isinstance(value, Mapping):
        return []
    return sorted((tag for tag in value if _LANGUAGE.fullmatch(str(tag))), key=_rank)


def texts(value: object) -> list[tuple[str, str]]:
    """``(language, text)`` pairs of a multilingual text; empty ones left out; readings only beside a ``ja`` text."""
    if isinstance(value, str):
        return [("ja" if re.search("[\u3040-\u30ff\u4e00-\u9fff]", value) else "en", clean(value))] if clean(value) else []
    found = [(tag, clean(part(value, tag))) for tag in tags(value)]
    has_ja = any(tag == "ja" and text for tag, text in found)
    return [(tag, text) for tag, text in found if text and (has_ja or not tag.startswith("ja-"))]


def one(value: object, *wanted: str) -> str:
    """The text in the first of these languages that there is, else any."""
    there = dict(texts(value))
    for tag in (*wanted, *there):
        if tag in there:
            return there[tag]
    return ""


PERSONAL = frozenset({"ORCID", "e-Rad_Researcher", "NRID"})
"""Identifiers that only people have."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in one language; an organisation has only ``full``."""

    lang: str
    full: str
    family: str = ""
    given: str = ""


def names(agent: object) -> list[Name]:
    """The names of a person or organisation, one per language; a person's ``full`` is "Family, Given"."""
    value = part(agent, "name")
    if isinstance(value, str):
        return [Name(lang, text) for lang, text in texts(value)]
    found = []
    for tag in tags(value):
        name = _name(tag, part(value, tag))
        if name is not None and name.full:
            found.append(name)
    has_ja = any(name.lang == "ja" for name in found)
    return [name for name in found if has_ja or not name.lang.startswith("ja-")]


def _name(tag: str, value: object) -> Name | None:
    if isinstance(value, str):
        return Name(tag, clean(value))
    if not isinstance(value, Mapping):
        return None
    family = clean(value.get("family"))
    given = " ".join(filter(None, (clean(value.get("given")), clean(value.get("middle")))))
    return Name(tag, ", ".join(filter(None, (family, given))), family, given)


def name_in(agent: object, *wanted: str) -> Name | None:
    """The name in the first of these languages that there is, else any."""
    there = {name.lang: name for name in names(agent)}
    for tag in (*wanted, *there):
        if tag in there:
            return there[tag]
    return None


def is_organisation(agent: Document) -> bool:
    """Whether an agent is an organisation: said so, or nothing tells a person (parts of a name, a personal number, a place of work)."""
    if "organisation" in agent:
        return bool(agent["organisation"])
    if items(agent.get("affiliations")) or any(scheme in PERSONAL for scheme, _ in agent_identifiers(agent)):
        return False
    return not any(name.family or name.given for name in names(agent))


def agent_identifiers(agent: object) -> list[tuple[str, str]]:
    """``(scheme, value)`` of a person or organisation; ROR addresses complete."""
    found = [(clean(entry.get("scheme")), clean(entry.get("value"))) for entry in items(part(agent, "identifiers"))]
    if part(agent, "ror"):
        found.insert(0, ("ROR", clean(part(agent, "ror"))))
    return [(scheme, ror(value) if scheme == "ROR" else value) for scheme, value in found if scheme and value]


def ror(value: str) -> str:
    """A ROR as an address, whatever way it was typed."""
    text = clean(value)
    return text if text.startswith("http") or not text else "https://ror.org/" + text.removeprefix("ror.org/")


def orcid(value: str) -> str:
    """The bare sixteen digits with hyphens."""
    return clean(value).rstrip("/").rsplit("/", 1)[-1]


def doi(value: object) -> str:
    """The bare DOI ``10.…/…`` in this text when the text is one, else ""."""
    match = _DOI.fullmatch(clean(value))
    return match.group(1) if match else ""


def doi_url(value: str) -> str:
    """A DOI in its address form."""
    return "https://doi.org/" + iri(value)


def iri(value: str, *, local: bool = False) -> str:
    """The text as the XML type anyURI allows it; ``local`` also hides the marks that would make it an address."""
    marks = " %<>\"{}|\\^`" + (":#?[]" if local else "")
    keep = value if local else re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", value)
    return "".join(f"%{ord(c):02X}" if c in marks and not (c == "%" and not local) else c for c in keep if c not in "\t\n")


def is_url(value: object) -> bool:
    """Whether this text is a web address."""
    return isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+\S*", value) is not None


def identifiers(package: Package) -> list[tuple[str, str]]:
    """``(scheme, value)`` of the record itself, each once, the primary DOI first; DOIs bare."""
    found: dict[tuple[str, str], bool] = {}
    for entry in (*package.identifiers, *items(package.metadata.get("identifiers"))):
        scheme, value = clean(entry.get("scheme")), clean(entry.get("value"))
        if doi(value) and scheme.upper() in ("DOI", "URL", "URI", ""):
            scheme, value = "DOI", doi(value)
        if scheme and value:
            found[scheme, value] = found.get((scheme, value), False) or bool(entry.get("primary"))
    return sorted(found, key=lambda key: (key[0] != "DOI", not found[key]))


def relations(package: Package) -> list[Document]:
    """What the record is related to: by its document, and by links made later; each once."""
    found: list[Document] = []
    seen: set[tuple[str, str]] = set()
    for entry in (*items(package.metadata.get("relations")), *package.links):
        value = clean(entry.get("identifier"))
        key = (clean(entry.get("relation")), (doi(value) or value).casefold())
        if key not in seen or not value:
            seen.add(key)
            found.append(dict(entry))
    return found


def first_doi(package: Package) -> str:
    """The DOI of the record, bare; "" when it has none."""
    return next((value for scheme, value in identifiers(package) if scheme == "DOI"), "")


def address(package: Package) -> str:
    """The address to cite: the DOI's, else the resolver's."""
    found = first_doi(package)
    return doi_url(found) if found else package.urls.resolver


def access_class(package: Package) -> str:
    """open, shared, closed or embargoed; "" when unknown."""
    return clean(package.access.get("class") or part(package.metadata, "access", "class"))


def available_on(package: Package) -> str:
    """The first open day: of an embargoed version, or of one whose embargo has ended; "" for the other classes."""
    if access_class(package) not in ("embargoed", "open"):
        return ""
    return clean(package.access.get("available_on") or part(package.metadata, "access", "available_on"))


def issued_on(package: Package) -> str:
    """掲載日: the day the metadata appeared, as kept by the system, else as the document says."""
    return clean(package.metadata.get("posted_on") or package.published_on)[:10]


def updated_on(package: Package) -> str:
    """掲載更新日: the day of the last change of the metadata."""
    return clean(package.metadata.get("updated_on") or package.updated_on)[:10]


def year(package: Package) -> str:
    """Year of publication: the end of an embargo, else the day of publication, else "0000" (not published)."""
    for day in (available_on(package), clean(package.published_on), issued_on(package), updated_on(package)):
        if re.match(r"\d{4}", day):
            return day[:4]
    return "0000"


def cited_year(package: Package) -> str:
    """The year for a citation: when this version appeared, even if its files open later; "" before publication."""
    for day in (clean(package.published_on), issued_on(package)):
        if re.match(r"\d{4}", day):
            return day[:4]
    return ""


def publisher(package: Package) -> list[tuple[str, str]]:
    """The publisher in each language, the document's own before the record's."""
    return texts(part(package.metadata, "publisher", "name")) or texts(package.publisher)


def lead_language(package: Package) -> str:
    """The language of a single-language export: the title's, Japanese first unless the data are English only."""
    there = dict(texts(package.metadata.get("title")))
    spoken = package.metadata.get("languages")
    if isinstance(spoken, list) and spoken[:1] == ["en"] and "en" in there:
        return "en"
    return next((tag for tag in ("ja", "en") if tag in there), next(iter(there), "ja"))


def file_facts(package: Package, limit: int) -> Iterator[Any]:
    """The first files of the version; formats that are sent over a network name no more than ``limit``."""
    for number, entry in enumerate(package.files()):
        if number >= limit:
            return
        yield entry
