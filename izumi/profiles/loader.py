"""Reads packs from folders: the installed ones, and a site's own in ``$IZUMI_HOME/profiles/`` (data only).

A folder is ``<name>`` (the current version) or ``<name>@<version>`` (an older one that records still remember). Packs
are kept per process and read again when a file of theirs has changed.
"""

from __future__ import annotations

import csv
import importlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from izumi.kernel.days import Day, parse_day
from izumi.kernel.text import Text, both
from izumi.profiles.conditions import ConditionError, compiled
from izumi.profiles.engine import Check, runner
from izumi.profiles.inputs import WIDGETS, inputs_of
from izumi.profiles.types import (
    FieldSpec,
    Lookup,
    Obligation,
    Pack,
    Piece,
    RuleSpec,
    SectionSpec,
    Step,
    TableColumn,
    TableView,
    Term,
    Vocabulary,
)

INSTALLED = Path(__file__).resolve().parent / "packs"
NAME = re.compile(r"^[a-z][a-z0-9_]{1,40}(?:@[0-9A-Za-z.\-]{1,20})?$")
LOOKUPS = ("organisation",)
SEVERITIES = ("error", "warning", "task")
COLUMNS = ("code", "ja", "en", "uri", "valid_from", "valid_until")
MAX_FILE_BYTES = 4_000_000
RULE_KEYS = frozenset({"id", "severity", "plan", "step", "at", "point", "when", "must", "kinds", "message", "fix", "source"})
FIELD_KEYS = frozenset(FieldSpec.__dataclass_fields__) - {"inputs"}
PROFILE_KEYS = frozenset(
    {"name", "version", "label", "description", "source", "extends", "section", "field", "vocabulary", "lookup", "view"}
)


class PackError(ValueError):
    """A pack that cannot be used: which file, which entry, what is wrong."""

    def __init__(self, path: Path, entry: str, fault: str) -> None:
        self.path, self.entry, self.fault = path, entry, fault
        super().__init__(f"{path}: {entry + ': ' if entry else ''}{fault}")


def stamp(folder: Path) -> str:
    """Changes whenever a file of the pack does: names, sizes and times of its data files."""
    told = []
    for path in sorted([*folder.glob("*.toml"), *folder.glob("*.csv"), *folder.glob("vocabularies/*.csv")]):
        state = path.stat()
        told.append(f"{path.name}:{state.st_size}:{state.st_mtime_ns}")
    return "|".join(told)


def read_pack(folder: Path, *, with_code: bool = False, beneath: Pack | None = None) -> Pack:
    """The pack in this folder. ``with_code``: its ``checks.py`` may be imported (installed packs only).

    ``beneath`` is the pack it extends, whose vocabularies it may use. Raises `PackError`.
    """
    if not NAME.match(folder.name):
        raise PackError(folder, "", "a folder name is small letters, digits and _ (and @version)")
    told = _toml(folder / "profile.toml")
    _only(told, PROFILE_KEYS, folder / "profile.toml", "")
    path = folder / "profile.toml"
    name = _string(told, "name", path, "")
    if name != folder.name.partition("@")[0]:
        raise PackError(path, "name", f"is {name!r} but the folder is {folder.name!r}")
    own = _vocabularies(folder, told.get("vocabulary", {}))
    vocabularies = {**(beneath.vocabularies if beneath else {}), **own}
    fields = tuple(_field(row, path, vocabularies) for row in told.get("field", []))
    checks = _checks(name) if with_code and (folder / "checks.py").exists() else {}
    rules = tuple(_rules(folder / "rules.toml", vocabularies, checks))
    places = frozenset(one.pointer for one in (*(beneath.fields if beneath else ()), *fields))
    return Pack(
        name=name,
        version=_string(told, "version", path, ""),
        label=_text(told, "label", path, ""),
        description=_text(told, "description", path, "", required=False),
        source=str(told.get("source", "")),
        sections=tuple(_section(row, path) for row in told.get("section", [])),
        fields=_consistent(fields, rules, told.get("section", []), path),
        rules=rules,
        vocabularies=own,
        members=_members(folder / "members.csv"),
        lookups=tuple(_lookup(one, row, path) for one, row in told.get("lookup", {}).items()),
        views=tuple(_view(row, path, vocabularies, places) for row in told.get("view", [])),
        extends=str(told.get("extends", "")),
        stamp=stamp(folder),
    )


