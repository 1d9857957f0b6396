"""Parts of a record: its metadata, single narrowed items of it, its files and globs of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from izumi.policy.types import FILES, METADATA, Rule


def narrowed_pointers(rules: Iterable[Rule]) -> frozenset[str]:
    """JSON Pointers of the metadata items that are narrower than the metadata."""
    mark = f"{METADATA}:"
    return frozenset(rule.part.removeprefix(mark) for rule in rules if rule.part.startswith(mark))


def narrowing(rules: Iterable[Rule], path: str) -> list[str]:
    """The narrowed pointers in which this one lies."""
    return sorted(p for p in narrowed_pointers(rules) if path == p or path.startswith(f"{p}/"))


def covers_file(part: str, path: str | None) -> bool:
    """Whether a rule about this part speaks of the file; without a path, of any file."""
    if part == FILES:
        return True
    glob = part.removeprefix(f"{FILES}:")
    return glob != part and (path is None or _glob(glob).fullmatch(path) is not None)


@lru_cache(maxsize=1024)
def _glob(glob: str) -> re.Pattern[str]:
    """``*`` stays inside one folder, ``**`` crosses folders, ``?`` is one letter; everything else is literal."""
    pieces = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(pieces.get(t) or re.escape(t) for t in re.findall(r"\*\*|.", glob, re.S)), re.S)
