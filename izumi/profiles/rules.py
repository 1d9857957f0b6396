"""The pure decisions of this room, as other rooms import them."""

from __future__ import annotations

from izumi.profiles.access import stored_access
from izumi.profiles.calendars import western
from izumi.profiles.display import person_name
from izumi.profiles.patch import MAX_DEPTH, merge_patch
from izumi.profiles.pointers import value_at
from izumi.profiles.prefill import entry_access, prefill
from izumi.profiles.shape import MAX_DOCUMENT_BYTES, MAX_TEXT_BYTES, shape, shape_entry
from izumi.profiles.values import is_orcid, is_ror

__all__ = [
    "MAX_DEPTH", "MAX_DOCUMENT_BYTES", "MAX_TEXT_BYTES", "entry_access", "is_orcid", "is_ror", "merge_patch", "person_name",
    "prefill", "shape", "shape_entry", "stored_access", "value_at", "western",
]  # fmt: skip
