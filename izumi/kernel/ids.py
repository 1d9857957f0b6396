"""Identifiers: ten letters of Crockford's base32, lower case, written ``xxxxx-xxxxx``; the last is a check letter.

The check letter is computed inside the same 32 letters: letters are elements of the field GF(2^5) (modulus x^5 + x^2 + 1)
and each position has its own non-zero weight, so that every single wrong letter and every exchange of any two letters
is detected. Test vectors: ``corpus/identifiers.csv``. Source: docs/decisions (check letter).
"""

from __future__ import annotations

import secrets

from izumi.kernel.errors import NotThere

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_LOOK_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})
_LENGTH = 10


def _times(a: int, b: int) -> int:
    """Product in GF(32)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        b >>= 1
        a <<= 1
        if a & 0b100000:
            a ^= 0b100101
    return product


def _weights() -> tuple[int, ...]:
    weights, element = [], 1
    for _ in range(_LENGTH - 1):
        element = _times(element, 2)
        weights.append(element)
    return tuple(weights)


_WEIGHTS = _weights()


def check_letter(nine: str) -> str:
    """The tenth letter for nine letters (already lower case, no hyphen)."""
    total = 0
    for weight, letter in zip(_WEIGHTS, nine, strict=True):
        total ^= _times(weight, _VALUE[letter])
    return ALPHABET[total]


def new_id() -> str:
    """A fresh identifier with 45 random bits, as it is written: ``xxxxx-xxxxx``."""
    nine = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH - 1))
    return hyphenated(nine + check_letter(nine))


def hyphenated(ten: str) -> str:
    """Ten letters in the written form."""
    return f"{ten[:5]}-{ten[5:]}"


def is_id(text: str) -> bool:
    """Whether the text is an identifier exactly as Izumi writes it, with a correct check letter."""
    return len(text) == _LENGTH + 1 and text[5] == "-" and _sound(text[:5] + text[6:])


def _sound(ten: str) -> bool:
    return len(ten) == _LENGTH and all(c in _VALUE for c in ten) and check_letter(ten[:-1]) == ten[-1]


def parse_id(text: str, kind: str = "record") -> str:
    """The identifier in its written form, from what a person may type (upper case, no hyphen, o for 0, i or l for 1).

    Raises ``NotThere`` – the same answer as for an absent one – when the check letter is wrong.
    """
    ten = text.strip().lower().replace("-", "").translate(_LOOK_ALIKE)
    if not _sound(ten):
        raise NotThere(kind, text[:40])
    return hyphenated(ten)
