"""Words that the pages say again and again: official labels with an explanation, states, and how values are written.

Pure: no request, no database. The official labels are never renamed, only explained.

Source: common-items-2024-07-30, アクセス権.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from izumi.kernel.text import Text, both
from izumi.records.types import KINDS as RECORD_KINDS

JAPAN = ZoneInfo("Asia/Tokyo")

ACCESS: Mapping[str, tuple[Text, str, Text]] = {
    "open": (
        both("公開", "Open access"),
        "is-open",
        both("だれでも、いますぐ使えます。", "Anyone can use the files now."),
    ),
    "shared": (
        both("共有", "Restricted access"),
        "is-shared",
        both("決められた相手だけがファイルを使えます。", "Only the agreed people can use the files."),
    ),
    "embargoed": (
        both("公開期間猶予", "Embargoed access"),
        "is-embargo",
        both("公開予定日になると、だれでもファイルを使えます。", "Anyone can use the files from the agreed day on."),
    ),
    "closed": (
        both("非共有・非公開", "Metadata only access"),
        "is-closed",
        both(
            "ファイルは渡しません。説明だけを示します。", "The files are not handed out; only the description is shown."
        ),
    ),
}
"""Access class → official label, colour class, explanation."""

CONFIRMED = both(
    "公開予定日のあと、データの管理者が確認すると、だれでもファイルを使えます。",
    "Anyone can use the files once their manager has confirmed it, after the planned day.",
)
"""Explains an embargo that does not end by itself."""

STATES: Mapping[str, tuple[Text, str]] = {
    "unpublished": (both("未公開", "Not published"), "is-closed"),
    "scheduled": (both("公開予約済み", "Scheduled"), "is-warn"),
    "published": (both("公開済み", "Published"), "is-open"),
    "withdrawn": (both("取り下げ", "Withdrawn"), "is-danger"),
    "open": (both("下書き", "Draft"), "is-closed"),
    "submitted": (both("確認待ち", "Waiting for review"), "is-warn"),
    "returned": (both("差し戻し", "Returned"), "is-danger"),
    "accepted": (both("確認済み", "Accepted"), "is-open"),
    "sealing": (both("保管の処理中", "Being sealed"), "is-warn"),
    "sealed": (both("保管済み", "Sealed"), "is-open"),
    "failed": (both("処理に失敗", "Failed"), "is-danger"),
    "preliminary": (both("速報", "Preliminary"), "is-warn"),
    "final": (both("確定", "Final"), "is-open"),
    "doi_pending": (both("DOI 登録中", "DOI being registered"), "is-warn"),
}
"""State of a record, draft or seal → label, colour class."""

KINDS: Mapping[str, Text] = RECORD_KINDS
"""Kind of a record → label."""

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def bytes_in_words(size: int | None) -> str:
    """A size in decimal units (10³): ``84 kB``, ``1.2 GB``; an en dash when unknown."""
    if size is None:
        return "–"
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    shown = f"{value:.1f}" if unit and value < 9.95 else f"{value:.0f}"
    return f"{shown.removesuffix('.0')} {_UNITS[unit]}"


def day_in_words(value: Any) -> str:
    """The day as ``2026-11-20`` in Japan time: of a date, an aware time, an ISO string; other text stays."""
    if isinstance(value, datetime):
        return value.astimezone(JAPAN).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and "T" in value:
        try:
            return day_in_words(datetime.fromisoformat(value))
        except ValueError:
            return value
    return str(value or "")


def moment_in_words(value: Any) -> str:
    """The moment as ``2026-11-20 14:32`` in Japan time; a bare day stays a day."""
    if isinstance(value, str) and "T" in value:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    if isinstance(value, datetime):
        return value.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")
    return day_in_words(value)


def _whole(name: Any, lang: str) -> str:
    """One language side of a name: a string, or family, given and middle in the order of the language."""
    if not isinstance(name, Mapping):
        return str(name or "").strip()
    family, given, middle = (str(name.get(part) or "").strip() for part in ("family", "given", "middle"))
    order = (family, middle, given) if lang.startswith("ja") else (given, middle, family)
    return " ".join(part for part in order if part)


def name_in_words(name: Any, lang: str) -> tuple[str, str]:
    """A person's or organisation's name for a reader of ``lang`` and the language actually used."""
    if not isinstance(name, Mapping):
        return str(name or ""), lang
    for tag in (lang, "ja", "en", *sorted(name)):
        if tag in ("ja-Kana",) and len(name) > 1:
            continue
        if whole := _whole(name.get(tag), tag):
            return whole, tag
    return "", lang


def reading(name: Any) -> str:
    """ふりがな of a Japanese name, for sorting and reading aloud; ``""`` when unknown."""
    return _whole(name.get("ja-Kana"), "ja") if isinstance(name, Mapping) else ""


def initial(name: str) -> str:
    """The letter in the round picture beside a name."""
    return name.strip()[:1].upper()
