"""What a pack says: terms, fields, sections, rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from izumi.kernel.days import Day
from izumi.kernel.text import Text


class Step(StrEnum):
    """What somebody wants to do; save, submit and publish each include the checks of the ones before."""

    PLAN = "plan"
    """Judging an entry of a plan: what makes sense for data that do not exist yet. Not part of the others."""
    SAVE = "save"
    SUBMIT = "submit"
    PUBLISH = "publish"


STEPS = (Step.SAVE, Step.SUBMIT, Step.PUBLISH)
"""The way of a record, in order."""


class Obligation(StrEnum):
    """Whether an item must be filled in."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"
    SYSTEM = "system"
    """Kept by the system; nobody types it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a vocabulary."""

    code: str
    label: Text
    uri: str = ""
    valid_from: Day | None = None
    valid_until: Day | None = None
    """Last day on which it could be chosen anew; records that have it keep it."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further columns of the vocabulary's CSV, e.g. ``ror`` and ``erad_code`` of funders."""

    def valid_on(self, day: Day) -> bool:
        """Whether it may be chosen on this day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    def as_json(self) -> dict[str, Any]:
        """For ``GET /vocabularies/{name}``."""
        told: dict[str, Any] = {"code": self.code, "label": self.label.as_json()}
        if self.uri:
            told["uri"] = self.uri
        if self.valid_from:
            told["valid_from"] = self.valid_from.isoformat()
        if self.valid_until:
            told["valid_until"] = self.valid_until.isoformat()
        return told | {name: value for name, value in self.extra.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Versioned terms with labels ja/en, in the order of the official list."""

    name: str
    label: Text
    terms: tuple[Term, ...]
    source: str = ""
    by_code: Mapping[str, Term] = field(default_factory=dict, repr=False)

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def term(self, code: object) -> Term | None:
        """The term with this code."""
        return self.by_code.get(code) if isinstance(code, str) else None

    def where(self, column: str, value: str) -> Term | None:
        """The first term with ``value`` in an extra column (or ``uri``), e.g. ``where("ror", "https://ror.org/…")``."""
        for term in self.terms:
            if value and (term.extra.get(column) == value or (column == "uri" and term.uri == value)):
                return term
        return None

    def label_of(self, code: object) -> Text:
        """The official label, or the code itself where the term is not known."""
        term = self.term(code)
        return term.label if term else Text({"ja": str(code), "en": str(code)})

    def as_json(self) -> dict[str, Any]:
        """For ``GET /vocabularies/{name}``."""
        return {
            "name": self.name,
            "label": self.label.as_json(),
            "source": self.source or None,
            "terms": [term.as_json() for term in self.terms],
        }


