"""Projects: registered, numbered, changed, put into calls, freed from the duty of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.days import Day
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding
from izumi.kernel.ids import new_id
from izumi.kernel.work import Work, work
from izumi.people import queries, rules
from izumi.people.actions.checks import days_fault, fault, known, name_fault, refuse, require, review_fault, text_fault
from izumi.people.actions.funding import ORGANISATIONS, PROGRAMMES, call_of_programme
from izumi.people.models import Organisation, Programme, Project, ProjectNumber, ProjectPartner
from izumi.people.queries.lookups import members_of
from izumi.people.types import CONTRACTS, FIELDS, CallCard, Number, ProjectCard

BY_THE_TEAM = frozenset({"title", "starts_on", "ends_on", "field", "countries", "partners"})
BY_CURATORS = BY_THE_TEAM | {"review"}
BY_FUNDERS = BY_THE_TEAM | {"programme", "call", "contract", "profile"}
CHANGEABLE = BY_CURATORS | BY_FUNDERS | {"organisation"}
WHY_LIMIT = 2000


def add_project(
    actor: Actor, *, title: Mapping[str, str], organisation: str, programme: str | None = None, numbers: Iterable[Number] = (),
    review: str = "", starts_on: Day | None = None, ends_on: Day | None = None, call: str | None = None, profile: str = "",
    contract: str = "", field: str = "", countries: Iterable[str] = (), partners: Iterable[str] = (),
) -> str:  # fmt: skip
    """Register a project with its numbers, exactly as issued. Returns the id.

    ``review`` and ``profile`` empty mean: as the organisation, as the call or programme. Refuses (403) anyone but
    administrators, curators of the organisation and the console. Putting it into a programme is for administrators and
    the programme's funder, for members of the project then read what is shared with the programme; while a call is open,
    also for curators. What is only worth a look is told by ``queries.project_warnings``.
    """
    require(actor, rules.may_administer(actor, f"role:curator@org:{organisation}"))
    members: dict[str, Any] = {
        "title": dict(title), "organisation": organisation, "programme": programme, "call": call, "review": review,
        "starts_on": starts_on, "ends_on": ends_on, "profile": profile, "contract": contract, "field": field,
        "countries": list(countries), "partners": list(dict.fromkeys(partners)),
    }  # fmt: skip
    told = tuple(dict.fromkeys(numbers))
    found, wrong = call_of_programme(programme, call)
    members["programme"] = programme = programme or (found.programme if found else None)
    _require_place(actor, programme, found)
    refuse(*project_faults(members), wrong, *(number_fault(number, n) for n, number in enumerate(told)))
    with work(actor, "project.add") as w:
        return insert_project(w, members, told)


def insert_project(w: Work, members: Mapping[str, Any], numbers: Iterable[Number]) -> str:
    """Step: the rows of a new project whose members were judged. Returns the id."""
    row = Project.objects.create(id=new_id(), recorded_at=w.now, **_columns(members))
    ProjectNumber.objects.bulk_create(number_row(row.pk, number) for number in numbers)
    beside = set(members.get("partners") or ()) - {members["organisation"]}
    ProjectPartner.objects.bulk_create(ProjectPartner(project_id=row.pk, organisation_id=one) for one in sorted(beside))
    told = {name: members.get(name) for name in ("title", "organisation", "programme", "call")}
    w.journal("project.added", row.pk, {name: value for name, value in told.items() if value or name != "call"})
    return row.pk


def update_project(actor: Actor, project_id: str, **changes: Any) -> ProjectCard:
    """Change a project: any of ``CHANGEABLE``; what is not named stays. Raises ``NotThere``.

    The PM and curators of the organisation change title, days, field, countries and partners; curators also the review; the
    programme's funder also programme, call, contract and profile; administrators and the console everything. Refuses
    (403) others.
    """
    before = queries.project(project_id)
    require(actor, rules.may_administer(actor, *_in_charge(before, changes)))
    told = {name: _plain(value) for name, value in changes.items() if name in CHANGEABLE}
    now = members_of(project_id) or {}
    after = {**now, **told}
    if "call" in told and "programme" not in told and told["call"]:
        after["programme"] = None
    found, wrong = call_of_programme(after["programme"], after["call"])
    after["programme"] = after["programme"] or (found.programme if found else None)
    after["partners"] = [one for one in after["partners"] if one != after["organisation"]]
    changed = {name: value for name, value in after.items() if now[name] != value}
    if changed.keys() & {"programme", "call"}:
        _require_place(actor, after["programme"], found)
    unknown = [
        fault("member-unknown", f"/{name}", "変えられない項目です。", "This cannot be changed.")
        for name in sorted(set(changes) - CHANGEABLE)
    ]
    refuse(*unknown, *project_faults(after), wrong)
    if not changed:
        return before
    with work(actor, "project.change") as w:
        change_project(w, project_id, changed)
    return queries.project(project_id)


def change_project(w: Work, project_id: str, changed: Mapping[str, Any]) -> None:
    """Step: write changed members that were judged."""
    columns = _columns(changed)
    if columns:
        Project.objects.filter(pk=project_id).update(**columns)
    if "partners" in changed:
        _set_partners(project_id, changed["partners"])
    w.journal("project.changed", project_id, {name: _told(value) for name, value in changed.items()})


def exempt_project(actor: Actor, project_id: str, *, why: str) -> ProjectCard:
    """Say why a project needs no plan; an empty ``why`` takes it back. Raises ``NotThere``.

    Refuses (403) anyone but the PM, curators of the organisation, administrators and the console.
    """
    before = queries.project(project_id)
    leaders = (f"role:pm@project:{project_id}", f"role:curator@org:{before.organisation}")
    require(actor, rules.may_administer(actor, *leaders))
    why = why.strip()
    long = len(why) > WHY_LIMIT or any(letter < " " and letter not in "\n\t" for letter in why)
    refuse(
        fault("text-wrong", "/why", f"{WHY_LIMIT:,} 文字までの文字列にしてください。", f"Use at most {WHY_LIMIT:,} characters.")
        if long else None
    )  # fmt: skip
    if why == before.no_plan_why:
        return before
    with work(actor, "project.exempt") as w:
        Project.objects.filter(pk=project_id).update(no_plan_why=why, no_plan_by=actor.id if why else "")
        w.journal("project.exempted", project_id, {"why": why})
    return queries.project(project_id)


def add_number(actor: Actor, project: str, number: Number) -> None:
    """Give a project a further number (AMED's change yearly, KAKENHI's on transfer); older ones stay findable.

    A new current number of a scheme takes the place of the former current one.
    """
    row = Project.objects.filter(pk=project).first()
    further = (f"role:curator@org:{row.organisation_id}", f"role:pm@project:{project}") if row else ()
    require(actor, rules.may_administer(actor, *further))
    refuse(known(Project, project, "/project"), number_fault(number, 0))
    with work(actor, "project.number") as w:
        set_number(w, project, number)


def set_number(w: Work, project_id: str, number: Number) -> None:
    """Step: write one number; a current one takes the place of the former current one of its scheme."""
    if number.current:
        ProjectNumber.objects.filter(project_id=project_id, scheme=number.scheme).update(current=False)
    ProjectNumber.objects.filter(project_id=project_id, scheme=number.scheme, value=number.value).delete()
    number_row(project_id, number).save()
    w.journal("project.numbered", project_id, number.as_json())


# --- who may, and what is sound --------------------------------------------------------------------------------------


def _in_charge(card: ProjectCard, changes: Mapping[str, Any]) -> list[str]:
    """The keys beside the site's that may make all of these changes."""
    wanted, keys = set(changes), []
    if wanted <= BY_THE_TEAM:
        keys.append(f"role:pm@project:{card.id}")
    if wanted <= BY_CURATORS:
        keys.append(f"role:curator@org:{card.organisation}")
    if wanted <= BY_FUNDERS and card.programme:
        keys.append(f"role:funder@programme:{card.programme}")
    return keys


