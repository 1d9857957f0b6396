"""Dashboards: a project for those inside, a programme for its funder, and what asks for one person."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.plans import actions
from izumi.records import actions as records
from tests.builders import World, a_document, a_world

pytestmark = pytest.mark.usefixtures("home")
PASSWORD = "a long enough passphrase"


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def signed_in(world: World, name: str) -> Client:
    client = Client(raise_request_exception=False)
    people.set_password(console(), world.persons[name], PASSWORD)
    assert client.post("/login", {"username": name, "password": PASSWORD}).status_code == 303
    return client


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def an_entry(title: str, **changes: object) -> dict[str, object]:
    return {"title": {"ja": title}, "access": {"class": "open"}, "planned": {"register_by": "2027-03-31", "publish_on": "2027-06-30"}, **changes}


def a_plan(world: World, *entries: dict[str, object]) -> str:
    view = actions.create_plan(world.actor("pm"), {"title": {"ja": "見本の計画"}, "entries": list(entries)}, project=world.project)
    actions.adopt(world.actor("pm"), view.id)
    return view.id


def funded(world: World, name: str) -> str:
    """The project lies in a programme, and this person oversees it."""
    programme = people.add_programme(console(), title={"ja": "川の研究"})
    people.update_project(console(), world.project, programme=programme)
    people.assign_role(console(), person=world.persons[name], role="funder", scope=f"programme:{programme}")
    return programme


def test_the_dashboard_shows_plan_and_reality_in_the_moonshot_columns_and_its_file_is_equal(world: World) -> None:
    a_plan(world, an_entry("水質", data_number="D-2"), an_entry("写真", data_number="D-10", planned={"publish_on": "2020-01-01"}))
    pm = signed_in(world, "pm")
    page = pm.get(f"/projects/{world.project}").content.decode()
    assert page.index("写真") < page.index("水質"), "what needs action comes first"
    ordered = pm.get(f"/projects/{world.project}?sort=number").content.decode()
    assert ordered.index(">水質") < ordered.index(">写真")
    assert "この条件のデータはありません" in pm.get(f"/projects/{world.project}?state=published").content.decode()
    table = pm.get(f"/projects/{world.project}/table?sort=number&format=csv")
    lines = table.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("ムーンショット目標,データNo,データの名称")
    assert ["D-2" in lines[1], "D-10" in lines[2], "期限超過" in lines[2]] == [True, True, True]
    assert pm.get(f"/projects/{world.project}/table?format=xlsx").content[:2] == b"PK"


def test_what_a_funder_may_not_see_of_a_record_is_not_on_the_dashboard(world: World) -> None:
    programme = funded(world, "stranger")
    a_plan(world, an_entry("計画の名称"))
    records.create_record(world.actor("researcher"), projects=[world.project], metadata={"title": {"ja": "秘密の下書き"}})
    funder = signed_in(world, "stranger")
    page = funder.get(f"/projects/{world.project}")
    assert page.status_code == 200
    assert "計画の名称" in page.content.decode()
    assert "秘密の下書き" not in page.content.decode()
    over = funder.get(f"/programmes/{programme}")
    assert "採用された計画のあるプロジェクト" in words(over)
    assert "採用された計画のあるプロジェクト" not in words(signed_in(world, "company").get(f"/programmes/{programme}"))


def test_my_work_lists_what_i_answer_for_and_have_not_begun(world: World, run_workers: object) -> None:
    a_plan(world, an_entry("わたしの水質", planned={"responsible": world.persons["researcher"], "publish_on": "2020-01-01"}), an_entry("だれかの写真"))
    run_workers()  # type: ignore[operator]
    told = words(signed_in(world, "researcher").get("/work"))
    assert "これから登録するデータ" in told
    assert "計画との差異" in told
    assert "わたしの水質" in told
    assert "だれかの写真" not in told


def test_a_cell_that_begins_like_a_formula_is_a_text_in_the_file(world: World) -> None:
    a_plan(world, an_entry('=HYPERLINK("https://evil.example")', data_number="@SUM(1)"))
    lines = signed_in(world, "pm").get(f"/projects/{world.project}/table?format=csv").content.decode("utf-8-sig").splitlines()
    cells = [cell for line in lines[1:] for cell in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', line)]
    assert [cell for cell in cells if cell.strip('"')[:1] in "=@+-" and cell.strip('"')] == []


def test_fifty_rows_stand_on_a_page_and_the_file_has_them_all(world: World) -> None:
    a_plan(world, *(an_entry(f"データ {n}", data_number=f"D-{n}") for n in range(1, 54)))
    pm = signed_in(world, "pm")
    first = pm.get(f"/projects/{world.project}?sort=number").content.decode()
    second = pm.get(f"/projects/{world.project}?sort=number&page=2").content.decode()
    assert (first.count("<tr role=\"row\""), second.count("<tr role=\"row\"")) == (51, 4)
    assert ">データ 9<" in first
    assert ">データ 53<" in second
    assert pm.get(f"/projects/{world.project}?page=x&sort=nothing&state=<b>&organisation=%00").status_code == 200
    assert len(pm.get(f"/projects/{world.project}/table").content.decode("utf-8-sig").splitlines()) == 54


def test_the_funder_sees_who_has_a_plan_what_is_late_and_why_data_are_not_open(world: World, run_workers: object) -> None:
    programme = funded(world, "stranger")
    other = people.add_project(console(), title={"ja": "計画のない研究"}, organisation=world.organisation, programme=programme)
    a_plan(world, an_entry("遅れたデータ", planned={"publish_on": "2020-01-01"}))
    closed = records.create_record(
        world.actor("researcher"), projects=[world.project],
        metadata=a_document(title={"ja": "閉じた題"}, access={"class": "closed", "metadata_class": "closed", "reasons": [{"code": "patent"}]}),
    )  # fmt: skip
    records.publish_version(world.actor("researcher"), closed.id)
    run_workers()  # type: ignore[operator]
    for prefix in ("", "/en"):
        page = signed_in(world, "stranger").get(f"{prefix}/programmes/{programme}")
        assert page.status_code == 200
        assert "閉じた題" not in page.content.decode()
    told = words(signed_in(world, "stranger").get(f"/programmes/{programme}"))
    assert "計画のない研究" in told
    assert f"/projects/{other}" in signed_in(world, "stranger").get(f"/programmes/{programme}").content.decode()
    assert "採用された計画のあるプロジェクト 1 / 2" in told
    assert "期限超過 1" in told
    public = words(Client().get(f"/programmes/{programme}"))
    assert "計画のない研究" in public
    assert "期限超過" not in public


def test_the_page_of_a_call_says_what_is_asked_and_until_when(world: World) -> None:
    me = console()
    programme = people.add_programme(me, title={"ja": "川の研究"}, chain=["institution", "pm"], plan_form="moonshot")
    call = people.add_call(me, programme=programme, title={"ja": "2026年度の公募"}, fiscal_year=2026, plan_due_on="2026-09-30")
    told = words(Client().get(f"/calls/{call}"))
    for said in ("2026年度の公募", "ムーンショットの様式", "2026-09-30", "機関 → PM（代表者）"):
        assert said in told
    assert "2026年度の公募" in words(Client().get(f"/programmes/{programme}"))
    assert Client().get("/calls/zzzzz-zzzzz").status_code == 404


def test_a_project_is_found_by_any_form_of_its_number_and_lists_are_loaded_by_curators(world: World) -> None:
    found = Client().get("/projects?q=ｊｐｍｊｘｘ－９９０１")
    assert f"/projects/{world.project}" in found.content.decode()
    assert 'value="ｊｐｍｊｘｘ－９９０１"' in found.content.decode()
    assert "見つかりませんでした" in words(Client().get("/projects?q=JPMJZZ0000"))
    assert "/projects/import" in signed_in(world, "curator").get("/projects").content.decode()
    assert "/projects/import" not in signed_in(world, "researcher").get("/projects").content.decode()


def test_who_does_not_write_a_plan_reads_its_judgements_without_ways_out(world: World) -> None:
    funded(world, "stranger")
    plan = a_plan(world, an_entry("遅れたデータ", planned={"publish_on": "2020-01-01"}))
    for page in (f"/plans/{plan}", f"/projects/{world.project}"):
        seen = signed_in(world, "stranger").get(page).content.decode()
        assert "期限超過" in seen
        assert "/revise?entry=" not in seen
        assert "登録を始める" not in seen
        assert "/revise?entry=" in signed_in(world, "pm").get(page).content.decode()
