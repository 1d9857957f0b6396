from __future__ import annotations

import csv
import io
import json
import os
import sys
from dataclasses import replace

import pytest
from lxml import etree

from izumi.formats import golden, queries
from izumi.kernel.errors import Invalid
from izumi.profiles.document import MetadataDocument
from tests.shared import shared_path

SAMPLES = golden.samples()
CODECS = queries.all_codecs()
SCHEMAS = {"jpcoar_1.0": "jpcoar-1.0", "jpcoar_2.0": "jpcoar-2.0", "jpcoar_2.1": "jpcoar-2.1", "oai_dc": "oai_dc", "datacite-xml": "datacite-4.7"}
KEPT = ("posted_on", "updated_on")


def written(sample: str, name: str) -> bytes:
    return b"".join(queries.codec(name).write(SAMPLES[sample]))


def pointers(sample: str, name: str) -> list[str]:
    return [loss.pointer for loss in queries.losses(SAMPLES[sample], name)]


@pytest.fixture(scope="session")
def schemas():
    folder = shared_path("schemas/load_offline.py").parent
    sys.path.insert(0, str(folder))
    try:
        import load_offline
    finally:
        sys.path.remove(str(folder))
    return load_offline


def errors(schemas, name: str, source: bytes) -> list[str]:
    schema = schemas.xsd(SCHEMAS[name])
    return [] if schema.validate(etree.fromstring(source)) else [error.message for error in schema.error_log]


