"""Whatever is typed, reading never fails."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from izumi.catalogue import cursors, documents, identifiers, queries, reading
from izumi.catalogue.types import LONGEST_QUERY, MOST_WORDS, Query, Sort
from izumi.kernel.actors import ANONYMOUS
from izumi.kernel.errors import Invalid


def said(q: str) -> tuple[list[list[str]], list[str]]:
    read = reading.read(q, expand=False)
    return [[term.text for term in group] for group in read.required], [term.text for term in read.excluded]


@pytest.mark.parametrize(
    ("q", "required", "excluded"),
    [
        ("a b", [["a"], ["b"]], []),
        ("a OR b c", [["a", "b"], ["c"]], []),
        ("a | b", [["a", "b"]], []),
        ("a AND b", [["a"], ["b"]], []),
        ("a ＯＲ b", [["a", "b"]], []),
        ("-a b", [["b"]], ["a"]),
        ("a NOT b", [["a"]], ["b"]),
        ('-"a b" c', [["c"]], ["a b"]),
        ("X-ray", [["X-ray"]], []),
        ("-20", [["20"]], []),
        ("OR", [], []),
        ("OR a", [["a"]], []),
        ("a OR", [["a"]], []),
        ('"a b', [["a b"]], []),
        ("“a b” c", [["a b"], ["c"]], []),
        ("　水質　調査　", [["水質"], ["調査"]], []),
        ('""', [], []),
        ("( ) * ?", [], []),
    ],
)  # fmt: skip
def test_syntax_is_read_as_people_mean_it(q, required, excluded):
    assert said(q) == (required, excluded)


def test_a_query_that_is_too_long_is_cut_and_says_so():
    assert reading.read("水" * (LONGEST_QUERY + 5)).notes == (reading.TOO_LONG,)
    read = reading.read(" ".join(f"w{n}" for n in range(50)))
    assert len(read.required) == MOST_WORDS and read.notes == (reading.TOO_LONG,)


def test_words_known_as_one_in_the_other_language_are_joined():
    assert reading.read("machine learning model").terms[0].also == ("機械学習",)


SIGNS = st.sampled_from(['"', "-", "OR", "|", "NOT", "*", "(", ")", "\\", "/", "10.5072/a", "水", "京都", "\x00", "\ud800", "𠮷", " ", "　", "a", "1"])
ODD = st.one_of(st.text(max_size=60), st.lists(SIGNS, max_size=25).map("".join), st.lists(SIGNS, max_size=25).map(" ".join))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=ODD, sort=st.sampled_from([None, *Sort]), expand=st.booleans())
def test_no_query_fails(odd_library, q, sort, expand):
    answer = queries.search(ANONYMOUS, Query(q=q, sort=sort, expand=expand))
    assert answer.total >= len(answer.items)
    queries.suggest(ANONYMOUS, q)


@pytest.fixture
def odd_library(world):
    if not queries.health().records:
        world.put("京都の水質 10.5072/a")
        world.put({"ja": "𠮷野の調査", "en": "Survey"})
        world.follow()
    return world


@settings(max_examples=100, deadline=None)
@given(cursor=st.text(max_size=80))
def test_no_cursor_that_was_not_given_is_accepted(cursor):
    if cursor:
        with pytest.raises(Invalid):
            cursors.read(Query(cursor=cursor))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**62), st.integers(0, 2**62))
def test_sizes_keep_their_order_as_numbers(a, b):
    small, large = sorted([documents.size_key(a, "zzzzz-zzzzz"), documents.size_key(b, "00000-00000")])
    assert large < 2**63
    if a < b * 0.999 and b < 2**60:
        assert documents.size_key(a, "zzzzz-zzzzz") < documents.size_key(b, "00000-00000")


@pytest.mark.parametrize(
    ("text", "doi"),
    [("https://doi.org/10.5072/ABC.1", "10.5072/abc.1"), ("doi: 10.5072/x", "10.5072/x"), ("10.5072/x.", "10.5072/x"), ("10.5/x", ""), ("x", "")],
)  # fmt: skip
def test_dois_are_recognised(text, doi):
    assert identifiers.doi(text) == doi


@pytest.mark.parametrize("text", ["abcde-fghjf", "ABCDE-FGHJF", "abcdefghjf", "https://x.invalid/en/records/abcde-fghjf", "/id/abcde-fghjf/"])
def test_record_numbers_are_recognised_even_without_a_digit(text):
    assert identifiers.record_id(text) == "abcde-fghjf"
    assert "abcde-fghjf" in identifiers.asked(text)


def test_a_plain_word_is_not_told_as_a_number():
    assert not identifiers.looks_like_one("abcdefghjf")
    assert identifiers.looks_like_one("abcde-fghjf")
    assert identifiers.record_id("abcde-fghjg") == ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("(疲労 OR 腐食) 合金", [["疲労", "腐食"], ["合金"]]),
        ("「疲労」", [["疲労"]]),
        ("((a)) [b", [["a"], ["b"]]),
        ("Al2(SO4)3", [["Al2(SO4)3"]]),
        ("(Al2(SO4)3)", [["Al2(SO4)3"]]),
        ("(SO4)2", [["(SO4)2"]]),
        ("()", []),
    ],
)
def test_brackets_around_words_are_no_part_of_them(typed: str, words: list[list[str]]) -> None:
    assert [[term.text for term in group] for group in reading.read(typed, expand=False).required] == words
