"""Spellings that mean the same: old and variant kanji, and English words whose stems would stay apart.

Kanji (``kanji_variants.txt``): a common form, then its old forms (旧字体) and the variants that names are written with.
English (``english_variants.csv``): British spellings and irregular plurals, with the word whose stem they share.
"""

from __future__ import annotations

import csv
from pathlib import Path

_HERE = Path(__file__).parent


def _kanji() -> dict[int, str]:
    groups = (_HERE / "kanji_variants.txt").read_text("utf-8").split()
    return {ord(old): group[0] for group in groups for old in group[1:] if old != group[0]}


def _irregular() -> dict[str, str]:
    with (_HERE / "english_variants.csv").open(encoding="utf-8", newline="") as lines:
        return {row["written"]: row["like"] for row in csv.DictReader(lines)}


KANJI = _kanji()
"""For ``str.translate``: variant → common form."""

IRREGULAR = _irregular()
"""English word → the spelling whose stem it shares."""