@pytest.mark.parametrize("name", sorted(CODECS))
@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_what_is_written_equals_its_golden_file(sample, name):
    path = golden.place_of(CODECS[name], sample)
    if os.environ.get("IZUMI_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(sample, name))
    assert path.read_bytes() == written(sample, name)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_xml_is_valid_by_the_official_schema(schemas, sample, name):
    assert errors(schemas, name, written(sample, name)) == []


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_datacite_json_is_valid_apart_from_what_came_after_4_5(schemas, sample):
    found = json.loads(written(sample, "datacite-json"))
    found["dates"] = [date for date in found.get("dates", []) if date["dateType"] != "Coverage"]
    assert [error.message for error in schemas.json_validator("datacite-4.5").iter_errors(found)] == []


@pytest.mark.parametrize(("name", "file"), [("common-csv", "header_ja.csv"), ("common-csv-en", "header_en.csv")])
def test_the_header_of_the_table_is_the_official_one_byte_for_byte(name, file):
    official = shared_path(f"fixtures/common-metadata-csv/{file}").read_bytes()
    assert written("alloy", name).startswith(b"\xef\xbb\xbf" + official)


def test_a_row_has_thirty_cells_in_the_official_order():
    rows = list(csv.reader(io.StringIO(written("alloy", "common-csv").decode("utf-8-sig"))))
    assert [len(row) for row in rows] == [30, 30]
    assert rows[1] == [
        "国立研究開発法人科学技術振興機構", "MJMS", "ムーンショット型研究開発事業", "JPMJMS9999", "資源循環合金の実現", "No. 3",
        "再生 A6061 合金の回転曲げ疲労試験データ", "2026-05-20",
        "再生材の配合を変えた 12 種の試験片の疲労寿命。\n応力比 R = -1、室温。A & B を含む。", "ナノテク・材料", "実験データ", "<1GB",
        "無償", "クリエイティブ・コモンズ 表示 4.0 国際", "DOI を引用してください。", "公開期間猶予", "2027-04-01", "Izumi 実演サイト",
        "https://doi.org/10.5072/izumi.4k9vd-2m8qa", "藤本 紗季;青葉台大学 材料試験室", "30413925;", "国立大学法人青葉台大学",
        "https://ror.org/057zh3y96", "研究データ管理室", "", "青葉台大学 研究データ管理室", "〒000-0000　青葉県青葉市 1-2-3",
        "000-0000-0000", "rdm@example.ac.jp", "第 1 版の誤記を訂正。",
    ]  # fmt: skip


def test_a_cell_never_becomes_a_formula():
    package = replace(SAMPLES["survey"], metadata={"title": {"en": "=1+1"}, "contact": {"phone": "+81 3-0000-0000"}})
    row = list(csv.reader(io.StringIO(b"".join(queries.codec("common-csv-en").write(package)).decode("utf-8-sig"))))[1]
    assert row[6] == "'=1+1"
    assert row[27] == "+81 3-0000-0000"
    ((incoming,), _) = queries.codec("common-csv").read(b"".join(queries.codec("common-csv-en").write(package)))
    assert incoming.metadata["title"] == {"en": "=1+1"}


def test_jpcoar_carries_every_common_item():
    assert pointers("alloy", "jpcoar_2.0") == ["/access/opens", "/access/metadata_class", "/dates/1/type", "/acquisition"]
    assert pointers("notebook", "jpcoar_2.0") == ["/access/reasons"]
    # A middle name travels inside the given name.
    assert pointers("survey", "jpcoar_2.0") == ["/creators/0/name/en/given", "/creators/0/name/en/middle"]


def test_the_table_carries_one_language_and_says_so():
    common = [p for p in pointers("alloy", "common-csv") if p.endswith("/en") or p.count("/") == 1]
    assert common == [
        "/title/en", "/alternative_titles", "/description/en", "/descriptions", "/summary", "/keywords",
        "/creators/0/name/en", "/contributors", "/hosting_organisation/name/en", "/manager/name/en",
        "/contact/organisation/en", "/contact/address/en", "/funding/0/programme/en", "/funding/0/award_title/en",
        "/terms/citation/en", "/repository/name/en", "/dates", "/acquisition", "/relations", "/coverage", "/languages",
        "/version_label", "/remarks/en",
    ]  # fmt: skip
    assert pointers("notebook", "common-csv") == ["/access/reasons", "/funding/1/award_title"]


def test_datacite_gets_no_personal_contact():
    text = written("alloy", "datacite-json").decode()
    assert "rdm@example.ac.jp" not in text
    assert "000-0000-0000" not in text
    assert "/contact/email" in pointers("alloy", "datacite-json")


def test_own_json_says_what_it_should_and_nothing_else():
    found = json.loads(written("alloy", "json"))
    assert sorted(found) == [
        "access", "files", "id", "identifiers", "kind", "links", "metadata", "organisation", "profiles", "published_on",
        "publisher", "state", "unmapped", "updated_on", "urls", "version", "versions",
    ]  # fmt: skip
    assert found["files"] == {"bytes": 21292, "count": 2}
    assert written("alloy", "json") == written("alloy", "json")


def test_embedded_json_ld_cannot_end_its_element():
    text = queries.embedded_json_ld(SAMPLES["survey"])
    assert "</" not in text and "<" not in text and "&" not in text
    assert json.loads(text)["name"] == 'Survey of soil moisture </script><b>&amp;</b> "quoted" 🌱'


def test_people_can_cite_in_both_languages():
    assert queries.citation(SAMPLES["alloy"], "ja") == (
        "藤本紗季、青葉台大学 材料試験室（2026）「再生 A6061 合金の回転曲げ疲労試験データ」第 2 版、国立大学法人青葉台大学。"
        "https://doi.org/10.5072/izumi.4k9vd-2m8qa"
    )
    assert queries.citation(SAMPLES["survey"], "en") == (
        'Sato, Hana M. (2026). Survey of soil moisture </script><b>&amp;</b> "quoted" 🌱. Version 1. Aobadai University. '
        "https://izumi.example.org/id/2m5td-9k1xh"
    )


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/vnd.datacite.datacite+xml", "datacite-xml"),
        ("application/vnd.citationstyles.csl+json", "csl"),
        ("application/x-bibtex", "bibtex"),
        ("application/x-research-info-systems", "ris"),
        ("text/csv", "common-csv"),
        ("application/json", "json"),
        ("application/xml", "jpcoar_2.0"),
        ("text/xml", "jpcoar_2.0"),
        ('application/xml; profile="http://www.openarchives.org/OAI/2.0/oai_dc/"', "oai_dc"),
        ('application/ld+json;profile="https://w3id.org/ro/crate"', "ro-crate"),
        ('application/ld+json;profile="https://example.org/unknown"', None),
        ("application/x-no-such-type", None),
    ],
)
def test_a_reader_gets_the_format_that_accept_asks_for(accept, name):
    assert queries.negotiate(accept) == name


def test_an_unknown_format_is_told_with_the_known_ones():
    with pytest.raises(Invalid) as told:
        queries.codec("marc21")
    assert told.value.code == "format.unknown"
    assert "datacite-json" in told.value.facts["known"]


@pytest.mark.parametrize("name", ["json", "jpcoar_2.0", "common-csv", "datacite-json"])
def test_a_file_is_recognised_by_its_content(name):
    assert queries.detect(written("alloy", name)) == name


def fixture_files(pattern: str) -> list:
    folder = shared_path("fixtures")
    return sorted(folder.glob(pattern))


