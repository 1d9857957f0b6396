"""Rooms meet at their doors: of another room only types, rules, queries and actions may be imported; the kernel is open."""

from __future__ import annotations

import ast
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
DOORS = {"types", "rules", "queries", "actions"}
OPEN_ROOMS = {"kernel"}
COMPOSING_ROOMS = {"web"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("izumi", cache_dir=None)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def test_other_rooms_are_entered_by_their_doors(graph):
    wrong = set()
    for importer in graph.modules:
        here = room_of(importer)
        if here in COMPOSING_ROOMS or ".tests" in importer:
            continue
        for imported in graph.find_modules_directly_imported_by(importer):
            there = room_of(imported)
            if there in ("", here) or there in OPEN_ROOMS:
                continue
            door = imported.split(".")[2] if imported.count(".") >= 2 else ""
            if door not in DOORS:
                wrong.add(f"{importer} -> {imported}")
    assert wrong == set()


def test_no_room_imports_the_composition(graph):
    wrong = {
        f"{importer} -> izumi.web"
        for importer in graph.modules
        if room_of(importer) not in ("web", "")
        for imported in graph.find_modules_directly_imported_by(importer)
        if room_of(imported) == "web"
    }
    assert wrong == set()


def test_no_room_listens_to_djangos_signals_for_its_business():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "izumi").rglob("*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db.models.signals")
    }
    assert found == set()


def test_models_keep_no_business_in_save():
    found = {
        f"{path.relative_to(ROOT).as_posix()}:{node.name}"
        for path in (ROOT / "izumi").glob("*/models*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete", "full_clean")
    }
    assert found == set()
