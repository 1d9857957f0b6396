"""A plan gives nobody more than its project does: drafts that it opened, people who left, projects that moved, names in entries."""

from __future__ import annotations

import pytest

from izumi.kernel import clock
from izumi.kernel.actors import console
from izumi.kernel.errors import NotThere
from izumi.people import actions as people
from izumi.plans import actions as plans
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from tests.attack.estate import Estate, an_entry, an_estate, put_file, save

CLOSED = {"class": "closed", "metadata_class": "closed", "requests": "none", "reasons": [{"code": "contract"}]}


@pytest.fixture
def estate(home: object) -> Estate:
    return an_estate()


def rights(estate: Estate, who: str, record: str) -> set[str]:
    """What somebody may do with a record now."""
    facts, actor = policy.access_facts([record])[record], estate.actor(who)
    return {action for action in ("see", "read", "edit", "publish", "manage") if decide.verdict(actor, action, facts, clock.now())}


def test_writing_a_colleagues_closed_draft_opens_none_of_its_bytes(estate, ask):
    _, _, (record,) = estate.in_force(an_entry(access=CLOSED, planned={"responsible": estate.persons["researcher"]}))
    put_file(estate.actor("researcher"), record, b"secret bytes")
    save(estate.actor("mate"), record)
    put_file(estate.actor("mate"), record, b"by the mate", name="b.csv")
    assert "read" not in rights(estate, "mate", record)
    assert "manage" not in rights(estate, "mate", record)
    answer = ask(estate.bearer("mate"), "GET", f"/records/{record}/v/draft/files/a.csv")
    assert answer.status_code in (403, 404) and "secret" not in answer.told
    estate.leaves("mate")
    assert "read" not in rights(estate, "mate", record)


def test_bytes_stay_shut_for_those_who_helped_before_the_draft_was_closed(estate):
    _, _, (record,) = estate.in_force(an_entry(planned={"responsible": estate.persons["researcher"]}))
    save(estate.actor("mate"), record)
    assert "read" in rights(estate, "mate", record)
    save(estate.actor("researcher"), record, access=CLOSED)
    assert "read" not in rights(estate, "mate", record)
    assert "read" in rights(estate, "researcher", record)


def test_who_left_the_project_no_longer_leads_the_plan_that_he_began(estate, ask):
    plan, _, _ = estate.in_force(an_entry(), who="researcher")
    assert ask(estate.bearer("researcher"), "GET", f"/api/v1/plans/{plan}").status_code == 200
    estate.leaves("researcher")
    headers = estate.bearer("researcher")
    for method, tail, body in (
        ("GET", "", b""), ("GET", "/history", b""), ("GET", "/deviations", b""), ("GET", "/export", b""),
        ("POST", "/revise", b'{"why": "x", "adopt": true, "entries": [{"title": {"ja": "x"}}]}'), ("POST", "/adopt", b""),
        ("POST", "/entries/1/records", b'{"further": true}'),
    ):  # fmt: skip
        answer = ask(headers, method, f"/api/v1/plans/{plan}{tail}", data=body, content_type="application/json")
        assert answer.status_code == 404, (method, tail, answer.told[:200])
    assert ask(headers, "GET", "/api/v1/plans").json()["items"] == []
    with pytest.raises(NotThere):
        plans.adopt(estate.actor("researcher"), plan)


def test_lists_of_plans_follow_a_project_that_moved(estate, ask):
    plan, _, _ = estate.in_force(an_entry())
    people.update_project(console(), estate.project, programme=estate.other_programme)
    listed = {who: [one["id"] for one in ask(estate.bearer(who), "GET", "/api/v1/plans").json()["items"]] for who in ("funder", "other_funder")}
    single = {who: ask(estate.bearer(who), "GET", f"/api/v1/plans/{plan}").status_code for who in ("funder", "other_funder")}
    assert listed == {"funder": [], "other_funder": [plan]}
    assert single == {"funder": 404, "other_funder": 200}


def test_who_writes_a_colleagues_closed_draft_cannot_open_it(estate, ask):
    _, _, (record,) = estate.in_force(an_entry(access=CLOSED, planned={"responsible": estate.persons["researcher"]}))
    put_file(estate.actor("researcher"), record, b"secret bytes")
    headers = {**estate.bearer("mate"), "HTTP_IF_MATCH": "*"}
    body = b'{"metadata": {"access": {"class": "open"}, "remarks": {"ja": "x"}}}'
    answer = ask(headers, "PATCH", f"/api/v1/records/{record}/draft", data=body, content_type="application/json")
    assert (answer.status_code, answer.json()["metadata"]["access"]["class"]) == (200, "closed")
    assert "access-of-others" in [finding["rule"] for finding in answer.json()["findings"]]
    assert "read" not in rights(estate, "mate", record)
    save(estate.actor("researcher"), record, access={"class": "open"})
    assert "read" in rights(estate, "mate", record)


def test_a_revision_opens_no_draft_that_holds_files(estate):
    """A member who began the plan adopts alone; the colleague's closed bytes stay shut to him."""
    entries = [an_entry(n, access=CLOSED, planned={"responsible": estate.persons["researcher"]}) for n in (1, 2)]
    plan, (one, other), (filled, empty) = estate.in_force(*entries, who="mate")
    put_file(estate.actor("researcher"), filled, b"secret bytes")
    changes = [{"id": key, "access": {**dict.fromkeys(CLOSED), "class": "open"}} for key in (one, other)]
    done = plans.revise(estate.actor("mate"), plan, reason="x", changes=changes, adopt=True).in_force
    assert done is not None and done.followed == (empty,)
    assert "read" not in rights(estate, "mate", filled)
