"""Words of people: roles, kinds, and the cards under which persons, organisations and projects appear elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from izumi.kernel.days import Day, Instant, iso
from izumi.kernel.text import Text, both
from izumi.people.words import CONTRACTS as CONTRACTS
from izumi.people.words import FIELDS as FIELDS
from izumi.people.words import SCHEMES as SCHEMES
from izumi.people.words import STEP_LABELS as STEP_LABELS
from izumi.people.words import STEPS as STEPS


class RoleName(StrEnum):
    """What somebody is; ``researcher`` is the default of anyone with an organisation."""

    RESEARCHER = "researcher"
    MEMBER = "member"
    PM = "pm"
    CURATOR = "curator"
    FUNDER = "funder"
    COMPANY = "company"
    OPERATOR = "operator"
    ADMIN = "admin"


ROLE_LABELS: Mapping[str, Text] = {
    "researcher": both("研究者", "Researcher"),
    "member": both("メンバー", "Member"),
    "pm": both("PM（代表者）", "PM (leader)"),
    "curator": both("キュレーター", "Curator"),
    "funder": both("資金配分機関", "Funder"),
    "company": both("企業", "Company"),
    "operator": both("運用担当", "Operator"),
    "admin": both("管理者", "Administrator"),
}

ROLE_SCOPES: Mapping[str, frozenset[str]] = {
    "researcher": frozenset({"org"}),
    "member": frozenset({"org", "project", "group"}),
    "pm": frozenset({"project", "group"}),
    "curator": frozenset({"org"}),
    "funder": frozenset({"programme"}),
    "company": frozenset({"org"}),
    "operator": frozenset({"site"}),
    "admin": frozenset({"site"}),
}
"""In which kinds of scope a role makes sense."""

KIND_LABELS: Mapping[str, Text] = {
    "university": both("大学", "University"),
    "institute": both("研究所・研究開発法人", "Research institute"),
    "department": both("部局", "Department"),
    "company": both("企業", "Company"),
    "hospital": both("病院", "Hospital"),
    "museum": both("博物館・図書館", "Museum or library"),
    "government": both("行政機関", "Government body"),
    "funder": both("資金配分機関", "Funder"),
    "other": both("その他", "Other"),
}
"""Kinds of organisation."""


class Review(StrEnum):
    """Whether a draft is reviewed before it is published."""

    NONE = "none"
    CURATOR = "curator"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationCard:
    """The public facts of an organisation or department."""

    id: str
    legal_name: Text
    ror: str = ""
    kind: str = "other"
    parent: str | None = None
    review: str = "none"

    def as_json(self) -> dict[str, Any]:
        """For the API and ``context.json``."""
        return {
            "id": self.id, "legal_name": self.legal_name.as_json(), "ror": self.ror or None, "kind": self.kind,
            "parent": self.parent, "review": self.review,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """A person as others see them; ``email`` only for themselves and administrators."""

    id: str
    name: Text
    organisation: OrganisationCard | None = None
    identifiers: tuple[Mapping[str, str], ...] = ()
    username: str = ""
    email: str = ""
    language: str = "ja"
    unread: int = 0
    """How many notices they have not read; known only of who is signed in."""

    @property
    def initial(self) -> str:
        """One letter for the round sign beside the name."""
        return (self.name.one("ja") or self.username or "?")[0]

    def as_json(self) -> dict[str, Any]:
        """The public facts; never e-mail or user name."""
        return {
            "id": self.id,
            "name": self.name.as_json(),
            "organisation": self.organisation.id if self.organisation else None,
            "identifiers": [dict(one) for one in self.identifiers],
        }

    def as_own_json(self) -> dict[str, Any]:
        """What the person and an administrator read."""
        return {**self.as_json(), "username": self.username, "email": self.email, "language": self.language}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of a project, exactly as issued; fiscal years are inclusive, ``None`` is unbounded."""

    scheme: str
    value: str
    from_fiscal_year: int | None = None
    until_fiscal_year: int | None = None
    current: bool = True

    def valid_in(self, fiscal_year: int) -> bool:
        """Whether the number was the one in use in that fiscal year."""
        after = self.from_fiscal_year is None or self.from_fiscal_year <= fiscal_year
        return after and (self.until_fiscal_year is None or fiscal_year <= self.until_fiscal_year)

    def as_json(self) -> dict[str, Any]:
        """For the API and ``context.json``."""
        return {
            "scheme": self.scheme, "value": self.value, "from_fiscal_year": self.from_fiscal_year,
            "until_fiscal_year": self.until_fiscal_year, "current": self.current,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCard:
    """The public facts of a project; ``no_plan_why`` is for those inside and never part of ``as_json``."""

    id: str
    title: Text
    organisation: str
    programme: str | None = None
    review: str = "none"
    """``none`` or ``curator``: the project's own, else its organisation's."""
    numbers: tuple[Number, ...] = ()
    starts_on: Day | None = None
    ends_on: Day | None = None
    call: str | None = None
    profile: str = ""
    """The pack in force for its records: the project's own, else its call's, else its programme's."""
    contract: str = ""
    """One of ``CONTRACTS``, or empty."""
    field: str = ""
    """e-Rad research field, e.g. ``289``."""
    countries: tuple[str, ...] = ()
    """Partner countries, ISO 3166-1 alpha-2."""
    partners: tuple[str, ...] = ()
    """Partner organisations (分担機関) beside the leading one."""
    no_plan_why: str = ""
    """Why no plan is needed; empty: one is."""

    def number(self, scheme: str, fiscal_year: int | None = None) -> str | None:
        """The number of a scheme that is current, or that was in use in a fiscal year; as issued."""
        fitting = [n for n in self.numbers if n.scheme == scheme]
        if fiscal_year is not None:
            fitting = [n for n in fitting if n.valid_in(fiscal_year)]
        return next((n.value for n in sorted(fitting, key=lambda n: not n.current)), None)

    @property
    def grant_number(self) -> str:
        """体系的番号: as issued, else the one that a KAKENHI number has by rule, ``JP`` before it.

        Source: japan-grant-number.
        """
        kakenhi = self.number("KAKENHI") or ""
        prefix = "" if kakenhi[:2].upper() == "JP" else "JP"
        return self.number("JGN") or (f"{prefix}{kakenhi}" if kakenhi else "")

    def as_json(self) -> dict[str, Any]:
        """For the API and ``context.json``."""
        return {
            "id": self.id,
            "title": self.title.as_json(),
            "organisation": self.organisation,
            "programme": self.programme,
            "review": self.review,
            "numbers": [number.as_json() for number in self.numbers],
            "starts_on": _iso(self.starts_on),
            "ends_on": _iso(self.ends_on),
            "call": self.call,
            "profile": self.profile or None,
            "contract": self.contract or None,
            "field": self.field or None,
            "countries": list(self.countries),
            "partners": list(self.partners),
        }


NO_TEXT = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeCard:
    """The public facts of a programme."""

    id: str
    title: Text
    code: str = ""
    funder: OrganisationCard | None = None
    chain: tuple[str, ...] = ()
    """Who must say yes to a plan, in order (``STEPS``); empty: its author alone, nothing is handed in."""
    profile: str = ""
    plan_form: str = ""
    goal: Text = NO_TEXT
    """ムーンショット目標, where there is one."""

    def as_json(self) -> dict[str, Any]:
        """For the API and ``context.json``."""
        return {
            "id": self.id, "title": self.title.as_json(), "code": self.code or None,
            "funder": self.funder.id if self.funder else None, "chain": list(self.chain), "profile": self.profile or None,
            "plan_form": self.plan_form or None, "goal": self.goal.as_json(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCard:
    """The public facts of a call (公募): one fiscal year of a programme, with what it requires."""

    id: str
    programme: str
    title: Text
    fiscal_year: int
    plan_form: str = ""
    """Empty: as the programme; so is ``profile``."""
    profile: str = ""
    chain: tuple[str, ...] | None = None
    """``None``: as the programme; ``()``: the author alone."""
    opens_on: Day | None = None
    closes_on: Day | None = None
    """Last day on which something new is taken."""
    plan_due_on: Day | None = None
    """Last day for handing in the plan."""

    def closed(self, on: Day) -> bool:
        """Whether its last day lies before this day."""
        return self.closes_on is not None and self.closes_on < on

    def as_json(self) -> dict[str, Any]:
        """For the API and ``context.json``."""
        return {
            "id": self.id, "programme": self.programme, "title": self.title.as_json(), "fiscal_year": self.fiscal_year,
            "plan_form": self.plan_form or None, "profile": self.profile or None,
            "chain": None if self.chain is None else list(self.chain), "opens_on": _iso(self.opens_on),
            "closes_on": _iso(self.closes_on), "plan_due_on": _iso(self.plan_due_on),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundCard:
    """A reporting round of a programme: what is asked, as of which day, due when."""

    id: str
    programme: str
    title: Text
    scheme: str
    """One of ``SCHEMES``."""
    fiscal_year: int
    as_of: Day
    """What is known by the end of this day counts."""
    due_on: Day

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "id": self.id, "programme": self.programme, "title": self.title.as_json(), "scheme": self.scheme,
            "fiscal_year": self.fiscal_year, "as_of": self.as_of.isoformat(), "due_on": self.due_on.isoformat(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """What a plan of a project must be, and who adopts it: the call's word, where it is silent the programme's."""

    project: ProjectCard
    call: CallCard | None = None
    programme: ProgrammeCard | None = None
    chain: tuple[str, ...] = ()
    """Steps in order; empty: the author adopts alone."""
    plan_form: str = "common"
    profile: str = ""


def _iso(day: Day | None) -> str | None:
    return day.isoformat() if day else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCard:
    """One dated role."""

    id: int
    person: str
    role: str
    scope: str
    """``site``, ``org:ID``, ``project:ID``, ``programme:ID`` or ``group:ID``."""
    from_day: Day | None = None
    until_day: Day | None = None

    @property
    def label(self) -> Text:
        """The role in words."""
        return ROLE_LABELS[self.role]

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "id": self.id, "person": self.person, "role": self.role, "scope": self.scope,
            "from": self.from_day.isoformat() if self.from_day else None,
            "until": self.until_day.isoformat() if self.until_day else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCard:
    """A group; its members are told to those inside and to administrators alone."""

    id: str
    name: Text

    def as_json(self) -> dict[str, Any]:
        """For the API and ``context.json``."""
        return {"id": self.id, "name": self.name.as_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCard:
    """A token as its owner sees it again: never the token itself."""

    id: str
    person: str
    name: str
    hint: str
    """First and last letters, to recognise it by."""
    scopes: tuple[str, ...]
    expires_at: Instant | None
    recorded_at: Instant
    revoked: bool

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "id": self.id, "person": self.person, "name": self.name, "hint": self.hint, "scopes": list(self.scopes),
            "expires_at": iso(self.expires_at) if self.expires_at else None, "created_at": iso(self.recorded_at),
            "revoked": self.revoked,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token at its birth; ``secret`` is shown once and never stored."""

    id: str
    secret: str
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person who proved who they are, and the stamp under which the session is valid."""

    person: str
    stamp: str
    language: str
