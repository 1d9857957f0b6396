"""Between a form's inputs and the document, in both directions, without JavaScript: names of inputs are pointers.

An input's pointer may end in ``@SCHEME`` (the value of the identifier with that scheme). Repeated fields are posted
with the entry's number in place of ``.``: ``/creators/0/name/ja/family``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from izumi.profiles.display import person_name
from izumi.profiles.pointers import MISSING, child, is_blank, split
from izumi.profiles.types import Document, FieldSpec, Form, Input, Vocabulary

Answers = Mapping[str, list[str]]
"""What was posted: input name → values, as Django's ``QueryDict.lists()`` gives them."""


def answer_at(document: Document, one: Input, *, entry: str = "", funders: Vocabulary | None = None) -> Any:
    """What the form shows in an input: a string, or a list of strings for ``codes`` and ``lines``.

    ``entry`` is the pointer of the repeated entry (``/creators/0``) for inputs that begin with ``./``.
    """
    value = _value(document, entry + one.pointer.removeprefix(".") if one.pointer.startswith(".") else one.pointer)
    if one.kind == "funder":
        term = funders.where("erad_code", str(child(value, "erad_code") or "")) if funders else None
        return term.code if term else ""
    if one.kind in ("codes", "lines"):
        told = value if isinstance(value, list) else []
        return [str(item.get("code") if isinstance(item, Mapping) else item) for item in told]
    if one.kind == "flag":
        return {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else ""
    if one.kind == "name" and isinstance(value, Mapping):
        named = person_name({one.lang: dict(value)}, one.lang)
        return named.text if named else ""
    return "" if value is MISSING or value is None else str(value)


def _value(document: Any, pointer: str) -> Any:
    value = document
    for token in split(pointer):
        if token.startswith("@") and isinstance(value, list):
            held = [child(one, "value") for one in value if child(one, "scheme") == token[1:]]
            value = held[0] if held else MISSING
        else:
            value = child(value, token)
    return value


def patch_from_answers(form: Form, answers: Answers, document: Document, *, funders: Vocabulary) -> Document:
    """The merge patch that brings the document to what the form's inputs say.

    Only fields of which at least one input was posted are touched. Blank means remove. Parts of an entry that the form
    does not show (an identifier of another scheme, say) are kept; entries left blank go.
    """
    patch: Document = {}
    for one in form.fields:
        if one.repeat:
            _repeated(one, answers, document, patch, funders)
        else:
            _single(one, answers, document, patch)
    return patch


def _single(one: FieldSpec, answers: Answers, document: Document, patch: Document) -> None:
    for told in one.inputs:
        if told.pointer not in answers:
            continue
        above, _, last = told.pointer.rpartition("/")
        if last.startswith("@"):
            held = _value(document, above)
            _put(patch, above, _with_identifier(held if isinstance(held, list) else [], last[1:], answers[told.pointer]))
            continue
        _put(patch, told.pointer, _typed(told, answers[told.pointer], _value(document, told.pointer)))


def _repeated(one: FieldSpec, answers: Answers, document: Document, patch: Document, funders: Vocabulary) -> None:
    numbers = sorted({int(name.split("/")[depth]) for name, depth in _entries(one.pointer, answers)})
    if not numbers:
        return
    held = _value(document, one.pointer)
    kept = held if isinstance(held, list) else []
    entries = [_entry(one, answers, f"{one.pointer}/{n}", kept[n] if n < len(kept) else {}, funders) for n in numbers]
    filled = [entry for entry in entries if not is_blank(entry)]
    _put(patch, one.pointer, filled or None)


def _entries(pointer: str, answers: Answers) -> Iterator[tuple[str, int]]:
    depth = pointer.count("/") + 1
    for name in answers:
        parts = name.split("/")
        if name.startswith(pointer + "/") and len(parts) > depth and parts[depth].isdigit() and len(parts[depth]) < 5:
            yield name, depth


def _entry(one: FieldSpec, answers: Answers, at: str, kept: Any, funders: Vocabulary) -> Document:
    entry: Document = _copied(kept)
    for told in one.inputs:
        name = at + told.pointer.removeprefix(".")
        if name not in answers:
            continue
        path = split(told.pointer.removeprefix("."))
        if told.kind == "funder":
            _choose_funder(entry, answers[name], funders)
        elif path[-1].startswith("@"):
            entry[path[0]] = _with_identifier(entry.get(path[0]) or [], path[-1][1:], answers[name])
        else:
            _set(entry, path, _typed(told, answers[name], _value(entry, told.pointer.removeprefix("."))))
    return {name: _compact(value) for name, value in entry.items() if not is_blank(value)}


def _compact(value: Any) -> Any:
    """Lists without the places nobody filled: half a point is a finding, not a fault of shape."""
    return [one for one in value if one is not None] if isinstance(value, list) else value


def _choose_funder(entry: Document, told: list[str], funders: Vocabulary) -> None:
    """A funder chosen from the list brings its names and numbers; choosing none leaves a typed name alone."""
    term = funders.term(_first(told))
    if term is not None:
        words = {"name": term.label.as_json(), "ror": term.extra.get("ror", ""), "erad_code": term.extra.get("erad_code", "")}
        entry["funder"] = {name: value for name, value in words.items() if value}
    elif "funder" in entry and funders.where("erad_code", str(entry["funder"].get("erad_code") or "")):
        entry["funder"] = {}


def _with_identifier(held: Iterable[Any], scheme: str, told: list[str]) -> list[Document]:
    others = [one for one in held if child(one, "scheme") != scheme]
    value = _first(told)
    return [*others, {"scheme": scheme, "value": value}] if value else others


def _typed(one: Input, told: list[str], held: Any) -> Any:
    """The posted strings as the document wants them; ``None`` removes."""
    value = _first(told)
    if one.kind == "codes":
        known = {item.get("code"): item for item in held if isinstance(item, Mapping)} if isinstance(held, list) else {}
        return [known.get(code, {"code": code}) for code in told if code] or None
    if one.kind == "lines":
        return [line.strip() for part in told for line in part.splitlines() if line.strip()] or None
    if one.kind == "flag":
        return {"true": True, "false": False}.get(value)
    if one.kind == "number":
        return _number(value)
    if one.kind == "name" and isinstance(held, Mapping):
        named = person_name({one.lang: dict(held)}, one.lang)
        return dict(held) if named and named.text == value else value or None
    return value or None


def _number(value: str) -> float | str | None:
    try:
        return float(value) if value else None
    except ValueError:
        return value


def _first(told: list[str]) -> str:
    return told[0].replace("\r\n", "\n").strip() if told else ""


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(inner) for name, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _put(patch: Document, pointer: str, value: Any) -> None:
    *above, last = split(pointer)
    holder = patch
    for name in above:
        holder = holder.setdefault(name, {})
    holder[last] = value


def _set(entry: Document, path: tuple[str, ...], value: Any) -> None:
    """Sets or removes a member inside an entry, making what is above it; a number in the path is a place in a list."""
    holder: Any = entry
    for token, following in pairwise(path):
        holder = _step(holder, token, [] if following.isdigit() else {})
    last = path[-1]
    if isinstance(holder, list):
        while len(holder) <= int(last):
            holder.append(None)
        holder[int(last)] = value
    elif value is None:
        holder.pop(last, None)
    else:
        holder[last] = value


def _step(holder: Any, token: str, empty: Any) -> Any:
    if isinstance(holder, list):
        while len(holder) <= int(token):
            holder.append(type(empty)())
        return holder[int(token)]
    if not isinstance(holder.get(token), type(empty)):
        holder[token] = empty
    return holder[token]
