"""Plans by command: the PI opens a project by its number, writes three entries, adopts, revises with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from izumi.web.cli import main

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def izumi(capsys) -> Callable[..., tuple[int, list[dict]]]:
    def run(*arguments: str) -> tuple[int, list[dict]]:
        code = main([*arguments, "--json"])
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


@pytest.fixture
def world():
    from tests.builders import a_world

    return a_world()


def entries(count: int) -> list[dict]:
    return [
        {"title": {"ja": f"見本川の水質の定点観測（{n} 地点目）"}, "description": {"ja": "毎月採水します。"}, "data_number": f"A-{n}",
         "access": {"class": "open"}, "planned": {"publish_on": "2027-06-30"}}
        for n in range(1, count + 1)
    ]  # fmt: skip


def test_the_life_of_a_plan_by_command(izumi, world, tmp_path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"entries": entries(2)}), "utf-8")
    code, told = izumi("plan", "new", "--project", "jpmjxx-9901", "--document", str(file), "--set", "title{ja}=川の計画", "--as", "pm")
    assert (code, told[0]["state"], told[0]["project"]) == (0, "draft", world.project)
    plan = told[0]["id"]
    assert izumi("plan", "edit", plan, "--entry", "A-2", "--set", "planned.size_bytes:=5000", "--as", "researcher")[0] == 0
    assert izumi("plan", "check", plan, "--as", "pm")[0] == 0
    code, told = izumi("plan", "submit", plan, "--as", "pm")
    assert (code, told[0]["code"]) == (1, "plan.adopted_alone")
    code, told = izumi("plan", "adopt", plan, "--as", "pm")
    assert (code, told[0]["state"], len(told[0]["records"])) == (0, "adopted", 2)
    code, made = izumi("record", "new", "--plan", plan, "--entry", "A-2", "--set", "keywords:=[{\"text\": {\"ja\": \"水質\"}}]", "--as", "researcher")
    assert (code, made[0]["id"], made[0]["metadata"]["data_number"]) == (0, told[0]["entries"][1]["record"], "A-2")
    code, told = izumi(
        "plan", "revise", plan, "--why", "装置の納期が遅れたため", "--entry", "1", "--set", "planned.publish_on=2027-09-30", "--adopt",
        "--as", "pm",
    )  # fmt: skip
    assert (code, told[0]["version"], told[0]["entries"][0]["planned"]["publish_on"]) == (0, 2, "2027-09-30")
    assert [line["verb"] for line in izumi("plan", "history", plan)[1]][:2] == ["plan.adopted", "plan.revision_opened"]
    assert [(line["id"], line["version"]) for line in izumi("plan", "list", "--project", world.project)[1]] == [(plan, 2)]
    assert izumi("plan", "deviations", plan)[0] == 0


def test_usage_and_refusals_have_their_exit_codes(izumi, world):
    code, told = izumi("plan", "new", "--project", "99K99999", "--as", "pm")
    assert (code, told[0]["findings"][0]["rule"]) == (1, "project-unknown")
    code, told = izumi("plan", "new", "--project", world.project, "--as", "stranger")
    assert (code, told[0]["code"]) == (1, "plan.create_refused")
    plan = izumi("plan", "new", "--project", world.project, "--as", "pm")[1][0]["id"]
    assert izumi("plan", "check", plan)[0] == 1
    assert izumi("plan", "show", plan, "--as", "stranger")[1][0]["code"] == "site.not_there"
    assert izumi("record", "new", "--plan", plan)[0] == 2
    assert izumi("plan", "revise", plan, "--why", "x", "--entry", "1")[0] == 2


def test_people_read_the_plan_in_words(world, capsys):
    assert main(["plan", "new", "--project", world.project, "--set", "title{ja}=川の計画", "--as", "pm"]) == 0
    said = capsys.readouterr().out
    assert "川の計画" in said
    assert "計画に、管理するデータが 1 件もありません。" in said or "The plan lists no data." in said
