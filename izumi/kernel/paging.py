"""Pages of lists: keyset cursors that are opaque to callers and cost the same at any depth."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both

T = TypeVar("T")
MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page; ``next`` is the cursor of the following one, or ``None`` at the end."""

    items: tuple[T, ...]
    next: str | None = None


def _refused(rule: str, pointer: str, ja: str, en: str) -> Invalid:
    return Invalid(Finding(rule=rule, severity=Severity.ERROR, pointer=pointer, message=both(ja, en)))


def limited(limit: int) -> int:
    """The limit, when it is from 1 to 1000; ``Invalid`` otherwise."""
    if not 1 <= limit <= MAX_LIMIT:
        raise _refused(
            "limit-out-of-range", "/limit",
            f"limit は 1 から {MAX_LIMIT} までにしてください。", f"limit must be from 1 to {MAX_LIMIT}.",
        )  # fmt: skip
    return limit


def whole(text: str) -> int | None:
    """The number that ASCII digits write, with at most 15 of them; ``None`` for anything else (``²`` is a digit too)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def unreadable_cursor() -> Invalid:
    """The refusal of a cursor that is not one of ours."""
    return _refused(
        "cursor-unknown", "/cursor",
        "cursor が読み取れません。最初のページから読み直してください。", "This cursor cannot be read. Start from the first page.",
    )  # fmt: skip


def cursor_of(*key: Any) -> str:
    """An opaque cursor for a key of JSON values."""
    return base64.urlsafe_b64encode(json.dumps(key, default=str, separators=(",", ":")).encode()).decode().rstrip("=")


def key_of(cursor: str, *, parts: int) -> list[Any]:
    """The key in a cursor; ``Invalid`` when it is not one of ours."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        json.dumps(key, ensure_ascii=False).encode()  # a lone surrogate is no text
    except (ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(k, str | int | float) for k in key):
        raise unreadable_cursor()
    return key
