from __future__ import annotations

import subprocess
import sys

import pytest
from lxml import etree

from izumi.kernel import clock
from izumi.publishing.oai import provider, tokens
from izumi.publishing.oai.formats import FORMATS
from izumi.records.models import Version

OAI = "{http://www.openarchives.org/OAI/2.0/}"
NOW = "2026-11-21T10:00:00+09:00"
LIST = "?verb=ListRecords&metadataPrefix=oai_dc"
ODD = [
    {"title": {"ja": "記号 ]]> と <山括弧> & 𠮷野家 😀"}, "description": {"ja": "一行目\r\n二行目"}},
    {"creators": [{"name": {"ja": {"family": name, "given": "一"}}} for name in ("見本", "例示", "試料")], "title": {"ja": "著者名は漢字だけ"}},
    {"creators": [{"name": {"ja": "見本観測隊"}, "organisation": True}], "coverage": {"places": [{"name": {"ja": "見本川"}, "point": [139.7, 35.6]}]}},
    {"access": {"class": "embargoed", "available_on": "2027-04-01", "opens": "auto"}},
    {"access": {"class": "closed", "reasons": [{"code": "personal_data"}]}},
    {"title": {"en": "Only English"}, "description": {"en": "No Japanese at all"}, "keywords": [{"text": {"en": "a & b"}}]},
    {"relations": [{"relation": "IsCitedBy", "scheme": "URL", "identifier": "https://例え.jp/論文?a=1&b=<2>"}], "remarks": {"ja": "備考"}},
]  # fmt: skip


@pytest.fixture(autouse=True)
def today(home):
    with clock.at(NOW):
        yield


def identifier(record: str) -> str:
    return f"oai:test.izumi.invalid:{record}"


def test_identify_says_what_a_registry_asks(harvester, desk, announce):
    desk.record()
    announce()
    root = harvester.ask(verb="Identify")
    told = {etree.QName(child).localname: child.text for child in root.find(f"{OAI}Identify")}
    assert told["baseURL"] == "http://testserver/oai"
    assert (told["protocolVersion"], told["deletedRecord"], told["granularity"]) == ("2.0", "persistent", "YYYY-MM-DDThh:mm:ssZ")
    assert told["adminEmail"] == "operator@izumi.invalid"
    assert told["earliestDatestamp"] == "2026-11-21T01:00:00Z"
    assert root.findtext(f"{OAI}responseDate") == "2026-11-21T01:00:00Z"
    assert root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation") == (
        "http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
    )


def test_a_site_named_by_numbers_has_no_description_of_its_identifiers(harvester, desk, announce, monkeypatch, schemas):
    monkeypatch.setattr("django.conf.settings.IZUMI_SITE_NAME", "127.0.0.1")
    root = harvester.ask(verb="Identify")
    assert root.find(f"{OAI}Identify/{OAI}description") is None
    assert schemas.validate_oai_response(root) == []


def test_post_asks_the_same_without_cookie_and_token(home, desk, announce):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/oai", {"verb": "Identify"})
    assert answer.status_code == 200
    assert b"<Identify>" in answer.content
    assert not answer.cookies
    assert strict.head("/oai?verb=Identify").status_code == 200
    assert strict.put("/oai").status_code == 405
    assert strict.get("/en/oai?verb=Identify").status_code == 404


def test_arguments_of_address_and_body_are_counted_together(client):
    assert b'code="badVerb"' in client.post("/oai?verb=Identify", {"verb": "Identify"}).content


