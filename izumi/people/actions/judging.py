"""What becomes of one project of a list: added, changed, unchanged or refused, and why. Reads nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.people import rules
from izumi.people.actions.funding import ORGANISATIONS, PROGRAMMES
from izumi.people.actions.naming import Wanted, funder_named, number_changes, programme_named, wanted_programme
from izumi.people.actions.projects import call_not_open, member_faults, number_fault
from izumi.people.lists.joining import Joined, Key
from izumi.people.lists.reading import cell_finding
from izumi.people.lists.types import Cell
from izumi.people.queries.lookups import Lookups, Present
from izumi.people.queries.warnings import number_warning
from izumi.people.types import CallCard, Number

_NUMBER_MISSING = both("番号が書かれていません。番号のない行は、あとで見分けられないので登録しません。",
                       "There is no number. A row without one could not be recognised later, so it is not registered.")  # fmt: skip
_ORGANISATION_MISSING = both("機関が書かれていません。--organisation で指定できます。", "There is no organisation. Name one with --organisation.")

EMPTY: Mapping[str, Any] = {
    "programme": None, "call": None, "review": "", "starts_on": None, "ends_on": None, "profile": "", "contract": "", "field": "",
    "countries": [], "partners": [],
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Terms:
    """Under which the list is loaded: who does it, and what holds where a row says nothing."""

    actor: Actor
    format: str
    organisation: str | None = None
    programme: str | None = None
    call: CallCard | None = None
    calls: Mapping[str, CallCard] = field(default_factory=dict)
    """The calls that rows name, by id."""
    create_programmes: bool = False

    @property
    def site(self) -> bool:
        """Whether an administrator or the console does it."""
        return bool(rules.may_administer(self.actor))

    def may_keep(self, organisation: str) -> bool:
        """Whether the actor registers projects of this organisation."""
        return bool(rules.may_administer(self.actor, f"role:curator@org:{organisation}"))

    def may_place(self, programme: str) -> bool:
        """Whether the actor puts projects into this programme whatever its calls say."""
        return bool(rules.may_administer(self.actor, f"role:funder@programme:{programme}"))


@dataclass(slots=True, kw_only=True)
class Decision:
    """What becomes of one project."""

    group: Joined
    project: str | None = None
    state: str = "unchanged"
    findings: list[Finding] = field(default_factory=list)
    members: dict[str, Any] = field(default_factory=dict)
    """Of a new project all, of an existing one those that change."""
    numbers: list[Number] = field(default_factory=list)
    leader: str | None = None
    wanted: Wanted | None = None

    @property
    def blocked(self) -> bool:
        """Whether one of the findings refuses it."""
        return any(finding.blocks for finding in self.findings)

    def say(self, severity: Severity, rule: str, row: int, cell: Cell, ja: str, en: str, source: str | None = None) -> None:
        """One more finding about a cell."""
        self.findings.append(cell_finding(rule, severity, row, cell, ja, en, source))

    def blame(self, found: Iterable[Finding | None]) -> None:
        """Findings of the rules for every project, at the place of the row."""
        row = self.group.lead.row
        self.findings += [
            Finding(rule=one.rule, severity=one.severity, pointer=f"/rows/{row}{one.pointer}", message=one.message, source=one.source, fix=one.fix)
            for one in found if one is not None
        ]  # fmt: skip


def judged(group: Joined, terms: Terms, look: Lookups, by_key: Mapping[Key, set[str]], there: Mapping[str, Present]) -> Decision:
    """The decision about one project, given what the site knows. Writes nothing."""
    told = Decision(group=group, findings=group.findings)
    now = _match(told, by_key, there)
    if told.blocked:
        return _closed(told)
    organisation = now.members["organisation"] if now else _organisation(told, terms, look)
    if organisation and not terms.may_keep(organisation):
        ja, en = "この機関のプロジェクトを登録する権限がありません。", "You may not register projects of this organisation."
        told.say(Severity.ERROR, "not-yours", group.lead.row, group.lead.organisation or Cell("", ""), ja, en)
    if told.blocked:
        return _closed(told)
    before = {**EMPTY, "title": {}, "organisation": organisation, **(now.members if now else {})}
    after = {**before, **_said(group), "title": {**before["title"], **group.title}}
    after |= _place(told, terms, look, before)
    after["partners"] = _partners(told, look, before, organisation)
    told.blame(member_faults(after))
    told.blame(number_fault(one, n) for n, one in enumerate(group.numbers))
    told.findings += [found for n, one in enumerate(group.numbers) if (found := number_warning(one, f"/rows/{group.lead.row}/numbers/{n}"))]
    _lead(told, terms, look, now)
    if told.blocked:
        return _closed(told)
    told.members = after if now is None else {name: value for name, value in after.items() if before[name] != value}
    told.numbers = list(group.numbers) if now is None else number_changes(now.numbers, group.numbers, group.newest.year)
    changed = bool(told.members or told.numbers or told.leader or told.wanted)
    told.state = "added" if now is None else "changed" if changed else "unchanged"
    return told


def _closed(told: Decision) -> Decision:
    told.state, told.members, told.numbers, told.leader, told.wanted = "refused", {}, [], None, None
    return told


def _match(told: Decision, by_key: Mapping[Key, set[str]], there: Mapping[str, Present]) -> Present | None:
    """The project that has one of the numbers, or the id; findings when there are several or none can be meant."""
    group = told.group
    found = {project for key in group.keys for project in by_key.get(key, ())}
    cell = Cell("id", group.id)
    if group.id and group.id not in there:
        told.say(Severity.ERROR, "reference-unknown", group.lead.row, cell, "「{value}」というプロジェクトはありません。",
                 "There is no project “{value}”.", "/api/v1/projects")  # fmt: skip
    elif group.id:
        found.add(group.id)
    if not group.keys and not group.id:
        told.blame([Finding(rule="number-missing", severity=Severity.ERROR, pointer="/numbers", message=_NUMBER_MISSING)])
    if len(found) > 1:
        numbers = Cell("id", ", ".join(sorted(found)))
        told.say(Severity.ERROR, "numbers-of-several", group.lead.row, numbers, "番号が、別々のプロジェクトのものです: {value}",
                 "The numbers belong to different projects: {value}")  # fmt: skip
    now = there.get(next(iter(found))) if len(found) == 1 else None
    told.project = now.id if now else None
    return now


def _organisation(told: Decision, terms: Terms, look: Lookups) -> str | None:
    """The organisation of a new project: as the row says, else the one given for all."""
    row, cell = told.group.lead.row, told.group.lead.organisation
    found = look.organisation(cell.value) if cell else None
    if found:
        return found
    if cell is None and terms.organisation is None:
        told.blame([Finding(rule="organisation-missing", severity=Severity.ERROR, pointer="/organisation", message=_ORGANISATION_MISSING)])
    elif cell is not None:
        severity = Severity.WARNING if terms.organisation else Severity.ERROR
        told.say(severity, "organisation-unknown", row, cell, "「{value}」という機関は、このサイトに登録されていません。",
                 "No organisation of this site is called “{value}”.", ORGANISATIONS)  # fmt: skip
    return terms.organisation


def _partners(told: Decision, look: Lookups, before: Mapping[str, Any], organisation: str | None) -> list[str]:
    found = set(before["partners"])
    lead = told.group.lead
    cells = [*told.group.beside, *([(lead.row, lead.organisation)] if lead.organisation else [])]
    for row, cell in cells:
        partner = look.organisation(cell.value)
        if partner:
            found.add(partner)
        elif cell is not lead.organisation:
            told.say(Severity.WARNING, "partner-unknown", row, cell, "「{value}」という機関は登録されていないので、分担機関に加えていません。",
                     "No organisation is called “{value}”; it was not made a partner.", ORGANISATIONS)  # fmt: skip
    return sorted(found - {organisation or ""})


def _said(group: Joined) -> dict[str, Any]:
    """The members that the list says."""
    rows = sorted(group.rows, key=lambda one: (-(one.year or 0), one.row))
    told: dict[str, Any] = {
        "starts_on": group.starts_on, "ends_on": group.ends_on, "field": next((one.field for one in rows if one.field), ""),
        "contract": next((one.contract for one in rows if one.contract), ""),
        "countries": sorted({country for one in rows for country in one.countries}),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _lead(told: Decision, terms: Terms, look: Lookups, now: Present | None) -> None:
    """Who becomes PM: the leader of the list, where the person is known; nobody ever loses the role by a list."""
    found = told.group.leaders()
    if not found:
        return
    row, cell, name = found[0]
    if len(found) > 1:
        told.say(Severity.TASK, "leader-unclear", row, cell, "代表者がだれか、一覧からは決まりません。", "The list does not tell who leads it.")
        return
    person = look.leaders.get(cell.value)
    if person is None:
        shown = Cell(cell.column, " ".join([*([name] if name and cell.value not in name else []), cell.value]))
        told.say(Severity.TASK, "leader-unknown", row, shown, "研究者番号 {value} の利用者がいません。人を登録し、代表者の役割を付けてください。",
                 "Nobody has the researcher number {value}. Register the person and give the role of leader.", "/api/v1/people")  # fmt: skip
    elif now is not None and person in now.leaders:
        return
    elif now is not None and now.leaders and not terms.site:
        told.say(Severity.TASK, "leader-other", row, cell, "別の人が代表者です。代えるときは管理者に依頼してください。",
                 "Somebody else leads it. Ask an administrator to change that.")  # fmt: skip
    else:
        told.leader = person


# --- programme and call ----------------------------------------------------------------------------------------------


def _place(told: Decision, terms: Terms, look: Lookups, before: Mapping[str, Any]) -> dict[str, Any]:
    """Programme and call of the project; what may not be set is left out, with the reason."""
    call = terms.call or _call(told, terms)
    programme = terms.programme or (call.programme if call else None) or _programme(told, terms, look)
    if call is not None and programme != call.programme:
        told.say(Severity.ERROR, "call-of-another-programme", told.group.lead.row, Cell("call", call.id),
                 "この公募は別の制度のものです。", "This call belongs to another programme.", f"call:{call.id}")  # fmt: skip
        return {}
    kept = before["programme"]
    if programme is not None and kept not in (None, programme) and terms.programme is None and terms.call is None:
        told.say(Severity.WARNING, "programme-differs", told.group.lead.row, Cell("programme", programme),
                 "登録済みの制度と違います。登録済みのままにしました。", "It differs from the registered programme, which was kept.", PROGRAMMES)  # fmt: skip
        return {}
    wanted = {"programme": programme or kept, "call": call.id if call else before["call"]}
    if wanted == {"programme": kept, "call": before["call"]} or wanted["programme"] is None:
        return wanted
    return wanted if _may_place(told, terms, str(wanted["programme"]), call) else {}


def _may_place(told: Decision, terms: Terms, programme: str, call: CallCard | None) -> bool:
    shut = call_not_open(call) if call else None
    row, cell = told.group.lead.row, Cell("call" if call else "programme", call.id if call else programme)
    if terms.may_place(programme):
        if shut is not None:
            told.say(Severity.WARNING, shut.rule, row, cell, shut.message["ja"], shut.message["en"], shut.source)
        return True
    if shut is not None:
        told.say(Severity.ERROR, shut.rule, row, cell, shut.message["ja"], shut.message["en"], shut.source)
        return False
    if call is not None and call.closes_on is not None:
        return True
    told.say(Severity.TASK, "programme-not-placed", row, cell, "制度に加えられるのは、資金配分機関かサイトの管理者です。制度なしで登録します。",
             "Only its funder and the administrators put projects into a programme. It is registered without one.", PROGRAMMES)  # fmt: skip
    return False


def _call(told: Decision, terms: Terms) -> CallCard | None:
    named = [(one.row, one.call) for one in told.group.rows if one.call is not None]
    if not named:
        return None
    row, cell = named[-1]
    found = terms.calls.get(cell.value)
    if found is None:
        told.say(Severity.ERROR, "reference-unknown", row, cell, "「{value}」という公募はありません。", "There is no call “{value}”.", "/api/v1/calls")
    return found


def _programme(told: Decision, terms: Terms, look: Lookups) -> str | None:
    """The programme that the rows name by code or title; where none is known a finding, or – if asked for – a new one."""
    funder, funder_cell = funder_named(told.group, look)
    found, cell = programme_named(told.group, terms.format, look, funder.id if funder else None)
    row = told.group.newest.row
    if len(found) > 1 and cell is not None:
        told.say(Severity.ERROR, "programme-ambiguous", row, cell, "「{value}」に当たる制度が 2 つ以上あります。--programme で指定してください。",
                 "More than one programme is called “{value}”. Name one with --programme.", PROGRAMMES)  # fmt: skip
        return None
    if funder_cell is not None and funder is None:
        severity = Severity.WARNING if found else Severity.ERROR
        told.say(severity, "funder-unknown", row, funder_cell, "「{value}」は、e-Rad の配分機関の一覧にも、このサイトの組織にもありません。",
                 "“{value}” is neither in the e-Rad list of funders nor an organisation of this site.", "erad-funders")  # fmt: skip
    if found or cell is None:
        return next(iter(found), None)
    if terms.create_programmes:
        told.wanted = wanted_programme(told.group, terms.format, funder, look)
        return None
    told.say(Severity.ERROR, "programme-unknown", row, cell, "「{value}」という制度は、このサイトに登録されていません。",
             "No programme of this site is called “{value}”.", PROGRAMMES)  # fmt: skip
    return None
