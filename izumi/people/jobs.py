"""Later work of people: mails with one-time links, notices, and tidying."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session

from izumi.kernel import clock
from izumi.kernel.actors import system
from izumi.kernel.jobs import JobRun, job
from izumi.kernel.text import Text, both
from izumi.kernel.work import work
from izumi.people import mail
from izumi.people.models import LoginAttempt, OneTimeLink, Person

LASTS = {"reset": timedelta(hours=2), "invitation": timedelta(days=14)}

_SUBJECTS = {
    "reset": both("パスワードの再設定", "Choose a new password"),
    "invitation": both("アカウントへの招待", "Your account is ready"),
}
_BODIES = {
    "reset": both(
        "{name} 様\n\nパスワードの再設定が申し込まれました。2 時間以内に次のアドレスを開いて、新しいパスワードを決めてください"
        "（1 回だけ使えます）。\n\n{url}\n\n心当たりがなければ、何もしないでください。パスワードは変わりません。",
        "Dear {name},\n\nsomebody asked for a new password for your account. Open this address within 2 hours and choose "
        "one (it works once).\n\n{url}\n\nIf it was not you, do nothing: your password stays as it is.",
    ),
    "invitation": both(
        "{name} 様\n\n研究データ基盤 {site} のアカウントを用意しました。ユーザー名は {username} です。14 日以内に次のアドレスを開いて、"
        "パスワードを決めてください（1 回だけ使えます）。\n\n{url}",
        "Dear {name},\n\nyour account at the research data platform {site} is ready. Your user name is {username}. Open "
        "this address within 14 days and choose a password (it works once).\n\n{url}",
    ),
}


@job("people.link_mail")
def link_mail(run: JobRun) -> dict[str, str] | None:
    """Make a one-time link and mail it. The secret exists only in the mail; a repeated attempt makes a new one."""
    purpose = str(run.payload["purpose"])
    person = Person.objects.filter(pk=run.payload["person"], is_active=True).exclude(email="").first()
    if person is None:
        return None
    secret = secrets.token_urlsafe(32)
    with work(system("mail"), "person.link") as w:
        OneTimeLink.objects.create(
            digest=hashlib.sha256(secret.encode()).hexdigest(), purpose=purpose, person=person,
            expires_at=clock.machine_now() + LASTS[purpose],
        )  # fmt: skip
        w.journal("person.link_sent", person.pk, {"purpose": purpose})
    path = f"/invitation/{secret}" if purpose == "invitation" else f"/password/reset/{secret}"
    base = settings.IZUMI_BASE_URL
    body = _BODIES[purpose].format(
        name=Text(person.name) or person.username, url=both(f"{base}{path}", f"{base}/en{path}"),
        site=settings.IZUMI_SITE_NAME, username=person.username,
    )  # fmt: skip
    mail.send(mail.letter(to=person.email, subject=_SUBJECTS[purpose], body=body, language=person.language))
    return {"purpose": purpose}


@job("people.mail")
def notice(run: JobRun) -> dict[str, str] | None:
    """Send a notice that an action queued."""
    person = Person.objects.filter(pk=run.payload["person"], is_active=True).exclude(email="").first()
    if person is None:
        return None
    subject, body = Text(run.payload["subject"]), Text(run.payload["body"])
    mail.send(mail.letter(to=person.email, subject=subject, body=body, language=person.language))
    return {}


@job("people.tidy", every=timedelta(days=1))
def tidy(run: JobRun) -> dict[str, int]:
    """Forget attempts, used links and sessions whose time is over (machine time)."""
    now = clock.machine_now()
    attempts, _ = LoginAttempt.objects.filter(at__lt=now - timedelta(days=1)).delete()
    links, _ = OneTimeLink.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    return {"attempts": attempts, "links": links, "sessions": sessions}
