"""The pure decisions of this room, as other rooms import them."""

from __future__ import annotations

from izumi.profiles.access import stored_access, waits_for_confirmation
from izumi.profiles.display import doi_url, human_size, person_name
from izumi.profiles.patch import MAX_DEPTH, merge_patch
from izumi.profiles.pointers import is_blank, value_at
from izumi.profiles.prefill import prefill
from izumi.profiles.shape import MAX_DOCUMENT_BYTES, MAX_TEXT_BYTES, SYSTEM_KEPT, shape, without_system_kept
from izumi.profiles.values import as_day, folded, is_day, is_email, is_jgn, is_orcid, is_ror, is_url

__all__ = [
    "MAX_DEPTH", "MAX_DOCUMENT_BYTES", "MAX_TEXT_BYTES", "SYSTEM_KEPT", "as_day", "doi_url", "folded",
    "human_size", "is_blank", "is_day", "is_email", "is_jgn", "is_orcid", "is_ror", "is_url", "merge_patch",
    "person_name", "prefill", "shape", "stored_access", "value_at", "waits_for_confirmation",
    "without_system_kept",
]  # fmt: skip
