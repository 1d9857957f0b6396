"""A second pack in force: its items on the form, its rules, labels, schema, and what it says about common items."""

from __future__ import annotations

import json
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from izumi.profiles import queries
from izumi.profiles.loader import INSTALLED
from izumi.profiles.rules import merge_patch, shape
from izumi.profiles.types import Context

TODAY = Context(today=date(2026, 11, 21))
SHARED = json.loads((INSTALLED / "moonshot/tests/good/shared.json").read_text("utf-8"))
COMMON = json.loads((INSTALLED / "common/tests/good/full_bilingual.json").read_text("utf-8"))
BOTH = ("common", "moonshot")


def test_the_form_of_both_packs_is_one_with_each_place_once():
    form = queries.form(*BOTH)
    places = [one.pointer for one in form.fields]
    assert len(places) == len(set(places))
    assert form.sections[-1].id == "moonshot"
    assert [one.pointer for one in form.sections[-1].fields] == ["/profiles/moonshot/goal", "/profiles/moonshot/goal_title"]
    assert (form.profile, queries.form().sections[-1].id) == ("common", "detail")


def test_what_moonshot_says_about_a_common_item_stands_at_that_item():
    section = next(one for one in queries.form(*BOTH).sections if one.id == "access")
    item = next(one for one in section.fields if one.pointer == "/access/metadata_class")
    assert (item.obligation, item.rules) == ("required", ("moonshot-metadata-class-missing",))
    assert item.inputs[0].vocabulary == "metadata-classes"
    alone = next(one for one in queries.form().fields if one.pointer == "/access/metadata_class")
    assert alone.obligation == "optional"


def test_a_pack_that_this_site_does_not_have_is_left_out_of_the_form():
    assert queries.form("common", "weather") == queries.form("common")


def test_its_items_are_obligatory_only_where_it_is_in_force():
    def rules(*profiles: str) -> list[str]:
        return [f.rule for f in queries.findings(COMMON, step="publish", profiles=profiles, context=TODAY) if f.blocks]

    assert rules("common") == []
    assert rules(*BOTH) == ["moonshot-goal-missing"]


def test_completeness_counts_its_items_and_each_place_once():
    without = queries.completeness(SHARED | {"profiles": {}}, profiles=("common",), context=TODAY)
    with_it = queries.completeness(SHARED, profiles=BOTH, context=TODAY)
    assert (with_it.total - without.total, with_it.done - without.done) == (2, 2)
    lacking = queries.completeness(merge_patch(SHARED, {"profiles": {"moonshot": {"goal": None}}}), profiles=BOTH, context=TODAY)
    assert [one.pointer for one in lacking.missing] == ["/profiles/moonshot/goal"]


def test_the_landing_page_shows_its_items_after_the_common_ones_by_official_labels():
    told = queries.display(SHARED, "ja")
    assert [(row.label, row.values[0].text) for row in told[-1].rows] == [
        ("ムーンショット目標", "目標4"),
        ("ムーンショット目標の内容", "地球環境の再生に向けた架空の目標"),
    ]
    classes = [row for section in told for row in section.rows if row.pointer == "/access/metadata_class"]
    assert [(row.label, row.values[0].text) for row in classes] == [("メタデータのアクセス権", "公開")]


def test_the_official_labels_of_the_metadata_class_are_open_restricted_closed():
    assert [(term.code, term.label["ja"], term.label["en"]) for term in queries.vocabulary("metadata-classes")] == [
        ("open", "公開", "open access"),
        ("shared", "共有", "restricted access"),
        ("closed", "非共有・非公開", "closed access"),
    ]


def test_its_schema_takes_its_documents_and_tells_the_stronger_obligation():
    schema = queries.json_schema("moonshot")
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(SHARED)) == []
    assert schema["properties"]["access"]["properties"]["metadata_class"]["x-obligation"] == "required"
    assert queries.json_schema()["properties"]["access"]["properties"]["metadata_class"]["x-obligation"] == "optional"
    assert list(Draft202012Validator(schema).iter_errors({"profiles": {"moonshot": {"goal_title": "x"}}})) != []
    assert list(Draft202012Validator(queries.json_schema()).iter_errors(SHARED)) == []


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ({"goal": 4}, [("error", "moonshot-goal-unknown", "goal"), ("error", "profile-member-type", "goal")]),
        ({"goal": "4", "goal_title": "架空"}, [("error", "profile-member-type", "goal_title")]),
        ({"goal": "4", "mibyo": True}, [("warning", "profile-member-unknown", "mibyo")]),
        ({"goal": "0"}, [("error", "moonshot-goal-unknown", "goal")]),
    ],
)
def test_items_of_the_wrong_type_or_name_are_told(items, expected):
    document, _ = shape({"profiles": {"moonshot": items}})
    found = queries.findings(document, profiles=BOTH, context=TODAY)
    assert sorted((str(f.severity), f.rule, f.pointer.rpartition("/")[2]) for f in found) == expected


@pytest.mark.parametrize(
    ("funder", "told"),
    [
        ({"erad_code": "1020"}, False),
        ({"ror": "https://ror.org/004rtk039"}, False),
        ({"name": {"ja": "生研支援センター"}}, False),
        ({"name": {"en": "BRAIN"}}, False),
        ({"name": {"ja": "国立研究開発法人科学技術振興機構"}}, False),
        ({"name": {"ja": "文部科学省"}, "erad_code": "1001"}, True),
    ],
)
def test_other_funders_than_the_four_are_a_warning_and_never_block(funder, told):
    document = merge_patch(SHARED, {"funding": [{"funder": funder, "award_number": "JPMJMS0001", "award_title": {"ja": "架空"}}]})
    found = queries.findings(document, step="publish", profiles=BOTH, context=TODAY)
    assert ("moonshot-funder-unusual" in {f.rule for f in found}) is told
    assert [f.rule for f in found if f.blocks] == []
