"""The language of the terminal: ``LC_ALL``, ``LC_MESSAGES`` or ``LANG`` beginning with "ja" is Japanese, anything else English."""

from __future__ import annotations

import os
from functools import lru_cache


@lru_cache(maxsize=1)
def lang() -> str:
    """``ja`` or ``en``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


def say(ja: str, en: str) -> str:
    """The one of two texts that the terminal's reader reads."""
    return ja if lang() == "ja" else en


def one(text: object) -> str:
    """A bilingual value of the API (``{"ja": …, "en": …}``) in the terminal's language, else in the one it has."""
    if isinstance(text, dict):
        chosen = text.get(lang()) or text.get("ja") or text.get("en") or next(iter(text.values()), "")
        return str(chosen)
    return "" if text is None else str(text)