@pytest.mark.parametrize("version", ["1.0", "2.0", "2.1", "rules-2.0"])
def test_jpcoar_of_others_is_read_and_written_again_valid(schemas, version):
    files = fixture_files(f"jpcoar/{version}/*.xml")
    assert files
    for file in files:
        ((incoming,), _) = queries.codec("jpcoar_2.0").read(file.read_bytes())
        MetadataDocument.model_validate({k: v for k, v in incoming.metadata.items() if k not in KEPT})
        package = replace(SAMPLES["notebook"], metadata=incoming.metadata, access={}, unmapped=incoming.unmapped)
        for name in SCHEMAS:
            found = b"".join(queries.codec(name).write(package))
            assert errors(schemas, name, found) == [], (file.name, name)


def test_only_the_official_code_of_a_funding_stream_is_a_programme_code(schemas):
    source = shared_path("fixtures/jpcoar/2.0/11_dataset_external_link.xml").read_bytes()
    _, (record,), losses = queries.read(source)
    assert record.metadata["funding"] == [
        {
            "funder": {
                "name": {"ja": "文部科学省", "en": "Ministry of Education, Culture, Sports, Science and Technology"},
                "ror": "https://ror.org/048rj2z13",
                "erad_code": "1001",
            },
            "programme": {"ja": "科学研究費補助金"},
            "award_number": "JP15H05814",
            "award_title": record.metadata["funding"][0]["award_title"],
        }
    ]
    assert "http://data.crossref.org/fundingdata/funder/10.13039/501100001691" in [loss.value for loss in losses]


def test_the_official_sample_of_the_common_items_is_understood():
    source = shared_path("fixtures/jpcoar/2.0/14_common_metadata_elements_cao.xml").read_bytes()
    ((incoming,), losses) = queries.codec("jpcoar_2.0").read(source)
    assert losses == ()
    assert incoming.metadata == {
        "title": {"ja": "〇〇実証においてセンサより撮像したデータ及び関連データ"},
        "creators": [
            {
                "name": {"ja": {"family": "情報", "given": "太郎"}, "en": {"family": "Jyoho", "given": "Taro"}},
                "organisation": False,
                "identifiers": [{"scheme": "e-Rad_Researcher", "value": "2021xxxx"}],
            }
        ],
        "hosting_organisation": {
            "name": {"ja": "〇〇大学", "en": "The University of 〇〇"}, "ror": "https://ror.org/057zh3y96"
        },
        "manager": {"name": {"ja": "データ管理室"}, "organisation": True},
        "contact": {"organisation": {"en": "受付係　〇〇県〇〇市xx-xx"}},
        "access": {"class": "embargoed", "available_on": "2030-04-01"},
        "terms": {
            "licence": "CC-BY-4.0",
            "licence_url": "https://creativecommons.org/licenses/by/4.0/deed.en",
            "rights": [{"text": {"ja": "このデータを使用するにあたっては〇〇"}}],
        },
        "field": "1000",
        "description": {
            "ja": "〇〇への応用が期待できる、〇〇〇〇のゲノム解析と、その効率的な化合物生産に役立てるための発現プロファイル情報"
        },
        "type": "experimental_data",
        "identifiers": [{"scheme": "DOI", "value": "https://doi.org/10.xxxxx/xxxxxxxx", "primary": True}],
        "data_number": "12345678",
        "funding": [
            {
                "funder": {
                    "name": {
                        "ja": "国立研究開発法人科学技術振興機構（JST）", "en": "Japan Science and Technology Agency（JST）"
                    }
                },
                "programme_code": "MJPF",
                "award_number": "JPMJPF9999",
                "programme": {"ja": "〇〇研究開発事業"},
                "award_title": {"ja": "〇〇の××に基づく△△の実現"},
            }
        ],
        "size": {"approximate": "852.95 KB"},
    }  # fmt: skip


