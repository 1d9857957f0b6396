"""The rule language, the steps, and that no document can make a rule stumble."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izumi.kernel.errors import Invalid, NotThere
from izumi.profiles import queries
from izumi.profiles.conditions import ConditionError, Scene, compiled
from izumi.profiles.loader import INSTALLED
from izumi.profiles.patch import merge_patch
from izumi.profiles.rules import shape
from izumi.profiles.types import Context

TODAY = Context(today=date(2026, 11, 21))
FULL = json.loads((INSTALLED / "common/tests/good/full_bilingual.json").read_text("utf-8"))


def holds(condition: dict, value=None, document: dict | None = None, context: Context = TODAY) -> bool:
    return compiled(condition, queries.pack().vocabularies)(Scene(document or {}, context, value))


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ({"filled": True}, {"ja": " "}, False),
        ({"filled": False}, {"ja": " "}, True),
        ({"is": "x"}, "x", True),
        ({"is": True}, 1, False),
        ({"in": ["a", "b"]}, "b", True),
        ({"pattern": "^A"}, "ABC", True),
        ({"pattern": "^A", "fold": True, "upper": True}, " ａbc", True),
        ({"pattern": "x"}, 3, False),
        ({"vocabulary": "fields"}, "489", True),
        ({"vocabulary": "funders", "column": "erad_code"}, "1020", True),
        ({"vocabulary": "funders", "column": "ror"}, "", False),
        ({"any_language": ["ja", "en"]}, {"fr": "x"}, False),
        ({"any_language": ["ja", "en"]}, {"en": "x"}, True),
        ({"min_length": 3}, "  ab ", False),
        ({"max_items": 1}, [1, 2], False),
        ({"unique": "value"}, [{"value": "1"}, {"value": "1"}], False),
        ({"unique": "value"}, [{"value": "1"}, {}, {}], True),
        ({"type": "number"}, True, False),
        ({"type": "string"}, "x", True),
        ({"at": "./a/*/b", "is": 1}, {"a": [{"b": 2}, {"b": 1}]}, True),
        ({"at": "/x", "filled": True}, None, False),
        ({"all": [{"is": 1}, {"is": 2}]}, 1, False),
        ({"any": [{"is": 1}, {"is": 2}]}, 2, True),
        ({"not": {"is": 1}}, 2, True),
        ({"context": "kind", "in": ["dataset"]}, None, True),
        ({"context": "publicly_funded"}, None, False),
    ],
)
def test_a_condition_holds_or_not(condition, value, expected):
    assert holds(condition, value) is expected


@pytest.mark.parametrize(
    "condition",
    [{}, {"at": "/x"}, {"colour": "red"}, {"vocabulary": "none"}, {"check": "none"}, {"pattern": "("}, {"type": "int"}, {"context": "weather"}],
)
def test_a_condition_that_cannot_be_understood_is_refused_when_it_is_read(condition):
    with pytest.raises(ConditionError):
        compiled(condition, {})


def rules_of(document: dict, step: str, **context) -> set[str]:
    return {finding.rule for finding in queries.findings(document, step=step, context=Context(today=TODAY.today, **context))}


def test_an_empty_draft_can_be_saved_without_a_word_and_not_submitted():
    assert rules_of({}, "save") == set()
    blocking = {finding.rule for finding in queries.findings({}, step="submit", context=TODAY) if finding.blocks}
    assert blocking == {
        "title-missing", "description-missing", "field-missing", "type-missing", "data-number-missing", "fee-missing",
        "licence-missing", "access-class-missing", "repository-missing", "hosting-organisation-missing", "manager-missing",
        "contact-missing",
    }  # fmt: skip


def test_wrong_values_are_told_already_while_saving():
    assert rules_of({"access": {"class": "restricted"}, "contact": {"email": "?"}}, "save") == {"access-class-unknown", "email-form"}


def test_other_kinds_of_record_need_a_title_and_an_access_class_only():
    errors = {f.rule for f in queries.findings({}, step="publish", context=Context(today=TODAY.today, kind="software")) if f.blocks}
    assert errors == {"title-missing", "access-class-missing"}


def test_errors_come_first_then_warnings_then_tasks():
    document = merge_patch(FULL, {"field": "x", "title": {"ja": "データ"}, "access": {"class": "closed"}})
    severities = [str(finding.severity) for finding in queries.findings(document, step="publish", context=TODAY)]
    assert severities == sorted(severities, key=["error", "warning", "task"].index)
    assert {"error", "warning", "task"} == set(severities)


@pytest.mark.parametrize(
    ("title", "vague"),
    [
        ("測定結果", True), ("学会資料", True), ("報告資料", True), ("データ", True), ("実験データ 2", True), ("無題", True), ("Measurement results", True),
        ("data set (1)", True), ("Untitled", True), ("再生 AC4CH 鋳造材の EBSD 結晶方位マップ", False), ("水質測定結果（北上川）", False),
        ("Test data of AC4CH castings", False), ("調査データの統計", False), ("Report on soil", False),
    ],
)  # fmt: skip
def test_titles_that_say_nothing_are_pointed_out(title, vague):
    assert ("title-too-general" in rules_of({"title": {"ja": title}}, "save")) is vague


@pytest.mark.parametrize(
    ("name", "abbreviated"),
    [
        ("東大", True), ("青葉台大", True), ("NIMS", True), ("青葉台大学", True), ("青葉台大学 工学研究科", True), ("みちのく機構", True),
        ("国立大学法人青葉台大学", False), ("学校法人架空学園 架空大学", False), ("株式会社架空", False), ("国立研究開発法人架空機構", False),
        ("国土技術政策総合研究所", False), ("架空省", False), ("Aobadai National University Corporation", False), ("地方独立行政法人みちのく研究所", False),
    ],
)  # fmt: skip
def test_abbreviated_names_of_institutions_are_pointed_out(name, abbreviated):
    found = rules_of({"hosting_organisation": {"name": {"ja": name}}}, "save")
    assert ("hosting-organisation-abbreviated" in found) is abbreviated


def test_grants_outside_public_calls_need_no_number():
    funding = {"funding": [{"funder": {"name": {"ja": "公益財団法人架空財団"}}}]}
    assert rules_of(merge_patch(FULL, funding), "publish") == set()
    assert rules_of(merge_patch(FULL, {"funding": None}), "publish") == set()


def test_data_of_a_public_call_need_funder_number_and_project_name():
    funding = {"funding": [{"funder": {"name": {"ja": "架空機構"}}}]}
    assert rules_of(merge_patch(FULL, funding), "publish", publicly_funded=True) == {"grant-number-missing", "project-name-missing"}
    assert rules_of(merge_patch(FULL, {"funding": None}), "publish", publicly_funded=True) == {"funding-missing"}


def test_an_old_day_of_an_embargo_that_ended_may_stay():
    assert rules_of(merge_patch(FULL, {"access": {"available_on": "2026-04-01"}}), "publish") == set()


def test_profiles_that_this_site_does_not_have_are_kept_with_a_warning():
    document = merge_patch(FULL, {"profiles": {"weather": {"station": 2}}})
    found = queries.findings(document, step="publish", context=TODAY)
    assert [(f.rule, f.severity, f.pointer) for f in found] == [("profile-unknown", "warning", "/profiles/weather")]


def test_an_unknown_profile_or_vocabulary_is_not_there():
    for ask in (queries.pack, queries.form, queries.json_schema, queries.vocabulary):
        with pytest.raises(NotThere):
            ask("nonsense")
    with pytest.raises(NotThere):
        queries.pack("common", "0.1")
    assert queries.pack("common", queries.pack("common").version).name == "common"
    assert queries.vocabulary("data_types") is queries.vocabulary("data-types")


def test_what_has_to_be_looked_up_is_told_with_its_key():
    wanted = queries.lookups(FULL)
    assert [(one.name, one.kind, one.key) for one in wanted] == [
        ("hosting-organisation", "organisation", "https://ror.org/057zh3y96")
    ]
    assert queries.lookups({}) == ()
    known = {"hosting-organisation": {"name": {"ja": "国立大学法人青葉台大学"}}}
    assert rules_of(FULL, "publish", lookups=known) == set()


def test_a_full_document_is_judged_within_five_milliseconds():
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        queries.findings(FULL, step="publish", context=TODAY)
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.005


def test_a_rule_tells_at_most_fifty_places():
    document = {"dates": [{"value": "soon"}] * 500}
    assert len(queries.findings(document, context=TODAY)) == 50


strings = st.text(max_size=12) | st.sampled_from(["open", "embargoed", "closed", "OTHER", "DOI", "ORCID", "2027-04-01", "JPMJ", "1020", "/"])
texts = st.dictionaries(st.sampled_from(["ja", "en", "ja-Kana"]), strings, max_size=3)
numbers = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5)
parts = st.fixed_dictionaries(
    {},
    optional={
        "title": texts,
        "field": strings,
        "data_number": strings,
        "creators": st.lists(st.fixed_dictionaries({}, optional={"name": st.dictionaries(st.just("ja"), strings), "roles": st.lists(strings)}), max_size=2),
        "contact": st.fixed_dictionaries({}, optional={"email": strings, "phone": strings, "address": texts}),
        "access": st.fixed_dictionaries(
            {}, optional={"class": strings, "available_on": strings, "opens": strings, "reasons": st.lists(strings), "disclosure": st.dictionaries(strings, strings)}
        ),
        "terms": st.fixed_dictionaries({}, optional={"fee": strings, "licence": strings}),
        "funding": st.lists(st.fixed_dictionaries({}, optional={"award_number": strings, "funder": st.fixed_dictionaries({}, optional={"ror": strings})}), max_size=2),
        "coverage": st.fixed_dictionaries(
            {},
            optional={
                "places": st.lists(st.fixed_dictionaries({}, optional={"point": numbers, "box": numbers, "polygon": st.lists(numbers, max_size=4)}), max_size=2),
                "periods": st.lists(st.fixed_dictionaries({}, optional={"start": strings, "end": strings}), max_size=2),
            },
        ),
        "size": st.fixed_dictionaries({"approximate": strings}),
        "dates": st.lists(st.fixed_dictionaries({"value": strings}), max_size=2),
    },
)


@given(document=parts, bytes_there=st.none() | st.integers(min_value=0))
def test_no_document_makes_rules_display_or_completeness_stumble(document, bytes_there):
    try:
        kept, _ = shape(document)
    except Invalid:
        return
    context = Context(today=TODAY.today, publicly_funded=True, files_bytes=bytes_there, project_numbers=frozenset({"JPMJ00"}))
    for finding in queries.findings(kept, step="publish", context=context):
        assert finding.message["ja"]
        assert finding.message["en"]
        assert "{" not in finding.message["en"] or "{" in json.dumps(kept)
    queries.display(kept, "en")
    done, total = queries.completeness(kept, context=context)
    assert 0 <= done <= total
