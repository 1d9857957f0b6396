"""What the plans of the demo promise before anything is played."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from izumi.web.demo.script import read_plans, read_stories, read_world
from tests.demo.test_content import texts

PLANS = read_plans()
STORIES = {story.key: story for story in read_stories()}
WORLD = read_world()
STEPS = {"create", "submit", "return", "complete", "adopt", "revise"}


def entries() -> Iterator[tuple[Any, Any]]:
    return ((plan, entry) for plan in PLANS["plan"] for entry in plan["entry"])


def test_every_text_is_there_in_both_languages() -> None:
    found = list(texts(PLANS))
    assert len(found) == 23
    for text in found:
        assert text.get("ja") and text.get("en"), text


def test_projects_programmes_and_records_that_are_named_exist() -> None:
    projects, programmes = WORLD.all("project"), WORLD.all("programme")
    for call in PLANS["call"]:
        assert call["programme"] in programmes, call["key"]
    calls = {call["key"] for call in PLANS["call"]}
    assert {project["call"] for project in projects.values() if "call" in project} <= calls
    for plan in PLANS["plan"]:
        assert plan["project"] in projects, plan["key"]
    for plan, entry in entries():
        if "record" in entry:
            assert STORIES[entry["record"]].project == plan["project"], entry["record"]


def test_no_record_answers_two_entries() -> None:
    named = [entry["record"] for _, entry in entries() if "record" in entry]
    assert len(named) == len(set(named)) >= 35


def test_people_who_act_have_an_account() -> None:
    accounts = set(WORLD.accounts()) | set(WORLD.all("person"))
    acting = {step["by"] for plan in PLANS["plan"] for step in plan["steps"]}
    acting |= {step["by"] for asked in PLANS["round"] for name in ("handed_in", "accepted", "returned") for step in asked.get(name, ())}
    assert acting <= accounts


@pytest.mark.parametrize("plan", PLANS["plan"], ids=lambda plan: plan["key"])
def test_the_steps_of_a_plan_go_forward_in_time_and_end_before_today(plan: Any) -> None:
    days = [step["day"] for step in plan["steps"]]
    assert days == sorted(days)
    assert days[-1] < 0
    assert {step["do"] for step in plan["steps"]} <= STEPS
    assert [step["do"] for step in plan["steps"]][0] == "create"


@pytest.mark.parametrize("plan", PLANS["plan"], ids=lambda plan: plan["key"])
def test_what_is_promised_is_registered_before_it_is_published_and_promised_before_both(plan: Any) -> None:
    adopted = next(step["day"] for step in reversed(plan["steps"]) if step["do"] == "adopt")
    for entry in plan["entry"]:
        planned = entry["planned"]
        assert adopted < planned["register_by"] < planned["publish_on"], entry.get("record", entry.get("number"))
        assert planned["size_bytes"] > 0


def test_a_record_begins_only_after_its_plan_was_adopted() -> None:
    for plan, entry in entries():
        adopted = next(step["day"] for step in reversed(plan["steps"]) if step["do"] == "adopt")
        if "record" in entry:
            assert (STORIES[entry["record"]].day("created") or 0) >= adopted, entry["record"]


def test_who_returns_says_why() -> None:
    told = [step for plan in PLANS["plan"] for step in plan["steps"] if step["do"] in ("return", "revise")]
    told += [step for asked in PLANS["round"] for step in asked.get("returned", ())]
    assert len(told) == 4
    for step in told:
        assert set(step["why"]) == {"ja", "en"}


def test_rounds_are_handed_in_before_they_are_decided() -> None:
    for asked in PLANS["round"]:
        assert asked["as_of"] <= asked["due"]
        handed = {step["project"]: step["day"] for step in asked.get("handed_in", ())}
        for step in (*asked.get("accepted", ()), *asked.get("returned", ())):
            assert handed[step["project"]] < step["day"] < 0
