"""Lists of plans: narrow columns, keyset-paged, filtered by the same keys as the decision about one plan."""

from __future__ import annotations

from django.db.models import Q

from izumi.kernel.actors import Actor
from izumi.kernel.days import parse_instant
from izumi.kernel.errors import SignInNeeded
from izumi.kernel.ids import parse_id
from izumi.kernel.paging import Page, cursor_of, key_of, limited, unreadable_cursor
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.plans.deciding import ANYTHING
from izumi.plans.models import Entry, Plan
from izumi.plans.types import PlanLine
from izumi.policy.rules import effective_keys

MOST_STEPS = 6
"""How long a chain is looked through for a step that is asked."""


def plans_of(
    actor: Actor, *, project: str | None = None, programme: str | None = None, state: str | None = None, limit: int = 50,
    cursor: str | None = None,
) -> Page[PlanLine]:  # fmt: skip
    """Plans that the actor may see, last changed first; of a project, a programme, or in a state. Cost: 1 statement."""
    if actor.is_anonymous:
        raise SignInNeeded
    rows = Plan.objects.select_related("draft_row").filter(visible(actor))
    if project:
        rows = rows.filter(project=parse_id(project, "project"))
    if programme:
        rows = rows.filter(programme=parse_id(programme, "programme"))
    if state:
        rows = rows.filter(state=state)
    if cursor:
        at, key = key_of(cursor, parts=2)
        try:
            moment = parse_instant(str(at))
        except ValueError:
            raise unreadable_cursor() from None
        rows = rows.filter(Q(updated_at__lt=moment) | Q(updated_at=moment, pk__gt=str(key)))
    wanted = limited(limit)
    found = list(rows.order_by("-updated_at", "pk")[: wanted + 1])
    more = cursor_of(found[wanted - 1].updated_at.isoformat(), found[wanted - 1].pk) if len(found) > wanted else None
    keys = effective_keys(actor, "see")
    return Page(items=tuple(_line(row, keys) for row in found[:wanted]), next=more)


def plans_waiting(actor: Actor, *, limit: int = 100) -> list[PlanLine]:
    """Submitted plans for which this actor's yes is asked now, the longest waiting first. Cost: 1 statement."""
    keys = effective_keys(actor, "see")
    rows = Plan.objects.select_related("draft_row").filter(draft_row__state="submitted").filter(_asked(keys))
    return [_line(row, keys) for row in rows.order_by("draft_row__submitted_at", "pk")[:limited(limit)]]


def _asked(keys: frozenset[str]) -> Q:
    """Plans whose step asked is one of the reader's: administrators and the console stand for any, but are not asked."""
    asked = {
        "institution": Q(project__in=people.project_ids(organisations=_scopes(keys, "role:curator@org:"))),
        "pm": Q(project__in=_scopes(keys, "role:pm@project:")),
        "agency": Q(project__in=people.project_ids(programmes=_scopes(keys, "role:funder@programme:"))),
    }
    found = Q(pk__in=())
    for n in range(MOST_STEPS):
        for step, mine in asked.items():
            found |= Q(draft_row__step=n) & Q(**{f"draft_row__asked__{n}__step": step}) & mine
    return found


def visible(actor: Actor) -> Q:
    """The SQL twin of ``may(actor, "see", …)``: over the projects as they are registered now, for they move."""
    keys = effective_keys(actor, "see")
    if keys & ANYTHING:
        return Q()
    curated = people.project_ids(organisations=_scopes(keys, "role:curator@org:"))
    funded = people.project_ids(programmes=_scopes(keys, "role:funder@programme:"))
    return (
        Q(project__in=_scopes(keys, "project:", "role:pm@project:"))
        | Q(project__in=curated)
        | Q(project__in=funded, version__gt=0)
        | Q(project__in=funded, draft_row__state="submitted", draft_row__asked__icontains='"agency"')
    )


def _scopes(keys: frozenset[str], *prefixes: str) -> list[str]:
    return sorted(key[len(prefix) :] for key in keys for prefix in prefixes if key.startswith(prefix))


def _writes(row: Plan, keys: frozenset[str]) -> bool:
    """Whether the reader may know of the working document (its writers do; a funder of a plan in force need not)."""
    own = {f"project:{row.project}", f"role:pm@project:{row.project}", f"role:curator@org:{row.owner_organisation}"}
    return bool(keys & (ANYTHING | own))


def _line(row: Plan, keys: frozenset[str]) -> PlanLine:
    draft = getattr(row, "draft_row", None)
    writes = _writes(row, keys) or (draft is not None and draft.state == "submitted")
    return PlanLine(
        id=row.id, project=row.project, title=Text(row.title), form=row.form, state=row.state,
        draft_state=draft.state if draft is not None and writes else None, version=row.version, entries=row.entries,
        owner=row.owner, owner_organisation=row.owner_organisation, updated_at=row.updated_at if writes else row.adopted_at or row.updated_at,
        adopted_at=row.adopted_at, next_review_on=row.next_review_on,
    )  # fmt: skip


def plan_of_entry(entry_id: str) -> str:
    """The plan that an entry belongs or belonged to, or an empty string; unfiltered: whoever leads there asks the plan. Cost: 1 statement."""
    return Entry.objects.filter(pk=entry_id).values_list("plan_id", flat=True).first() or ""
