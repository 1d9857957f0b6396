"""Lists of a research office: many projects at once, each judged alone; the same list again changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.findings import Finding
from izumi.kernel.ids import new_id
from izumi.kernel.work import Work, work
from izumi.people import queries, rules
from izumi.people.actions.checks import known, refuse, require
from izumi.people.actions.funding import ORGANISATIONS, PROGRAMMES, call_of_programme
from izumi.people.actions.judging import Decision, Terms, judged
from izumi.people.actions.naming import Funder, Wanted
from izumi.people.actions.projects import change_project, insert_project, set_number
from izumi.people.lists import ListFile
from izumi.people.lists.joining import Joined, joined
from izumi.people.models import Organisation, Programme, Role
from izumi.people.queries.lookups import Lookups, lookups, present

ROWS_AT_ONCE = 200
"""Rows of one transaction: a list that is broken off goes on where it stopped when it is loaded again."""
STATES = ("added", "changed", "unchanged", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a list; counts are of projects, ``rows`` of lines."""

    listed: ListFile
    decisions: tuple[Decision, ...]
    dry_run: bool

    def count(self, state: str) -> int:
        """How many projects ended so."""
        return Counter(one.state for one in self.decisions)[state]

    def rows(self) -> list[dict[str, Any]]:
        """Each row with the state of its project and what is to be said about it."""
        told = []
        for decision in self.decisions:
            lead = decision.group.lead.row
            for row in decision.group.rows:
                mine = [one for one in decision.findings if _row_of(one, lead) == row.row]
                told.append({"row": row.row, "project": decision.project, "state": decision.state, "findings": mine})
        return sorted(told, key=lambda one: one["row"])

    def as_json(self) -> dict[str, Any]:
        """For the API and the command line."""
        return {
            **{state: self.count(state) for state in STATES}, "projects": len(self.decisions), "read": len(self.listed.rows),
            "dry_run": self.dry_run, "format": self.listed.format, "encoding": self.listed.encoding,
            "columns": {"used": list(self.listed.used), "unused": list(self.listed.unused)},
            "rows": [{**one, "findings": [finding.as_json() for finding in one["findings"]]} for one in self.rows()],
        }  # fmt: skip


def _row_of(finding: Finding, lead: int) -> int:
    part = finding.pointer.split("/")
    return int(part[2]) if len(part) > 2 and part[1] == "rows" and part[2].isdigit() else lead


class _NothingToDo(Exception):
    """Somebody else did meanwhile what a batch was to do."""


def import_projects(
    actor: Actor, listed: ListFile, *, organisation: str | None = None, programme: str | None = None, call: str | None = None,
    create_programmes: bool = False, dry_run: bool = False,
) -> Imported:  # fmt: skip
    """Register and change projects by a list. Projects are found by any of their numbers, in any form.

    What the list does not say stays. ``organisation``, ``programme`` and ``call`` hold where a row names none that is known
    (programme and call: for all rows). A row that is refused stops no other. With ``dry_run`` nothing is written.
    Refuses (403) anyone but administrators, the console and curators, whose list changes projects of their own
    organisations alone; only administrators ``create_programmes``. Cost: about 12 statements per 200 rows to read,
    3 to 6 per project to write.
    """
    require(actor, rules.may_load_lists(actor, create_programmes=create_programmes))
    terms = _terms(actor, listed, organisation, programme, call, create_programmes)
    look, groups = lookups(), joined(listed.rows)
    decisions: list[Decision] = []
    for batch in _batches(groups):
        found = _judge(batch, terms, look)
        if not dry_run and any(one.state in ("added", "changed") for one in found):
            found = _write(actor, batch, terms, look)
        decisions += found
    return Imported(listed=listed, decisions=tuple(decisions), dry_run=dry_run)


def _terms(
    actor: Actor, listed: ListFile, organisation: str | None, programme: str | None, call: str | None, create_programmes: bool
) -> Terms:
    found, wrong = call_of_programme(programme, call)
    refuse(
        known(Organisation, organisation, "/organisation", source=ORGANISATIONS),
        known(Programme, programme, "/programme", source=PROGRAMMES), wrong,
    )  # fmt: skip
    named = {row.call.value for row in listed.rows if row.call is not None}
    return Terms(
        actor=actor, format=listed.format, organisation=organisation, call=found, calls=queries.calls(named),
        programme=programme or (found.programme if found else None), create_programmes=create_programmes,
    )  # fmt: skip


def _batches(groups: list[Joined]) -> Iterator[list[Joined]]:
    batch: list[Joined] = []
    for group in groups:
        batch.append(group)
        if sum(len(one.rows) for one in batch) >= ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _judge(batch: list[Joined], terms: Terms, look: Lookups) -> list[Decision]:
    keys = {key for group in batch for key in group.keys}
    by_key, there = present(keys, {group.id for group in batch if group.id})
    return [judged(group, terms, look, by_key, there) for group in batch]


def _write(actor: Actor, batch: list[Joined], terms: Terms, look: Lookups) -> list[Decision]:
    """One transaction: judged again under the write lock, then written."""
    found: list[Decision] = []
    try:
        with work(actor, "project.import") as w:
            found = _judge(batch, terms, look)
            for decision in found:
                _carry_out(w, decision, look)
            if not w.entries:
                raise _NothingToDo
    except _NothingToDo:
        pass
    return found


def _carry_out(w: Work, told: Decision, look: Lookups) -> None:
    if told.state not in ("added", "changed"):
        return
    if told.wanted is not None:
        told.members["programme"] = _programme(w, told.wanted, look)
    if told.project is None:
        told.project = insert_project(w, told.members, told.numbers)
    else:
        if told.members:
            change_project(w, told.project, told.members)
        for number in told.numbers:
            set_number(w, told.project, number)
    if told.leader is not None:
        _give_lead(w, told.project, told.leader)


def _give_lead(w: Work, project: str, person: str) -> None:
    row = Role.objects.create(
        person_id=person, role="pm", scope_kind="project", scope_id=project, from_day=w.today, recorded_at=w.now
    )
    w.journal("role.assigned", person, queries.role_card(row).as_json())


def _programme(w: Work, wanted: Wanted, look: Lookups) -> str:
    """The programme that an earlier row made, else a new one with its funder."""
    there = look.programme(code=wanted.code, name=next(iter(wanted.title.values())))
    if there:
        return min(there)
    funder = _funder(w, wanted.funder, look) if wanted.funder else None
    row = Programme.objects.create(
        id=new_id(), title=dict(wanted.title), name_key=rules.name_key(wanted.title), code=wanted.code, funder_id=funder, recorded_at=w.now
    )
    look.keep_programme(row.pk, wanted.title, wanted.code, funder)
    w.journal("programme.added", row.pk, {"title": dict(wanted.title), "funder": funder, "code": wanted.code})
    return row.pk


def _funder(w: Work, funder: Funder, look: Lookups) -> str | None:
    if funder.id is not None or funder.listed is None:
        return funder.id
    listed = funder.listed
    there = look.organisation(listed["ror"]) or look.organisation(listed["ja"])
    if there:
        return there
    names = {"ja": listed["ja"], "en": listed["en"]}
    row = Organisation.objects.create(
        id=new_id(), legal_name=names, name_key=rules.name_key(names), kind="funder", ror=listed["ror"], recorded_at=w.now
    )
    look.keep_organisation(row.pk, names.values(), listed["ror"])
    w.journal("organisation.added", row.pk, {"legal_name": names, "parent": None, "ror": listed["ror"]})
    return row.pk
