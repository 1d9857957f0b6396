"""Facet values with their official labels, in an order that helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from izumi.catalogue import documents
from izumi.catalogue.types import USABLE_LABELS, FacetCount, Usable
from izumi.kernel.paging import whole
from izumi.kernel.text import Text, both
from izumi.profiles import queries as profiles
from izumi.records.types import KINDS

VOCABULARIES = {"access": "access-rights", "type": "data-types", "field": "fields", "licence": "licences"}
NO_LABEL = both("（名称なし）", "(no name)")

_ACCESS_ORDER = ("open", "shared", "embargoed", "closed")


def label(name: str, value: str) -> Text:
    """The official label of a filter's value; the value itself where there is none."""
    if name == "usable" and value in set(Usable):
        return USABLE_LABELS[Usable(value)]
    if name == "kind":
        return _kind(value)
    if name == "funder":
        return _funder(value)
    if name in VOCABULARIES:
        return _term(name, value)
    return Text({"ja": value})


def listed(name: str, counts: Counter[str], chosen: Sequence[str]) -> tuple[FacetCount, ...]:
    """The values of one facet; chosen ones always stand in it."""
    values: dict[str, FacetCount] = {}
    for term, count in counts.items():
        code, shown = documents.label_of(term) if name == "organisation" else (term, label(name, term))
        if not code:
            continue
        known = values.get(code)
        total = count + (known.count if known else 0)
        values[code] = FacetCount(value=code, label=shown or NO_LABEL, count=total, chosen=code in chosen)
    for value in chosen:
        if value not in values:
            values[value] = FacetCount(value=value, label=label(name, value), count=0, chosen=True)
    return tuple(sorted(values.values(), key=lambda one: _place(name, one)))


def all_listed(counts: Mapping[str, Counter[str]], filters: Mapping[str, Sequence[str]]) -> dict[str, tuple[FacetCount, ...]]:
    """All facets of an answer."""
    return {name: listed(name, found, filters.get(name, ())) for name, found in counts.items()}


def _place(name: str, one: FacetCount) -> tuple[int, int, str]:
    if name == "usable":
        return [*map(str, Usable), one.value].index(one.value), 0, ""
    if name == "access":
        return [*_ACCESS_ORDER, one.value].index(one.value), 0, ""
    if name == "year":
        return -(whole(one.value) or -1), 0, one.value
    return 0, -one.count, one.value


def funder_forms(value: str) -> tuple[str, ...]:
    """A funder's code, e-Rad code and ROR, whichever of them is given: a record holds any one."""
    funders = profiles.vocabulary("funders")
    term = funders.term(value) or funders.where("erad_code", value) or funders.where("ror", value)
    extra = (term.code, term.extra.get("erad_code", ""), term.extra.get("ror", "")) if term else ()
    return tuple(form for form in dict.fromkeys((value, *extra)) if form)


def _funder(value: str) -> Text:
    funders = profiles.vocabulary("funders")
    term = funders.term(value) or funders.where("erad_code", value) or funders.where("ror", value)
    return term.label if term else Text({"ja": value})


def _term(name: str, code: str) -> Text:
    """The official label, where a short form is usual (licences) that one; the code itself for what nobody knows."""
    term = profiles.vocabulary(VOCABULARIES[name]).term(code)
    if term is None:
        return Text({"ja": code})
    short = term.extra.get("short", "")
    return Text({"ja": short, "en": short}) if short else term.label


def _kind(value: str) -> Text:
    return KINDS.get(value, Text({"ja": value}))