@pytest.mark.parametrize(
    ("query", "code", "repeats"),
    [
        ("", "badVerb", False),
        ("?verb=Nope", "badVerb", False),
        ("?verb=Identify&foo=bar", "badArgument", False),
        ("?verb=ListRecords&metadataPrefix=really_wrong", "cannotDisseminateFormat", True),
        ("?verb=GetRecord&metadataPrefix=really_wrong&identifier={one}", "cannotDisseminateFormat", True),
        ("?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:nowhere.invalid:0", "idDoesNotExist", True),
        ("?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:test.izumi.invalid:zzzzz-zzzzz", "idDoesNotExist", True),
        ("?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:test.izumi.invalid:ZZZZZZZZZZ", "idDoesNotExist", True),
        ("?verb=ListMetadataFormats&identifier=oai:nowhere.invalid:0", "idDoesNotExist", True),
        ("?verb=ListRecords&resumptionToken=this-is-not-a-token", "badResumptionToken", True),
        ("?verb=ListIdentifiers&resumptionToken=%00%27%22%3Cscript%3E", "badResumptionToken", True),
        ("?verb=ListSets&resumptionToken=", "badResumptionToken", True),
        ("?verb=ListIdentifiers&resumptionToken=%FF%FE%F0%9F%98%80", "badResumptionToken", True),
        (f"{LIST}&until=1900-01-01", "noRecordsMatch", True),
        (f"{LIST}&from=2999-01-01", "noRecordsMatch", True),
        (f"{LIST}&from=0001-01-01&until=0001-01-02", "noRecordsMatch", True),
        (f"{LIST}&set=no_such_set_x", "noRecordsMatch", True),
        (f"{LIST}&set=kind", "noRecordsMatch", True),
    ],
)
def test_each_fault_has_its_code_and_a_valid_answer(harvester, desk, announce, schemas, query, code, repeats):
    record = desk.record()
    announce()
    root = harvester.ask(query.format(one=identifier(record)))
    assert [found.get("code") for found in root.findall(f"{OAI}error")] == [code]
    assert bool(root.find(f"{OAI}request").attrib) is repeats
    assert schemas.validate_oai_response(root) == []


def test_an_empty_site_has_no_sets_and_no_records(harvester, schemas):
    assert harvester.errors(verb="ListSets") == ["noSetHierarchy"]
    assert harvester.errors(verb="ListIdentifiers", metadataPrefix="oai_dc") == ["noRecordsMatch"]
    root = harvester.ask(verb="Identify")
    assert root.findtext(f"{OAI}Identify/{OAI}earliestDatestamp") == "1970-01-01T00:00:00Z"
    assert schemas.validate_oai_response(root) == []


def test_every_record_can_be_had_in_every_format(harvester, desk, announce):
    record = desk.record()
    announce()
    root = harvester.ask(verb="ListMetadataFormats", identifier=identifier(record))
    prefixes = {found.findtext(f"{OAI}metadataPrefix"): found.findtext(f"{OAI}metadataNamespace") for found in root.iter(f"{OAI}metadataFormat")}
    assert list(prefixes) == ["oai_dc", "jpcoar", "jpcoar_2.0", "jpcoar_2.1", "datacite", "oai_datacite"]
    for prefix, namespace in prefixes.items():
        (payload,) = harvester.get(record, prefix).find(f".//{OAI}metadata")
        assert etree.QName(payload).namespace == namespace
        schema_location = payload.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation").split()
        assert schema_location == [namespace, FORMATS[prefix].schema]


def test_payloads_are_the_exports_of_the_page(harvester, desk, announce, client):
    record = desk.record(files=("a.csv",))
    announce()
    for prefix, name in (("oai_dc", "oai_dc"), ("jpcoar", "jpcoar_2.0"), ("jpcoar_2.1", "jpcoar_2.1"), ("datacite", "datacite-xml")):
        (payload,) = harvester.get(record, prefix).find(f".//{OAI}metadata")
        exported = etree.fromstring(client.get(f"/records/{record}?format={name}").content)
        assert etree.tostring(payload, method="c14n2", strip_text=True) == etree.tostring(exported, method="c14n2", strip_text=True)


@pytest.mark.parametrize("prefix", [prefix for prefix in FORMATS if prefix != "oai_datacite"])
def test_odd_documents_are_valid_in_every_format(harvester, desk, announce, schemas, prefix):
    for changes in ODD:
        desk.record(files=("資料/表 1.csv",), **changes)
    announce()
    for verb in ("ListRecords", "ListIdentifiers"):
        pages = list(harvester.pages(verb, metadataPrefix=prefix))
        assert len(pages) == 3
        for page in pages:
            assert schemas.validate_oai_response(page) == []
    assert schemas.validate_oai_response(harvester.ask(verb="ListSets")) == []
    assert schemas.validate_oai_response(harvester.ask(verb="ListMetadataFormats")) == []


@pytest.mark.parametrize("prefix", FORMATS)
def test_control_characters_from_before_the_checks_do_not_break_the_xml(harvester, desk, announce, schemas, prefix):
    record = desk.record()
    document = Version.objects.get(record_id=record).metadata
    document["title"] = {"ja": "制御\x0b文字\x00\ufffe\ud800", "en": "a\x1bb"}
    document["creators"][0]["name"]["ja"]["family"] = "見\x08本"
    Version.objects.filter(record_id=record).update(metadata=document)
    announce()
    root = harvester.get(record, prefix)
    assert "制御文字" in "".join(root.itertext())
    assert prefix == "oai_datacite" or schemas.validate_oai_response(root) == []


