"""Checks of single values: what looks like an identifier, a day, an address. Pure; each answers whether it is one.

A check takes the string as typed (never normalised before storing) and judges its NFKC form where that is what people
mean: full-width digits are digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from izumi.kernel.days import Day, parse_day
from izumi.profiles.edtf import is_edtf, is_edtf_moment

BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
ROR = re.compile(r"^(?:https?://)?(?:ror\.org/)?(0[0-9a-hj-km-np-tv-z]{6}[0-9]{2})$")
ORCID = re.compile(r"^(?:https?://orcid\.org/)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])$")
JGN = re.compile(r"^JP[A-Z0-9]{2,13}$")
DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)?10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+\Z", re.IGNORECASE)
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
EMAIL = re.compile(rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{LABEL}(?:\.{LABEL})+$")
UNIT = r"(?:[kKMGTPE]i?)?B"
NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,6})?"
SIZE = re.compile(rf"^[<>≦≧]?\s*{NUMBER}\s*(?:{UNIT})?(?:\s*[-~〜–]\s*{NUMBER})?\s*(?:{UNIT})?$")
LANGUAGE = re.compile(r"^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$")
PHONE = re.compile(r"^\+?\(?[0-9][0-9 ().\-‐‑–—−ー]{5,24}(?:\s*(?:内線|ext\.?|x)\s*[0-9]{1,6})?$", re.IGNORECASE)
SCOPE = re.compile(r"^(?:project|org|person|group|programme):[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$")


def folded(text: str) -> str:
    """NFKC without surrounding white space: what the writer means."""
    return unicodedata.normalize("NFKC", text).strip()


def is_ror(text: str) -> bool:
    """Whether it is a ROR identifier with the right check digits.

    The last two digits are ISO 7064 MOD 97-10 over the Crockford base32 number before them.

    Source: ror-identifier.
    """
    found = ROR.match(folded(text).lower())
    if found is None:
        return False
    number = 0
    for letter in found[1][:7]:
        number = number * 32 + BASE32.index(letter)
    return 98 - (number * 100) % 97 == int(found[1][7:])


def is_orcid(text: str) -> bool:
    """Whether it is an ORCID iD with the right check character (ISO 7064 MOD 11-2).

    Source: orcid-identifier.
    """
    found = ORCID.match(folded(text))
    if found is None:
        return False
    digits = found[1].replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return digits[-1] == ("X" if check == 10 else str(check))


def is_jgn(text: str) -> bool:
    """Whether it has the form of a 体系的番号 (Japan Grant Number).

    Source: japan-grant-number (length and alphabet inferred from published numbers; hence only ever a warning).
    """
    return JGN.match(folded(text).upper()) is not None


def is_day(text: str) -> bool:
    """Whether it is a day of the calendar written ``YYYY-MM-DD``."""
    return as_day(text) is not None


def as_day(text: object) -> Day | None:
    """The day that ``YYYY-MM-DD`` names, else ``None``."""
    try:
        return parse_day(text) if isinstance(text, str) and text.isascii() else None
    except ValueError:
        return None


def is_url(text: str) -> bool:
    """Whether it is an absolute http(s) address with a host and without a password."""
    try:
        parts = urlsplit(text.strip())
        named = parts.scheme in ("http", "https") and bool(parts.hostname)
        return named and "@" not in parts.netloc and not any(letter.isspace() for letter in text.strip())
    except ValueError:
        return False


def is_email(text: str) -> bool:
    """Whether it has the shape of one e-mail address."""
    return len(text) <= 254 and EMAIL.match(text.strip()) is not None and ".." not in text


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "ror": is_ror,
    "orcid": is_orcid,
    "jgn": is_jgn,
    "doi": lambda text: DOI.match(folded(text)) is not None,
    "email": is_email,
    "phone": lambda text: PHONE.match(folded(text)) is not None,
    "url": is_url,
    "day": is_day,
    "edtf": is_edtf,
    "edtf_moment": is_edtf_moment,
    "size": lambda text: SIZE.match(folded(text)) is not None and folded(text).endswith("B"),
    "language": lambda text: LANGUAGE.match(text) is not None,
    "scope": lambda text: SCOPE.match(text) is not None,
}
"""Checks that a rule can name: ``must = {is = "ror"}``."""
