"""JSON Pointers (RFC 6901) and the patterns of packs: ``/creators/*/name`` meets every creator's name.

Source: rfc-6901.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

LANGUAGE = re.compile(r"^(?:ja|en|[a-z]{2}(?:-[A-Z][A-Za-z]{1,7})+)$")


class _Missing:
    """The value of a place that the document does not have."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


def escape(token: object) -> str:
    """One member name or index as it stands in a pointer."""
    return str(token).replace("~", "~0").replace("/", "~1")


@lru_cache(maxsize=4096)
def split(pointer: str) -> tuple[str, ...]:
    """The members that a pointer names, unescaped; ``""`` names the whole document."""
    if not pointer:
        return ()
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.removeprefix("/").split("/"))


def join(tokens: Sequence[object]) -> str:
    """The pointer to these members."""
    return "".join("/" + escape(token) for token in tokens)


def value_at(document: Any, pointer: str) -> Any:
    """What stands there, or ``MISSING``."""
    value = document
    for token in split(pointer):
        value = child(value, token)
        if value is MISSING:
            return MISSING
    return value


def child(value: Any, token: str) -> Any:
    """One step down, or ``MISSING``."""
    if isinstance(value, Mapping):
        return value.get(token, MISSING)
    if isinstance(value, list) and token.isascii() and token.isdigit() and len(token) <= 9 and int(token) < len(value):
        return value[int(token)]
    return MISSING


def places(document: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Every place that the pattern meets with what stands there.

    ``*`` goes through lists and mappings that exist; a named member is met even where it is missing.
    """
    yield from _places(document, split(pattern), ())


def _places(value: Any, rest: tuple[str, ...], done: tuple[object, ...]) -> Iterator[tuple[str, Any]]:
    if not rest:
        yield join(done), value
        return
    token, *following = rest
    if token != "*":  # noqa: S105 – a wildcard, not a secret
        yield from _places(child(value, token), tuple(following), (*done, token))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _places(inner, tuple(following), (*done, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, tuple(following), (*done, index))


def is_blank(value: Any) -> bool:
    """Whether nothing is said: absent, white space, an empty list, a mapping of blanks."""
    if value is MISSING or value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_blank(inner) for inner in value.values())
    if isinstance(value, list):
        return all(is_blank(inner) for inner in value)
    return False


def pattern_of(pointer: str) -> str:
    """The pattern a pointer belongs to: indexes and languages become ``*``; a language at the end goes."""
    tokens = ["*" if token.isdigit() or LANGUAGE.match(token) else token for token in split(pointer)]
    while tokens and tokens[-1] == "*" and LANGUAGE.match(split(pointer)[len(tokens) - 1]):
        tokens.pop()
    return join(tokens)
