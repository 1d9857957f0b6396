"""Japanese ↔ English words of research, written for Izumi; used to widen a query and always shown to the reader.

Beside the table, Sudachi knows the katakana form of many Latin words (simulation → シミュレーション).
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from izumi.catalogue import tokens

LONGEST_PHRASE = 4
"""Words of the longest English entry."""

_TABLE = Path(__file__).with_name("synonyms.csv")


@lru_cache(maxsize=1)
def pairs() -> list[tuple[str, str]]:
    """The table: Japanese and English, as written."""
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return [(row["ja"], row["en"]) for row in csv.DictReader(lines)]


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for ja, en in pairs():
        for here, there in ((ja, en), (en, ja)):
            known = found.setdefault(tuple(tokens.words(here)), [])
            if there not in known:
                known.append(there)
    return {key: tuple(values) for key, values in found.items()}


def also(text: str) -> tuple[str, ...]:
    """What a word or phrase is called in the other language; empty when the table does not know it."""
    known = _table().get(tuple(tokens.words(text)), ())
    loan = tokens.loanword(tokens.fold(text.strip()))
    return (*known, loan) if loan and loan not in known else known
