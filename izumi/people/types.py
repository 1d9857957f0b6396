"""Words of people: roles, kinds, and the cards under which persons, organisations and projects appear elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from izumi.kernel.days import Day, Instant, iso
from izumi.kernel.text import Text, both


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
    """The public facts of a project."""

    id: str
    title: Text
    organisation: str
    programme: str | None = None
    review: str = "none"
    """``none`` or ``curator``: the project's own, else its organisation's."""
    numbers: tuple[Number, ...] = ()
    starts_on: Day | None = None
    ends_on: Day | None = None

    def number(self, scheme: str, fiscal_year: int | None = None) -> str | None:
        """The number of a scheme that is current, or that was in use in a fiscal year; as issued."""
        fitting = [n for n in self.numbers if n.scheme == scheme]
        if fiscal_year is not None:
            fitting = [n for n in fitting if n.valid_in(fiscal_year)]
        return next((n.value for n in sorted(fitting, key=lambda n: not n.current)), None)

    def as_json(self) -> dict[str, Any]:
        """For the API and ``context.json``."""
        return {
            "id": self.id,
            "title": self.title.as_json(),
            "organisation": self.organisation,
            "programme": self.programme,
            "review": self.review,
            "numbers": [number.as_json() for number in self.numbers],
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeCard:
    """The public facts of a programme."""

    id: str
    title: Text
    code: str = ""
    funder: OrganisationCard | None = None

    def as_json(self) -> dict[str, Any]:
        """For the API and ``context.json``."""
        return {
            "id": self.id, "title": self.title.as_json(), "code": self.code or None,
            "funder": self.funder.id if self.funder else None,
        }  # fmt: skip


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
