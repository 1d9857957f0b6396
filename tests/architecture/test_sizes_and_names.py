"""What a reader can hold in the head: short modules, short functions, words that say the thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40

# Exemptions may only shrink: when one is gone, take it out and lower the number below.
LONG_MODULES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}
ODD_NAMES: set[str] = {
    "profiles/packs/common",  # the common metadata items of 2024-07-30 are called so
    "formats/codecs/common_csv",  # and so is their official table
}
DJANGO_CALLS_IT_SO = {"process_view", "process_exception", "process_request", "process_response"}
EXEMPTIONS = 2

BANNED = {
    "manager",
    "managers",
    "handler",
    "handlers",
    "helper",
    "helpers",
    "util",
    "utils",
    "service",
    "services",
    "base",
    "common",
    "data2",
    "info",
    "process",
}


def modules() -> list[Path]:
    return sorted(
        p for p in (ROOT / "izumi").rglob("*.py") if "migrations" not in p.parts and "__pycache__" not in p.parts
    )


def product_modules() -> list[Path]:
    return [p for p in modules() if "tests" not in p.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "izumi").as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def test_no_module_is_longer_than_400_lines():
    long = {name_of(p): n for p in modules() if (n := len(p.read_text("utf-8").splitlines())) > LONGEST_MODULE}
    assert {name: n for name, n in long.items() if n > LONG_MODULES.get(name, 0)} == {}


def test_no_function_is_longer_than_40_lines():
    long = {
        f"{name_of(p)}:{node.name}": lines_of(node)
        for p in product_modules()
        for node in functions(p)
        if lines_of(node) > LONGEST_FUNCTION
    }
    assert {name: n for name, n in long.items() if n > LONG_FUNCTIONS.get(name, 0)} == {}


def test_the_list_of_exemptions_only_shrinks():
    assert len(LONG_MODULES) + len(LONG_FUNCTIONS) + len(ODD_NAMES) <= EXEMPTIONS


def test_every_exemption_is_still_needed():
    for name in [*LONG_MODULES, *(key.split(":")[0] for key in LONG_FUNCTIONS), *ODD_NAMES]:
        assert (ROOT / "izumi" / name).exists(), name


def words(name: str) -> set[str]:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return {word for word in snake.split("_") if word}


def test_no_module_or_folder_has_a_name_that_says_nothing():
    found = {
        name_of(p)
        for p in product_modules()
        for part in (*p.relative_to(ROOT / "izumi").parent.parts, p.stem)
        if words(part) & BANNED and not any(name_of(p).startswith(odd) for odd in ODD_NAMES)
    }
    assert found == set()


def test_no_function_or_class_has_a_name_that_says_nothing():
    found = set()
    for path in product_modules():
        if any(name_of(path).startswith(odd) for odd in ODD_NAMES):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                said = set() if node.name in DJANGO_CALLS_IT_SO else words(node.name)
                if said & BANNED or node.name.startswith("do_") or node.name in ("data", "do", "run_it"):
                    found.add(f"{name_of(path)}:{node.name}")
    assert found == set()


@pytest.mark.parametrize("path", product_modules(), ids=name_of)
def test_every_module_delays_its_annotations(path: Path):
    text = path.read_text("utf-8")
    annotated = any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.AnnAssign) for node in ast.walk(ast.parse(text))
    )
    assert not annotated or "from __future__ import annotations" in text


def test_only_the_clock_asks_the_machine_for_the_time():
    asks = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|datetime\.today|timezone\.now|time\.time)\(")
    allowed = {"kernel/clock.py"}
    found = {name_of(p) for p in product_modules() if asks.search(p.read_text("utf-8")) and name_of(p) not in allowed}
    assert found == set()


def test_a_read_opens_no_transaction():
    found = {
        name_of(p)
        for p in product_modules()
        if (p.stem == "queries" or "queries" in p.parent.parts)
        and re.search(r"\batomic\b|\bwork\(", p.read_text("utf-8"))
    }
    assert found == set()
