from __future__ import annotations

import email
import email.policy
import re
from datetime import timedelta

import pytest
from django.test import Client

from izumi.kernel import clock, journal
from izumi.kernel.actors import console
from izumi.people import actions
from izumi.people.models import OneTimeLink

PASSWORD = "correct horse battery"


def sign_in(client, username="tanaka", password=PASSWORD, **more):
    return client.post("/login", {"username": username, "password": password, **more})


def letters(home):
    return [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in sorted(home.mail.glob("*.eml"))]


def link_in(letter):
    return re.search(r"http://testserver(/(?:password/reset|invitation)/\S+)", letter.get_content())[1]


def test_a_link_for_a_new_password_works_once(client, tanaka, home, run_workers):
    signed_in = Client(raise_request_exception=False)
    sign_in(signed_in)
    client.post("/password/forgot", {"username": "tanaka@example.jp"})
    run_workers()
    (letter,) = letters(home)
    assert letter["To"] == "tanaka@example.jp"
    body = letter.get_content()
    assert body.index("田中 一郎 様") < body.index("Dear Ichiro Tanaka")
    path = link_in(letter)
    assert path.split("/")[-1] not in str(list(OneTimeLink.objects.values())) + str(journal.events_after(0))
    assert client.get(path).status_code == 200
    assert client.get(f"/en{path}").status_code == 200
    assert client.post(path, {"password": "tanaka"}).status_code == 422
    assert client.post(path, {"password": "a brand new one"}).headers["Location"] == "/login?done=password"
    assert client.post(path, {"password": "yet another one"}).status_code == 410
    assert client.get(path).status_code == 410
    assert signed_in.get("/account").status_code == 401
    assert sign_in(client, password=PASSWORD).status_code == 422
    assert sign_in(client, password="a brand new one").status_code == 303


def test_a_new_link_ends_with_the_first_password_set(client, tanaka, home, run_workers):
    for _ in range(2):
        client.post("/password/forgot", {"username": "tanaka"})
        run_workers()
    first, second = (link_in(letter) for letter in letters(home))
    assert client.post(second, {"password": "a brand new one"}).status_code == 303
    assert client.get(first).status_code == 410


def test_links_expire_by_the_clock_of_the_machine(client, tanaka, home, run_workers, monkeypatch):
    client.post("/password/forgot", {"username": "tanaka"})
    run_workers()
    path = link_in(letters(home)[0])
    with clock.at("2099-01-01"):
        assert client.get(path).status_code == 200
    real = clock.machine_now()
    monkeypatch.setattr(clock, "machine_now", lambda: real + timedelta(hours=2, seconds=1))
    assert client.get(path).status_code == 410


def test_mails_are_limited_by_account_and_silently(client, tanaka, home, run_workers):
    answers = []
    for _ in range(8):
        answers.append(client.post("/password/forgot", {"username": "tanaka"}).status_code)
        run_workers()
    assert answers == [200] * 8
    assert len(letters(home)) == 5


def test_nothing_is_sent_to_accounts_that_are_not_there(client, home, run_workers):
    client.post("/password/forgot", {"username": "nobody"})
    run_workers()
    assert letters(home) == []


def test_an_invitation_opens_an_account(client, home, run_workers):
    actions.add_person(
        console(), username="suzuki", email="suzuki@example.jp", name={"en": "Suzuki"}, language="en", send_invitation=True
    )
    assert sign_in(client, "suzuki", "").status_code == 422
    run_workers()
    (letter,) = letters(home)
    body = letter.get_content()
    assert body.index("Dear Suzuki") < body.index("様")
    path = link_in(letter)
    assert client.get(path.replace("/invitation/", "/password/reset/")).status_code == 410
    assert client.post(path, {"password": "a brand new one"}).status_code == 303
    assert sign_in(client, "suzuki", "a brand new one").status_code == 303


@pytest.mark.parametrize("path", ["/invitation/x", "/password/reset/x", "/invitation/" + "a" * 43])
def test_a_link_that_never_was_looks_like_a_used_one(client, path):
    assert client.get(path).status_code == 410
    assert client.post(path, {"password": "a brand new one"}).status_code == 410
