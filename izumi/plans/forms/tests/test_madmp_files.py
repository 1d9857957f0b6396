"""maDMP files of others: read, kept whole, written back as they stood; what was edited here wins."""

from __future__ import annotations

import copy
import datetime as dt
import json

import pytest
from jsonschema import Draft202012Validator

from izumi.kernel.errors import Invalid
from izumi.kernel.text import both
from izumi.plans.document import shape_entries, shape_head
from izumi.plans.forms import madmp
from izumi.plans.forms.madmp.shape import KEYWORDS, schema
from izumi.plans.forms.types import PlanPackage, PlanProject, RecordFacts
from tests.shared import shared_path

NAMES = ("ex1-header-fundedProject", "ex3-dataset-finished", "ex5-dataset-planned-host", "ex7-dataset-many", "ex9-dmp-long")
NOW = dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)


def fixture(name):
    return json.loads(shared_path(f"fixtures/madmp/{name}.json").read_text("utf-8"))


def official():
    return Draft202012Validator(json.loads(shared_path("schemas/madmp/maDMP-schema-1.2.json").read_text("utf-8")))


def told(document, **facts):
    return PlanPackage(**{"id": "p1", "document": document, "created": NOW, "modified": NOW, "url": "https://izumi.example/plans/p1", **facts})


def minimal(**dataset):
    return {
        "dmp": {
            "title": "River plan", "language": "eng", "created": "2026-01-05T09:00:00+09:00", "modified": "2026-02-01T09:00:00+09:00",
            "ethical_issues_exist": "no", "dmp_id": {"identifier": "https://dmp.example/7", "type": "url"},
            "contact": {"contact_id": {"identifier": "0000-0002-1825-0097", "type": "orcid"}, "mbox": "h@mihon.example", "name": "Hanako Mihon"},
            "dataset": [{
                "title": "Water", "dataset_id": {"identifier": "d1", "type": "other"}, "personal_data": "no", "sensitive_data": "no", **dataset,
            }],
        }
    }  # fmt: skip


def first_entry(**dataset):
    return madmp.read(minimal(**dataset)).document["entries"][0]


@pytest.mark.parametrize("name", NAMES)
def test_an_official_example_comes_back_as_it_was(name):
    source = fixture(name)
    document = madmp.read(json.dumps(source).encode()).document
    written = madmp.write(told(json.loads(json.dumps(document))))
    assert written == source
    assert list(official().iter_errors(written)) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_official_example_with_ids_of_the_site_still_comes_back(name):
    source = fixture(name)
    document = madmp.read(source).document
    document |= {"id": "p1", "project": "j1", "form": "common"}
    for number, entry in enumerate(document["entries"]):
        entry |= {"id": f"e{number}", "record": f"r{number}", "records": [f"r{number}"]}
    assert madmp.write(told(document, project=PlanProject(title=both("川", "River")))) == source


def test_a_changed_plan_differs_only_in_what_was_changed():
    source = fixture("ex9-dmp-long")
    document = madmp.read(source).document
    document["entries"][1]["title"] = {"en": "All images"}
    written = madmp.write(told(document))
    expected = copy.deepcopy(source)
    expected["dmp"]["dataset"][1]["title"] = "All images"
    expected["dmp"]["modified"] = "2026-11-21T12:00:00+09:00"
    again = madmp.read(written)
    assert again.document["entries"][0]["access"] == {"class": "embargoed", "available_on": "2020-09-30"}
    assert again.document["entries"][1]["title"] == {"en": "All images"}
    for node in (written["dmp"], *written["dmp"]["dataset"]):
        node.pop("extension", None)
    assert written == expected


