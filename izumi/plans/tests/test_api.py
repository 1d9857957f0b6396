"""Plans over the API: bodies, answers, codes, entity tags – and nothing for who may not know of them."""

from __future__ import annotations

import json

import pytest

from izumi.kernel import journal
from izumi.plans.tests.conftest import a_plan, an_entry


@pytest.fixture
def plan(world_of, call):
    """A draft of the leader's, in a programme where the leader adopts alone; with the world and headers of each person."""
    world = world_of([])
    headers = {name: world.bearer(name) for name in ("pm", "researcher", "stranger", "funder", "curator")}
    made = call("POST", "plans", a_plan(world), **headers["pm"])
    assert made.status_code == 201, made.content
    return world, headers, made


def rules_of(answer) -> list[str]:
    return [finding["rule"] for finding in answer.json()["findings"]]


def test_a_plan_is_begun_read_written_adopted_and_revised(call, plan):
    world, headers, made = plan
    body = made.json()
    assert made["Location"] == f"/api/v1/plans/{body['id']}"
    assert made["ETag"] == f'"{body["id"]}-r1"'
    assert (body["state"], body["version"], body["draft"]["state"], body["form"]) == ("draft", 0, "open", "common")
    assert body["can"] == {
        "see": True, "edit": True, "submit": False, "return": False, "adopt": True, "revise": False, "take_back": False, "link": False,
    }  # fmt: skip
    plan_id, address = body["id"], f"plans/{body['id']}"
    assert call("PATCH", address, {"description": {"ja": "説明"}}, **headers["pm"]).status_code == 428
    stale = call("PATCH", address, {"description": {"ja": "説明"}}, HTTP_IF_MATCH='"x"', **headers["pm"])
    assert (stale.status_code, stale.json()["current"]["revision"]) == (412, 1)
    saved = call("PATCH", address, {"description": {"ja": "説明"}}, HTTP_IF_MATCH=made["ETag"], **headers["pm"])
    assert (saved.status_code, saved["ETag"]) == (200, f'"{plan_id}-r2"')
    done = call("POST", f"{address}/adopt", **headers["pm"])
    assert done.status_code == 200, done.content
    entries = done.json()["entries"]
    assert all(entry["record"] and entry["records"] == [entry["record"]] for entry in entries)
    assert call("GET", f"records/{entries[0]['record']}", **headers["researcher"]).status_code == 200
    again = call("POST", f"{address}/adopt", **headers["pm"])
    assert (again.status_code, again.json()["code"]) == (409, "plan.nothing_to_adopt")
    revised = call(
        "POST", f"{address}/revise", {"why": "遅れたため", "entries": [{"id": entries[0]["id"], "planned": {"publish_on": "2027-12-31"}}], "adopt": True},
        **headers["pm"],
    )  # fmt: skip
    assert (revised.status_code, revised.json()["version"], revised.json()["draft"]) == (200, 2, None)
    changed = call("GET", f"{address}/diff?before=1&after=2", **headers["pm"]).json()["entries"]
    assert [(one["entry"], one["change"], [m["pointer"] for m in one["members"]]) for one in changed] == [
        (entries[0]["id"], "changed", ["/planned/publish_on"])
    ]
    first = call("GET", f"{address}/versions/1", **headers["pm"]).json()
    assert (first["n"], first["document"]["entries"][0]["planned"]["publish_on"]) == (1, "2027-06-30")
    assert [line["verb"] for line in call("GET", f"{address}/history", **headers["pm"]).json()["items"]] == [
        "plan.adopted", "plan.revision_opened", "plan.adopted", "plan.saved", "plan.created"
    ]


