from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from izumi.kernel import clock, journal
from izumi.kernel.actors import console
from izumi.people import actions, limits, queries
from izumi.people.models import LoginAttempt, Person

PASSWORD = "correct horse battery"


def sign_in(client, username="tanaka", password=PASSWORD, **more):
    return client.post("/login", {"username": username, "password": password, **more})


@pytest.mark.parametrize("path", ["/login", "/en/login", "/password/forgot", "/en/password/forgot", "/login?next=/work"])
def test_reading_the_pages_of_signing_in_starts_no_session(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "izumi_session" not in answer.cookies
    assert Session.objects.count() == 0
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_speak_the_language_of_their_address(client):
    assert "パスワードを忘れたとき" in client.get("/login").content.decode()
    assert "Forgot your password?" in client.get("/en/login").content.decode()


@pytest.mark.parametrize("name", ["tanaka", "TANAKA", "ｔａｎａｋａ", " tanaka ", "tanaka@example.jp", "Tanaka@Example.JP"])
def test_one_signs_in_by_user_name_or_address(client, tanaka, name):
    answer = sign_in(client, name)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/work")
    cookie = answer.cookies["izumi_session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.get("/account").status_code == 200


def test_the_language_of_the_page_is_kept(client, tanaka):
    assert client.post("/en/login", {"username": "tanaka", "password": PASSWORD}).headers["Location"] == "/en/work"


@pytest.mark.parametrize(("target", "goes"), [
    ("/records/abc?x=1", "/records/abc?x=1"), ("/en/search", "/en/search"), ("https://evil.example/", "/work"), ("//evil.example", "/work"),
    ("/\\evil.example", "/work"), ("/%09/evil.example", "/%09/evil.example"), ("/\t/evil.example", "/work"), ("javascript:alert(1)", "/work"),
])  # fmt: skip
def test_signing_in_never_leads_off_the_site(client, tanaka, target, goes):
    assert sign_in(client, next=target).headers["Location"] == goes
    again = Client(raise_request_exception=False)
    sign_in(again)
    assert again.get("/login", {"next": target}).headers["Location"] == (goes if goes != "/work" else "/account")


def test_a_session_brought_along_is_not_used(client, tanaka):
    client.cookies["izumi_session"] = "a" * 32
    fixed = sign_in(client).cookies["izumi_session"].value
    assert fixed != "a" * 32
    other = Client(raise_request_exception=False)
    other.cookies["izumi_session"] = "a" * 32
    assert other.get("/account").status_code == 401


def test_the_key_of_a_session_changes_at_each_sign_in(client, tanaka):
    first = sign_in(client).cookies["izumi_session"].value
    second = sign_in(client).cookies["izumi_session"].value
    assert first != second
    assert Session.objects.count() == 1


def plain(answer):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


def test_the_answer_never_tells_whether_the_account_exists(client, tanaka):
    wrong, absent = sign_in(client, "tanaka", "wrong password"), sign_in(client, "nobody", "wrong password")
    assert wrong.status_code == absent.status_code == 422
    assert plain(wrong).replace("tanaka", "X") == plain(absent).replace("nobody", "X")
    asked = [client.post("/password/forgot", {"username": name}) for name in ("tanaka", "nobody", "", "\x00", "x" * 5000)]
    assert {plain(answer) for answer in asked} == {plain(asked[0])}
    assert {answer.status_code for answer in asked} == {200}


@pytest.mark.parametrize(("path", "words"), [
    ("/login", ["ログインできません", "ユーザー名かパスワードが違います。"]),
    ("/en/login", ["You could not be signed in", "The user name or the password is wrong."]),
])  # fmt: skip
def test_a_wrong_password_is_said_in_plain_words(client, tanaka, path, words):
    page = client.post(path, {"username": "tanaka", "password": "wrong"}).content.decode()
    assert [word for word in words if word not in page] == []


def test_too_many_attempts_are_said_in_plain_words(client, tanaka, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES_OF_ACCOUNT", 0)
    page = sign_in(client).content.decode()
    assert "回数が多すぎます" in page
    assert "900 秒ほど" in page


def test_a_closed_account_looks_like_an_absent_one(client, tanaka):
    actions.deactivate(console(), tanaka)
    assert sign_in(client).status_code == 422


@pytest.mark.parametrize("password", ["", "x" * 10_000, "\x00", "あ" * 300])
def test_odd_passwords_are_wrong_passwords(client, tanaka, password):
    assert sign_in(client, password=password).status_code == 422


def test_after_ten_failures_even_the_right_password_is_refused(client, tanaka, monkeypatch):
    for _ in range(limits.FAILURES_OF_ACCOUNT):
        assert sign_in(client, password="wrong").status_code == 422
    for name in ("tanaka", "tanaka@example.jp"):
        answer = sign_in(client, name)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "900"
    elsewhere = sign_in(Client(REMOTE_ADDR="192.0.2.7", raise_request_exception=False))
    assert elsewhere.status_code == 429
    real = clock.machine_now()
    monkeypatch.setattr(clock, "machine_now", lambda: real + limits.WINDOW + timedelta(seconds=1))
    assert sign_in(client).status_code == 303


def test_an_absent_account_is_limited_like_a_real_one(client, tanaka):
    answers = [sign_in(client, "nobody", "wrong").status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2


def test_a_success_forgives_the_account_but_not_the_address(client, tanaka, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES_OF_ADDRESS", 12)
    for _ in range(9):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 303
    for _ in range(3):
        assert sign_in(client, password="wrong").status_code == 422
    assert sign_in(client).status_code == 429


def test_limits_count_the_connection_not_a_forged_header(client, tanaka, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES_OF_ADDRESS", 3)
    answers = [
        client.post("/login", {"username": f"n{n}", "password": "x"}, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}").status_code
        for n in range(5)
    ]
    assert answers == [422, 422, 422, 429, 429]


def test_attempts_store_neither_addresses_nor_names(client, tanaka):
    sign_in(client, "my secret typed in the wrong box", "x")
    row = LoginAttempt.objects.get()
    assert "secret" not in row.account
    assert "127.0.0.1" not in row.address
    assert "secret" not in str(journal.events_of("unknown"))


def test_a_refused_attempt_beyond_the_limit_is_not_written(client, tanaka, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES_OF_ACCOUNT", 1)
    sign_in(client, password="wrong")
    before = journal.last_seq()
    sign_in(client, password="wrong")
    assert (LoginAttempt.objects.count(), journal.last_seq()) == (1, before)


def test_forms_are_checked(tanaka):
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for path in ("/login", "/logout", "/password/forgot", "/account/tokens", "/account/password"):
        assert strict.post(path, {"username": "tanaka", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize("path", ["/logout", "/account/profile", "/account/password", "/account/sessions", "/account/tokens"])
def test_nothing_is_changed_by_get(client, tanaka, path):
    sign_in(client)
    assert client.get(path).status_code == 405
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("path", ["/account/profile", "/account/password", "/account/sessions", "/account/tokens", "/account/tokens/x/revoke"])
def test_the_account_is_for_those_signed_in(client, path):
    assert client.post(path).status_code == 401
    assert client.get("/account").status_code == 401


def test_signing_out_ends_the_session_on_the_server(client, tanaka):
    sign_in(client)
    stolen = client.cookies["izumi_session"].value
    assert client.post("/logout").headers["Location"] == "/login?done=out"
    thief = Client(raise_request_exception=False)
    thief.cookies["izumi_session"] = stolen
    assert thief.get("/account").status_code == 401
    assert client.post("/logout").status_code == 303


def test_a_new_password_ends_all_other_sessions(client, tanaka):
    other = Client(raise_request_exception=False)
    sign_in(client), sign_in(other)
    wrong = client.post("/account/password", {"current": "wrong", "password": "another long one"})
    assert wrong.status_code == 422
    assert "ユーザー名かパスワードが違います。" in wrong.content.decode()
    short = client.post("/account/password", {"current": PASSWORD, "password": "short"})
    assert short.status_code == 422
    assert "10 文字以上" in short.content.decode()
    assert client.post("/account/password", {"current": PASSWORD, "password": "another long one"}).status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 401
    assert sign_in(other, password="another long one").status_code == 303


def test_one_can_sign_out_everywhere_else(client, tanaka):
    other = Client(raise_request_exception=False)
    sign_in(client), sign_in(other)
    assert client.post("/account/sessions").status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 401


def test_a_closed_account_loses_its_session(client, tanaka):
    sign_in(client)
    actions.deactivate(console(), tanaka)
    assert client.get("/account").status_code == 401


def test_only_name_and_language_can_be_changed_in_the_profile(client, tanaka):
    sign_in(client)
    answer = client.post("/account/profile", {
        "name-ja": "田中 二郎", "name-en": "", "language": "en", "username": "root", "email": "x@y.jp", "is_active": "", "role": "admin",
        "organisation": "x", "session_epoch": "9",
    })  # fmt: skip
    assert answer.headers["Location"] == "/account?done=profile"
    row = Person.objects.get(pk=tanaka)
    assert (row.name, row.language) == ({"ja": "田中 二郎", "ja-Kana": "タナカ イチロウ"}, "en")
    assert (row.username, row.email, row.is_active, row.session_epoch) == ("tanaka", "tanaka@example.jp", True, 0)
    assert "role:admin@site" not in queries.actor_for(tanaka).keys


def test_a_name_with_markup_is_shown_as_text(client, tanaka):
    sign_in(client)
    client.post("/account/profile", {"name-ja": "<script>alert(1)</script>", "language": "ja"})
    page = client.get("/account").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_token_is_shown_once_and_can_be_revoked(client, tanaka):
    sign_in(client)
    answer = client.post("/account/tokens", {"name": "laptop", "scopes": ["read", "write"], "lasts": "30"})
    secret = re.search(r'id="secret"[^>]* value="([^"]+)"', answer.content.decode())[1]
    assert answer.headers["Cache-Control"] == "no-store"
    assert queries.actor_for_token(secret).scopes == frozenset({"read", "write"})
    page = client.get("/account").content.decode()
    assert secret not in page
    assert f"{secret[:10]}…{secret[-4:]}" in page
    token = queries.tokens_of(tanaka)[0]
    assert token.expires_at - clock.now() < timedelta(days=30)
    assert client.post(f"/account/tokens/{token.id}/revoke").status_code == 303
    assert queries.actor_for_token(secret) is None
    assert client.post("/account/tokens", {"name": "x", "lasts": "30"}).status_code == 422


def test_a_person_cannot_revoke_the_token_of_another(client, tanaka):
    other = actions.add_person(console(), username="other", name={"en": "Other"}, password=PASSWORD)
    actions.create_token(console(), person=other)
    sign_in(client)
    assert client.post(f"/account/tokens/{queries.tokens_of(other)[0].id}/revoke").status_code == 404



def test_a_demo_site_lists_accounts_and_password(client, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "IZUMI_ENV", "demo")
    page = client.get("/en/login").content.decode()
    for name in ("researcher", "pm", "curator", "funder", "company", "operator", "admin", "izumi-demo"):
        assert name in page


def test_signed_in_pages_ask_few_questions(client, tanaka):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sign_in(client)
    with CaptureQueriesContext(connection) as told:
        assert client.get("/account").status_code == 200
    assert len(told) <= 12
    assert not [one for one in told if not one["sql"].lstrip().upper().startswith(("SELECT", "WITH"))]


def test_every_error_of_people_has_words_and_the_right_status():
    from izumi.kernel.errors import Conflict, Gone, Invalid, TooMuch

    made = [
        Invalid((), "session.wrong"), TooMuch("session.too_many_attempts", retry_after=9), Gone("session.link_used"),
        Conflict("person.exists", username="x"), Conflict("role.ended"),
    ]  # fmt: skip
    assert [(error.code, error.status) for error in made] == [
        ("session.wrong", 422), ("session.too_many_attempts", 429), ("session.link_used", 410), ("person.exists", 409), ("role.ended", 409),
    ]  # fmt: skip
    assert all({"ja", "en"} <= set(error.wording.detail) for error in made)


def test_an_absent_account_costs_the_same_hashing_as_a_real_one(client, tanaka, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    done = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda self, *a: done.append("hash") or encode(self, *a))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda self, *a: done.append("hash") or verify(self, *a))
    counts = []
    for name in ("tanaka", "nobody"):
        done.clear()
        sign_in(client, name, "wrong password")
        counts.append(len(done))
    assert counts == [1, 1]
