"""One action, one transaction, one journal entry; consumers and jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from izumi.kernel import clock, jobs, journal, running
from izumi.kernel.actors import system
from izumi.kernel.journal import CONSUMERS, Event
from izumi.kernel.models import EventPayload, EventRow, Job
from izumi.kernel.work import NothingJournalled, work

pytestmark = pytest.mark.usefixtures("home")
ME = system("test")


def say(subject: str, verb: str = "thing.done", **payload: object) -> None:
    with work(ME, "thing.do") as w:
        w.journal(verb, subject, payload)


def test_an_action_without_a_journal_entry_is_rolled_back() -> None:
    with pytest.raises(NothingJournalled), work(ME, "thing.do") as w:
        w.later("thing.later", {})
    assert not Job.objects.exists()


def test_a_failed_action_leaves_neither_entry_nor_job() -> None:
    with pytest.raises(KeyError), work(ME, "thing.do") as w:
        w.journal("thing.done", "a")
        w.later("thing.later", {})
        raise KeyError
    assert journal.last_seq() == 0
    assert not Job.objects.exists()


def test_the_chain_holds_and_any_change_of_the_past_shows() -> None:
    for n in range(3):
        say("a", n=n)
    assert list(journal.verify()) == []
    EventPayload.objects.filter(event_id=2).update(body='{"n":7}')
    assert [(b.seq, b.what) for b in journal.verify()] == [(2, "payload")]
    EventRow.objects.filter(seq=2).update(actor="somebody")
    assert [(b.seq, b.what) for b in journal.verify()] == [(2, "chain"), (2, "payload")]


def test_an_erased_payload_leaves_the_chain_whole() -> None:
    say("a", name="secret")
    journal.erase(1)
    assert list(journal.verify()) == []
    assert journal.events_of("a")[0].payload is None


def test_what_the_same_person_repeats_soon_joins_one_event() -> None:
    for minute in ("10:00", "10:09", "10:11"):
        with clock.at(f"2026-11-20T{minute}:00+09:00"), work(ME, "draft.save") as w:
            w.journal("draft.saved", "a", join=timedelta(minutes=10))
    assert journal.last_seq() == 2


def test_a_consumer_hears_only_its_verbs_and_goes_on_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, int]] = []
    broken = [True]

    def hear(events: list[Event]) -> None:
        if broken.pop() if broken else False:
            raise RuntimeError("the index is away")
        heard.extend((event.subject, event.seq) for event in events)

    monkeypatch.setitem(CONSUMERS, "test", journal.Consumer(name="test", verbs=("thing.",), run=hear))
    say("a")
    say("b", verb="other.done")
    say("c")
    assert running.feed(CONSUMERS["test"]) is False
    assert heard == []
    from izumi.kernel.models import Cursor

    Cursor.objects.update(retry_at=None)
    assert running.feed(CONSUMERS["test"]) is True
    assert heard == [("a", 1), ("c", 3)]
    assert running.feed(CONSUMERS["test"]) is False


def test_a_job_is_due_by_domain_time_and_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[dict[str, object]] = []
    monkeypatch.setitem(jobs.HANDLERS, "test.open", lambda run: ran.append(run.payload))
    with clock.at("2026-11-20T10:00:00+09:00"), work(ME, "thing.do") as w:
        w.journal("thing.done", "a")
        w.later("test.open", {"n": 1}, dedup="open:a", due=clock.now() + timedelta(days=1))
        assert w.later("test.open", {"n": 2}, dedup="open:a", due=clock.now() + timedelta(days=2)) is None
    with clock.at("2026-11-21T09:59:59+09:00"):
        assert jobs.run_one() is False
    with clock.at("2026-12-31T00:00:00+09:00"):
        assert jobs.run_one() is True
        assert jobs.run_one() is False
    assert ran == [{"n": 1}]


def test_a_job_whose_worker_died_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    monkeypatch.setitem(jobs.HANDLERS, "test.long", lambda run: ran.append(run.attempt))
    jobs.enqueue("test.long", {})
    assert jobs.claim() is not None
    assert jobs.run_one() is False
    Job.objects.update(lease_until=clock.machine_now() - timedelta(seconds=1))
    assert jobs.run_one() is True
    assert ran == [2]


def test_a_failing_job_is_tried_again_later_and_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(run: jobs.JobRun) -> None:
        raise RuntimeError("no")

    monkeypatch.setitem(jobs.HANDLERS, "test.fails", fail)
    jobs.enqueue("test.fails", {})
    for _ in range(jobs.ATTEMPTS):
        Job.objects.update(run_after=None)
        assert jobs.run_one() is True
    assert Job.objects.get().state == "failed"
    assert jobs.run_one() is False


def test_the_only_worker_takes_up_at_once_what_its_predecessor_left(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    monkeypatch.setitem(jobs.HANDLERS, "test.long", lambda run: ran.append(run.attempt))
    jobs.enqueue("test.long", {})
    assert jobs.claim() is not None
    assert running.waiting_jobs() == 1
    assert (jobs.reclaim(), jobs.run_one(), running.waiting_jobs()) == (1, True, 0)
    assert ran == [2]
