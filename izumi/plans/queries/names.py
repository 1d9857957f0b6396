"""What plans, entries, projects and records are called, for those who may hear it."""

from __future__ import annotations

from collections.abc import Mapping

from izumi.kernel.actors import Actor
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.plans.models import Entry, Plan
from izumi.plans.queries.deviations import may_follow
from izumi.records.queries.titles import titles_for


def names_for(subjects: frozenset[str], reader: Actor) -> Mapping[str, Text]:
    """Names by identifier, as they stand in a sentence. Titles of projects are public; titles of plans and entries are for
    those who may follow the project; who answers for the data, and mails, hear the data number, all others the identifier.
    Cost: at most 9 statements.
    """
    plans = {row["pk"]: row for row in Plan.objects.filter(pk__in=subjects).values("pk", "project", "title")}
    entries = {row["pk"]: row for row in Entry.objects.filter(pk__in=subjects).values("pk", "project", "title", "number", "responsible")}
    about = {row["project"] for row in (*plans.values(), *entries.values())}
    cards = people.projects(about | (subjects - set(plans) - set(entries)))
    open_to = {key for key in about if key in cards and may_follow(reader, cards[key])}
    found = {key: _quoted(card.title) for key, card in cards.items() if key in subjects}
    for key, row in plans.items():
        if row["project"] in open_to and row["title"]:
            found[key] = _quoted(Text(row["title"]))
    for key, row in entries.items():
        if row["project"] in open_to and row["title"]:
            found[key] = _quoted(Text(row["title"]))
        elif row["number"] and (reader.is_anonymous or row["responsible"] == reader.person):
            found[key] = both(f"データ No. {row['number']}（{key}）", f"Data no. {row['number']} ({key})")
    records = subjects - set(found) - set(plans) - set(entries)
    found |= {key: _quoted(title) for key, title in titles_for(reader, records).items()}
    return found


def _quoted(title: Text) -> Text:
    return both(f"「{title.one('ja')}」", f"“{title.one('en')}”")
