"""Facet values with their official labels, in an order that helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from izumi.catalogue import documents
from izumi.catalogue.types import USABLE_LABELS, FacetCount, Usable
from izumi.kernel.text import Text, both

VOCABULARIES = {"access": "access_rights", "type": "data_type", "field": "field", "licence": "licence"}
NO_LABEL = both("（名称なし）", "(no name)")

_ACCESS_ORDER = ("open", "shared", "embargoed", "closed")


def label(name: str, value: str) -> Text:
    """The official label of a filter's value; the value itself where there is none."""
    if name == "usable" and value in set(Usable):
        return USABLE_LABELS[Usable(value)]
    if name == "kind":
        return _kind(value)
    if name in VOCABULARIES:
        return _term(VOCABULARIES[name], value) or Text({"ja": value})
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
        return -int(one.value) if one.value.isdigit() else 1, 0, one.value
    return 0, -one.count, one.value


def _term(vocabulary: str, code: str) -> Text | None:
    try:
        from izumi.profiles import queries as profiles  # TODO-top

        found = profiles.vocabulary(vocabulary).term(code)
    except (KeyError, LookupError, ImportError):
        return None
    return found.label if found else None


def _kind(value: str) -> Text:
    from izumi.records.types import KINDS

    return KINDS.get(value, Text({"ja": value}))
