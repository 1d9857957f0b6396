"""A plan in a file: own JSON, maDMP, or the filled table of a form. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable

from izumi.kernel.errors import Invalid, NotThere, TooMuch
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.plans.forms import madmp, tables
from izumi.plans.forms.types import Read
from izumi.plans.types import Document

MAX_BYTES = 5_000_000
TABLES = ("auto", "csv", "xlsx")


def plan_in_file(source: bytes | Document, *, format: str = "auto", filename: str = "", first: str = "") -> Read:
    """The plan that a file holds, without identifiers, what has no place in it, and the grants that it names.

    ``format`` is ``auto``, ``json``, ``madmp``, ``csv``, ``xlsx`` or the name of a form; ``first`` is the form that is tried
    first of a table whose form is not said. Raises `Invalid` with what cannot be read, `NotThere` for an unknown format.
    """
    if isinstance(source, dict):
        return madmp.read(source) if "dmp" in source else Read(document=source)
    if len(source) > MAX_BYTES:
        raise TooMuch(limit=MAX_BYTES)
    if format in ("auto", "json", "madmp") and source.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _json(source, format)
    if format == "madmp":
        return madmp.read(source)
    if format == "json":
        raise Invalid(_unreadable("JSON のオブジェクトではありません。", "This is not a JSON object."))
    if format not in TABLES:
        return _table(source, (format,))
    return _table(source, dict.fromkeys((*((first,) if first in tables.forms() else ()), *tables.forms())))


def _json(source: bytes, format: str) -> Read:
    if format == "madmp" or madmp.detect(source):
        return madmp.read(source)
    try:
        told = json.loads(source.decode("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        raise Invalid(_unreadable(f"JSON として読めません（{wrong}）。"[:200], f"This is not JSON ({wrong})."[:200])) from wrong
    if not isinstance(told, dict):
        raise Invalid(_unreadable("計画は JSON のオブジェクト（{ … }）です。", "A plan is a JSON object ({ … })."))
    return madmp.read(told) if "dmp" in told else Read(document=_own(told))


def _own(told: Document) -> Document:
    """Own JSON as it is written by hand, or as the site answers: then what is said about the plan stands under ``document``."""
    if not isinstance(told.get("document"), dict):
        return told
    entries = told.get("entries")
    return {**told["document"], "entries": [_without_answers(one) for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []}


def _without_answers(entry: Document) -> Document:
    return {name: value for name, value in entry.items() if name not in ("id", "record", "records")}


def _table(source: bytes, names: Iterable[str]) -> Read:
    """The plan in a filled form: of the form named, or of the one that understands most of it."""
    failure: Invalid | None = None
    best: Read | None = None
    for name in names:
        if name not in tables.forms():
            raise NotThere("form", name)
        try:
            told = tables.read_plan(name, source)
        except Invalid as wrong:
            failure = failure or wrong
            continue
        if best is None or len(told.losses) < len(best.losses):
            best = told
    if best is None:
        raise failure or Invalid(_unreadable("計画の表が見つかりません。", "No table of a plan was found."))
    return best


def _unreadable(ja: str, en: str) -> Finding:
    return Finding(
        rule="plan-unreadable", severity=Severity.ERROR, pointer="", source="izumi-plan", message=both(ja, en),
        fix=both(
            "maDMP か Izumi の計画の JSON、または様式の表（CSV、Excel）を選んでください。",
            "Choose a maDMP, a plan of Izumi as JSON, or the table of a form (CSV, Excel).",
        ),
    )  # fmt: skip

