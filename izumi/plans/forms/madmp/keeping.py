"""What has no place, and how what has one was spelled: kept by pointer, written back where the plan still reads the same.

A kept value is put back only if the written object means the same with it; so a value that was edited in the plan wins,
and an untouched one comes back as it was given. Whole objects are kept for things that have an identity (a person, a
host, a licence), so that what was said of one is never said of another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from izumi.plans.forms.madmp.words import Node

FORMAT = "madmp"
FORMAT_JSON = "madmp+json"
MISSING = object()
WHOLE = frozenset({"contact", "host"})
TOGETHER = frozenset({"dmp_id", "dataset_id", "alternate_identifier", "personal_data", "sensitive_data"})
"""Members that are read as one."""
KIN = ("name", "title", "url", "license_ref", "identifier", "mbox", "contributor_id", "creator_id", "contact_id")
MOST = 500
"""Values kept for one plan's head or one dataset; beyond that it is kept whole."""

Path = tuple[str, ...]


class Judge(Protocol):
    """Says whether an object may be written instead of another."""

    def __call__(self, node: Any) -> bool:
        """Whether it is well formed and says what the document says."""
        ...

    def alike(self, node: Any, other: Any) -> bool:
        """Whether ``other`` is well formed and says the same as ``node``."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """One value and its place, relative to ``dmp`` or to the dataset."""

    path: Path
    value: Any

    def as_json(self) -> Node:
        """As it stands in ``unmapped``."""
        return line(pointer(self.path), self.value)


def line(path: str, value: Any) -> Node:
    """A line of ``unmapped``. Documents drop ``null``, so a value that holds one is kept as JSON text."""
    if value is None or _holds_null(value):
        return {"format": FORMAT_JSON, "path": path, "value": json.dumps(value, ensure_ascii=False)}
    return {"format": FORMAT, "path": path, "value": value}


def value_of(told: Mapping[str, Any]) -> Any:
    """What a line of ours kept; ``MISSING`` for a line of another format or one that cannot be read."""
    if told.get("format") == FORMAT:
        return told.get("value")
    if told.get("format") != FORMAT_JSON:
        return MISSING
    try:
        return json.loads(told["value"]) if isinstance(told.get("value"), str) else MISSING
    except (ValueError, RecursionError):
        return MISSING


def kept_from(told: Mapping[str, Any]) -> Kept | None:
    """A line of ``unmapped`` read back; ``None`` for one that is not ours or not relative to this object."""
    path, value = told.get("path"), value_of(told)
    if value is MISSING or not isinstance(path, str) or (path and not path.startswith("/")):
        return None
    return Kept(tokens(path), value)


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(inner is None or _holds_null(inner) for inner in value.values())
    return isinstance(value, list) and any(_holds_null(inner) for inner in value)


# -- pointers --------------------------------------------------------------------------------------------------------


def pointer(path: Iterable[object]) -> str:
    """The JSON Pointer to these members."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in path)


def tokens(text: str) -> Path:
    """The members that a JSON Pointer names."""
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in text.split("/")[1:])


def at(node: Any, path: Path) -> Any:
    """What stands there, or ``MISSING``."""
    for token in path:
        if isinstance(node, dict):
            node = node.get(token, MISSING)
        elif isinstance(node, list) and _index(token) < len(node):
            node = node[_index(token)]
        else:
            return MISSING
    return node


def _index(token: str) -> int:
    return int(token) if token.isascii() and token.isdigit() and len(token) < 6 else 10**6


def placed(node: Any, path: Path, value: Any) -> Any:
    """A copy with the value at that place; ``MISSING`` where its holder is not there. Past the end of a list it is added."""
    if not path:
        return value
    token, rest = path[0], path[1:]
    if isinstance(node, dict):
        holder = node.get(token, [] if token == "distribution" else MISSING)  # noqa: S105
        inner = value if not rest else placed(holder, rest, value)
        return MISSING if inner is MISSING else {**node, token: inner}
    if not isinstance(node, list) or _index(token) >= 10**6:
        return MISSING
    place = min(_index(token), len(node))
    if place == len(node) and rest and node:
        return MISSING
    inner = value if not rest else placed(node[place] if place < len(node) else {}, rest, value)
    return MISSING if inner is MISSING else [*node[:place], inner, *node[place + 1 :]]


def without(node: Any, path: Path) -> Any:
    """A copy without that place; holders that become empty by it go too."""
    inner = at(node, path[:1]) if path else MISSING
    if inner is MISSING:
        return node
    rest = without(inner, path[1:]) if len(path) > 1 else MISSING
    gone = rest is MISSING or (rest in ({}, []) and rest != inner)
    if isinstance(node, dict):
        return {name: rest if name == path[0] else value for name, value in node.items() if name != path[0] or not gone}
    place = _index(path[0])
    return [*node[:place], *([] if gone else [rest]), *node[place + 1 :]]


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal (``true`` is not 1)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


# -- keeping ---------------------------------------------------------------------------------------------------------


def leaves(original: Any, written: Any, path: Path = ()) -> Iterator[Path]:
    """The places where the original says something that the written object does not say in the same way."""
    if isinstance(original, dict) and isinstance(written, dict):
        for name, value in original.items():
            yield from leaves(value, written[name], (*path, name)) if name in written else iter(((*path, name),))
    elif isinstance(original, list) and isinstance(written, list) and (original or not written):
        for number, value in enumerate(original):
            yield from leaves(value, written[number], (*path, str(number))) if number < len(written) else iter(((*path, str(number)),))
    elif not same(original, written):
        yield path


