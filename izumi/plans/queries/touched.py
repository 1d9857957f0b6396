"""Which projects events are about: of their records, plans, calls and rounds. Unfiltered, for the watch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from izumi.kernel.ids import is_id
from izumi.kernel.journal import Event
from izumi.people import queries as people
from izumi.plans.cause import Cause
from izumi.plans.models import Deviation, EntryRecord, Plan
from izumi.records import queries as records


def causes_of(events: list[Event]) -> dict[str, Cause]:
    """By project, why it is looked at. Cost: at most 8 statements, and 3 for each call or round that changed."""
    rooms: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        rooms[event.verb.partition(".")[0]].append(event)
    found: dict[str, Cause] = {}
    for told in (_records(rooms["record"]), _plans(rooms["plan"]), _projects(rooms), _calls(rooms)):
        for event, project, record in told:
            _note(found, event, project, record)
    for event in rooms["report"]:
        _report(found, event)
    return found


Told = Iterator[tuple[Event, str, str]]
"""An event, a project that it is about, and the record, if it is one."""


def _note(found: dict[str, Cause], event: Event, project: str, record: str) -> None:
    cause = found.setdefault(project, Cause(first=event.at))
    cause.first = min(cause.first, event.at)
    before = cause.last.get(record)
    if before is None or before[0] <= event.at:
        cause.last[record] = (event.at, event.verb)


def _records(events: list[Event]) -> Told:
    """The projects of each record, those it left, and those whose entries it answers. Cost: 4 statements, or none."""
    ids = {event.subject for event in events}
    if not ids:
        return
    about: dict[str, set[str]] = {key: set(one.projects) for key, one in records.reality(ids).items()}
    answered = EntryRecord.objects.filter(record__in=ids).values_list("record", "entry__project")
    noted = Deviation.objects.filter(record__in=ids, settled_at=None).values_list("record", "project")
    for record, project in (*answered, *noted):
        about.setdefault(record, set()).add(project)
    for event in events:
        left = (event.payload or {}).get("before") if event.verb == "record.projects_changed" else None
        for project in about.get(event.subject, set()) | _ids(left):
            yield event, project, event.subject


def _ids(told: object) -> set[str]:
    return {one for one in told if isinstance(one, str) and is_id(one)} if isinstance(told, list) else set()


def _plans(events: list[Event]) -> Told:
    """Cost: 1 statement, or none."""
    ids = {event.subject for event in events}
    of = dict(Plan.objects.filter(pk__in=ids).values_list("pk", "project")) if ids else {}
    for event in events:
        named = (event.payload or {}).get("project")
        project = of.get(event.subject) or (named if isinstance(named, str) else "")
        if project:
            yield event, project, ""


def _projects(rooms: dict[str, list[Event]]) -> Told:
    for event in rooms["project"]:
        yield event, event.subject, ""


def _calls(rooms: dict[str, list[Event]]) -> Told:
    """The projects of a call or, for a round, of its programme. Cost: 3 statements for each."""
    calls = people.calls({event.subject for event in rooms["call"]}) if rooms["call"] else {}
    for event in rooms["call"]:
        call = calls.get(event.subject)
        for card in people.projects_of_programme(call.programme) if call else ():
            if card.call == event.subject:
                yield event, card.id, ""
    for event in rooms["round"]:
        programme = (event.payload or {}).get("programme")
        for card in people.projects_of_programme(programme) if isinstance(programme, str) else ():
            yield event, card.id, ""


def _report(found: dict[str, Cause], event: Event) -> None:
    """A report that was handed in settles its obligation; one that is returned opens it again."""
    told = event.payload or {}
    project, one = told.get("project"), told.get("round")
    if isinstance(project, str) and isinstance(one, str):
        _note(found, event, project, "")
        found[project].reports[one] = event.verb != "report.returned"