@pytest.mark.parametrize("pattern", ["datacite-json/v4.5/*.json", "datacite-json/v4.3/*.json", "datacite-json/rest-api/*.json"])
def test_datacite_json_of_others_is_read(pattern):
    for file in fixture_files(pattern):
        incoming, _ = queries.codec("datacite-json").read(file.read_bytes())
        for entry in incoming:
            assert entry.metadata["title"], file.name
            MetadataDocument.model_validate({k: v for k, v in entry.metadata.items() if k not in KEPT})


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
<jpcoar:jpcoar xmlns:jpcoar="https://github.com/JPCOAR/schema/blob/master/2.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>&b;&f;</dc:title></jpcoar:jpcoar>"""


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("jpcoar_2.0", b"not xml"),
        ("jpcoar_2.0", b"<a/>"),
        ("jpcoar_2.0", ENTITIES),
        ("json", b"[]"),
        ("json", b'{"metadata": 1}'),
        ("json", b"\xff\xfe"),
        ("datacite-json", b'{"a": 1}'),
        ("datacite-json", b"[" * 100_000),
        ("common-csv", b"a,b\n1,2\n"),
        ("common-csv", b'"unclosed'),
        ("auto", b"%PDF-1.7"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(name, source):
    with pytest.raises(Invalid) as told:
        queries.read(source, name)
    (finding,) = told.value.findings
    assert finding.message["ja"] and finding.message["en"]


def test_a_table_in_the_windows_code_page_is_read():
    source = written("alloy", "common-csv").decode("utf-8-sig").encode("cp932", "replace")
    (incoming,), losses = queries.codec("common-csv").read(source)
    assert incoming.metadata["title"] == {"ja": "再生 A6061 合金の回転曲げ疲労試験データ"}
    assert losses == ()


def test_unknown_columns_are_kept_and_told():
    source = "データの名称,データの説明,データの分野,データ種別,アクセス権,内部番号\n題,説明,環境,調査データ,公開,X-1\n".encode()
    (incoming,), (loss,) = queries.codec("common-csv").read(source)
    assert incoming.unmapped == ({"format": "common-csv", "path": "内部番号", "value": "X-1"},)
    assert loss.pointer == "内部番号"
    assert incoming.metadata == {
        "title": {"ja": "題"}, "description": {"ja": "説明"}, "field": "389", "type": "survey_data", "access": {"class": "open"}
    }  # fmt: skip


def test_what_jpcoar_brought_and_the_document_lacks_is_written_back(schemas):
    source = shared_path("fixtures/jpcoar/2.0/03_journal_article_oa.xml").read_bytes()
    ((incoming,), _) = queries.codec("jpcoar_2.0").read(source)
    package = replace(SAMPLES["notebook"], metadata=incoming.metadata, unmapped=incoming.unmapped)
    found = b"".join(queries.codec("jpcoar_2.0").write(package))
    assert b"sourceTitle" in found
    assert errors(schemas, "jpcoar_2.0", found) == []
    assert b"sourceTitle" not in b"".join(queries.codec("jpcoar_2.1").write(package))


def test_the_contract_holds_for_every_codec():
    names = [codec.name for codec in CODECS.values()]
    assert sorted(names) == sorted(CODECS) == sorted(
        ["bibtex", "common-csv", "common-csv-en", "csl", "datacite-json", "datacite-xml", "jpcoar_1.0", "jpcoar_2.0", "jpcoar_2.1", "json",
         "oai_dc", "ris", "ro-crate", "schema-org"]
    )  # fmt: skip
    for codec in CODECS.values():
        assert {"ja", "en"} <= set(codec.label)
        assert "/" in codec.media_types[0]


def test_a_link_made_after_publication_is_in_every_format_once():
    later = ({"relation": "IsReferencedBy", "scheme": "DOI", "identifier": "10.5072/PAPER.9"},)
    again = ({"relation": "IsSupplementTo", "scheme": "DOI", "identifier": "https://doi.org/10.5072/paper.1"},)
    package = replace(SAMPLES["alloy"], links=later + again)
    for name in ("jpcoar_2.0", "datacite-json", "datacite-xml", "oai_dc"):
        text = b"".join(queries.codec(name).write(package)).decode()
        assert text.count("10.5072/PAPER.9") == 1, name
        assert text.count("10.5072/paper.1") == 1, name


@pytest.mark.parametrize(("kind", "words"), [("software", "software"), ("publication", "article"), ("collection", "other")])
def test_other_kinds_have_words_that_jpcoar_knows(schemas, kind, words):
    package = replace(SAMPLES["notebook"], kind=kind, metadata={"title": {"ja": "題"}})
    for name in SCHEMAS:
        found = b"".join(queries.codec(name).write(package))
        assert errors(schemas, name, found) == []
        assert f">{words}<".encode() in found


def test_what_datacite_brought_and_the_document_lacks_is_written_back():
    source = {"titles": [{"title": "t"}], "creators": [], "relatedItems": [{"titles": [{"title": "Journal"}]}], "odd": 1}
    ((incoming,), losses) = queries.codec("datacite-json").read(json.dumps(source).encode())
    assert [loss.pointer for loss in losses] == ["/relatedItems", "/odd"]
    package = replace(SAMPLES["notebook"], metadata=incoming.metadata, unmapped=incoming.unmapped)
    found = json.loads(b"".join(queries.codec("datacite-json").write(package)))
    assert found["relatedItems"] == source["relatedItems"]
    assert "odd" not in found
