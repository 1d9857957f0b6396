"""Pure decisions of the hub: projections of documents, differences, what may follow what."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.days import Day, Instant, start_of
from izumi.policy.types import AccessClass, AccessStatement, Opens
from izumi.records.types import Document, RecordView

LINK_SCHEMES = ("DOI", "URL", "HDL", "ARK", "ISBN", "ISSN", "Izumi", "Local")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where two documents differ."""

    pointer: str
    before: Any
    after: Any

    def as_json(self) -> Document:
        """For answers and pages."""
        return {"pointer": self.pointer, "before": self.before, "after": self.after}


def differences(before: Any, after: Any, pointer: str = "") -> Iterator[Difference]:
    """Where two documents differ, member by member; lists of other lengths count as one difference."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}):
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from differences(before.get(name), after.get(name), f"{pointer}/{step}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for n, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{pointer}/{n}")
    elif before != after:
        yield Difference(pointer=pointer, before=before, after=after)


def without(document: Document, pointers: Iterable[str]) -> Document:
    """A copy of the document without the members that the pointers name (what a reader may not see)."""
    hidden = list(pointers)
    if not hidden:
        return {**document}
    projected = copy.deepcopy(document)
    for pointer in hidden:
        _remove(projected, [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]])
    return projected


def touches(pointers: Iterable[str], member: str) -> bool:
    """Whether one of the pointers lies in this member of the document, or is it."""
    return any(pointer == member or pointer.startswith(f"{member}/") for pointer in pointers)


def _remove(value: Any, path: list[str]) -> None:
    """Remove the member at the path; a list on the way is passed through element by element when no number is given."""
    if not path:
        return
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        if first.isascii() and first.isdigit() and len(first) <= 9:
            if int(first) < len(value):
                _remove(value[int(first)], rest) if rest else value.__setitem__(int(first), {})
        else:
            for element in value:
                _remove(element, path)
    elif isinstance(value, dict) and first in value:
        if rest:
            _remove(value[first], rest)
        else:
            del value[first]


def embargo_is_over(statement: AccessStatement, at: Instant) -> bool:
    """Whether an embargo that ends by itself has ended: ``available_on`` is the first open day, 00:00 Japan time.

    Source: common-items-2024-07-30, アクセス権 and 公開予定日.
    """
    return (
        statement.access_class is AccessClass.EMBARGOED
        and statement.opens is Opens.AUTO
        and statement.available_on is not None
        and start_of(statement.available_on) <= at
    )


def confirmation_day(statement: AccessStatement) -> Day | None:
    """The day from which an embargo waits for somebody's word, if it ends by one. Source: product.md A11 (no answer = stays shut)."""
    waits = statement.access_class is AccessClass.EMBARGOED and statement.opens is Opens.CONFIRM
    return statement.available_on if waits else None


def access_shown(statement: AccessStatement, at: Instant) -> Document:
    """The ``access`` object as it is true at this moment: an ended embargo reads ``open``."""
    shown = statement.as_document()
    if embargo_is_over(statement, at):
        shown["class"] = str(AccessClass.OPEN)
        shown.pop("opens", None)
    return shown


def kept_members(
    document: Document, *, posted_on: Day | None, updated_on: Day | None, files: int, size_bytes: int
) -> Document:
    """The document with the members that the system keeps: 掲載日・掲載更新日 and the counted size."""
    told = {**document}
    if posted_on is not None:
        told["posted_on"] = posted_on.isoformat()
    if updated_on is not None:
        told["updated_on"] = updated_on.isoformat()
    told["size"] = {**(document.get("size") or {}), "bytes": size_bytes, "files": files}
    return told


WIDER = {AccessClass.CLOSED: 0, AccessClass.EMBARGOED: 1, AccessClass.SHARED: 2, AccessClass.OPEN: 3}


def widens(before: AccessStatement, after: AccessStatement) -> bool:
    """Whether bytes or metadata would be meant for more people than before."""
    higher = WIDER[after.access_class] > WIDER[before.access_class] or WIDER[after.metadata_class] > WIDER[before.metadata_class]
    return higher or not set(after.scopes) <= set(before.scopes)


def narrows(before: AccessStatement, after: AccessStatement) -> bool:
    """Whether somebody could lose something, so that storage must hold the object before the change commits."""
    if before == after:
        return False
    if WIDER[after.access_class] < WIDER[before.access_class] or WIDER[after.metadata_class] < WIDER[before.metadata_class]:
        return True
    if not set(before.scopes) <= set(after.scopes) or dict(before.disclosure) != dict(after.disclosure):
        return True
    return (before.available_on, before.opens) != (after.available_on, after.opens)


def etag(view: RecordView, actor: Actor, *, lang: str = "", form: str = "", build: str = "") -> str:
    """A strong ETag: record, rules, window edge, audience, language, format and build (architecture.md §3)."""
    if view.is_draft and view.version is None and not form:
        return f'"{view.id}-r{view.revision}"'
    audience = "public" if actor.is_anonymous else f"{actor.id}|{sorted(actor.keys)}|{actor.scopes and sorted(actor.scopes)}"
    basis = "|".join(
        [view.id, str(view.stamp), str(view.access_revision), str(view.edge), str(view.version), str(view.correction),
         str(view.revision), str(view.draft_state), str(view.scheduled_on), audience, lang, form, build]
    )  # fmt: skip
    return f'"{hashlib.sha256(basis.encode()).hexdigest()[:24]}"'


def draft_etag(record_id: str, revision: int) -> str:
    """The ETag of a draft; it names the revision, so that ``If-Match`` can be compared without reading anything else."""
    return f'"{record_id}-r{revision}"'


def access_etag(record_id: str, revision: int) -> str:
    """The ETag of an access statement."""
    return f'"{record_id}-a{revision}"'


def matches(header: str, etag_now: str) -> bool:
    """Whether an ``If-Match`` header names the present state (``*`` names any)."""
    asked = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in asked or etag_now in asked


def links_of(document: Document) -> list[Document]:
    """The document's ``relations`` as link rows; entries without relation or identifier are left to the rules."""
    found = []
    for entry in document.get("relations") or []:
        if isinstance(entry, dict) and entry.get("relation") and entry.get("identifier"):
            found.append({name: str(entry.get(name) or "") for name in ("relation", "scheme", "identifier", "kind", "evidence")})
    return found