# -- packs -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing to type: the smallest part of a field."""

    pointer: str
    """Absolute JSON Pointer; relative (``./…``) inside a repeated field."""
    kind: str
    """``text area date select radio checkbox email tel url number``."""
    label: Text
    lang: str = ""
    vocabulary: str = ""
    autocomplete: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the form view of the API."""
        told = {"pointer": self.pointer, "kind": self.kind, "label": self.label.as_json()}
        extra = {"lang": self.lang, "vocabulary": self.vocabulary, "autocomplete": self.autocomplete}
        return told | {name: value for name, value in extra.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One item of a pack."""

    pointer: str
    label: Text
    help: Text = field(default_factory=Text)
    item: str = ""
    """Number in the official list, e.g. ``14b``; empty for items that the list does not have."""
    section: str = ""
    level: str = "data"
    """``data`` (per record) or ``project`` (entered once per grant)."""
    obligation: Obligation = Obligation.OPTIONAL
    condition: Text = field(default_factory=Text)
    """When a conditional item is obligatory, in words."""
    rules: tuple[str, ...] = ()
    """Rules that hold while the obligation is not met."""
    widget: str = "text"
    vocabulary: str = ""
    column: int | None = None
    """Position in the submission CSV (1–30)."""
    column_label: Text = field(default_factory=Text)
    facet: str = ""
    disclosure: str = "open"
    default: Any = None
    known: str = ""
    """The fact about the project that fills it in (see `prefill`): ``goal_number``, ``goal_title``."""
    lookup: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    repeat: bool = False
    inputs: tuple[Input, ...] = ()
    essential: bool = False
    """Typed by the depositor; the others are usually filled in."""

    def as_json(self) -> dict[str, Any]:
        """For the form view of the API."""
        return {
            "pointer": self.pointer,
            "label": self.label.as_json(),
            "help": self.help.as_json(),
            "item": self.item or None,
            "level": self.level,
            "obligation": str(self.obligation),
            "condition": self.condition.as_json() or None,
            "widget": self.widget,
            "vocabulary": self.vocabulary or None,
            "default": self.default,
            "essential": self.essential,
            "repeat": self.repeat,
            "inputs": [one.as_json() for one in self.inputs],
            "source": self.source or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSpec:
    """A group of items on the form and on the landing page."""

    id: str
    label: Text
    help: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """One row of ``rules.toml``: ``at`` every matching place, ``when`` its condition holds, the value ``must`` …"""

    id: str
    severity: str
    step: Step
    at: str
    message: Text
    fix: Text = field(default_factory=Text)
    source: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    must: Mapping[str, Any] = field(default_factory=dict)
    plan: str = ""
    """How much it weighs for an entry of a plan; empty: it says nothing there. Rules of ``step = "plan"`` only speak there."""
    run: Callable[..., Any] | None = field(default=None, compare=False, repr=False)

    def weight(self, step: Step) -> str:
        """Its severity on the way to ``step``; empty where it is not looked at."""
        if step is Step.PLAN:
            return self.severity if self.step is Step.PLAN else self.plan
        return self.severity if self.step in STEPS[: STEPS.index(step) + 1] else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Something to be found out before the rules are asked: what of which kind has this key.

    Kinds: ``organisation`` (key: a ROR as typed); its result is ``{"name": {lang: …}}``, or absent when not known.
    """

    name: str
    kind: str
    at: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a cell: what stands at ``at`` as the landing page writes it, with words before it."""

    at: str
    before: Text = field(default_factory=Text)
    when: Callable[..., bool] | None = field(default=None, compare=False, repr=False)
    """Only where this condition holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column of a table view; ``group`` is the heading that it shares with its neighbours."""

    id: str
    label: Text
    pieces: tuple[Piece, ...]
    group: Text = field(default_factory=Text)
    between: Text = field(default_factory=Text)
    """What stands between its pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table in which somebody asks for records, one row each, with the official headings in order."""

    id: str
    label: Text
    columns: tuple[TableColumn, ...]
    source: str = ""

    def header(self, lang: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The two header rows: a group's label stands over its first column, and its columns' labels below it."""
        above, below, last = [], [], Text()
        for column in self.columns:
            above.append(column.label.one(lang) if not column.group else "" if column.group == last else column.group.one(lang))
            below.append(column.label.one(lang) if column.group else "")
            last = column.group
        return tuple(above), tuple(below)

    def as_json(self) -> dict[str, Any]:
        """For ``GET /profiles/{name}?view=tables``."""
        columns = [
            {"id": one.id, "label": one.label.as_json(), "group": one.group.as_json() or None, "at": [piece.at for piece in one.pieces]}
            for one in self.columns
        ]
        return {"id": self.id, "label": self.label.as_json(), "source": self.source or None, "columns": columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One loaded profile."""

    name: str
    version: str
    label: Text
    description: Text
    source: str
    sections: tuple[SectionSpec, ...]
    fields: tuple[FieldSpec, ...]
    rules: tuple[RuleSpec, ...]
    vocabularies: Mapping[str, Vocabulary]
    members: Mapping[str, Text] = field(default_factory=dict)
    """Labels of members inside items, by pointer pattern (``/contact/email``, ``/creators/*/name``)."""
    lookups: tuple[Lookup, ...] = ()
    views: tuple[TableView, ...] = ()
    extends: str = ""
    stamp: str = ""

    def field_at(self, pointer: str) -> FieldSpec | None:
        """The item with exactly this pointer."""
        return next((one for one in self.fields if one.pointer == pointer), None)


