"""What an entry promises, in narrow facts: days, bytes, who; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from izumi.kernel.days import Day, parse_day
from izumi.plans.types import Document

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_SIZE = re.compile(r"([0-9]{1,30}(?:\.[0-9]{1,30})?)\s*([KMGTP]?)(I?)B?", re.IGNORECASE)
MAX_BYTES = 10**18


def at(document: Any, *path: str) -> Any:
    """The value at a path of members, ``None`` where there is none."""
    value = document
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def day_at(document: Any, *path: str) -> Day | None:
    """The day at a path; ``None`` for what is not one (a rule says so)."""
    value = at(document, *path)
    try:
        return parse_day(value) if isinstance(value, str) else None
    except ValueError:
        return None


def word_at(document: Any, *path: str) -> str:
    """The text at a path, or nothing."""
    value = at(document, *path)
    return value if isinstance(value, str) else ""


def folded(text: str) -> str:
    """The form in which data numbers are compared: NFKC, case folded, without outer space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def number_of(entry: Document) -> str:
    """データNo. as written."""
    value = entry.get("data_number")
    return str(value).strip()[:100] if isinstance(value, str | int) else ""


def is_managed(entry: Document) -> bool:
    """Whether the entry is managed data (管理対象データ); what does not say is."""
    return at(entry, "management", "managed") is not False


def planned_bytes(entry: Document) -> int | None:
    """The planned amount: ``planned.size_bytes``, else the upper end of the class (``10-100GB``), else nothing.

    ``>100GB`` has no upper end. Sizes are decimal as the classes of the common items are; ``GiB`` is read as such.
    """
    told = at(entry, "planned", "size_bytes")
    if isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= MAX_BYTES:
        return told
    return upper_bytes(word_at(entry, "size", "approximate"))


def upper_bytes(size_class: str) -> int | None:
    """The upper end of a size class in bytes. Source: grdm-common-form-2024."""
    text = unicodedata.normalize("NFKC", size_class).strip()
    if not text or text[0] in ">≥" or text.endswith("以上"):
        return None
    found = _SIZE.findall(text)
    if not found or not re.search("[bB]", text):
        return None
    number, unit, binary = found[-1]
    scale = 1024 ** " KMGTP".index(unit.upper()) if unit and binary else _UNITS[unit.upper()]
    return min(int(float(number) * scale), MAX_BYTES)


def obligations_of(plan: str, entry_id: str, entry: Document) -> list[Document]:
    """What an entry promises for a day, as its record keeps it: ``{plan, entry, kind, day}``.

    ``register`` (登録の期日), ``publish``, ``open`` (end of the embargo; ``opens`` says whether somebody must confirm) and
    ``keep`` (end of retention). Data that are not managed promise nothing.
    """
    if not is_managed(entry):
        return []
    days = {
        "register": day_at(entry, "planned", "register_by"),
        "publish": day_at(entry, "planned", "publish_on"),
        "open": day_at(entry, "access", "available_on") if word_at(entry, "access", "class") == "embargoed" else None,
        "keep": day_at(entry, "after_project", "keep_until"),
    }
    found: list[Document] = []
    for kind, day in days.items():
        if day is not None:
            told: Document = {"plan": plan, "entry": entry_id, "kind": kind, "day": day.isoformat()}
            if kind == "open":
                told["opens"] = word_at(entry, "access", "opens") or "auto"
            found.append(told)
    return found


def editors_of(entry: Document, project: str) -> list[str]:
    """Audience keys of those who write the entry's record; the whole project when the entry names nobody."""
    told = at(entry, "planned", "editors")
    keys = [key for key in told if isinstance(key, str)] if isinstance(told, list) else []
    return list(dict.fromkeys(keys)) or [f"project:{project}"]


def entry_columns(entry: Document, project: str) -> dict[str, Any]:
    """The narrow columns of a promise, for the table of entries."""
    title = entry.get("title")
    return {
        "project": project, "number": number_of(entry), "title": title if isinstance(title, dict) else {},
        "managed": is_managed(entry), "access_class": word_at(entry, "access", "class")[:10],
        "available_on": day_at(entry, "access", "available_on"), "opens": word_at(entry, "access", "opens")[:8],
        "register_by": day_at(entry, "planned", "register_by"), "publish_on": day_at(entry, "planned", "publish_on"),
        "keep_until": day_at(entry, "after_project", "keep_until"), "size_bytes": planned_bytes(entry),
        "responsible": word_at(entry, "planned", "responsible")[:11], "editors": editors_of(entry, project),
    }  # fmt: skip


def together(sizes: Iterable[tuple[str, int | None]]) -> int | None:
    """What several entries foresee for one record: added within a plan, the largest plan counts; unknown stays unknown."""
    plans: dict[str, int] = {}
    for plan, size in sizes:
        if size is None:
            return None
        plans[plan] = plans.get(plan, 0) + size
    return max(plans.values(), default=None)
