from __future__ import annotations

import pytest

from izumi.formats import dates, document, languages, rules
from izumi.formats.rules import Offer, accepted, best_offer, difference

OFFERS = (
    Offer("html", "text/html"),
    Offer("schema-org", "application/ld+json"),
    Offer("datacite-json", "application/vnd.datacite.datacite+json"),
    Offer("jpcoar_2.0", "application/xml"),
    Offer("json", "application/json"),
    Offer("ro-crate", "application/ld+json", "https://w3id.org/ro/crate"),
)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", "html"),
        ("*/*", "html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/ld+json", "schema-org"),
        ("application/json", "json"),
        ("application/*;q=0.5, text/html;q=0.4", "schema-org"),
        ("text/html;q=0.4, application/vnd.datacite.datacite+json", "datacite-json"),
        ('application/ld+json;profile="https://w3id.org/ro/crate"', "ro-crate"),
        ('application/ld+json; profile="https://example.org/x https://w3id.org/ro/crate/"', "ro-crate"),
        ('application/ld+json; profile="https://example.org/x"', None),
        ("application/x-no-such-type", None),
        ("application/json;q=0", None),
        ("text/html;q=0, */*", "schema-org"),
        ("nonsense", None),
        ("application/json;q=7, application/xml", "jpcoar_2.0"),
        ("APPLICATION/JSON", "json"),
    ],
)
def test_an_accept_header_is_answered_with_what_the_reader_likes_best(header, wanted):
    assert best_offer(header, OFFERS) == wanted


def test_a_comma_inside_quotes_does_not_part_an_accept_header():
    (one,) = accepted('application/ld+json;profile="a,b;c"')
    assert one.parameters == {"profile": "a,b;c"}


def test_what_one_document_lacks_is_told_with_its_place():
    original = {"title": {"ja": "題", "en": "title"}, "creators": [{"a": 1}, {"a": 2}], "empty": {}}
    losses = difference(original, {"title": {"ja": "題"}, "creators": [{"a": 1}]})
    assert [loss.pointer for loss in losses] == ["/title/en", "/creators/1"]
    assert losses[0].value == "title"


@pytest.mark.parametrize(
    ("edtf", "exact", "nearest"),
    [
        ("2026", "2026", "2026"),
        ("2026-04/2026-09", "2026-04/2026-09", "2026-04/2026-09"),
        ("2026-04/..", "2026-04/", "2026-04/"),
        ("../2026", "/2026", "/2026"),
        ("2004~", "", "2004"),
        ("2004-06?", "", "2004-06"),
        ("2001-21", "", "2001"),
        ("19XX", "", ""),
        ("2026-13-40", "", ""),
        ("2026-04-01T10:00:00+09:00", "2026-04-01T10:00:00+09:00", "2026-04-01T10:00:00+09:00"),
        ("/", "", ""),
        ("", "", ""),
    ],
)
def test_edtf_becomes_w3cdtf_or_nothing(edtf, exact, nearest):
    assert dates.w3cdtf(edtf) == exact
    assert dates.nearest(edtf) == nearest


def test_languages_have_three_letters_in_libraries():
    assert [languages.three_letters(tag) for tag in ("ja", "en-US", "zh", "jpn", "xx", "")] == ["jpn", "eng", "zho", "jpn", "", ""]
    assert languages.shortest("jpn") == "ja"


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.5072/abc", "10.5072/abc"),
        ("https://doi.org/10.5072/ABC", "10.5072/ABC"),
        ("doi:10.5072/abc", "10.5072/abc"),
        ("https://example.org/10.5072/abc", ""),
        ("10.5072", ""),
    ],
)
def test_a_doi_is_known_in_every_dress(text, doi):
    assert document.doi(text) == doi


def test_control_characters_never_reach_a_format():
    assert document.clean("a\x00b\x0bc\ud800d\r\ne ") == "abcd\ne"


def test_readings_appear_only_beside_a_japanese_text():
    assert document.texts({"ja-Kana": "ヨミ", "en": "x"}) == [("en", "x")]
    assert document.texts({"en": "x", "ja-Kana": "ヨミ", "ja": "読"}) == [("ja", "読"), ("en", "x"), ("ja-Kana", "ヨミ")]


def test_a_whole_lost_member_is_told_once():
    assert [loss.pointer for loss in rules.absent({"a": 1, "b": {"c": 2}, "d": None}, ("a",))] == ["/b"]


@pytest.mark.parametrize(
    ("agent", "organisation"),
    [
        ({"name": {"ja": "見本 あおい"}, "identifiers": [{"scheme": "e-Rad_Researcher", "value": "99990001"}]}, False),
        ({"name": {"ja": "見本 あおい"}, "affiliations": [{"name": {"ja": "いずみ野大学"}}]}, False),
        ({"name": {"ja": {"family": "見本", "given": "あおい"}}}, False),
        ({"name": {"ja": "研究データ室"}}, True),
        ({"name": {"ja": "研究データ室"}, "identifiers": [{"scheme": "ROR", "value": "https://ror.org/057zh3y96"}]}, True),
    ],
)
def test_a_person_whose_name_is_not_in_parts_is_no_organisation(agent, organisation):
    assert document.is_organisation(agent) is organisation
