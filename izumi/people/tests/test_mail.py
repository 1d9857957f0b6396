from __future__ import annotations

import email
import email.policy
import socketserver
import stat
import threading

import pytest

from izumi.kernel.actors import console, system
from izumi.kernel.text import both
from izumi.kernel.work import work
from izumi.people import actions, mail
from izumi.people.models import LoginAttempt, OneTimeLink


class Server(socketserver.ThreadingTCPServer):
    """A mail server on loopback that keeps what it gets."""

    allow_reuse_address = daemon_threads = True
    got: list[tuple[str, bytes]]


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 test\r\n")
        to, body = "", None
        for line in self.rfile:
            if body is not None:
                if line == b".\r\n":
                    self.server.got.append((to, b"".join(body)))
                    body = None
                    self.wfile.write(b"250 ok\r\n")
                else:
                    body.append(line)
                continue
            word = line.split(b" ")[0].strip().upper()
            if word == b"RCPT":
                to = line.decode().strip()
            if word == b"DATA":
                body = []
                self.wfile.write(b"354 go\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def server():
    with Server(("127.0.0.1", 0), Talk) as found:
        found.got = []
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def a_reader(language="ja", **more):
    return actions.add_person(
        console(), username=f"reader-{language}", name={"ja": "読 者", "en": "Reader"}, language=language,
        **{"email": f"{language}@example.jp", **more},
    )  # fmt: skip


def tell(person):
    with work(system("test"), "test.mail") as w:
        w.journal("test.told", person)
        actions.queue_mail(w, person, subject=both("お知らせ", "News"), body=both("公開しました。", "It is out."))


def read(path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


@pytest.mark.parametrize(("language", "order"), [("ja", ["公開しました。", "It is out."]), ("en", ["It is out.", "公開しました。"])])
def test_a_mail_is_bilingual_in_the_readers_order(home, run_workers, language, order):
    tell(a_reader(language))
    run_workers()
    (path,) = home.mail.glob("*.eml")
    message = read(path)
    body = message.get_content()
    assert body.index(order[0]) < body.index(order[1])
    assert message["To"] == f"{language}@example.jp"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_people_without_an_address_get_nothing(home, run_workers):
    tell(a_reader(email=""))
    run_workers()
    assert list(home.mail.glob("*.eml")) == []


def test_a_mail_goes_by_smtp_when_a_server_is_set(home, run_workers, server, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "IZUMI_MAIL_URL", f"smtp://127.0.0.1:{server.server_address[1]}")
    tell(a_reader())
    run_workers()
    ((to, body),) = server.got
    assert "<ja@example.jp>" in to
    assert "公開しました。" in email.message_from_bytes(body, policy=email.policy.default).get_content()
    assert list(home.mail.glob("*.eml")) == []


def test_a_line_break_in_a_subject_adds_no_header(home):
    message = mail.letter(
        to="a@example.jp", subject=both("x\r\nBcc: evil@example.jp", "y"), body=both("本文", "Body"), language="ja"
    )
    assert message["Bcc"] is None
    assert "Bcc:" not in [line.partition(b" ")[0].decode() for line in message.as_bytes().splitlines()]


def test_tidying_forgets_what_is_over(home, monkeypatch):
    from datetime import timedelta

    from izumi.kernel import clock
    from izumi.people.jobs import tidy

    person = a_reader()
    now = clock.machine_now()
    for days in (0, 2):
        LoginAttempt.objects.create(account="a", address="b", at=now - timedelta(days=days))
    for days in (0, 31):
        OneTimeLink.objects.create(digest=f"d{days}", purpose="reset", person_id=person, expires_at=now - timedelta(days=days))
    assert tidy(None) == {"attempts": 1, "links": 1, "sessions": 0}
    assert tidy(None) == {"attempts": 0, "links": 0, "sessions": 0}
