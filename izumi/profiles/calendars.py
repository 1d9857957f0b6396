"""Days as people in Japan write them – 令和8年4月1日, R8.4.1, 2026年4月, 2026/4/1 – as ISO 8601 keeps them.

Only what is typed into a form is read so; the document holds ISO dates alone, and pages show the western year.
What EDTF understands already stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from izumi.profiles.edtf import is_edtf

ERAS: Mapping[str, int] = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "R": 2018, "H": 1988, "S": 1925, "T": 1911}
"""Year before the first of each era."""

_ERA = re.compile(r"(令和|平成|昭和|大正|[RHST])\s?(\d{1,2}|元)(?=\s?[年./-])")
_DAY = re.compile(r"(\d{4})\s?[年./-]\s?(\d{1,2})(?:\s?[月./-]\s?(\d{1,2})\s?日?|\s?月)?(?!\d)")
_YEAR = re.compile(r"(\d{4})\s?年(?!\s?\d)")
_UNTIL = re.compile(r"\s?(?:〜|~|から)\s?(?=\d{4})")


def western(typed: str) -> str:
    """The text with its dates in ISO form (``2026-04-01``, ``2026-04``, ``2026``); what is not understood stays as typed.

    A range written with 〜 becomes an interval with ``/``.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if is_edtf(text):
        return text
    text = _ERA.sub(_year_of, text)
    text = _DAY.sub(_iso, text)
    text = _YEAR.sub(r"\1", text)
    return _UNTIL.sub("/", text).removesuffix("まで").strip()


def _year_of(match: re.Match[str]) -> str:
    count = 1 if match[2] == "元" else int(match[2])
    return str(ERAS[match[1]] + count)


def _iso(match: re.Match[str]) -> str:
    return "-".join(part.zfill(2) for part in match.groups() if part)
