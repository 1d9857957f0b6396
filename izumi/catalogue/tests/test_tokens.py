"""Spellings that must meet, and words that must not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izumi.catalogue import synonyms, tokens
from izumi.catalogue.variants import IRREGULAR, KANJI


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("打合せ", "打ち合わせ"), ("引越し", "引っ越し"), ("附属", "付属"), ("子ども", "子供"), ("ウィルス", "ウイルス"),
        ("ヴァイオリン", "バイオリン"), ("コンピュータ", "コンピューター"), ("ｱﾙﾐﾆｳﾑ", "アルミニウム"), ("髙橋", "高橋"),
        ("渡邉", "渡辺"), ("齋藤", "斎藤"), ("山﨑", "山崎"), ("廣島", "広島"), ("國學院", "国学院"), ("ＤＮＡ", "dna"),
        ("Fe₂O₃", "Fe2O3"), ("10µm", "10μm"), ("Müller", "muller"), ("cells", "cell"), ("analyses", "analysis"),
        ("aluminium", "aluminum"), ("crystallisation", "crystallization"), ("fibres", "fiber"), ("spectra", "spectrum"),
        ("modelling", "modeling"), ("Alzheimer's", "alzheimer"), ("batteries", "battery"), ("サーバ", "サーバー"),
    ],
)  # fmt: skip
def test_two_spellings_give_the_same_words(a, b):
    assert tokens.words(a) == tokens.words(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [("京都", "東京都"), ("統計", "集計"), ("コピー", "コピ"), ("か", "が"), ("X線", "Y線"), ("は", "ば")],
)  # fmt: skip
def test_two_words_stay_apart(a, b):
    assert tokens.words(a) != tokens.words(b)


def test_japanese_is_cut_into_short_units():
    assert tokens.words("東京都の研究者データ") == ["東京", "都", "の", "研究", "者", "データ"]


def test_particles_are_known():
    assert [t.text for t in tokens.word_tokens(tokens.fold("電池の劣化")) if t.glue] == ["の"]


def test_grams_end_with_the_last_character_so_that_one_can_be_looked_up():
    assert tokens.grams("X線回折") == ["x", "線回", "回折", "折"]
    assert tokens.grams("X線回", open_end=True) == ["x", "線回"]
    assert tokens.grams("線", open_end=True) == ["線"]


def test_underscores_and_hyphens_separate_words():
    assert tokens.words("experimental_data AC4CH-R-10") == ["experiment", "data", "ac4ch", "r", "10"]


def test_a_text_of_250_kilobytes_is_read_whole():
    text = "人工知能を用いた研究。" * 7_600
    assert len(text.encode()) > 250_000
    assert tokens.words(text).count("研究") == 7_600


def test_a_text_without_any_break_is_read():
    assert len(tokens.words("あ" * 60_000)) > 1_000
    assert [len(word) for word in tokens.words("a" * 70_000)] == [tokens.LONGEST_WORD]


def test_offsets_lead_back_to_the_original():
    folded, places = tokens.fold_with_offsets("ｱﾙﾃﾞｰﾀーの合金")
    assert folded == "アルデータの合金"
    assert places[folded.index("合金")] == "ｱﾙﾃﾞｰﾀーの合金".index("合金")


def test_titles_are_ordered_by_their_reading():
    assert sorted(["水質", "雨量", "観測"], key=tokens.reading) == ["雨量", "観測", "水質"]


def test_no_variant_leads_to_another_variant():
    assert [old for old, new in KANJI.items() if ord(new) in KANJI] == []
    assert [word for word, like in IRREGULAR.items() if like in IRREGULAR] == []


@pytest.mark.parametrize(
    ("word", "other"),
    [("疲労", "fatigue"), ("fatigue", "疲労"), ("machine learning", "機械学習"), ("simulation", "シミュレーション"), ("X線回折", "XRD")],
)  # fmt: skip
def test_words_are_known_in_the_other_language(word, other):
    assert other in synonyms.also(word)


def test_short_english_words_are_no_loanwords():
    assert synonyms.also("with") == () and synonyms.also("this") == ()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_becomes_tokens_without_blanks(text):
    for token in [*tokens.words(text), *tokens.grams(text)]:
        assert token and not any(char.isspace() for char in token)
    folded, places = tokens.fold_with_offsets(text)
    assert len(places) == len(folded) + 1
    assert places == sorted(places)
