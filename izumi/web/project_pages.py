"""Screen 6: a project. Everybody sees what is public; those inside see plan and reality, deadlines, institutions, reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from izumi.governance import queries as governance
from izumi.governance.types import STANDING_LABELS
from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.errors import IzumiError, NotThere
from izumi.kernel.paging import whole
from izumi.kernel.text import Text, both
from izumi.people import directory
from izumi.people import queries as people
from izumi.people import rules as people_rules
from izumi.people.types import PlanTerms, ProjectCard
from izumi.plans import queries as plans
from izumi.plans import rules as plan_rules
from izumi.plans.forms import sheets
from izumi.plans.models import PlanVersion
from izumi.plans.pages import progress, words
from izumi.plans.queries.deviations import may_follow
from izumi.profiles import queries as profiles
from izumi.records import queries as records
from izumi.records.queries.shown_documents import shown_documents
from izumi.web import board as boards
from izumi.web.board import Board, BoardRow

PAGE = 50
NUMBERS: Mapping[str, Text] = {
    "JGN": both("体系的番号", "Japan Grant Number"), "e-Rad": both("e-Rad 課題 ID", "e-Rad project ID"),
    "KAKENHI": both("科研費の課題番号", "KAKENHI number"), "local": both("機関の番号", "Number of the organisation"),
}  # fmt: skip
"""Kinds of project numbers in words; others stand by their own name."""
NEAR = 8
COUNTED = 500
"""So many records at most are counted for e-Rad while the page is made; above, the report itself is one click away."""


def projects(request: HttpRequest) -> HttpResponse:
    """``/projects``: the reader's own first, then all by name; a number in any form finds its project. Cost: 9 statements."""
    q = request.GET.get("q", "").strip()
    found = directory.projects(q, limit=PAGE, cursor=request.GET.get("cursor", ""))
    by_number = people.projects_by_number(q) if q else []
    mine = [] if request.actor.is_anonymous or q else people.projects_of(request.actor)  # type: ignore[attr-defined]
    cards = [*by_number, *(card for card in found.items if card.id not in {one.id for one in by_number})]
    organisations = people.organisations({card.organisation for card in (*cards, *mine)})
    counts = plans.open_counts([card.id for card in mine])
    context = {
        "area": "projects", "q": q, "may_load": people_rules.may_load_lists(request.actor),  # type: ignore[attr-defined]
        "total": found.total + sum(card not in found.items for card in by_number), "next": found.next,
        "mine": [{"card": card, "deviations": sum(counts.get(card.id, {}).values())} for card in mine],
        "rows": [{"card": card, "organisation": organisations.get(card.organisation)} for card in cards],
    }  # fmt: skip
    return render(request, "web/projects.html", context)


def project(request: HttpRequest, key: str) -> HttpResponse:
    """``/projects/{id}``: public facts and records; for those inside the dashboard."""
    actor = request.actor  # type: ignore[attr-defined]
    terms = people.plan_terms(key)
    if may_follow(actor, terms.project):
        return render(request, "web/project.html", dashboard(request, actor, terms))
    found = records.records_of(actor, project=terms.project.id, limit=PAGE, cursor=request.GET.get("cursor") or None)
    owner = people.organisations([terms.project.organisation])
    context = {
        "area": "projects", "heading": terms.project.title, "what": both("プロジェクト", "Project"), "facts": facts_of(terms, owner),
        "records": found.items, "next": found.next or "", "start": bool(request.GET.get("cursor")), "deposit": terms.project.id,
    }  # fmt: skip
    return render(request, "web/record_list.html", context)