def test_the_least_that_a_plan_needs(call, world_of):
    world = world_of([])
    made = call("POST", "plans", {"project": "jpmjxx 9901", "entries": [{"title": {"ja": "見本川の水質観測"}, "access": {"class": "open"}}]}, **world.bearer("researcher"))
    assert (made.status_code, made.json()["project"]) == (201, world.project)
    assert made.json()["title"]["ja"] == "見本川プロジェクト データ管理計画"
    assert call("POST", f"plans/{made.json()['id']}/adopt", **world.bearer("researcher")).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "rule"),
    [
        ({}, 422, "project-unknown"), ({"project": "99K99999"}, 422, "project-unknown"), ({"project": 5}, 422, "project-unknown"),
        ({"project": "P", "entries": {}}, 422, "shape-type"), ({"project": "P", "entries": [{"titel": {}}]}, 422, "shape-unknown-member"),
        ({"project": "P", "chain": []}, 422, "shape-unknown-member"), ({"project": "P", "title": "x"}, 422, "shape-type"),
        ({"project": "P", "form": "kaken-hi"}, 422, "form-unknown"), ({"project": "P", "form": ["jsps"]}, 422, "form-unknown"),
        ([], 422, "shape-dict-type"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_a_plan_is_told_why(call, world_of, body, status, rule):
    world = world_of([])
    if isinstance(body, dict) and body.get("project") == "P":
        body = {**body, "project": world.project}
    before = journal.last_seq()
    refused = call("POST", "plans", body, **world.bearer("pm"))
    assert (refused.status_code, rules_of(refused)) == (status, [rule])
    assert refused["Content-Type"] == "application/problem+json"
    assert journal.last_seq() == before + 1  # the token that was just made


def test_bad_plans_are_kept_and_refused_with_findings_when_they_are_to_count(call, plan):
    _, headers, made = plan
    plan_id = made.json()["id"]
    bad = [
        an_entry(1, planned={"register_by": "2027-12-31", "publish_on": "2027-01-01", "responsible": "aaaaa-aaaaa"}),
        an_entry(2, data_number="１", title=None),
        an_entry(3, funding=[{"funder": {"name": {"ja": "どこにもない財団"}}}]),
    ]
    saved = call("PATCH", f"plans/{plan_id}", {"entries": bad}, HTTP_IF_MATCH=made["ETag"], **headers["pm"])
    assert saved.status_code == 200
    assert len(saved.json()["draft"]["document"]["entries"]) == 3
    refused = call("POST", f"plans/{plan_id}/adopt", **headers["pm"])
    assert refused.status_code == 422
    found = {(f["rule"], f["pointer"]) for f in refused.json()["findings"]}
    assert {
        ("register-after-publish", "/entries/0/planned/register_by"), ("responsible-unknown", "/entries/0/planned/responsible"),
        ("data-number-twice", "/entries/1/data_number"), ("title-missing", "/entries/1/title"),
    } <= found  # fmt: skip
    assert all(f["source"] and f["message"]["ja"] and f["message"]["en"] for f in refused.json()["findings"])
    told = call("POST", f"plans/{plan_id}/check", {"for": "adopt"}, **headers["pm"]).json()
    assert told["ready"] is False
    assert "funder-unknown" in [f["rule"] for f in told["findings"]]
    assert call("GET", f"plans/{plan_id}", **headers["pm"]).json()["state"] == "draft"


def test_a_call_of_a_strange_kind_is_refused(call, client, plan):
    _, headers, made = plan
    address = f"/api/v1/plans/{made.json()['id']}"
    form = client.generic("PATCH", address, "a=b", content_type="application/x-www-form-urlencoded", HTTP_IF_MATCH="*", **headers["pm"])
    assert form.status_code in (400, 415)
    broken = client.generic("POST", "/api/v1/plans", "{", content_type="application/json", **headers["pm"])
    assert (broken.status_code, broken.json()["code"]) == (400, "input.unreadable")
    assert call("POST", f"plans/{made.json()['id']}/check", {"for": "publish"}, **headers["pm"]).status_code == 422
    assert call("GET", f"plans/{made.json()['id']}/versions/9", **headers["pm"]).status_code == 404
    assert call("GET", f"plans/{made.json()['id']}/diff?before=x&after=draft", **headers["pm"]).status_code == 404
    assert call("GET", "plans?cursor=x", **headers["pm"]).status_code == 422
    assert call("GET", "plans?limit=0", **headers["pm"]).status_code == 422
    assert call("GET", "plans").status_code == 401


def test_lists_show_what_one_may_see_page_by_page(call, plan):
    world, headers, _ = plan
    for _n in range(2):
        call("POST", "plans", a_plan(world), **headers["researcher"])
    page = call("GET", f"plans?project={world.project}&limit=2", **headers["curator"]).json()
    rest = call("GET", f"plans?project={world.project}&limit=2&cursor={page['next']}", **headers["curator"]).json()
    ids = [line["id"] for line in (*page["items"], *rest["items"])]
    assert (len(ids), len(set(ids)), rest["next"]) == (3, 3, None)
    assert call("GET", "plans", **headers["stranger"]).json()["items"] == []
    assert call("GET", "plans", **headers["funder"]).json()["items"] == []
    assert call("GET", "plans?state=adopted", **headers["pm"]).json()["items"] == []


def test_a_form_that_the_programme_does_not_ask_for_is_a_warning(call, world_of):
    world = world_of([], plan_form="moonshot")
    made = call("POST", "plans", a_plan(world, form="jsps"), **world.bearer("pm")).json()
    assert made["form"] == "jsps"
    assert [f["severity"] for f in made["findings"] if f["rule"] == "form-differs"] == ["warning"]
    assert call("POST", "plans", a_plan(world), **world.bearer("pm")).json()["form"] == "moonshot"


def test_a_record_opened_by_hand_for_an_entry_answers_it_and_no_entry_of_others(call, plan, run_workers):
    world, headers, made = plan
    entry = call("POST", f"plans/{made.json()['id']}/adopt", **headers["pm"]).json()["entries"][0]
    mine = call("POST", "records", {"projects": [world.project], "plan_entries": [entry["id"]]}, **headers["researcher"]).json()["id"]
    strange = call("POST", "records", {"plan_entries": [entry["id"]]}, **headers["curator"]).json()["id"]
    run_workers()
    now = call("GET", f"plans/{made.json()['id']}", **headers["pm"]).json()["entries"][0]
    assert now["records"] == [entry["record"], mine]
    assert call("GET", f"records/{mine}", **headers["researcher"]).json()["plan_entries"] == [entry["id"]]
    assert call("GET", f"records/{strange}", **headers["curator"]).json()["plan_entries"] == []


def addresses(plan_id: str, entry: str) -> list[tuple[str, str, object]]:
    place = f"plans/{plan_id}"
    return [
        ("GET", place, None), ("PATCH", place, {"description": {"ja": "x"}}), ("POST", f"{place}/entries", an_entry(9)),
        ("PATCH", f"{place}/entries/{entry}", {"field": "1"}), ("DELETE", f"{place}/entries/{entry}", None),
        ("POST", f"{place}/entries/{entry}/records", None), ("POST", f"{place}/entries/{entry}/link", {"record": "aaaaa-aaaaa"}),
        ("POST", f"{place}/entries/{entry}/unlink", {"record": "aaaaa-aaaaa"}), ("POST", f"{place}/check", {"for": "save"}),
        ("POST", f"{place}/submit", {}), ("POST", f"{place}/take-back", None), ("POST", f"{place}/return", {"why": "x"}),
        ("POST", f"{place}/adopt", None), ("POST", f"{place}/revise", {"why": "x"}), ("DELETE", f"{place}/draft", None),
        ("GET", f"{place}/versions/1", None), ("GET", f"{place}/diff?before=1&after=draft", None), ("GET", f"{place}/history", None),
        ("GET", f"{place}/deviations", None), ("GET", f"{place}/export?format=json", None),
    ]  # fmt: skip


@pytest.mark.parametrize("adopt", [False, True])
@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_who_may_not_know_of_a_plan_gets_the_answer_of_an_absent_one_on_every_road(call, plan, who, adopt):
    _, headers, made = plan
    body = made.json()
    if adopt:
        call("POST", f"plans/{body['id']}/adopt", **headers["pm"])
    entry = body["draft"]["document"]["entries"][0]["id"]
    as_whom = headers["stranger"] if who == "stranger" else {}
    before = journal.last_seq()
    for (method, real, sent), (_, absent, _s) in zip(
        addresses(body["id"], entry), addresses("b9r98-kegkg", entry), strict=True
    ):
        hidden = call(method, real, sent, HTTP_IF_MATCH="*", **as_whom)
        unknown = call(method, absent, sent, HTTP_IF_MATCH="*", **as_whom)
        assert hidden.status_code == 404, (method, real, hidden.content)
        assert "見本川" not in hidden.content.decode()
        strip = {"reference", "instance"}
        said = [{k: v for k, v in json.loads(answer.content).items() if k not in strip} for answer in (hidden, unknown)]
        assert said[0] == said[1], (method, real)
    assert journal.last_seq() == before


def test_the_openapi_of_plans_is_whole(client, home):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert len([path for path in paths if path.startswith("/api/v1/plans")]) >= 17
    assert "/api/v1/projects/{project}/deviations" in paths


def test_a_token_that_may_only_read_changes_nothing(call, plan):
    from izumi.kernel.actors import console
    from izumi.people import actions as people

    world, _, made = plan
    body = made.json()
    token = people.create_token(console(), person=world.persons["pm"], name="reader", scopes=["read"]).secret
    reader = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    before = journal.last_seq()
    for method, address, sent in addresses(body["id"], body["draft"]["document"]["entries"][0]["id"]):
        answer = call(method, address, sent, HTTP_IF_MATCH="*", **reader)
        expected = {200, 404, 409} if method == "GET" or address.endswith("/check") else {401, 403, 404, 409}
        assert answer.status_code in expected, (method, address, answer.status_code, answer.content)
    assert call("POST", "plans", a_plan(world), **reader).status_code == 403
    assert journal.last_seq() == before
