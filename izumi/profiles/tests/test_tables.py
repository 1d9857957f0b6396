"""The Moonshot table: official headings in order, one row per document, in both languages."""

from __future__ import annotations

import json

import pytest

from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text
from izumi.profiles import queries
from izumi.profiles.loader import INSTALLED
from izumi.profiles.rules import merge_patch

SHARED = json.loads((INSTALLED / "moonshot/tests/good/shared.json").read_text("utf-8"))
EMBARGOED = json.loads((INSTALLED / "moonshot/tests/good/embargoed.json").read_text("utf-8"))


def cell(document: dict, column: str, lang: str = "ja", facts: dict | None = None) -> str:
    view = queries.table_view("moonshot")
    row = queries.table_row(view, document, lang, facts)
    return row[[one.id for one in view.columns].index(column)]


def test_the_headings_are_the_official_ones_with_the_policy_over_two_columns():
    assert queries.table_view("moonshot").header("ja") == (
        ("ムーンショット目標", "データNo", "データの名称", "データの説明", "管理者", "連絡先", "データの所在場所", "データ管理方針", "", "その他"),
        ("", "", "", "", "", "", "", "公開・共有の方針", "利活用・提供の方針", ""),
    )
    above, below = queries.table_view("moonshot").header("en")
    assert above[7:] == ("Data management policy", "", "Other")
    assert below[7:9] == ("Policy on opening and sharing", "Policy on use and provision")


def test_a_document_is_one_row():
    assert queries.table_row(queries.table_view("moonshot"), SHARED, "ja") == (
        "目標4 地球環境の再生に向けた架空の目標",
        "1",
        "都市近郊水田における温室効果ガス削減土壌のメタゲノム解析データ",
        "一酸化二窒素を還元する微生物を含む水田土壌 48 試料のショットガンメタゲノム配列と、採取地点の土壌物性です。",
        "国立大学法人青葉台大学／研究データ管理室",
        "国立大学法人青葉台大学 研究データ管理室、data@aobadai.example.ac.jp",
        "青葉台大学研究データ／https://data.aobadai.example.ac.jp/",
        "共有／理由：契約による制限がある／メタデータ：公開",
        "無償／ライセンスなし／プロジェクト内での利用に限ります。／引用方法等：謝辞に課題番号を記載してください。",
        "プロジェクト終了後は所属機関が保存します。",
    )


def test_the_row_speaks_english_where_the_document_does():
    row = queries.table_row(queries.table_view("moonshot"), SHARED, "en")
    assert row[0] == "Goal 4 地球環境の再生に向けた架空の目標"
    assert row[2] == "Metagenomes of greenhouse-gas-reducing paddy soils"
    assert row[4] == "Aobadai National University Corporation / Research Data Office"
    assert row[7] == "restricted access / because: Restricted by a contract / metadata: open access"


def test_the_day_of_opening_stands_in_it_only_while_an_embargo_waits_for_it():
    assert cell(EMBARGOED, "access_policy") == "公開期間猶予／公開予定日：2027-10-01／理由：新規性を守るため／メタデータ：公開"
    opened = merge_patch(EMBARGOED, {"access": {"class": "open"}})
    assert cell(opened, "access_policy") == "公開／メタデータ：公開"


def test_a_manager_named_only_by_the_contact_is_the_contacts_organisation():
    document = merge_patch(SHARED, {"manager": {"name": None}, "hosting_organisation": None})
    assert cell(document, "manager") == "国立大学法人青葉台大学 研究データ管理室"


def test_a_manager_that_is_the_institution_is_named_once():
    document = merge_patch(SHARED, {"manager": {"name": {"ja": "国立大学法人青葉台大学", "en": ""}}})
    assert cell(document, "manager") == "国立大学法人青葉台大学"


def test_facts_stand_in_for_what_the_document_does_not_say_and_never_before_it():
    bare = merge_patch(SHARED, {"repository": {"url": None}, "profiles": None})
    facts = {"/repository/url": "https://data.example.jp/records/1", "/profiles/moonshot/goal_title": {"ja": "架空の目標"}}
    assert cell(bare, "place", facts=facts) == "青葉台大学研究データ／https://data.example.jp/records/1"
    assert cell(bare, "goal", facts=facts) == "架空の目標"
    assert cell(SHARED, "place", facts=facts) == "青葉台大学研究データ／https://data.aobadai.example.ac.jp/"
    with_doi = merge_patch(bare, {"identifiers": [{"scheme": "DOI", "value": "10.5072/abc"}]})
    assert cell(with_doi, "place", facts=facts) == "青葉台大学研究データ／https://doi.org/10.5072/abc"
    assert bare.get("profiles") is None


def test_an_empty_document_is_a_row_of_empty_cells():
    assert queries.table_row(queries.table_view("moonshot"), {}, "ja") == ("",) * 10


@pytest.mark.parametrize("document", [{"profiles": {"moonshot": {"goal": 2, "goal_title": ["x"]}}}, {"profiles": {"moonshot": {"goal": {"a": 1}}}}])
def test_odd_items_of_the_profile_do_not_make_a_row_stumble(document):
    assert len(queries.table_row(queries.table_view("moonshot"), document, "en")) == 10


def test_an_unknown_table_is_not_there():
    with pytest.raises(NotThere):
        queries.table_view("nonsense")


def test_a_goal_of_the_programme_never_stands_twice_in_a_row() -> None:
    view = queries.table_view("moonshot")
    facts = queries.goal_facts(Text({"ja": "目標2：架空の目標"}))
    assert facts == {"/profiles/moonshot/goal": "2", "/profiles/moonshot/goal_title": {"ja": "架空の目標"}}
    named = queries.table_row(view, {"profiles": {"moonshot": {"goal": "2"}}}, "ja", facts)
    assert named[0] == queries.table_row(view, {}, "ja", facts)[0]
    assert named[0].count("目標2") == 1
