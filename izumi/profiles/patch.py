"""JSON merge patch. Source: rfc-7396."""

from __future__ import annotations

from typing import Any

from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both

MAX_DEPTH = 24
"""Levels of nesting a document may have; real ones have nine."""


def too_deep(pointer: str = "") -> Invalid:
    """The error for a document or patch with more than ``MAX_DEPTH`` levels."""
    return Invalid(
        Finding(
            rule="document-too-deep",
            severity=Severity.ERROR,
            pointer=pointer,
            message=both(
                f"入れ子が深すぎます。{MAX_DEPTH} 段までにしてください。",
                f"The nesting is too deep; at most {MAX_DEPTH} levels are allowed.",
            ),
            source="izumi-document",
        )
    )


def merge_patch(document: Any, patch: Any, *, depth: int = 0) -> Any:
    """The document with the patch applied: ``null`` removes a member, a mapping is merged, anything else replaces.

    Neither argument is changed. Raises `Invalid` (``document-too-deep``) beyond ``MAX_DEPTH`` levels.
    """
    if not isinstance(patch, dict):
        return patch
    if depth > MAX_DEPTH:
        raise too_deep()
    merged = dict(document) if isinstance(document, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value, depth=depth + 1)
    return merged
