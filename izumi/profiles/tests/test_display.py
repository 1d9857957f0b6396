"""The landing page's rows: official labels for codes, links where there are addresses, the other language marked."""

from __future__ import annotations

import json
from datetime import date

import pytest

from izumi.profiles import queries
from izumi.profiles.loader import INSTALLED
from izumi.profiles.members import ENGINE_RULES
from izumi.profiles.types import Context


@pytest.fixture
def full() -> dict:
    return json.loads((INSTALLED / "common/tests/good/full_bilingual.json").read_text("utf-8"))


def values(document: dict, lang: str, **facts) -> dict[str, list[tuple[str, str, str]]]:
    sections = queries.display(document, lang, facts={key.replace("__", "/"): value for key, value in facts.items()})
    return {row.label: [(v.text, v.lang, v.href) for v in row.values] for one in sections for row in one.rows}


def test_coded_values_show_their_official_labels_and_link_to_their_terms(full):
    shown = values(full, "ja")
    assert shown["アクセス権"] == [("公開", "", "http://purl.org/coar/access_right/c_abf2")]
    assert shown["データの分野"] == [("ナノテク・材料", "", "https://www.e-rad.go.jp/code/Fields/489")]
    assert shown["データ種別"] == [("測定・評価データ", "", "http://purl.org/coar/resource_type/DD58-GFSX")]
    assert shown["有償/無償"] == [("無償", "", "")]
    assert values(full, "en")["Access rights"] == [("open access", "", "http://purl.org/coar/access_right/c_abf2")]


def test_names_follow_the_order_of_their_language(full):
    assert values(full, "ja")["データ作成者"] == [("藤本 紗季", "", "https://orcid.org/0000-0002-1825-0097")]
    assert values(full, "en")["Creator Name"] == [("Saki Fujimoto", "", "https://orcid.org/0000-0002-1825-0097")]


def test_a_text_without_the_page_language_says_which_language_it_is(full):
    del full["title"]["en"]
    assert values(full, "en")["Data Title"] == [("再生 AC4CH 鋳造材の EBSD 結晶方位マップ（Fe 4 水準）", "ja", "")]


def test_contact_funding_relations_and_places_become_plain_lines(full):
    shown = values(full, "ja")
    assert ("022-000-0000", "", "tel:0220000000") in shown["データ管理者の連絡先"]
    assert ("data@aobadai.example.ac.jp", "", "mailto:data@aobadai.example.ac.jp") in shown["データ管理者の連絡先"]
    assert shown["資金"] == [
        (
            "国立研究開発法人新エネルギー・産業技術総合開発機構／資源循環プログラム（架空）／不純物許容アルミ合金による資源循環の実現（JPNP99016）",
            "",
            "https://ror.org/0055k7a87",
        )
    ]
    assert shown["関連する論文・データ"] == [("https://doi.org/10.5072/paper.2026.11", "", "https://doi.org/10.5072/paper.2026.11")]
    assert shown["取得などの日付"] == [("2026-04〜2026-09", "", "")]
    assert [text for text, _, _ in shown["対象の場所"]] == ["青葉台大学", "採取地域", "測線"]


def test_days_and_sizes_that_the_system_keeps_are_shown_when_given(full):
    del full["size"]
    shown = values(full, "ja", __posted_on="2026-11-21", __updated_on="2026-12-01", __size__bytes=96_400_000_000)
    assert shown["掲載日・掲載更新日"] == [("2026-11-21", "", ""), ("2026-12-01", "", "")]
    assert shown["概略データ量"] == [("96.4 GB", "", "")]


def test_only_filled_items_are_shown_and_odd_values_break_nothing():
    assert queries.display({}, "ja") == ()
    odd = {"field": "490", "access": {"class": "x", "reasons": ["novelty"]}, "identifiers": [{}], "creators": [{}, {"name": {}}],
           "contact": {"email": "?"}, "funding": [{}], "coverage": {"places": [{"point": []}]}, "dates": [{"value": "soon"}]}  # fmt: skip
    shown = values(odd, "ja")
    assert shown["データの分野"] == [("490", "", "")]
    assert shown["公開しない理由"] == [("新規性を守るため", "", "")]
    assert shown["取得などの日付"] == [("soon", "", "")]


def test_no_link_leads_to_a_script():
    document = {"repository": {"url": "javascript:alert(1)"}, "keywords": [{"text": {"ja": "x"}, "uri": "javascript:alert(1)"}],
                "identifiers": [{"scheme": "URL", "value": "javascript:alert(1)", "uri": "data:text/html,x"}],
                "relations": [{"relation": "Cites", "scheme": "URL", "identifier": "javascript:alert(1)"}]}  # fmt: skip
    hrefs = [v.href for section in queries.display(document, "en") for row in section.rows for v in row.values]
    assert [href for href in hrefs if href] == []


def test_every_member_of_a_full_document_has_a_label_of_its_own(full):
    unnamed = []

    def walk(value, pointer):
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, f"{pointer}/{name}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, f"{pointer}/{index}")
        elif queries.label(pointer) == queries.label(""):
            unnamed.append(pointer)

    walk(full, "")
    assert unnamed == []
    assert queries.label("/creators/0/name/ja/family") == {"ja": "姓", "en": "Family name"}
    assert queries.label("/title/en") == {"ja": "データの名称", "en": "Data Title"}


def test_completeness_counts_the_obligatory_items(full):
    context = Context(today=date(2026, 11, 21))
    assert tuple(queries.completeness(full, context=context)) == (13, 13)
    assert tuple(queries.completeness({}, context=context)) == (0, 12)
    part = queries.completeness({"title": {"ja": "水質の観測データ"}, "access": {"class": "embargoed"}}, context=context)
    assert tuple(part) == (2, 13)
    assert part.missing[0].pointer == "/description"


def test_the_facets_are_named_and_point_into_the_document():
    assert {one.name: one.pointer for one in queries.facets()} == {
        "field": "/field", "type": "/type", "access": "/access/class", "licence": "/terms/licence", "creator": "/creators",
        "organisation": "/hosting_organisation", "funder": "/funding/*/funder", "keyword": "/keywords", "language": "/languages",
        "moonshot_goal": "/profiles/moonshot/goal",
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_reference_page_names_every_rule_item_and_term(lang):
    page = queries.reference(lang)
    pack = queries.pack("common")
    assert [rule.id for rule in pack.rules if f"`{rule.id}`" not in page] == []
    assert [one.pointer for one in pack.fields if f"`{one.pointer}`" not in page] == []
    assert [rule for rule in ENGINE_RULES if f"`{rule}`" not in page] == []
    assert page.count("](../sources.md#") > 100


def test_languages_are_told_by_name(full):
    full["languages"] = ["ja", "en", "tlh"]
    assert values(full, "ja")["データの言語"] == [("日本語", "", ""), ("英語", "", ""), ("tlh", "", "")]
    assert values(full, "en")["Languages of the data"][0] == ("Japanese", "", "")


def test_the_doi_of_the_data_is_their_link_and_no_other_identifier(full):
    full["repository"] = {"name": {"ja": "いずみ"}}
    full["identifiers"] = [{"scheme": "DOI", "value": "10.5072/abc"}, {"scheme": "HDL", "value": "2237/00032309"}]
    shown = values(full, "ja")
    assert shown["リポジトリURL・DOIリンク"] == [("https://doi.org/10.5072/abc", "", "https://doi.org/10.5072/abc")]
    assert [text for text, _, _ in shown["ほかの識別子"]] == ["2237/00032309"]
