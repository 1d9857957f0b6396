"""``--set field=value``: from what a person types to a JSON merge patch.

``title.ja=…`` and ``title{ja}=…`` are the same, so are ``/access/class=…`` and ``access.class=…``; a number is a place in a
list (``creators.0.name.ja.family=…``, ``keywords.+.text.ja=…`` appends). ``field:=JSON`` gives a value that is not a
string; ``field=`` takes it out.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable
from typing import Any

_ASSIGNMENT = re.compile(r"(?P<place>[^=]+?)(?P<json>:)?=(?P<value>.*)", re.S)


class WrongAssignment(ValueError):
    """Not of the form ``field=value``."""


def steps(place: str) -> list[str]:
    """The steps of a place: ``title{ja}`` → ``["title", "ja"]``."""
    place = place.strip()
    if place.startswith("/"):
        return [step.replace("~1", "/").replace("~0", "~") for step in place[1:].split("/")]
    return [step for step in re.sub(r"\{([^}]*)\}", r".\1", place).split(".") if step]


def assignment(text: str) -> tuple[list[str], Any]:
    """The place and the value of one ``--set``. Raises ``WrongAssignment``."""
    match = _ASSIGNMENT.fullmatch(text)
    if match is None or not steps(match["place"]):
        raise WrongAssignment(text)
    if not match["json"]:
        return steps(match["place"]), match["value"] or None
    try:
        return steps(match["place"]), json.loads(match["value"])
    except ValueError as wrong:
        raise WrongAssignment(text) from wrong


def merge_patch(assignments: Iterable[str], current: dict[str, Any]) -> dict[str, Any]:
    """The merge patch (RFC 7396) that makes the assignments true in ``current``; lists are sent whole, as that format asks."""
    patch: dict[str, Any] = {}
    wanted = copy.deepcopy(current)
    for text in assignments:
        path, value = assignment(text)
        _put(wanted, path, value)
        _copy(patch, wanted, path, value)
    return patch


def _put(holder: Any, path: list[str], value: Any) -> None:
    step, rest = path[0], path[1:]
    if isinstance(holder, list):
        _put_in_list(holder, step, rest, value)
    elif not rest:
        if value is None:
            holder.pop(step, None)
        else:
            holder[step] = value
    else:
        if not isinstance(holder.get(step), dict | list):
            holder[step] = [] if _is_place(rest[0]) else {}
        _put(holder[step], rest, value)


def _put_in_list(holder: list[Any], step: str, rest: list[str], value: Any) -> None:
    if not _is_place(step):
        raise WrongAssignment(step)
    place = len(holder) if step == "+" else int(step)
    if place > len(holder):
        raise WrongAssignment(step)
    if place == len(holder):
        holder.append([] if rest and _is_place(rest[0]) else {})
    if rest:
        _put(holder[place], rest, value)
    elif value is None:
        del holder[place]
    else:
        holder[place] = value


def _is_place(step: str) -> bool:
    return step == "+" or step.isdigit()


def _copy(patch: dict[str, Any], wanted: dict[str, Any], path: list[str], value: Any) -> None:
    here: Any = wanted
    for depth, step in enumerate(path):
        last = depth == len(path) - 1
        if last or isinstance(here.get(step), list):
            patch[step] = here.get(step) if not (last and value is None) else None
            return
        here = here[step]
        patch = patch.setdefault(step, {})
