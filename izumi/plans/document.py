"""The plan document: which members there are, identifiers of its entries, and merging of changes. Pure.

Everything is optional; only a wrong JSON type or an unknown member is a fault of shape. Entries are partial metadata
documents and are judged by the room of profiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.plans.types import Document
from izumi.profiles import rules as shapes

MAX_ENTRIES = 5_000
MAX_FAULTS = 100
SYSTEM_KEPT = ("id", "project", "form", "version", "state", "revision")
"""Members that answers carry and the plan itself keeps; a document that was read and is sent back is no mistake."""

_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
Text = dict[Annotated[str, StringConstraints(pattern=_TAG)], str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Identifier(_Part):
    scheme: str | None = None
    value: str | None = None
    uri: str | None = None
    primary: bool | None = None


class _Affiliation(_Part):
    name: Text | None = None
    ror: str | None = None
    identifiers: list[_Identifier] | None = None


class _Agent(_Part):
    name: Text | str | None = None
    email: str | None = None
    organisation: Text | str | bool | None = None
    affiliations: list[_Affiliation] | None = None
    identifiers: list[_Identifier] | None = None
    roles: list[str] | None = None
    phone: str | None = None
    address: Text | None = None
    url: str | None = None


class _Ethics(_Part):
    exists: str | None = None
    description: Text | None = None
    report: str | None = None


class _Cost(_Part):
    title: Text | str | None = None
    description: Text | str | None = None
    currency: str | None = None
    value: int | float | None = None


class _Unmanaged(_Part):
    exists: bool | None = None
    note: Text | str | None = None


class _Unmapped(_Part):
    format: str | None = None
    path: str | None = None
    value: Any = None


class _Relation(_Part):
    relation: str | None = None
    scheme: str | None = None
    identifier: str | None = None
    kind: str | None = None
    evidence: str | None = None


class _Head(_Part):
    title: Text | None = None
    description: Text | None = None
    language: str | None = None
    contact: _Agent | None = None
    contributors: list[_Agent] | None = None
    ethics: _Ethics | None = None
    costs: list[_Cost] | None = None
    identifiers: list[_Identifier] | None = None
    relations: list[_Relation] | None = None
    unmanaged: _Unmanaged | None = None
    next_review_on: str | None = None
    unmapped: list[_Unmapped] | None = None


def fault(rule: str, pointer: str, ja: str, en: str, *, fix: tuple[str, str] | None = None, source: str = "izumi-plan") -> Finding:
    """One fault of shape."""
    return Finding(
        rule=rule, severity=Severity.ERROR, pointer=pointer, message=both(ja, en), source=source, fix=both(*fix) if fix else None
    )


def shape_head(head: Any) -> Document:
    """The document's own members – everything but its entries – without ``null``. Raises `Invalid` with every fault."""
    if not isinstance(head, dict):
        raise Invalid(fault("shape-type", "", "計画は JSON のオブジェクト（{ … }）です。", "A plan is a JSON object ({ … })."))
    kept = {name: value for name, value in head.items() if name not in (*SYSTEM_KEPT, "entries")}
    cleaned = _cleaned(kept)
    try:
        _Head.model_validate(cleaned)
    except ValidationError as wrong:
        raise Invalid(_told(wrong, cleaned)) from None
    return cleaned


def _cleaned(head: Document) -> Document:
    """Without ``null``; texts that no format can carry and too deep nesting are refused as in metadata."""
    inside = "/unmapped/0/value"
    try:
        walked, _ = shapes.shape_entry({"unmapped": [{"value": head}]})
    except Invalid as wrong:
        raise Invalid(replace(f, pointer=f.pointer.removeprefix(inside)) for f in wrong.findings) from None
    value = walked["unmapped"][0].get("value")
    return value if isinstance(value, dict) else {}


_UNKNOWN = ("この名前の項目はありません。つづりを確かめてください。", "There is no member of this name. Check its spelling.")
_TYPE = ("値の型または書き方が違います。", "The value has the wrong type or form.")


def _told(wrong: ValidationError, document: Document) -> Iterable[Finding]:
    """pydantic's faults in our words; one finding per place."""
    seen: set[str] = set()
    for error in wrong.errors(include_url=False, include_input=False):
        pointer = _pointer(error["loc"], document)
        if pointer in seen or len(seen) >= MAX_FAULTS:
            continue
        seen.add(pointer)
        unknown = error["type"] == "extra_forbidden"
        yield fault("shape-unknown-member" if unknown else "shape-type", pointer, *(_UNKNOWN if unknown else _TYPE))


