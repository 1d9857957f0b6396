"""From the plan to the report in a browser, on a copy of the demo: promised, opened, published, found, harvested, counted, late, revised."""

from __future__ import annotations

import json
import re
import time
import urllib.parse
import urllib.request

import pytest

from tests.demo.made import ACCOUNT_PASSWORD
from tests.journeys import steps
from tests.journeys.conftest import demo_site
from tests.journeys.steps import DROP, choose, count_work, faults, fill_if_empty, find_as_anyone, press_until, work

pytestmark = pytest.mark.journey

WORDS = {
    "ja": {
        "prefix": "", "number": "ＪＰＩＡＸＸ－９９０１", "draft": "下書きを作ってくわしく書く", "list": "保存して一覧へ",
        "force": "採用・第 1 版", "nothing": "未登録", "begin": "登録を始める", "stored": "保存済み", "check": "確認して公開する", "publish": "公開する",
        "as_planned": "計画どおり", "revise": "理由を付けて計画を改訂する", "late": "期限超過", "hand_in": "確認して提出", "send": "提出する",
        "return": "差し戻す", "accept": "受理する", "accepted": "受理", "returned": "差し戻し", "erad": r"e-Rad に登録する件数：計 (\d+)",
        "title": "破面の三次元形状（6061、共焦点顕微鏡）", "others": ["腐食した面の写真（6061、塩水噴霧）", "硬さの測定値（6061、時効）"], "find": "共焦点顕微鏡",
        "description": "疲労で壊れた12本の破面を共焦点顕微鏡で測った高さの表です。き裂の起点から停留までを含みます。", "code": "late", "badge": "期限超過",
    },
    "en": {
        "prefix": "/en", "number": " jpiaxx 9901 ", "draft": "Create a draft and write more", "list": "Save and go to the list",
        "force": "Adopted, version 1", "nothing": "Not deposited yet", "begin": "Begin the deposit", "stored": "Stored and verified",
        "check": "Check and publish", "publish": "Publish", "as_planned": "As planned", "revise": "Revise the plan and give a reason", "late": "Late",
        "hand_in": "Check and hand in", "send": "Hand in", "return": "Return", "accept": "Accept", "accepted": "Accepted", "returned": "Returned",
        "erad": r"To type into e-Rad: (\d+)", "title": "Topography of fracture surfaces (6061, confocal microscope)",
        "others": ["Photographs of corroded surfaces (6061, salt spray)", "Hardness after ageing (6061)"], "find": "topography confocal",
        "description": "Heights of twelve fracture surfaces, measured with a confocal microscope from the origin of the crack to its arrest.",
        "code": "missing", "badge": "Missing",
    },
}  # fmt: skip
LIGHT_METALS, DIALOGUE = {"ja": "長く使える軽金属", "en": "Light metals that last"}, {"ja": "だれとでも話せる対話技術", "en": "Dialogue technology"}


@pytest.fixture(scope="module")
def site(demo_place, tmp_path_factory):
    """The demo, served."""
    with demo_site(demo_place, tmp_path_factory.mktemp("journey") / "home") as here:
        yield here


@pytest.fixture(scope="module")
def demo(site):
    return json.loads((site.home / "demo.json").read_text("utf-8"))


@pytest.fixture
def desk(new_page):
    """A page of somebody who has signed in."""

    def sit_down(who, lang="ja", **told):
        page = new_page(lang, **told)
        steps.sign_in(page, WORDS[lang]["prefix"], who, ACCOUNT_PASSWORD)
        return page

    return sit_down


