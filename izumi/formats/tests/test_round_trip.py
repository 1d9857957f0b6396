"""Random documents through every format: always valid, and nothing of the common items lost where a format has a place."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from izumi.formats import golden, queries
from tests.shared import shared_path

BASE = golden.samples()["notebook"]
EXAMPLES = 2000 if os.environ.get("IZUMI_LONG") else 60
SCHEMAS = {"jpcoar_1.0": "jpcoar-1.0", "jpcoar_2.0": "jpcoar-2.0", "jpcoar_2.1": "jpcoar-2.1", "oai_dc": "oai_dc", "datacite-xml": "datacite-4.7"}

JAPANESE = st.text(alphabet="データ水質疲労〇々、。「」『』　 ー①㈱ｱ🌱𠮷<&>\"'\n\t-=", min_size=1, max_size=24)
LATIN = st.text(alphabet="abcXYZ 0123456789<&>\"'/\\\n\r\t\x00\x0b—é=+-;:,%", min_size=1, max_size=24)


def said(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return alphabet.map(str.strip).filter(bool)


HAN = said(JAPANESE).map(lambda text: "題" + text)
ROMAN = said(LATIN.map(lambda text: "".join(c for c in text if c not in "\x00\x0b\r"))).map(lambda text: "T" + text)


def texts() -> st.SearchStrategy[dict[str, str]]:
    both = st.fixed_dictionaries({"ja": HAN, "en": ROMAN})
    return st.one_of(both, st.fixed_dictionaries({"ja": HAN}), st.fixed_dictionaries({"en": ROMAN}))


WORD = st.text(alphabet="藤本紗季岡部遼abcXYZ", min_size=1, max_size=6)
PERSON = st.fixed_dictionaries(
    {
        "name": st.dictionaries(st.sampled_from(["ja", "en"]), st.fixed_dictionaries({"family": WORD, "given": WORD}), min_size=1),
        "organisation": st.just(False),
        "identifiers": st.lists(
            st.fixed_dictionaries({"scheme": st.just("e-Rad_Researcher"), "value": st.from_regex(r"\A\d{8}\Z")}), min_size=1, max_size=1
        ),
    }
)
DAY = st.dates(min_value=__import__("datetime").date(1990, 1, 1), max_value=__import__("datetime").date(2099, 1, 1)).map(str)
PLACE = st.text(alphabet="国立大学法人青葉台 Aoba", min_size=1, max_size=12).map(lambda text: "大" + text.strip())

DOCUMENT = st.fixed_dictionaries(
    {
        "title": texts(),
        "description": texts(),
        "data_number": st.text(alphabet="No.12-/ 号<&%:", min_size=1, max_size=8).map(str.strip).filter(bool),
        "field": st.sampled_from(["189", "489", "9999"]),
        "type": st.sampled_from(["dataset", "experimental_data", "laboratory_notebook", "measurement_and_test_data"]),
        "creators": st.lists(PERSON, max_size=3),
        "hosting_organisation": st.fixed_dictionaries({"name": st.fixed_dictionaries({"ja": PLACE}), "ror": st.just("https://ror.org/057zh3y96")}),
        "manager": st.one_of(PERSON, st.fixed_dictionaries({"name": st.fixed_dictionaries({"ja": PLACE}), "organisation": st.just(True)})),
        "contact": st.one_of(
            st.just({"email": "desk@example.ac.jp"}),
            st.fixed_dictionaries({"organisation": st.fixed_dictionaries({"ja": PLACE}), "address": st.fixed_dictionaries({"ja": PLACE}), "phone": st.just("000-0000-0000")}),
        ),
        "funding": st.lists(
            st.fixed_dictionaries({
                "funder": st.just({"name": {"ja": "国立研究開発法人科学技術振興機構", "en": "Japan Science and Technology Agency"}, "ror": "https://ror.org/00097mb19", "erad_code": "1020"}),
                "programme": texts(), "programme_code": st.sampled_from(["MJMS", "MEERF"]),
                "award_number": st.from_regex(r"\AJPMJ[A-Z]{2}\d{4}\Z"), "award_title": texts(),
            }), max_size=2,
        ),
        "access": st.one_of(
            st.fixed_dictionaries({"class": st.sampled_from(["open", "shared", "closed"])}),
            st.fixed_dictionaries({"class": st.just("embargoed"), "available_on": DAY}),
        ),
        "terms": st.fixed_dictionaries({"fee": st.sampled_from(["free", "paid"]), "licence": st.sampled_from(["CC-BY-4.0", "CC0-1.0", "MIT", "Apache-2.0"]), "citation": texts()}),
        "repository": st.fixed_dictionaries({"name": texts(), "url": st.just("https://repository.example.org/r/1?a=b&c=d")}),
        "size": st.fixed_dictionaries({"approximate": st.sampled_from(["<1GB", "1-10GB", ">100GB"])}),
        "posted_on": DAY,
        "updated_on": DAY,
        "remarks": texts(),
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def schemas():
    folder = shared_path("schemas/load_offline.py").parent
    sys.path.insert(0, str(folder))
    try:
        import load_offline
    finally:
        sys.path.remove(str(folder))
    return load_offline


def package(document: dict):
    return replace(BASE, metadata=document, access=document.get("access", {}))


def lost(document: dict, name: str) -> list[str]:
    return [loss.pointer for loss in queries.losses(package(document), name)]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(document=DOCUMENT)
def test_every_document_is_valid_in_every_format(schemas, document):
    for name in queries.all_codecs():
        found = b"".join(queries.codec(name).write(package(document)))
        if name in SCHEMAS:
            schema = schemas.xsd(SCHEMAS[name])
            assert schema.validate(etree.fromstring(found)), (name, schema.error_log)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=DOCUMENT)
def test_jpcoar_loses_nothing_of_the_common_items(document):
    assert lost(document, "jpcoar_2.0") == []


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=DOCUMENT)
def test_own_json_loses_nothing(document):
    source = b"".join(queries.codec("json").write(package(document)))
    ((incoming,), _) = queries.codec("json").read(source)
    assert incoming.metadata == document


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=DOCUMENT)
def test_the_table_loses_no_code_and_no_number(document):
    found = lost(document, "common-csv")
    codes = ("/data_number", "/field", "/type", "/terms/fee", "/terms/licence", "/access", "/size", "/hosting_organisation/ror",
             "/contact/email", "/contact/phone", "/repository/url", "/updated_on")  # fmt: skip
    assert [pointer for pointer in found if pointer.startswith(codes)] == []
    assert [pointer for pointer in found if pointer.endswith(("/award_number", "/programme_code", "/erad_code"))] == []
