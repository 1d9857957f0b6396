"""Lists of a research office: bytes in, rows about projects out. Nothing here knows the database or who asks."""

from __future__ import annotations

from izumi.people.lists.reading import read_list
from izumi.people.lists.types import FORMATS, Cell, Listed, ListFile

__all__ = ["FORMATS", "Cell", "ListFile", "Listed", "read_list"]
