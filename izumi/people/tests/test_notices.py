"""Notices: kept once, read, chosen, and mailed – nothing twice, nothing that the reader may not know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from izumi.kernel import clock, notices, running
from izumi.kernel.actors import ANONYMOUS, console
from izumi.kernel.errors import NotThere, Refused, SignInNeeded
from izumi.kernel.journal import Event, events_after
from izumi.kernel.text import both
from izumi.kernel.work import work
from izumi.people import actions as people
from izumi.people import queries as people_queries
from izumi.people.actions import notices as actions
from izumi.people.models import NoticeRow
from izumi.people.queries import notices as queries
from izumi.people.tests.test_mail import read

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def kinds():
    """Two kinds and a maker of a room that exists for this test only."""
    notices.load()
    before = dict(notices.KINDS), list(notices.MAKERS)
    why = both("試験だから。", "Because it is a test.")
    names = lambda subjects, reader: {s: both("秘密の題", "Secret title") for s in subjects if not reader.is_anonymous}
    notices.notice_kind("test.asked", label=both("お願い", "Request"), why=why, urgency="now", names=names)
    notices.notice_kind("test.told", label=both("知らせ", "Word"), why=why, urgency="daily", names=names)
    notices.notice_kind("test.quiet", label=both("静かな知らせ", "Quiet word"), why=why, urgency="never")

    @notices.notice_maker("test", verbs=("test.asked", "test.told", "test.quiet"))
    def make(events: list[Event]):
        for event in events:
            for person in event.payload["to"]:
                yield notices.Notice(
                    person=person, kind=event.verb, event=event, subject=event.subject, act=event.verb == "test.asked",
                    text=both("{name}を見てください。", "Look at {name}."), href=f"/records/{event.subject}",
                )  # fmt: skip

    yield
    notices.KINDS.clear()
    notices.KINDS.update(before[0])
    notices.MAKERS[:] = before[1]


def tell():
    """What the consumer does with everything that was said so far."""
    from izumi.people import consumers

    consumers.tell(events_after(0, limit=10_000))


def say(verb, *people_told, subject="recrd-00001", actor=None):
    with work(actor or console(), verb) as w:
        w.journal(verb, subject, {"to": list(people_told)})


def person(name="reader", **more):
    told = {"email": f"{name}@example.jp", "name": {"ja": "読 者", "en": "Reader"}, "language": "ja", **more}
    return people.add_person(console(), username=name, **told)


def actor(key):
    return people_queries.actor_for(key)


def texts(key, lang="ja"):
    return [(view.kind, view.text.one(lang), view.read) for view in queries.own_notices(actor(key)).items]


def mails(home):
    return [read(path) for path in sorted(home.mail.glob("*.eml"))]


def at(moment):
    return clock.at(f"{moment}+09:00")


# --- kept ------------------------------------------------------------------------------------------------------------


def test_a_batch_that_comes_again_tells_nothing_twice(kinds):
    reader = person()
    say("test.told", reader)
    tell()
    tell()
    assert NoticeRow.objects.count() == 1
    assert texts(reader) == [("test.told", "秘密の題を見てください。", False)]


def test_nobody_is_told_of_what_they_did_themselves(kinds):
    one, other = person("one"), person("other")
    say("test.told", one, other, actor=actor(one))
    tell()
    assert (len(texts(one)), len(texts(other))) == (0, 1)


def test_people_who_are_not_there_any_more_are_left_out(kinds):
    gone = person("gone")
    people.deactivate(console(), gone)
    say("test.told", gone, "zzzzz-zzzzz")
    tell()
    assert NoticeRow.objects.count() == 0


def test_braces_in_a_name_are_no_places_to_fill(kinds):
    assert notices.plain(both("{name} {x}", "{0}")).format(name="n") == both("{name} {x}", "{0}")


# --- read ------------------------------------------------------------------------------------------------------------


def test_reading_marks_ones_own_and_no_others(kinds):
    one, other = person("one"), person("other")
    say("test.told", one, other)
    say("test.asked", one)
    tell()
    (first, second) = queries.own_notices(actor(one)).items
    assert actions.read_notices(actor(other), [first.id, second.id]) == 0
    assert actions.read_notices(actor(one), [second.id]) == 1
    assert queries.unread_count(actor(one)) == 1
    assert [view.id for view in queries.own_notices(actor(one), unread=True).items] == [first.id]
    assert [view.kind for view in queries.own_notices(actor(one), act=True).items] == ["test.asked"]
    with pytest.raises(NotThere):
        actions.open_notice(actor(other), first.id)
    assert actions.open_notice(actor(one), first.id) == "/records/recrd-00001"
    assert queries.unread_count(actor(one)) == 0


def test_the_list_is_paged_to_its_end(kinds):
    reader = person()
    for n in range(5):
        say("test.told", reader, subject=f"recrd-0000{n}")
    tell()
    seen, cursor = [], None
    for _ in range(3):
        page = queries.own_notices(actor(reader), limit=2, cursor=cursor)
        seen += [view.subject for view in page.items]
        cursor = page.next
    assert (seen, cursor) == ([f"recrd-0000{n}" for n in (4, 3, 2, 1, 0)], None)


def test_nobody_and_weak_tokens_change_nothing(kinds):
    reader = person()
    say("test.told", reader)
    tell()
    weak = people_queries.actor_for(reader, token_scopes=frozenset({"read"}))
    for change in (lambda a: actions.read_notices(a, None), lambda a: actions.choose_mail(a, [("test.told", False)])):
        with pytest.raises(SignInNeeded):
            change(ANONYMOUS)
        with pytest.raises(Refused):
            change(weak)
    assert queries.unread_count(weak) == 1


# --- mail ------------------------------------------------------------------------------------------------------------


def test_what_asks_for_somebody_is_mailed_at_once_with_why_one_link_and_one_click_to_stop(kinds, home):
    reader = person()
    say("test.asked", reader)
    tell()
    running.until_idle()
    (message,) = mails(home)
    body = message.get_content()
    assert message["Subject"] == "[test.izumi.invalid] お願い / Request"
    assert "recrd-00001 を見てください。" in body and "Look at recrd-00001." in body
    assert "Secret title" not in message.as_string() and "秘密の題" not in body
    assert "このメールが届いた理由: 試験だから。" in body and "Why you get this: Because it is a test." in body
    assert "http://testserver/records/recrd-00001" in body and "http://testserver/en/records/recrd-00001" in body
    stop = f"http://testserver/notices/stop/{queries.stop_token(reader, 'test.asked')}"
    assert message["List-Unsubscribe"] == f"<{stop}>" and stop in body
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = next(iter(home.mail.glob("*.eml"))).read_bytes()
    assert f"List-Unsubscribe: <{stop}>".encode() in raw


def test_the_rest_comes_in_one_mail_at_eight_and_what_was_read_is_left_out(kinds, home):
    reader = person()
    with at("2026-05-01T10:00:00"):
        for n in range(3):
            say("test.told", reader, subject=f"recrd-0000{n}")
        say("test.quiet", reader)
        tell()
        running.until_idle()
        actions.read_notices(actor(reader), [queries.own_notices(actor(reader)).items[-1].id])
    with at("2026-05-02T07:59:00"):
        running.until_idle()
        assert mails(home) == []
    with at("2026-05-02T08:00:00"):
        running.until_idle()
        (message,) = mails(home)
        assert message["Subject"] == "[test.izumi.invalid] きのうからのお知らせ 2 件 / 2 notices since yesterday"
        body = message.get_content()
        assert body.count("を見てください。") == 2 and "recrd-00000" not in body
        assert body.count("http://testserver/notices\n") == 1
    with at("2026-05-03T08:00:00"):
        tell()
        running.until_idle()
        assert len(mails(home)) == 1


def test_a_morning_with_nothing_unread_sends_nothing(kinds, home):
    reader = person()
    with at("2026-05-01T10:00:00"):
        say("test.told", reader)
        tell()
        actions.read_notices(actor(reader), None)
    with at("2026-05-02T08:00:00"):
        running.until_idle()
    assert mails(home) == []


def test_people_without_an_address_are_told_in_the_site_only(kinds, home):
    reader = person(email="")
    say("test.asked", reader)
    tell()
    running.until_idle()
    assert mails(home) == [] and len(texts(reader)) == 1


def test_a_mail_is_not_sent_twice_after_a_crash_and_again_after_a_refusal(kinds, home, monkeypatch):
    from izumi.people import mail, notice_mail

    reader = person()
    say("test.asked", reader)
    tell()

    class Killed(BaseException):
        """The process is gone: no handler runs."""

    def die(message):
        raise Killed

    def refuse(message):
        raise OSError("the server refuses")

    run = type("Run", (), {"payload": {"person": reader, "urgency": "now"}})
    with monkeypatch.context() as broken:
        broken.setattr(mail, "send", refuse)
        with pytest.raises(OSError, match="refuses"):
            notice_mail.send_notices(run)
    assert NoticeRow.objects.filter(mailed_at=None).count() == 1
    with monkeypatch.context() as broken:
        broken.setattr(mail, "send", die)
        with pytest.raises(Killed):
            notice_mail.send_notices(run)
    assert notice_mail.send_notices(run) == {"notices": 0}
    assert mails(home) == []


# --- choices ---------------------------------------------------------------------------------------------------------


def test_a_kind_that_is_not_wanted_by_mail_stays_in_the_site(kinds, home):
    reader = person()
    actions.choose_mail(actor(reader), [("test.asked", False)])
    say("test.asked", reader)
    tell()
    running.until_idle()
    assert mails(home) == [] and len(texts(reader)) == 1
    chosen = {view.kind: view.mail for view in queries.choices(actor(reader))}
    assert (chosen["test.asked"], chosen["test.told"], chosen["test.quiet"]) == (False, True, False)
    actions.choose_mail(actor(reader), [("test.asked", True)])
    say("test.asked", reader)
    tell()
    running.until_idle()
    assert len(mails(home)) == 1


def test_the_link_of_a_mail_stops_it_without_signing_in_but_not_by_being_looked_at(kinds):
    reader = person()
    client = Client(enforce_csrf_checks=True)
    address = f"/notices/stop/{queries.stop_token(reader, 'test.asked')}"
    page = client.get(address)
    assert page.status_code == 200 and "お願い" in page.content.decode() and page.headers["Cache-Control"] == "no-store"
    assert queries.choices_of(reader)["test.asked"] is True
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert queries.choices_of(reader)["test.asked"] is False
    assert queries.choices_of(reader)["test.told"] is True
    assert client.post(f"/en/notices/stop/{queries.stop_token(reader, 'daily')}").status_code == 200
    assert queries.choices_of(reader)["test.told"] is False


@pytest.mark.parametrize("spoil", [lambda t: t[:-1] + ("0" if t[-1] != "0" else "1"), lambda t: t.replace("asked", "told"), lambda t: "x", lambda t: "~~", lambda t: "水~質~x"])
def test_a_link_that_this_site_did_not_make_is_not_there(kinds, spoil, client):
    token = spoil(queries.stop_token(person(), "test.asked"))
    assert client.get(f"/notices/stop/{token}").status_code == 404
    assert client.post(f"/notices/stop/{token}").status_code == 404


def test_what_was_decided_asks_for_nothing_any_more(kinds):
    notices.KINDS["test.asked"] = replace(notices.KINDS["test.asked"], over=("test.decided",))
    anna = people.add_person(console(), username="anna", name={"ja": "安奈"})
    say("test.asked", anna, subject="recrd-00001")
    say("test.asked", anna, subject="recrd-00002")
    say("test.decided", subject="recrd-00001")
    say("test.asked", anna, subject="recrd-00001")
    tell()
    tell()
    asked = list(NoticeRow.objects.order_by("event").values_list("subject", "act"))
    assert asked == [("recrd-00001", False), ("recrd-00002", True), ("recrd-00001", True)]
