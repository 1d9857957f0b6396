"""Template tags that let pages of lower rooms speak of plans: composed here, for those rooms know nothing of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from izumi.kernel.text import Text
from izumi.plans.models import Entry

register = template.Library()


@register.inclusion_tag("web/parts/from_plan.html", takes_context=True)
def from_plan(context: Mapping[str, Any], record: Any, filled: int = 0, missing: Sequence[Any] = ()) -> dict[str, Any]:
    """Of which planned dataset a draft is, how much came filled in and how much is left; nothing for other records.

    Cost: 1 statement for a record that answers an entry, else none.
    """
    keys = list(record.plan_entries or ())
    rows = Entry.objects.filter(pk__in=keys, retired_at=None).values("pk", "plan_id", "number", "title") if keys else ()
    told = [{"id": row["pk"], "plan": row["plan_id"], "number": row["number"], "title": Text(row["title"])} for row in rows]
    return {
        "request": context.get("request"), "lang": context.get("lang"), "entries": told, "filled": filled, "missing": len(missing),
    }  # fmt: skip
