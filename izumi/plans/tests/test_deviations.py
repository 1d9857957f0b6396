"""The comparison of promises with facts, as truth tables; no database, the day is an argument."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from izumi.kernel.days import end_of, iso, parse_day, start_of
from izumi.kernel.text import Text, both
from izumi.plans.deviations import PlanHeld, ProjectFacts, Promise, deviations
from izumi.records.types import Reality

PROJECT, PLAN, ENTRY, RECORD = "prjct-00001", "plans-00001", "entry-00001", "recrd-00001"
BORN = datetime(2026, 1, 10, 3, 0, tzinfo=UTC)
TOUCHED = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)


def a_record(key=RECORD, **changes):
    """A complete draft of open data in the project, as planned."""
    facts = {
        "id": key, "kind": "dataset", "state": "unpublished", "title": both("粒径の測定", "Grain sizes"), "data_number": "1",
        "access_class": "open", "available_on": None, "opens": "auto", "metadata_class": "open", "published_on": None,
        "created_at": BORN, "changed_at": TOUCHED, "updated_at": TOUCHED, "withdrawn": False, "withdrawn_at": None,
        "size_bytes": 50_000_000_000, "files": 4, "version": 0, "draft_state": "open", "scheduled_on": None,
        "projects": (PROJECT,), "plan_entries": (ENTRY,), "owner": "persn-00001", "owner_organisation": "organ-00001",
        "lacks": (), "quota_bytes": None, "editors": (), "discarded": False,
    }  # fmt: skip
    return Reality(**{**facts, **changes})


def published(on="2026-05-01", **changes):
    return a_record(**{"state": "published", "published_on": parse_day(on), "version": 1, "draft_state": None, **changes})


def a_promise(**changes):
    told = {"entry": ENTRY, "plan": PLAN, "number": "1", "access_class": "open", "records": (RECORD,)}
    return Promise(**{**told, **changes})


def facts(*records, promises=(a_promise(),), **changes):
    told = {"project": PROJECT, "plans": (PlanHeld(id=PLAN, version=1),), "promises": tuple(promises)}
    return ProjectFacts(**{**told, "records": {record.id: record for record in records}, **changes})


def codes(of, day="2026-06-01"):
    return [view.code for view in deviations(of, parse_day(day))]


def the_one(of, day="2026-06-01"):
    (view,) = deviations(of, parse_day(day))
    return view


DAY = parse_day("2026-06-01")


# --- late ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "found"), [("2026-05-31", []), ("2026-06-01", []), ("2026-06-02", ["late"]), ("2026-12-01", ["late"])]
)
def test_on_the_day_itself_nothing_is_late_the_day_after_it_is(day, found):
    assert codes(facts(a_record(), promises=[a_promise(publish_on=DAY)]), day) == found


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (a_record(state="scheduled", scheduled_on=parse_day("2026-06-01")), []),
        (published("2026-06-01"), []),
        (published("2026-05-02"), []),
    ],
)
def test_what_is_scheduled_for_the_day_or_public_is_not_late(record, found):
    assert codes(facts(record, promises=[a_promise(publish_on=DAY)]), "2026-06-01") == found


def test_what_was_published_after_its_day_is_settled():
    assert codes(facts(published("2026-07-01"), promises=[a_promise(publish_on=DAY)]), "2026-08-01") == []


def test_late_begins_at_midnight_in_japan_and_says_by_how_much():
    view = the_one(facts(a_record(), promises=[a_promise(publish_on=DAY)]), "2026-06-11")
    assert iso(view.since) == "2026-06-02T00:00:00+09:00"
    assert (view.planned, view.actual, view.record, view.entry, view.plan) == ("2026-06-01", None, RECORD, ENTRY, PLAN)
    assert view.message == both(
        "公開日（2026-06-01）を 10 日過ぎましたが、まだ公開されていません。", "It was to be published on 2026-06-01, 10 days ago, and is not public yet."
    )
    assert [(way.code, way.href) for way in view.ways_out] == [
        ("publish", "/records/recrd-00001/publish"), ("revise", "/plans/plans-00001/revise?entry=entry-00001&because=late"),
    ]  # fmt: skip


def test_a_later_appointment_is_named_as_the_actual_day():
    record = a_record(state="scheduled", scheduled_on=parse_day("2026-07-15"))
    view = the_one(facts(record, promises=[a_promise(publish_on=DAY)]), "2026-06-02")
    assert view.actual == "2026-07-15"
    assert view.message.one("en") == "It was to be published on 2026-06-01, 1 day ago; it is scheduled for 2026-07-15."


def test_a_record_begun_after_the_day_is_late_from_its_beginning():
    born = datetime(2026, 6, 20, 1, 0, tzinfo=UTC)
    assert the_one(facts(a_record(created_at=born), promises=[a_promise(publish_on=DAY)]), "2026-07-01").since == born


EMBARGO = a_promise(access_class="embargoed", available_on=DAY)


@pytest.mark.parametrize(
    ("record", "day", "found"),
    [
        # ended by itself, whether or not the lift has been written down: as planned
        (published(access_class="embargoed", available_on=DAY), "2026-06-01", []),
        (published(access_class="embargoed", available_on=DAY), "2026-09-01", []),
        (published(access_class="open", available_on=DAY), "2026-06-01", []),
        # confirmation is missing: shut on its day, late after it
        (published(access_class="embargoed", available_on=DAY, opens="confirm"), "2026-06-01", []),
        (published(access_class="embargoed", available_on=DAY, opens="confirm"), "2026-06-02", ["late"]),
        # the record's own day was moved back
        (published(access_class="embargoed", available_on=parse_day("2027-01-01")), "2026-06-01", []),
        (published(access_class="embargoed", available_on=parse_day("2027-01-01")), "2026-06-02", ["late"]),
        # never published at all
        (a_record(access_class="embargoed", available_on=DAY), "2026-06-02", ["late"]),
        # opened before its day; shared or closed after it: another class, said once
        (published(access_class="open"), "2026-05-31", ["other-class"]),
        (published(access_class="shared"), "2026-06-02", ["other-class"]),
        (published(access_class="closed", files=0), "2026-06-02", ["other-class"]),
    ],
)
def test_an_embargo_ends_as_planned_or_is_late(record, day, found):
    assert codes(facts(record, promises=[EMBARGO]), day) == found


def test_an_opening_nobody_confirmed_says_so_and_leads_to_the_access_page():
    record = published(access_class="embargoed", available_on=DAY, opens="confirm")
    view = the_one(facts(record, promises=[EMBARGO]), "2026-06-03")
    assert view.message.one("ja") == "公開予定日（2026-06-01）を 2 日過ぎましたが、公開してよいと確認されていないため、データは閉じたままです。"
    assert [way.href for way in view.ways_out] == [
        "/records/recrd-00001/access", "/plans/plans-00001/revise?entry=entry-00001&because=late",
    ]  # fmt: skip


# --- larger ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planned", "stored", "found"),
    [
        (100, 110, []), (100, 111, ["larger"]), (0, 0, []), (0, 1, ["larger"]), (None, 10**15, []), (10**12, 10**12 + 10**11, []),
    ],
)  # fmt: skip
def test_ten_percent_more_than_planned_is_as_planned(planned, stored, found):
    assert codes(facts(a_record(size_bytes=stored), promises=[a_promise(size_bytes=planned)])) == found


def test_larger_says_planned_and_stored_in_words():
    view = the_one(facts(a_record(size_bytes=176_000_000_000), promises=[a_promise(size_bytes=100_000_000_000)]))
    assert view.message == both(
        "計画より 76 GB 多く保存されています。計画 100 GB、実際 176 GB。", "76 GB more than planned is stored: 100 GB planned, 176 GB stored."
    )
    assert (view.planned, view.actual, view.since) == (100_000_000_000, 176_000_000_000, TOUCHED)


@pytest.mark.parametrize(
    ("record", "page"),
    [(a_record, "edit"), (published, "new-version"), (lambda **told: published(draft_state="open", **told), "edit")],
)
def test_the_way_to_the_files_leads_to_a_page_that_is_there(record, page):
    view = the_one(facts(record(size_bytes=200), promises=[a_promise(size_bytes=100)]))
    assert view.ways_out[0].href == f"/records/{RECORD}/{page}"


def test_a_second_record_behind_the_entry_counts_together():
    second = a_record("recrd-00002", size_bytes=60_000_000_000)
    promise = a_promise(size_bytes=100_000_000_000, records=(RECORD, "recrd-00002"))
    view = the_one(facts(a_record(size_bytes=60_000_000_000), second, promises=[promise]))
    assert (view.code, view.record, view.actual) == ("larger", RECORD, 120_000_000_000)
    assert view.message.one("en") == "20 GB more than planned is stored: 100 GB planned, 120 GB stored (in 2 records together)."


def test_a_withdrawn_second_record_does_not_count():
    second = published(id="recrd-00002", withdrawn=True, size_bytes=10**12)
    promise = a_promise(size_bytes=50_000_000_000, records=(RECORD, "recrd-00002"))
    assert codes(facts(a_record(), second, promises=[promise])) == []


# --- other class -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planned", "actual", "found"),
    [
        ("open", "open", []), ("open", "shared", ["other-class"]), ("open", "closed", ["other-class"]),
        ("shared", "open", ["other-class"]), ("closed", "open", ["other-class"]), ("open", "embargoed", ["other-class"]),
        ("", "open", []), ("open", "", []), ("shared", "shared", []),
    ],
)  # fmt: skip
def test_the_class_of_the_record_is_compared_with_the_plans(planned, actual, found):
    assert codes(facts(a_record(access_class=actual), promises=[a_promise(access_class=planned)])) == found


@pytest.mark.parametrize(("record", "page"), [(a_record(access_class="closed"), "edit"), (published(access_class="closed"), "access")])
def test_another_class_is_named_with_the_official_labels(record, page):
    view = the_one(facts(record))
    assert view.message.one("ja") == "計画では「公開」ですが、いまは「非共有・非公開」です。"
    assert (view.planned, view.actual) == ("open", "closed")
    assert view.ways_out[0].href == f"/records/recrd-00001/{page}"


# --- missing ---------------------------------------------------------------------------------------------------------


REGISTER = a_promise(register_by=DAY)


@pytest.mark.parametrize(
    ("record", "day", "found"),
    [
        (a_record(), "2026-06-02", []),
        (a_record(files=0), "2026-06-01", []),
        (a_record(files=0), "2026-06-02", ["missing"]),
        (a_record(lacks=("/contact",)), "2026-06-01", []),
        (a_record(lacks=("/contact",)), "2026-06-02", ["missing"]),
        (published(lacks=("/contact",)), "2026-06-02", ["missing"]),
        (published(withdrawn=True, withdrawn_at=TOUCHED), "2026-05-21", ["missing"]),
        (a_record(discarded=True), "2026-05-21", ["missing"]),
    ],
)
def test_files_and_obligatory_items_are_due_on_the_day_of_registration(record, day, found):
    assert codes(facts(record, promises=[REGISTER]), day) == found


def test_closed_data_may_be_described_without_files():
    promise = a_promise(register_by=DAY, access_class="closed")
    assert codes(facts(a_record(access_class="closed", files=0), promises=[promise]), "2026-07-01") == []


def test_what_is_missing_is_named():
    labels = {"/contact": both("連絡先", "Contact")}
    view = the_one(facts(a_record(lacks=("/contact",), files=0), promises=[REGISTER], labels=labels), "2026-06-02")
    assert view.message == both(
        "登録の期日（2026-06-01）を過ぎましたが、足りないものがあります（連絡先、ファイル）。",
        "It was to be registered by 2026-06-01; something is still missing: Contact, files.",
    )
    assert view.actual == {"lacks": ["/contact", "/files"]}


def test_many_missing_items_are_counted():
    pointers = tuple(f"/item{n}" for n in range(8))
    view = the_one(facts(a_record(lacks=pointers), promises=[REGISTER]), "2026-06-02")
    assert view.message.one("en").endswith("/item0, /item1, /item2, /item3, /item4 and 3 more.")


@pytest.mark.parametrize(
    ("promise", "day", "found"),
    [
        (a_promise(records=()), "2030-01-01", []),
        (a_promise(records=(), register_by=DAY), "2026-06-01", []),
        (a_promise(records=(), register_by=DAY), "2026-06-02", ["missing"]),
        (a_promise(records=(), publish_on=DAY), "2026-06-02", ["missing"]),
        (a_promise(records=(), access_class="embargoed", available_on=DAY), "2026-06-02", ["missing"]),
    ],
)
def test_an_entry_with_nothing_behind_it_is_missing_once_its_day_is_over(promise, day, found):
    assert codes(facts(promises=[promise]), day) == found


def test_a_withdrawn_record_is_missing_at_once_since_its_withdrawal():
    view = the_one(facts(published(withdrawn=True, withdrawn_at=TOUCHED)))
    assert (view.code, view.actual, view.record, view.since) == ("missing", "withdrawn", RECORD, TOUCHED)
    assert view.ways_out[0].href == "/plans/plans-00001/assign?entry=entry-00001"


def test_other_data_behind_the_entry_replace_a_withdrawn_record():
    promise = a_promise(records=(RECORD, "recrd-00002"))
    assert codes(facts(published(withdrawn=True), a_record("recrd-00002"), promises=[promise])) == []


# --- promises that bind nobody, and several plans ---------------------------------------------------------------------


def test_data_that_are_not_managed_promise_nothing_but_answer_for_their_records():
    promise = a_promise(managed=False, publish_on=DAY, register_by=DAY, size_bytes=1, access_class="closed")
    assert codes(facts(a_record(files=0, lacks=("/contact",)), promises=[promise]), "2027-01-01") == []


def test_a_record_behind_entries_of_two_plans_is_judged_by_each():
    promises = [a_promise(publish_on=DAY, size_bytes=10**12), a_promise(plan="plans-00002", entry="entry-00002", size_bytes=10**9)]
    plans = (PlanHeld(id=PLAN, version=1), PlanHeld(id="plans-00002", version=3))
    found = deviations(facts(a_record(), promises=promises, plans=plans), parse_day("2026-06-02"))
    assert [(view.plan, view.code) for view in found] == [(PLAN, "late"), ("plans-00002", "larger")]


# --- record without an entry -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "more", "found"),
    [
        (a_record("recrd-00009"), {}, ["record-without-entry"]),
        (published(id="recrd-00009"), {}, ["record-without-entry"]),
        (a_record("recrd-00009", kind="publication"), {}, []),
        (a_record("recrd-00009", discarded=True), {}, []),
        (published(id="recrd-00009", withdrawn=True), {}, []),
        (a_record("recrd-00009", projects=("prjct-00002",)), {}, []),
        (a_record("recrd-00009"), {"plans": (PlanHeld(id=PLAN, version=0),)}, []),
        (a_record("recrd-00009"), {"exempt": True}, []),
    ],
)
def test_a_dataset_of_the_project_that_no_entry_foresees(record, more, found):
    assert codes(facts(a_record(), record, **more)) == found


def test_a_record_whose_entry_was_taken_out_of_the_plan_answers_none():
    assert codes(facts(a_record(), promises=[])) == ["record-without-entry"]


@pytest.mark.parametrize(("hidden", "named"), [((), "“Grain sizes” (recrd-00009) answers"), (("recrd-00009",), "Record recrd-00009 answers")])
def test_a_record_the_reader_may_not_see_is_named_by_its_identifier_alone(hidden, named):
    view = the_one(facts(a_record(), a_record("recrd-00009"), hidden=frozenset(hidden)))
    assert view.message.one("en") == f"{named} no entry of the plan."
    assert [way.href for way in view.ways_out] == [
        "/plans/plans-00001/assign?record=recrd-00009",
        "/plans/plans-00001/revise?record=recrd-00009&because=record-without-entry",
    ]
    assert view.since == BORN


def test_of_a_hidden_record_neither_size_nor_what_it_lacks_is_told():
    promise = a_promise(size_bytes=100, register_by=DAY)
    found = deviations(facts(a_record(lacks=("/contact",)), promises=[promise], hidden=frozenset({RECORD})), parse_day("2026-06-02"))
    assert [(view.code, view.actual, view.message.one("en")) for view in found] == [
        ("larger", None, "More than the planned 100 B is stored."),
        ("missing", {"lacks": []}, "It was to be registered by 2026-06-01; something is still missing."),
    ]


# --- project without a plan ------------------------------------------------------------------------------------------


def bare(day="2026-06-02", **changes):
    return codes(facts(promises=[], **{"plans": (), "plan_due_on": DAY, **changes}), day)


@pytest.mark.parametrize(
    ("day", "changes", "found"),
    [
        ("2026-06-01", {}, []),
        ("2026-06-02", {}, ["project-without-plan"]),
        ("2026-06-02", {"plan_due_on": None}, []),
        ("2026-06-02", {"exempt": True}, []),
        ("2026-06-02", {"plans": (PlanHeld(id=PLAN, draft_state="open"),)}, ["project-without-plan"]),
        ("2026-06-02", {"plans": (PlanHeld(id=PLAN, draft_state="returned"),)}, ["project-without-plan"]),
        ("2026-06-02", {"plans": (PlanHeld(id=PLAN, draft_state="submitted"),)}, []),
        ("2026-06-02", {"plans": (PlanHeld(id=PLAN, version=1),)}, []),
    ],
)
def test_a_project_past_its_day_needs_a_plan(day, changes, found):
    assert bare(day, **changes) == found


@pytest.mark.parametrize(
    ("plans", "first"),
    [((), "/plans/new?project=prjct-00001"), ((PlanHeld(id=PLAN, draft_state="open"),), "/plans/plans-00001/edit")],
)
def test_without_a_plan_one_is_begun_or_somebody_says_why_none_is_needed(plans, first):
    view = the_one(facts(promises=[], plans=plans, plan_due_on=DAY), "2026-06-02")
    assert [way.href for way in view.ways_out] == [first, "/projects/prjct-00001/plan"]
    assert view.since == end_of(DAY) == start_of(parse_day("2026-06-02"))
    assert view.message.one("en") == "The project started on 2026-06-01, 1 day ago, and has no plan."


# --- since, and every deviation has its words ------------------------------------------------------------------------


def test_since_is_what_the_stored_row_says_else_the_event_else_the_record():
    key = ("larger", PLAN, ENTRY, RECORD)
    stored, event = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 21, tzinfo=UTC)
    large = {"promises": [a_promise(size_bytes=1)]}
    assert the_one(facts(a_record(), since={key: stored}, noticed={RECORD: event}, **large)).since == stored
    assert the_one(facts(a_record(), noticed={"": event}, **large)).since == event
    assert the_one(facts(a_record(), **large)).since == TOUCHED


def test_every_deviation_speaks_both_languages_and_has_two_ways_out():
    late = a_promise(publish_on=DAY, register_by=DAY, size_bytes=1, access_class="shared")
    gone = a_promise(entry="entry-00002", records=("recrd-00002",))
    never = a_promise(entry="entry-00003", records=(), register_by=DAY)
    records = [a_record(files=0), published(id="recrd-00002", withdrawn=True), a_record("recrd-00003")]
    found = deviations(facts(*records, promises=[late, gone, never]), parse_day("2026-07-01"))
    assert [view.code for view in found] == [
        "larger", "late", "other-class", "missing", "missing", "missing", "record-without-entry",
    ]  # fmt: skip
    for view in found:
        assert set(view.message) == {"ja", "en"} and "{" not in "".join(view.message.values())
        assert len(view.ways_out) == 2 and all(set(way.text) == {"ja", "en"} and way.href for way in view.ways_out)
        assert view.project == PROJECT and isinstance(view.message, Text)
