"""Real instrument files, deposited as datasets whose metadata says what the official JPCOAR samples say.

Every file comes back byte for byte; every export is valid, says what the official sample says, and loses no common item.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from izumi.kernel import clock
from izumi.kernel.actors import console
from izumi.people import actions as people
from tests.shared import shared_path

pytestmark = pytest.mark.usefixtures("home")

DOCUMENTS = Path(__file__).resolve().parents[2] / "corpus" / "materials"
DATASETS = {
    "X-ray": ("07_dataset", ["xrd/TwoTheta_scan_powder.rasx", "xrd/XRD-918-16_10.xrdml", "xrd/23-012-AG_2thomegascan_long.brml"]),
    "photoelectron": ("07_dataset", ["xps/regular.vms", "xps/SnO2_10nm.spe"]),
    "electron microscope": (
        "11_dataset_external_link",
        ["em/EELS_spectrum.dm3", "em/test_STEM_image.dm3", "em/over16bit.bcf", "em/example1.msa"],
    ),
    "infrared and NMR": ("11_dataset_external_link", ["ir_nmr/1,2-dichloroethane.jdx", "ir_nmr/ethanol_nmr.jdx"]),
    "magnetism": ("14_common_metadata_elements_cao", ["magnetic/MPMS_test.dat"]),
}  # fmt: skip
NAMES = {
    "jpcoar": "https://github.com/JPCOAR/schema/blob/master/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "datacite": "https://schema.datacite.org/meta/kernel-4/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
SAID = {
    "07_dataset": [
        "//dc:title",
        "//jpcoar:creator/jpcoar:creatorName",
        "//jpcoar:creator/jpcoar:affiliation/jpcoar:affiliationName",
        "//jpcoar:contributor[@contributorType='ProjectLeader']/jpcoar:contributorName",
        "//jpcoar:contributor[@contributorType='DataCollector']/jpcoar:contributorName",
        "//dcterms:accessRights/@rdf:resource",
        "//jpcoar:subject",
        "//datacite:description",
        "//dc:publisher",
        "/*/datacite:date[@dateType='Created']",
        "//dc:language",
        "//dc:type/@rdf:resource",
        "/*/datacite:version",
        "//jpcoar:identifier[@identifierType='DOI']",
        "//jpcoar:relation/jpcoar:relatedIdentifier",
        "//datacite:geoLocationBox/*",
        "//jpcoar:funderName",
        "//jpcoar:fundingStream",
        "//jpcoar:awardNumber",
        "//jpcoar:awardTitle",
    ],
    "11_dataset_external_link": [
        "//dc:title",
        "//jpcoar:creator/jpcoar:creatorName",
        "//jpcoar:contributor[@contributorType='ProjectLeader']/jpcoar:contributorName",
        "//dcterms:accessRights/@rdf:resource",
        "//jpcoar:subject",
        "//dc:publisher",
        "//dc:type/@rdf:resource",
        "/*/datacite:version",
        "//jpcoar:identifier[@identifierType='URI']",
        "//jpcoar:relation/jpcoar:relatedIdentifier",
        "//jpcoar:funderName",
        "//jpcoar:fundingStream",
        "//jpcoar:awardNumber",
    ],
    "14_common_metadata_elements_cao": [
        "//dc:title",
        "//jpcoar:creator/jpcoar:familyName",
        "//jpcoar:creator/jpcoar:givenName",
        "//jpcoar:contributor[@contributorType='HostingInstitution']/jpcoar:nameIdentifier",
        "//jpcoar:contributor[@contributorType='DataManager']/jpcoar:contributorName",
        "//dcterms:accessRights/@rdf:resource",
        "//jpcoar:subject",
        "//datacite:description",
        "//datacite:date[@dateType='Available']",
        "//dc:type/@rdf:resource",
        "//jpcoar:relation/jpcoar:relatedIdentifier[@identifierType='Local']",
        "//jpcoar:fundingStreamIdentifier",
        "//jpcoar:fundingStream",
        "//jpcoar:awardNumber",
        "//jpcoar:awardTitle",
    ],
}
"""What the official sample says and the export must say too, letter for letter (line ends and outer spaces apart)."""
COMMON = {
    "07_dataset": [
        "Japan Society for the Promotion of Science", "科学研究費助成事業", "JP18049069", "情報爆発時代の情報検索基盤技術", "7",
        "The GRENE-TEA Project dataset", "35 year period from 1970 to 2005", "自然科学一般", "1GB",
        "識別子を添えて引用してください。", "見本リポジトリ", "10.15017/64495", "寺田", "国立大学法人東京大学", "データ管理室",
        "受付係", "reception@example.ac.jp", "測定装置のファイルを添えています。",
    ],
    "11_dataset_external_link": [
        "文部科学省", "科学研究費補助金", "JP15H05814", "計画研究A02「太陽嵐の発生機構の解明と予測」", "11",
        "The GRENE-TEA Project dataset", "35 year period from 1970 to 2005", "自然科学一般", "1GB",
        "Please cite with the handle.", "見本リポジトリ", "https://nagoya.repo.nii.ac.jp/records/30123", "Terada",
        "国立大学法人東京大学", "データ管理室", "受付係", "〇〇県〇〇市xx-xx", "000-0000-0000", "externalStrage/12345",
    ],
    "14_common_metadata_elements_cao": [
        "国立研究開発法人科学技術振興機構", "MJPF", "〇〇研究開発事業", "JPMJPF9999", "〇〇の××に基づく△△の実現", "12345678",
        "〇〇実証においてセンサより撮像したデータ及び関連データ", "発現プロファイル情報", "自然科学一般", "852.95KB",
        "データ番号を添えて引用してください。", "2030-04-01", "〇〇大学リポジトリ", "10.5072/jpcoar-14", "情報", "20210000",
        "国立大学法人〇〇大学", "057zh3y96", "データ管理室", "受付係", "〇〇県〇〇市xx-xx", "000-0000-0000", "見本の値です",
    ],
}  # fmt: skip
"""Values of the common items, each of which must stand in every export."""

ENGLISH = {
    "寺田": "Terada",
    "情報": "Jyoho",
    "自然科学一般": "Natural Science",
    "文部科学省": "Ministry of Education, Culture, Sports, Science and Technology",
    "国立研究開発法人科学技術振興機構": "Japan Science and Technology Agency",
    "国立大学法人東京大学": "University of Tokyo",
    "国立大学法人〇〇大学": "The University of 〇〇",
    "データ管理室": "Data Management Office",
    "受付係": "Reception",
}
"""DataCite has one name for each party; the English one stands for the Japanese."""
NOT_FOR_DATACITE = {"〇〇県〇〇市xx-xx", "000-0000-0000", "reception@example.ac.jp"}
"""How to reach people is not handed to a world-wide registry; the loss report says so."""


@dataclass(frozen=True)
class Deposit:
    """A published dataset and how to reach it."""

    id: str
    sample: str
    files: dict[str, bytes]
    key: dict[str, str]
    """Headers of the depositor."""


@pytest.fixture
def depositor() -> dict[str, str]:
    """Headers of somebody who may deposit and publish."""
    chief = console()
    organisation = people.add_organisation(
        chief, legal_name={"ja": "国立大学法人東京大学", "en": "The University of Tokyo"}, kind="university"
    )
    person = people.add_person(chief, username="depositor", name={"ja": "寺田 寅彦"}, organisation=organisation)
    return {"HTTP_AUTHORIZATION": f"Bearer {people.create_token(chief, person=person).secret}"}


@pytest.fixture(params=sorted(DATASETS))
def deposit(request: pytest.FixtureRequest, client: Client, depositor: dict[str, str]) -> Iterator[Deposit]:
    """The dataset of one kind of instrument, described, filled with its files, and published."""
    sample, paths = DATASETS[request.param]
    files = {Path(path).name: shared_path(f"fixtures/materials/{path}").read_bytes() for path in paths}
    document = json.loads((DOCUMENTS / f"{sample}.json").read_text("utf-8"))
    with clock.at("2026-06-01T10:00:00+09:00"):
        made = client.post(
            "/api/v1/records", {"kind": "dataset", "metadata": document}, content_type="application/json", **depositor
        )
        assert made.status_code == 201, made.content
        record = made.json()["id"]
        for name, raw in files.items():
            put = client.put(
                f"/api/v1/records/{record}/files/{name}", raw, content_type="application/octet-stream", **depositor
            )
            assert put.status_code in (200, 201), put.content
            assert put.json()["sha256"] == hashlib.sha256(raw).hexdigest()
        published = client.post(f"/api/v1/records/{record}/publish", {}, content_type="application/json", **depositor)
        assert published.status_code == 200, published.content
        yield Deposit(record, sample, files, depositor)


def exported(client: Client, deposit: Deposit, name: str) -> bytes:
    """An export as anyone gets it."""
    answer = client.get(f"/api/v1/records/{deposit.id}/export", {"format": name})
    assert answer.status_code == 200, answer.content
    return bytes(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def offline() -> ModuleType:
    """The loader of the official schemas."""
    spec = importlib.util.spec_from_file_location("load_offline", shared_path("schemas/load_offline.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(tree: Any, path: str) -> list[str]:
    """What elements or attributes say, whitespace folded."""
    found = tree.xpath(path, namespaces=NAMES)
    return [" ".join((one if isinstance(one, str) else one.text or "").split()) for one in found]


def test_every_instrument_file_comes_back_byte_for_byte(client: Client, deposit: Deposit) -> None:
    for name, raw in deposit.files.items():
        answer = client.get(f"/records/{deposit.id}/v/1/files/{name}", **deposit.key)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == raw
        anyone = client.get(f"/records/{deposit.id}/v/1/files/{name}").status_code
        assert anyone == (401 if deposit.sample.startswith("14") else 200)


def test_the_jpcoar_export_is_valid_and_says_what_the_official_sample_says(client: Client, deposit: Deposit) -> None:
    ours = etree.fromstring(exported(client, deposit, "jpcoar_2.0"))
    offline().xsd("jpcoar-2.0").assertValid(ours)
    sample = etree.parse(shared_path(f"fixtures/jpcoar/2.0/{deposit.sample}.xml"))
    for path in SAID[deposit.sample]:
        expected = said(sample, path)
        assert expected, path
        missing = set(map(same, expected)) - set(map(same, said(ours, path)))
        assert not missing, (path, missing)


def same(text: str) -> str:
    """The forms in which two writers may say the same: trailing zeros of coordinates."""
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "").lstrip("-").isdigit() else text


@pytest.mark.parametrize(("name", "schema"), [("jpcoar_2.0", "jpcoar-2.0"), ("datacite-xml", "datacite-4.7")])
def test_xml_exports_are_valid_and_hold_every_common_item(
    client: Client, deposit: Deposit, name: str, schema: str
) -> None:
    raw = exported(client, deposit, name)
    tree = etree.fromstring(raw)
    offline().xsd(schema).assertValid(tree)
    words = " ".join([*tree.itertext(), *(value for element in tree.iter() for value in element.attrib.values())])
    kept = [value for value in COMMON[deposit.sample] if value in words or ENGLISH.get(value, "…") in words]
    lost = set(COMMON[deposit.sample]) - set(kept)
    assert lost <= (NOT_FOR_DATACITE if name.startswith("datacite") else set()), lost


def test_what_datacite_does_not_carry_is_told(client: Client, deposit: Deposit) -> None:
    answer = client.get(f"/api/v1/records/{deposit.id}/export", {"format": "datacite-xml", "loss": "1"})
    told = {loss["pointer"] for loss in answer.json()["losses"]}
    document = json.loads((DOCUMENTS / f"{deposit.sample}.json").read_text("utf-8"))
    private = {f"/contact/{name}" for name in ("address", "phone", "email") if name in document["contact"]}
    assert all(any(pointer.startswith(found) or found.startswith(pointer) for found in told) for pointer in private), (
        told
    )


def test_the_csv_export_has_the_official_columns_and_every_common_item(client: Client, deposit: Deposit) -> None:
    official = shared_path("fixtures/common-metadata-csv/header_ja.csv").read_text("utf-8-sig").strip()
    text = exported(client, deposit, "common-csv").decode("utf-8-sig")
    assert text.splitlines()[0] == official
    header, cells = csv.reader(io.StringIO(text))
    row = dict(zip(header, cells, strict=True))
    assert row["掲載日・掲載更新日"] == "2026-06-01"
    assert row["アクセス権"] == ("公開期間猶予" if deposit.sample.startswith("14") else "公開")
    assert row["データ種別"] == ("実験データ" if deposit.sample.startswith("14") else "データセット")
    assert row["管理対象データの利活用・提供方針 (有償/無償)"] == "無償"
    english = {"Terada": "寺田", "Japan Society for the Promotion of Science": "日本学術振興会"}
    lost = [v for v in COMMON[deposit.sample] if v not in text and english.get(v, v) not in text]
    assert lost == [], lost
