"""What records are called, for those who may hear it."""

from __future__ import annotations

from collections.abc import Iterable

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.text import Text
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.records.models import Record


def titles_for(actor: Actor, record_ids: Iterable[str]) -> dict[str, Text]:
    """Titles by record, of those whose title this reader may see now, drafts too; others are absent. Cost: 2 statements."""
    wanted = list(set(record_ids))
    titles = {key: Text(title) for key, title in Record.objects.filter(pk__in=wanted).values_list("pk", "title")}
    rights, now = policy.access_facts(titles), clock.now()
    return {
        key: title for key, title in titles.items()
        if title and key in rights and decide.verdict(actor, "see", rights[key], now, "/title")
    }  # fmt: skip
