from __future__ import annotations

from datetime import UTC, datetime

import pytest

from izumi.publishing.oai.arguments import Asked, ProtocolError, parse


def asked(*pairs: tuple[str, str]) -> Asked:
    return parse(pairs)


def code(*pairs: tuple[str, str]) -> str:
    with pytest.raises(ProtocolError) as failure:
        parse(pairs)
    assert failure.value.en
    assert failure.value.ja
    return failure.value.code


LIST = (("verb", "ListRecords"), ("metadataPrefix", "oai_dc"))


@pytest.mark.parametrize("pairs", [(), (("verb", "Nope"),), (("verb", ""),), (("verb", "Identify"), ("verb", "Identify")), (("verb", "identify"),)])
def test_a_verb_is_one_of_six_and_given_once(pairs):
    assert code(*pairs) == "badVerb"


@pytest.mark.parametrize(
    "pairs",
    [
        (("verb", "ListRecords"),),
        (("verb", "GetRecord"), ("metadataPrefix", "oai_dc")),
        (("verb", "GetRecord"), ("identifier", "oai:x:1")),
        (("verb", "Identify"), ("foo", "bar")),
        (("verb", "Identify"), ("resumptionToken", "x")),
        (("verb", "ListSets"), ("set", "kind:dataset")),
        (("verb", "ListMetadataFormats"), ("metadataPrefix", "oai_dc")),
        (*LIST, ("metadataPrefix", "oai_dc")),
        (*LIST, ("resumptionToken", "x")),
        (*LIST, ("from", "junk")),
        (*LIST, ("from", "")),
        (*LIST, ("from", "2021-02-30")),
        (*LIST, ("from", "0000-01-01")),
        (*LIST, ("from", "2021-1-1")),
        (*LIST, ("from", "２０２１-01-01")),
        (*LIST, ("from", "2021-01-01T00:00Z")),
        (*LIST, ("from", "2021-01-01T00:00:00+09:00")),
        (*LIST, ("from", "2021-01-01T24:00:00Z")),
        (*LIST, ("from", "2001-01-01"), ("until", "2002-01-01T00:00:00Z")),
        (*LIST, ("from", "2002-01-01"), ("until", "2001-01-01")),
        (*LIST, ("set", "a b")),
        (*LIST, ("set", "")),
        (*LIST, ("set", "a" * 2001)),
        (("verb", "ListRecords"), ("metadataPrefix", "<x>")),
        (("verb", "GetRecord"), ("metadataPrefix", "oai_dc"), ("identifier", "<x>&\"")),
        (("verb", "GetRecord"), ("metadataPrefix", "oai_dc"), ("identifier", "oai:x:%")),
        (("verb", "GetRecord"), ("metadataPrefix", "oai_dc"), ("identifier", "oai:x:1\n")),
        (("verb", "GetRecord"), ("metadataPrefix", "oai_dc"), ("identifier", "no-scheme")),
    ],
)  # fmt: skip
def test_what_is_missing_unknown_repeated_or_badly_written_is_a_bad_argument(pairs):
    assert code(*pairs) == "badArgument"


def test_a_day_means_the_whole_day_in_utc():
    found = asked(*LIST, ("from", "2026-11-20"), ("until", "2026-11-20"))
    assert found.since == datetime(2026, 11, 20, tzinfo=UTC)
    assert found.until == datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)


def test_seconds_are_taken_as_they_are_to_the_end_of_the_calendar():
    found = asked(*LIST, ("from", "2026-11-20T01:02:03Z"), ("until", "9999-12-31T23:59:59Z"))
    assert found.since == datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
    assert found.until == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert asked(*LIST, ("until", "9999-12-31")).until == found.until


def test_a_token_stands_alone_beside_its_verb():
    assert asked(("verb", "ListSets"), ("resumptionToken", "x"))["resumptionToken"] == "x"
    assert asked(("verb", "ListRecords"), ("resumptionToken", "x")).given == {"verb": "ListRecords", "resumptionToken": "x"}
