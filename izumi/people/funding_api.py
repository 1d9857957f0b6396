"""REST: projects, programmes, calls and reporting rounds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from izumi.kernel.ids import parse_id
from izumi.people import actions, directory, queries, rules
from izumi.people.actions.checks import require
from izumi.people.answers import answer
from izumi.people.lists import read_list
from izumi.people.lists.tables import LIMIT_BYTES
from izumi.people.shapes import (
    CallIn,
    CallPatch,
    ExemptIn,
    NumberIn,
    ProgrammeIn,
    ProgrammePatch,
    ProjectIn,
    ProjectPatch,
    RoundIn,
)
from izumi.people.types import Number, ProjectCard

router = Router(tags=["people"])

_EMPTY: dict[str, Any] = {"title": {}, "goal": {}, "countries": [], "partners": [], "fiscal_year": 0, "organisation": ""}
_NULLABLE = {"chain", "opens_on", "closes_on", "plan_due_on", "starts_on", "ends_on", "programme", "call", "funder"}


def _changes(body: Schema) -> dict[str, Any]:
    """What a PATCH names; null empties it."""
    told = body.dict(exclude_unset=True)
    return {name: _EMPTY.get(name, "") if value is None and name not in _NULLABLE else value for name, value in told.items()}


def _told(request: HttpRequest, card: ProjectCard, *, placed: bool | None = None) -> dict[str, Any]:
    """A project for this reader: why it needs no plan only for those concerned; after a change with its warnings."""
    told = card.as_json()
    if queries.may_know_no_plan(request.actor, card):  # type: ignore[attr-defined]
        told["no_plan_why"] = card.no_plan_why or None
    if placed is not None:
        told["findings"] = [finding.as_json() for finding in queries.project_warnings(card, placed=placed)]
    return told


# --- projects --------------------------------------------------------------------------------------------------------


@router.get("/projects", summary="Projects by title or number")
def list_projects(
    request: HttpRequest,
    q: str = "",
    number: str = "",
    organisation: str = "",
    programme: str = "",
    call: str = "",
    limit: int = 100,
    cursor: str = "",
) -> Any:
    """``number`` finds any form of any number of a project: width, case, hyphens, spaces and a leading JP do not matter.

    Nor does it matter whether it is written as the address of its page in KAKEN or as a DOI of JST; ``q`` finds it too.
    """
    page = directory.projects(
        q, number=number, organisation=organisation, programme=programme, call=call, limit=limit, cursor=cursor
    )
    return answer(request, page.as_json())


@router.post("/projects", summary="Register a project")
def add_project(request: HttpRequest, body: ProjectIn) -> Any:
    """Administrators, curators of the organisation and the console. Numbers are kept exactly as issued.

    What is worth a look – odd or shared numbers, a closed call – stands under ``findings``.
    """
    numbers = [Number(**one.dict()) for one in body.numbers]
    made = actions.add_project(request.actor, **body.dict(exclude={"numbers"}), numbers=numbers)  # type: ignore[attr-defined]
    return answer(request, _told(request, queries.project(made), placed=True), status=201, location=f"/projects/{made}")


@router.post("/projects/import", summary="Load a list of projects of a research office")
def import_projects(
    request: HttpRequest, format: str = "csv", organisation: str | None = None, programme: str | None = None,
    call: str | None = None, create_programmes: bool = False, dry_run: bool = False,
) -> Any:  # fmt: skip
    """The body is the file itself: CSV (UTF-8 or Shift_JIS, comma or tab) or Excel, at most 50 MB and 50,000 rows.

    ``format`` is erad, kaken or csv. Projects are found by any of their numbers; the same list again changes nothing, and a
    row that is refused stops no other. ``dry_run=1`` tells the same and writes nothing. Administrators, the console and –
    for projects of their own organisation – curators.
    """
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, rules.may_load_lists(actor, create_programmes=create_programmes))
    listed = read_list(request.read(LIMIT_BYTES + 1), format)
    done = actions.import_projects(
        actor, listed, organisation=organisation or None, programme=programme or None, call=call or None,
        create_programmes=create_programmes, dry_run=dry_run,
    )  # fmt: skip
    return answer(request, done.as_json())


@router.get("/projects/{project}", summary="One project")
def get_project(request: HttpRequest, project: str) -> Any:
    """Needs no account; those inside also read why it needs no plan."""
    return answer(request, _told(request, queries.project(parse_id(project, "project"))))


@router.patch("/projects/{project}", summary="Change a project")
def patch_project(request: HttpRequest, project: str, body: ProjectPatch) -> Any:
    """The PM and curators its title, days, field, countries and partners; the programme's funder also what it belongs to."""
    changes = _changes(body)
    card = actions.update_project(request.actor, parse_id(project, "project"), **changes)  # type: ignore[attr-defined]
    return answer(request, _told(request, card, placed="call" in changes))


