"""How the posted values of a profile's inputs are read: one reader for each kind that is more than a string. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from izumi.profiles.rules import western
from izumi.profiles.types import Form, Input, Term, Vocabulary
from izumi.records.form import Reader, decimal, lines, many, pattern_of
from izumi.records.pages.fields import Vocabularies, absolute, code_of_flag, funder_term


def readers(form: Form, vocabulary: Vocabularies) -> dict[str, Reader]:
    """How the posted values of each input are to be read, by pattern (see ``records.form.units``)."""
    told: dict[str, Reader] = {}
    for spec in form.fields:
        for one in spec.inputs:
            name = pattern_of(absolute(one.pointer, f"{spec.pointer}/0"))
            reader = _reader(one, name, vocabulary)
            if reader is not None:
                told[name] = reader
    return told


DATED = frozenset({"/dates/*/value", "/coverage/periods/*/start", "/coverage/periods/*/end"})


def _read_date(said: list[str], before: Any) -> Any:
    """A date as people write it, 令和 too; what is not understood stays for the rules to tell."""
    last = said[-1].strip() if said else ""
    return western(last) or None


def _reader(one: Input, name: str, vocabulary: Vocabularies) -> Reader | None:
    if one.kind == "date" or name in DATED:
        return _read_date
    if one.kind == "number" and "/point/" in name:
        return decimal
    if one.kind == "flag":
        return partial(_read_flag, terms=vocabulary(one.vocabulary))
    if one.kind == "funder":
        return partial(_read_funder, terms=vocabulary(one.vocabulary))
    if name == REASONS:
        return _read_reasons
    return {"codes": many, "lines": lines}.get(one.kind)


REASONS = "/access/reasons"
"""Chosen like codes, kept as objects with note and day of review."""


def _read_reasons(said: list[str], before: Any) -> Any:
    stored = {str(one.get("code")): one for one in before or () if isinstance(one, Mapping)}
    codes = many(said, list(stored))
    return [stored.get(code, {"code": code}) for code in codes] if codes else None


def _read_flag(said: list[str], before: Any, *, terms: Vocabulary) -> Any:
    code = said[-1] if said else ""
    return before if code == code_of_flag(before, terms) else {code_of_flag(flag, terms): flag for flag in (True, False)}.get(code)


def _read_funder(said: list[str], before: Any, *, terms: Vocabulary) -> Any:
    term, stored = terms.term(said[-1] if said else ""), funder_term(before, terms)
    if term == stored:
        return before
    if term is None:
        return None
    told = {"name": term.label.as_json(), "erad_code": term.extra.get("erad_code", ""), "ror": _ror(term)}
    return {key: value for key, value in told.items() if value}


def _ror(term: Term) -> str:
    own = term.extra.get("ror", "")
    return own if own.startswith("http") or own in ("", "none") else f"https://ror.org/{own}"
