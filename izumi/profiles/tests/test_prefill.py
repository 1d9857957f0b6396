"""What the site knows is not asked again, and each filled part says where it comes from."""

from __future__ import annotations

from datetime import date

import pytest

from izumi.kernel.text import both
from izumi.profiles import queries, rules
from izumi.profiles.prefill import creator
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
