"""What changed between two documents of a plan: entries added, taken out, and items changed, in words. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from izumi.kernel.text import Text, both
from izumi.plans.pages import amounts
from izumi.profiles import queries as profiles

Document = Mapping[str, Any]
SILENT = frozenset({"id", "record", "records", "unmapped"})
"""Members of an entry that say nothing to a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One item that says something else."""

    label: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """One entry that was added, taken out or changed; ``kind`` names which."""

    kind: str
    number: str
    title: Text
    items: tuple[Change, ...] = ()


def between(before: Document, after: Document) -> dict[str, Any]:
    """The items of the plan itself that differ, and the entries that do."""
    old, new = ({str(one.get("id")): one for one in doc.get("entries") or () if isinstance(one, dict)} for doc in (before, after))
    changed = [_changed(old[key], new[key]) for key in new if key in old]
    return {
        "plan": tuple(items({k: v for k, v in before.items() if k != "entries"}, {k: v for k, v in after.items() if k != "entries"})),
        "entries": [
            *(_whole("added", new[key]) for key in new if key not in old),
            *(one for one in changed if one.items),
            *(_whole("removed", old[key]) for key in old if key not in new),
        ],
    }  # fmt: skip


def _whole(kind: str, entry: Document, found: tuple[Change, ...] = ()) -> EntryChange:
    return EntryChange(kind=kind, number=str(entry.get("data_number") or ""), title=Text(texts(entry.get("title"))), items=found)


def _changed(before: Document, after: Document) -> EntryChange:
    return _whole("changed", after, tuple(items(before, after)))


def texts(value: Any) -> dict[str, str]:
    """The strings of a multilingual value."""
    return {key: one for key, one in value.items() if isinstance(one, str)} if isinstance(value, Mapping) else {}


def items(before: Document, after: Document) -> Iterator[Change]:
    """Every item that differs, by its pointer, with its label and both values in words."""
    old, new = dict(leaves(before)), dict(leaves(after))
    for pointer in [*old, *(key for key in new if key not in old)]:
        if old.get(pointer) != new.get(pointer):
            yield Change(label=label_of(pointer), before=said(pointer, old.get(pointer)), after=said(pointer, new.get(pointer)))


def leaves(document: Document, at: str = "") -> Iterator[tuple[str, Any]]:
    """Pointer and value of everything outside of lists; a list is one value."""
    for key, value in document.items():
        pointer = f"{at}/{key}"
        if not at and key in SILENT:
            continue
        if isinstance(value, Mapping):
            yield from leaves(value, pointer)
        elif value not in (None, "", []):
            yield pointer, value


SIDES: Mapping[str, Text] = {"ja": both("日本語", "Japanese"), "en": both("英語", "English")}
OWN: Mapping[str, Text] = {
    "/planned/register_by": both("登録の期日", "Register by"),
    "/planned/publish_on": both("公開（予定）日", "Publish on"),
    "/planned/size_bytes": both("量", "Amount"),
    "/planned/responsible": both("担当者", "Responsible person"),
    "/planned/editors": both("書ける人", "Who may write"),
    "/next_review_on": both("次の見直し", "Next review"),
    "/contact/name": both("問い合わせ先", "Contact"),
    "/contact/email": both("問い合わせ先のメール", "E-mail of the contact"),
    "/title": both("名称", "Title"),
    "/description": both("説明", "Description"),
    "/language": both("言語", "Language"),
    "/form": both("様式", "Form"),
}
"""Items that no profile describes."""


def label_of(pointer: str) -> Text:
    """The item at a pointer in words; the side of a bilingual one in brackets."""
    head, _, tail = pointer.rpartition("/")
    if tail in SIDES and head:
        return Text({lang: f"{label_of(head).one(lang)}（{SIDES[tail].one(lang)}）" for lang in ("ja", "en")})
    if pointer in OWN:
        return OWN[pointer]
    return profiles.label(pointer) or Text({"ja": pointer, "en": pointer})


def said(pointer: str, value: Any) -> str:
    """A value as it is read."""
    if value is None:
        return ""
    if pointer == "/planned/size_bytes" and isinstance(value, int):
        return amounts.written(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
