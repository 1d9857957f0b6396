"""What is due soon, for those who may see the plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.days import Day, shifted
from izumi.kernel.text import Text
from izumi.people import queries as people
from izumi.plans.models import Entry, EntryRecord, Obligation, Plan
from izumi.plans.obligations import KIND_LABELS
from izumi.plans.queries.deviations import may_follow
from izumi.plans.types import Document

AT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationView:
    """Something that is due on a day and not done yet."""

    kind: str
    day: Day
    days_left: int
    """Below 0 when the day is over."""
    project: str
    plan: str | None
    entry: str | None
    round: str | None
    title: Text
    """What it is about: the entry, the plan, the round, or the project."""
    href: str

    @property
    def label(self) -> Text:
        """What is to be done."""
        return KIND_LABELS[self.kind]

    def as_json(self) -> Document:
        """For answers."""
        return {
            "kind": self.kind, "day": self.day.isoformat(), "days_left": self.days_left, "project": self.project, "plan": self.plan,
            "entry": self.entry, "round": self.round, "title": self.title.as_json(), "label": self.label.as_json(), "href": self.href,
        }  # fmt: skip


def upcoming(actor: Actor, projects: Iterable[str], *, days: int = 90) -> tuple[ObligationView, ...]:
    """What is due in these projects within so many days, and what is overdue, the earliest first; at most 200.

    Projects whose plans the actor may not see are left out. Cost: at most 8 statements, whatever the number of projects.
    """
    cards = {key: card for key, card in people.projects(projects).items() if may_follow(actor, card)}
    if not cards:
        return ()
    today = clock.today()
    standing = Obligation.objects.filter(project__in=list(cards), settled_at=None, day__lte=shifted(today, days))
    rows = list(standing.order_by("day", "key")[:AT_MOST])
    entries = dict(Entry.objects.filter(pk__in={row.entry for row in rows}).values_list("pk", "title"))
    plans = dict(Plan.objects.filter(pk__in={row.plan for row in rows}).values_list("pk", "title"))
    records = dict(EntryRecord.objects.filter(entry__in=list(entries)).order_by("-id").values_list("entry_id", "record"))
    rounds = {one.id: one.title for one in people.rounds_of({card.programme for card in cards.values() if card.programme})}
    return tuple(
        ObligationView(
            kind=row.kind, day=row.day, days_left=(row.day - today).days, project=row.project, plan=row.plan or None,
            entry=row.entry or None, round=row.round or None, href=page_of(row.kind, row.project, row.plan, row.round, records.get(row.entry, "")),
            title=Text(entries.get(row.entry) or plans.get(row.plan) or rounds.get(row.round) or cards[row.project].title),
        )
        for row in rows
    )  # fmt: skip


def page_of(kind: str, project: str, plan: str, round_id: str, record: str) -> str:
    """The page on which an obligation is met."""
    if kind == "plan":
        return f"/plans/new?project={project}"
    if kind == "report":
        return f"/reports/hand-in/{round_id}/{project}"
    pages = {"register": "edit", "publish": "publish", "open": "access"}
    return f"/records/{record}/{pages[kind]}" if kind in pages and record else f"/plans/{plan}"
