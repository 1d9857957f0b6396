"""REST: people, organisations, projects, programmes, groups, roles and tokens."""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Router

from izumi.kernel.errors import NotThere, SignInNeeded
from izumi.kernel.ids import parse_id
from izumi.people import actions, directory, queries
from izumi.people.actions.register import ror_findings
from izumi.people.shapes import (
    GroupIn,
    NumberIn,
    OrganisationIn,
    PersonIn,
    PersonPatch,
    ProgrammeIn,
    ProjectIn,
    RoleEnd,
    RoleIn,
    TokenIn,
)
from izumi.people.types import Number

router = Router(tags=["people"])


def _answer(request: HttpRequest, value: Any, *, status: int = 200, location: str = "") -> HttpResponse:
    """JSON with a strong ETag; 304 when the reader has it already."""
    body = orjson.dumps(value)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.method == "GET" and etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/json", status=status)
    response.headers["ETag"] = etag
    if location:
        response.headers["Location"] = f"/api/v1{location}"
    return response


def _signed_in(request: HttpRequest) -> str:
    if request.actor.person is None:
        raise SignInNeeded()
    return str(request.actor.person)


# --- people ----------------------------------------------------------------------------------------------------------


@router.get("/people", summary="People by name")
def list_people(request: HttpRequest, q: str = "", organisation: str = "", limit: int = 100, cursor: str = "") -> Any:
    """Public facts only; needs no account."""
    page = directory.people(q, organisation=organisation, limit=limit, cursor=cursor)
    return _answer(request, page.as_json())


@router.post("/people", summary="Register a person")
def add_person(request: HttpRequest, body: PersonIn) -> Any:
    """Administrators, curators of the organisation (without a password) and the console."""
    told = body.dict(exclude={"invite", "identifiers"})
    person = actions.add_person(
        request.actor, **told, identifiers=[one.dict() for one in body.identifiers], send_invitation=body.invite
    )
    return _answer(request, _person(request, person), status=201, location=f"/people/{person}")


@router.get("/people/me", summary="Oneself")
def me(request: HttpRequest) -> Any:
    """The signed-in person with dated roles."""
    person = _signed_in(request)
    roles = [role.as_json() for role in queries.roles_of(person)]
    return _answer(request, {**_person(request, person), "roles": roles})


@router.get("/people/{person}", summary="One person")
def get_person(request: HttpRequest, person: str) -> Any:
    """Public facts; e-mail and user name only for the person and administrators."""
    return _answer(request, _person(request, parse_id(person, "person")))


@router.patch("/people/{person}", summary="Change name or language")
def patch_person(request: HttpRequest, person: str, body: PersonPatch) -> Any:
    """One's own, or as an administrator anybody's."""
    person = parse_id(person, "person")
    actions.update_profile(request.actor, person, name=body.name, language=body.language)
    return _answer(request, _person(request, person))


@router.post("/people/{person}/invite", summary="Mail a link for choosing a password")
def invite(request: HttpRequest, person: str) -> Any:
    """The link works once, for 14 days."""
    actions.invite(request.actor, parse_id(person, "person"))
    return _answer(request, {"invited": True}, status=202)


def _person(request: HttpRequest, person: str) -> dict[str, Any]:
    card = queries.own_card(request.actor, person)
    return card.as_own_json() if card.username else card.as_json()


# --- organisations ---------------------------------------------------------------------------------------------------


@router.get("/organisations", summary="Organisations by name, ROR or parent")
def list_organisations(
    request: HttpRequest, q: str = "", ror: str = "", parent: str = "", limit: int = 100, cursor: str = ""
) -> Any:
    """Needs no account."""
    return _answer(request, directory.organisations(q, ror=ror, parent=parent, limit=limit, cursor=cursor).as_json())


@router.post("/organisations", summary="Register an organisation or a department")
def add_organisation(request: HttpRequest, body: OrganisationIn) -> Any:
    """Administrators; curators register departments of their own organisation. Wrong ROR check digits are a warning."""
    made = actions.add_organisation(request.actor, **body.dict())
    told = {**queries.organisation(made).as_json(), "findings": [f.as_json() for f in ror_findings(body.ror)]}
    return _answer(request, told, status=201, location=f"/organisations/{made}")


@router.get("/organisations/{organisation}", summary="One organisation")
def get_organisation(request: HttpRequest, organisation: str) -> Any:
    """Needs no account."""
    return _answer(request, queries.organisation(parse_id(organisation, "organisation")).as_json())


# --- projects and programmes -----------------------------------------------------------------------------------------


@router.get("/projects", summary="Projects by title or number")
def list_projects(
    request: HttpRequest,
    q: str = "",
    number: str = "",
    organisation: str = "",
    programme: str = "",
    limit: int = 100,
    cursor: str = "",
) -> Any:
    """``number`` finds any form of any number of a project: width, case, hyphens, spaces and a leading JP do not matter."""
    page = directory.projects(
        q, number=number, organisation=organisation, programme=programme, limit=limit, cursor=cursor
    )
    return _answer(request, page.as_json())


