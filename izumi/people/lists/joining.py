"""Several rows of one project – one per institution or per year – become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from izumi.kernel.days import Day
from izumi.kernel.findings import Finding
from izumi.people import rules
from izumi.people.lists.types import Cell, Listed
from izumi.people.types import Number

Key = tuple[str, str]


def family_key(scheme: str, value: str) -> Key:
    """What makes two numbers the same: e-Rad's own ids are never a grant's number, however alike they look."""
    return ("e-Rad" if scheme == "e-Rad" else ""), rules.number_key(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What a list says about one project."""

    rows: tuple[Listed, ...]
    id: str
    numbers: tuple[Number, ...]
    title: Mapping[str, str]
    lead: Listed
    """The row of the leading organisation, else the first."""
    beside: tuple[tuple[int, Cell], ...] = field(default=())
    """Partner organisations with their rows."""
    starts_on: Day | None = None
    ends_on: Day | None = None

    @property
    def keys(self) -> frozenset[Key]:
        """The numbers by which the project is found."""
        return frozenset(family_key(one.scheme, one.value) for one in self.numbers)

    @property
    def newest(self) -> Listed:
        """The row of the newest fiscal year."""
        return max(self.rows, key=lambda one: (one.year or 0, -one.row))

    @property
    def findings(self) -> list[Finding]:
        """What the rows themselves are wrong about."""
        return [finding for one in self.rows for finding in one.findings]

    def leaders(self) -> list[tuple[int, Cell, str]]:
        """Who leads it: by the rows that say so, else by all; each number once, with row and name."""
        told = [one for one in self.rows if one.leader is not None and one.leads is not False]
        found = {one.leader.value: (one.row, one.leader, one.leader_name) for one in reversed(told) if one.leader}
        return list(found.values())


def joined(rows: Iterable[Listed]) -> list[Joined]:
    """Rows that share a number, directly or through others, in the order of their first ones."""
    groups: dict[int, list[Listed]] = {}
    owner: dict[object, int] = {}
    for n, row in enumerate(rows):
        keys: list[object] = [family_key(*one) for one in row.numbers if rules.number_key(one[1])]
        keys += [row.id] if row.id else []
        met = sorted({owner[key] for key in keys if key in owner})
        home = met[0] if met else n
        group = groups.setdefault(home, [])
        for other in met[1:]:
            group += groups.pop(other)
        group.append(row)
        if met[1:]:
            owner.update({key: home for key, at in owner.items() if at in met[1:]})
        owner.update(dict.fromkeys(keys, home))
    return [_one(sorted(groups[home], key=lambda one: one.row)) for home in sorted(groups)]


def _one(rows: list[Listed]) -> Joined:
    lead = next((one for one in rows if one.leading), next((one for one in rows if one.leading is None), rows[0]))
    newest = sorted(rows, key=lambda one: (-(one.year or 0), one.row))
    title = {lang: text for one in reversed(newest) for lang, text in one.title.items()}
    beside = [(one.row, one.organisation) for one in rows if one is not lead and one.organisation is not None]
    beside += [(one.row, cell) for one in rows for cell in one.partners]
    starts, ends = [one.starts_on for one in rows if one.starts_on], [one.ends_on for one in rows if one.ends_on]
    return Joined(
        rows=tuple(rows), id=next((one.id for one in rows if one.id), ""), numbers=_numbers(rows), title=title, lead=lead,
        beside=tuple(beside), starts_on=min(starts, default=None), ends_on=max(ends, default=None),
    )  # fmt: skip


def _numbers(rows: list[Listed]) -> tuple[Number, ...]:
    """Each number once; of several in one scheme the one of the newest year – else of the last row – is current."""
    first: dict[tuple[str, str], str] = {}
    years: dict[tuple[str, str], list[int]] = {}
    last: dict[str, tuple[int, int, tuple[str, str]]] = {}
    for one in rows:
        for scheme, value in one.numbers:
            key = (scheme, rules.number_key(value))
            first.setdefault(key, value)
            years.setdefault(key, []).extend([one.year] if one.year else [])
            last[scheme] = max(last.get(scheme, (0, 0, key)), (one.year or 0, one.row, key))
    several = {scheme for scheme, _ in first if sum(other == scheme for other, _ in first) > 1}
    return tuple(
        Number(
            scheme=key[0], value=value, current=last[key[0]][2] == key,
            from_fiscal_year=min(years[key], default=None) if key[0] in several else None,
            until_fiscal_year=max(years[key], default=None) if key[0] in several and last[key[0]][2] != key else None,
        )
        for key, value in first.items()
    )  # fmt: skip
