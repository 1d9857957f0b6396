"""The deposit form as a page shows it: a profile's form, the document's values and what the rules say, joined.

Pure: no request, no database. Names of inputs are JSON Pointers, so that ``records.form`` can read them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel.findings import Finding
from izumi.kernel.text import Text
from izumi.profiles.types import FieldSpec, Form, Input, Obligation, Shown, Vocabulary
from izumi.records.form import parts_of, pointer_of, value_at

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

    @property
    def wrong(self) -> bool:
        """Whether something in it blocks publishing."""
        return any(found.blocks for found in self.findings)


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
        filled=filled or value not in BLANK,
    )  # fmt: skip


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
    chosen = {str(each) for each in value} if isinstance(value, list) else {_written(value)}
    options: tuple[Option, ...] = ()
    if one.vocabulary:
        terms = sheet.vocabulary(one.vocabulary)
        options = tuple(Option(code=term.code, label=term.label, chosen=term.code in chosen) for term in terms)
        unknown = sorted(code for code in chosen if code and code not in terms)
        options += tuple(Option(code=code, label=Text({"ja": code, "en": code}), chosen=True) for code in unknown)
    return InputFace(
        name=name, id=id_of(name), kind=one.kind, label=one.label, lang=one.lang, autocomplete=one.autocomplete,
        value=_written(value), options=options, many=one.kind == "checkbox" and bool(one.vocabulary),
        findings=tuple(found for found in sheet.findings if found.pointer == name),
    )  # fmt: skip


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(str(each) for each in value)
    return "" if value is None or isinstance(value, Mapping) else str(value)


def kinds(form: Form) -> dict[str, str]:
    """How the posted values of each input are to be read, by pattern (see ``records.form.units``)."""
    told: dict[str, str] = {}
    for spec in form.fields:
        for one in spec.inputs:
            name = absolute(one.pointer, f"{spec.pointer}/*")
            if one.kind == "checkbox":
                told[pattern(name)] = "many" if one.vocabulary else "flag"
    return told


def pattern(name: str) -> str:
    """The pattern of a name: list indexes written ``*``."""
    return pointer_of("*" if part.isdigit() else part for part in parts_of(name))


def names(faces: tuple[SectionFace, ...]) -> list[str]:
    """Every input name that a form shows."""
    found = []
    for section in faces:
        for one in section.fields:
            found += [each.name for each in one.inputs]
            found += [each.name for item in one.items for each in item.inputs]
    return found
