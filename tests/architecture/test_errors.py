"""Every error code has words in two languages, and no words are kept for an error that nobody raises."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
CLASSES = {
    "IzumiError",
    "SignInNeeded",
    "Refused",
    "Invalid",
    "Gone",
    "Conflict",
    "Outdated",
    "MatchNeeded",
    "TooMuch",
    "Unavailable",
    "Damaged",
}


def entries() -> dict[str, tuple[str, dict]]:
    found: dict[str, tuple[str, dict]] = {}
    for path in sorted((ROOT / "izumi").glob("*/errors.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            found[code] = (path.parent.name, entry)
    return found


def product_trees() -> list[tuple[str, ast.Module]]:
    return [
        (p.relative_to(ROOT).as_posix(), ast.parse(p.read_text("utf-8")))
        for p in sorted((ROOT / "izumi").rglob("*.py"))
        if "tests" not in p.parts and "migrations" not in p.parts
    ]


def literal_codes(call: ast.Call) -> set[str]:
    values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in (None, "code"))]
    return {
        v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str) and CODE.fullmatch(v.value)
    }


def raised() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, tree in product_trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in CLASSES:
                    found.update(dict.fromkeys(literal_codes(node), name))
            if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "default_code" for t in node.targets):
                found[node.value.value] = name  # type: ignore[attr-defined]
    return found


def test_every_raised_code_has_words():
    known = entries()
    assert {code: where for code, where in raised().items() if code not in known} == {}


def test_every_code_with_words_is_used():
    said = set()
    for _, tree in product_trees():
        said |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert [code for code in entries() if code not in said] == []


@pytest.mark.parametrize("code", sorted(entries()))
def test_the_words_of_an_error_are_complete(code):
    entry = entries()[code][1]
    for part in ("title", "detail", "fix"):
        for lang in ("ja", "en"):
            assert entry.get(part, {}).get(lang, "").strip(), f"{part}.{lang}"
    fields = {
        lang: {
            name
            for part in ("title", "detail", "fix")
            for _, name, _, _ in string.Formatter().parse(entry[part][lang])
            if name
        }
        for lang in ("ja", "en")
    }
    assert fields["ja"] == fields["en"]