def focused(node: Node, path: Path) -> tuple[Node, Path]:
    """The part of an object by which it can be told what a place in it means: a single item of a list stands by itself."""
    told = node.get(path[0])
    if isinstance(told, list) and len(path) > 1 and path[0] != "distribution":
        return {path[0]: [told[int(path[1])]]}, (path[0], "0", *path[2:])
    return ({path[0]: told}, path) if path[0] not in TOGETHER else (node, path)


def kept_of(original: Node, written: Node, accepts: Judge) -> tuple[Kept, ...]:
    """What must be kept so that ``written`` becomes the original again; the whole where nothing less does it."""
    units = dict.fromkeys(_unit(path, original) for path in leaves(original, written))
    found = tuple(Kept(path, at(original, path)) for path in units)
    if len(found) <= MOST and same(woven(written, found, accepts), original):
        return found
    return (Kept((), original),)


def _unit(path: Path, original: Any) -> Path:
    """The smallest thing with an identity around a place: a list of words, a member of a list, a contact, a host."""
    node = original
    for depth, token in enumerate(path):
        if isinstance(node, list):
            if not isinstance(node[int(token)], dict):
                return path[:depth]
            if path[depth - 1] != "distribution" or token != "0":  # noqa: S105
                return path[: depth + 1]
        elif token in WHOLE and isinstance(node[token], dict):
            return path[: depth + 1]
        node = at(node, (token,))
    return path


# -- writing back ----------------------------------------------------------------------------------------------------


def woven(written: Node, kept: Iterable[Kept], accepts: Judge) -> Node:
    """The written object with every kept value that ``accepts`` lets stand in it."""
    told = tuple(kept)[:MOST]
    whole: Any = written
    for one in told:
        whole = placed(whole, one.path, one.value)
        if whole is MISSING:
            break
    if isinstance(whole, dict) and accepts(whole):
        return whole
    for one in told:
        if _is_item(one.path):
            written = _item_back(written, one, accepts)
    return _halved(written, tuple(one for one in told if not _is_item(one.path)), accepts)


def _halved(written: Node, told: tuple[Kept, ...], accepts: Judge) -> Node:
    """Most of a changed plan is unchanged, so many values are tried at once before single ones."""
    if not told:
        return written
    whole: Any = written
    for one in told:
        whole = placed(whole, one.path, one.value)
        if whole is MISSING:
            break
    if isinstance(whole, dict) and accepts(whole):
        return whole
    if len(told) == 1:
        return _put_back(written, told[0], accepts)
    half = len(told) // 2
    return _halved(_halved(written, told[:half], accepts), told[half:], accepts)


def _put_back(node: Node, one: Kept, accepts: Judge) -> Node:
    for place in _kin_places(node, one):
        candidate = placed(node, place, one.value)
        if isinstance(candidate, dict) and accepts(candidate):
            return candidate
        return _overlaid(node, place, one.value, accepts)
    return node


# A person, a relation or a cost means the same whoever stands beside it: such an item is judged by itself.


def _is_item(path: Path) -> bool:
    return len(path) == 2 and _index(path[1]) < 10**6 and path[0] != "distribution"


def _item_back(node: Node, one: Kept, accepts: Judge) -> Node:
    """The kept item instead of the one that says the same, else as much of it as may still be said of its kin."""
    name, there = one.path[0], node.get(one.path[0])
    if not isinstance(there, list):
        return node
    places = [(*one.path[:1], str(number)) for number, item in enumerate(there) if _are_kin(item, one.value)]
    places.sort(key=lambda place: (place != one.path, not _has_same_name(at(node, place), one.value)))
    for place in dict.fromkeys((one.path, *places)):
        current = at(node, place)
        if current is not MISSING and accepts.alike({name: [current]}, {name: [one.value]}):
            return {**node, name: placed(there, place[1:], one.value)}
    if not places:
        return node
    item = at(node, places[0])
    for inner, value in one.value.items():
        candidate = {**item, inner: value}
        if not same(item.get(inner, MISSING), value) and accepts.alike({name: [item]}, {name: [candidate]}):
            item = candidate
    return {**node, name: placed(there, places[0][1:], item)}


def _has_same_name(one: Any, other: Any) -> bool:
    return isinstance(one, dict) and isinstance(other, dict) and any(one.get(name) == other.get(name) for name in ("name", "title") if one.get(name))


def _kin_places(node: Node, one: Kept) -> Iterator[Path]:
    """Where the same person, host or licence stands now: at its place, or elsewhere in the same list."""
    if not isinstance(one.value, dict):
        return
    holder = at(node, one.path[:-1])
    many = [str(number) for number in range(len(holder))] if isinstance(holder, list) else []
    for place in dict.fromkeys((one.path, *((*one.path[:-1], number) for number in many))):
        current = at(node, place)
        if isinstance(current, dict) and (not place or _are_kin(current, one.value)):
            yield place


def _are_kin(one: Any, other: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    return any(one.get(name) and one.get(name) == other.get(name) for name in KIN)


def _overlaid(node: Node, place: Path, value: Mapping[str, Any], accepts: Judge) -> Node:
    """Member by member, what may still be said."""
    for name, inner in value.items():
        if same(at(node, (*place, name)), inner):
            continue
        candidate = placed(node, (*place, name), inner)
        if isinstance(candidate, dict) and accepts(candidate):
            node = candidate
    return node
