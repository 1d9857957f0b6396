"""Identifiers, text, days and the clock."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izumi.kernel import clock, ids
from izumi.kernel.days import day_of, end_of, fiscal_year, iso, parse_day, parse_instant, start_of
from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text, both

LETTERS = st.text(alphabet=ids.ALPHABET, min_size=9, max_size=9)


@given(LETTERS, st.integers(0, 9), st.sampled_from(ids.ALPHABET))
def test_one_wrong_letter_is_always_detected(nine: str, place: int, letter: str) -> None:
    good = nine + ids.check_letter(nine)
    bad = good[:place] + letter + good[place + 1 :]
    assert (bad == good) == ids.is_id(ids.hyphenated(bad))


@given(LETTERS, st.integers(0, 9), st.integers(0, 9))
def test_two_exchanged_letters_are_always_detected(nine: str, a: int, b: int) -> None:
    good = list(nine + ids.check_letter(nine))
    bad = list(good)
    bad[a], bad[b] = bad[b], bad[a]
    assert (bad == good) == ids.is_id(ids.hyphenated("".join(bad)))


@pytest.mark.parametrize("typed", ["CSSBQ-4G92M", "cssbq4g92m", " cssbq-4g92m "])
def test_what_people_type_is_understood(typed: str) -> None:
    assert ids.parse_id(typed) == "cssbq-4g92m"


@pytest.mark.parametrize("typed", ["cssbq-4g92n", "", "cssbq-4g92", "cssbq-4g92mm", "../../etc", "ｃssbq-4g92m"])
def test_a_wrong_identifier_is_not_there(typed: str) -> None:
    with pytest.raises(NotThere):
        ids.parse_id(typed)


def test_a_text_falls_back_to_the_language_there_is() -> None:
    assert both("水", "").one("en") == "水"
    assert both("水", "").lang("en") == "ja"
    assert Text({"en": "a", "ja": ""}) == {"en": "a"}


def test_a_day_begins_in_tokyo() -> None:
    assert start_of(date(2027, 4, 1)) == datetime(2027, 3, 31, 15, tzinfo=UTC)
    assert end_of(date(2027, 3, 31)) == start_of(date(2027, 4, 1))
    assert day_of(datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC)) == date(2027, 3, 31)
    assert iso(datetime(2027, 3, 31, 15, tzinfo=UTC)) == "2027-04-01T00:00:00+09:00"
    assert parse_instant("2027-04-01") == parse_instant("2027-03-31T15:00:00Z")


@pytest.mark.parametrize("text", ["2027-02-29", "20270401", "2027-4-1", "soon", "2027-04-01T00:00:00"])
def test_what_is_not_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text)


@pytest.mark.parametrize(("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2026, 12, 31), 2026)])
def test_the_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year


def test_the_domain_clock_can_be_set_but_not_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.at("2027-03-31T23:59:59+09:00"):
        assert clock.today() == date(2027, 3, 31)
    monkeypatch.setenv("IZUMI_CLOCK", "2027-04-01T00:00:01+09:00")
    assert clock.today() == date(2027, 4, 1)
    monkeypatch.setenv("IZUMI_ENV", "production")
    with pytest.raises(clock.ClockRefused):
        clock.now()


def test_the_published_vectors_hold() -> None:
    rows = list(csv.DictReader((Path(__file__).parents[3] / "corpus" / "identifiers.csv").open(encoding="utf-8")))
    assert len(rows) == 13
    assert [row["identifier"] for row in rows if (row["sound"] == "yes") != ids.is_id(row["identifier"])] == []
