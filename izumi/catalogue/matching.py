"""From a reading to a query of the index: which fields, which weights.

A word is found as a phrase of word tokens in the title, the people or the text, or – a fifth of the weight – as a
phrase of grams, so that 京都 finds 京都 first and 東京都 last. A long Japanese word with particles is also found by its parts.
Quoted text is strict: word tokens only, grams only when these find nothing (``loose``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from izumi.catalogue import facets, identifiers, index, tokens
from izumi.catalogue.reading import Reading, Term
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both

FIELDS = (("title", 3.0), ("body", 1.0), ("people", 1.5))
GRAM_WEIGHT = 0.2
PARTS_WEIGHT = 0.3
SYNONYM_WEIGHT = 0.4
IDENTIFIER_WEIGHT = 20.0
TOGETHER_WEIGHT = 2.0

MOST_VALUES = 100
FILTER_FIELDS = {"organisation": "org"}
_YEARS = re.compile(r"(\d{1,4})?\s*[-–〜~]\s*(\d{1,4})?|(\d{1,4})")


def wanted(reading: Reading, *, loose: bool = False) -> index.Query:
    """The query for what was asked, without filters. ``loose`` lets quoted text be found by grams too."""
    if reading.asked and not reading.required and not reading.excluded:
        return index.nothing()
    groups = [index.any_of([_term(term, loose=loose) for term in group]) for group in reading.required]
    excluded = [_strict(term) for term in reading.excluded]
    found = index.all_of(groups or [index.everything()], but=excluded, better=_together(reading))
    whole = _whole_identifier(reading)
    return index.any_of([found, whole]) if whole is not None else found


def may_see(keys: frozenset[str]) -> list[index.Query]:
    """The disjoint halves of what an actor may see: what anyone sees, and what only the own keys open.

    Two queries, because one filter over both costs time linear in the size of the index (facts: search §5).
    """
    own = keys - {"public"}
    halves = [index.term("acl", "public")] if "public" in keys else []
    return [*halves, *([index.one_of("acl", own)] if own else [])]


def narrowed(filters: Mapping[str, Sequence[str]], *, but: str = "") -> list[index.Query]:
    """One query for each filter that is set, the filter ``but`` left out."""
    return [_filter(name, values) for name, values in filters.items() if values and name != but]


def filter_findings(filters: Mapping[str, Sequence[str]], known: Iterable[str]) -> list[Finding]:
    """What is wrong with filters: unknown names, years that are none."""
    names = set(known)
    found = [_unknown(name, names) for name in filters if name not in names]
    found += [_too_many(name) for name, values in filters.items() if len(values) > MOST_VALUES]
    return found + [_no_year(value) for value in filters.get("year", ()) if _years(value) is None]


def _filter(name: str, values: Sequence[str]) -> index.Query:
    if name == "year":
        spans = [span for value in values if (span := _years(value))]
        return index.any_of([index.between("year", *span) for span in spans] or [index.nothing()])
    if name == "funder":
        values = [form for value in values for form in facets.funder_forms(value)]
    return index.one_of(FILTER_FIELDS.get(name, name), values)


def _years(value: str) -> tuple[int | None, int | None] | None:
    """``2024``, ``2020-2024``, ``2020-``, ``-2019`` as an inclusive range."""
    match = _YEARS.fullmatch(tokens.fold(value).strip())
    if match is None or not any(match.groups()):
        return None
    first, last, one = match.groups()
    if one:
        return int(one), int(one)
    return int(first) if first else None, int(last) if last else None


def _unknown(name: str, known: set[str]) -> Finding:
    listed = ", ".join(sorted(known))
    return Finding(
        rule="search-filter-unknown", severity=Severity.ERROR, pointer="/filters",
        message=both(f"「{name[:40]}」という絞り込みはありません。", f'There is no filter named "{name[:40]}".'),
        fix=both(f"使える名前: {listed}", f"Names that exist: {listed}"),
    )  # fmt: skip


def _too_many(name: str) -> Finding:
    return Finding(
        rule="search-filter-too-many", severity=Severity.ERROR, pointer=f"/filters/{name}",
        message=both(f"1 つの絞り込みに指定できる値は {MOST_VALUES} 個までです。", f"A filter takes at most {MOST_VALUES} values."),
        fix=both("値を減らしてください。", "Give fewer values."),
    )  # fmt: skip


def _no_year(value: str) -> Finding:
    return Finding(
        rule="search-year-unreadable", severity=Severity.ERROR, pointer="/filters/year",
        message=both(f"「{value[:40]}」を年として読めません。", f'"{value[:40]}" is not a year.'),
        fix=both("2024 または 2020-2024 のように書いてください。", "Write 2024 or 2020-2024."),
    )  # fmt: skip


def _term(term: Term, *, loose: bool = False) -> index.Query:
    if found := identifiers.doi(term.text):
        return index.weighted(index.term("ident", found), IDENTIFIER_WEIGHT)
    if term.begins:
        return _begun(term.text)
    if term.parts:
        ways = [index.all_of([_term(part) for part in term.parts])]
    else:
        ways = _words(term.text) + _by_parts(term)
        if not term.quoted or loose or not ways:
            ways += _grams(term.text)
    ways += [index.weighted(index.any_of(_words(other) or [index.nothing()]), SYNONYM_WEIGHT) for other in term.also]
    if forms := identifiers.asked(term.text):
        ways.append(index.weighted(index.one_of("ident", forms), IDENTIFIER_WEIGHT))
    return index.any_of(ways)


def _strict(term: Term) -> index.Query:
    ways = _words(term.text) or _grams(term.text)
    forms = identifiers.asked(term.text)
    return index.any_of(ways + ([index.one_of("ident", forms)] if forms else []))


def _words(text: str) -> list[index.Query]:
    return _phrases(tokens.words(text))


def _phrases(found: list[str]) -> list[index.Query]:
    return [index.weighted(index.phrase(f"w_{name}", found), weight) for name, weight in FIELDS] if found else []


def _grams(text: str) -> list[index.Query]:
    """Grams add something for Japanese only; for other text they are the words again, unless words found none."""
    found = tokens.grams(text, open_end=True)
    if not found or not (tokens.has_japanese(text) or not tokens.words(text)):
        return []
    open_end = len(found[-1]) == 1 and tokens.has_japanese(found[-1])
    phrase = index.phrase_begins if open_end else index.phrase
    return [index.weighted(phrase(f"g_{name}", found), weight * GRAM_WEIGHT) for name, weight in FIELDS]


def _begun(text: str) -> index.Query:
    found = tokens.grams(text, open_end=True)
    return index.any_of([index.weighted(index.phrase_begins(f"g_{name}", found), weight) for name, weight in FIELDS])


def _by_parts(term: Term) -> list[index.Query]:
    """電池の劣化解析 also finds 電池 and 劣化解析 apart: what stands between particles, all of it."""
    if term.quoted or not tokens.has_japanese(term.text):
        return []
    found = tokens.word_tokens(tokens.fold(term.text))
    parts = [[token.text for token in some] for glue, some in groupby(found, key=lambda token: token.glue) if not glue]
    if len(parts) == 1:
        return _nearly(parts[0])
    if not parts:
        return []
    return [index.weighted(index.all_of([index.any_of(_phrases(part)) for part in parts]), PARTS_WEIGHT)]


def _nearly(found: list[str]) -> list[index.Query]:
    """電池劣化 also finds 電池の劣化: words of a compound almost side by side. Not with one-letter parts (大学院)."""
    if len(found) < 2 or min(len(token) for token in found) < 2:
        return []
    return [index.weighted(index.phrase(f"w_{name}", found, gaps=2), weight * PARTS_WEIGHT) for name, weight in FIELDS]


def _together(reading: Reading) -> list[index.Query]:
    """Words of a query that stand side by side in this order are a better hit than words apart."""
    plain = [group[0] for group in reading.required if len(group) == 1 and not group[0].begins]
    found = [token for term in plain for token in tokens.words(term.text)]
    if len(plain) < 2 or len(found) < 2:
        return []
    return [index.weighted(index.phrase(f"w_{name}", found), weight * TOGETHER_WEIGHT) for name, weight in FIELDS[:2]]


def _whole_identifier(reading: Reading) -> index.Query | None:
    """A number written with spaces (JP 20H 00001) is also looked up as one."""
    if not 1 < len(reading.required) <= 4 or reading.excluded:
        return None
    whole = "".join(part.text for term in reading.terms for part in (term.parts or (term,)))
    forms = identifiers.asked(whole) if identifiers.looks_like_one(whole) else ()
    return index.weighted(index.one_of("ident", forms), IDENTIFIER_WEIGHT) if forms else None
