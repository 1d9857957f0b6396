"""Whether a document has the right members of the right JSON types, told in words with exact JSON Pointers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.profiles.document import MetadataDocument, PlanEntry
from izumi.profiles.patch import MAX_DEPTH, too_deep
from izumi.profiles.pointers import child, join
from izumi.profiles.types import Document

MAX_DOCUMENT_BYTES = 2_000_000
"""A whole document; faces refuse a larger body before reading it."""
MAX_TEXT_BYTES = 200_000
"""One text."""
MAX_SHAPE_FINDINGS = 100
SYSTEM_KEPT = (("posted_on",), ("updated_on",), ("size", "bytes"), ("size", "files"))
ENTRY_KEPT = (*SYSTEM_KEPT, ("record",), ("records",))
ALLOWED_CONTROLS = frozenset("\t\n\r")


def shape(document: Any) -> tuple[Document, tuple[Finding, ...]]:
    """The document without members that the system keeps and without ``null``, and warnings about the former.

    Raises `Invalid` with every fault of shape: unknown member, wrong JSON type, a text above ``MAX_TEXT_BYTES``, a
    document above ``MAX_DOCUMENT_BYTES``. Values are not converted or normalised.

    Source: izumi-document.
    """
    return _shaped(document, MetadataDocument, SYSTEM_KEPT)


def shape_entry(entry: Any, *, at: str = "") -> tuple[Document, tuple[Finding, ...]]:
    """The same for an entry of a plan: a partial document with ``id``, ``planned`` and ``unmapped``.

    ``record`` and ``records``, which answers add, are dropped with a warning. ``at`` (``/entries/3``) stands before the
    pointers of all findings, those of `Invalid` too.

    Source: izumi-document.
    """
    try:
        kept, warnings = _shaped(entry, PlanEntry, ENTRY_KEPT)
    except Invalid as error:
        raise Invalid(_below(at, error.findings)) from None
    return kept, _below(at, warnings)


def _below(at: str, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(replace(one, pointer=at + one.pointer) for one in found)


def _shaped(
    document: Any, model: type[MetadataDocument], system_kept: tuple[tuple[str, ...], ...]
) -> tuple[Document, tuple[Finding, ...]]:
    if not isinstance(document, dict):
        raise Invalid(_finding("shape-type", (), expected("mapping")))
    faults = _Walk()
    cleaned = faults.cleaned(document, ())
    if faults.bytes > MAX_DOCUMENT_BYTES:
        whole = _finding("document-too-large", (), _too_large("文書全体", "The document", MAX_DOCUMENT_BYTES))
        raise Invalid((*faults.found[:MAX_SHAPE_FINDINGS], whole))
    kept, warnings = without_system_kept(cleaned, system_kept)
    if faults.found:
        raise Invalid(tuple(faults.found[:MAX_SHAPE_FINDINGS]))
    try:
        model.model_validate(kept)
    except ValidationError as error:
        raise Invalid(tuple(_told(error, kept))) from None
    return kept, warnings


def without_system_kept(
    document: Document, paths: tuple[tuple[str, ...], ...] = SYSTEM_KEPT
) -> tuple[Document, tuple[Finding, ...]]:
    """The document without the members that the system keeps, with a warning for each that was there."""
    kept, warnings = dict(document), []
    for path in paths:
        holder = kept if len(path) == 1 else kept.get(path[0])
        if isinstance(holder, dict) and path[-1] in holder:
            trimmed = {name: value for name, value in holder.items() if name != path[-1]}
            kept = trimmed if len(path) == 1 else _replaced(kept, path[0], trimmed)
            warnings.append(_kept_by_system(path))
    return kept, tuple(warnings)


def _replaced(document: Document, name: str, value: Document) -> Document:
    if value:
        return {**document, name: value}
    return {key: inner for key, inner in document.items() if key != name}


def _kept_by_system(path: tuple[str, ...]) -> Finding:
    return Finding(
        rule="system-kept",
        severity=Severity.WARNING,
        pointer=join(path),
        message=both(
            "この項目はシステムが記録するため、送られた値は使いません。",
            "The system keeps this item; the value that was sent is not used.",
        ),
        source="izumi-document",
    )


class _Walk:
    """One pass over untrusted JSON: drops ``null``, counts bytes, finds texts that no format can carry."""

    def __init__(self) -> None:
        self.bytes = 0
        self.found: list[Finding] = []

    def cleaned(self, value: Any, path: tuple[object, ...]) -> Any:
        """The value without ``null`` members."""
        if len(path) > MAX_DEPTH:
            raise too_deep(_pointer(path[:MAX_DEPTH]))
        self.bytes += 2
        if isinstance(value, str):
            self._look_at(value, path)
            return value
        if isinstance(value, dict):
            told = {name: inner for name, inner in value.items() if inner is not None}
            return {self._key(name, path): self.cleaned(inner, (*path, name)) for name, inner in told.items()}
        if isinstance(value, list):
            return [self.cleaned(inner, (*path, index)) for index, inner in enumerate(value)]
        if isinstance(value, int | float) and not abs(value) < LARGEST:  # neither NaN nor infinity is smaller
            self.found.append(_finding("shape-number", path, NUMBER))
        return value

    def _key(self, name: object, path: tuple[object, ...]) -> str:
        text = str(name)
        self._look_at(text, (*path, text[:80]))
        return text

    def _look_at(self, text: str, path: tuple[object, ...]) -> None:
        self.bytes += len(text)
        if len(text) > MAX_TEXT_BYTES:
            self.found.append(_finding("text-too-long", path, _too_large("この項目", "This text", MAX_TEXT_BYTES)))
            return
        if text.isascii() and text.isprintable():
            return
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            self.found.append(_finding("text-not-unicode", path, NOT_UNICODE))
            return
        self.bytes += size - len(text)
        if size > MAX_TEXT_BYTES:
            self.found.append(_finding("text-too-long", path, _too_large("この項目", "This text", MAX_TEXT_BYTES)))
        elif any((letter < " " and letter not in ALLOWED_CONTROLS) or letter in "\x7f\ufffe\uffff" for letter in text):
            self.found.append(_finding("text-control-character", path, CONTROL))


NOT_UNICODE = both("文字として読めないデータが含まれています。", "This contains something that is not a character.")
CONTROL = both(
    "画面に表示できない制御文字が含まれています。貼り付け元を確かめて、取り除いてください。",
    "This contains control characters that cannot be shown. Check where it was copied from and remove them.",
)
UNKNOWN = both(
    "この名前の項目はありません。つづりを確かめてください。",
    "There is no member of this name. Check its spelling.",
)
LANGUAGE_TAG = both(
    "言語の名前として正しくありません。ja、en、ja-Kana のように書いてください。",
    "This is not a language tag. Write ja, en, ja-Kana and the like.",
)
NUMBER = both("有限の数にしてください。", "This must be a finite number.")
LARGEST = 2**63
"""Numbers from here on are carried by no format and no answer."""
KINDS: Mapping[str, tuple[str, str]] = {
    "mapping": ("オブジェクト（{ … }）", "an object ({ … })"),
    "list": ("配列（[ … ]）", "an array ([ … ])"),
    "string": ("文字列", "a string"),
    "boolean": ("true または false ", "true or false"),
    "number": ("数", "a number"),
    "integer": ("整数", "an integer"),
}
TYPES: Mapping[str, str] = {
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "dict_type": "mapping",
    "list_type": "list",
    "string_type": "string",
    "bool_type": "boolean",
    "bool_parsing": "boolean",
    "float_type": "number",
    "float_parsing": "number",
    "int_type": "integer",
    "int_parsing": "integer",
    "int_from_float": "integer",
}


def expected(kind: str) -> Text:
    """What to say where a value must be of this JSON type."""
    ja, en = KINDS[kind]
    return both(f"値の型が違います。{ja}にしてください。", f"The value has the wrong type; it must be {en}.")


def _too_large(ja: str, en: str, limit: int) -> Text:
    return both(
        f"{ja}が大きすぎます（{limit // 1000:,} kB まで）。長い内容はファイルとして登録してください。",
        f"{en} is too large (at most {limit // 1000:,} kB). Put long content into a file.",
    )


def _finding(rule: str, path: tuple[object, ...], message: Text) -> Finding:
    return Finding(rule=rule, severity=Severity.ERROR, pointer=_pointer(path), message=message, source="izumi-document")


def _pointer(path: tuple[object, ...]) -> str:
    """The pointer of a place; a name that is no text must not spoil the answer that speaks of it."""
    return join(path).encode("utf-8", "replace").decode()


def _told(error: ValidationError, document: Document) -> Iterator[Finding]:
    """pydantic's faults in our words; one finding per place."""
    seen: set[tuple[str, str]] = set()
    for detail in error.errors(include_url=False, include_input=False)[:MAX_SHAPE_FINDINGS]:
        finding = _translated(detail, document)
        if (finding.rule, finding.pointer) not in seen:
            seen.add((finding.rule, finding.pointer))
            yield finding


def _translated(detail: ErrorDetails, document: Document) -> Finding:
    kind, path = detail["type"], _path(detail["loc"], document)
    if kind == "extra_forbidden":
        return _finding("shape-unknown-member", path, UNKNOWN)
    if detail["loc"][-1] == "[key]":
        return _finding("shape-language", path, LANGUAGE_TAG)
    if kind == "value_error":
        return _finding("shape-number", path, NUMBER)
    return _finding("shape-type", path, expected(TYPES.get(kind, "mapping")))


def _path(location: tuple[int | str, ...], document: Document) -> tuple[object, ...]:
    """The members that really are in the document: pydantic also names its own choices («parts», ``[key]``)."""
    value: Any = document
    path: list[object] = []
    for token in location:
        if token == "[key]" or (isinstance(token, str) and token.startswith("«")):  # noqa: S105
            continue
        path.append(token)
        value = child(value, str(token))
    return tuple(path)
