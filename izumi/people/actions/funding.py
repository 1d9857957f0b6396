"""Programmes, their calls and the reports they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.days import Day, fiscal_year
from izumi.kernel.errors import NotThere
from izumi.kernel.findings import Finding
from izumi.kernel.ids import new_id
from izumi.kernel.work import work
from izumi.people import queries, rules
from izumi.people.actions.checks import (
    chain_fault,
    days_fault,
    fault,
    known,
    name_fault,
    refuse,
    require,
    text_fault,
    year_fault,
)
from izumi.people.models import Call, Organisation, Programme, ReportingRound
from izumi.people.types import SCHEMES, CallCard, ProgrammeCard

ORGANISATIONS, PROGRAMMES = "/api/v1/organisations", "/api/v1/programmes"
"""The lists of this site in which a funder and a programme are looked up: the source of a finding about them."""

_OF_A_PROGRAMME = frozenset({"title", "chain", "profile", "plan_form", "goal", "code", "funder"})
_OF_A_CALL = frozenset({"title", "fiscal_year", "plan_form", "profile", "chain", "opens_on", "closes_on", "plan_due_on"})


def add_programme(
    actor: Actor, *, title: Mapping[str, str], funder: str | None = None, code: str = "", chain: Iterable[str] = (),
    profile: str = "", plan_form: str = "", goal: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Register a programme of a funder. Returns the id.

    ``chain`` says who must say yes to a plan, in order; empty: its author adopts it alone. Whether a ``profile`` or
    ``plan_form`` of that name exists is told by the rooms that hold them. Refuses (403) anyone but administrators and the
    console.
    """
    require(actor, rules.may_administer(actor))
    members = {
        "title": dict(title), "funder": funder, "code": code, "chain": list(chain), "profile": profile, "plan_form": plan_form,
        "goal": dict(goal or {}),
    }  # fmt: skip
    refuse(*_programme_faults(members))
    with work(actor, "programme.add") as w:
        row = Programme.objects.create(id=new_id(), recorded_at=w.now, **_columns(members))
        w.journal("programme.added", row.pk, members)
    return row.pk


def update_programme(actor: Actor, programme_id: str, **changes: Any) -> ProgrammeCard:
    """Change a programme: any of title, chain, profile, plan_form, goal; administrators also code and funder.

    Refuses (403) anyone but administrators, the programme's funder and the console. A changed chain holds for what is
    handed in from then on.
    """
    own = set(changes) <= _OF_A_PROGRAMME - {"code", "funder"}
    require(actor, rules.may_administer(actor, *((f"role:funder@programme:{programme_id}",) if own else ())))
    before = queries.programme(programme_id)
    told = {name: _plain(value) for name, value in changes.items() if name in _OF_A_PROGRAMME}
    refuse(*_unknown(changes, _OF_A_PROGRAMME), *_programme_faults({"title": before.title.as_json(), **told}))
    now = before.as_json()
    told = {name: value for name, value in told.items() if (now[name] or None) != (value or None)}
    if not told:
        return before
    with work(actor, "programme.change") as w:
        Programme.objects.filter(pk=programme_id).update(**_columns(told))
        w.journal("programme.changed", programme_id, told)
    return queries.programme(programme_id)


def _programme_faults(told: Mapping[str, Any]) -> list[Finding | None]:
    code = str(told.get("code") or "")
    return [
        text_fault(told["title"], "/title"),
        known(Organisation, told.get("funder"), "/funder", source=ORGANISATIONS),
        None if code.isprintable() and len(code) <= 40
        else fault("text-wrong", "/code", "40 文字までの文字にしてください。", "Use at most 40 plain characters."),
        chain_fault(told.get("chain") or ()),
        name_fault(str(told.get("profile") or ""), "/profile"),
        name_fault(str(told.get("plan_form") or ""), "/plan_form"),
        text_fault(told["goal"], "/goal") if told.get("goal") else None,
    ]  # fmt: skip


def add_call(
    actor: Actor, programme: str, *, title: Mapping[str, str], fiscal_year: int, plan_form: str = "", profile: str = "",
    chain: Iterable[str] | None = None, opens_on: Day | None = None, closes_on: Day | None = None,
    plan_due_on: Day | None = None,
) -> str:  # fmt: skip
    """Register a call (公募) of a programme: one fiscal year. Returns the id.

    Where ``plan_form``, ``profile`` or ``chain`` say nothing, the programme's hold. Days are inclusive. While a call with a
    closing day is open, curators register projects of their organisation in it.
    Refuses (403) anyone but administrators, the programme's funder and the console.
    """
    require(actor, rules.may_administer(actor, f"role:funder@programme:{programme}"))
    members: dict[str, Any] = {
        "title": dict(title), "fiscal_year": fiscal_year, "plan_form": plan_form, "profile": profile,
        "chain": None if chain is None else list(chain), "opens_on": opens_on, "closes_on": closes_on, "plan_due_on": plan_due_on,
    }  # fmt: skip
    refuse(known(Programme, programme, "/programme", source=PROGRAMMES), *_call_faults(members))
    with work(actor, "call.add") as w:
        row = Call.objects.create(id=new_id(), programme_id=programme, recorded_at=w.now, **_columns(members))
        w.journal("call.added", row.pk, {"programme": programme, **_told(members)})
    return row.pk


