"""What a posted deposit form says: field names are JSON Pointers, the answer is a merge patch.

Pure. A *unit* is what one form can change without touching anything beside it: a leaf outside of lists
(``/title/ja``) or a whole list (``/creators``), because a merge patch (RFC 7396) replaces lists. Members of a list item
that the form does not show are kept from the document. A form carries the fingerprints of its units as they were when
it was opened, so that only what this person really changed is saved, and a clash is told per unit.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
Posted = Mapping[str, Sequence[str]]

Reader = Callable[[list[str], Any], Any]
"""Posted strings and the value stored now → the value this field says; the stored one means "as it was"."""
DEEPEST = 12
"""No field of a form lies deeper; a deeper name is not read."""
EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One unit that two people changed: what is stored now, and what this form says."""

    pointer: str
    theirs: Any
    mine: Any


def parts_of(pointer: str) -> list[str]:
    """The reference tokens of a JSON Pointer (RFC 6901)."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def is_index(part: str) -> bool:
    """Whether a reference token is a place in a list: at most four ASCII digits, so that no form asks for a huge list."""
    return part.isascii() and part.isdigit() and len(part) <= 4


def pointer_of(parts: Iterable[str]) -> str:
    """The JSON Pointer of reference tokens."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def value_at(document: Any, pointer: str) -> Any:
    """The value a pointer names, or ``None``."""
    here = document
    for part in parts_of(pointer):
        if isinstance(here, Mapping):
            here = here.get(part)
        elif isinstance(here, list) and part.startswith("@"):
            return next((one.get("value") for one in here if _has_scheme(one, part)), None)
        elif isinstance(here, list) and is_index(part) and int(part) < len(here):
            here = here[int(part)]
        else:
            return None
    return here


def _has_scheme(one: Any, part: str) -> bool:
    return isinstance(one, Mapping) and one.get("scheme") == part[1:]


def unit_of(name: str) -> str:
    """The unit to which a field belongs: up to the first list index or ``@SCHEME``."""
    parts = parts_of(name)
    for place, part in enumerate(parts):
        if is_index(part) or part.startswith("@"):
            return pointer_of(parts[:place])
    return name


def fingerprint(value: Any) -> str:
    """A short number of a value; empty values are all alike."""
    if value in (None, "", [], {}):
        return ""
    return format(zlib.crc32(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()), "08x")


def fingerprints(document: Document, names: Iterable[str]) -> dict[str, str]:
    """The fingerprint of each unit that a form shows; travels with the form in one hidden field."""
    return {unit: fingerprint(value_at(document, unit)) for unit in sorted({unit_of(name) for name in names})}


def units(posted: Posted, document: Document, readers: Mapping[str, Reader] | None = None) -> dict[str, Any]:
    """The value of every unit after this form: strings trimmed, empty ones ``None``, empty list items left out.

    ``readers`` maps a field's pattern (list indexes written ``*``) to how its values are read; else the last string counts.
    """
    readers = readers or {}
    found: dict[str, Any] = {}
    rows: dict[str, dict[str, Any]] = {}
    for name in sorted((name for name in posted if name.startswith("/") and name.count("/") <= DEEPEST), key=_in_order):
        before = value_at(document, name)
        value = readers.get(pattern_of(name), _text)(_cleaned_strings(posted[name]), before)
        unit = unit_of(name)
        if unit == name:
            found[unit] = value
        else:
            changes = rows.setdefault(unit, {})
            if fingerprint(value) != fingerprint(before):
                changes[name] = value
    for unit, fields in rows.items():
        found[unit] = _rows(unit, fields, value_at(document, unit)) or None
    return found


def pattern_of(name: str) -> str:
    """The field's pattern: list indexes written ``*``."""
    return pointer_of("*" if is_index(part) else part for part in parts_of(name))


def _in_order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if is_index(part) else (-1, part) for part in parts_of(name)]


def _cleaned_strings(said: Iterable[str]) -> list[str]:
    return [one.replace("\r\n", "\n").replace("\r", "\n").strip() for one in said]


def _text(said: list[str], before: Any) -> Any:
    last = said[-1] if said else ""
    if isinstance(before, Mapping | list):
        return last or before  # the form shows no text for it, so an empty field says nothing
    return last or None


def many(said: list[str], before: Any) -> Any:
    """Reader of a list of codes: checkboxes with one name. Codes stored before keep their order."""
    stored = [one for one in before if one in said] if isinstance(before, list) else []
    return stored + [one for one in dict.fromkeys(said) if one and one not in stored] or None


def lines(said: list[str], before: Any) -> Any:
    """Reader of a list of strings written one a line."""
    return [line.strip() for one in said for line in one.split("\n") if line.strip()] or None


def decimal(said: list[str], before: Any) -> Any:
    """Reader of a number that the document keeps as a number; what is no number stays as it was written."""
    last = said[-1] if said else ""
    try:
        return float(last) if last else None
    except ValueError:
        return last


def _rows(unit: str, fields: Mapping[str, Any], before: Any) -> list[Any]:
    """A list made of its posted fields, on top of what the document's items hold beside them."""
    kept: Any = deepcopy(before) if isinstance(before, list) else []
    depth = len(parts_of(unit))
    for name, value in fields.items():
        kept = _put(kept, parts_of(name)[depth:], value)
    return list(_cleaned(kept) or ())


