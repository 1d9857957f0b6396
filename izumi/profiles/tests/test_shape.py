"""Wrong JSON types and unknown members are told at their exact place, in two languages, all at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izumi.kernel.errors import Invalid
from izumi.profiles.members import ENGINE_RULES
from izumi.profiles.rules import MAX_DOCUMENT_BYTES, merge_patch, shape

ROOM = Path(__file__).resolve().parents[1]


def test_every_fault_of_shape_has_words_in_the_reference():
    source = "".join((ROOM / name).read_text("utf-8") for name in ("shape.py", "patch.py", "members.py"))
    told = set(re.findall(r'"((?:shape|text|document|profile|term|system)-[a-z-]+)"', source))
    assert told == set(ENGINE_RULES)


def faults(document) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        shape(document)
    for finding in caught.value.findings:
        assert finding.message["ja"]
        assert finding.message["en"]
    return [(finding.rule, finding.pointer) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"title": "水質"}, ("shape-type", "/title")),
        ({"title": {"ja": 3}}, ("shape-type", "/title/ja")),
        ({"title": {"日本語": "水質"}}, ("shape-language", "/title/日本語")),
        ({"title": {"JA": "水質"}}, ("shape-language", "/title/JA")),
        ({"titel": {"ja": "水質"}}, ("shape-unknown-member", "/titel")),
        ({"a/b~c": 1}, ("shape-unknown-member", "/a~1b~0c")),
        ({"creators": {"name": {}}}, ("shape-type", "/creators")),
        ({"creators": [{"name": {"ja": {"family": 1}}}]}, ("shape-type", "/creators/0/name/ja/family")),
        ({"creators": [{"name": {"ja": {"last": "佐々木"}}}]}, ("shape-unknown-member", "/creators/0/name/ja/last")),
        ({"creators": [{"organisation": "no"}]}, ("shape-type", "/creators/0/organisation")),
        ({"access": {"class": ["open"]}}, ("shape-type", "/access/class")),
        ({"access": {"reasons": [4]}}, ("shape-type", "/access/reasons/0")),
        ({"access": {"available_on": 20270401}}, ("shape-type", "/access/available_on")),
        ({"coverage": {"places": [{"point": ["140", 38]}]}}, ("shape-type", "/coverage/places/0/point/0")),
        ({"coverage": {"places": [{"point": [True, 38]}]}}, ("shape-type", "/coverage/places/0/point/0")),
        ({"coverage": {"places": [{"point": [float("nan"), 38]}]}}, ("shape-number", "/coverage/places/0/point/0")),
        ({"profiles": {"materials": []}}, ("shape-type", "/profiles/materials")),
        ({"keywords": [None]}, ("shape-type", "/keywords/0")),
        ({"title": {"ja": "水\x00質"}}, ("text-control-character", "/title/ja")),
        ({"title": {"ja": "\ud800"}}, ("text-not-unicode", "/title/ja")),
        ([], ("shape-type", "")),
        ("title", ("shape-type", "")),
    ],
)
def test_a_fault_of_shape_names_its_place(document, expected):
    assert faults(document) == [expected]


def test_all_faults_are_told_at_once():
    document = {"title": 1, "description": [], "nonsense": {}, "funding": [{"award_number": 3}, {"funder": "JST"}]}
    assert set(faults(document)) == {
        ("shape-type", "/title"),
        ("shape-type", "/description"),
        ("shape-unknown-member", "/nonsense"),
        ("shape-type", "/funding/0/award_number"),
        ("shape-type", "/funding/1/funder"),
    }


def test_the_number_of_told_faults_is_limited():
    assert len(faults({f"member_{number}": 1 for number in range(1000)})) == 100


def test_values_that_only_rules_judge_are_no_fault_of_shape():
    told = {"access": {"class": "restricted", "available_on": "soon"}, "contact": {"email": "?"}, "title": {"ja": ""}, "field": "x"}
    assert shape(told) == (told, ())


def test_members_that_the_system_keeps_are_dropped_with_a_warning():
    document, warnings = shape(
        {"title": {"ja": "水質"}, "posted_on": "2026-01-01", "updated_on": 3, "size": {"approximate": "<1GB", "bytes": 3, "files": "x"}}
    )
    assert document == {"title": {"ja": "水質"}, "size": {"approximate": "<1GB"}}
    assert [(w.rule, w.severity, w.pointer) for w in warnings] == [
        ("system-kept", "warning", "/posted_on"),
        ("system-kept", "warning", "/updated_on"),
        ("system-kept", "warning", "/size/bytes"),
        ("system-kept", "warning", "/size/files"),
    ]


def test_a_size_of_system_kept_members_alone_goes_altogether():
    assert shape({"size": {"bytes": 3}})[0] == {}


def test_null_members_count_as_absent():
    assert shape({"title": {"ja": "水質", "en": None}, "remarks": None})[0] == {"title": {"ja": "水質"}}


def test_readings_and_variants_are_languages():
    told = {"title": {"ja": "京都", "ja-Kana": "キョウト", "ja-Latn": "Kyoto", "en-GB": "Kyoto", "zh-Hant-TW": "京都", "mul": "-"}}
    assert shape(told)[0] == told


def test_a_very_long_text_is_refused_at_its_place():
    assert faults({"description": {"ja": "水" * 70_000}}) == [("text-too-long", "/description/ja")]
    assert shape({"description": {"ja": "水" * 60_000}})[1] == ()


def test_a_document_of_many_long_texts_is_refused_as_a_whole():
    assert faults({"keywords": [{"text": {"en": "x" * 190_000}}] * 11}) == [("document-too-large", "")]
    assert MAX_DOCUMENT_BYTES == 2_000_000


def test_deep_nesting_is_refused_without_exhausting_the_stack():
    document: dict = {}
    for _ in range(100_000):
        document = {"profiles": document}
    assert [rule for rule, _ in faults(document)] == ["document-too-deep"]
    with pytest.raises(Invalid):
        merge_patch({}, document)
    nested: list = []
    for _ in range(5_000):
        nested = [nested]
    assert [rule for rule, _ in faults({"keywords": nested})] == ["document-too-deep"]


def test_profiles_may_hold_anything_of_json():
    told = {"profiles": {"materials": {"alloy": {"al": 92.5, "trace": [1, True, {"x": "y"}]}}}}
    assert shape(told)[0] == told


RFC_7396_EXAMPLES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "expected"), RFC_7396_EXAMPLES)
def test_merge_patch_does_what_the_examples_of_the_standard_say(target, patch, expected):
    assert merge_patch(target, patch) == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["ja", "title", "name"]), inner, max_size=3),
    max_leaves=12,
)
documents = st.dictionaries(
    st.sampled_from(["title", "creators", "access", "coverage", "funding", "size", "profiles", "contact", "x"]), json_values, max_size=4
)


@given(document=documents)
def test_any_json_is_either_accepted_or_refused_with_findings(document):
    try:
        kept, warnings = shape(document)
    except Invalid as error:
        assert error.findings
    else:
        assert shape(kept) == (kept, ())
        assert all(warning.severity == "warning" for warning in warnings)


@given(target=json_values, patch=documents)
def test_a_patch_applied_twice_changes_nothing_more_and_leaves_its_arguments_alone(target, patch):
    before = repr((target, patch))
    once = merge_patch(target, patch)
    assert repr(merge_patch(once, patch)) == repr(once)
    assert repr((target, patch)) == before
