"""Pages of reports: choose one, hand one in, the receipt of what was handed in."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from izumi.governance import actions, frozen, queries
from izumi.governance.types import LABELS, STANDING_LABELS, Name, Report, Row
from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.days import fiscal_year
from izumi.kernel.errors import SignInNeeded
from izumi.kernel.text import Text, both
from izumi.people import queries as people

SHOWN = 20
"""Rows of a table that a page shows; the files have them all."""
COLUMNS = {
    Name.COMMON: ("title", "data_number", "date", "type", "access", "available_on", "url"),
    Name.ERAD: ("organisation_name", "number", "count", "by_class.open", "by_class.shared", "by_class.closed", "by_class.embargoed", "cumulative"),
}
HEADS = ("title", "organisation_name")
"""Columns by which a row is called."""
RETURN_REASONS = (
    both("データの説明が足りません。どのような条件で得たデータかを書いてください。", "Please describe under which conditions the data were obtained."),
    both("管理者の連絡先を確かめてください。", "Please check the contact of the data manager."),
    both("公開しない理由を書いてください。", "Please give the reason why the data are not open."),
)
STATE_COLOURS = {"": "is-closed", "submitted": "is-warn", "returned": "is-danger", "accepted": "is-open"}


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    if found.is_anonymous:
        raise SignInNeeded
    return found


def _lang(request: HttpRequest) -> str:
    return str(getattr(request, "lang", "ja"))


def reports(request: HttpRequest) -> HttpResponse:
    """``/reports``: what is due, and any report of what one may ask for. Cost: 8 statements, and those of the report."""
    actor = _actor(request)
    asked = _asked(request)
    due = queries.due(actor, project=asked.get("project"))
    context: dict[str, Any] = {
        "area": "work", "due": [_due(one) for one in due], "scopes": _scopes(actor), "names": list(LABELS.items()),
        "periods": _periods(due), "of": _of(asked), "name": request.GET.get("name", "common"), "when": _when(request),
    }  # fmt: skip
    if any(asked.get(key) for key in ("project", "programme", "organisation", "round")):
        report = queries.report(actor, context["name"], lang=_lang(request), **asked)
        context |= {"report": report, "table": _table(report), "files": _files(context["name"], asked, _lang(request))}
        context["counted"] = report.tally.as_json()
    return render(request, "governance/reports.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    """Project, programme or organisation, period or round – by name as in the API, or as the form says them (``of``, ``when``)."""
    told = {key: request.GET[key] for key in ("project", "programme", "organisation", "period", "round") if request.GET.get(key)}
    for name, kinds in (("of", ("project", "programme", "organisation")), ("when", ("period", "round"))):
        kind, mark, value = request.GET.get(name, "").partition(":")
        if mark and kind in kinds and not any(key in told for key in kinds):
            told[kind] = value
    return told


def _of(asked: dict[str, str]) -> str:
    return next((f"{key}:{asked[key]}" for key in ("project", "programme", "organisation") if key in asked), "")


def _when(request: HttpRequest) -> str:
    asked = _asked(request)
    return next((f"{key}:{asked[key]}" for key in ("period", "round") if key in asked), "")


def _scopes(actor: Actor) -> list[tuple[str, Text]]:
    """What this reader may ask about. Cost: 4 statements."""
    found = [(f"project:{card.id}", card.title) for card in people.projects_of(actor)]
    funded = {key.removeprefix("role:funder@programme:") for key in actor.keys if key.startswith("role:funder@programme:")}
    found += [(f"programme:{card.id}", card.title) for card in people.programmes(funded).values()] if funded else []
    curated = {key.removeprefix("role:curator@org:") for key in actor.keys if key.startswith("role:curator@org:")}
    found += [(f"organisation:{card.id}", card.legal_name) for card in people.organisations(curated).values()] if curated else []
    return found


def _periods(due: Iterable[Any]) -> list[tuple[str, Text]]:
    year = fiscal_year(clock.today())
    told = [("", both("これまでのすべて（累計）", "Everything so far (cumulative)"))]
    for one in (year, year - 1):
        told.append((f"period:FY{one}", both(f"{one}年度（{one}-04〜{one + 1}-03）", f"Fiscal year {one} (April {one} to March {one + 1})")))
    rounds = {one.round.id: one.round for one in due}
    return told + [(f"round:{key}", one.title) for key, one in rounds.items()]


def _due(one: Any) -> dict[str, Any]:
    return {"line": one, "label": STANDING_LABELS[one.state], "colour": STATE_COLOURS[one.state], "report": LABELS.get(one.round.scheme, Text())}


def _files(name: str, asked: dict[str, str], lang: str) -> list[tuple[str, str]]:
    query = {**asked, "lang": lang}
    return [(kind, f"/api/v1/reports/{name}?{urlencode({**query, 'format': kind})}") for kind in ("xlsx", "csv", "json")]


def _table(report: Report) -> dict[str, Any]:
    """The first rows with the columns that fit on a page; reads the report to its end, so that its totals are known."""
    wanted = COLUMNS.get(Name(report.name)) or tuple(column.id for column in report.columns)
    at = [n for key in wanted for n, column in enumerate(report.columns) if column.id == key]
    lead = next((n for n in at if report.columns[n].id in HEADS), at[0])
    labels = _labels(report)
    rows = iter(report.rows)
    shown = [[_cell(row, n, labels[n], lead) for n in at] for row in islice(rows, SHOWN)]
    further = sum(1 for _ in rows)
    heads = [{"label": labels[n], "number": bool(shown) and shown[0][place]["number"]} for place, n in enumerate(at)]
    return {"columns": heads, "rows": shown, "further": further, "total": len(shown) + further}


def _cell(row: Row, n: int, label: str, lead: int) -> dict[str, Any]:
    record = row.told.get("record") if n == lead else None
    return {
        "label": label, "value": row.cells[n], "lead": n == lead, "number": isinstance(row.cells[n], int),
        "href": f"/records/{record}" if record else "",
    }  # fmt: skip


def _labels(report: Report) -> list[str]:
    """One label for each column; a heading that several share stands before theirs."""
    if len(report.header_rows) < 2:
        return [column.label for column in report.columns]
    labels, group = [], ""
    for above, below in zip(*report.header_rows[:2], strict=True):
        group = above or group
        labels.append(f"{group} – {below}" if below else above)
    return labels


# --- handing in -------------------------------------------------------------------------------------------------------


def hand_in(request: HttpRequest, round: str, project: str) -> HttpResponse:
    """``/reports/hand-in/{round}/{project}``: look at it, then one button; nothing to type."""
    actor = _actor(request)
    if request.method == "POST":
        view = actions.submit_report(actor, round, project)
        return HttpResponseRedirect(_page(request, f"/reports/submissions/{view.id}"))
    card, of = actions.asked_of(actor, round, project)
    report = queries.asked_by(actor, card, of.id, lang=_lang(request))
    line = next((one for one in queries.due(actor, project=of.id) if one.round.id == card.id), None)
    context = {
        "area": "work", "round": card, "project": of, "report": report, "label": LABELS[report.name], "table": _table(report),
        "counted": report.tally.as_json(), "standing": line if line and not line.may_submit else None,
        "late": clock.today() > card.due_on, "returned": line.submission if line and line.state == "returned" else "",
    }  # fmt: skip
    return render(request, "governance/hand_in.html", context)


def submission(request: HttpRequest, submission: str) -> HttpResponse:
    """``/reports/submissions/{id}``: the receipt, the frozen copy, and the funder's decision."""
    actor = _actor(request)
    if request.method == "POST":
        if request.POST.get("do") == "return":
            actions.return_report(actor, submission, why=request.POST.get("why", ""))
        else:
            actions.accept_report(actor, submission)
        return HttpResponseRedirect(_page(request, f"/reports/submissions/{submission}"))
    view = queries.submission(actor, submission)
    report = frozen.read_back(view.frozen)
    context = {
        "area": "work", "view": view, "report": report, "label": LABELS[view.report], "table": _table(report),
        "state": STANDING_LABELS[view.state], "colour": STATE_COLOURS[view.state], "counted": view.counts,
        "who": _names(view.submitted_by, view.decided_by), "reasons": RETURN_REASONS,
        "files": [(kind, f"/api/v1/submissions/{view.id}?format={kind}") for kind in ("xlsx", "csv", "json")],
    }  # fmt: skip
    return render(request, "governance/submission.html", context)


def _names(*actors: str) -> list[Text | str]:
    cards = people.cards({one.removeprefix("person:") for one in actors if one.startswith("person:")})
    return [cards[key].name if (key := one.removeprefix("person:")) in cards else one for one in actors]


def _page(request: HttpRequest, address: str) -> str:
    return f"/en{address}" if _lang(request) == "en" else address


urlpatterns = [
    path("reports", reports),
    path("reports/hand-in/<str:round>/<str:project>", hand_in),
    path("reports/submissions/<str:submission>", submission),
]