@router.post("/projects", summary="Register a project")
def add_project(request: HttpRequest, body: ProjectIn) -> Any:
    """Administrators, curators of the organisation and the console. Numbers are kept exactly as issued."""
    numbers = [Number(**one.dict()) for one in body.numbers]
    made = actions.add_project(request.actor, **body.dict(exclude={"numbers"}), numbers=numbers)
    return _answer(request, queries.project(made).as_json(), status=201, location=f"/projects/{made}")


@router.get("/projects/{project}", summary="One project")
def get_project(request: HttpRequest, project: str) -> Any:
    """Needs no account."""
    return _answer(request, queries.project(parse_id(project, "project")).as_json())


@router.post("/projects/{project}/numbers", summary="Give a project a further number")
def add_number(request: HttpRequest, project: str, body: NumberIn) -> Any:
    """A new current number of a scheme takes the place of the former one, which stays findable."""
    project = parse_id(project, "project")
    actions.add_number(request.actor, project, Number(**body.dict()))
    return _answer(request, queries.project(project).as_json(), status=201)


@router.get("/programmes", summary="Programmes by title")
def list_programmes(request: HttpRequest, q: str = "", limit: int = 100, cursor: str = "") -> Any:
    """Needs no account."""
    return _answer(request, directory.programmes(q, limit=limit, cursor=cursor).as_json())


@router.post("/programmes", summary="Register a programme")
def add_programme(request: HttpRequest, body: ProgrammeIn) -> Any:
    """Administrators and the console."""
    made = actions.add_programme(request.actor, **body.dict())
    return _answer(request, queries.programme(made).as_json(), status=201, location=f"/programmes/{made}")


@router.get("/programmes/{programme}", summary="One programme")
def get_programme(request: HttpRequest, programme: str) -> Any:
    """Needs no account."""
    return _answer(request, queries.programme(parse_id(programme, "programme")).as_json())


# --- groups and roles ------------------------------------------------------------------------------------------------


@router.get("/groups", summary="One's groups")
def list_groups(request: HttpRequest, limit: int = 100, cursor: str = "") -> Any:
    """Administrators read all."""
    _signed_in_or_console(request)
    return _answer(request, directory.groups(request.actor, limit=limit, cursor=cursor).as_json())


@router.post("/groups", summary="Found a group")
def add_group(request: HttpRequest, body: GroupIn) -> Any:
    """Anyone with an organisation; the founder leads the group and takes in members by roles."""
    made = actions.add_group(request.actor, name=body.name, members=body.members)
    return _answer(request, queries.group(made).as_json(), status=201, location=f"/groups/{made}")


@router.get("/groups/{group}", summary="One group with its members")
def get_group(request: HttpRequest, group: str) -> Any:
    """For members and administrators; for others it is not there."""
    group = parse_id(group, "group")
    if not queries.may_know_members(request.actor, f"group:{group}"):
        raise NotThere("group", group)
    roles = [role.as_json() for role in queries.roles_in(f"group:{group}")]
    return _answer(request, {**queries.group(group).as_json(), "roles": roles})


@router.get("/roles", summary="Who is what in a scope")
def list_roles(request: HttpRequest, scope: str) -> Any:
    """For those inside the scope and administrators."""
    if not queries.may_know_members(request.actor, scope):
        raise NotThere("group", scope)
    found = [role.as_json() for role in queries.roles_in(scope)]
    return _answer(request, {"items": found, "next": None, "total": len(found)})


@router.post("/roles", summary="Give somebody a role")
def assign_role(request: HttpRequest, body: RoleIn) -> Any:
    """Administrators any role; leaders of a project or group and curators of an organisation take in members."""
    return _answer(request, actions.assign_role(request.actor, **body.dict()).as_json(), status=201)


@router.post("/roles/{role}/end", summary="End a role")
def end_role(request: HttpRequest, role: int, body: RoleEnd) -> Any:
    """It stays in history."""
    left = actions.end_role(request.actor, role, until_day=body.until)
    return _answer(request, {"role": left.as_json() if left else None})


def _signed_in_or_console(request: HttpRequest) -> None:
    if request.actor.is_anonymous:
        raise SignInNeeded()


# --- tokens ----------------------------------------------------------------------------------------------------------


@router.get("/tokens", summary="One's tokens")
def list_tokens(request: HttpRequest) -> Any:
    """Never the tokens themselves: first and last letters, scopes, end."""
    found = [token.as_json() for token in queries.tokens_of(_signed_in(request))]
    return _answer(request, {"items": found, "next": None, "total": len(found)})


@router.post("/tokens", summary="Make a token")
def create_token(request: HttpRequest, body: TokenIn) -> Any:
    """The answer holds the token once, under ``token``. A token makes tokens only with the scope ``admin``."""
    expires = body.expires_at
    made = actions.create_token(
        request.actor, person=body.person, name=body.name, scopes=body.scopes,
        expires_at=expires.replace(tzinfo=expires.tzinfo or UTC) if expires else None,
    )  # fmt: skip
    response = _answer(request, {"id": made.id, "token": made.secret, "scopes": body.scopes}, status=201)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.delete("/tokens/{token}", summary="Revoke a token")
def revoke_token(request: HttpRequest, token: str) -> Any:
    """It is useless at once."""
    actions.revoke_token(request.actor, parse_id(token, "token"))
    return HttpResponse(status=204)
