"""Plans made here: written as maDMP that the official schema accepts, read again as the same plan."""

from __future__ import annotations

import copy
import datetime as dt
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from izumi.kernel.errors import Invalid
from izumi.kernel.text import both
from izumi.plans.document import shape_entries, shape_head
from izumi.plans.forms import madmp
from izumi.plans.forms.madmp.shape import faults
from izumi.plans.forms.types import PlanPackage, PlanProject, RecordFacts
from tests.shared import shared_path

NOW = dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)
RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

MOONSHOT = {
    "id": "e1", "data_number": "1", "title": {"ja": "対話コーパス（2026年度）", "en": "Dialogue corpus (FY2026)"},
    "description": {"ja": "接客場面の日本語の対話を収録した音声と書き起こしです。", "en": "Speech and transcripts."}, "field": "289",
    "type": "recorded_data", "keywords": [{"text": {"ja": "対話", "en": "dialogue"}, "uri": "https://id.example/d"}, {"text": {"ja": "音声"}}],
    "access": {"class": "shared", "reasons": [{"code": "personal_data", "note": {"ja": "声から個人がわかる"}, "review_on": "2028-04-01"}],
               "scopes": ["project:abcde-fghjk"], "metadata_class": "open", "opens": "confirm", "requests": "anyone"},
    "terms": {"fee": "free", "licence": "OTHER", "citation": {"ja": "論文を引用してください。"}, "conditions": {"ja": "研究目的に限ります。"}},
    "size": {"approximate": "10-100GB"}, "repository": {"name": {"ja": "見本大学 研究データ", "en": "Mihon Research Data"}},
    "after_project": {"keep_until": "2037-03-31", "repository": {"name": {"ja": "国の保存庫"}}},
    "hosting_organisation": {"name": {"ja": "国立大学法人見本大学", "en": "Mihon University"}, "ror": "https://ror.org/057zh3y96"},
    "manager": {"name": {"ja": "研究データ室"}, "organisation": True}, "contact": {"email": "data@mihon.example"},
    "creators": [{"name": {"ja": {"family": "見本", "given": "花子"}, "en": {"family": "Mihon", "given": "Hanako"}}, "organisation": False,
                  "identifiers": [{"scheme": "e-Rad_Researcher", "value": "30413925"}, {"scheme": "ORCID", "value": "0000-0002-1825-0097"}]}],
    "management": {"managed": True, "basis": "funder_criterion", "criterion": "成果の根拠"},
    "profiles": {"moonshot": {"goal": "1", "commercial_use": False}},
    "planned": {"register_by": "2026-12-31", "publish_on": "2027-03-31", "size_bytes": 52_000_000_000, "responsible": "pqrst-vwxyz",
                "editors": ["project:abcde-fghjk"], "sensitive": {"exists": "yes", "handling": {"ja": "匿名化します。", "en": "Anonymised."}}},
    "unmapped": [{"format": "common-csv", "path": "備考2", "value": "別欄"}],
}  # fmt: skip
EMBARGO = {
    "id": "e2", "title": {"ja": "再解析データ"}, "terms": {"licence": "CC-BY-4.0"},
    "access": {"class": "embargoed", "available_on": "2028-04-01", "opens": "auto", "reasons": [{"code": "novelty"}]},
    "planned": {"publish_on": "2027-04-01"},
}  # fmt: skip
HIDDEN_EMBARGO = {"id": "e3", "title": {"en": "No licence yet"}, "access": {"class": "embargoed", "available_on": "2028-04-01"}}
BARE = {"id": "e4", "title": {"ja": "名前だけ"}}
PLAN = {
    "title": {"ja": "対話の計画", "en": "Plan of dialogue"}, "description": {"ja": "説明"}, "language": "ja", "form": "moonshot",
    "contact": {"name": {"ja": "見本 花子", "en": "Hanako Mihon"}, "email": "h@mihon.example", "identifiers": [{"scheme": "e-Rad_Researcher", "value": "30413925"}]},
    "contributors": [{"name": {"ja": "見本 太郎"}, "roles": ["data_manager", "leader"], "identifiers": []}],
    "ethics": {"exists": "yes", "description": {"ja": "倫理審査済み", "en": "Reviewed"}, "report": "https://mihon.example/ethics"},
    "costs": [{"title": {"ja": "保管"}, "currency": "JPY", "value": 100000}, {"title": {"ja": "謎"}, "currency": "ZZZ"}],
    "identifiers": [{"scheme": "DOI", "value": "10.5555/plan", "primary": True}, {"scheme": "Local", "value": "7"}],
    "relations": [{"relation": "IsDerivedFrom", "scheme": "DOI", "identifier": "10.5555/old"}],
    "unmanaged": {"exists": True, "note": {"ja": "下書きは管理しません。"}}, "next_review_on": "2027-10-01",
    "entries": [MOONSHOT, EMBARGO, HIDDEN_EMBARGO, BARE], "unmapped": [{"format": "jsps", "path": "/備考", "value": None}],
}  # fmt: skip
PROJECT = PlanProject(
    title=both("対話の計画", "Dialogue"), starts_on=dt.date(2026, 4, 1), ends_on=dt.date(2031, 3, 31), funder_name=both("JST", "JST"),
    numbers=(("JGN", "JPMJMS9901"),), award_number="JPMJMS9901", funder_ror="https://ror.org/00097mb19",
)  # fmt: skip
OPEN_RECORD = RecordFacts(
    url="https://izumi.example/id/r2", landing_url="https://izumi.example/r2", issued_on=dt.date(2026, 10, 1), version=1, doi="10.5555/r2",
    size_bytes=7, access_class="embargoed", available_on=dt.date(2028, 4, 1), reused=True,
)  # fmt: skip
SITE = ("id", "project", "record", "records")