def _put(target: Any, place: list[str], value: Any) -> Any:
    """``target`` with ``value`` at ``place``; lists and objects on the way are made as needed."""
    if not place:
        return value
    head, rest = place[0], place[1:]
    if head.startswith("@"):
        return _with_scheme(target, head[1:], value)
    if is_index(head):
        items = list(target) if isinstance(target, list) else []
        items += [None] * (int(head) + 1 - len(items))
        items[int(head)] = _put(items[int(head)], rest, value)
        return items
    members = dict(target) if isinstance(target, Mapping) else {}
    return {**members, head: _put(members.get(head), rest, value)}


def _with_scheme(target: Any, scheme: str, value: Any) -> list[Any]:
    """A list of identifiers in which the one of this scheme says ``value``; without a value it is gone."""
    items = list(target) if isinstance(target, list) else []
    place = next((n for n, one in enumerate(items) if _has_scheme(one, f"@{scheme}")), None)
    if place is None:
        return [*items, {"scheme": scheme, "value": value}] if value else items
    if not value:
        return [one for n, one in enumerate(items) if n != place]
    items[place] = {**items[place], "value": value}
    return items


def _cleaned(value: Any) -> Any:
    """The value without empty members and items, from the inside out; ``None`` when nothing is left."""
    if isinstance(value, list):
        items = [one for one in map(_cleaned, value) if one is not None]
        return items or None
    if isinstance(value, Mapping):
        members = {key: one for key, one in ((k, _cleaned(v)) for k, v in value.items()) if one is not None}
        return members or None
    return None if value == "" else value


def steady(unit: str, posted: Posted, value: Any) -> bool:
    """Whether a list kept its numbering: no blank row in between was dropped, so the open page still fits the document."""
    depth = len(parts_of(unit))
    said = {
        parts_of(name)[depth]
        for name in posted
        if name.startswith(f"{unit}/") and unit_of(name) == unit and any(one.strip() for one in posted[name])
    }
    if any(part.startswith("@") for part in said):
        return True
    return sorted(int(part) for part in said) == list(range(len(value or ())))


def rearranged(found: dict[str, Any], *, remove: str = "", raise_: str = "") -> dict[str, Any]:
    """The units after the buttons 「削除」 and 「上へ」 of one list item (its pointer)."""
    for pointer, change in ((remove, _without), (raise_, _raised)):
        if not pointer.startswith("/"):
            continue
        *outer, last = parts_of(pointer)
        unit = unit_of(pointer)
        if not is_index(last) or unit not in found:
            continue
        items = found[unit]
        inner = outer[len(parts_of(unit)) :]
        found = {**found, unit: _changed_inside(items, inner, int(last), change) or None}
    return found


def _changed_inside(items: Any, inner: list[str], at: int, change: Callable[[list[Any], int], list[Any]]) -> Any:
    if not inner:
        return change(items, at) if isinstance(items, list) else items
    nested = value_at(items, pointer_of(inner))
    if not isinstance(nested, list):
        return items
    copied = deepcopy(items)
    holder = value_at(copied, pointer_of(inner[:-1])) if len(inner) > 1 else copied
    key: Any = int(inner[-1]) if isinstance(holder, list) else inner[-1]
    holder[key] = change(nested, at)
    return copied


def _without(items: list[Any], at: int) -> list[Any]:
    return [item for place, item in enumerate(items) if place != at]


def _raised(items: list[Any], at: int) -> list[Any]:
    if not 0 < at < len(items):
        return items
    return [*items[: at - 1], items[at], items[at - 1], *items[at + 1 :]]


def changed(found: Mapping[str, Any], opened: Mapping[str, str]) -> dict[str, Any]:
    """The units that this person changed since the form was opened."""
    return {unit: value for unit, value in found.items() if fingerprint(value) != opened.get(unit, "")}


def clashes(mine: Mapping[str, Any], opened: Mapping[str, str], current: Document) -> tuple[Clash, ...]:
    """The units of ``mine`` that somebody else changed too, and differently, since the form was opened."""
    told = []
    for unit, value in mine.items():
        theirs = value_at(current, unit)
        if fingerprint(theirs) not in (opened.get(unit, ""), fingerprint(value)):
            told.append(Clash(pointer=unit, theirs=theirs, mine=value))
    return tuple(told)


def patch_of(mine: Mapping[str, Any], document: Document) -> Document:
    """The merge patch that makes the document say ``mine``; objects left without members are removed."""
    patch: Document = {}
    for unit, value in mine.items():
        here = patch
        *outer, last = parts_of(unit)
        for part in outer:
            here = here.setdefault(part, {})
        here[last] = deepcopy(value)
    return {key: _tidy(value, document.get(key)) for key, value in patch.items()}


def _tidy(patch: Any, before: Any) -> Any:
    """``None`` instead of an object patch that would leave nothing behind."""
    if not isinstance(patch, dict):
        return patch
    held = before if isinstance(before, Mapping) else {}
    tidied = {key: _tidy(value, held.get(key)) for key, value in patch.items()}
    stays = any(key not in tidied and held[key] not in (None, "", [], {}) for key in held)
    return tidied if stays or any(value is not None for value in tidied.values()) else None


def opened_of(text: str) -> dict[str, str]:
    """The fingerprints that travelled with a form; anything unreadable counts as nothing known."""
    try:
        told = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in told.items()} if isinstance(told, dict) else {}
