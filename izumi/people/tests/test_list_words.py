"""Words of lists: days, periods, institutions, researcher numbers; rows that are one project."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from izumi.kernel.days import parse_day
from izumi.people import rules
from izumi.people.lists import Cell, Listed, words
from izumi.people.lists.columns import folded_header
from izumi.people.lists.joining import joined

FUNDERS = Path(__file__).resolve().parents[1] / "lists" / "funders.csv"


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026", "2026-04-01", "2027-03-31"),
        ("２０２６年度", "2026-04-01", "2027-03-31"),
        ("令和8年度", "2026-04-01", "2027-03-31"),
        ("令和元年度", "2019-04-01", "2020-03-31"),
        ("R8", "2026-04-01", "2027-03-31"),
        ("2026-07-01", "2026-07-01", "2026-07-01"),
        ("2026/7/1", "2026-07-01", "2026-07-01"),
        ("2026年7月1日", "2026-07-01", "2026-07-01"),
        ("令和8年7月1日", "2026-07-01", "2026-07-01"),
        ("20260701", "2026-07-01", "2026-07-01"),
        ("2026-07-01T00:00:00", "2026-07-01", "2026-07-01"),
    ],
)
def test_a_day_or_fiscal_year_is_read_as_people_write_it(written, first, last):
    assert words.day_of(written) == parse_day(first)
    assert words.day_of(written, last=True) == parse_day(last)


@pytest.mark.parametrize("written", ["いつか", "2026-13-01", "2026-02-30", "99999", "0001", "令和", "26", "2026-7"])
def test_what_is_no_day_is_an_error_and_never_a_guess(written):
    with pytest.raises(ValueError):
        words.day_of(written)


@pytest.mark.parametrize(
    "written",
    ["2020-04-01 – 2024-03-31", "2020-04-01－2024-03-31", "2020年度～2023年度", "2020〜2023", "2020-2023", "2020/04/01-2024/03/31 (予定)",
     "令和2年度から令和5年度"],
)  # fmt: skip
def test_a_period_has_two_ends(written):
    assert words.period_of(written) == (parse_day("2020-04-01"), parse_day("2024-03-31"))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("見本大学", "見本大学"),
        ("甲大学 (2020-2021)/ 見本大学 (2022-2023)", "見本大学"),
        ("見本大学 (2022-2023)/ 甲大学 (2020-2021)", "見本大学"),
        ("甲大学 / 見本大学", "見本大学"),
        ("見本大学 (12345)", "見本大学"),
        ("", ""),
    ],
)
def test_the_present_institution_of_a_kaken_cell(written, name):
    assert words.last_home(written) == name


def test_headers_are_compared_without_width_case_and_white_space():
    assert folded_header(" ＫＡＤＡＩ_ID\n") == folded_header("kadai_id")
    assert folded_header("研究期間（年度）") == folded_header("研究期間 (年度)")


@pytest.mark.parametrize("number", ["30413925", "00251413", "80368612", "00452699"])
def test_the_first_digit_of_a_researcher_number_checks_the_others(number):
    assert rules.researcher_number_checks(number)
    assert not rules.researcher_number_checks(number[:-1] + str((int(number[-1]) + 1) % 10))


@pytest.mark.parametrize(
    ("written", "number"), [("251413", "00251413"), ("３０４１３９２５", "30413925"), ("30413925.0", "30413925"), ("12", ""), ("abcdefgh", ""), ("123456789", "")]
)
def test_a_researcher_number_gets_its_lost_zeros_back(written, number):
    assert rules.researcher_number(written) == number


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("JP22K12345", "22k12345"),
        ("https://kaken.nii.ac.jp/ja/grant/KAKENHI-PROJECT-24K00366/", "24k00366"),
        ("https://kaken.nii.ac.jp/en/grant/KAKENHI-PLANNED-24K00366", "24k00366"),
        ("https://doi.org/10.52926/JPMJMS2011", "mjms2011"),
        ("10.52926/jpmjms2011", "mjms2011"),
        ("24-K-00366", "24k00366"),
        ("///", ""),
    ],
)
def test_every_form_of_a_number_has_one_key(written, key):
    assert rules.number_key(written) == key


@pytest.mark.parametrize(
    ("scheme", "value", "odd"),
    [
        ("JGN", "JPMJMS2011", False), ("JGN", "ｊｐｍｊｍｓ2011", False), ("JGN", "JPMEERF12345678", False), ("JGN", "MJMS2011", True),
        ("JGN", "JPMEERF123456789", True), ("KAKENHI", "24K00366", False), ("KAKENHI", "JP23KF0079", False), ("KAKENHI", "18049069", False),
        ("KAKENHI", "2024K00366", True), ("内部番号", "甲-1", False),
    ],
)  # fmt: skip
def test_the_form_of_a_number_is_judged_by_its_scheme(scheme, value, odd):
    assert (rules.number_form_fault(scheme, value) is not None) is odd


def test_the_legal_form_is_no_part_of_the_name_people_use():
    assert words.bare_name("国立大学法人見本大学") == "見本大学"
    assert words.bare_name("株式会社見本製作所") == words.bare_name("見本製作所株式会社") == "見本製作所"
    assert words.bare_name("見本大学") == "見本大学"


def a_row(row, *numbers, **members):
    return Listed(row=row, numbers=numbers, title={"ja": f"題{row}"}, **members)


def test_rows_that_share_a_number_directly_or_through_others_are_one_project():
    found = joined([
        a_row(2, ("e-Rad", "21000001")), a_row(3, ("JGN", "JPMJMS2011")), a_row(4, ("e-Rad", "21000002")),
        a_row(5, ("e-Rad", "２１０００００１"), ("JGN", "mjms2011")),
    ])  # fmt: skip
    assert [[row.row for row in one.rows] for one in found] == [[2, 3, 5], [4]]
    assert [(one.scheme, one.value) for one in found[0].numbers] == [("e-Rad", "21000001"), ("JGN", "JPMJMS2011")]


def test_the_leading_organisation_is_the_one_that_the_list_calls_so():
    first, second = Cell("研究機関名", "甲"), Cell("研究機関名", "乙")
    (one,) = joined([a_row(2, ("JGN", "JPX1"), organisation=first, leading=False), a_row(3, ("JGN", "JPX1"), organisation=second, leading=True)])
    assert one.lead.organisation == second
    assert one.beside == ((2, first),)


def test_of_several_numbers_that_of_the_newest_year_is_current():
    (one,) = joined([
        a_row(2, ("e-Rad", "21000001"), ("JGN", "JP26a1"), year=2026), a_row(3, ("e-Rad", "21000001"), ("JGN", "JP25a1"), year=2025),
    ])  # fmt: skip
    told = {number.value: (number.current, number.from_fiscal_year, number.until_fiscal_year) for number in one.numbers}
    assert told == {"21000001": (True, None, None), "JP26a1": (True, 2026, None), "JP25a1": (False, 2025, 2025)}
    assert one.title == {"ja": "題2"}


def test_the_funders_known_here_are_those_of_the_common_vocabulary():
    theirs = Path(__file__).resolve().parents[2] / "profiles/packs/common/vocabularies/funders.csv"
    names = ("code", "ja", "en", "erad_code", "ror")
    told = [[tuple(row[name] for name in names) for row in csv.DictReader(path.open(encoding="utf-8"))] for path in (FUNDERS, theirs)]
    assert told[0] == told[1]
    assert len(told[0]) == 21
