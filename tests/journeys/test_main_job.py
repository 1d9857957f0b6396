"""The main job in a browser: describe → files → who may see → publish → find → download → cite → withdraw (product.md §3)."""

from __future__ import annotations

import pytest

from tests.journeys.steps import DROP, confirm, describe, find_as_anyone, gone_from_search, sign_in

pytestmark = pytest.mark.journey

WORDS = {
    "ja": {
        "prefix": "", "create": "下書きを作る", "check": "確認して公開する", "publish": "公開する", "download": "ダウンロード", "cite": "引用のしかた",
        "withdraw": "取り下げる", "stored": "保存済み", "title": "多摩川の水質の定点観測", "find": "水質", "find_other": "river",
    },
    "en": {
        "prefix": "/en", "create": "Create the draft", "check": "Check and publish", "publish": "Publish", "download": "Download", "cite": "How to cite",
        "withdraw": "Withdraw", "stored": "Stored and verified", "title": "Soil moisture of terraced fields", "find": "moisture", "find_other": "棚田",
    },
}  # fmt: skip
OTHER_TITLE = {"ja": "Water quality of a river at fixed points", "en": "棚田の土壌水分の観測"}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_dataset_goes_from_a_desk_to_the_world(new_page, site, lang):
    words = WORDS[lang]
    other = "en" if lang == "ja" else "ja"
    page = new_page(lang)
    sign_in(page, words["prefix"])
    page.goto(f"{words['prefix']}/records/new")
    page.locator("#project").select_option(site.project)
    page.get_by_role("button", name=words["create"]).click()
    page.wait_for_url("**/edit**")
    record = page.url.split("/records/")[1].split("/")[0]

    describe(page, {lang: words["title"], other: OTHER_TITLE[lang]})
    page.locator("[data-uploads]").evaluate_handle("e => e")
    page.evaluate(DROP, [page.locator("[data-uploads]").element_handle(), "観測.csv", "日付,水温\n2026-04-01,12.5\n"])
    page.get_by_text(words["stored"]).first.wait_for()

    page.get_by_role("button", name=words["check"]).click()
    page.wait_for_url("**/publish**")
    assert page.locator("#h-err").count() == 0, page.locator("main").inner_text()
    page.get_by_role("button", name=words["publish"], exact=True).click()
    page.wait_for_url(lambda address: address.split("?")[0].endswith(f"/records/{record}"))

    reader = new_page(lang)
    find_as_anyone(reader, words["prefix"], words["find"], words["title"])
    assert reader.get_by_role("heading", level=1).inner_text() == words["title"]
    find_as_anyone(reader, words["prefix"], words["find_other"], OTHER_TITLE[lang])

    with reader.expect_download() as downloading:
        reader.locator("#files").get_by_role("link", name=words["download"]).first.click()
    assert downloading.value.path().read_text("utf-8") == "日付,水温\n2026-04-01,12.5\n"
    assert words["title"] in reader.locator("#citation").inner_text()
    assert reader.get_by_role("heading", name=words["cite"]).count() == 1

    page.expected_failures.add(410)
    page.goto(f"{words['prefix']}/records/{record}/withdraw")
    page.locator("#why").fill("測定器の校正に誤りがありました。")
    page.get_by_role("button", name=words["withdraw"]).click()
    confirm(page)
    reader.expected_failures.add(410)
    answer = reader.goto(f"{words['prefix']}/records/{record}")
    assert answer.status == 410
    assert "測定器の校正に誤りがありました。" in reader.content()
    assert gone_from_search(reader, words["prefix"], words["find"], words["title"])
