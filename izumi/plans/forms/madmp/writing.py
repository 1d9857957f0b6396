"""A plan as maDMP 1.2: what it says, what was kept of a file it came from, what is known around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from izumi.formats.rules import difference
from izumi.kernel.contracts import Loss
from izumi.kernel.days import day_of
from izumi.plans.forms.madmp import extension, facts
from izumi.plans.forms.madmp.keeping import FORMAT, FORMAT_JSON, MISSING, Kept, kept_from, value_of, woven
from izumi.plans.forms.madmp.plan import frame_of
from izumi.plans.forms.madmp.reading import DIGEST, OUTSIDE, Level, core, digest, entry_level, head_level, read
from izumi.plans.forms.madmp.words import Frame, Node, code_of, day, nodes, tag_of
from izumi.plans.forms.types import Entry, PlanPackage


def write(told: PlanPackage) -> dict[str, Any]:
    """The plan as a maDMP that its official schema accepts.

    A plan that was read from maDMP and not changed since gives the file again. Pure; an entry that has a record behind
    it tells the record's day, address, size and access.

    Source: rda-madmp-1.2.
    """
    kept = _kept(told.document)
    changed = _value(told.document, DIGEST, "") != digest(told.document)
    frame = _frame(told, kept, changed)
    head = _head(told, kept, frame, changed)
    head["dataset"] = [_dataset(entry, told, frame) for entry in told.entries]
    return {**_outside(told.document), "dmp": head}


def losses(told: PlanPackage) -> tuple[Loss, ...]:
    """What does not come back when the written file is read again, measured; pointers into the plan document."""
    again = read(write(told)).document
    found = list(difference(core(told.document), core(again)))
    for number, entry in enumerate(told.entries):
        found += difference(core(entry), core(again["entries"][number]), f"/entries/{number}")
    return tuple(found)


# -- what was kept ---------------------------------------------------------------------------------------------------


def _lines(document: Node) -> list[Node]:
    return [one for one in nodes(document.get("unmapped")) if isinstance(one.get("format"), str) and isinstance(one.get("path"), str)]


def _kept(document: Node) -> tuple[Kept, ...]:
    return tuple(kept for one in _lines(document) if (kept := kept_from(one)) is not None)


def _others(document: Node) -> tuple[Node, ...]:
    return tuple(one for one in _lines(document) if one["format"] not in (FORMAT, FORMAT_JSON, DIGEST))


def _outside(document: Node) -> Node:
    return {
        one["path"].removeprefix(OUTSIDE): value
        for one in _lines(document)
        if one["path"].startswith(OUTSIDE) and one["path"] != OUTSIDE + "dmp" and (value := value_of(one)) is not MISSING
    }


def _value(document: Node, kind: str, path: str) -> Any:
    return next((one.get("value") for one in _lines(document) if one["format"] == kind and one["path"] == path), None)


def _frame(told: PlanPackage, kept: tuple[Kept, ...], changed: bool) -> Frame:
    """An unchanged plan speaks as of the day of its file, another as of its last change."""
    code = code_of(told.document.get("language")) or "jpn"
    was: Mapping[str, Any] = {one.path[0]: one.value for one in kept if len(one.path) == 1}
    if not changed:
        return frame_of({**was, "language": code})
    on = day_of(told.modified).isoformat()
    since = day(str(was.get("created") or "")[:10]) or day_of(told.created).isoformat()
    return Frame(lang=tag_of(code), on=on, since=min(since, on))


# -- the two levels --------------------------------------------------------------------------------------------------


def _head(told: PlanPackage, kept: tuple[Kept, ...], frame: Frame, changed: bool) -> Node:
    level = head_level(frame)
    document = core(told.document)
    if kept and document.get("form") == "common":
        del document["form"]  # the site's default says nothing about a plan that came from elsewhere
    stays = tuple(one for one in kept if not (changed and one.path == ("modified",)))
    written = level.writes(document)
    node = woven(written, stays, level.means(document, written))
    node, added = facts.whole_plan(node, told, frame, changed)
    return _finished(node, added, document, level, _others(told.document))


def _dataset(entry: Entry, told: PlanPackage, frame: Frame) -> Node:
    level = entry_level(frame)
    document = core(entry)
    written = level.writes(document)
    node = woven(written, _kept(entry), level.means(document, written))
    node, added = facts.whole_dataset(node, entry, told, frame)
    return _finished(node, added, document, level, _others(entry))


def _finished(node: Node, added: Node, document: Node, level: Level, others: tuple[Node, ...]) -> Node:
    """The object with our block for what the rest of it does not say."""
    plain, _ = extension.unadded(node, added)
    patch = extension.patch_between(level.reads(plain), document)
    return extension.attached(node, level.member, extension.Extension(patch=patch, added=added, unmapped=others))
