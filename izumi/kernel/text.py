"""Multilingual text is a type, not two fields: a mapping from BCP 47 language tags to strings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class Text(Mapping[str, str]):
    """Immutable text in several languages, e.g. ``Text({"ja": "水質", "en": "Water quality"})``.

    Empty strings are dropped: a language is present only when it says something.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str] | None = None, /) -> None:
        self._values = {tag: value for tag, value in (values or {}).items() if value}

    def __getitem__(self, tag: str) -> str:
        return self._values[tag]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and dict(self._values) == dict(other)

    def __repr__(self) -> str:
        return f"Text({self._values!r})"

    def lang(self, wanted: str) -> str:
        """The language tag in which this text can be shown to a reader of ``wanted``; ``""`` when there is no text."""
        for tag in (wanted, "ja", "en", *sorted(self._values)):
            if tag in self._values:
                return tag
        return ""

    def one(self, wanted: str) -> str:
        """The text for a reader of ``wanted``, else in the language there is."""
        return self._values.get(self.lang(wanted), "")

    def as_json(self) -> dict[str, str]:
        """The plain mapping, for documents and answers."""
        return dict(self._values)

    def format(self, **facts: Any) -> Text:
        """The same text with ``{name}`` fields filled; a ``Text`` fact is filled in the matching language."""
        return Text(
            {
                tag: value.format(**{k: v.one(tag) if isinstance(v, Text) else v for k, v in facts.items()})
                for tag, value in self._values.items()
            }
        )


def both(ja: str, en: str) -> Text:
    """A text in the two languages in which Izumi itself speaks."""
    return Text({"ja": ja, "en": en})
