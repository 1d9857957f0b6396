"""Reading one's own notices; their texts are completed with the names that the reader may hear now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from izumi.kernel import notices
from izumi.kernel.actors import Actor
from izumi.kernel.days import Day, Instant, day_of, iso
from izumi.kernel.errors import SignInNeeded
from izumi.kernel.paging import Page, cursor_of, key_of, limited
from izumi.kernel.text import Text, both
from izumi.people.models import NoticeChoice, NoticeRow

UNKNOWN_KIND = both("お知らせ", "Notice")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One notice of the reader."""

    id: int
    kind: str
    label: Text
    subject: str
    text: Text
    href: str
    act: bool
    at: Instant
    read: bool

    @property
    def day(self) -> Day:
        """The day on which it happened, for grouping."""
        return day_of(self.at)

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "id": self.id, "kind": self.kind, "label": self.label.as_json(), "subject": self.subject or None,
            "text": self.text.as_json(), "href": self.href or None, "act": self.act, "at": iso(self.at), "read": self.read,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """One kind of notice, and whether this person gets it by mail."""

    kind: str
    label: Text
    why: Text
    urgency: str
    mail: bool

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "kind": self.kind, "label": self.label.as_json(), "why": self.why.as_json(), "urgency": self.urgency, "mail": self.mail,
        }  # fmt: skip


def own_notices(
    actor: Actor, *, unread: bool = False, act: bool = False, limit: int = 50, cursor: str | None = None
) -> Page[NoticeView]:
    """One's notices, the newest first; only unread ones, only those that ask for something (要対応).

    Raises ``SignInNeeded``. Cost: 1 statement, and those of the rooms that name what the notices are about.
    """
    rows = NoticeRow.objects.filter(person_id=_person(actor)).order_by("-id")
    if unread:
        rows = rows.filter(read_at=None)
    if act:
        rows = rows.filter(act=True)
    if cursor:
        rows = rows.filter(pk__lt=_last(cursor))
    size = limited(limit)
    found = list(rows[: size + 1])
    shown = found[:size]
    texts = notices.named([(row.kind, row.subject, Text(row.text)) for row in shown], actor)
    more = cursor_of(shown[-1].pk) if len(found) > size else None
    return Page(items=tuple(_view(row, text) for row, text in zip(shown, texts, strict=True)), next=more)


def _last(cursor: str) -> int:
    (last,) = key_of(cursor, parts=1)
    return last if isinstance(last, int) and abs(last) < 2**62 else 0


def _view(row: NoticeRow, text: Text) -> NoticeView:
    kind = notices.kinds().get(row.kind)
    return NoticeView(
        id=row.pk, kind=row.kind, label=kind.label if kind else UNKNOWN_KIND, subject=row.subject, text=text, href=row.href,
        act=row.act, at=row.at, read=row.read_at is not None,
    )  # fmt: skip


def unread_count(actor: Actor) -> int:
    """How many of one's notices are unread. Cost: 1 statement."""
    return NoticeRow.objects.filter(person_id=_person(actor), read_at=None).count()


def choices(actor: Actor) -> tuple[ChoiceView, ...]:
    """Every kind of notice with one's choice. Cost: 1 statement."""
    told = choices_of(_person(actor))
    return tuple(
        ChoiceView(kind=kind.name, label=kind.label, why=kind.why, urgency=kind.urgency, mail=told[kind.name])
        for kind in notices.kinds().values()
    )


def choices_of(person: str) -> dict[str, bool]:
    """By kind, whether it is mailed to this person. Cost: 1 statement."""
    differing = dict(NoticeChoice.objects.filter(person_id=person).values_list("kind", "mail"))
    return {kind.name: differing.get(kind.name, kind.urgency != "never") for kind in notices.kinds().values()}


def stop_token(person: str, kind: str) -> str:
    """What the link of a mail carries: person, kind, and a mark that only this site can make."""
    mark = salted_hmac("izumi.people.notices.stop", f"{person}~{kind}", algorithm="sha256").hexdigest()[:32]
    return f"{person}~{kind}~{mark}"


def _person(actor: Actor) -> str:
    if actor.person is None:
        raise SignInNeeded()
    return actor.person
