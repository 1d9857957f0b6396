"""Mail: bilingual, the reader's language first; written to the home when no server is set."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, default
from email.utils import format_datetime, make_msgid
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from izumi.kernel import clock
from izumi.kernel.home import home
from izumi.kernel.ids import new_id
from izumi.kernel.text import Text
from izumi.kernel.work import Work

RULE = "\n\n----------------------------------------\n\n"


def queue_mail(w: Work, person_id: str, *, subject: Text, body: Text, dedup: str | None = None) -> None:
    """Step: have a mail sent to a person after commit; nothing is sent to people without an address."""
    w.later("people.mail", {"person": person_id, "subject": subject.as_json(), "body": body.as_json()}, dedup=dedup)


class _Address(UnstructuredHeader):
    """A header that holds an address: it is never folded nor encoded, or mail programs would not find it."""

    max_count = 1

    def fold(self, *, policy: EmailPolicy) -> str:
        """The header in one line."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Address)
_POLICY = default.clone(header_factory=_HEADERS)


def letter(*, to: str, subject: Text, body: Text, language: str, stop: str = "") -> EmailMessage:
    """The message in both languages, the reader's first. ``stop`` is the address that ends such mails with one click.

    Source: RFC 2369 (List-Unsubscribe), RFC 8058 (one click).
    """
    first, second = ("ja", "en") if language == "ja" else ("en", "ja")
    site = settings.IZUMI_SITE_NAME
    message = EmailMessage(policy=_POLICY)
    message["From"] = settings.IZUMI_ADMIN_EMAIL or f"izumi@{site}"
    message["To"] = to
    message["Subject"] = " ".join(f"[{site}] {subject.one(first)} / {subject.one(second)}".split())
    message["Date"] = format_datetime(clock.machine_now())
    message["Message-ID"] = make_msgid(domain=site)
    message["Content-Language"] = f"{first}, {second}"
    message["Auto-Submitted"] = "auto-generated"
    if stop:
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(f"{body.one(first)}{RULE}{body.one(second)}\n", cte="quoted-printable")
    return message


def send(message: EmailMessage) -> None:
    """Hand the message to ``IZUMI_MAIL_URL``, or write it to ``home/mail`` when there is none."""
    if settings.IZUMI_MAIL_URL:
        _by_smtp(message, settings.IZUMI_MAIL_URL)
        return
    moment = clock.machine_now().strftime("%Y%m%dT%H%M%S%f")
    path = home().mail / f"{moment}-{new_id()}.eml"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(message.as_bytes())


def _by_smtp(message: EmailMessage, url: str) -> None:
    """``smtp://[user:password@]host[:port][?starttls=1]`` or ``smtps://…``; a failure raises, and the job tries again."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
    context = ssl.create_default_context()
    port = parts.port or (465 if secure else 25)
    server = smtplib.SMTP_SSL(host, port, timeout=30, context=context) if secure else smtplib.SMTP(host, port, timeout=30)
    with server:
        if not secure and parse_qs(parts.query).get("starttls") == ["1"]:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
