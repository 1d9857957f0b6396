"""What maDMP has no words for, in ``"extension": [{"izumi": {…}}]`` of ``dmp`` and of each dataset.

The standard leaves further members open; the form of the list is DMPRoadmap's (an object per system, named by it). The
block holds ``plan`` or ``entry`` (a JSON merge patch over what the standard's own members say), ``added`` (members that
were filled from elsewhere: the record, the project, or because the standard requires them) and ``unmapped`` of other
forms. Where another system has changed the standard's members since, these win over the patch.

Source: rda-madmp-1.2, dmproadmap-extension, rfc-7396.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel.errors import Invalid
from izumi.plans.document import shape_head
from izumi.plans.forms.madmp.keeping import Path, at, same, tokens, without
from izumi.plans.forms.madmp.words import Node
from izumi.profiles.rules import merge_patch, shape_entry

NAME = "izumi"
VERSION = "1"
MOST_PARTS = 400
FORBIDDEN = frozenset({"id", "project", "version", "state", "revision", "entries", "unmapped", "record", "records"})
"""Members that no file may bring."""


@dataclass(frozen=True, slots=True)
class Extension:
    """What our block says."""

    patch: Node = field(default_factory=dict)
    added: Node = field(default_factory=dict)
    unmapped: tuple[Node, ...] = ()


def split(node: Node, member: str) -> tuple[Extension, Node]:
    """Our block, and the object without it. ``member`` is ``plan`` or ``entry``."""
    many = node.get("extension")
    if not isinstance(many, list):
        return Extension(), node
    mine = next((one for one in many if _is_ours(one)), None)
    if mine is None:
        return Extension(), node
    others = [one for one in many if one is not mine]
    rest = {name: value for name, value in node.items() if name != "extension" or others}
    if others:
        rest["extension"] = others
    told = mine[NAME]
    patch, added, unmapped = told.get(member), told.get("added"), told.get("unmapped")
    return Extension(
        patch=patch if isinstance(patch, dict) else {},
        added=added if isinstance(added, dict) else {},
        unmapped=tuple(one for one in unmapped if _is_unmapped(one)) if isinstance(unmapped, list) else (),
    ), rest


def _is_ours(told: Any) -> bool:
    return isinstance(told, dict) and set(told) == {NAME} and isinstance(told[NAME], dict) and told[NAME].get("version") == VERSION


def _is_unmapped(told: Any) -> bool:
    return isinstance(told, dict) and isinstance(told.get("format"), str) and isinstance(told.get("path"), str)


def attached(node: Node, member: str, told: Extension) -> Node:
    """The object with our block last, if there is anything to say."""
    block: Node = {name: value for name, value in ((member, told.patch), ("added", told.added)) if value}
    if told.unmapped:
        block["unmapped"] = list(told.unmapped)
    if not block:
        return node
    others = node.get("extension")
    return {**node, "extension": [*(others if isinstance(others, list) else []), {NAME: {"version": VERSION, **block}}]}


def unadded(node: Node, added: Node) -> tuple[Node, tuple[Path, ...]]:
    """The object without the members that were added from elsewhere and still say the same, and which these were."""
    gone = tuple(path for name, value in added.items() if (path := tokens(name)) and same(at(node, path), value))
    return stripped(node, gone), gone


def stripped(node: Node, paths: tuple[Path, ...]) -> Node:
    """The object without these places; the last first, so that numbers keep their meaning."""
    for path in sorted(paths, key=lambda one: [token.zfill(6) for token in one], reverse=True):
        node = without(node, path)
    return node


def patch_between(before: Any, after: Node) -> Node:
    """The merge patch that makes ``after`` of ``before``."""
    before = before if isinstance(before, dict) else {}
    patch: Node = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if name not in before or not (isinstance(value, dict) and isinstance(old, dict)):
            if name not in before or not same(old, value):
                patch[name] = value
        elif inner := patch_between(old, value):
            patch[name] = inner
    return patch


def merged(base: Node, patch: Node, agrees: Callable[[Node], bool]) -> tuple[Node, tuple[Path, ...]]:
    """What our own members say beside the standard's, and which of them no longer agree with these."""
    if not patch:
        return base, ()
    try:
        whole = merge_patch(base, patch)
    except Invalid:
        return base, ((),)
    if agrees(whole):
        return whole, ()
    refused = []
    for number, (path, value) in enumerate(_parts(patch)):
        candidate = merge_patch(base, _nested(path, value))
        if number < MOST_PARTS and agrees(candidate):
            base = candidate
        else:
            refused.append(path)
    return base, tuple(refused)


def _parts(patch: Node, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, value in patch.items():
        if isinstance(value, dict) and value:
            yield from _parts(value, (*path, name))
        else:
            yield (*path, name), value


def _nested(path: Path, value: Any) -> Any:
    return {path[0]: _nested(path[1:], value)} if path else value


# -- what comes from outside must have the shape of a plan -------------------------------------------------------------


def is_plan(document: Any) -> bool:
    """Whether the head of a plan has only its own members, each of its JSON type."""
    return _has_shape(document, shape_head)


def is_entry(document: Any) -> bool:
    """Whether an entry has the shape of one."""
    return _has_shape(document, shape_entry)


def _has_shape(document: Any, shape: Callable[[Node], Any]) -> bool:
    if not isinstance(document, dict) or FORBIDDEN & set(document):
        return False
    try:
        shape(document)
    except Invalid:
        return False
    return True
