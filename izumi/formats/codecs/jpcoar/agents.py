"""Persons and organisations of a JPCOAR record, and the contact that is written as one line."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from izumi.formats import document, markup
from izumi.formats.document import clean
from izumi.kernel.contracts import Document

OLDER = {"e-Rad": "e-Rad_Researcher"}
"""Schemes whose name changed after JPCOAR 1.0."""


def children(parent: Any, local: str) -> list[Any]:
    """The children of this name, of any of the namespaces."""
    return [child for child in parent if isinstance(child.tag, str) and etree.QName(child).localname == local]


def text_of(element: Any) -> str:
    """All text of an element, clean."""
    return clean("".join(element.itertext()))


def put(place: Document, element: Any) -> bool:
    """Put the element's text under its language; False when that language already says something else."""
    lang, words = markup.lang_of(element), text_of(element)
    return not (words and place.setdefault(lang, words) != words)


def agent(element: Any, name_tag: str) -> Document:
    """The person or organisation that a creator or contributor element describes."""
    full = {markup.lang_of(child): text_of(child) for child in children(element, name_tag) if text_of(child)}
    parts: dict[str, dict[str, str]] = {}
    for member in ("family", "given"):
        for child in children(element, f"{member}Name"):
            if text_of(child):
                parts.setdefault(markup.lang_of(child), {})[member] = text_of(child)
    kinds = {child.get("nameType") for child in children(element, name_tag)}
    split = bool(parts) or any(", " in text for text in full.values())
    organisation = "Organizational" in kinds or ("Personal" not in kinds and not split)
    name: dict[str, Any] = dict(full) if organisation else {lang: parts.get(lang) or _split(text) for lang, text in full.items()}
    if not organisation:
        name.update({lang: value for lang, value in parts.items() if lang not in name})
    found: Document = {"name": name, "organisation": organisation}
    numbers = _numbers(element)
    if numbers:
        found["identifiers"] = numbers
    places = [_affiliation(child) for child in children(element, "affiliation")]
    if places:
        found["affiliations"] = places
    return found


def _split(text: str) -> dict[str, str]:
    family, _, given = text.partition(", ")
    return {key: value for key, value in (("family", family), ("given", given)) if value}


def _numbers(element: Any) -> list[Document]:
    return [
        {"scheme": OLDER.get(child.get("nameIdentifierScheme", ""), child.get("nameIdentifierScheme", "")), "value": text_of(child)}
        for child in children(element, "nameIdentifier")
        if text_of(child)
    ]


def _affiliation(element: Any) -> Document:
    found: Document = {"name": {}}
    for child in children(element, "affiliationName"):
        put(found["name"], child)
    return with_ror(found, _numbers(element))


def with_ror(found: Document, numbers: list[Document]) -> Document:
    """The organisation with its ROR in its place and the other numbers beside it."""
    for number in numbers:
        if number["scheme"] == "ROR" and "ror" not in found:
            found["ror"] = document.ror(number["value"])
        else:
            found.setdefault("identifiers", []).append(number)
    return found


def contact_from(lines: dict[str, str]) -> Document:
    """The contact behind "organisation / address / TEL: … / E-Mail: …"; what is not marked is organisation, then address."""
    found: Document = {}
    for lang, line in lines.items():
        words = []
        for piece in line.split(" / "):
            marked = re.fullmatch(r"(TEL|E-?Mail|URL)\s*[:：]\s*(.+)", piece.strip(), re.IGNORECASE)
            if marked:
                found[{"T": "phone", "E": "email", "U": "url"}[marked.group(1)[0].upper()]] = marked.group(2).strip()
            elif piece.strip():
                words.append(piece.strip())
        if words:
            found.setdefault("organisation", {})[lang] = words[0]
        if words[1:]:
            found.setdefault("address", {})[lang] = " / ".join(words[1:])
    return found
