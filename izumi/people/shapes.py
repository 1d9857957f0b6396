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
    """A new project; ``review`` empty means: as its organisation; ``profile`` empty: as its call or programme."""

    title: Words
    organisation: str
    programme: str | None = None
    call: str | None = None
    numbers: list[NumberIn] = Field(default=[], max_length=100)
    review: Literal["", "none", "curator"] = ""
    starts_on: date | None = None
    ends_on: date | None = None
    profile: str = Field("", max_length=40)
    contract: str = Field("", max_length=20, examples=["commission"])
    field: str = Field("", max_length=10, examples=["289"])
    countries: list[str] = Field(default=[], max_length=300)
    partners: list[str] = Field(default=[], max_length=1000)


class ProjectPatch(Strict):
    """What changes; what is not named stays. The PM and curators change the first six, the programme's funder the next four."""

    title: Words | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    field: str | None = Field(None, max_length=10)
    countries: list[str] | None = Field(None, max_length=300)
    partners: list[str] | None = Field(None, max_length=1000)
    programme: str | None = None
    call: str | None = None
    contract: str | None = Field(None, max_length=20)
    profile: str | None = Field(None, max_length=40)
    review: Literal["", "none", "curator"] | None = None
    organisation: str | None = None


class ExemptIn(Strict):
    """Why a project needs no plan; empty takes it back."""

    why: str = Field(max_length=4000)


Steps = Annotated[list[Literal["institution", "pm", "agency"]], Field(max_length=3)]


class ProgrammeIn(Strict):
    """A new programme (制度). ``chain`` says who must agree to a plan, in order (the last one adopts); empty: who answers for it, alone."""

    title: Words
    funder: str | None = None
    code: str = Field("", max_length=40)
    chain: Steps = []
    profile: str = Field("", max_length=40, examples=["moonshot"])
    plan_form: str = Field("", max_length=40, examples=["moonshot"])
    goal: Words = {}


class ProgrammePatch(Strict):
    """What changes of a programme; what is not named stays."""

    title: Words | None = None
    funder: str | None = None
    code: str | None = Field(None, max_length=40)
    chain: Steps | None = None
    profile: str | None = Field(None, max_length=40)
    plan_form: str | None = Field(None, max_length=40)
    goal: Words | None = None


class CallIn(Strict):
    """A new call (公募): one fiscal year of a programme. ``chain`` null and the others empty: as the programme."""

    programme: str
    title: Words
    fiscal_year: int = Field(ge=1900, le=2200)
    plan_form: str = Field("", max_length=40)
    profile: str = Field("", max_length=40)
    chain: Steps | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    plan_due_on: date | None = None


class CallPatch(Strict):
    """What changes of a call; what is not named stays."""

    title: Words | None = None
    fiscal_year: int | None = Field(None, ge=1900, le=2200)
    plan_form: str | None = Field(None, max_length=40)
    profile: str | None = Field(None, max_length=40)
    chain: Steps | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    plan_due_on: date | None = None


class RoundIn(Strict):
    """A report that a programme asks for."""

    programme: str
    title: Words
    scheme: Literal["common", "moonshot", "erad"]
    fiscal_year: int = Field(ge=1900, le=2200)
    as_of: date
    due_on: date


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
