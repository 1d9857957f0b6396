"""Template tags: words in the page's language, addresses that keep it, values written alike everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.test import RequestFactory

from izumi.kernel.findings import Finding
from izumi.kernel.text import both
from izumi.web import words


def shown(source: str, path: str = "/search", lang: str = "ja", **context) -> str:
    request = RequestFactory().get(path)
    request.lang, request.person = lang, None
    return engines["django"].from_string("{% load izumi %}" + source).render(context, request).strip()


def test_the_address_alone_decides_the_language():
    assert shown('{% t "さがす" "Search" %}') == "さがす"
    assert shown('{% t "さがす" "Search" %}', lang="en") == "Search"


def test_facts_in_a_text_are_escaped():
    assert shown('{% t "{name} を消す" "Remove {name}" name=name %}', name="<b>x</b>") == "&lt;b&gt;x&lt;/b&gt; を消す"


@pytest.mark.parametrize(("n", "told"), [(1, "1 file"), ("1", "1 file"), (0, "0 files"), (2, "2 files")])
def test_english_counts(n, told):
    assert shown('{% t "{n} ファイル" "{n} [file|files]" n=n %}', lang="en", n=n) == told


def test_a_value_without_the_reader_s_language_says_so():
    assert shown("{% text value %}", value={"en": "Water"}) == '<span lang="en">Water</span> <span class="tag">英語のみ</span>'
    assert shown("{% text value %}", lang="en", value={"ja": "水"}) == '<span lang="ja">水</span> <span class="tag">Japanese only</span>'
    assert shown("{% text value %}", value={"ja": "<水>", "en": "Water"}) == "&lt;水&gt;"


def test_addresses_keep_the_language():
    assert shown('{% href "/records/" id %}', id="abcde-fghjk") == "/records/abcde-fghjk"
    assert shown('{% href "/records/" id %}', lang="en", id="abcde-fghjk") == "/en/records/abcde-fghjk"


def test_the_switch_keeps_page_and_query():
    assert shown("{% other_language %}", path="/search?q=%E6%B0%B4&page=2") == "/en/search?q=%E6%B0%B4&amp;page=2"
    assert shown("{% other_language %}", path="/en/search?q=a", lang="en") == "/search?q=a"


def test_a_query_is_changed_without_losing_the_rest():
    assert shown("{% query page=3 q=None %}", path="/search?q=a&page=2&type=x&type=y") == "?type=x&amp;type=y&amp;page=3"


@pytest.mark.parametrize(
    ("size", "told"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (84_321, "84 kB"), (1_234_567_890, "1.2 GB"), (999_999, "1 MB"), (None, "–")],
)
def test_sizes_are_decimal(size, told):
    assert words.bytes_in_words(size) == told


def test_days_and_moments_are_in_japan_time():
    late = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    assert words.day_in_words(late) == "2026-11-21"
    assert words.moment_in_words(late) == "2026-11-21 00:30"
    assert words.day_in_words(date(2027, 4, 1)) == "2027-04-01"
    assert words.moment_in_words("2026-11-20T15:30:00+00:00") == "2026-11-21 00:30"


def test_names_follow_the_order_of_the_language():
    person = {"name": {"ja": {"family": "藤本", "given": "紗季"}, "en": {"family": "Fujimoto", "given": "Saki"}}}
    assert shown("{% names people %}", people=[person]) == "藤本 紗季"
    assert shown("{% names people %}", lang="en", people=[person]) == "Saki Fujimoto"
    assert shown("{% names people 1 %}", people=[person, person, person]) == "藤本 紗季 ほか 2 名"
    kana = {"name": {"ja": "藤本 紗季", "ja-Kana": "ふじもと さき"}}
    assert shown("{% names people %}", people=[kana]) == '<span lang="ja" title="ふじもと さき">藤本 紗季</span>'


def test_a_badge_says_the_official_label_and_the_day():
    assert "公開期間猶予　2027-04-01 に公開" in shown('{% access_badge "embargoed" day %}', day="2027-04-01")
    assert 'class="badge is-open"' in shown('{% access_badge "open" %}')


def test_an_embargo_that_waits_for_a_person_promises_no_day():
    assert "公開期間猶予　公開予定日 2027-04-01" in shown('{% access_badge "embargoed" day "confirm" %}', day="2027-04-01")
    assert "確認すると" in shown('{% access_words "embargoed" "confirm" %}')
    assert "確認" not in shown('{% access_words "embargoed" "auto" %}')


def test_an_access_class_that_is_not_decided_says_so():
    assert "アクセス権が未定" in shown('{% access_badge "" %}')


def test_findings_link_to_their_field():
    found = Finding(rule="r", severity="error", pointer="/title/ja", message=both("名称がありません。", "No title."))
    told = shown("{% finding_list found %}", found=[found])
    assert 'href="#f-title-ja"' in told and "名称がありません。" in told and "直してください" in told


def test_static_files_carry_their_digest():
    assert shown('{% asset "izumi.css" %}').startswith("/static/izumi.css?v=")