def test_what_means_what():
    entry = first_entry(
        description="Monthly samples", type="Observational data", keyword=["river", "pH"], language="jpn", issued="2026-09-01",
        sensitive_data="yes", data_quality_assurance=["Checked twice", "Calibrated"], rights="All parties agreed",
        security_and_privacy=[{"title": "Locked", "description": "In a safe"}],
        alternate_identifier=[{"identifier": "https://doi.org/10.1234/A", "type": "DOI"}],
        related_identifier=[{"identifier": "10.9/x", "type": "doi", "relation_type": "is_supplement_to"}],
        creator=[{"name": "Taro Mihon", "creator_id": {"identifier": "https://orcid.org/0000-0001-5109-3700", "type": "orcid"},
                  "affiliation": [{"name": "Mihon University", "affiliation_id": {"identifier": "https://ror.org/057zh3y96", "type": "ror"}}]}],
        technical_resource=[{"name": "pH meter", "description": "Model 7"}],
        distribution=[{
            "title": "CSV", "data_access": "open", "byte_size": 5_000_000, "available_until": "2037-03-31",
            "license": [{"license_ref": "http://creativecommons.org/licenses/by/4.0", "start_date": "2027-04-01"}],
            "host": {"title": "Mihon Data", "url": "https://data.mihon.example"},
        }],
    )  # fmt: skip
    entry.pop("unmapped")
    assert entry == {
        "title": {"en": "Water"}, "description": {"en": "Monthly samples"}, "type": "observational_data", "languages": ["ja"],
        "keywords": [{"text": {"en": "river"}}, {"text": {"en": "pH"}}],
        "identifiers": [{"scheme": "other", "value": "d1"}, {"scheme": "DOI", "value": "10.1234/A"}],
        "relations": [{"relation": "IsSupplementTo", "scheme": "DOI", "identifier": "10.9/x"}],
        "creators": [{"name": {"en": "Taro Mihon"}, "identifiers": [{"scheme": "ORCID", "value": "0000-0001-5109-3700"}],
                      "affiliations": [{"name": {"en": "Mihon University"}, "ror": "https://ror.org/057zh3y96"}]}],
        "acquisition": {"instruments": [{"name": {"en": "pH meter"}, "note": {"en": "Model 7"}}]},
        "quality": {"validation": {"en": "Checked twice\nCalibrated"}},
        "access": {"class": "embargoed", "available_on": "2027-04-01"},
        "terms": {"licence": "CC-BY-4.0", "rights": [{"text": {"en": "All parties agreed"}}]},
        "repository": {"name": {"en": "Mihon Data"}, "url": "https://data.mihon.example"},
        "after_project": {"keep_until": "2037-03-31"},
        "planned": {"publish_on": "2026-09-01", "size_bytes": 5_000_000,
                    "sensitive": {"exists": "yes", "handling": {"en": "Locked: In a safe"}}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("access", "begins", "expected"),
    [
        ("open", "2026-02-01", {"class": "open"}),
        ("open", "2026-02-02", {"class": "embargoed", "available_on": "2026-02-02"}),
        ("shared", "2030-01-01", {"class": "shared"}),
        ("closed", "2030-01-01", {"class": "closed"}),
    ],
)
def test_open_data_whose_licence_begins_later_are_under_embargo(access, begins, expected):
    licence = {"license_ref": "https://creativecommons.org/licenses/by/4.0/", "start_date": begins}
    assert first_entry(distribution=[{"title": "x", "data_access": access, "license": [licence]}])["access"] == expected


@pytest.mark.parametrize(
    ("personal", "sensitive", "expected"),
    [("no", "no", "no"), ("yes", "no", "yes"), ("no", "yes", "yes"), ("unknown", "no", "unknown"), ("unknown", "yes", "yes")],
)
def test_unknown_stays_unknown(personal, sensitive, expected):
    assert first_entry(personal_data=personal, sensitive_data=sensitive)["planned"]["sensitive"] == {"exists": expected}


def test_an_issued_day_that_has_passed_is_no_plan():
    entry = first_entry(issued="2025-12-01")
    assert entry["dates"] == [{"type": "issued", "value": "2025-12-01"}]
    assert "publish_on" not in entry["planned"]


def test_html_is_read_as_text_and_comes_back_as_html():
    source = minimal(description="<p>First &amp; only.</p><p>Second</p>")
    document = madmp.read(source).document
    assert document["entries"][0]["description"] == {"en": "First & only.\nSecond"}
    assert madmp.write(told(document)) == source


def test_further_distributions_and_licences_are_kept_in_their_order():
    source = minimal(distribution=[
        {"title": "a", "data_access": "open", "license": [
            {"license_ref": "https://creativecommons.org/licenses/by/4.0/", "start_date": "2026-01-01"},
            {"license_ref": "https://opensource.org/licenses/MIT", "start_date": "2026-01-01"}]},
        {"title": "b", "data_access": "closed", "byte_size": 3}, {"title": "c", "data_access": "shared"},
    ])  # fmt: skip
    read = madmp.read(source)
    kept = {line["path"] for line in read.document["entries"][0]["unmapped"]}
    assert {"/distribution/1", "/distribution/2", "/distribution/0/license/1"} <= kept
    read.document["entries"][0]["access"] = {"class": "closed"}
    written = madmp.write(told(read.document))["dmp"]["dataset"][0]["distribution"]
    assert [(one["title"], one["data_access"]) for one in written] == [("a", "closed"), ("b", "closed"), ("c", "shared")]
    assert [one["license_ref"][8:22] for one in written[0]["license"]] == ["creativecommon", "opensource.org"]


def test_what_was_said_of_one_person_is_never_said_of_another():
    source = minimal()
    source["dmp"]["contributor"] = [
        {"name": "A. Leaver", "contributor_id": [], "role": ["DataManager"], "affiliation": [{"name": "Left Ltd.", "affiliation_id": {"identifier": "1", "type": "x"}}]},
        {"name": "B. Stayer", "contributor_id": [], "role": ["ProjectLeader"], "mbox": "b@old.example", "phone": "7"},
    ]  # fmt: skip
    source["dmp"]["contact"]["phone"] = "03"
    document = madmp.read(source).document
    del document["contributors"][0]
    document["contributors"][0]["email"] = "b@new.example"
    document["contact"] = {"name": {"en": "Somebody Else"}, "email": "else@mihon.example"}
    written = madmp.write(told(document))["dmp"]
    assert written["contributor"] == [{"name": "B. Stayer", "contributor_id": [], "role": ["ProjectLeader"], "mbox": "b@new.example", "phone": "7"}]
    assert written["contact"] == {"name": "Somebody Else", "mbox": "else@mihon.example", "contact_id": {"identifier": "else@mihon.example", "type": "other"}}


def test_when_one_of_many_people_leaves_each_of_the_others_keeps_what_was_said_of_them():
    source = minimal()
    people = [{"name": f"Person {n}", "contributor_id": [], "role": ["Editor"], "phone": str(n)} for n in range(60)]
    source["dmp"]["contributor"] = people
    document = madmp.read(source).document
    del document["contributors"][7]
    document["contributors"][20]["roles"] = ["supervisor"]
    written = madmp.write(told(document))["dmp"]["contributor"]
    assert written == [*people[:7], *people[8:21], {**people[21], "role": ["Supervisor"]}, *people[22:]]


def test_an_edited_value_wins_over_the_kept_one():
    source = minimal(distribution=[{"title": "a", "data_access": "open", "byte_size": 9, "license": [
        {"license_ref": "http://opensource.org/licenses/mit-license.php", "license_name": "MIT", "start_date": "2026-01-01"}]}])  # fmt: skip
    document = madmp.read(source).document
    document["entries"][0]["terms"] = {"licence": "CC0-1.0"}
    document["entries"][0]["planned"]["size_bytes"] = 10
    written = madmp.write(told(document))["dmp"]["dataset"][0]["distribution"][0]
    assert written["license"] == [{"license_ref": "https://creativecommons.org/publicdomain/zero/1.0/", "start_date": "2026-01-05"}]
    assert written["byte_size"] == 10
    assert written["title"] == "a"


def test_grants_are_found_and_the_funding_is_kept():
    read = madmp.read(fixture("ex1-header-fundedProject"))
    assert [(g.number, g.scheme, g.funder, g.project_title) for g in read.grants] == [("1234567-AT", "other", "501100002428", "Making maDMPs awesome")]
    assert "/dmp/project" in {loss.pointer for loss in read.losses}
    read.document["description"] = {"en": "Changed"}
    site = PlanProject(title=both("川", "River"), numbers=(("KAKENHI", "1234567-at"),), award_number="1234567-at")
    project = madmp.write(told(read.document, project=site))["dmp"]["project"]
    assert [one["title"] for one in project] == ["River"]
    assert project[0]["funding"][0]["funder_id"] == {"identifier": "501100002428", "type": "fundref"}
    other = PlanProject(title=both("山", "Mountain"), numbers=(("JGN", "JPMJXX1"),), award_number="JPMJXX1", funder_ror="https://ror.org/00097mb19")
    project = madmp.write(told(read.document, project=other))["dmp"]["project"]
    assert [one["title"] for one in project] == ["Mountain", "Making maDMPs awesome"]
    assert project[0]["funding"] == [{
        "funder_id": {"identifier": "https://ror.org/00097mb19", "type": "ror"}, "funding_status": "granted", "grant_id": {"identifier": "JPMJXX1", "type": "JGN"},
    }]  # fmt: skip


def test_a_record_tells_what_has_happened():
    document = madmp.read(minimal(distribution=[{"title": "a", "data_access": "closed", "byte_size": 9}])).document
    document["entries"][0]["id"] = "e1"
    facts = RecordFacts(
        url="https://izumi.example/id/r1", landing_url="https://izumi.example/records/r1", issued_on=dt.date(2026, 3, 1), doi="10.5555/r1",
        size_bytes=12, access_class="open", reused=False,
    )  # fmt: skip
    written = madmp.write(told(document, records={"e1": facts}))["dmp"]["dataset"][0]
    extension = written.pop("extension")
    assert written == {
        "title": "Water", "dataset_id": {"identifier": "d1", "type": "other"}, "personal_data": "no", "sensitive_data": "no",
        "alternate_identifier": [{"identifier": "10.5555/r1", "type": "doi"}], "is_reused": False, "issued": "2026-03-01",
        "distribution": [{"title": "a", "data_access": "open", "byte_size": 12, "access_url": "https://izumi.example/records/r1"}],
    }  # fmt: skip
    assert set(extension[0]["izumi"]) == {"version", "entry", "added"}
    again = madmp.read(madmp.write(told(document, records={"e1": facts}))).document["entries"][0]
    assert {k: v for k, v in again.items() if k != "unmapped"} == {k: v for k, v in document["entries"][0].items() if k not in ("id", "unmapped")}


@pytest.mark.parametrize(
    ("source", "rule", "pointer"),
    [
        (b"", "madmp-not-json", ""),
        (b"\xff\xfe\x00garbage", "madmp-not-json", ""),
        ("これは計画です".encode(), "madmp-not-json", ""),
        (b"[1]", "madmp-not-found", "/dmp"),
        (b'{"title": "x"}', "madmp-not-found", "/dmp"),
        (b'{"dmp": NaN}', "madmp-not-json", ""),
        (b"[" * 100_000, "madmp-not-json", ""),
        (b'{"dmp": ' + b'{"a":' * 60 + b"1" + b"}" * 60 + b"}", "madmp-too-deep", "/dmp" + "/a" * 18),
    ],
)
def test_what_is_no_madmp_is_refused_with_words(source, rule, pointer):
    with pytest.raises(Invalid) as refused:
        madmp.read(source)
    finding = refused.value.findings[0]
    assert (finding.rule, finding.pointer) == (rule, pointer)
    assert finding.message["ja"] and finding.message["en"] and finding.source == "rda-madmp-1.2"


def test_every_fault_of_a_file_is_told_at_once_with_its_place():
    source = minimal(distribution=[{"title": 7, "data_access": "secret"}], keyword="river")
    del source["dmp"]["contact"]
    source["dmp"]["language"] = "english"
    source["dmp"]["dataset"].append("x")
    source["dmp"]["dataset"][0]["description"] = "bell \x07"
    with pytest.raises(Invalid) as refused:
        madmp.read(source)
    assert [(f.rule, f.pointer) for f in refused.value.findings] == [("madmp-text", "/dmp/dataset/0/description")]
    source["dmp"]["dataset"][0]["description"] = "bell"
    with pytest.raises(Invalid) as refused:
        madmp.read(source)
    assert {(f.rule, f.pointer) for f in refused.value.findings} == {
        ("madmp-required", "/dmp/contact"), ("madmp-word", "/dmp/language"), ("madmp-type", "/dmp/dataset/0/distribution/0/title"),
        ("madmp-word", "/dmp/dataset/0/distribution/0/data_access"), ("madmp-type", "/dmp/dataset/0/keyword"), ("madmp-type", "/dmp/dataset/1"),
    }  # fmt: skip
    assert all(f.fix and f.fix["ja"] and f.fix["en"] for f in refused.value.findings)


def test_what_is_null_in_a_file_survives_a_store_that_drops_null():
    source = minimal(extra=None, other={"a": None, "b": [None, {"c": None}]})
    source["dmp"]["contact"]["phone"] = None
    document = madmp.read(source).document
    stored = {**shape_head(document), "entries": shape_entries(document["entries"])[0]}
    assert madmp.write(told(stored)) == source


def test_days_that_are_none_are_kept_and_told():
    source = minimal(issued="soon", distribution=[{"title": "Water", "data_access": "open", "available_until": "2027-02-30"}])
    read = madmp.read(source)
    assert {loss.pointer for loss in read.losses} == {"/dmp/dataset/0/issued", "/dmp/dataset/0/distribution/0/available_until"}
    assert madmp.write(told(read.document)) == source


def test_a_plan_without_readable_days_promises_nothing_openly():
    source = minimal(distribution=[{"title": "a", "data_access": "open", "license": [{"license_ref": "https://x.example/l", "start_date": "2030-01-01"}]}])
    source["dmp"]["modified"] = "yesterday"
    read = madmp.read(source)
    assert read.document["entries"][0]["access"]["class"] == "embargoed"
    assert madmp.write(told(read.document)) == source


def test_a_dmp_is_recognised_by_its_first_bytes():
    assert madmp.detect(b'\xef\xbb\xbf {"$schema": "x", "dmp" : {')
    assert not madmp.detect(b'{"title": {"ja": "dmp"}}')
    assert not madmp.detect(b"dmp,title\n")


def test_the_judge_understands_every_keyword_of_the_official_schema():
    used = set()

    def walk(node, names=False):
        if isinstance(node, dict):
            used.update(() if names else node)
            for name, inner in node.items():
                walk(inner, not names and name in ("properties", "$defs"))
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(schema())
    assert used - KEYWORDS == {"title", "format", "$id", "$schema"}