@pytest.fixture(scope="module")
def official():
    return Draft202012Validator(json.loads(shared_path("schemas/madmp/maDMP-schema-1.2.json").read_text("utf-8")))


def told(document, **facts):
    facts = {"project": PROJECT, "contact_organisation": both("見本大学", "Mihon"), "contact_email": "data@mihon.example"} | facts
    return PlanPackage(id="p1", document=document, created=NOW, modified=NOW, url="https://izumi.example/plans/p1", **facts)


def bare(document):
    """What a file can bring back: without ids and without the line that tells of changes."""
    plain = {name: value for name, value in document.items() if name not in SITE}
    unmapped = [line for line in plain.pop("unmapped", []) if line["format"] != "madmp.digest"]
    if "entries" in plain:
        plain["entries"] = [bare(entry) for entry in plain["entries"]]
    return plain | ({"unmapped": unmapped} if unmapped else {})


def stored(document):
    """As the site keeps it: without null, judged by the shape of plans."""
    return {**shape_head(document), "entries": shape_entries(document["entries"])[0]}


def test_a_plan_with_everything_comes_back_whole(official):
    written = json.loads(json.dumps(madmp.write(told(PLAN, records={"e2": OPEN_RECORD}))))
    assert list(official.iter_errors(written)) == []
    assert bare(madmp.read(written).document) == bare(PLAN)
    assert madmp.losses(told(PLAN)) == ()


