"""Dates with as much precision as there is: the part of EDTF that research data use.

Understood: ``2026``, ``2026-04``, ``2026-04-01``, times with offset, seasons (``2026-21``), uncertain and approximate
marks (``?``, ``~``, ``%``), unknown digits (``199X``, ``2026-XX``), intervals ``a/b`` with open (``..``) and unknown
(empty) ends. Not understood: sets, long years, exponents.

Source: edtf-2019.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime

MOMENT = re.compile(r"^(-?[0-9X]{4})(?:-([0-9X]{2})(?:-([0-9X]{2}))?)?[?~%]?$")
SEASONS = range(21, 42)


def is_edtf(text: str) -> bool:
    """Whether it is a date or an interval; the end of an interval does not lie before its beginning."""
    if text.count("/") > 1:
        return False
    if "/" not in text:
        return is_edtf_moment(text)
    start, end = text.split("/")
    if not all(part in ("", "..") or is_edtf_moment(part) for part in (start, end)):
        return False
    if start in ("", "..") and end in ("", ".."):
        return False
    return not _after(start, end)


def is_edtf_moment(text: str) -> bool:
    """Whether it is one date, month, season, year or time."""
    if "T" in text:
        return _is_time(text)
    found = MOMENT.match(text)
    if found is None:
        return False
    year, month, day = found.groups()
    return _month_fits(month, day) and _day_fits(year, month, day)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) >= 16


def _month_fits(month: str | None, day: str | None) -> bool:
    if month is None or "X" in month:
        return True
    number = int(month)
    return 1 <= number <= 12 or (day is None and number in SEASONS)


def _day_fits(year: str, month: str | None, day: str | None) -> bool:
    if day is None or "X" in day:
        return True
    if month is None or "X" in month or "X" in year:
        return 1 <= int(day) <= 31
    return 1 <= int(day) <= monthrange(max(1, abs(int(year))), int(month))[1]


def _after(start: str, end: str) -> bool:
    """Whether two plain dates stand in the wrong order; anything imprecise is left alone."""
    plain = re.compile(r"^[0-9]{4}(-[0-9]{2}){0,2}$")
    if not (plain.match(start) and plain.match(end)):
        return False
    width = min(len(start), len(end))
    return start[:width] > end[:width]