# -- files -----------------------------------------------------------------------------------------------------


def _toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise PackError(path, "", "is missing")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise PackError(path, "", "is too large")
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(path, "", str(error)) from error


def _rows(path: Path) -> list[dict[str, str]]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise PackError(path, "", "is too large")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise PackError(path, "", str(error)) from error
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise PackError(path, f"line {number}", "has another number of columns than the header")
    return rows


def _only(table: Mapping[str, Any], allowed: frozenset[str], path: Path, entry: str) -> None:
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise PackError(path, entry, f"unknown key {unknown[0]!r}; known are {', '.join(sorted(allowed))}")


def _string(table: Mapping[str, Any], key: str, path: Path, entry: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise PackError(path, entry, f"{key} is missing")
    return value


def _text(table: Mapping[str, Any], key: str, path: Path, entry: str, *, required: bool = True) -> Text:
    value = table.get(key)
    if value is None and not required:
        return Text()
    if not isinstance(value, dict) or not value.get("ja") or not value.get("en"):
        raise PackError(path, entry, f"{key} needs ja and en")
    return Text({str(lang): str(words) for lang, words in value.items()})


# -- vocabularies ----------------------------------------------------------------------------------------------


def _vocabularies(folder: Path, told: Mapping[str, Any]) -> dict[str, Vocabulary]:
    path = folder / "profile.toml"
    found = {file.stem for file in folder.glob("vocabularies/*.csv")}
    for name in sorted(found ^ set(told)):
        where = "its file is missing" if name in told else "is a file but has no [vocabulary] entry"
        raise PackError(path, f"vocabulary.{name}", where)
    return {name: _vocabulary(folder / "vocabularies" / f"{name}.csv", name, entry, path) for name, entry in told.items()}


def _vocabulary(file: Path, name: str, entry: Mapping[str, Any], path: Path) -> Vocabulary:
    rows = _rows(file)
    if rows and not set(COLUMNS[:3]) <= set(rows[0]):
        raise PackError(file, "header", "needs at least code, ja, en")
    terms: dict[str, Term] = {}
    for number, row in enumerate(rows, start=2):
        term = _term(row, file, f"line {number}")
        if term.code in terms:
            raise PackError(file, f"line {number}", f"code {term.code!r} stands here twice")
        terms[term.code] = term
    label = _text(entry, "label", path, f"vocabulary.{name}")
    source = str(entry.get("source", ""))
    return Vocabulary(name=name, label=label, terms=tuple(terms.values()), source=source, by_code=terms)


def _term(row: Mapping[str, str], file: Path, entry: str) -> Term:
    if not row["code"] or not row["ja"] or not row["en"]:
        raise PackError(file, entry, "code, ja and en must be filled")
    return Term(
        code=row["code"],
        label=Text({"ja": row["ja"], "en": row["en"]}),
        uri=row.get("uri", ""),
        valid_from=_day(row.get("valid_from", ""), file, entry),
        valid_until=_day(row.get("valid_until", ""), file, entry),
        extra={name: value for name, value in row.items() if name not in COLUMNS},
    )


def _day(text: str, file: Path, entry: str) -> Day | None:
    try:
        return parse_day(text) if text else None
    except ValueError as error:
        raise PackError(file, entry, f"{text!r} is not a day (YYYY-MM-DD)") from error


def _members(path: Path) -> dict[str, Text]:
    if not path.exists():
        return {}
    return {row["pointer"]: Text({"ja": row["ja"], "en": row["en"]}) for row in _rows(path)}


# -- fields ----------------------------------------------------------------------------------------------------


def _section(row: Mapping[str, Any], path: Path) -> SectionSpec:
    entry = f"section {row.get('id', '?')}"
    _only(row, frozenset({"id", "label", "help"}), path, entry)
    return SectionSpec(
        id=_string(row, "id", path, entry),
        label=_text(row, "label", path, entry),
        help=_text(row, "help", path, entry, required=False),
    )


def _lookup(name: str, row: Mapping[str, Any], path: Path) -> Lookup:
    entry = f"lookup.{name}"
    _only(row, frozenset({"kind", "at"}), path, entry)
    if row.get("kind") not in LOOKUPS:
        raise PackError(path, entry, f"kind must be one of {', '.join(LOOKUPS)}")
    return Lookup(name=name, kind=row["kind"], at=_string(row, "at", path, entry))


def _field(row: Mapping[str, Any], path: Path, vocabularies: Mapping[str, Vocabulary]) -> FieldSpec:
    pointer = _string(row, "pointer", path, "field")
    entry = f"field {pointer}"
    _only(row, FIELD_KEYS, path, entry)
    widget = str(row.get("widget", "text"))
    if widget not in WIDGETS:
        raise PackError(path, entry, f"unknown widget {widget!r}; known are {', '.join(sorted(WIDGETS))}")
    vocabulary = str(row.get("vocabulary", ""))
    if vocabulary and vocabulary not in vocabularies:
        raise PackError(path, entry, f"unknown vocabulary {vocabulary!r}")
    if row.get("known", "goal_title") not in KNOWN_FACTS:
        raise PackError(path, entry, f"known must be one of {', '.join(KNOWN_FACTS)}")
    try:
        obligation = Obligation(row.get("obligation", "optional"))
    except ValueError as error:
        raise PackError(path, entry, str(error)) from error
    plain = {key: row[key] for key in FIELD_KEYS & row.keys() if key not in FIELD_TEXTS | {"obligation", "rules"}}
    label = _text(row, "label", path, entry)
    return FieldSpec(
        **plain,
        label=label,
        help=_text(row, "help", path, entry, required=False),
        condition=_text(row, "condition", path, entry, required=False),
        column_label=_text(row, "column_label", path, entry, required=False),
        obligation=obligation,
        rules=tuple(row.get("rules", ())),
        inputs=inputs_of(widget, pointer, label, vocabulary),
    )


KNOWN_FACTS = ("goal_number", "goal_title")
FIELD_TEXTS = frozenset({"label", "help", "condition", "column_label"})


def _consistent(
    fields: tuple[FieldSpec, ...], rules: tuple[RuleSpec, ...], sections: list[Mapping[str, Any]], path: Path
) -> tuple[FieldSpec, ...]:
    known = {rule.id for rule in rules}
    named = {row.get("id") for row in sections}
    for one in fields:
        missing = [rule for rule in one.rules if rule not in known]
        if missing:
            raise PackError(path, f"field {one.pointer}", f"unknown rule {missing[0]!r}")
        if one.section and one.section not in named:
            raise PackError(path, f"field {one.pointer}", f"unknown section {one.section!r}")
        if one.obligation is Obligation.REQUIRED and not one.rules:
            raise PackError(path, f"field {one.pointer}", "is required but names no rule")
    return fields


# -- table views -----------------------------------------------------------------------------------------------


def _view(row: Mapping[str, Any], path: Path, vocabularies: Mapping[str, Vocabulary], places: frozenset[str]) -> TableView:
    entry = f"view {row.get('id', '?')}"
    _only(row, frozenset({"id", "label", "source", "column"}), path, entry)
    columns = tuple(_column(one, path, entry, vocabularies, places) for one in row.get("column", []))
    if not columns:
        raise PackError(path, entry, "has no column")
    label = _text(row, "label", path, entry)
    return TableView(id=_string(row, "id", path, entry), label=label, columns=columns, source=_string(row, "source", path, entry))


def _column(
    row: Mapping[str, Any], path: Path, view: str, vocabularies: Mapping[str, Vocabulary], places: frozenset[str]
) -> TableColumn:
    entry = f"{view}, column {row.get('id', '?')}"
    _only(row, frozenset({"id", "label", "group", "between", "from"}), path, entry)
    return TableColumn(
        id=_string(row, "id", path, entry),
        label=_text(row, "label", path, entry),
        group=_text(row, "group", path, entry, required=False),
        between=_text(row, "between", path, entry, required=False) or BETWEEN,
        pieces=tuple(_piece(one, path, entry, vocabularies, places) for one in row.get("from", [])),
    )


BETWEEN = both("／", " / ")


def _piece(
    row: Mapping[str, Any], path: Path, entry: str, vocabularies: Mapping[str, Vocabulary], places: frozenset[str]
) -> Piece:
    _only(row, frozenset({"at", "before", "when"}), path, entry)
    at = _string(row, "at", path, entry)
    if at not in places:
        raise PackError(path, entry, f"no item has the place {at!r}")
    try:
        when = compiled(row["when"], vocabularies) if "when" in row else None
    except ConditionError as error:
        raise PackError(path, entry, str(error)) from error
    return Piece(at=at, before=_text(row, "before", path, entry, required=False), when=when)


# -- rules -----------------------------------------------------------------------------------------------------


def _rules(path: Path, vocabularies: Mapping[str, Vocabulary], checks: Mapping[str, Check]) -> list[RuleSpec]:
    if not path.exists():
        return []
    found: dict[str, RuleSpec] = {}
    for row in _toml(path).get("rule", []):
        rule = _rule(row, path, vocabularies, checks)
        if rule.id in found:
            raise PackError(path, f"rule {rule.id}", "stands here twice")
        found[rule.id] = rule
    return list(found.values())


def _rule(
    row: Mapping[str, Any], path: Path, vocabularies: Mapping[str, Vocabulary], checks: Mapping[str, Check]
) -> RuleSpec:
    entry = f"rule {row.get('id', '?')}"
    _only(row, RULE_KEYS, path, entry)
    if row.get("severity") not in SEVERITIES:
        raise PackError(path, entry, f"severity must be one of {', '.join(SEVERITIES)}")
    if row.get("step", "save") not in tuple(Step):
        raise PackError(path, entry, "step must be save, submit, publish or plan")
    if row.get("plan", "warning") not in SEVERITIES or ("plan" in row and row.get("step") == Step.PLAN):
        raise PackError(path, entry, f"plan must be one of {', '.join(SEVERITIES)}, and absent where the step is plan")
    at = row.get("at", "")
    rule = RuleSpec(
        id=_string(row, "id", path, entry),
        severity=row["severity"],
        step=Step(row.get("step", "save")),
        at=" ".join(at) if isinstance(at, list) else str(at),
        message=_text(row, "message", path, entry),
        fix=_text(row, "fix", path, entry, required=False),
        source=_string(row, "source", path, entry),
        when=row.get("when", {}),
        must=row.get("must", {}),
        plan=row.get("plan", ""),
    )
    try:
        run = runner(
            rule,
            vocabularies=vocabularies,
            checks=checks,
            point=str(row.get("point", "")),
            kinds=tuple(row.get("kinds", ())),
        )
    except ConditionError as error:
        raise PackError(path, entry, str(error)) from error
    return replace(rule, run=run)


def _checks(name: str) -> dict[str, Check]:
    module = importlib.import_module(f"izumi.profiles.packs.{name}.checks")
    found: dict[str, Callable[..., Any]] = dict(getattr(module, "CHECKS", {}))
    return found
