"""Samples that lie beside the checkout (official schemas, instrument files): used when present, skipped with a reason when not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def shared_path(name: str) -> Path:
    """The file or folder ``name`` of the shared samples; skips the running test where they are absent."""
    folder = Path(os.environ.get("IZUMI_SHARED", ROOT.parent / "shared"))
    path = folder / name
    if not path.exists():
        pytest.skip(f"the shared samples are not beside this checkout: {name}")
    return path