def _pointer(location: Iterable[int | str], document: Any) -> str:
    """The members that really are in the document: pydantic also names the branches of its own choices."""
    value, pointer = document, ""
    for step in location:
        inside = isinstance(value, dict) and step in value
        if inside or (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            value = value[step]
            pointer += "/" + str(step).replace("~", "~0").replace("/", "~1")
    return pointer


def shape_entries(entries: Any, *, first: int = 0) -> tuple[list[Document], tuple[Finding, ...]]:
    """Entries in their stored form, and warnings. Raises `Invalid` with the faults of all of them."""
    if not isinstance(entries, list):
        raise Invalid(fault("shape-type", "/entries", "entries は配列（[ … ]）にしてください。", "entries must be an array ([ … ])."))
    if len(entries) > MAX_ENTRIES:
        raise Invalid(too_many(len(entries)))
    kept: list[Document] = []
    told: list[Finding] = []
    faults: list[Finding] = []
    for place, entry in enumerate(entries, start=first):
        try:
            shaped, warnings = shapes.shape_entry(entry, at=f"/entries/{place}")
        except Invalid as wrong:
            faults.extend(wrong.findings)
            continue
        kept.append(shaped)
        told.extend(warnings)
    if faults:
        raise Invalid(faults[:MAX_FAULTS])
    return kept, tuple(told)


def records_named(entry: Any) -> tuple[list[str], Any]:
    """The records that a new entry names as its own, and the entry without them."""
    if not isinstance(entry, dict) or "records" not in entry:
        return [], entry
    told = entry["records"]
    named = [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
    return named, {name: value for name, value in entry.items() if name != "records"}


def too_many(count: int) -> Finding:
    """More entries than a plan can hold."""
    return fault(
        "plan-too-many-entries", "/entries",
        f"データが {count:,} 件あります。1 つの計画に入るのは {MAX_ENTRIES:,} 件までです。",
        f"There are {count:,} entries; a plan holds at most {MAX_ENTRIES:,}.",
        fix=("同じ種類のデータを 1 件にまとめるか、計画を分けてください。", "Join data of one kind into one entry, or split the plan."),
    )  # fmt: skip


def identified(entries: list[Document], known: Iterable[str], fresh: Callable[[], str]) -> list[Document]:
    """The entries with identifiers: those of ``known`` entries stay, new entries get fresh ones.

    Raises `Invalid` for an identifier that no entry of this plan has, and for one that stands twice.
    """
    allowed, seen, faults, kept = set(known), set[str](), [], []
    for place, entry in enumerate(entries):
        given = entry.get("id")
        if given is None:
            kept.append({"id": fresh(), **entry})
            continue
        pointer = f"/entries/{place}/id"
        if given not in allowed:
            faults.append(fault(
                "entry-id-foreign", pointer, "この計画にない id です。新しいデータの id は、システムが付けます。",
                "No entry of this plan has this id. The system gives new entries theirs.",
                fix=("id を消してください。", "Leave id out."),
            ))  # fmt: skip
        elif given in seen:
            faults.append(fault("entry-id-twice", pointer, "同じ id のデータが 2 件あります。", "Two entries have this id."))
        seen.add(given)
        kept.append(entry)
    if faults:
        raise Invalid(faults[:MAX_FAULTS])
    return kept


def merged(document: Document, patch: Document) -> Document:
    """The document with a merge patch (RFC 7396) applied; ``entries`` is a list and replaced as a whole."""
    result = shapes.merge_patch(document, patch)
    return result if isinstance(result, dict) else {}


def entries_of(document: Document) -> list[Document]:
    """The entries of a stored document."""
    found = document.get("entries")
    return found if isinstance(found, list) else []


def by_id(document: Document) -> dict[str, Document]:
    """The entries of a stored document by identifier."""
    return {str(entry.get("id")): entry for entry in entries_of(document)}


def changed_entries(before: Document, after: Document) -> list[str]:
    """Identifiers of entries that were added, changed or removed."""
    old, new = by_id(before), by_id(after)
    return [key for key in {**old, **new} if old.get(key) != new.get(key)]


def with_changes(document: Document, changes: Iterable[Any], fresh: Callable[[], str]) -> tuple[Document, dict[str, list[str]]]:
    """The document with changes of single entries: ``{"id", …patch}``, ``{"id", "remove": true}``, or a new entry without
    id; and the records that entries name as their own. Raises `Invalid` where an id is none of this plan's.
    """
    entries = [dict(entry) for entry in entries_of(document)]
    places = {str(entry.get("id")): place for place, entry in enumerate(entries)}
    removed: set[str] = set()
    answers: dict[str, list[str]] = {}
    for n, told in enumerate(changes):
        named, change = records_named(told)
        if not isinstance(change, dict):
            raise Invalid(fault("shape-type", f"/entries/{n}", "計画のデータの変更は { … } で書きます。", "A change of an entry is an object."))
        given = change.get("id")
        key = fresh() if given is None else str(given)
        if named:
            answers[key] = named
        if given is None:
            entries.append({**change, "id": key})
        elif key not in places:
            raise Invalid(fault("entry-id-foreign", f"/entries/{n}/id", "この計画にない id です。", "No entry of this plan has this id."))
        elif change.get("remove") is True:
            removed.add(key)
        else:
            entries[places[key]] = merged(entries[places[key]], change)
    return {**document, "entries": [entry for entry in entries if entry.get("id") not in removed]}, answers