def test_others_understand_what_the_standard_can_say():
    dmp = madmp.write(told(PLAN))["dmp"]
    assert (dmp["title"], dmp["language"], dmp["ethical_issues_exist"]) == ("対話の計画", "jpn", "yes")
    assert dmp["dmp_id"] == {"identifier": "10.5555/plan", "type": "doi"}
    assert dmp["contact"] == {"name": "見本 花子", "mbox": "h@mihon.example", "contact_id": {"identifier": "30413925", "type": "e-Rad_Researcher"}}
    assert dmp["contributor"] == [{"name": "見本 太郎", "contributor_id": [], "role": ["DataManager", "leader"]}]
    assert dmp["project"] == [{
        "title": "対話の計画", "start": "2026-04-01", "end": "2031-03-31", "project_id": [{"identifier": "JPMJMS9901", "type": "JGN"}],
        "funding": [{"funder_id": {"identifier": "https://ror.org/00097mb19", "type": "ror"}, "funder_name": "JST",
                     "funding_status": "granted", "grant_id": {"identifier": "JPMJMS9901", "type": "JGN"}}],
    }]  # fmt: skip
    dialogue, embargo, hidden, bare_one = ({k: v for k, v in one.items() if k != "extension"} for one in dmp["dataset"])
    assert dialogue == {
        "title": "対話コーパス（2026年度）", "description": "接客場面の日本語の対話を収録した音声と書き起こしです。", "type": "recorded data",
        "keyword": ["対話", "音声"], "issued": "2027-03-31", "personal_data": "yes", "sensitive_data": "yes",
        "security_and_privacy": [{"title": "機微情報の取扱い", "description": "匿名化します。"}],
        "creator": [{"name": "見本 花子", "creator_id": [
            {"identifier": "30413925", "type": "e-Rad_Researcher"}, {"identifier": "0000-0002-1825-0097", "type": "orcid"}]}],
        "dataset_id": {"identifier": "https://izumi.example/plans/p1#e1", "type": "url"},
        "distribution": [
            {"title": "対話コーパス（2026年度）", "data_access": "shared", "byte_size": 52_000_000_000, "available_until": "2037-03-31"}
        ],
    }  # fmt: skip
    assert embargo["distribution"] == [{
        "title": "再解析データ", "data_access": "open", "license": [{"license_ref": "https://creativecommons.org/licenses/by/4.0/", "start_date": "2028-04-01"}],
    }]  # fmt: skip
    assert hidden["distribution"] == [{"title": "No licence yet", "data_access": "closed", "issued": "2028-04-01"}]
    assert bare_one == {
        "title": "名前だけ", "personal_data": "unknown", "sensitive_data": "unknown",
        "dataset_id": {"identifier": "https://izumi.example/plans/p1#e4", "type": "url"},
    }  # fmt: skip


def test_what_another_system_changed_wins_over_our_own_block():
    written = madmp.write(told(PLAN))
    dataset = written["dmp"]["dataset"][0]
    dataset["title"] = "改めた名称"
    dataset["distribution"][0] |= {"data_access": "open", "byte_size": 1}
    read = madmp.read(written)
    entry = read.document["entries"][0]
    assert entry["title"]["ja"] == "改めた名称"
    assert entry["access"]["class"] == "open"
    assert entry["planned"]["size_bytes"] == 1
    assert entry["terms"] == MOONSHOT["terms"]
    assert entry["planned"]["register_by"] == "2026-12-31"


def test_a_block_that_is_no_plan_is_not_believed():
    written = madmp.write(told({"title": {"en": "x"}, "language": "en", "entries": [{"title": {"en": "a"}}]}))
    written["dmp"]["extension"] = [{"izumi": {"version": "1", "plan": {"id": "stolen", "evil": [1], "title": 7}}}]
    written["dmp"]["dataset"][0]["extension"] = [
        {"other": {"x": 1}}, {"izumi": {"version": "1", "entry": {"owner": "me", "access": {"class": ["x"]}, "field": "289"}, "unmapped": [7]}},
    ]  # fmt: skip
    read = madmp.read(written)
    assert read.document["title"] == {"en": "x"}
    assert "evil" not in read.document and "id" not in read.document
    entry = read.document["entries"][0]
    assert (entry["field"], "owner" in entry, "access" in entry) == ("289", False, False)
    assert {"format": "madmp", "path": "/extension", "value": [{"other": {"x": 1}}]} in entry["unmapped"]
    assert "/dmp/dataset/0/extension" in {loss.pointer for loss in read.losses}


def test_an_empty_plan_is_written_validly(official):
    package = PlanPackage(id="p9", document={}, created=NOW, modified=NOW)
    written = madmp.write(package)
    assert list(official.iter_errors(written)) == []
    assert written["dmp"]["dataset"] == []
    assert bare(madmp.read(written).document) == {"entries": []}


