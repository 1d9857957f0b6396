"""Words of the decision: the access statement, rules, reasons and verdicts. Plain Python, no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from izumi.kernel.days import Day, Instant, iso, parse_day
from izumi.kernel.text import Text
from izumi.policy.words import (
    AUDIENCE_TEXTS,
    CLASS_LABELS,
    REASON_TEXTS,
    REQUEST_LABELS,
    SCOPE_LABELS,
    WAY_OUT_TEXTS,
    WITHHOLDING_LABELS,
)

__all__ = [
    "AUDIENCE_TEXTS", "CLASS_LABELS", "REASON_TEXTS", "REQUEST_LABELS", "SCOPE_LABELS", "WAY_OUT_TEXTS",
    "WITHHOLDING_LABELS", "AccessClass", "AccessFacts", "AccessReason", "AccessStatement", "Action", "Change", "Gate",
    "Opens", "Parties", "Reason", "RecordState", "Requests", "Rule", "TokenScope", "Verdict", "WayOut",
]  # fmt: skip

METADATA = "metadata"
FILES = "files"
SCOPE_FORM = re.compile(r"(?:project|org|person|group|programme):[0-9a-z-]{1,40}")


class AccessClass(StrEnum):
    """アクセス権 of the data; the metadata know only open, shared and closed."""

    OPEN = "open"
    SHARED = "shared"
    CLOSED = "closed"
    EMBARGOED = "embargoed"


class Requests(StrEnum):
    """Who may ask for access (申請の可否); apart from the class."""

    ANYONE = "anyone"
    MEMBERS = "members"
    NONE = "none"


class Opens(StrEnum):
    """How an embargo ends: by itself on its day, or when somebody confirms it."""

    AUTO = "auto"
    CONFIRM = "confirm"


class RecordState(StrEnum):
    """Where a record stands towards the public."""

    UNPUBLISHED = "unpublished"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Gate(StrEnum):
    """What no rule and no grant can override; intersected when rules are compiled."""

    WITHDRAWN = "withdrawn"
    """Bytes for the parties alone, no more changes; the tombstone stays for those who could see the record."""
    SUSPENDED = "suspended"
    """Only curators, administrators and the site itself see it; owners know that it exists."""
    HOLD = "hold"
    """Closed to everyone but the parties, and unchanged, until somebody has cleared it."""
    PSEUDONYMISED = "pseudonymised"
    """The bytes do not leave the parties."""


class Action(StrEnum):
    """What can be decided about a record."""

    SEE = "see"
    READ = "read"
    EDIT = "edit"
    SUBMIT = "submit"
    REVIEW = "review"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    MANAGE = "manage"


class TokenScope(StrEnum):
    """What a token may be limited to; each includes the ones before it."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class AccessReason:
    """One coded reason why the data are not open."""

    code: str
    note: Text | None = None
    review_on: Day | None = None

    def as_document(self) -> dict[str, Any]:
        """The member of ``access.reasons``; what is unset is left out."""
        told: dict[str, Any] = {"code": self.code}
        if self.note:
            told["note"] = self.note.as_json()
        if self.review_on:
            told["review_on"] = self.review_on.isoformat()
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessStatement:
    """The document's ``access`` object, read so that anything unclear stays closed."""

    access_class: AccessClass = AccessClass.CLOSED
    available_on: Day | None = None
    """First open day (00:00 Japan time); without it an embargo never ends."""
    opens: Opens = Opens.AUTO
    available_when: Mapping[str, Any] | None = None
    reasons: tuple[AccessReason, ...] = ()
    scopes: tuple[str, ...] = ()
    """Audience keys ``project:ID org:ID person:ID group:ID``; empty with ``shared`` means "on request"."""
    metadata_class: AccessClass = AccessClass.OPEN
    disclosure: Mapping[str, AccessClass] = field(default_factory=dict)
    """JSON Pointers of single metadata items that are narrower than the metadata."""
    requests: Requests = Requests.NONE
    conditions: Text | None = None
    funder_class: Mapping[str, str] | None = None

    def __hash__(self) -> int:
        return hash((self.access_class, self.available_on, self.opens, self.scopes, self.metadata_class, self.requests))

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | None) -> AccessStatement:
        """Read ``access`` of a metadata document; drafts may hold anything, and what is unclear counts as closed.

        A missing class is closed, a missing metadata class open, a wrong or embargoed one closed, a wrong day absent,
        a wrong ``opens`` confirm. ``rules.statement_findings`` tells the writer about each.
        """
        told = document if isinstance(document, Mapping) else {}
        return cls(
            access_class=_class(told.get("class"), absent=AccessClass.CLOSED, embargo=True),
            available_on=_day(told.get("available_on")),
            opens=Opens.AUTO if told.get("opens") in (None, "auto") else Opens.CONFIRM,
            available_when=_mapping(told.get("available_when")),
            reasons=tuple(_reasons(told.get("reasons"))),
            scopes=tuple(dict.fromkeys(s for s in _items(told.get("scopes")) if isinstance(s, str))),
            metadata_class=_class(told.get("metadata_class"), absent=AccessClass.OPEN, embargo=False),
            disclosure={
                str(pointer): _class(value, absent=AccessClass.CLOSED, embargo=False)
                for pointer, value in (_mapping(told.get("disclosure")) or {}).items()
            },
            requests=_requests(told.get("requests")),
            conditions=_text(told.get("conditions")),
            funder_class=_mapping(told.get("funder_class")),
        )

    def as_document(self) -> dict[str, Any]:
        """The ``access`` object of the metadata document; unset members are left out."""
        told: dict[str, Any] = {
            "class": str(self.access_class),
            "available_on": self.available_on.isoformat() if self.available_on else None,
            "opens": str(self.opens) if self.access_class is AccessClass.EMBARGOED else None,
            "available_when": dict(self.available_when) if self.available_when else None,
            "reasons": [reason.as_document() for reason in self.reasons],
            "scopes": list(self.scopes),
            "metadata_class": str(self.metadata_class),
            "disclosure": {pointer: str(value) for pointer, value in self.disclosure.items()},
            "requests": str(self.requests),
            "conditions": self.conditions.as_json() if self.conditions else None,
            "funder_class": dict(self.funder_class) if self.funder_class else None,
        }
        return {name: value for name, value in told.items() if value not in (None, [], {})}