def _require_place(actor: Actor, programme: str | None, call: CallCard | None) -> None:
    """Whether the actor may put a project here: the site and the funder always, others while the call is open."""
    if programme is None:
        return
    verdict = rules.may_administer(actor, f"role:funder@programme:{programme}")
    if verdict:
        return
    shut = call_not_open(call) if call is not None and call.programme == programme else None
    if shut is not None:
        raise Invalid([shut])
    if call is None or call.closes_on is None or call.programme != programme:
        require(actor, verdict)


def call_not_open(call: CallCard) -> Finding | None:
    """A finding when the call takes nothing new today: closed, or not open yet. Its source is the call."""
    today = clock.today()
    if call.closed(today):
        words = (f"この公募は {call.closes_on} に締め切られました。", f"This call closed on {call.closes_on}.")
        return fault("call-closed", "/call", *words, source=f"call:{call.id}", fix=_ASK)
    if call.opens_on is not None and today < call.opens_on:
        words = (f"この公募は {call.opens_on} に始まります。", f"This call opens on {call.opens_on}.")
        return fault("call-not-open", "/call", *words, source=f"call:{call.id}", fix=_ASK)
    return None


_ASK = (
    "日付に誤りがあるときは、資金配分機関かサイトの管理者に連絡してください。",
    "If the day is wrong, ask the funder or the site's administrators.",
)