@router.post("/projects/{project}/exempt", summary="Say why a project needs no plan")
def exempt_project(request: HttpRequest, project: str, body: ExemptIn) -> Any:
    """The PM, curators of the organisation and administrators; an empty reason takes it back."""
    card = actions.exempt_project(request.actor, parse_id(project, "project"), why=body.why)  # type: ignore[attr-defined]
    return answer(request, _told(request, card))


@router.post("/projects/{project}/numbers", summary="Give a project a further number")
def add_number(request: HttpRequest, project: str, body: NumberIn) -> Any:
    """A new current number of a scheme takes the place of the former one, which stays findable."""
    project = parse_id(project, "project")
    actions.add_number(request.actor, project, Number(**body.dict()))  # type: ignore[attr-defined]
    return answer(request, _told(request, queries.project(project), placed=False), status=201)


# --- programmes ------------------------------------------------------------------------------------------------------


@router.get("/programmes", summary="Programmes by title")
def list_programmes(request: HttpRequest, q: str = "", limit: int = 100, cursor: str = "") -> Any:
    """Needs no account."""
    return answer(request, directory.programmes(q, limit=limit, cursor=cursor).as_json())


@router.post("/programmes", summary="Register a programme")
def add_programme(request: HttpRequest, body: ProgrammeIn) -> Any:
    """Administrators and the console."""
    made = actions.add_programme(request.actor, **body.dict())  # type: ignore[attr-defined]
    return answer(request, queries.programme(made).as_json(), status=201, location=f"/programmes/{made}")


@router.get("/programmes/{programme}", summary="One programme")
def get_programme(request: HttpRequest, programme: str) -> Any:
    """Needs no account."""
    return answer(request, queries.programme(parse_id(programme, "programme")).as_json())


@router.patch("/programmes/{programme}", summary="Change a programme")
def patch_programme(request: HttpRequest, programme: str, body: ProgrammePatch) -> Any:
    """Its funder and administrators; code and funder only administrators."""
    told = {name: () if value is None and name == "chain" else value for name, value in _changes(body).items()}
    card = actions.update_programme(request.actor, parse_id(programme, "programme"), **told)  # type: ignore[attr-defined]
    return answer(request, card.as_json())


@router.get("/programmes/{programme}/calls", summary="The calls of a programme")
def programme_calls(request: HttpRequest, programme: str) -> Any:
    """The newest fiscal year first."""
    card = queries.programme(parse_id(programme, "programme"))
    return _listed(request, [one.as_json() for one in queries.calls_of(card.id)])


@router.get("/programmes/{programme}/rounds", summary="The reporting rounds of a programme")
def programme_rounds(request: HttpRequest, programme: str) -> Any:
    """In the order in which they are due."""
    card = queries.programme(parse_id(programme, "programme"))
    return _listed(request, [one.as_json() for one in queries.rounds_of([card.id])])


# --- calls and rounds ------------------------------------------------------------------------------------------------


@router.get("/calls", summary="Calls by title, programme or fiscal year")
def list_calls(
    request: HttpRequest, q: str = "", programme: str = "", fiscal_year: int | None = None, limit: int = 100, cursor: str = ""
) -> Any:
    """Needs no account."""
    page = directory.calls(q, programme=programme, fiscal_year=fiscal_year, limit=limit, cursor=cursor)
    return answer(request, page.as_json())


@router.post("/calls", summary="Register a call")
def add_call(request: HttpRequest, body: CallIn) -> Any:
    """The programme's funder, administrators and the console."""
    made = actions.add_call(request.actor, **body.dict())  # type: ignore[attr-defined]
    return answer(request, queries.call(made).as_json(), status=201, location=f"/calls/{made}")


@router.get("/calls/{call}", summary="One call")
def get_call(request: HttpRequest, call: str) -> Any:
    """Needs no account."""
    return answer(request, queries.call(parse_id(call, "call")).as_json())


@router.patch("/calls/{call}", summary="Change a call")
def patch_call(request: HttpRequest, call: str, body: CallPatch) -> Any:
    """The programme's funder, administrators and the console."""
    card = actions.update_call(request.actor, parse_id(call, "call"), **_changes(body))  # type: ignore[attr-defined]
    return answer(request, card.as_json())


@router.get("/rounds", summary="Reporting rounds")
def list_rounds(request: HttpRequest, programme: str = "", limit: int = 100, cursor: str = "") -> Any:
    """Needs no account."""
    return answer(request, directory.rounds(programme=programme, limit=limit, cursor=cursor).as_json())


@router.post("/rounds", summary="Ask for a report")
def add_round(request: HttpRequest, body: RoundIn) -> Any:
    """The programme's funder, administrators and the console."""
    made = actions.add_round(request.actor, **body.dict())  # type: ignore[attr-defined]
    return answer(request, queries.round_(made).as_json(), status=201, location=f"/rounds/{made}")


@router.get("/rounds/{round}", summary="One reporting round")
def get_round(request: HttpRequest, round: str) -> Any:
    """Needs no account."""
    return answer(request, queries.round_(parse_id(round, "round")).as_json())


def _listed(request: HttpRequest, items: list[dict[str, Any]]) -> Any:
    return answer(request, {"items": items, "next": None, "total": len(items)})
