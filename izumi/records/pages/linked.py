"""What a record is linked with: relation in words, and the title where the other end is a record that this reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.ids import is_id
from izumi.policy import queries as policy
from izumi.records.models import Record
from izumi.records.pages import words
from izumi.records.types import RecordView

BEFORE = frozenset({"IsDerivedFrom", "IsCompiledBy", "Requires", "IsNewVersionOf"})
"""Relations by which the other end stood before this dataset."""
AFTER = frozenset({"IsSourceOf", "IsPreviousVersionOf", "IsCitedBy", "IsReferencedBy"})
"""Relations by which the other end came out of this dataset."""


def links_of(actor: Actor, view: RecordView) -> list[dict[str, Any]]:
    """All links in the order they were stated. Cost: 1 statement when some lead to records of this site."""
    stated: Iterable[Any] = view.links or view.metadata.get("relations") or ()
    lines = [words.link_line(link) for link in stated if isinstance(link, Mapping)]
    here = {line["label"]: last for line in lines if is_id(last := line["label"].rstrip("/").rsplit("/", 1)[-1])}
    titles = titles_of(actor, here.values()) if here else {}
    for line in lines:
        key = here.get(line["label"])
        if key in titles:
            line.update(title=titles[key], record=key)
    return lines


def titles_of(actor: Actor, record_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """The titles of those records that the reader may see now. Cost: 1 statement."""
    rows = Record.objects.filter(policy.visible(actor, clock.now()), pk__in=set(record_ids))
    return dict(rows.values_list("pk", "title"))
