"""Which funder and programme the words of a list mean, and which of its numbers are news. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from izumi.people import rules
from izumi.people.lists.joining import Joined
from izumi.people.lists.types import Cell
from izumi.people.queries.lookups import Lookups, listed_funder
from izumi.people.types import Number

KAKENHI = {"ja": "科学研究費助成事業", "en": "Grants-in-Aid for Scientific Research (KAKENHI)"}
"""One programme for all 研究種目 of KAKEN, unless the site has registered them one by one."""
KAKENHI_CODE, KAKENHI_FUNDER = "KAKENHI", "1025"


@dataclass(frozen=True, slots=True, kw_only=True)
class Funder:
    """A funder that a list names: the organisation, where it is registered, and its line in the list of e-Rad."""

    id: str | None
    listed: Mapping[str, str] | None


@dataclass(slots=True, kw_only=True)
class Wanted:
    """A programme that is to be registered with the list."""

    title: Mapping[str, str]
    code: str
    funder: Funder | None


def funder_named(group: Joined, look: Lookups) -> tuple[Funder | None, Cell | None]:
    """The funder of the rows and the cell that names it; the funder is ``None`` where nobody is known by that word."""
    cells = [cell for row in group.rows for cell in row.funder]
    for cell in cells:
        found = _funder(cell.value.split("|")[0].strip(), look)
        if found is not None:
            return found, cell
    return None, cells[-1] if cells else None


def _funder(word: str, look: Lookups) -> Funder | None:
    listed = listed_funder(word)
    names = [word] if listed is None else [listed["ror"], listed["ja"], word]
    key = next((found for name in names if name and (found := look.organisation(name))), None)
    return Funder(id=key, listed=listed) if key or listed else None


def programme_named(group: Joined, format: str, look: Lookups, funder: str | None) -> tuple[set[str], Cell | None]:
    """The programmes that the closest word means, and the cell to name when there is none. Codes before names."""
    newest = group.newest
    for cell in newest.programme_codes:
        if found := look.programme(code=cell.value, funder=funder):
            return found, cell
    for cell in newest.programme_names:
        if found := look.programme(name=cell.value, funder=funder):
            return found, cell
    if format == "kaken" and (found := look.programme(code=KAKENHI_CODE, name=KAKENHI["ja"], funder=funder)):
        return found, Cell("研究種目", KAKENHI["ja"])
    for code in _codes_within(group.numbers):
        if found := look.programme(code=code, funder=funder):
            return found, Cell("JGN", code)
    named = [*newest.programme_names, *newest.programme_codes]
    return set(), named[0] if named else None


def _codes_within(numbers: Iterable[Number]) -> list[str]:
    """The funding stream code that a Japan Grant Number begins with: ``MJMS`` of ``JPMJMS2011``. Source: japan-grant-number."""
    told = [found[1] for one in numbers if one.scheme == "JGN" and (found := re.match(r"JP([A-Z]{4,5})\d", one.value.upper()))]
    return [code for whole in told for code in (whole, whole[:4])]


def wanted_programme(group: Joined, format: str, funder: Funder | None, look: Lookups) -> Wanted:
    """The programme to be registered for these rows."""
    if format == "kaken":
        return Wanted(title=KAKENHI, code=KAKENHI_CODE, funder=funder or _funder(KAKENHI_FUNDER, look))
    newest = group.newest
    names = [cell.value for cell in newest.programme_names if cell.column == newest.programme_names[0].column]
    code = newest.programme_codes[0].value if newest.programme_codes else ""
    title = {"ja": names[0], **({"en": names[1]} if len(names) > 1 else {})} if names else {"ja": code}
    return Wanted(title=title, code=code[:40], funder=funder)


def number_changes(before: Iterable[Number], listed: Iterable[Number], year: int | None) -> list[Number]:
    """The numbers to be written: new ones, and former ones that are no longer in use; all stay findable."""
    there = {(one.scheme, rules.number_key(one.value)): one for one in before}
    changes: list[Number] = []
    for one in listed:
        known = there.get((one.scheme, rules.number_key(one.value)))
        former = next((old for old in there.values() if old.scheme == one.scheme and old.current and old is not known), None)
        changes += _change(one, known, former, year) if one.current else [] if known else [one]
    return changes


def _change(one: Number, known: Number | None, former: Number | None, year: int | None) -> list[Number]:
    if known is not None and known.current:
        return []
    since = one.from_fiscal_year or year
    if former is not None and since is not None and former.from_fiscal_year is not None and since < former.from_fiscal_year:
        old = Number(scheme=one.scheme, value=one.value, until_fiscal_year=since, current=False)  # the list is an older one
        return [] if known else [old]
    value = known.value if known else one.value
    begins = since if former is not None else one.from_fiscal_year
    told = [Number(scheme=one.scheme, value=value, from_fiscal_year=begins, until_fiscal_year=one.until_fiscal_year)]
    if former is not None and since is not None and former.until_fiscal_year is None:
        ended = Number(scheme=former.scheme, value=former.value, from_fiscal_year=former.from_fiscal_year, until_fiscal_year=since - 1, current=False)
        told.insert(0, ended)
    return told
