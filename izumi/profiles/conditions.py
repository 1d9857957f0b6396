"""The small language in which a pack states its rules: conditions on values, as data.

A condition is a table. ``at`` names the place it looks at: absolute (``/access/class``), relative to the place the rule
met (``./funder/ror``), or ``.`` for that place itself; with ``*`` it holds when it holds in any of the places. Tests:

``filled`` true/false · ``is`` value · ``in`` list · ``pattern`` regular expression (``fold = true``: NFKC, trimmed,
``upper = true``: upper case) · ``vocabulary`` name (``column``: an extra column) · ``check`` a named check of `values` ·
``any_language`` list of language tags, one of which must be filled · ``minimum`` · ``maximum`` · ``min_length`` · ``max_items`` · ``unique`` member ·
``context`` name of a fact with ``is``/``in`` · ``type`` JSON type · ``all``/``any`` lists of conditions · ``not`` a condition.

Several tests in one table must all hold. Compiled once per pack; evaluating touches nothing but its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from izumi.profiles.pointers import MISSING, child, is_blank, places, split, value_at
from izumi.profiles.types import Context, Document, Vocabulary
from izumi.profiles.values import CHECKS, folded

MAX_CHECKED = 4_000
"""Longer strings are never an identifier, a day or an address."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a condition may look at: the document, the context, the place the rule met and what stands there."""

    document: Document
    context: Context
    value: Any = MISSING


Condition = Callable[[Scene], bool]
Test = Callable[[Any, Scene], bool]
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "mapping": (dict,),
}
MODIFIERS = frozenset({"at", "fold", "upper", "column"})


class ConditionError(ValueError):
    """A condition that cannot be understood; the message names the part."""


def compiled(table: Mapping[str, Any], vocabularies: Mapping[str, Vocabulary]) -> Condition:
    """The condition as a function. Raises `ConditionError` on an unknown test, vocabulary, check or pattern."""
    parts: list[Condition] = []
    tests: list[Test] = []
    if "context" in table:
        parts.append(_on_context(table))
    else:
        for name, told in table.items():
            if name in COMBINATORS:
                parts.append(COMBINATORS[name](told, vocabularies))
            elif name not in MODIFIERS:
                tests.append(_test(name, told, table, vocabularies))
    if tests:
        parts.append(_at(str(table.get("at", ".")), tests))
    if not parts:
        raise ConditionError("a condition without a test")
    return parts[0] if len(parts) == 1 else lambda scene: all(part(scene) for part in parts)


def mentions(table: Mapping[str, Any], words: frozenset[str]) -> bool:
    """Whether one of the tests occurs anywhere in the condition."""
    if words & table.keys():
        return True
    inner = [*table.get("all", ()), *table.get("any", ()), *([table["not"]] if "not" in table else [])]
    return any(mentions(one, words) for one in inner)


def _on_context(table: Mapping[str, Any]) -> Condition:
    name = str(table["context"])
    if name not in Context.__dataclass_fields__:
        raise ConditionError(f"unknown fact of the context: {name}")
    if "in" in table:
        allowed = tuple(table["in"])
        return lambda scene: getattr(scene.context, name) in allowed
    wanted = table.get("is", True)
    return lambda scene: getattr(scene.context, name) == wanted


def _at(place: str, tests: list[Test]) -> Condition:
    def holds(value: Any, scene: Scene) -> bool:
        return all(test(value, scene) for test in tests)

    if place == ".":
        return lambda scene: holds(scene.value, scene)
    if "*" in split(place.removeprefix(".")):
        pattern = place.removeprefix(".")
        if place.startswith("."):
            return lambda scene: any(holds(value, scene) for _, value in places(scene.value, pattern))
        return lambda scene: any(holds(value, scene) for _, value in places(scene.document, pattern))
    if place.startswith("."):
        below = place.removeprefix(".")
        return lambda scene: holds(value_at(scene.value, below), scene)
    return lambda scene: holds(value_at(scene.document, place), scene)