def project_faults(told: Mapping[str, Any]) -> list[Finding | None]:
    """All that is wrong with the members of a project. Cost: at most 3 statements."""
    partners = [one for one in told["partners"] if one != told["organisation"]]
    there = set(Organisation.objects.filter(pk__in=partners).values_list("pk", flat=True)) if partners else set()
    return [
        *member_faults(told),
        known(Organisation, told["organisation"], "/organisation", source=ORGANISATIONS),
        known(Programme, told["programme"], "/programme", source=PROGRAMMES),
        *(fault("reference-unknown", f"/partners/{n}", "この組織は登録されていません。", "There is no such organisation.", source=ORGANISATIONS)
          for n, one in enumerate(partners) if one not in there),
    ]  # fmt: skip


def member_faults(told: Mapping[str, Any]) -> list[Finding | None]:
    """What is wrong with the members of a project in themselves, without looking anything up."""
    return [
        text_fault(told["title"], "/title"),
        review_fault(told["review"]) if told["review"] else None,
        days_fault(told["starts_on"], told["ends_on"], "/ends_on"),
        name_fault(told["profile"], "/profile"),
        _choice_fault(told["contract"], CONTRACTS, "/contract", None),
        _choice_fault(told["field"], FIELDS, "/field", "erad-fields"),
        _countries_fault(told["countries"]),
    ]


def _choice_fault(value: str, choices: Mapping[str, Any], pointer: str, source: str | None) -> Finding | None:
    if not value or value in choices:
        return None
    listed = ", ".join(choices)
    return fault("choice-unknown", pointer, f"次のどれかにしてください: {listed}", f"Use one of {listed}.", source=source)


def _countries_fault(countries: Iterable[Any]) -> Finding | None:
    if all(isinstance(one, str) and len(one) == 2 and one.isascii() and one.isalpha() and one.isupper() for one in countries):
        return None
    return fault("country-wrong", "/countries", "国は大文字 2 文字の符号（ISO 3166-1）です。", "A country is two capital letters (ISO 3166-1).")


def number_fault(number: Number, n: int) -> Finding | None:
    """A finding when a number or its scheme is missing, too long or has odd characters."""
    plain = number.scheme.isprintable() and number.value.isprintable() and number.scheme.strip()
    if plain and len(number.scheme) <= 40 and len(number.value) <= 120 and rules.number_key(number.value):
        return None
    return fault("number-wrong", f"/numbers/{n}", "番号とその種類を入力してください。", "A number needs a value and a scheme.")


# --- rows ------------------------------------------------------------------------------------------------------------


def number_row(project: str, number: Number) -> ProjectNumber:
    """The row of a number, unsaved."""
    return ProjectNumber(
        project_id=project, scheme=number.scheme, value=number.value, key=rules.number_key(number.value),
        from_fiscal_year=number.from_fiscal_year, until_fiscal_year=number.until_fiscal_year, current=number.current,
    )  # fmt: skip


def _set_partners(project_id: str, partners: Iterable[str]) -> None:
    wanted, rows = set(partners), ProjectPartner.objects.filter(project_id=project_id)
    leading = Project.objects.filter(pk=project_id).values_list("organisation_id", flat=True).first() if wanted else None
    rows.exclude(organisation_id__in=wanted).delete()
    there = set(rows.values_list("organisation_id", flat=True))
    missing = sorted(wanted - there - {leading or ""})
    ProjectPartner.objects.bulk_create(ProjectPartner(project_id=project_id, organisation_id=one) for one in missing)


def _columns(told: Mapping[str, Any]) -> dict[str, Any]:
    by_key = ("organisation", "programme", "call")
    columns = {f"{name}_id" if name in by_key else name: value for name, value in told.items() if name != "partners"}
    if "title" in told:
        columns["name_key"] = rules.name_key(told["title"])
    return columns


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return sorted(set(value)) if isinstance(value, (tuple, list, set, frozenset)) else value


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, Day) else value