# -- properties --------------------------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=12).filter(str.strip)
texts = st.dictionaries(st.sampled_from(["ja", "en", "fr", "ja-Kana"]), words, min_size=1, max_size=3)
days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31)).map(lambda day: day.isoformat()) | st.just("未定")
LARGEST = 2**62
"""Larger numbers are no part of a document."""
numbers = st.fixed_dictionaries({}, optional={"scheme": st.sampled_from(["DOI", "URL", "ORCID", "e-Rad_Researcher", "謎"]), "value": words})
agents = st.fixed_dictionaries(
    {"name": st.dictionaries(st.sampled_from(["ja", "en"]), words | st.fixed_dictionaries({"family": words}, optional={"given": words}), max_size=2)},
    optional={"identifiers": st.lists(numbers, max_size=2), "organisation": st.booleans(),
              "affiliations": st.lists(st.fixed_dictionaries({"name": texts}, optional={"ror": words}), max_size=2)},
)  # fmt: skip
entries = st.fixed_dictionaries({}, optional={
    "title": texts, "description": texts, "type": st.sampled_from(["dataset", "survey_data", "unknown_type"]), "field": st.just("389"),
    "languages": st.lists(st.sampled_from(["ja", "en", "xx"]), max_size=2), "identifiers": st.lists(numbers, max_size=3),
    "keywords": st.lists(st.fixed_dictionaries({"text": texts}, optional={"uri": words}), max_size=3), "creators": st.lists(agents, max_size=2),
    "access": st.fixed_dictionaries({}, optional={
        "class": st.sampled_from(["open", "shared", "closed", "embargoed", "odd"]), "available_on": days, "opens": st.sampled_from(["auto", "confirm"]),
        "reasons": st.lists(st.sampled_from(["personal_data", {"code": "novelty"}]), max_size=2)}),
    "terms": st.fixed_dictionaries({}, optional={
        "fee": st.just("free"), "licence": st.sampled_from(["CC-BY-4.0", "OTHER", "MIT", "odd"]), "licence_url": words, "conditions": texts,
        "rights": st.lists(st.fixed_dictionaries({}, optional={"text": texts, "url": words}), max_size=2)}),
    "repository": st.fixed_dictionaries({}, optional={"name": texts, "url": words}),
    "after_project": st.fixed_dictionaries({}, optional={"keep_until": days}),
    "quality": st.fixed_dictionaries({}, optional={"validation": texts, "status": st.just("final")}),
    "acquisition": st.fixed_dictionaries({}, optional={"instruments": st.lists(st.fixed_dictionaries({}, optional={
        "name": texts, "note": texts, "identifier": words, "scheme": words}), max_size=2)}),
    "dates": st.lists(st.fixed_dictionaries({"type": st.sampled_from(["issued", "collected"])}, optional={"value": days}), max_size=2),
    "relations": st.lists(st.fixed_dictionaries({}, optional={
        "relation": st.sampled_from(["Cites", "odd"]), "scheme": words, "identifier": words, "title": texts}), max_size=2),
    "planned": st.fixed_dictionaries({}, optional={
        "publish_on": days, "register_by": days, "size_bytes": st.integers(0, 2**60), "responsible": words, "editors": st.lists(words, max_size=2),
        "sensitive": st.fixed_dictionaries({}, optional={"exists": st.sampled_from(["yes", "no", "unknown"]), "handling": texts})}),
})  # fmt: skip
people = st.fixed_dictionaries({}, optional={"name": texts, "email": words, "identifiers": st.lists(numbers, max_size=2)})
plans = st.fixed_dictionaries({"entries": st.lists(entries, max_size=3)}, optional={
    "title": texts, "description": texts, "language": st.sampled_from(["ja", "en", "xx"]), "form": st.just("jsps"), "contact": people,
    "contributors": st.lists(people | st.fixed_dictionaries({"roles": st.lists(words, max_size=3)}), max_size=3),
    "ethics": st.fixed_dictionaries({}, optional={"exists": st.sampled_from(["yes", "odd"]), "description": texts, "report": words}),
    "costs": st.lists(st.fixed_dictionaries({}, optional={
        "title": texts, "currency": st.sampled_from(["JPY", "odd"]), "value": st.integers(-LARGEST, LARGEST) | st.floats(-LARGEST // 2, LARGEST // 2)}), max_size=2),
    "identifiers": st.lists(numbers, max_size=3), "unmanaged": st.fixed_dictionaries({"exists": st.booleans()}), "next_review_on": days,
})  # fmt: skip
facts = st.none() | st.builds(
    RecordFacts, url=st.just("https://izumi.example/id/r1"), issued_on=st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)),
    doi=st.sampled_from(["", "10.5555/x"]), size_bytes=st.none() | st.integers(0, 10**12), reused=st.none() | st.booleans(),
    access_class=st.sampled_from(["", "open", "closed", "embargoed"]), available_on=st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)),
)  # fmt: skip


