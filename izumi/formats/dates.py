"""Dates of the document are EDTF; most formats know W3CDTF days and RKMS-ISO8601 ranges only."""

from __future__ import annotations

import re

_ONE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?)?)?"
_W3CDTF = re.compile(_ONE)


def w3cdtf(value: str) -> str:
    """The EDTF date as W3CDTF or as a range ``a/b``, ``a/``, ``/b``; "" where it cannot be said so.

    Uncertain, approximate and unspecified dates (``2004~``, ``19XX``) and seasons have no such form.
    """
    text = value.strip()
    if "/" not in text:
        return text if _W3CDTF.fullmatch(text) else ""
    start, _, end = text.partition("/")
    start, end = ("" if side in ("..", "") else side for side in (start, end))
    if not (start or end) or any(side and not _W3CDTF.fullmatch(side) for side in (start, end)):
        return ""
    return f"{start}/{end}"


def nearest(value: str) -> str:
    """The W3CDTF form after dropping what EDTF adds (``2004~`` → ``2004``); "" when nothing certain remains."""
    return w3cdtf(value) or w3cdtf(re.sub(r"[~?%]", "", value)) or _year_only(value)


def _year_only(value: str) -> str:
    match = re.match(r"(\d{4})-(2[1-4]|XX)", value)
    return match.group(1) if match else ""


def edtf(value: str) -> str:
    """Back from a range to EDTF: open sides become ``..``."""
    text = value.strip()
    if "/" not in text:
        return text
    start, _, end = text.partition("/")
    return f"{start.strip() or '..'}/{end.strip() or '..'}"
