"""Funders' forms as data: one ``<name>.toml`` per form; a column says where its cell stands in an entry and how it is read."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a form."""

    id: str
    label: Text
    """The official heading."""
    kind: str
    """How the cell is read and written: a name in `kinds.KINDS`."""
    pointer: str = ""
    """JSON Pointer into the entry; ``""`` = derived from elsewhere, or kept in ``unmapped`` under the column's id."""
    required: bool = False
    """Must say something before the plan is handed in with this form."""
    aliases: tuple[str, ...] = ()
    """Other headings under which real sheets have it."""
    vocabulary: str = ""
    words: Mapping[str, Text] = field(default_factory=dict)
    """Stored value → the form's own words for it."""
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Stored value → what else people write for it."""
    scheme: str = ""
    """Scheme of ``access.funder_class`` in which the form's own class is kept."""
    pieces: tuple[Column, ...] = ()
    """Parts of one cell, joined with ／."""
    before: Text = field(default_factory=Text)
    """Words that stand before a piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One funder's form."""

    name: str
    label: Text
    source: str
    columns: tuple[Column, ...]
    note: Text = field(default_factory=Text)

    def column(self, name: str) -> Column:
        """A column by its id."""
        return next(one for one in self.columns if one.id == name)


@lru_cache(maxsize=1)
def forms() -> Mapping[str, Form]:
    """All forms by name."""
    return {path.stem: _form(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.toml"))}


def form(name: str) -> Form:
    """A form by name. Raises `NotThere`."""
    found = forms().get(name)
    if found is None:
        raise NotThere("form", name)
    return found


def _form(name: str, told: Mapping[str, Any]) -> Form:
    return Form(
        name=name, label=Text(told["label"]), source=told["source"], note=Text(told.get("note", {})),
        columns=tuple(_column(one) for one in told["column"]),
    )  # fmt: skip


def _column(told: Mapping[str, Any]) -> Column:
    return Column(
        id=told.get("id", told.get("pointer", "")), label=Text(told.get("label", {})), kind=told["kind"], pointer=told.get("pointer", ""),
        required=told.get("required", False), aliases=tuple(told.get("aliases", ())), vocabulary=told.get("vocabulary", ""),
        words={value: Text({lang: words[lang] for lang in ("ja", "en")}) for value, words in told.get("words", {}).items()},
        also={value: tuple(words.get("also", ())) for value, words in told.get("words", {}).items()}, scheme=told.get("scheme", ""),
        pieces=tuple(_column(one) for one in told.get("pieces", ())), before=Text(told.get("before", {})),
    )  # fmt: skip


_MARKS = re.compile(r"[\s　()（）\[\]【】「」『』・･,，.．、。:：;；*＊※/／_\-‐–—'\"]")
_OBLIGATION = re.compile(r"必須|任意|(?:required|optional)$")


def plain(heading: object) -> str:
    """A heading without what people change: width, case, spaces, brackets, marks of obligation."""
    if heading is None:
        return ""
    return _OBLIGATION.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", str(heading)).casefold()))


def headings(told: Form) -> dict[str, Column]:
    """Column by plain heading, in both languages and under all its other names."""
    found: dict[str, Column] = {}
    for column in told.columns:
        for words in (*column.label.values(), *column.aliases):
            found.setdefault(plain(words), column)
    return found
