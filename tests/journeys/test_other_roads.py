"""The same job without JavaScript and without a mouse, and every page readable by everyone."""

from __future__ import annotations

import pytest

from tests.journeys.steps import PASSWORD, describe, faults, find_as_anyone, press_until, sign_in

pytestmark = pytest.mark.journey

TITLE = {"ja": "街路樹の葉面温度", "en": "Leaf temperature of street trees"}


@pytest.fixture(scope="module")
def published(browser, site, tmp_path_factory) -> str:
    """A dataset deposited, published and found without JavaScript; the other tests of this file read it."""
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    sign_in(page)
    page.goto("/records/new")
    page.locator("#project").select_option(site.project)
    page.locator("#title-ja").fill(TITLE["ja"])
    page.get_by_role("button", name="下書きを作る").click()
    record = page.url.split("/records/")[1].split("/")[0]
    file = tmp_path_factory.mktemp("file") / "葉.csv"
    file.write_text("樹,温度\n欅,31.2\n", "utf-8")
    page.locator("#plain-files").set_input_files(file)
    page.get_by_role("button", name="送る").click()
    assert page.get_by_text("葉.csv").count()
    page.goto(f"/records/{record}/edit")
    describe(page, TITLE)
    page.get_by_role("button", name="確認して公開する").click()
    page.get_by_role("button", name="公開する", exact=True).click()
    assert page.url.split("?")[0].endswith(f"/records/{record}"), page.locator("main").inner_text()
    context.close()
    return record


def test_without_javascript_a_dataset_is_deposited_published_found_and_downloaded(new_page, published):
    reader = new_page("ja", javascript=False)
    find_as_anyone(reader, "", "葉面", TITLE["ja"])
    with reader.expect_download() as downloading:
        reader.locator("#files").get_by_role("link", name="ダウンロード").first.click()
    assert downloading.value.path().read_text("utf-8") == "樹,温度\n欅,31.2\n"


def test_a_search_by_post_leaves_no_word_in_the_address(new_page, published):
    reader = new_page("en", javascript=False)
    find_as_anyone(reader, "/en", "leaf temperature", TITLE["en"])
    reader.goto("/en/search")
    reader.locator("#q").fill("leaf temperature")
    reader.get_by_role("button", name="Search without leaving the words anywhere").click()
    assert reader.get_by_role("link", name=TITLE["en"]).count() == 1
    assert reader.url.endswith("/en/search")


def test_by_keyboard_alone_a_draft_is_made_and_saved(new_page, site):
    page = new_page("ja")
    page.goto("/login")
    press_until(page, "#username")
    page.keyboard.type("hanako")
    press_until(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    page.goto("/records/new")
    press_until(page, "#title-ja")
    page.keyboard.insert_text("鍵盤だけで書いた題")
    press_until(page, "form.panel button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit**")
    press_until(page, "[name='/description/ja']", 120)
    page.keyboard.insert_text("鍵盤だけで書いた説明です。")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        page.keyboard.press("Control+s")
    page.locator("[data-saved]", has_text="保存").wait_for()
    page.wait_for_load_state("networkidle")  # a save of the pause in typing may follow the one that was asked for
    page.reload()
    assert page.locator("[name='/description/ja']").input_value() == "鍵盤だけで書いた説明です。"


def test_the_first_tab_offers_to_skip_to_the_content(new_page, site):
    page = new_page("en")
    page.goto("/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a.skip')")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


OPEN_PAGES = ["/", "/search?q=温度", "/search?q=zzzz", "/records/{record}", "/records/{record}/v/1", "/records/{record}/history", "/login",
              "/password/forgot", "/projects", "/projects/{project}", "/organisations/{organisation}", "/about/terms", "/about/accessibility"]  # fmt: skip
OWN_PAGES = ["/work", "/account", "/records/new", "/records/{record}/access", "/records/{record}/withdraw", "/records/{record}/new-version",
             "/records/{draft}/edit", "/records/{draft}/edit?check=1", "/records/{draft}/publish", "/records/{draft}/preview", "/records/{draft}/discard",
             "/records/{draft}/history"]  # fmt: skip


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_readable_by_everyone(new_page, site, published, axe, lang, width):
    prefix = "" if lang == "ja" else "/en"
    reader = new_page(lang, width=width)
    known = {"record": published, "project": site.project, "organisation": site.organisation}
    found = [fault for address in OPEN_PAGES for fault in faults(axe, reader, prefix + address.format(**known))]
    page = new_page(lang, width=width)
    sign_in(page, prefix)
    known["draft"] = site.izumi(
        "record", "new", "--set", "title{ja}=調べるための下書き", "--project", site.project, "--as", "hanako"
    )["id"]
    found += [fault for address in OWN_PAGES for fault in faults(axe, page, prefix + address.format(**known))]
    assert found == []


def test_a_page_that_is_not_there_says_so_in_both_languages(new_page, site, axe):
    for lang, prefix in (("ja", ""), ("en", "/en")):
        page = new_page(lang)
        page.expected_failures.add(404)
        assert faults(axe, page, f"{prefix}/records/aaaaa-aaaaa") == []
        assert page.locator("html").get_attribute("lang") == lang
