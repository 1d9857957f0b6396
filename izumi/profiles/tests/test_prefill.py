"""What the site knows is not asked again, and each filled part says where it comes from."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from izumi.kernel.text import Text, both
from izumi.profiles import queries, rules
from izumi.profiles.loader import INSTALLED
from izumi.profiles.pointers import MISSING
from izumi.profiles.prefill import creator, goal_number, goal_title
from izumi.profiles.types import Context, Known, OrganisationFacts, PersonFacts, ProjectFacts, SiteFacts

UNIVERSITY = OrganisationFacts(
    name=both("国立大学法人青葉台大学", "Aobadai National University Corporation"),
    ror="https://ror.org/057zh3y96",
    address=both("宮城県青葉台市学園 1-1", "1-1 Gakuen, Aobadai"),
    phone="022-000-0000",
    licence="CC-BY-4.0",
)
OFFICE = OrganisationFacts(name=both("研究データ管理室", "Research Data Office"), email="data@aobadai.example.ac.jp")
FUJIMOTO = PersonFacts(
    name={"ja": {"family": "藤本", "given": "紗季"}, "en": {"family": "Fujimoto", "given": "Saki"}},
    identifiers=(("e-Rad_Researcher", "90000015"),),
    email="fujimoto@aobadai.example.ac.jp",
)
PROJECT = ProjectFacts(
    title=both("不純物許容アルミ合金", "Impurity-tolerant aluminium"), research_field="489", funder_code="NEDO",
    award_number="JPNP99016", programme_code="NP99", next_data_number="7",
)  # fmt: skip
SITE = SiteFacts(name=both("青葉台大学研究データ", "Aobadai Research Data"), url="https://data.aobadai.example.ac.jp")
ALL = Known(organisation=UNIVERSITY, department=OFFICE, person=FUJIMOTO, projects=(PROJECT,), site=SITE, record_id="3t8kq-m2xwd")


def test_what_the_researcher_types_beside_the_known_facts_is_enough_to_publish():
    document, _ = queries.prefill(ALL)
    typed = {
        "title": {"ja": "再生 AC4CH 鋳造材の EBSD 結晶方位マップ"},
        "description": {"ja": "Fe 量を 4 水準に変えた鋳造材を EBSD で測定した結晶方位マップです。"},
        "access": {"class": "open"},
    }
    assert "url" not in document["repository"]
    whole = rules.merge_patch(document, typed)
    assert rules.shape(whole) == (whole, ())
    context = Context(today=date(2026, 11, 21), publicly_funded=True, project_numbers=frozenset({"JPNP99016"}))
    assert queries.findings(whole, step="publish", context=context) == ()


def test_each_filled_part_names_its_source():
    document, sources = queries.prefill(ALL)
    tags = {pointer: source["ja"] for pointer, source in sources.items()}
    assert tags == {
        "/creators": "アカウント",
        "/hosting_organisation": "所属",
        "/publisher": "所属",
        "/manager": "所属",
        "/contact": "所属",
        "/terms/licence": "所属",
        "/funding": "プロジェクト",
        "/field": "プロジェクト",
        "/data_number": "プロジェクト",
        "/repository/name": "サイト",
        "/type": "初期値",
        "/terms/fee": "初期値",
        "/access/metadata_class": "初期値",
    }
    assert all(rules.value_at(document, pointer) for pointer in sources)


def test_offices_come_before_people_and_carry_the_name_of_their_organisation():
    document, _ = queries.prefill(ALL)
    assert document["manager"] == {"name": {"ja": "研究データ管理室", "en": "Research Data Office"}, "organisation": True}
    assert document["contact"] == {
        "organisation": {
            "ja": "国立大学法人青葉台大学 研究データ管理室",
            "en": "Research Data Office, Aobadai National University Corporation",
        },
        "email": "data@aobadai.example.ac.jp",
    }


def test_a_funder_known_by_code_brings_its_official_names_and_numbers():
    document, _ = queries.prefill(Known(projects=(PROJECT,)))
    assert document["funding"][0]["funder"] == {
        "name": {
            "ja": "国立研究開発法人新エネルギー・産業技術総合開発機構",
            "en": "New Energy and Industrial Technology Development Organization",
        },
        "ror": "https://ror.org/0055k7a87",
        "erad_code": "1305",
    }


def test_a_person_is_the_contact_only_where_no_office_can_be_reached():
    unreachable = OrganisationFacts(name=both("株式会社架空", "Kaku Inc."))
    document, sources = queries.prefill(Known(organisation=unreachable, person=FUJIMOTO))
    assert document["contact"] == {"organisation": {"ja": "株式会社架空", "en": "Kaku Inc."}, "email": "fujimoto@aobadai.example.ac.jp"}
    assert sources["/contact"]["en"] == "Account"


def test_nothing_is_guessed_when_nothing_is_known():
    document, _ = rules.prefill(Known())
    assert document == {"type": "dataset", "terms": {"fee": "free"}, "access": {"metadata_class": "open"}}


def test_without_a_number_of_the_project_the_record_identifies_its_data():
    document, _ = rules.prefill(Known(record_id="3t8kq-m2xwd"))
    assert document["data_number"] == "3t8kq-m2xwd"


def test_a_project_without_a_grant_brings_no_funding():
    document, _ = queries.prefill(Known(projects=(ProjectFacts(title=both("学内研究", "Own research"), publicly_funded=False),)))
    assert "funding" not in document


@pytest.mark.parametrize(
    ("number", "erad_code"),
    [("JPMJMS2011", "1020"), ("ＪＰＭＪＭＳ２０１１", "1020"), ("JP24K00366", "1025"), ("JPMEERF12345678", "1502"), ("JPNP99016", "1305"), ("X-1", None)],
)
def test_a_grant_number_tells_its_funder_where_nothing_else_does(number, erad_code):
    project = ProjectFacts(title=both("架空", "Invented"), award_number=number)
    entry = queries.prefill(Known(projects=(project,)))[0]["funding"][0]
    assert entry.get("funder", {}).get("erad_code") == erad_code
    assert entry["award_number"] == number


@pytest.mark.parametrize(
    ("lang", "name", "told"),
    [
        ("ja", "見本 あおい", {"family": "見本", "given": "あおい"}),
        ("ja", "見本　あおい", {"family": "見本", "given": "あおい"}),
        ("en", "Aoi Mihon", {"family": "Mihon", "given": "Aoi"}),
        ("en", "Mihon, Aoi", {"family": "Mihon", "given": "Aoi"}),
        ("ja", "見本あおい", "見本あおい"),
        ("en", "Mihon", "Mihon"),
    ],
)
def test_the_name_of_an_account_is_given_in_its_parts(lang, name, told):
    assert creator(PersonFacts(name={lang: name}), None)["name"] == {lang: told}


SOIL = json.loads((INSTALLED / "moonshot/tests/entries/soil_metagenomes.json").read_text("utf-8"))
TEN = json.loads((INSTALLED / "common/tests/entries/kakenhi_ten_items.json").read_text("utf-8"))
GOAL = both("目標4：地球環境の再生に向けた架空の目標", "Goal 4: an invented goal")
MOONSHOT = replace(PROJECT, programme=both("ムーンショット型研究開発事業", "Moonshot R&D Program"), goal=GOAL, profiles=("moonshot",))
BOTH = ("common", "moonshot")


def test_a_moonshot_entry_fills_twenty_four_fields_of_the_form_and_more():
    document, sources = queries.prefill(replace(ALL, projects=(MOONSHOT,), entry=SOIL))
    filled = [
        "/title", "/description", "/field", "/type", "/data_number", "/size/approximate",
        "/access/class", "/access/available_on", "/access/opens", "/access/reasons", "/access/metadata_class",
        "/terms/fee", "/terms/licence", "/terms/citation",
        "/creators", "/hosting_organisation", "/manager", "/contact", "/funding",
        "/repository/name", "/publisher", "/after_project/keep_until",
        "/profiles/moonshot/goal", "/profiles/moonshot/goal_title",
    ]  # fmt: skip
    shown = [one.pointer for one in queries.form(*BOTH).fields]
    assert [pointer for pointer in shown if is_filled(document, pointer)] == sorted(filled, key=shown.index)
    assert queries.prefilled_count(document, BOTH) == 24
    assert [pointer for pointer in filled if pointer not in sources] == []


def test_a_whole_moonshot_entry_needs_nobody_to_be_responsible_yet():
    entry = {
        **SOIL,
        "creators": [{"name": {"ja": {"family": "見本", "given": "あおい"}}}],
        "contact": {"email": "soil@aobadai.example.ac.jp"},
        "remarks": {"ja": "プロジェクト終了後は所属機関が保存します。"},
        "repository": {"name": {"ja": "架空の土壌データベース"}, "url": "https://soil.example.jp/"},
    }
    known = Known(organisation=OrganisationFacts(name=UNIVERSITY.name), projects=(MOONSHOT,), site=SITE, entry=entry)
    document, _ = queries.prefill(known)
    assert document["repository"]["name"] == {"ja": "架空の土壌データベース"}
    assert queries.prefilled_count(document, BOTH) == 26


def is_filled(document: dict, pointer: str) -> bool:
    return rules.value_at(document, pointer) not in (None, "", [], {}, MISSING)


def test_the_draft_of_a_moonshot_entry_can_be_published_as_it_is():
    document, _ = queries.prefill(replace(ALL, projects=(MOONSHOT,), entry=SOIL))
    assert rules.shape(document) == (document, ())
    context = Context(today=date(2026, 11, 21), publicly_funded=True, project_numbers=frozenset({"JPNP99016"}))
    assert queries.findings(document, step="publish", profiles=BOTH, context=context) == ()


def test_the_entry_comes_before_what_the_site_knows_item_by_item():
    entry = {
        "title": {"ja": "聞き取り調査"}, "field": "900", "terms": {"licence": "CC0-1.0"}, "access": {"metadata_class": "shared"},
        "manager": {"name": {"ja": "人文学部"}, "organisation": True}, "profiles": {"moonshot": {"goal": "2"}, "weather": {"a/b": 1}},
    }  # fmt: skip
    document, sources = queries.prefill(replace(ALL, projects=(MOONSHOT,), entry=entry))
    assert (document["field"], document["terms"], document["access"]) == ("900", {"licence": "CC0-1.0", "fee": "free"}, {"metadata_class": "shared"})
    assert document["manager"] == {"name": {"ja": "人文学部"}, "organisation": True}
    assert document["profiles"] == {
        "moonshot": {"goal": "2", "goal_title": {"ja": "地球環境の再生に向けた架空の目標", "en": "an invented goal"}}, "weather": {"a/b": 1},
    }  # fmt: skip
    told = {pointer: source["en"] for pointer, source in sources.items()}
    plan = {pointer for pointer, source in told.items() if source == "Plan"}
    assert plan == {
        "/title", "/field", "/terms/licence", "/access/metadata_class", "/manager", "/profiles/moonshot/goal", "/profiles/weather",
    }  # fmt: skip
    assert (told["/terms/fee"], told["/profiles/moonshot/goal_title"], told["/contact"]) == ("Default", "Project", "Affiliation")
    assert sources["/title"]["ja"] == "計画"


def test_ten_items_of_kakenhi_are_all_there_with_everything_the_project_knows():
    project = ProjectFacts(
        title=both("災害の記憶", "Memories of disasters"), research_field="900", funder_code="JSPS", award_number="JP24K00366",
    )  # fmt: skip
    document, sources = queries.prefill(replace(ALL, projects=(project,), entry=TEN))
    of_the_plan = ["/title", "/description", "/data_number", "/contributors", "/manager", "/access/class", "/access/conditions", "/access/requests", "/repository/url"]
    assert sorted(pointer for pointer, source in sources.items() if source["en"] == "Plan") == sorted(of_the_plan)
    assert document["contributors"] == [{"role": "data_collector", "name": {"ja": {"family": "見本", "given": "あおい"}}}]
    assert document["funding"][0]["award_number"] == "JP24K00366"
    assert document["field"] == "900"
    assert queries.prefilled_count(document) == 20
    assert "planned" not in document
    assert "原本" not in json.dumps(document, ensure_ascii=False)


def test_of_the_promises_only_size_and_the_end_of_an_embargo_reach_the_metadata():
    planned = {"register_by": "2027-01-01", "publish_on": "2027-04-01", "size_bytes": 5, "responsible": "x", "editors": ["y"]}
    entry = {"id": "3t8kq-m2xwd", "planned": planned, "unmapped": [{"path": "/x"}], "record": "r", "access": {"class": "embargoed"}}
    document, sources = queries.prefill(Known(entry=entry))
    assert document == {
        "access": {"class": "embargoed", "available_on": "2027-04-01", "metadata_class": "open"}, "size": {"approximate": "<1GB"},
        "type": "dataset", "terms": {"fee": "free"},
    }  # fmt: skip
    assert sources["/access/available_on"] == sources["/size/approximate"] == both("計画", "Plan")
    day_given = {**entry, "access": {"class": "embargoed", "available_on": "2028-04-01"}, "size": {"approximate": "3GB"}}
    document, _ = queries.prefill(Known(entry=day_given))
    assert (document["access"]["available_on"], document["size"]) == ("2028-04-01", {"approximate": "3GB"})
    document, _ = queries.prefill(Known(entry={**entry, "access": {"class": "open"}}))
    assert "available_on" not in document["access"]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({}, {"metadata_class": "open"}),
        ({"access": {"class": "open"}, "planned": {"publish_on": "2027-04-01"}}, {"class": "open", "metadata_class": "open"}),
        (
            {"access": {"class": "embargoed", "metadata_class": "shared"}, "planned": {"publish_on": "2027-04-01"}},
            {"class": "embargoed", "metadata_class": "shared", "available_on": "2027-04-01"},
        ),
        (
            {"access": {"class": "shared", "scopes": ["project:3t8kq-m2xwd"], "disclosure": {"/contact/email": "shared"}}},
            {"class": "shared", "scopes": ["project:3t8kq-m2xwd"], "disclosure": {"/contact/email": "shared"}, "metadata_class": "open"},
        ),
    ],
)
def test_the_access_statement_with_which_a_draft_of_an_entry_begins(entry, told):
    assert rules.entry_access(entry) == told
    assert queries.prefill(replace(ALL, projects=(MOONSHOT,), entry=entry))[0]["access"] == told


@pytest.mark.parametrize(
    ("size_bytes", "told"),
    [
        (1, "<1GB"), (999_999_999, "<1GB"), (10**9, "1-10GB"), (10**10 - 1, "1-10GB"), (10**10, "10-100GB"),
        (10**11 - 1, "10-100GB"), (10**11, ">100GB"), (10**15, ">100GB"), (0, None), (-1, None), (True, None), ("5", None),
    ],
)  # fmt: skip
def test_the_planned_size_is_told_by_its_official_class(size_bytes, told):
    document, _ = queries.prefill(Known(entry={"planned": {"size_bytes": size_bytes}}))
    assert document.get("size", {}).get("approximate") == told


def test_the_plan_stays_as_it_is_when_its_draft_changes():
    entry = {"creators": [{"name": {"ja": "見本"}}], "access": {"reasons": [{"code": "patent"}]}}
    document, _ = queries.prefill(Known(entry=entry))
    document["creators"][0]["name"]["ja"] = "別人"
    document["access"]["reasons"].append({"code": "contract"})
    assert entry == {"creators": [{"name": {"ja": "見本"}}], "access": {"reasons": [{"code": "patent"}]}}


def test_the_depositors_own_institution_named_by_the_plan_gets_its_number():
    entry = {"hosting_organisation": {"name": {"ja": "国立大学法人青葉台大学"}}}
    assert queries.prefill(replace(ALL, entry=entry))[0]["hosting_organisation"] == {
        "name": {"ja": "国立大学法人青葉台大学"}, "ror": "https://ror.org/057zh3y96",
    }  # fmt: skip
    other = {"hosting_organisation": {"name": {"ja": "株式会社架空"}}}
    assert queries.prefill(replace(ALL, entry=other))[0]["hosting_organisation"] == {"name": {"ja": "株式会社架空"}}


@pytest.mark.parametrize(
    ("goal", "number", "title"),
    [
        (both("目標2：架空", "Goal 2: invented"), "2", {"ja": "架空", "en": "invented"}),
        (both("ムーンショット目標１０　架空", "Moonshot Goal 10 – invented"), "10", {"ja": "架空", "en": "invented"}),
        ({"ja": "4"}, "4", {}),
        ({"ja": "2050年までに架空"}, "", {"ja": "2050年までに架空"}),
        ({"ja": "目標11 架空"}, "", {"ja": "目標11 架空"}),
        ({"ja": "架空の目標"}, "", {"ja": "架空の目標"}),
        ({}, "", {}),
    ],
)
def test_the_number_of_a_goal_is_read_from_its_beginning(goal, number, title):
    assert (goal_number(Text(goal)), goal_title(Text(goal))) == (number, title)


def test_a_pack_that_is_not_in_force_fills_nothing():
    document, _ = queries.prefill(replace(ALL, projects=(replace(MOONSHOT, profiles=()),)))
    assert "profiles" not in document
