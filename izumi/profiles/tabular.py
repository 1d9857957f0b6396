"""A document as one row of a table view: each cell in the words of the landing page, joined as the pack says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from izumi.profiles.conditions import Scene
from izumi.profiles.display import Page, Vocabularies, values_of
from izumi.profiles.patch import merge_patch
from izumi.profiles.pointers import split
from izumi.profiles.types import Context, Document, FieldSpec, Piece, TableColumn, TableView

NOWHERE = Context(today=date.min)
"""Conditions of pieces look at the document alone."""


def table_row(
    view: TableView,
    document: Document,
    lang: str,
    *,
    fields: Sequence[FieldSpec],
    vocabularies: Vocabularies,
    facts: Mapping[str, Any],
) -> tuple[str, ...]:
    """One string for each column, in order; an empty string where nothing is said.

    ``facts`` by pointer stand in for what the document does not say.
    """
    page = Page(lang, vocabularies)
    known = {one.pointer: one for one in fields}
    return tuple(_cell(column, document, page, known, facts) for column in view.columns)


def _cell(
    column: TableColumn, document: Document, page: Page, known: Mapping[str, FieldSpec], facts: Mapping[str, Any]
) -> str:
    told: list[str] = []
    for piece in column.pieces:
        words = _words(piece, known.get(piece.at), document, page, facts)
        if words and words not in told:
            told.append(words)
    return column.between.one(page.lang).join(told)


def _words(piece: Piece, spec: FieldSpec | None, document: Document, page: Page, facts: Mapping[str, Any]) -> str:
    if spec is None or (piece.when is not None and not piece.when(Scene(document, NOWHERE, document))):
        return ""
    values = values_of(spec, document, page, facts)
    if not values and piece.at in facts:
        values = values_of(spec, _holding(document, piece.at, facts[piece.at]), page, facts)
    text = page.two("、", ", ").join(value.text for value in values)
    return f"{piece.before.one(page.lang)}{text}" if text else ""


def _holding(document: Document, pointer: str, value: Any) -> Document:
    """The document with the value at this place."""
    patch = value
    for token in reversed(split(pointer)):
        patch = {token: patch}
    held: Document = merge_patch(document, patch)
    return held
