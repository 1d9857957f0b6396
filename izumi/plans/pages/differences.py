"""What changed between two states of a plan, item by item in words. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from izumi.kernel.text import Text, both
from izumi.plans.pages import amounts
from izumi.profiles import queries as profiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One item that says something else."""

    label: Text
    before: str
    after: str


def changes(found: Iterable[Any]) -> tuple[Change, ...]:
    """Differences (``pointer``, ``before``, ``after``) as items; an object that came or went is told member by member."""
    return tuple(
        Change(label=label_of(pointer), before=said(pointer, before), after=said(pointer, after))
        for one in found
        for pointer, before, after in _spread(one.pointer, one.before, one.after)
        if pointer.split("/")[1] not in SILENT
    )


def _spread(pointer: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    if not isinstance(before, Mapping) and not isinstance(after, Mapping):
        yield pointer, before, after
        return
    old, new = (one if isinstance(one, Mapping) else {} for one in (before, after))
    for name in {**old, **new}:
        yield from _spread(f"{pointer}/{name}", old.get(name), new.get(name))


SILENT = frozenset({"id", "record", "records", "unmapped"})
"""Members that say nothing to a reader."""
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
