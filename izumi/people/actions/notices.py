"""Keeping notices: made from the journal, read, and – by each person's choice – mailed or not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils.crypto import constant_time_compare

from izumi.kernel import notices
from izumi.kernel.actors import Actor, system
from izumi.kernel.errors import NotThere, Refused, SignInNeeded
from izumi.kernel.findings import Finding
from izumi.kernel.notices import Notice
from izumi.kernel.work import Work, work
from izumi.people.actions.checks import fault, refuse
from izumi.people.models import NoticeChoice, NoticeRow, Person
from izumi.people.queries.notices import stop_token
from izumi.policy.rules import scope_allows

JOIN_READING = timedelta(minutes=10)
"""What one person reads in this time is one event."""


def keep(made: Iterable[Notice]) -> None:
    """Insert notices for people with an open account; what is there already stays. Cost: 2 statements.

    It is the consumer's step and journals nothing: the notices follow from what the journal says.
    """
    told = list(made)
    kinds = notices.kinds()
    known = set(Person.objects.filter(pk__in={notice.person for notice in told}, is_active=True).values_list("pk", flat=True))
    rows = [
        NoticeRow(
            person_id=notice.person, kind=notice.kind, subject=notice.subject[:80], text=notice.text.as_json(), href=notice.href[:300],
            act=notice.act, event=notice.event.seq, at=notice.event.at,
            mailed_at=notice.event.at if kinds[notice.kind].urgency == "never" else None,
        )
        for notice in told
        if notice.person in known
    ]  # fmt: skip
    NoticeRow.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)


def settle(kinds: Iterable[str], about: Iterable[str], *, before: int) -> int:
    """What was asked has been decided: earlier notices of these kinds about these things ask for nothing any more.

    The consumer's step, as `keep` is; how many. A notice is about what its address names or its subject is. Cost: 1 statement.
    """
    concerned = Q()
    for one in about:
        concerned |= Q(subject=one) | Q(href__contains=one)
    rows = NoticeRow.objects.filter(concerned, kind__in=list(kinds), event__lt=before, act=True)
    return rows.update(act=False) if concerned else 0


def read_notices(actor: Actor, ids: Iterable[int] | None) -> int:
    """Mark notices as read, one's own only; ``None``: all of them. How many were unread."""
    person = _oneself(actor)
    with work(actor, "person.read_notices") as w:
        rows = NoticeRow.objects.filter(person_id=person, read_at=None)
        count = (rows if ids is None else rows.filter(pk__in=list(ids))).update(read_at=w.now)
        _said(w, person, count)
    return count


def _said(w: Work, person: str, count: int) -> None:
    if count:
        w.journal("person.notices_read", person, {"count": count}, join=JOIN_READING)
    w.joined = True


def open_notice(actor: Actor, notice: int) -> str:
    """Mark one's notice as read and return the page it leads to. Raises ``NotThere`` for anybody else's."""
    href = NoticeRow.objects.filter(pk=notice, person_id=_oneself(actor)).values_list("href", flat=True).first()
    if href is None:
        raise NotThere("notice", str(notice))
    read_notices(actor, [notice])
    return href


def choose_mail(actor: Actor, choices: Iterable[tuple[str, bool]]) -> None:
    """Say for kinds of notices whether they come by mail; in the site they are shown in any case."""
    person, wanted = _oneself(actor), list(choices)
    known = notices.kinds()
    refuse(*(_unknown(n) for n, (kind, _) in enumerate(wanted) if kind not in known))
    with work(actor, "person.choose_notices") as w:
        _choose(w, person, wanted)


def _unknown(n: int) -> Finding:
    return fault(
        "notice-kind-unknown", f"/choices/{n}/kind", "この種類のお知らせはありません。GET /notices/choices の kind から選んでください。",
        "There is no such kind of notice. Use a kind of GET /notices/choices.",
    )  # fmt: skip


def _choose(w: Work, person: str, wanted: Iterable[tuple[str, bool]]) -> None:
    """Step: only what differs from the default of its kind is kept."""
    changed: dict[str, bool] = {}
    for kind, mail in wanted:
        usual = notices.kinds()[kind].urgency != "never"
        rows = NoticeChoice.objects.filter(person_id=person, kind=kind)
        before = rows.values_list("mail", flat=True).first()
        if mail == (usual if before is None else before):
            continue
        changed[kind] = mail
        if mail == usual:
            rows.delete()
        else:
            NoticeChoice.objects.update_or_create(person_id=person, kind=kind, defaults={"mail": mail})
    if changed:
        w.journal("person.notices_chosen", person, changed)
    w.joined = True


def kind_of_link(token: str) -> tuple[str, str]:
    """The person and the kind that the link of a mail names – or, when it joined several, their urgency.

    Raises ``NotThere`` for a link that this site did not make.
    """
    person, _, rest = token.partition("~")
    kind = rest.partition("~")[0]
    if not constant_time_compare(token.encode(), stop_token(person, kind).encode()):
        raise NotThere("page")
    if kind not in ("now", "daily") and kind not in notices.kinds():
        raise NotThere("page")
    return person, kind


def stopped_by(kind: str) -> tuple[str, ...]:
    """The kinds that a link stops: one, or all that are mailed at the same time."""
    return tuple(one.name for one in notices.kinds().values() if kind in (one.name, one.urgency))


def stop_mail(token: str) -> tuple[str, ...]:
    """Stop mails of a kind by the link in one of them: no sign-in, for the link itself proves whose it is. The kinds stopped."""
    person, kind = kind_of_link(token)
    if not Person.objects.filter(pk=person).exists():
        raise NotThere("page")
    kinds = stopped_by(kind)
    with work(system("mail link"), "person.choose_notices") as w:
        _choose(w, person, [(name, False) for name in kinds])
    return kinds


def _oneself(actor: Actor) -> str:
    """Who is signed in; a token must allow writing."""
    if actor.person is None:
        raise SignInNeeded()
    if not scope_allows(actor, "edit"):
        raise Refused(None, "token.scope_missing", scope="write")
    return actor.person
