"""Identifiers in any spelling: DOI as address or bare, record ids, grant numbers in any width or hyphenation.

Pure. What is indexed and what is asked pass the same function, so any two spellings of one number meet.
"""

from __future__ import annotations

import re
import unicodedata

from izumi.kernel.errors import NotThere
from izumi.kernel.ids import parse_id

_PREFIX = re.compile(
    r"^(https?://(dx\.)?doi\.org/|https?://orcid\.org/|https?://hdl\.handle\.net/|https?://ror\.org/|info:doi/|doi:\s*|hdl:\s*|orcid:\s*)"
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_KAKEN = re.compile(r"jp(\d{2}[a-z]{1,2}\d{3,6})")
_OWN = re.compile(r"[0-9a-z]{5}-?[0-9a-z]{5}")
_SHORTEST = 4


def forms(value: str) -> tuple[str, ...]:
    """The spellings under which an identifier is indexed and looked up: as written and without punctuation, folded."""
    whole = _bare(value)
    if not whole:
        return ()
    found = [whole]
    compact = re.sub(r"[\W_]+", "", whole)
    if len(compact) >= _SHORTEST and not _DOI.match(whole):
        found.append(compact)
        found += [kaken.group(1) for kaken in [_KAKEN.fullmatch(compact)] if kaken]
    return tuple(dict.fromkeys(found))


def asked(text: str) -> tuple[str, ...]:
    """Forms to look up for one word of a query; empty when it cannot be an identifier (no digit)."""
    own = record_id(text)
    found = forms(text) if re.search(r"\d", text) else ()
    return (own, *(form for form in found if form != own)) if own else found


def doi(text: str) -> str:
    """The DOI of a text that is one (bare, ``doi:`` or an address), folded; else ``""``."""
    whole = _bare(text).rstrip(".,;)")
    return whole if _DOI.fullmatch(whole) else ""


def record_id(text: str) -> str:
    """The record identifier that a text is or an address of this kind of site ends in; else ``""``."""
    last = _bare(text).rstrip("/").rsplit("/", 1)[-1] if "/records/" in text or "/id/" in text else _bare(text)
    if not _OWN.fullmatch(last):
        return ""
    try:
        return parse_id(last)
    except NotThere:
        return ""


def looks_like_one(text: str) -> bool:
    """Whether a word is told as an identifier: a DOI, a record id, or letters with at least four digits.

    One in 32 plain words of ten letters passes as a record id, so without hyphen and digits it is told as a word.
    """
    compact = re.sub(r"[\W_]+", "", _bare(text))
    mixed = re.search(r"[a-z]", compact) and len(re.findall(r"\d", compact)) >= 4 and compact.isascii()
    own = record_id(text) and re.search(r"[-\d]", text)
    return bool(doi(text) or own or mixed)


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return _PREFIX.sub("", folded).strip()