@dataclass(frozen=True, slots=True)
class Parties:
    """Who stands behind a record, whatever its statement says."""

    owner: str
    """``person:ID``, or empty when nobody owns it personally."""
    organisation: str
    """``org:ID`` of the owning organisation."""
    projects: tuple[str, ...] = ()
    """Bare identifiers."""
    programmes: tuple[str, ...] = ()
    """Bare identifiers."""
    editors: tuple[str, ...] = ()
    """Audience keys of those who write it beside its owner: ``person:ID``, or – until it is published – ``project:ID``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission: this audience may do this to this part in this window (half-open; ``None`` = unbounded)."""

    part: str
    """``metadata``, ``metadata:<pointer>``, ``files`` or ``files:<glob>``."""
    action: str
    audience: str
    from_at: Instant | None = None
    until_at: Instant | None = None
    basis: str = ""
    """Where it comes from: a pointer into the statement, ``party:…`` or ``grant:…``."""
    reason: str = ""
    """Code in ``words.REASON_TEXTS``."""

    def holds_at(self, at: Instant) -> bool:
        """Whether the window contains the moment."""
        return (self.from_at is None or self.from_at <= at) and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict, in words."""

    code: str
    text: Text
    basis: str = ""
    from_at: Instant | None = None
    until_at: Instant | None = None

    def as_json(self) -> dict[str, Any]:
        """The public shape of interface.md (``GET /decisions``)."""
        return {
            "code": self.code,
            "text": self.text.as_json(),
            "basis": self.basis,
            "from": iso(self.from_at) if self.from_at else None,
            "until": iso(self.until_at) if self.until_at else None,
        }


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a refused reader can do."""

    code: str
    text: Text
    until_at: Instant | None = None

    def as_json(self) -> dict[str, Any]:
        """``code``, ``text`` and, for waiting, ``until``."""
        told: dict[str, Any] = {"code": self.code, "text": self.text.as_json()}
        if self.until_at:
            told["until"] = iso(self.until_at)
        return told


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision with its reasons; true when allowed."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()
    ways_out: tuple[WayOut, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed

    def as_json(self) -> dict[str, Any]:
        """The public shape of interface.md (``GET /decisions``)."""
        return {
            "allowed": self.allowed,
            "reasons": [reason.as_json() for reason in self.reasons],
            "ways_out": [way.as_json() for way in self.ways_out],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFacts:
    """All that a verdict about one record needs."""

    record_id: str = ""
    state: str = RecordState.UNPUBLISHED
    statement: AccessStatement = field(default_factory=AccessStatement)
    rules: tuple[Rule, ...] = ()
    gates: frozenset[str] = frozenset()
    revision: int = 0
    """Grows whenever the compiled rules or their statement change; part of an ETag."""


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody gains or loses something for a time."""

    effect: str
    """``gains`` or ``loses``."""
    action: str
    part: str
    audience: str
    from_at: Instant | None = None
    until_at: Instant | None = None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the preview of ``PUT …/access?preview=1``."""
        return {
            "effect": self.effect,
            "action": self.action,
            "part": self.part,
            "audience": self.audience,
            "text": audience_text(self.audience, self.reason).as_json(),
            "from": iso(self.from_at) if self.from_at else None,
            "until": iso(self.until_at) if self.until_at else None,
        }


def audience_text(audience: str, reason: str = "") -> Text:
    """The kind of audience in words, without naming anybody."""
    fallback = AUDIENCE_TEXTS["person"]
    return AUDIENCE_TEXTS.get(reason) or AUDIENCE_TEXTS.get(audience.partition(":")[0], fallback)


def _class(value: object, *, absent: AccessClass, embargo: bool) -> AccessClass:
    if value is None:
        return absent
    if not isinstance(value, str) or value not in {str(c) for c in AccessClass}:
        return AccessClass.CLOSED
    found = AccessClass(value)
    return AccessClass.CLOSED if found is AccessClass.EMBARGOED and not embargo else found


def _requests(value: object) -> Requests:
    return Requests(value) if isinstance(value, str) and value in {str(r) for r in Requests} else Requests.NONE


def _day(value: object) -> Day | None:
    """A day from 1900 on: an earlier one is a typing error, and must not open anything."""
    try:
        found = parse_day(value) if isinstance(value, str) else value
    except ValueError:
        return None
    sound = isinstance(found, Day) and not isinstance(found, Instant) and found.year >= 1900
    return found if sound and isinstance(found, Day) else None


def _mapping(value: object) -> dict[str, Any] | None:
    return dict(value) if isinstance(value, Mapping) and value else None


def _text(value: object) -> Text | None:
    return Text({str(k): v for k, v in value.items() if isinstance(v, str)}) if isinstance(value, Mapping) else None


def _items(value: object) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else ()


def _reasons(value: object) -> Iterable[AccessReason]:
    for item in _items(value):
        if isinstance(item, str):
            yield AccessReason(item)
        elif isinstance(item, Mapping) and isinstance(item.get("code"), str):
            yield AccessReason(item["code"], _text(item.get("note")), _day(item.get("review_on")))
