"""REST: one's notices, and which of them come by mail."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from izumi.people.actions import notices as actions
from izumi.people.queries import notices as queries
from izumi.people.shapes import Strict

router = Router(tags=["notices"])


class ReadIn(Strict):
    """Which notices were read; without ``ids`` all of them."""

    ids: list[Annotated[int, Field(ge=0, lt=2**62)]] | None = Field(None, max_length=1000)


class ChoiceIn(Strict):
    """Whether a kind of notice comes by mail."""

    kind: str = Field(max_length=40, examples=["deviation.found"])
    mail: bool = Field(examples=[False])


class ChoicesIn(Strict):
    """Choices that change; kinds that are not named stay as they are."""

    choices: list[ChoiceIn] = Field(max_length=200)


@router.get("/notices", summary="One's notices")
def list_notices(request: HttpRequest, unread: bool = False, act: bool = False, limit: int = 50, cursor: str = "") -> Any:
    """Newest first; `unread` and `act` (those that ask for something) narrow the list."""
    found = queries.own_notices(request.actor, unread=unread, act=act, limit=limit, cursor=cursor or None)  # type: ignore[attr-defined]
    return {"items": [one.as_json() for one in found.items], "next": found.next, "unread": queries.unread_count(request.actor)}  # type: ignore[attr-defined]


@router.post("/notices/read", summary="Mark notices as read")
def read_notices(request: HttpRequest, body: ReadIn) -> Any:
    """One's own only; others are left alone without a word."""
    return {"read": actions.read_notices(request.actor, body.ids)}  # type: ignore[attr-defined]


@router.get("/notices/choices", summary="Which notices come by mail")
def get_choices(request: HttpRequest) -> Any:
    """Every kind with its label, when it is mailed and one's choice."""
    return {"items": [one.as_json() for one in queries.choices(request.actor)]}  # type: ignore[attr-defined]


@router.put("/notices/choices", summary="Choose which notices come by mail")
def put_choices(request: HttpRequest, body: ChoicesIn) -> Any:
    """In the site every notice is shown in any case."""
    actions.choose_mail(request.actor, [(one.kind, one.mail) for one in body.choices])  # type: ignore[attr-defined]
    return get_choices(request)
