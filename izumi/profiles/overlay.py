"""Several packs as one: a later pack may say more about an item of an earlier one, at the same place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from izumi.profiles.types import FieldSpec, Obligation, Pack

STRONGER = (Obligation.SYSTEM, Obligation.REQUIRED, Obligation.CONDITIONAL, Obligation.OPTIONAL)


def merged(packs: Sequence[Pack]) -> tuple[tuple[Pack, tuple[FieldSpec, ...]], ...]:
    """Each pack with its fields; what a later pack says about a place of an earlier one is told there, once."""
    found: dict[str, tuple[int, FieldSpec]] = {}
    for place, pack in enumerate(packs):
        for one in pack.fields:
            before = found.get(one.pointer)
            found[one.pointer] = (before[0], overlaid(before[1], one)) if before else (place, one)
    told: list[list[FieldSpec]] = [[] for _ in packs]
    for place, one in found.values():
        told[place].append(one)
    return tuple((pack, tuple(fields)) for pack, fields in zip(packs, told, strict=True))


def fields_of(packs: Sequence[Pack]) -> tuple[FieldSpec, ...]:
    """All fields of these packs, each place once."""
    return tuple(one for _, fields in merged(packs) for one in fields)


def overlaid(before: FieldSpec, after: FieldSpec) -> FieldSpec:
    """The item with the words of the later pack, the stronger obligation and the rules of both.

    Its place on the form, its inputs and its column stay.
    """
    return replace(
        before,
        label=after.label,
        help=after.help or before.help,
        obligation=min(before.obligation, after.obligation, key=STRONGER.index),
        condition=after.condition or before.condition,
        rules=tuple(dict.fromkeys((*before.rules, *after.rules))),
        default=before.default if after.default is None else after.default,
        essential=before.essential or after.essential,
        source=after.source or before.source,
    )