def test_oai_datacite_wraps_the_kernel_as_its_schema_says(harvester, desk, announce, schemas):
    record = desk.record()
    announce()
    (wrapped,) = harvester.get(record, "oai_datacite").find(f".//{OAI}metadata")
    space = "{http://schema.datacite.org/oai/oai-1.1/}"
    assert [child.tag for child in wrapped] == [f"{space}schemaVersion", f"{space}datacentreSymbol", f"{space}payload"]
    assert [child.text for child in wrapped][:2] == ["4.7", "test.izumi.invalid"]
    (kernel,) = wrapped.find(f"{space}payload")
    assert schemas.xsd("datacite-4.7").validate(etree.ElementTree(etree.fromstring(etree.tostring(kernel))))


def test_a_record_that_a_codec_cannot_write_does_not_end_the_harvest(harvester, desk, announce, monkeypatch):
    broken, sound = desk.record(), desk.record()
    announce()
    write = FORMATS["oai_dc"].write

    def failing(self, package):
        if package.id == broken:
            raise ValueError("odd")
        return write(package)

    monkeypatch.setattr("izumi.publishing.oai.formats.Format.write", failing)
    assert [found.record for found in harvester.headers("ListRecords")] == [sound]
    assert harvester.errors(verb="GetRecord", metadataPrefix="oai_dc", identifier=identifier(broken)) == ["cannotDisseminateFormat"]


def test_a_token_outlives_the_process(harvester, desk, announce):
    records = [desk.record() for _ in range(5)]
    announce()
    first, second = harvester.pages("ListIdentifiers", metadataPrefix="oai_dc")
    token = first.findtext(f"{OAI}ListIdentifiers/{OAI}resumptionToken")
    script = (
        "import sys, django; django.setup()\n"
        "from izumi.publishing.oai import provider\n"
        "sys.stdout.buffer.write(provider.answer([('verb', 'ListIdentifiers'), ('resumptionToken', sys.argv[1])]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, token], capture_output=True, check=True)
    told = [found.text.rsplit(":", 1)[1] for found in etree.fromstring(done.stdout).iter(f"{OAI}identifier")]
    assert told == records[3:]
    assert len(list(second.iter(f"{OAI}identifier"))) == 2


def test_a_token_may_be_used_again_within_seven_days_of_machine_time(harvester, desk, announce, monkeypatch):
    for _ in range(5):
        desk.record()
    announce()
    token = next(harvester.pages("ListIdentifiers", metadataPrefix="oai_dc")).findtext(f"{OAI}ListIdentifiers/{OAI}resumptionToken")
    again = [harvester.errors(verb="ListIdentifiers", resumptionToken=token) for _ in range(2)]
    assert again == [[], []]
    machine = clock.machine_now()
    with clock.at("2030-01-01T00:00:00+09:00"):
        assert harvester.errors(verb="ListIdentifiers", resumptionToken=token) == []
    monkeypatch.setattr(clock, "machine_now", lambda: machine + tokens.VALID * 2)
    assert harvester.errors(verb="ListIdentifiers", resumptionToken=token) == ["badResumptionToken"]


def test_a_token_of_another_verb_or_another_site_or_changed_by_one_letter_is_refused(harvester, desk, announce, monkeypatch):
    for _ in range(5):
        desk.record()
    announce()
    token = next(harvester.pages("ListIdentifiers", metadataPrefix="oai_dc")).findtext(f"{OAI}ListIdentifiers/{OAI}resumptionToken")
    other = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    assert harvester.errors(verb="ListRecords", resumptionToken=token) == ["badResumptionToken"]
    assert harvester.errors(verb="ListIdentifiers", resumptionToken=other) == ["badResumptionToken"]
    monkeypatch.setattr("django.conf.settings.SECRET_KEY", "another")
    assert harvester.errors(verb="ListIdentifiers", resumptionToken=token) == ["badResumptionToken"]


def test_the_answer_is_the_same_for_everybody(desk, announce, client):
    desk.record(access={"class": "open", "disclosure": {"/contact/email": "closed"}})
    announce()
    anyone = client.get(LIST.replace("?", "/oai?")).content
    owner = client.get(LIST.replace("?", "/oai?"), **desk.world.bearer("researcher")).content
    assert anyone == owner
    assert b"data@mihon.example" not in anyone


def test_control_characters_of_arguments_do_not_reach_the_answer():
    told = provider.answer([("verb", "ListSets"), ("resumptionToken", "\x00\x1b<&'\"\ud800")])
    assert etree.fromstring(told).find(f"{OAI}request").get("resumptionToken") == "<&'\""