def _test(name: str, told: Any, table: Mapping[str, Any], vocabularies: Mapping[str, Vocabulary]) -> Test:
    if name == "vocabulary":
        return _in_vocabulary(str(told), table, vocabularies)
    maker = TESTS.get(name)
    if maker is None:
        raise ConditionError(f"unknown test: {name}")
    return maker(told, table)


def _in_vocabulary(name: str, table: Mapping[str, Any], vocabularies: Mapping[str, Vocabulary]) -> Test:
    vocabulary = vocabularies.get(name)
    if vocabulary is None:
        raise ConditionError(f"unknown vocabulary: {name}")
    column = table.get("column")
    told = vocabulary.by_code if column is None else [term.extra.get(column, "") for term in vocabulary]
    codes = frozenset(told) - {""}
    return lambda value, scene: isinstance(value, str) and value in codes


def _pattern(told: str, table: Mapping[str, Any]) -> Test:
    try:
        expression = re.compile(told)
    except re.error as error:
        raise ConditionError(f"pattern {told!r}: {error}") from error
    fold, upper = bool(table.get("fold")), bool(table.get("upper"))

    def matches(value: Any, scene: Scene) -> bool:
        if not isinstance(value, str) or len(value) > MAX_CHECKED:
            return False
        text = folded(value) if fold else value
        return expression.search(text.upper() if upper else text) is not None

    return matches


def _check(told: str, table: Mapping[str, Any]) -> Test:
    check = CHECKS.get(told)
    if check is None:
        raise ConditionError(f"unknown check: {told}")
    return lambda value, scene: isinstance(value, str) and len(value) <= MAX_CHECKED and check(value)


def _type(told: str, table: Mapping[str, Any]) -> Test:
    kinds = TYPES.get(told)
    if kinds is None:
        raise ConditionError(f"unknown JSON type: {told}")
    return lambda value, scene: isinstance(value, kinds) and (told == "boolean" or not isinstance(value, bool))


def _in(told: Any, table: Mapping[str, Any]) -> Test:
    allowed = tuple(told)
    return lambda value, scene: value in allowed


def _any_language(told: Any, table: Mapping[str, Any]) -> Test:
    wanted = tuple(str(lang) for lang in told)
    return lambda value, scene: any(not is_blank(child(value, lang)) for lang in wanted)


def _unique(told: str, table: Mapping[str, Any]) -> Test:
    def differ(value: Any, scene: Scene) -> bool:
        seen = [str(child(item, told)) for item in value if not is_blank(child(item, told))] if isinstance(value, list) else []
        return len(seen) == len(set(seen))

    return differ


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


TESTS: Mapping[str, Callable[[Any, Mapping[str, Any]], Test]] = {
    "filled": lambda told, table: lambda value, scene: is_blank(value) is not bool(told),
    "is": lambda told, table: lambda value, scene: value == told and isinstance(value, bool) == isinstance(told, bool),
    "in": _in,
    "pattern": _pattern,
    "check": _check,
    "type": _type,
    "any_language": _any_language,
    "minimum": lambda told, table: lambda value, scene: _is_number(value) and value >= told,
    "maximum": lambda told, table: lambda value, scene: _is_number(value) and value <= told,
    "min_length": lambda told, table: lambda value, scene: isinstance(value, str) and len(value.strip()) >= int(told),
    "max_items": lambda told, table: lambda value, scene: isinstance(value, list) and len(value) <= int(told),
    "unique": _unique,
}


def _all(told: Any, vocabularies: Mapping[str, Vocabulary]) -> Condition:
    parts = [compiled(one, vocabularies) for one in told]
    return lambda scene: all(part(scene) for part in parts)


def _any(told: Any, vocabularies: Mapping[str, Vocabulary]) -> Condition:
    parts = [compiled(one, vocabularies) for one in told]
    return lambda scene: any(part(scene) for part in parts)


def _not(told: Any, vocabularies: Mapping[str, Vocabulary]) -> Condition:
    part = compiled(told, vocabularies)
    return lambda scene: not part(scene)


COMBINATORS: Mapping[str, Callable[[Any, Mapping[str, Vocabulary]], Condition]] = {"all": _all, "any": _any, "not": _not}
