"""Amounts of data as people write them: ``97 GB``, ``1.5TB``, ``９７ＧＢ``. Pure."""

from __future__ import annotations

import re
import unicodedata

UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "PB": 10**15,
         "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}  # fmt: skip
AMOUNT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*([KMGTP]?I?B?)", re.IGNORECASE)


def bytes_of(said: str) -> int | None:
    """The number of bytes that an amount means (decimal units; bare numbers are bytes); ``None`` for what is no amount."""
    plain = unicodedata.normalize("NFKC", said).strip().replace(",", "").replace("バイト", "B")
    found = AMOUNT.fullmatch(plain)
    if not found:
        return None
    unit = found[2].upper()
    factor = UNITS.get(unit) or UNITS.get(f"{unit}B")
    return round(float(found[1]) * factor) if factor else None


def written(size: int | None) -> str:
    """The amount in the largest decimal unit that loses nothing worth saying: ``97 GB``; empty for none."""
    if not size:
        return ""
    for unit in ("PB", "TB", "GB", "MB", "kB"):
        factor = UNITS[unit.upper()]
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} B"


def rounded_up(size: int) -> int:
    """The next amount above with two figures: what one proposes to plan for so many bytes."""
    step = 10 ** max(0, len(str(size)) - 2)
    return -(-size // step) * step