def update_call(actor: Actor, call_id: str, **changes: Any) -> CallCard:
    """Change a call; its programme stays. Refuses (403) anyone but administrators, the programme's funder, the console."""
    before = queries.call(call_id)
    require(actor, rules.may_administer(actor, f"role:funder@programme:{before.programme}"))
    told = {name: _plain(value) for name, value in changes.items() if name in _OF_A_CALL}
    now = {
        "title": before.title.as_json(), "fiscal_year": before.fiscal_year, "plan_form": before.plan_form, "profile": before.profile,
        "chain": None if before.chain is None else list(before.chain), "opens_on": before.opens_on, "closes_on": before.closes_on,
        "plan_due_on": before.plan_due_on,
    }  # fmt: skip
    refuse(*_unknown(changes, _OF_A_CALL), *_call_faults({**now, **told}))
    told = {name: value for name, value in told.items() if now[name] != value}
    if not told:
        return before
    with work(actor, "call.change") as w:
        Call.objects.filter(pk=call_id).update(**_columns(told))
        w.journal("call.changed", call_id, _told(told))
    return queries.call(call_id)


def _call_faults(told: Mapping[str, Any]) -> list[Finding | None]:
    return [
        text_fault(told["title"], "/title"),
        year_fault(told["fiscal_year"]),
        name_fault(told["plan_form"], "/plan_form"),
        name_fault(told["profile"], "/profile"),
        chain_fault(told["chain"] or ()),
        days_fault(told["opens_on"], told["closes_on"], "/closes_on"),
        days_fault(told["opens_on"], told["plan_due_on"], "/plan_due_on"),
    ]


def add_round(
    actor: Actor, programme: str, *, title: Mapping[str, str], scheme: str, fiscal_year: int, as_of: Day, due_on: Day
) -> str:
    """Ask for a report: what is known by the end of ``as_of`` counts, ``due_on`` is the last day to hand it in.

    Returns the id. ``as_of`` lies in the fiscal year or in the one after it, and not after ``due_on``.
    Refuses (403) anyone but administrators, the programme's funder and the console.
    """
    require(actor, rules.may_administer(actor, f"role:funder@programme:{programme}"))
    refuse(
        known(Programme, programme, "/programme", source=PROGRAMMES), text_fault(title, "/title"), year_fault(fiscal_year),
        None if scheme in SCHEMES
        else fault("scheme-unknown", "/scheme", f"報告の種類は {'、'.join(SCHEMES)} です。", f"A report is one of {', '.join(SCHEMES)}."),
        fault("days-reversed", "/due_on", "期限が基準日より前です。", "It is due before the day as of which it counts.")
        if due_on < as_of else None,
        _as_of_fault(fiscal_year, as_of),
    )  # fmt: skip
    with work(actor, "round.add") as w:
        row = ReportingRound.objects.create(
            id=new_id(), programme_id=programme, title=dict(title), scheme=scheme, fiscal_year=fiscal_year, as_of=as_of,
            due_on=due_on, recorded_at=w.now,
        )  # fmt: skip
        w.journal("round.added", row.pk, {name: one for name, one in queries.round_card(row).as_json().items() if name != "id"})
    return row.pk


def _as_of_fault(year: int, as_of: Day) -> Finding | None:
    if fiscal_year(as_of) in (year, year + 1):
        return None
    return fault(
        "fiscal-year-wrong", "/as_of", f"基準日は {year} 年度か、その翌年度の日にしてください。",
        f"The day as of which it counts must lie in fiscal year {year} or in the one after.",
    )  # fmt: skip


def _unknown(changes: Mapping[str, Any], allowed: frozenset[str]) -> list[Finding | None]:
    return [
        fault("member-unknown", f"/{name}", "変えられない項目です。", "This cannot be changed.")
        for name in sorted(set(changes) - allowed)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, (tuple, list, set, frozenset)) else value


def _columns(told: Mapping[str, Any]) -> dict[str, Any]:
    """Members as columns: the funder by its key, the title also folded."""
    columns = {("funder_id" if name == "funder" else name): value for name, value in told.items()}
    columns = {name: "" if value is None and name in ("code", "profile", "plan_form") else value for name, value in columns.items()}
    if "title" in told:
        columns["name_key"] = rules.name_key(told["title"])
    return columns


def _told(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, Day) else value for name, value in members.items()}


def call_of_programme(programme: str | None, call_id: str | None) -> tuple[CallCard | None, Finding | None]:
    """The call a project is put into, and what is wrong with it: unknown, or of another programme. Cost: 1 statement."""
    if call_id is None:
        return None, None
    try:
        found = queries.call(call_id)
    except NotThere:
        return None, fault("reference-unknown", "/call", "この公募は登録されていません。", "There is no such call.", source=PROGRAMMES)
    if programme is None or found.programme == programme:
        return found, None
    return found, fault(
        "call-of-another-programme", "/call", "この公募は別の制度のものです。", "This call belongs to another programme.",
        source=f"call:{call_id}", fix=("公募か制度の、どちらかを改めてください。", "Correct either the call or the programme."),
    )  # fmt: skip
