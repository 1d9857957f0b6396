"""Plans of the demo: promised, returned, adopted and revised in the past; every deviation came from what happened, or from days that passed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from izumi.governance.models import Submission
from izumi.kernel import clock, journal
from izumi.kernel.actors import console
from izumi.kernel.journal import Event
from izumi.people import actions as people
from izumi.people.models import NoticeRow, Person, Project, ReportingRound, Role
from izumi.plans import queries
from izumi.plans.models import Deviation, Plan
from izumi.records.models import Record

pytestmark = pytest.mark.usefixtures("site")

PASSWORD = "a long enough passphrase"
CODES = {"project-without-plan", "record-without-entry", "late", "larger", "other-class", "missing"}


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def events(*verbs: str) -> list[Event]:
    return [event for event in journal.events_after(0, limit=100_000) if event.verb in verbs]


def found_now() -> list[Any]:
    """What a comparison finds at this moment, over the whole site."""
    return [one for project in Project.objects.all() for one in queries.project_deviations(console(), project.id)]


def test_the_example_plan_is_in_force_with_a_dozen_entries_and_a_revision(told: dict[str, Any]) -> None:
    plan = queries.plan(console(), told["examples"]["plan"])
    assert plan.project == told["examples"]["project"]
    assert len(plan.entries) >= 12
    assert plan.version == 2
    assert plan.versions[-1].reason.startswith("150℃の試験が炉の修理で3週間遅れたため")
    assert all(entry.records for entry in plan.entries)
    assert set(plan.document["title"]) == {"ja", "en"}


def test_it_was_returned_once_before_it_was_adopted(told: dict[str, Any]) -> None:
    plan = told["examples"]["plan"]
    verbs = [event.verb for event in events("plan.created", "plan.submitted", "plan.returned", "plan.adopted") if event.subject == plan]
    assert verbs == [
        "plan.created", "plan.submitted", "plan.returned", "plan.submitted", "plan.adopted", "plan.submitted", "plan.adopted",
    ]  # fmt: skip
    reasons = [event.payload["why"] for event in events("plan.returned") if event.subject == plan]
    assert reasons == [
        "使用済みホイールの試験片を計画に加え、量の見積もりを見直してください。\n"
        "Please add the specimens from used wheels, and look at the sizes again."
    ]


def test_every_record_of_an_entry_was_opened_by_its_adoption() -> None:
    opened = {record for event in events("plan.adopted") for record in event.payload["records"]}
    answering = {key for plan in Plan.objects.all() for entry in queries.plan(console(), plan.id).entries for key in entry.records}
    assert len(opened) >= 40
    assert opened <= answering
    assert Record.objects.filter(pk__in=opened).count() == len(opened)


def test_each_kind_of_deviation_is_there_and_rows_say_what_a_comparison_says() -> None:
    found = {(one.code, one.project, one.plan or "", one.entry or "", one.record or "") for one in found_now()}
    assert {code for code, *_ in found} == CODES
    rows = set(Deviation.objects.filter(settled_at=None).values_list("code", "project", "plan", "entry", "record"))
    assert rows == found


def test_the_example_project_has_each_kind_that_a_plan_can_have(told: dict[str, Any]) -> None:
    found = Counter(one.code for one in queries.project_deviations(console(), told["examples"]["project"]))
    assert found == {"record-without-entry": 1, "late": 1, "larger": 1, "other-class": 1, "missing": 1}


def test_every_deviation_has_two_ways_out_and_both_lead_to_a_page(client: Client) -> None:
    for one in found_now():
        assert len(one.ways_out) >= 2, one.code
        leader = leader_of(one.project)
        people.set_password(console(), leader.id, PASSWORD)
        assert client.post("/login", {"username": leader.username, "password": PASSWORD}).status_code == 303
        for way in one.ways_out:
            assert {"ja", "en"} <= set(way.text), way
            answer = client.get(way.href)
            assert answer.status_code == 200, (one.code, leader.username, way.href, answer.status_code)


def leader_of(project: str) -> Person:
    """Who leads a project."""
    return Role.objects.filter(role="pm", scope_id=project, superseded_at=None)[0].person


def test_no_deviation_was_written_before_the_day_on_which_it_arose() -> None:
    told: dict[tuple[str, ...], list[Event]] = {}
    for event in events("deviation.found"):
        key = tuple(event.payload.get(name) or "" for name in ("code", "plan", "entry", "record"))
        told.setdefault((event.subject, *key), []).append(event)
    rows = list(Deviation.objects.all())
    assert len(rows) == sum(map(len, told.values())) >= 8
    for row in rows:
        found = told[(row.project, row.code, row.plan, row.entry, row.record)]
        assert all(event.at >= row.since for event in found), row.code
        if row.entry:
            adopted = [event.at for event in events("plan.adopted") if event.subject == row.plan]
            assert found[0].at > adopted[0], row.code


def test_what_is_overdue_was_as_planned_until_its_day_had_passed() -> None:
    overdue = list(Deviation.objects.filter(settled_at=None, code__in=("late", "missing")))
    assert {row.code for row in overdue} == {"late", "missing"}
    for row in overdue:
        for moment, wanted in ((row.since - timedelta(seconds=1), False), (row.since, True)):
            with clock.at(moment.isoformat()):
                found = {(one.code, one.entry) for one in queries.project_deviations(console(), row.project)}
            assert ((row.code, row.entry) in found) is wanted, (row.code, moment)


@pytest.mark.parametrize("who", ["pm", "researcher"])
def test_who_has_to_act_was_told(told: dict[str, Any], who: str) -> None:
    kinds = set(NoticeRow.objects.filter(person=told["accounts"][who]["person"]).values_list("kind", flat=True))
    assert {"deviation.found", "obligation.due", "plan.adopted"} <= kinds
    assert {"pm": "plan.submitted", "researcher": "plan.returned"}[who] in kinds


def test_one_report_was_accepted_and_one_returned_with_a_reason() -> None:
    said = {one.state: one for one in Submission.objects.all()}
    assert Submission.objects.count() == 2
    assert set(said) == {"accepted", "returned"}
    assert said["returned"].why.startswith("溶接した炭素鋼の量が計画と違います。")
    for one in said.values():
        assert one.submitted_at < one.decided_at < clock.now()
        assert one.frozen["rows"]


def test_a_report_is_due_within_two_weeks() -> None:
    days = [(one.due_on - clock.today()).days for one in ReportingRound.objects.all()]
    assert [day for day in days if 0 < day <= 14] == [8]


def test_promises_lie_ahead_and_behind(told: dict[str, Any]) -> None:
    ahead = [one for one in queries.upcoming(console(), [told["examples"]["project"]], days=90) if one.days_left >= 0]
    assert {"register", "publish", "review", "report"} <= {one.kind for one in ahead}
    spoken = Counter(event.payload["kind"] for event in events("obligation.due"))
    assert min(spoken["register"], spoken["publish"], spoken["open"]) >= 1
