"""The deposit form as a page shows it: a profile's form, the document's values and what the rules say, joined.

Pure: no request, no database. Names of inputs are JSON Pointers, so that ``records.form`` can read them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel.findings import Finding
from izumi.kernel.text import Text
from izumi.profiles.types import FieldSpec, Form, Input, Obligation, Shown, Term, Vocabulary
from izumi.records.form import parts_of, value_at

Vocabularies = Callable[[str], Vocabulary]
BLANK = (None, "", [], {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a select, radio or checkbox list."""

    code: str
    label: Text
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFace:
    """One control with its value and what is wrong with it."""

    name: str
    id: str
    kind: str
    label: Text
    lang: str = ""
    value: str = ""
    autocomplete: str = ""
    options: tuple[Option, ...] = ()
    many: bool = False
    more: bool = False
    """Whether other values than the offered ones may be written."""
    findings: tuple[Finding, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether something here blocks publishing."""
        return any(found.blocks for found in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFace:
    """One item of a repeated field."""

    pointer: str
    number: int
    stored: bool
    """Whether the document has it; the others are blank rows."""
    inputs: tuple[InputFace, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def rows(self) -> tuple[tuple[InputFace, ...], ...]:
        """Its inputs, two in a row."""
        return in_rows(self.inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFace:
    """One item of the profile on the form."""

    pointer: str
    id: str
    spec: FieldSpec
    inputs: tuple[InputFace, ...] = ()
    items: tuple[ItemFace, ...] = ()
    findings: tuple[Finding, ...] = ()
    shown: tuple[Shown, ...] = ()
    source: Text | None = None
    """Where a prefilled value came from."""
    open: bool = False
    filled: bool = False

    @property
    def required(self) -> bool:
        """Whether publishing needs it."""
        return self.spec.obligation is Obligation.REQUIRED

    loud: bool = False
    """Whether its findings are shown: it says something already, or everything was asked to be checked."""

    @property
    def rows(self) -> tuple[tuple[InputFace, ...], ...]:
        """Its inputs, two in a row."""
        return in_rows(self.inputs)

    @property
    def box(self) -> str:
        """The HTML id of the box around it: the field's own, unless its only control has that one."""
        alone = any(one.id == self.id and one.kind != "radio" and not one.many for one in self.inputs)
        return f"{self.id}-box" if alone else self.id

    @property
    def when(self) -> str:
        """The field and its values for which this one matters, for a script that folds the others away."""
        return WHEN.get(self.pointer, "")

    @property
    def essential(self) -> bool:
        """Whether the depositor types it; the others are usually filled in."""
        return self.spec.essential

    @property
    def own_findings(self) -> tuple[Finding, ...]:
        """The findings that no single input or item shows."""
        shown = {found for one in self.inputs for found in one.findings}
        inside = {item.pointer for item in self.items}
        return tuple(
            found for found in self.findings
            if found not in shown and not any(found.pointer == p or found.pointer.startswith(f"{p}/") for p in inside)
        )  # fmt: skip

    @property
    def wrong(self) -> bool:
        """Whether something in it blocks publishing."""
        return any(found.blocks for found in self.findings)


WHEN = {
    "/access/available_on": "/access/class=embargoed",
    "/access/opens": "/access/class=embargoed",
    "/access/scopes": "/access/class=shared",
    "/access/reasons": "/access/class=shared closed embargoed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFace:
    """A group of fields."""

    id: str
    label: Text
    help: Text
    fields: tuple[FieldFace, ...]

    @property
    def wrong(self) -> int:
        """How many of its fields block publishing."""
        return sum(one.wrong for one in self.fields)

    @property
    def filled(self) -> int:
        """How many of its fields say something."""
        return sum(one.filled for one in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the form is made from."""

    document: Mapping[str, Any]
    findings: tuple[Finding, ...]
    vocabulary: Vocabularies
    prefilled: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, tuple[Shown, ...]] = field(default_factory=dict)
    """Values as the landing page would show them, by pointer."""
    more: str = ""
    """Pointer of a repeated field for which one more blank row was asked."""
    opened: str = ""
    """Pointer of a field that is to stand open."""
    check: bool = False
    """Whether everything was asked to be checked."""
    offered: Mapping[str, tuple[tuple[str, Text], ...]] = field(default_factory=dict)
    """Choices that no vocabulary has, by name of the input: partners with whom data can be shared."""


def sections(form: Form, sheet: Sheet, leave_out: frozenset[str] = frozenset()) -> tuple[SectionFace, ...]:
    """All sections with at least one field; system-kept items and those in ``leave_out`` (top-level members) are left out."""
    made = []
    for section in form.sections:
        faces = tuple(
            face(spec, sheet)
            for spec in section.fields
            if spec.obligation is not Obligation.SYSTEM and _top(spec.pointer) not in leave_out
        )
        if faces:
            made.append(SectionFace(id=section.id, label=section.label, help=section.help, fields=faces))
    return tuple(made)


def _top(pointer: str) -> str:
    return (parts_of(pointer) or [""])[0]


def face(spec: FieldSpec, sheet: Sheet) -> FieldFace:
    """One item with its values, findings and origin."""
    inside = tuple(found for found in sheet.findings if concerns(found.pointer, spec))
    value = value_at(sheet.document, spec.pointer)
    items = _items(spec, sheet) if spec.repeat else ()
    inputs = () if spec.repeat else tuple(_input(one, one.pointer, spec, sheet) for one in spec.inputs)
    filled = any(one.stored for one in items) or any(one.value or any(o.chosen for o in one.options) for one in inputs)
    return FieldFace(
        pointer=spec.pointer, id=id_of(spec.pointer), spec=spec, inputs=inputs, items=items, findings=inside,
        shown=sheet.shown.get(spec.pointer, ()), source=_source(spec, sheet.prefilled) if filled else None,
        open=sheet.opened == spec.pointer or sheet.more.startswith(spec.pointer) if sheet.opened or sheet.more else False,
        filled=filled or value not in BLANK, loud=sheet.check or filled,
    )  # fmt: skip


def in_rows(inputs: tuple[InputFace, ...]) -> tuple[tuple[InputFace, ...], ...]:
    """Inputs side by side where they belong together: two with a language, or two without."""
    rows: list[tuple[InputFace, ...]] = []
    for one in inputs:
        last = rows[-1] if rows else ()
        if len(last) == 1 and bool(last[0].lang) == bool(one.lang):
            rows[-1] = (*last, one)
        else:
            rows.append((one,))
    return tuple(rows)


def concerns(pointer: str, spec: FieldSpec) -> bool:
    """Whether a finding at ``pointer`` is about this item: at it, inside it, or at one of its inputs."""
    places = [spec.pointer, *(one.pointer for one in spec.inputs if one.pointer.startswith("/"))]
    return bool(pointer) and any(pointer == place or pointer.startswith(f"{place}/") for place in places)


def id_of(pointer: str) -> str:
    """The HTML id of a field; the template filter ``field_id`` makes the same."""
    letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in pointer)
    while "--" in letters:
        letters = letters.replace("--", "-")
    return "f" + letters.rstrip("-")


def _source(spec: FieldSpec, prefilled: Mapping[str, Any]) -> Text | None:
    for pointer, said in prefilled.items():
        if pointer == spec.pointer or pointer.startswith(f"{spec.pointer}/"):
            return Text(said) if isinstance(said, Mapping) else Text({"ja": str(said), "en": str(said)})
    return None


def _items(spec: FieldSpec, sheet: Sheet) -> tuple[ItemFace, ...]:
    value = value_at(sheet.document, spec.pointer)
    stored = len(value) if isinstance(value, list) else 0
    blank = 1 if stored == 0 or sheet.more == spec.pointer else 0
    return tuple(_item(spec, sheet, number, number < stored) for number in range(stored + blank))


def _item(spec: FieldSpec, sheet: Sheet, number: int, stored: bool) -> ItemFace:
    pointer = f"{spec.pointer}/{number}"
    inputs = tuple(_input(one, absolute(one.pointer, pointer), spec, sheet) for one in spec.inputs)
    told = tuple(found for found in sheet.findings if found.pointer == pointer or found.pointer.startswith(f"{pointer}/"))
    shown_at_inputs = {found for one in inputs for found in one.findings}
    return ItemFace(
        pointer=pointer, number=number + 1, stored=stored, inputs=inputs,
        findings=tuple(found for found in told if found not in shown_at_inputs),
    )  # fmt: skip


def absolute(pointer: str, item: str) -> str:
    """The pointer of an input inside an item (``./name/ja`` → ``/creators/0/name/ja``; ``.`` → the item itself)."""
    if pointer == ".":
        return item
    return item + pointer.removeprefix(".") if pointer.startswith(".") else pointer


def _input(one: Input, name: str, spec: FieldSpec, sheet: Sheet) -> InputFace:
    value = value_at(sheet.document, name)
    offered = name in sheet.offered
    options = _offered(value, sheet.offered[name]) if offered else _options(one, value, sheet.vocabulary)
    return InputFace(
        name=name, id=id_of(name), kind="checkbox" if offered else CONTROLS.get(one.kind, one.kind), label=_label(one, spec),
        lang=one.lang, autocomplete=one.autocomplete, value=_written(value), options=options,
        many=offered or one.kind == "codes", more=offered,
        findings=tuple(found for found in sheet.findings if found.pointer == name),
    )  # fmt: skip


CONTROLS = {"codes": "checkbox", "lines": "area", "flag": "select", "funder": "select", "number": "number"}
"""Kinds of a profile's inputs that are shown by another control."""


def _label(one: Input, spec: FieldSpec) -> Text:
    """The input's label; beside the field's own label where it only names a language."""
    return one.label if one.label else spec.label


def _options(one: Input, value: Any, vocabulary: Vocabularies) -> tuple[Option, ...]:
    if not one.vocabulary:
        return ()
    terms = vocabulary(one.vocabulary)
    chosen = _chosen(one.kind, value, terms)
    told = tuple(Option(code=term.code, label=term.label, chosen=term.code in chosen) for term in terms)
    unknown = sorted(code for code in chosen if code and code not in terms)
    return told + tuple(Option(code=code, label=Text({"ja": code, "en": code}), chosen=True) for code in unknown)


def _offered(value: Any, offered: tuple[tuple[str, Text], ...]) -> tuple[Option, ...]:
    chosen = [str(one) for one in value] if isinstance(value, list) else []
    known = {code for code, _ in offered}
    told = tuple(Option(code=code, label=label, chosen=code in chosen) for code, label in offered)
    return told + tuple(Option(code=code, label=Text({"ja": code, "en": code}), chosen=True) for code in chosen if code not in known)


def _chosen(kind: str, value: Any, terms: Vocabulary) -> set[str]:
    if kind == "funder":
        found = funder_term(value, terms)
        return {found.code} if found else set()
    if kind == "flag":
        return {code_of_flag(value, terms)} - {""}
    if isinstance(value, list):
        return {str(each.get("code") if isinstance(each, Mapping) else each) for each in value}
    return {_written(value)} - {""}


def code_of_flag(value: Any, terms: Vocabulary) -> str:
    """The vocabulary's code for true or false: its last term stands for true."""
    codes = [term.code for term in terms]
    return "" if not isinstance(value, bool) or not codes else codes[-1] if value else codes[0]


def funder_term(value: Any, terms: Vocabulary) -> Term | None:
    """The term of the list of funders that a ``funder`` object means, by its e-Rad code, else its ROR."""
    if not isinstance(value, Mapping):
        return None
    code, ror = str(value.get("erad_code") or ""), str(value.get("ror") or "").rsplit("/", 1)[-1]
    for term in terms:
        own = term.extra.get("ror", "").rsplit("/", 1)[-1]
        if (code and term.extra.get("erad_code") == code) or (ror and own == ror):
            return term
    return None


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, "g")
    if isinstance(value, list):
        return "\n".join(str(each) for each in value if not isinstance(each, Mapping | list))
    return "" if value is None or isinstance(value, Mapping) else str(value)


def names(faces: tuple[SectionFace, ...]) -> list[str]:
    """Every input name that a form shows."""
    found = []
    for section in faces:
        for one in section.fields:
            found += [each.name for each in one.inputs]
            found += [each.name for item in one.items for each in item.inputs]
    return found