@RELAXED
@given(plan=plans, record=facts)
def test_every_plan_is_written_validly_and_read_again_as_itself(official, plan, record):
    for number, entry in enumerate(plan["entries"]):
        entry["id"] = f"e{number}"
    package = told(plan, records={"e0": record} if record else {})
    before = copy.deepcopy(plan)
    written = json.loads(json.dumps(madmp.write(package)))
    assert list(official.iter_errors(written)) == []
    assert bare(madmp.read(written).document) == bare(plan)
    assert plan == before


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["2027-01-01", "open", "yes", "doi"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "title", "identifier", "extension", "izumi", "x/~"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


def places(node, path=()):
    yield path
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inner:
        yield from places(value, (*path, name))


def holder_of(node, path):
    for token in path[:-1]:
        node = node[token]
    return node


@settings(RELAXED, max_examples=200)
@given(data=st.data(), name=st.sampled_from(["ex1-header-fundedProject", "ex5-dataset-planned-host", "ex7-dataset-many", "ex9-dmp-long"]))
def test_whatever_is_done_to_a_file_it_is_refused_in_words_or_comes_back(data, name):
    source = json.loads(shared_path(f"fixtures/madmp/{name}.json").read_text("utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(source))[1:] or [("dmp",)]))
        holder, act = holder_of(source, path), data.draw(st.sampled_from(["replace", "drop", "beside"]))
        if act == "drop":
            holder.pop(path[-1], None) if isinstance(holder, dict) else holder.pop(path[-1])
        elif act == "beside" and isinstance(holder, dict):
            holder[data.draw(st.sampled_from(["new", "extension", "phone", "creator", "keyword", "host", "license", "rights", "cost"]))] = data.draw(junk)
        elif act == "beside":
            holder.append(data.draw(junk))
        else:
            holder[path[-1]] = data.draw(junk)
    try:
        read = madmp.read(source)
    except Invalid as refused:
        assert all(one.message["ja"] and one.message["en"] and one.rule.startswith("madmp-") for one in refused.findings)
        return
    try:
        document = stored(json.loads(json.dumps(read.document)))
    except Invalid as refused:
        assert refused.findings
        return
    assert madmp.write(told(document)) == source
    document["description"] = {"en": "changed"}
    for entry in document["entries"]:
        entry["access"] = {"class": "closed"}
    written = madmp.write(told(document))
    assert faults(written["dmp"], "DMPData") == ()
    assert all(one["access"] == {"class": "closed"} for one in madmp.read(written).document["entries"])


@settings(RELAXED, max_examples=40)
@given(kept=st.lists(st.fixed_dictionaries({"format": st.just("madmp"), "path": st.sampled_from(
    ["", "/", "/title", "/dataset", "/contact/name", "/distribution/0/license/0", "/distribution/9", "/x/y", "1/dmp", "1/z", "title", "/contributor/0"]), "value": junk}), max_size=4))
def test_kept_values_that_are_nonsense_never_spoil_a_plan(official, kept):
    plan = copy.deepcopy(PLAN)
    plan["unmapped"] = kept
    plan["entries"][0]["unmapped"] = kept
    written = madmp.write(told(plan))
    assert list(official.iter_errors(written)) == []
    assert written["dmp"]["title"] == "対話の計画"
    assert len(written["dmp"]["dataset"]) == 4
