"""REST: people, organisations, groups, roles and tokens; with projects, programmes, calls and rounds of ``funding_api``."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from izumi.kernel.errors import NotThere, SignInNeeded
from izumi.kernel.ids import parse_id
from izumi.people import actions, directory, funding_api, queries
from izumi.people.actions.register import ror_findings
from izumi.people.answers import answer
from izumi.people.shapes import (
    GroupIn,
    OrganisationIn,
    PersonIn,
    PersonPatch,
    RoleEnd,
    RoleIn,
    TokenIn,
)

router = Router(tags=["people"])
router.add_router("", funding_api.router)


def _signed_in(request: HttpRequest) -> str:
    if request.actor.person is None:
        raise SignInNeeded()
    return str(request.actor.person)


# --- people ----------------------------------------------------------------------------------------------------------


@router.get("/people", summary="People by name")
def list_people(request: HttpRequest, q: str = "", organisation: str = "", limit: int = 100, cursor: str = "") -> Any:
    """Public facts only; needs no account."""
    page = directory.people(q, organisation=organisation, limit=limit, cursor=cursor)
    return answer(request, page.as_json())


@router.post("/people", summary="Register a person")
def add_person(request: HttpRequest, body: PersonIn) -> Any:
    """Administrators, curators of the organisation (without a password) and the console."""
    told = body.dict(exclude={"invite", "identifiers"})
    person = actions.add_person(
        request.actor, **told, identifiers=[one.dict() for one in body.identifiers], send_invitation=body.invite
    )
    return answer(request, _person(request, person), status=201, location=f"/people/{person}")


@router.get("/people/me", summary="Oneself")
def me(request: HttpRequest) -> Any:
    """The signed-in person with dated roles."""
    person = _signed_in(request)
    roles = [role.as_json() for role in queries.roles_of(person)]
    return answer(request, {**_person(request, person), "roles": roles})


@router.get("/people/{person}", summary="One person")
def get_person(request: HttpRequest, person: str) -> Any:
    """Public facts; e-mail and user name only for the person and administrators."""
    return answer(request, _person(request, parse_id(person, "person")))


@router.patch("/people/{person}", summary="Change name or language")
def patch_person(request: HttpRequest, person: str, body: PersonPatch) -> Any:
    """One's own, or as an administrator anybody's."""
    person = parse_id(person, "person")
    actions.update_profile(request.actor, person, name=body.name, language=body.language)
    return answer(request, _person(request, person))


@router.post("/people/{person}/invite", summary="Mail a link for choosing a password")
def invite(request: HttpRequest, person: str) -> Any:
    """The link works once, for 14 days."""
    actions.invite(request.actor, parse_id(person, "person"))
    return answer(request, {"invited": True}, status=202)


def _person(request: HttpRequest, person: str) -> dict[str, Any]:
    card = queries.own_card(request.actor, person)
    return card.as_own_json() if card.username else card.as_json()


# --- organisations ---------------------------------------------------------------------------------------------------


@router.get("/organisations", summary="Organisations by name, ROR or parent")
def list_organisations(
    request: HttpRequest, q: str = "", ror: str = "", parent: str = "", limit: int = 100, cursor: str = ""
) -> Any:
    """Needs no account."""
    return answer(request, directory.organisations(q, ror=ror, parent=parent, limit=limit, cursor=cursor).as_json())


@router.post("/organisations", summary="Register an organisation or a department")
def add_organisation(request: HttpRequest, body: OrganisationIn) -> Any:
    """Administrators; curators register departments of their own organisation. Wrong ROR check digits are a warning."""
    made = actions.add_organisation(request.actor, **body.dict())
    told = {**queries.organisation(made).as_json(), "findings": [f.as_json() for f in ror_findings(body.ror)]}
    return answer(request, told, status=201, location=f"/organisations/{made}")


@router.get("/organisations/{organisation}", summary="One organisation")
def get_organisation(request: HttpRequest, organisation: str) -> Any:
    """Needs no account."""
    return answer(request, queries.organisation(parse_id(organisation, "organisation")).as_json())


# --- groups and roles ------------------------------------------------------------------------------------------------


@router.get("/groups", summary="One's groups")
def list_groups(request: HttpRequest, limit: int = 100, cursor: str = "") -> Any:
    """Administrators read all."""
    _signed_in_or_console(request)
    return answer(request, directory.groups(request.actor, limit=limit, cursor=cursor).as_json())


@router.post("/groups", summary="Found a group")
def add_group(request: HttpRequest, body: GroupIn) -> Any:
    """Anyone with an organisation; the founder leads the group and takes in members by roles."""
    made = actions.add_group(request.actor, name=body.name, members=body.members)
    return answer(request, queries.group(made).as_json(), status=201, location=f"/groups/{made}")


@router.get("/groups/{group}", summary="One group with its members")
def get_group(request: HttpRequest, group: str) -> Any:
    """For members and administrators; for others it is not there."""
    group = parse_id(group, "group")
    if not queries.may_know_members(request.actor, f"group:{group}"):
        raise NotThere("group", group)
    roles = [role.as_json() for role in queries.roles_in(f"group:{group}")]
    return answer(request, {**queries.group(group).as_json(), "roles": roles})


@router.get("/roles", summary="Who is what in a scope")
def list_roles(request: HttpRequest, scope: str) -> Any:
    """For those inside the scope and administrators."""
    if not queries.may_know_members(request.actor, scope):
        raise NotThere("group", scope)
    found = [role.as_json() for role in queries.roles_in(scope)]
    return answer(request, {"items": found, "next": None, "total": len(found)})


@router.post("/roles", summary="Give somebody a role")
def assign_role(request: HttpRequest, body: RoleIn) -> Any:
    """Administrators any role; leaders of a project or group and curators of an organisation take in members."""
    return answer(request, actions.assign_role(request.actor, **body.dict()).as_json(), status=201)


@router.post("/roles/{role}/end", summary="End a role")
def end_role(request: HttpRequest, role: int, body: RoleEnd) -> Any:
    """It stays in history."""
    left = actions.end_role(request.actor, role, until_day=body.until)
    return answer(request, {"role": left.as_json() if left else None})


def _signed_in_or_console(request: HttpRequest) -> None:
    if request.actor.is_anonymous:
        raise SignInNeeded()


# --- tokens ----------------------------------------------------------------------------------------------------------


@router.get("/tokens", summary="One's tokens")
def list_tokens(request: HttpRequest) -> Any:
    """Never the tokens themselves: first and last letters, scopes, end."""
    found = [token.as_json() for token in queries.tokens_of(_signed_in(request))]
    return answer(request, {"items": found, "next": None, "total": len(found)})


@router.post("/tokens", summary="Make a token")
def create_token(request: HttpRequest, body: TokenIn) -> Any:
    """The answer holds the token once, under ``token``. A token makes tokens only with the scope ``admin``."""
    expires = body.expires_at
    made = actions.create_token(
        request.actor, person=body.person, name=body.name, scopes=body.scopes,
        expires_at=expires.replace(tzinfo=expires.tzinfo or UTC) if expires else None,
    )  # fmt: skip
    response = answer(request, {"id": made.id, "token": made.secret, "scopes": body.scopes}, status=201)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.delete("/tokens/{token}", summary="Revoke a token")
def revoke_token(request: HttpRequest, token: str) -> Any:
    """It is useless at once."""
    actions.revoke_token(request.actor, parse_id(token, "token"))
    return HttpResponse(status=204)