def ask(site, demo, who, address):
    """What the API says to an account."""
    token = demo["accounts"][who]["token"]
    request = urllib.request.Request(f"{site.address}/api/v1/{address}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def row_of(page, title):
    return page.get_by_role("row").filter(has_text=title)


def plan_it(page, words):
    """Begin a plan by the number of the project, with three entries; write more on the first; put it in force."""
    page.goto(f"{words['prefix']}/plans/new")
    page.locator("#q").fill(words["number"])
    page.locator("#q").press("Enter")
    page.wait_for_url("**/plans/new?project=**")
    for place, title in enumerate([words["title"], *words["others"]]):
        page.locator(f"#t{place}").fill(title)
        page.locator(f"#c{place}").select_option("open")
    page.locator("#o0").fill("2030-03-01")
    page.locator("#s0").fill("20 MB")
    page.get_by_role("button", name=words["draft"]).click()
    page.wait_for_url("**/edit**")
    page.locator("#data").get_by_role("link", name=words["title"]).first.click()
    page.wait_for_url("**/entries/**")
    lang = "en" if words["prefix"] else "ja"
    fill_if_empty(page, f"/description/{lang}", words["description"])
    choose(page, "/type", "experimental_data")
    choose(page, "/terms/licence", "CC-BY-4.0")
    page.get_by_role("button", name=words["list"]).first.click()
    page.wait_for_url("**/edit?said=saved**")
    page.locator(".sticky-actions button[name=do][value=adopt]").click()
    page.wait_for_url("**?said=adopted**")
    assert page.get_by_text(words["force"], exact=True).count() >= 1
    for title in [words["title"], *words["others"]]:
        assert words["nothing"] in row_of(page, title).inner_text()
    return page.url.split("?")[0]


def deposit(page, words, plan):
    """Open the row of the plan, type what is still missing, drop two files, publish; the record and the fields typed."""
    page.goto(plan)
    count_work(page)
    row_of(page, words["title"]).get_by_role("link", name=words["begin"]).click()
    page.wait_for_url("**/edit**")
    record = page.url.split("/records/")[1].split("/")[0]
    fill_if_empty(page, "/contact/email", "research-data@izumino.example")
    choose(page, "/keywords/0/text/ja", "破面")
    choose(page, "/keywords/0/text/en", "fracture")
    zone = page.locator("[data-uploads]").element_handle()
    page.evaluate(DROP, [zone, "heights.csv", "x,y,z\n0,0,12.5\n"])
    page.evaluate(DROP, [zone, "readme.txt", "Invented heights.\n"])
    page.wait_for_function("stored => document.body.innerText.split(stored).length > 2", arg=words["stored"])
    page.get_by_role("button", name=words["check"]).click()
    page.wait_for_url("**/publish**")
    assert page.locator("#h-err").count() == 0, page.locator("main").inner_text()
    page.get_by_role("button", name=words["publish"], exact=True).click()
    page.wait_for_url(lambda address: address.split("?")[0].endswith(f"/records/{record}"))
    return record, work(page)[0]


def harvested(site, record, seconds=60):
    """The record as a harvester gets it, once it has been announced."""
    until = time.monotonic() + seconds
    asked = urllib.parse.urlencode(
        {"verb": "GetRecord", "metadataPrefix": "jpcoar", "identifier": f"oai:demo.izumi.example:{record}"}
    )
    while True:
        with urllib.request.urlopen(f"{site.address}/oai?{asked}", timeout=60) as answer:
            body = answer.read().decode()
        if "<jpcoar:jpcoar" in body or time.monotonic() > until:
            return body
        time.sleep(0.5)


def counted(page, words, project):
    """The number that the project's page tells for e-Rad."""
    page.goto(f"{words['prefix']}/projects/{project}?sort=number&state=")
    found = re.search(words["erad"], page.locator("main").inner_text())
    assert found is not None, page.locator("main").inner_text()
    return int(found[1])


@pytest.mark.parametrize(("lang", "width"), [("ja", 1280), ("en", 390)])
def test_a_promise_becomes_data_that_are_found_harvested_and_counted(desk, new_page, site, lang, width):
    words = WORDS[lang]
    leader = desk("pm", lang, width=width)
    before = counted(leader, words, site.project)
    plan = plan_it(leader, words)

    record, typed = deposit(desk("researcher", lang, width=width), words, plan)
    assert typed == {"/contact/email", "/keywords/0/text/ja", "/keywords/0/text/en"}

    reader = new_page(lang, width=width)
    find_as_anyone(reader, words["prefix"], words["find"], words["title"], seconds=60)
    assert reader.get_by_role("heading", level=1).inner_text() == words["title"]
    assert reader.locator("#files").get_by_text("heights.csv").count() >= 1
    answer = harvested(site, record)
    assert words["title"] in answer
    assert f"<setSpec>project:{site.project}</setSpec>" in answer

    assert counted(leader, words, site.project) == before + 1
    row = leader.locator(".board-table tbody tr").filter(has_text=words["title"])
    assert row.count() == 1
    assert row.get_by_role("link", name=words["title"]).get_attribute("href") == f"{words['prefix']}/records/{record}"
    assert "research-data@izumino.example" in row.inner_text()
    assert "5/5" in row.inner_text()
    leader.goto(plan)
    assert words["as_planned"] in row_of(leader, words["title"]).inner_text()


@pytest.mark.parametrize(("lang", "width"), [("ja", 1280), ("en", 390)])
def test_a_row_that_left_the_plan_is_settled_by_one_reason_and_three_clicks(desk, site, demo, lang, width):
    words = WORDS[lang]
    plan = demo["examples"]["plan"]
    found = [one for one in ask(site, demo, "pm", f"plans/{plan}/deviations")["items"] if one["code"] == words["code"]]
    assert len(found) == 1
    leader = desk("pm", lang, width=width)
    leader.goto(f"{words['prefix']}/plans/{plan}")
    row = leader.locator(f"#e-{found[0]['entry']}")
    assert words["badge"] in row.inner_text()
    count_work(leader)
    row.get_by_role("link", name=words["revise"]).click()
    leader.wait_for_url("**/revise?**")
    leader.locator("#f-reason").click()
    leader.locator("#f-reason").fill("装置の修理のため、3か月遅れます。")
    leader.locator("main form button[type=submit]").first.click()
    leader.wait_for_url("**?said=revised**")
    typed, clicks = work(leader)
    assert typed == {"reason"}
    assert clicks <= 3
    leader.goto(f"{words['prefix']}/plans/{plan}?all=1")
    assert words["as_planned"] in leader.locator(f"#e-{found[0]['entry']}").inner_text()
    left = ask(site, demo, "pm", f"plans/{plan}/deviations")["items"]
    assert [one["entry"] for one in left if one["entry"] == found[0]["entry"]] == []


@pytest.mark.parametrize(("lang", "title"), [("ja", LIGHT_METALS["ja"]), ("en", DIALOGUE["en"])])
def test_a_report_is_handed_in_returned_mended_and_accepted(desk, lang, title):
    words = WORDS[lang]
    leader, funder = desk("pm", lang), desk("funder", lang)
    receipt = hand_in(leader, words, title)
    funder.goto(receipt)
    funder.locator("#why").fill("連絡先が古いようです。確かめてください。")
    funder.get_by_role("button", name=words["return"], exact=True).click()
    funder.wait_for_load_state()
    assert words["returned"] in funder.locator("main .meta").inner_text()

    leader.goto(receipt)
    assert "連絡先が古いようです。確かめてください。" in leader.locator("main").inner_text()
    again = hand_in(leader, words, title)
    assert again != receipt
    funder.goto(again)
    funder.get_by_role("button", name=words["accept"], exact=True).click()
    funder.wait_for_load_state()
    assert words["accepted"] in funder.locator("main .meta").inner_text()
    assert funder.locator("#why").count() == 0


def hand_in(page, words, title):
    """Hand in the newest round's report of a project; the address of its receipt."""
    page.goto(f"{words['prefix']}/reports")
    page.get_by_role("row").filter(has_text=title).get_by_role("link", name=words["hand_in"]).last.click()
    page.wait_for_url("**/hand-in/**")
    page.locator("main").get_by_role("button", name=words["send"], exact=True).click()
    page.wait_for_url("**/reports/submissions/**")
    return page.url.split("?")[0]


def test_without_javascript_a_plan_opens_its_data_and_they_are_published(desk, tmp_path):
    words = {
        **WORDS["ja"], "title": "表面粗さの測定値（6061、切削のまま）", "others": ["切りくずの写真（6061）", "工具の摩耗（6061）"],
        "description": "切削したままの面の粗さを触針で測った値です。送りと切込みの条件を添えています。",
    }  # fmt: skip
    plan = plan_it(desk("pm", javascript=False), words)
    page = desk("researcher", javascript=False)
    page.goto(plan)
    row_of(page, words["title"]).get_by_role("link", name=words["begin"]).click()
    record = page.url.split("/records/")[1].split("/")[0]
    for name in ("粗さ.csv", "説明.txt"):
        (tmp_path / name).write_text("a,b\n1,2\n", "utf-8")
    page.locator("#plain-files").set_input_files([tmp_path / "粗さ.csv", tmp_path / "説明.txt"])
    page.get_by_role("button", name="送る").click()
    assert page.get_by_text("粗さ.csv").count() >= 1
    assert page.get_by_text("説明.txt").count() >= 1
    page.goto(f"/records/{record}/edit")
    page.locator('[name="/contact/email"]').fill("research-data@izumino.example")
    page.get_by_role("button", name=words["check"]).click()
    page.get_by_role("button", name=words["publish"], exact=True).click()
    assert page.url.split("?")[0].endswith(f"/records/{record}"), page.locator("main").inner_text()


def test_by_keyboard_alone_a_plan_is_begun_put_in_force_and_revised(new_page):
    page = new_page("ja")
    page.goto("/login")
    press_until(page, "#username")
    page.keyboard.type("pm")
    press_until(page, "#password")
    page.keyboard.type(ACCOUNT_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    page.goto("/plans/new")
    press_until(page, "#q")
    page.keyboard.type("JPIAXX9901")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans/new?project=**")
    for place, title in enumerate(["鍵盤で書いた一つ目のデータ", "二つ目のデータ", "三つ目のデータ"]):
        press_until(page, f"#t{place}")
        page.keyboard.insert_text(title)
    press_until(page, "button[name=do][value=draft]:not([tabindex='-1'])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit**")
    press_until(page, "button[name=do][value=adopt]", 120)
    page.keyboard.press("Enter")
    page.wait_for_url("**?said=adopted**")
    press_until(page, "a[href$='/revise']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/revise")
    press_until(page, "#f-reason")
    page.keyboard.insert_text("四つ目のデータを加えるため。")
    press_until(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit?said=revising**")
    press_until(page, "#new-title", 120)
    page.keyboard.insert_text("四つ目のデータ")
    press_until(page, "button[name=row][value=add]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entries/**")
    press_until(page, "button[name=do][value=list]", 200)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/plans/[^/]+/edit\?said="))
    press_until(page, "button[name=do][value=adopt]", 160)
    page.keyboard.press("Enter")
    page.wait_for_url("**?said=revised**")
    assert page.get_by_text("採用・第 2 版", exact=True).count() >= 1
    assert page.locator(".plan-table tbody tr").count() == 4


PAGES = {
    "pm": [
        "/plans", "/plans/new", "/plans/new?q=9", "/plans/new?project={project}", "/plans/{plan}", "/plans/{plan}?all=1", "/plans/{plan}/v/1",
        "/plans/{plan}/diff?from=1&to=2", "/plans/{plan}/revise", "/plans/{plan}/revise?entry={late}&because=late",
        "/plans/{plan}/revise?entry={other}&because=other-class",
        "/plans/{plan}/revise?record={outside}&because=record-without-entry", "/plans/{plan}/assign?record={outside}", "/plans/{draft}",
        "/plans/{draft}/edit", "/plans/{draft}/edit?check=1", "/plans/{draft}/entries/{draft_entry}/edit", "/plans/{draft}/entries/{draft_entry}/edit?check=1",
        "/projects", "/projects/{project}", "/projects/{project}?state=act&sort=number", "/projects/{project}/plan",
        "/projects/{dialogue}", "/calls/{call}", "/programmes/{programme}", "/work", "/notices", "/notices?only=act", "/reports", "/reports?of=project:{project}&name=erad",
        "/reports?of=project:{project}&name=moonshot", "/reports?of=project:{project}&name=common", "/reports/hand-in/{round}/{project}",
    ],
    "researcher": ["/records/{planned}/edit", "/plans/{plan}", "/work"],
    "funder": ["/programmes/{programme}", "/reports", "/reports?programme={programme}&name=erad", "/reports/submissions/{submission}", "/notices", "/work"],
    "curator": ["/plans", "/work", "/projects/import"],
    "": ["/projects", "/projects/{project}", "/programmes/{programme}", "/calls/{call}"],
}  # fmt: skip


@pytest.fixture(scope="module")
def known(site, demo):
    """The things that the addresses above name."""
    examples = demo["examples"]
    by_code = {one["code"]: one for one in ask(site, demo, "pm", f"projects/{site.project}/deviations")["items"]}
    begun = site.izumi(
        "plan", "new", "--project", site.project, "--set", "title.ja=調べるための計画", "--set", 'entries:=[{"title": {"ja": "一つ目"}}, {}]', "--as", "pm"
    )
    rounds = ask(site, demo, "funder", f"programmes/{examples['programme']}/rounds")["items"]
    submissions = [one for asked in rounds for one in ask(site, demo, "funder", f"rounds/{asked['id']}/submissions")["items"]]
    projects = ask(site, demo, "pm", "projects")["items"]
    return {
        **examples, "late": by_code.get("late", by_code["larger"])["entry"], "other": by_code["other-class"]["entry"],
        "outside": by_code["record-without-entry"]["record"], "draft": begun["id"], "draft_entry": begun["draft"]["document"]["entries"][0]["id"],
        "round": rounds[0]["id"], "submission": submissions[0]["id"], "planned": examples["draft"],
        "call": ask(site, demo, "pm", f"projects/{site.project}")["call"],
        "dialogue": next(one["id"] for one in projects if one["title"]["ja"].startswith(DIALOGUE["ja"])),
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_plans_and_reports_is_readable_by_everyone(desk, new_page, axe, known, lang, width):
    found = []
    for who, pages in PAGES.items():
        page = desk(who, lang, width=width) if who else new_page(lang, width=width)
        found += [fault for address in pages for fault in faults(axe, page, WORDS[lang]["prefix"] + address.format(**known))]
    assert found == []
