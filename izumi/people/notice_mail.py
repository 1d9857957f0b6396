"""Notices by mail: at once or once a day, in both languages, with why it comes, one link, and one click to stop it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage

from django.conf import settings

from izumi.kernel import clock, notices
from izumi.kernel.actors import ANONYMOUS
from izumi.kernel.days import Instant, day_of, start_of
from izumi.kernel.jobs import JobRun, enqueue, job
from izumi.kernel.text import Text, both
from izumi.people import mail
from izumi.people.models import NoticeRow, Person
from izumi.people.queries.notices import choices_of, stop_token

JOB = "people.notice_mail"
MORNING = timedelta(hours=8)
LINES_AT_MOST = 40

_BODY = both(
    "{name} 様\n\n{lines}\n\n{url}\n\n――\nこのメールが届いた理由: {why}\nこの種類のメールを止める（ログインは要りません）: {stop}",
    "Dear {name},\n\n{lines}\n\n{url}\n\n--\nWhy you get this: {why}\nStop mails of this kind (no sign-in needed): {stop}",
)


def queue_mails(rows: Sequence[tuple[str, str]]) -> None:
    """Queue the mails of new notices, given as (person, kind): at once, or for the next morning; one job each person and time."""
    known = notices.kinds()
    wanted = {(person, known[kind].urgency) for person, kind in rows if kind in known}
    for person, urgency in sorted(wanted):
        due = next_morning(clock.now()) if urgency == "daily" else None
        if urgency != "never":
            enqueue(JOB, {"person": person, "urgency": urgency}, owner="system:notices", dedup=f"notices:{urgency}:{person}", due=due)


def next_morning(now: Instant) -> Instant:
    """The next 08:00 in the site's zone."""
    today = start_of(day_of(now)) + MORNING
    return today if now < today else start_of(day_of(now) + timedelta(days=1)) + MORNING


@job(JOB)
def send_notices(run: JobRun) -> dict[str, int]:
    """Mail what one person has not been told yet; what was read in the site meanwhile is left out.

    The rows are marked before the mail goes: after a crash in between nothing is sent twice, and everything still stands in
    the site. When the mail server refuses, the marks are taken back and the job tries again.
    """
    person, urgency = str(run.payload["person"]), str(run.payload["urgency"])
    kinds = [kind.name for kind in notices.kinds().values() if kind.urgency == urgency]
    rows = list(NoticeRow.objects.filter(person_id=person, mailed_at=None, kind__in=kinds).order_by("id"))
    reader = Person.objects.filter(pk=person, is_active=True).exclude(email="").first()
    chosen = choices_of(person)
    told = [row for row in rows if row.read_at is None and reader is not None and chosen[row.kind]]
    NoticeRow.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=clock.now())
    if not told or reader is None:
        return {"notices": 0}
    try:
        mail.send(letter_of(reader, told))
    except Exception:
        NoticeRow.objects.filter(pk__in=[row.pk for row in told]).update(mailed_at=None)
        raise
    return {"notices": len(told)}


def letter_of(reader: Person, rows: Sequence[NoticeRow]) -> EmailMessage:
    """One mail of one or several notices. Names are those that anyone may hear: mails travel far."""
    known = [notices.kinds()[row.kind] for row in rows]
    kinds = list(dict.fromkeys(known))
    texts = notices.named([(row.kind, row.subject, Text(row.text)) for row in rows], ANONYMOUS)
    alone = rows[0] if len(rows) == 1 else None
    path = alone.href if alone else "/notices"
    stop = stop_token(reader.pk, kinds[0].name if len(kinds) == 1 else kinds[0].urgency)
    body = _BODY.format(
        name=Text(reader.name) or reader.username, lines=texts[0] if alone else _listed(texts), url=_address(path),
        why=_joined([kind.why for kind in kinds]), stop=_address(f"/notices/stop/{stop}"),
    )  # fmt: skip
    subject = kinds[0].label if alone else _SEVERAL[kinds[0].urgency].format(count=len(rows))
    first = "/en" if reader.language == "en" else ""
    return mail.letter(
        to=reader.email, subject=subject, body=body, language=reader.language,
        stop=f"{settings.IZUMI_BASE_URL}{first}/notices/stop/{stop}",
    )  # fmt: skip


_SEVERAL = {
    "now": both("お知らせ {count} 件", "{count} notices"),
    "daily": both("きのうからのお知らせ {count} 件", "{count} notices since yesterday"),
}


def _address(path: str) -> Text:
    return both(f"{settings.IZUMI_BASE_URL}{path}", f"{settings.IZUMI_BASE_URL}/en{path}")


def _listed(texts: Sequence[Text]) -> Text:
    shown, more = texts[:LINES_AT_MOST], len(texts) - LINES_AT_MOST
    ja = [f"・{text.one('ja')}" for text in shown] + ([f"ほか {more} 件"] if more > 0 else [])
    en = [f"- {text.one('en')}" for text in shown] + ([f"and {more} more"] if more > 0 else [])
    return both("\n".join(ja), "\n".join(en))


def _joined(sentences: Sequence[Text]) -> Text:
    told = list(dict.fromkeys(sentences))
    return both(" ".join(one.one("ja") for one in told), " ".join(one.one("en") for one in told))


KEPT_FOR = timedelta(days=365)


@job("people.tidy_notices", every=timedelta(days=1))
def tidy_notices(run: JobRun) -> dict[str, int]:
    """Forget notices that were read a year ago (domain time)."""
    gone, _ = NoticeRow.objects.filter(read_at__lt=clock.now() - KEPT_FOR).delete()
    return {"notices": gone}
