"""What the code promises, read from the code itself: settings, journal verbs, addresses, routes, commands, rules."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOMS = Path(__file__).resolve().parent.parent


def product_source() -> Iterator[tuple[str, str]]:
    """Every module of the product with its text, tests and migrations apart."""
    for path in sorted(ROOMS.rglob("*.py")):
        if not {"tests", "migrations", "__pycache__"} & set(path.parts):
            yield path.relative_to(ROOMS).as_posix(), path.read_text("utf-8")


def declared_settings() -> list[str]:
    """Every ``IZUMI_…`` name that the code reads, apart from those of tests and of its own children."""
    found: set[str] = set()
    for _, text in product_source():
        found |= set(re.findall(r"[\"'](IZUMI_[A-Z0-9_]+)[\"']", text))
    return sorted(found - {"IZUMI_CHILD", "IZUMI_BENCH_SAMPLES", "IZUMI_LIFELINE"})


def declared_verbs() -> list[str]:
    """Every journal verb: what the first argument of ``….journal(…)`` can be."""
    found: set[str] = set()
    for _, text in product_source():
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "journal"
                and node.args
            ):
                found |= verbs_in(node.args[0], tree)
    return sorted(found)


def verbs_in(said: ast.expr, tree: ast.Module) -> set[str]:
    """The verbs of an expression; a name stands for what the module assigns to it."""
    named = said.id if isinstance(said, ast.Name) else None
    values = (
        [n.value for n in ast.walk(tree) if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == named]
        if named
        else [said]
    )
    constants = (n.value for value in values for n in ast.walk(value) if isinstance(n, ast.Constant))
    return {c for c in constants if isinstance(c, str) and re.fullmatch(r"[a-z]+\.[a-z_]+", c)}


def declared_pages() -> list[str]:
    """Every address of the URLconf, apart from the API's own."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(patterns: Iterable[Any], before: str) -> Iterator[str]:
        for entry in patterns:
            here = before + address(str(entry.pattern))
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, here)
            elif isinstance(entry, URLPattern) and not here.startswith("/api/v1/"):
                yield here

    return sorted(set(walk(get_resolver().url_patterns, "/")) - {"/{rest}"})


def address(pattern: str) -> str:
    """A URL pattern as people write it: ``records/<id:record_id>`` → ``records/{record_id}``."""
    text = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", pattern)
    text = re.sub(r"\(\?P\{([^}]+)\}(?:[^()]|\([^()]*\))*\)", r"{\1}", text)
    text = re.sub(r"\(\?:([a-z|]+)\)", lambda found: "{" + found[1].replace("|", ",") + "}", text).replace(
        "{rest}?", "…"
    )
    return text.replace("^", "").replace("\\Z", "").replace("$", "").replace("\\.", ".")


def openapi() -> dict[str, Any]:
    """The API's own description."""
    from izumi.web.api import api

    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def declared_routes() -> dict[str, str]:
    """``METHOD /path`` of every operation of the OpenAPI document with its summary, by path."""
    found = {
        (path, method.upper()): operation.get("summary", "")
        for path, item in openapi()["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete", "head", "options")
    }
    return {f"{method} {path}": found[path, method] for path, method in sorted(found)}


def command_tree(lang: str) -> list[dict[str, Any]]:
    """Every command with its help in one language, asked of a fresh interpreter: help texts are chosen at import."""
    environment = {**os.environ, "LC_ALL": "ja_JP.UTF-8" if lang == "ja" else "C.UTF-8", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "izumi.web.cli.tree"]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)  # noqa: S603
    tree: list[dict[str, Any]] = json.loads(done.stdout)
    return tree


def packs_rules() -> dict[str, list[dict[str, Any]]]:
    """The rules of every pack, as its ``rules.toml`` lists them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOMS / "profiles" / "packs").glob("*/rules.toml")):
        parsed = tomllib.loads(path.read_text("utf-8"))
        rules = parsed.get("rule") or parsed.get("rules") or [{"id": name, **body} for name, body in parsed.items()]
        found[path.parent.name] = (
            [{"id": name, **body} for name, body in rules.items()] if isinstance(rules, dict) else rules
        )
    return found
