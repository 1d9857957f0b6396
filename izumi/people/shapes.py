"""What the API reads and writes about people; unknown members are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Words = Annotated[dict[str, Annotated[str, Field(max_length=500)]], Field(max_length=10)]
Identifier = Annotated[str, Field(min_length=1, max_length=120)]


class Strict(Schema):
    """A body of which every member is known."""

    model_config = ConfigDict(extra="forbid")


class IdentifierIn(Strict):
    """An identifier of a person in a scheme such as ORCID or e-Rad_Researcher."""

    scheme: str = Field(min_length=1, max_length=40)
    value: str = Field(min_length=1, max_length=120)


class PersonIn(Strict):
    """A new account. With ``invite`` a link for choosing a password is mailed."""

    username: str = Field(max_length=60, examples=["tanaka"])
    name: Words = Field(examples=[{"ja": "田中 一郎", "en": "Ichiro Tanaka"}])
    email: str = Field("", max_length=254)
    organisation: str | None = None
    language: Literal["ja", "en"] = "ja"
    identifiers: list[IdentifierIn] = Field(default=[], max_length=20)
    invite: bool = False
    password: str | None = Field(None, description="administrators and the console only; better: invite")


class PersonPatch(Strict):
    """What people change about themselves."""

    name: Words | None = None
    language: Literal["ja", "en"] | None = None


class OrganisationIn(Strict):
    """A new organisation, or a department of one."""

    legal_name: Words = Field(examples=[{"ja": "国立大学法人泉大学", "en": "Izumi University"}])
    kind: str = Field(examples=["university"])
    ror: str = ""
    parent: str | None = None
    review: Literal["none", "curator"] = "none"


class NumberIn(Strict):
    """A number of a project, exactly as issued."""

    scheme: str = Field(min_length=1, max_length=40, examples=["JGN"])
    value: str = Field(min_length=1, max_length=120, examples=["JPMJXX0000"])
    from_fiscal_year: int | None = Field(None, ge=1900, le=2200)
    until_fiscal_year: int | None = Field(None, ge=1900, le=2200)
    current: bool = True


class ProjectIn(Strict):
    """A new project; ``review`` empty means: as its organisation."""

    title: Words
    organisation: str
    programme: str | None = None
    numbers: list[NumberIn] = Field(default=[], max_length=100)
    review: Literal["", "none", "curator"] = ""
    starts_on: date | None = None
    ends_on: date | None = None


class ProgrammeIn(Strict):
    """A new programme (制度)."""

    title: Words
    funder: str | None = None
    code: str = Field("", max_length=40)


class GroupIn(Strict):
    """A new group; who founds it leads it."""

    name: Words
    members: list[str] = Field(default=[], max_length=1000)


class RoleIn(Strict):
    """A dated role; days are inclusive."""

    person: str
    role: str = Field(examples=["member"])
    scope: str = Field(examples=["project:xxxxx-xxxxx"])
    from_day: date | None = Field(None, alias="from")
    until_day: date | None = Field(None, alias="until")


class RoleEnd(Strict):
    """The last valid day of a role; without it the role ends now."""

    until: date | None = None


class TokenIn(Strict):
    """A new token. Scopes: read ⊂ write ⊂ publish ⊂ admin."""

    name: str = Field("", max_length=100)
    scopes: list[Literal["read", "write", "publish", "admin"]] = Field(default=["read"], min_length=1, max_length=4)
    expires_at: datetime | None = None
    person: str | None = Field(None, description="the console only; else oneself")
