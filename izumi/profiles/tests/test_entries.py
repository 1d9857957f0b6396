"""Entries of plans: their shape, the step ``plan``, and rules that weigh less, more or nothing there."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from izumi.kernel.errors import Invalid
from izumi.profiles import queries
from izumi.profiles.loader import INSTALLED
from izumi.profiles.rules import merge_patch, shape, shape_entry
from izumi.profiles.types import STEPS, Context, Step

TODAY = date(2026, 11, 21)
SOIL = json.loads((INSTALLED / "moonshot/tests/entries/soil_metagenomes.json").read_text("utf-8"))
KAKENHI = json.loads((INSTALLED / "common/tests/entries/kakenhi_ten_items.json").read_text("utf-8"))
SMALL = json.loads((INSTALLED / "common/tests/entries/class_and_title.json").read_text("utf-8"))


def faults(entry: object, at: str = "") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        shape_entry(entry, at=at)
    assert all(finding.message["ja"] and finding.message["en"] for finding in caught.value.findings)
    return [(finding.rule, finding.pointer) for finding in caught.value.findings]


def told(entry: dict, *, step: str = "plan", profiles: tuple[str, ...] = ("common",), **context) -> dict[str, str]:
    found = queries.findings(entry, step=step, profiles=profiles, context=Context(today=TODAY, **context))
    return {finding.rule: str(finding.severity) for finding in found}


@pytest.mark.parametrize("entry", [SOIL, KAKENHI, SMALL, {}, {"unmapped": [{"format": "madmp-1.2", "path": "/x", "value": {"y": [1]}}]}])
def test_an_entry_is_kept_as_it_is(entry):
    assert shape_entry(entry) == (entry, ())


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"planed": {}}, ("shape-unknown-member", "/entries/3/planed")),
        ({"planned": {"by": "2027-01-01"}}, ("shape-unknown-member", "/entries/3/planned/by")),
        ({"planned": []}, ("shape-type", "/entries/3/planned")),
        ({"planned": {"size_bytes": "10GB"}}, ("shape-type", "/entries/3/planned/size_bytes")),
        ({"planned": {"size_bytes": 1.5}}, ("shape-type", "/entries/3/planned/size_bytes")),
        ({"planned": {"size_bytes": True}}, ("shape-type", "/entries/3/planned/size_bytes")),
        ({"planned": {"register_by": 20270401}}, ("shape-type", "/entries/3/planned/register_by")),
        ({"planned": {"editors": "project:x"}}, ("shape-type", "/entries/3/planned/editors")),
        ({"planned": {"sensitive": True}}, ("shape-type", "/entries/3/planned/sensitive")),
        ({"planned": {"sensitive": {"handling": "x"}}}, ("shape-type", "/entries/3/planned/sensitive/handling")),
        ({"unmapped": {"x": 1}}, ("shape-type", "/entries/3/unmapped")),
        ({"unmapped": [{"where": "x"}]}, ("shape-unknown-member", "/entries/3/unmapped/0/where")),
        ({"id": 3}, ("shape-type", "/entries/3/id")),
        ({"title": "水質"}, ("shape-type", "/entries/3/title")),
        ("entry", ("shape-type", "/entries/3")),
    ],
)
def test_a_fault_of_shape_is_told_at_its_place_in_the_plan(entry, expected):
    assert faults(entry, at="/entries/3") == [expected]


def test_what_answers_add_is_dropped_with_a_warning():
    entry, warnings = shape_entry({**SMALL, "record": "3t8kq-m2xwd", "records": ["3t8kq-m2xwd"], "posted_on": "2026-01-01"}, at="/entries/0")
    assert entry == SMALL
    assert [(one.rule, one.pointer) for one in warnings] == [
        ("system-kept", "/entries/0/posted_on"), ("system-kept", "/entries/0/record"), ("system-kept", "/entries/0/records"),
    ]  # fmt: skip


def test_a_metadata_document_has_no_promises():
    with pytest.raises(Invalid):
        shape({"planned": {}})


def test_plan_is_not_on_the_way_of_a_record():
    assert STEPS == (Step.SAVE, Step.SUBMIT, Step.PUBLISH)
    reversed_days = merge_patch(SMALL, {"planned": {"register_by": "2027-05-01"}})
    assert told(reversed_days) == {"register-after-publish": "error"}
    assert "register-after-publish" not in told(reversed_days, step="publish")


def test_what_others_fill_in_later_is_not_asked_of_a_plan():
    assert told({}) == {"title-missing": "error", "description-missing": "warning", "access-class-missing": "warning"}


def test_a_rule_says_the_same_in_a_plan_with_its_own_weight():
    entry = merge_patch(SMALL, {"description": None})
    at_plan = queries.findings(entry, step="plan", context=Context(today=TODAY))
    at_publish = queries.findings({"title": SMALL["title"]}, step="publish", context=Context(today=TODAY))
    one, other = at_plan[0], next(f for f in at_publish if f.rule == "description-missing")
    assert (one.rule, str(one.severity), str(other.severity)) == ("description-missing", "warning", "error")
    assert (one.message, one.source, one.pointer) == (other.message, other.source, other.pointer)


def test_an_undecided_class_is_a_warning_in_a_plan_of_kakenhi_and_an_error_in_one_of_moonshot():
    entry = merge_patch(SMALL, {"access": {"class": None}})
    assert told(entry) == {"access-class-missing": "warning"}
    assert told(entry, profiles=("common", "moonshot")) == {
        "access-class-missing": "warning", "moonshot-planned-class-missing": "error", "moonshot-metadata-class-missing": "task",
    }  # fmt: skip


def test_the_day_of_publication_stands_for_the_day_on_which_an_embargo_ends():
    entry = merge_patch(SMALL, {"access": {"class": "embargoed", "reasons": [{"code": "patent"}]}})
    assert told(entry) == {"opens-auto-with-reason": "warning"}
    assert told(merge_patch(entry, {"planned": {"publish_on": None}}))["embargo-day-missing"] == "error"


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"title": {"ja": "測定結果"}}, {"title-too-general": "warning"}),
        ({"access": {"class": "closed"}}, {"reason-missing": "warning"}),
        ({"access": {"class": "public"}}, {"access-class-unknown": "error"}),
        ({"terms": {"licence": "CC-BY-9"}}, {"licence-unknown": "error"}),
        ({"contact": {"email": "?"}}, {"email-form": "error"}),
        ({"hosting_organisation": {"ror": "https://ror.org/057zh3y97"}}, {"ror-wrong": "error"}),
        ({"funding": [{"funder": {"erad_code": "4242"}}]}, {"funder-code-unknown": "warning"}),
        ({"after_project": {"keep_until": "soon"}}, {"day-form": "error"}),
        ({"after_project": {"keep_until": "2027-12-31"}}, {"keep-until-before-project-end": "warning"}),
        ({"data_number": "7"}, {"data-number-repeated": "warning"}),
        ({"planned": {"register_by": "2026-03-31"}}, {"planned-day-outside-project": "warning"}),
        ({"planned": {"publish_on": "2030-01-01"}}, {"planned-day-outside-project": "warning"}),
        ({"planned": {"register_by": "2030-01-01", "publish_on": None}}, {"planned-day-outside-project": "warning"}),
        ({"planned": {"register_by": "令和9年"}}, {"planned-day-form": "error"}),
    ],
)
def test_bad_input_is_a_finding_with_its_weight(patch, expected):
    entry, _ = shape_entry(merge_patch(SMALL, patch))
    known = {
        "data_numbers_in_project": frozenset({"７"}), "project_starts_on": date(2026, 4, 1), "project_ends_on": date(2029, 3, 31),
    }  # fmt: skip
    assert told(entry, **known) == expected


def test_an_embargo_may_end_after_the_project():
    entry = merge_patch(SMALL, {"access": {"class": "embargoed"}, "planned": {"publish_on": "2031-04-01"}})
    assert told(entry, project_ends_on=date(2029, 3, 31)) == {"reason-missing": "warning"}


def test_without_dates_of_the_project_its_days_are_not_judged():
    assert told(merge_patch(SMALL, {"planned": {"register_by": "1999-01-01"}})) == {}


def test_every_weight_for_plans_is_one_of_the_three():
    rules = [rule for one in queries.packs() for rule in one.rules]
    assert {rule.plan for rule in rules} == {"", "error", "warning", "task"}
    assert {rule.id for rule in rules if rule.step is Step.PLAN and rule.plan} == set()


def test_whatever_is_said_about_an_entry_says_what_to_do():
    rules = [rule for one in queries.packs() for rule in one.rules if rule.weight(Step.PLAN)]
    assert [rule.id for rule in rules if not (rule.fix.get("ja") and rule.fix.get("en"))] == []


def test_places_of_a_promise_have_a_name():
    assert queries.label("/planned/register_by")["ja"] == "登録の期日"
    assert queries.label("/planned/sensitive/handling/ja")["en"] == "How sensitive data are handled"


def test_the_schema_of_an_entry_says_what_the_shape_says():
    schema = queries.plan_entry_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for entry in (SOIL, KAKENHI, SMALL):
        assert list(validator.iter_errors(entry)) == []
    for wrong in ({"planned": {"by": "x"}}, {"planned": {"size_bytes": "x"}}, {"posted_on": "2026-01-01"}, {"planed": {}}):
        assert list(validator.iter_errors(wrong)) != []
        faults_or_warnings(wrong)
    assert schema["properties"]["planned"]["properties"]["register_by"]["x-title"] == {"ja": "登録の期日", "en": "To be registered by"}
    assert "goal" in schema["properties"]["profiles"]["properties"]["moonshot"]["properties"]
    assert schema["properties"]["access"]["properties"]["metadata_class"]["x-obligation"] == "optional"


def faults_or_warnings(entry: dict) -> None:
    try:
        assert shape_entry(entry)[1] != ()
    except Invalid as error:
        assert error.findings  # noqa: PT017 – either is right, silence is not


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.sampled_from(["2027-04-01", "yes", "embargoed", "4"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ja", "goal", "class", "exists", "register_by", "x"]), inner, max_size=3),
    max_leaves=8,
)
promises = st.fixed_dictionaries(
    {},
    optional={
        "register_by": st.text(max_size=10) | st.dates().map(str),
        "publish_on": st.dates().map(str),
        "size_bytes": st.integers(),
        "editors": st.lists(st.text(max_size=8), max_size=2),
        "sensitive": st.fixed_dictionaries({}, optional={"exists": st.text(max_size=3), "handling": st.dictionaries(st.just("ja"), st.text(max_size=3))}),
    },
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "title": st.dictionaries(st.just("ja"), st.text(max_size=5)),
        "access": st.fixed_dictionaries({}, optional={"class": st.sampled_from(["open", "embargoed", "x"]), "reasons": st.lists(st.text(max_size=3), max_size=2)}),
        "planned": promises | json_values,
        "profiles": st.dictionaries(st.sampled_from(["moonshot", "x"]), st.dictionaries(st.sampled_from(["goal", "goal_title", "x"]), json_values, max_size=3), max_size=2),
        "unmapped": json_values,
    },
)


@given(entry=entries)
def test_any_entry_is_refused_with_findings_or_judged(entry):
    try:
        kept, _ = shape_entry(entry)
    except Invalid as error:
        assert error.findings
        return
    assert shape_entry(kept) == (kept, ())
    context = Context(today=TODAY, project_starts_on=date(2026, 4, 1), project_ends_on=date(2029, 3, 31))
    for finding in queries.findings(kept, step="plan", profiles=("common", "moonshot"), context=context):
        assert finding.message["ja"]
    queries.table_row(queries.table_view("moonshot"), kept, "ja")
    queries.prefilled_count(kept)
