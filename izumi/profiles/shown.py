"""What goes out: the form that asks, the rows that show, the facets that narrow, the count of what is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from izumi.kernel.text import Text
from izumi.profiles.specs import FieldSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSection:
    """A section of the form with its fields."""

    id: str
    label: Text
    help: Text
    fields: tuple[FieldSpec, ...]

    def as_json(self) -> dict[str, Any]:
        """For the form view of the API."""
        return {
            "id": self.id,
            "label": self.label.as_json(),
            "help": self.help.as_json(),
            "fields": [one.as_json() for one in self.fields],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a page needs to ask for the items of a profile."""

    profile: str
    version: str
    label: Text
    sections: tuple[FormSection, ...]

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """All fields in order."""
        return tuple(one for section in self.sections for one in section.fields)

    def as_json(self) -> dict[str, Any]:
        """``GET /profiles/{name}?view=form``."""
        return {
            "profile": self.profile,
            "version": self.version,
            "label": self.label.as_json(),
            "sections": [section.as_json() for section in self.sections],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One value on the landing page: plain text, the language it is in, an address to link to, a note beside it."""

    text: str
    lang: str = ""
    """BCP 47 tag when it differs from the page's language, else empty."""
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One labelled item on the landing page."""

    pointer: str
    label: str
    values: tuple[Shown, ...]
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group of rows on the landing page."""

    id: str
    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """An item by which a catalogue can narrow."""

    name: str
    pointer: str
    label: Text
    vocabulary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How many obligatory items are in order; unpacks as ``done, total``."""

    done: int
    total: int
    missing: tuple[FieldSpec, ...] = ()

    def __iter__(self) -> Iterator[int]:
        return iter((self.done, self.total))
