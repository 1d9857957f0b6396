"""Izumi's own JSON: everything a reader may see of a version, nothing about the reader, no counters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from izumi.kernel.contracts import Document, Incoming, Loss, Package
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text, both

MEMBERS = ("id", "kind", "state", "version", "versions", "metadata", "unmapped", "links", "files", "identifiers", "access",
           "organisation", "publisher", "profiles", "published_on", "updated_on", "urls")


def as_document(package: Package) -> Document:
    """The export as plain values. Addresses are absolute: a copy of the file still knows where it came from."""
    return {
        "id": package.id,
        "kind": package.kind,
        "state": package.state,
        "version": package.version,
        "versions": [dict(entry) for entry in package.versions],
        "metadata": package.metadata,
        "unmapped": [dict(entry) for entry in package.unmapped],
        "links": [dict(entry) for entry in package.links],
        "files": dict(package.files_summary),
        "identifiers": [dict(entry) for entry in package.identifiers],
        "access": package.access,
        "organisation": package.organisation,
        "publisher": dict(package.publisher),
        "profiles": dict(package.profiles),
        "published_on": package.published_on,
        "updated_on": package.updated_on,
        "urls": {"resolver": package.urls.resolver, "record": package.urls.record, "version": package.urls.version,
                 "api": package.urls.api, "files": package.urls.files},
    }


def canonical(value: Any) -> bytes:
    """The one byte form of a value: sorted keys, UTF-8, two spaces, a final line end."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, default=_plain)
    return text.encode("utf-8", "replace") + b"\n"


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "keys") else list(value) if isinstance(value, (tuple, set, frozenset)) else str(value)


class OwnJson:
    """The format ``json``."""

    name = "json"
    extension = "json"
    media_types = ("application/json",)
    label: Text = both("JSON（Izumi）", "JSON (Izumi)")

    def write(self, package: Package) -> Iterator[bytes]:
        """The export; equal packages give equal bytes."""
        yield canonical(as_document(package))

    def losses(self, package: Package) -> tuple[Loss, ...]:
        """Nothing is lost."""
        return ()

    def detect(self, head: bytes, filename: str = "") -> bool:
        """Whether this is a JSON object with a metadata member."""
        return head.lstrip()[:1] in (b"{", b"[") and b'"metadata"' in head and (b'"kind"' in head or b'"title"' in head)

    def read(self, source: bytes) -> tuple[tuple[Incoming, ...], tuple[Loss, ...]]:
        """One export, a list of them, or bare ``{"metadata": …}`` objects; state and addresses are left behind."""
        try:
            value = json.loads(source.decode("utf-8-sig"))
        except (ValueError, RecursionError) as exc:
            raise Invalid(_not_ours()) from exc
        entries = value if isinstance(value, list) else [value]
        if not entries or not all(isinstance(e, dict) and isinstance(e.get("metadata"), dict) for e in entries):
            raise Invalid(_not_ours())
        return tuple(_incoming(n, entry) for n, entry in enumerate(entries)), ()


def _incoming(position: int, entry: Document) -> Incoming:
    kept = entry.get("unmapped")
    identifiers = entry.get("identifiers")
    return Incoming(
        metadata=entry["metadata"],
        kind=str(entry.get("kind") or "dataset"),
        unmapped=tuple(e for e in kept if isinstance(e, dict)) if isinstance(kept, list) else (),
        identifiers=tuple(e for e in identifiers if isinstance(e, dict)) if isinstance(identifiers, list) else (),
        position=f"item {position + 1}",
    )


def _not_ours() -> Finding:
    return Finding(
        rule="json-not-found",
        severity="error",
        pointer="",
        message=both("Izumi の JSON として読めません。", "This is not a JSON export of Izumi."),
        fix=both('"metadata" を持つオブジェクトにしてください。', 'Give an object with a "metadata" member.'),
    )


CODECS = (OwnJson(),)
