"""What ``rules.toml`` cannot say as data: comparisons between values, with the context, and of coordinates.

Each function takes a document and a context and yields where the rule is broken, with the facts for its message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from izumi.kernel.text import Text
from izumi.profiles.access import reasons_in_words, waits_for_confirmation
from izumi.profiles.display import human_size
from izumi.profiles.engine import Check, Fault
from izumi.profiles.pointers import MISSING, places, value_at
from izumi.profiles.types import Context, Document
from izumi.profiles.values import as_day, folded

WIDTH = {"closed": 0, "shared": 1, "embargoed": 2, "open": 2}
"""How many may use it; metadata of an embargoed record are compared with what it will be."""
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
SIZE_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:([KMGTPE])?i?(B))?", re.IGNORECASE)


def _text_at(document: Document, pointer: str) -> str:
    value = value_at(document, pointer)
    return value if isinstance(value, str) else ""


def hosting_organisation_name_differs(document: Document, context: Context) -> Iterator[Fault]:
    """The name is in no language the one that the look-up found for the ROR (both as people read them, NFKC)."""
    found = context.lookups.get("hosting-organisation")
    registered = Text(found.get("name", {})) if isinstance(found, Mapping) else Text()
    named = value_at(document, "/hosting_organisation/name")
    told = [value for value in named.values() if isinstance(value, str) and value.strip()] if isinstance(named, dict) else []
    if registered and told and not {folded(one) for one in told} & {folded(one) for one in registered.values()}:
        yield "/hosting_organisation/name", {"registered": registered}


def data_number_repeated(document: Document, context: Context) -> Iterator[Fault]:
    """The number is one of another record's in the project; compared as people read it (NFKC)."""
    number = folded(_text_at(document, "/data_number"))
    if number and number in {folded(other) for other in context.data_numbers_in_project}:
        yield "/data_number", {"value": number}


def grant_number_not_of_project(document: Document, context: Context) -> Iterator[Fault]:
    """A number that the project does not have, where it has any."""
    known = {folded(number).upper() for number in context.project_numbers}
    for pointer, value in places(document, "/funding/*/award_number"):
        if known and isinstance(value, str) and value.strip() and folded(value).upper() not in known:
            yield pointer, {"value": value}


def available_on_without_embargo(document: Document, context: Context) -> Iterator[Fault]:
    """A day to come while nothing waits for it; a day that has passed may stay as history of an embargo that ended."""
    day = as_day(value_at(document, "/access/available_on"))
    access = _text_at(document, "/access/class")
    if day and day > context.today and access in ("open", "shared", "closed"):
        yield "/access/available_on", {"value": day.isoformat()}


def embargo_day_passed(document: Document, context: Context) -> Iterator[Fault]:
    """The first open day is today or before."""
    day = as_day(value_at(document, "/access/available_on"))
    if day and day <= context.today and _text_at(document, "/access/class") == "embargoed":
        yield "/access/available_on", {"value": day.isoformat()}


def opens_auto_with_reason(document: Document, context: Context) -> Iterator[Fault]:
    """An embargo that would end by itself although one of its reasons asks for confirmation."""
    waiting = waits_for_confirmation(value_at(document, "/access"))
    if waiting:
        yield "/access/opens", {"reasons": reasons_in_words(waiting)}


def metadata_narrower_than_data(document: Document, context: Context) -> Iterator[Fault]:
    """Metadata that fewer may see than may use the data."""
    metadata, data = _text_at(document, "/access/metadata_class"), _text_at(document, "/access/class")
    if metadata in ("open", "shared", "closed") and data in WIDTH and WIDTH[metadata] < WIDTH[data]:
        yield "/access/metadata_class", {}


def disclosure_unknown(document: Document, context: Context) -> Iterator[Fault]:
    """Items that are not pointers, or classes that are not open, shared or closed."""
    for pointer, value in places(document, "/access/disclosure/*"):
        name = pointer.rpartition("/")[2].replace("~1", "/")
        if not name.startswith("/") or value not in ("open", "shared", "closed"):
            yield pointer, {"value": value}


def size_far_from_files(document: Document, context: Context) -> Iterator[Fault]:
    """The stated size misses the size of the files by more than a factor of three."""
    told = _text_at(document, "/size/approximate")
    if not context.files_bytes or not told.strip():
        return
    low, high = _size_range(folded(told))
    if high and not low / 3 <= context.files_bytes <= high * 3:
        yield "/size/approximate", {"value": told, "actual": human_size(context.files_bytes)}


def _size_range(told: str) -> tuple[float, float]:
    """The bytes that a rough size means; ``(0, 0)`` where it cannot be read."""
    parts = SIZE_PART.findall(told)
    if not parts:
        return 0, 0
    last_unit = next((unit for _, unit, is_unit in reversed(parts) if is_unit), "")
    sizes = [float(number) * UNITS[(unit if is_unit else last_unit).upper()] for number, unit, is_unit in parts[:2]]
    if told.startswith(("<", "≦")):
        return 0, sizes[0]
    if told.startswith((">", "≧")):
        return sizes[0], float("inf")
    return min(sizes), max(sizes)