def facts_of(terms: PlanTerms, organisations: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The public facts of a project."""
    card, facts = terms.project, []
    owner = organisations.get(card.organisation)
    if owner:
        facts.append({"label": both("機関", "Organisation"), "text": owner.legal_name, "href": f"/organisations/{owner.id}"})
    if terms.programme:
        facts.append({"label": both("制度", "Programme"), "text": terms.programme.title, "href": f"/programmes/{terms.programme.id}"})
    if terms.call:
        facts.append({"label": both("公募", "Call"), "text": terms.call.title, "href": f"/calls/{terms.call.id}"})
    facts += [{"label": NUMBERS.get(one.scheme, both(one.scheme, one.scheme)), "text": one.value} for one in card.numbers if one.current]
    if card.starts_on or card.ends_on:
        facts.append({"label": both("期間", "Period"), "text": f"{card.starts_on or ''} – {card.ends_on or ''}"})
    return facts


def dashboard(request: HttpRequest, actor: Actor, terms: PlanTerms) -> dict[str, Any]:
    """All that the dashboard shows. Cost: at most 30 statements with session, whatever the number of plans, entries and records."""
    lang, today, card = request.lang, clock.today(), terms.project  # type: ignore[attr-defined]
    found = boards.board(actor, card.id, card.organisation, on=today)
    sort, org, state = request.GET.get("sort", ""), request.GET.get("organisation", ""), request.GET.get("state", "")
    rows = boards.ordered(boards.filtered(found.rows, organisation=org, state=state), sort, lang)
    at = max(1, whole(request.GET.get("page", "")) or 1)
    shown = rows[(at - 1) * PAGE : at * PAGE]
    organisations = people.organisations({row.organisation for row in found.rows} | {card.organisation})
    reports = _reports(actor, card, found)
    owed = _owed(found, reports)
    return {
        "area": "projects", "terms": terms, "card": card, "facts": facts_of(terms, organisations), "board": found,
        "figures": boards.figures(found), "rows": _told(actor, terms, found, shown, lang), "total": len(rows), "every": len(found.rows),
        "sort": sort, "org": org, "state": state, "states": boards.STATES, "sorts": boards.SORTS, "organisations": organisations,
        "columns": {column.id: column.label for column in profiles.table_view("moonshot").columns}, "steps": progress.STEPS,
        "from": (at - 1) * PAGE + 1, "to": min(at * PAGE, len(rows)), "before": at - 1 if at > 1 else 0,
        "after": at + 1 if at * PAGE < len(rows) else 0, "today": today, "kinds": words.KINDS,
        "owed": owed[:NEAR], "more_owed": max(0, len(owed) - NEAR), "by_organisation": _by_organisation(found, organisations),
        "reports": reports, "standing": STANDING_LABELS, "may_plan": _may_plan(actor, card),
        "members": people.may_know_members(actor, f"project:{card.id}"), "said": words.SAID.get(request.GET.get("said", "")),
    }  # fmt: skip


def _may_plan(actor: Actor, card: ProjectCard) -> bool:
    return bool(plan_rules.may(actor, "edit", plan_rules.PlanFacts(project=card.id, owner="", organisation=card.organisation)))


def _told(actor: Actor, terms: PlanTerms, found: Board, rows: list[BoardRow], lang: str) -> list[dict[str, Any]]:
    """The rows of this page with their cells in the official words. Cost: 3 statements."""
    view = profiles.table_view("moonshot")
    wanted = {one.id for row in rows for one in row.records if one.id in found.visible}
    documents = shown_documents(actor, {key: found.visible[key] for key in wanted})
    entries = _entries(found) if any(row.entry and row.record not in documents for row in rows) else {}
    goal = terms.programme.goal if terms.programme else Text()
    told = []
    for row in rows:
        document = documents.get(row.record) or entries.get(row.entry) or {}
        url = f"{settings.IZUMI_BASE_URL}/id/{row.record}" if row.steps >= 4 and row.record else ""
        facts = {**profiles.goal_facts(goal), **({"/repository/url": url} if url else {})}
        cells = dict(zip((column.id for column in view.columns), profiles.table_row(view, document, lang, facts=facts), strict=True))
        told.append({"row": row, "cells": cells, "access": document.get("access") or {}, **_short(document, cells, lang)})
    return told


def _short(document: Mapping[str, Any], cells: Mapping[str, str], lang: str) -> dict[str, Any]:
    """What the screen says of the long cells: organisation, e-mail, fee and licence; the rest is folded away, never lost."""
    between = "／" if lang == "ja" else " / "
    mail = str((document.get("contact") or {}).get("email") or "")
    use, manager = cells["use_policy"].split(between), cells["manager"].split(between)
    licence = str((document.get("terms") or {}).get("licence") or "").replace("-", " ", 1)
    more = [(key, cells[key]) for key, folded in (
        ("manager", len(manager) > 1), ("contact", cells["contact"] not in ("", mail)), ("access_policy", between in cells["access_policy"]),
        ("use_policy", len(use) > 1), ("place", len(cells["place"]) > LONG), ("other", len(cells["other"]) > LONG),
    ) if folded]  # fmt: skip
    return {
        "manager": manager[0], "contact": mail or cells["contact"][:LONG], "use": between.join([*use[:1], *([licence] if licence else use[1:2])]), "more": more,
        "place": cells["place"].split(between)[0],
    }  # fmt: skip


LONG = 40
"""Letters of a cell that the screen shows."""


def _entries(found: Board) -> dict[str, dict[str, Any]]:
    """The entries in force of the project's plans by identifier. Cost: 1 statement."""
    rows = PlanVersion.objects.filter(plan__in=[plan.id for plan in found.facts.in_force], n=F("plan__version"))
    return {
        str(entry.get("id")): entry for document in rows.values_list("document", flat=True) for entry in plan_rules.entries_of(document)
    }  # fmt: skip


def table(request: HttpRequest, key: str) -> HttpResponse:
    """``/projects/{id}/table?format=csv|xlsx``: the rows of the dashboard as they are sorted and filtered there, all pages."""
    actor, lang = request.actor, request.lang  # type: ignore[attr-defined]
    terms = people.plan_terms(key)
    if not may_follow(actor, terms.project):
        raise NotThere("project")
    found = boards.board(actor, terms.project.id, terms.project.organisation, on=clock.today())
    chosen = boards.filtered(found.rows, organisation=request.GET.get("organisation", ""), state=request.GET.get("state", ""))
    told = _told(actor, terms, found, boards.ordered(chosen, request.GET.get("sort", ""), lang), lang)
    columns = profiles.table_view("moonshot").columns
    head = [*(column.label.one(lang) for column in columns), PROGRESS.one(lang), DIFFERENCES.one(lang)]
    body = [
        [*(one["cells"][column.id] for column in columns), progress.STEPS[one["row"].steps - 1].one(lang),
         "、".join(mark.label.one(lang) for mark, _ in one["row"].marks)]
        for one in told
    ]  # fmt: skip
    return _file(request.GET.get("format", "csv"), f"{terms.project.id}-data", head, body, terms.project.title.one(lang))


PROGRESS, DIFFERENCES = both("進み具合", "Progress"), both("計画との差異", "Deviations")


def _file(kind: str, name: str, head: list[str], body: list[list[str]], title: str) -> HttpResponse:
    """A table as CSV with a byte order mark, or as a workbook; no cell is a formula."""
    if kind not in ("csv", "xlsx"):
        raise NotThere("format")
    content = sheets.xlsx_file(head, body, above=[(title, "")], title=title) if kind == "xlsx" else sheets.csv_file((head, *body))
    media = "text/csv; charset=utf-8" if kind == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def _owed(found: Board, reports: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is still owed, the nearest day first; a report that was handed in is not."""
    handed = {line.round.id for line in reports["due"] if line.state not in ("", "returned")}
    names = {one.entry: one for one in found.facts.promises}
    rounds = {one.id: one for one in found.facts.rounds}
    return [
        {
            "due": one, "label": words.KINDS[one.kind], "promise": names.get(one.entry), "round": rounds.get(one.round),
            "href": f"/plans/{one.plan}?all=1#e-{one.entry}" if one.entry else f"/plans/{one.plan}" if one.plan else "",
        }
        for one in found.owed if one.round not in handed
    ]  # fmt: skip


def _by_organisation(found: Board, organisations: Mapping[str, Any]) -> list[dict[str, Any]]:
    told = [{"card": organisations.get(key), "id": key, **counts} for key, counts in boards.by_organisation(found.rows).items()]
    return sorted(told, key=lambda one: -one["deviations"])


def _reports(actor: Actor, card: ProjectCard, found: Board) -> dict[str, Any]:
    """The rounds that ask for this project, and the total to type into e-Rad with the list behind. Cost: at most 11 statements."""
    try:
        due = governance.due(actor, project=card.id)
    except IzumiError:
        due = []
    if len(found.facts.records) > COUNTED:
        return {"due": due, "erad": (), "count": None}
    try:
        erad = governance.erad_rows(actor, card.id)
    except IzumiError:
        return {"due": due, "erad": (), "count": None}
    return {"due": due, "erad": erad, "count": sum(row.count for row in erad)}


urlpatterns = [path("projects", projects), path("projects/<str:key>", project), path("projects/<str:key>/table", table)]