def period_reversed(document: Document, context: Context) -> Iterator[Fault]:
    """A period whose end lies before its beginning, as far as both are precise."""
    for pointer, value in places(document, "/coverage/periods/*"):
        start, end = value_at(value, "/start"), value_at(value, "/end")
        if isinstance(start, str) and isinstance(end, str):
            width = min(len(start), len(end))
            if start[:4].isdigit() and end[:4].isdigit() and start[:width] > end[:width]:
                yield pointer, {"value": f"{start}/{end}"}


def _is_point(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and -180 <= value[0] <= 180 and -90 <= value[1] <= 90


def _is_box(value: list[Any]) -> bool:
    return len(value) == 4 and _is_point(value[:2]) and _is_point(value[2:]) and value[1] <= value[3]


def _is_polygon(value: list[Any]) -> bool:
    return len(value) >= 4 and all(_is_point(point) for point in value) and value[0] == value[-1]


def point_outside(document: Document, context: Context) -> Iterator[Fault]:
    """Points that are not on the globe."""
    yield from _misplaced(document, "/coverage/places/*/point", _is_point)


def box_outside(document: Document, context: Context) -> Iterator[Fault]:
    """Boxes that are not on the globe, or upside down; west may be greater than east (across 180°)."""
    yield from _misplaced(document, "/coverage/places/*/box", _is_box)


def polygon_outside(document: Document, context: Context) -> Iterator[Fault]:
    """Polygons that are not closed or not on the globe."""
    yield from _misplaced(document, "/coverage/places/*/polygon", _is_polygon)


def _misplaced(document: Document, pattern: str, fits: Any) -> Iterator[Fault]:
    for pointer, value in places(document, pattern):
        if value is not MISSING and not fits(value):
            yield pointer, {"value": value}


def keep_until_before_project_end(document: Document, context: Context) -> Iterator[Fault]:
    """Data that are to be kept for less than the project itself."""
    day, end = as_day(value_at(document, "/after_project/keep_until")), context.project_ends_on
    if day and end and day < end:
        yield "/after_project/keep_until", {"value": day.isoformat(), "end": end.isoformat()}


def _later_than_publication(document: Document, pointer: str) -> Iterator[tuple[str, str, int]]:
    """The day there, the promised day of publication, and how many days lie between, where both are days."""
    day, publish = as_day(value_at(document, pointer)), as_day(value_at(document, "/planned/publish_on"))
    if day and publish:
        yield day.isoformat(), publish.isoformat(), (day - publish).days


def register_after_publish(document: Document, context: Context) -> Iterator[Fault]:
    """The promised days are reversed."""
    for day, publish, later in _later_than_publication(document, "/planned/register_by"):
        if later > 0:
            yield "/planned/register_by", {"value": day, "publish": publish}


def open_before_publish(document: Document, context: Context) -> Iterator[Fault]:
    """An embargo that would end before anything is published."""
    for day, publish, later in _later_than_publication(document, "/access/available_on"):
        if later < 0 and _text_at(document, "/access/class") == "embargoed":
            yield "/access/available_on", {"value": day, "publish": publish}


def keep_until_before_publish(document: Document, context: Context) -> Iterator[Fault]:
    """Data that nobody has to keep any more when they are published."""
    for day, publish, later in _later_than_publication(document, "/after_project/keep_until"):
        if later < 0:
            yield "/after_project/keep_until", {"value": day, "publish": publish}


def planned_day_outside_project(document: Document, context: Context) -> Iterator[Fault]:
    """Promised days before the project begins or after it has ended; an embargo may end later than the project."""
    start, end = context.project_starts_on, context.project_ends_on
    for name in ("register_by", "publish_on"):
        day = as_day(value_at(document, f"/planned/{name}"))
        may_be_later = name == "publish_on" and _text_at(document, "/access/class") == "embargoed"
        early, late = day and start and day < start, day and end and day > end and not may_be_later
        if day and (early or late):
            told = {"start": start.isoformat() if start else "", "end": end.isoformat() if end else ""}
            yield f"/planned/{name}", {"value": day.isoformat(), **told}


CHECKS: Mapping[str, Check] = {
    one.__name__: one
    for one in (
        hosting_organisation_name_differs, data_number_repeated, grant_number_not_of_project, available_on_without_embargo, embargo_day_passed,
        opens_auto_with_reason, metadata_narrower_than_data, disclosure_unknown,
        size_far_from_files, period_reversed, point_outside, box_outside, polygon_outside, keep_until_before_project_end,
        register_after_publish, open_before_publish, keep_until_before_publish, planned_day_outside_project,
    )
}  # fmt: skip
