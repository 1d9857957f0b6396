"""Every pack proves itself: labels in two languages, sources, a bad file per rule, good documents without findings."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest

from izumi.profiles import queries
from izumi.profiles.loader import INSTALLED
from izumi.profiles.patch import merge_patch
from izumi.profiles.rules import shape, shape_entry
from izumi.profiles.types import Context, RuleSpec
from izumi.profiles.values import is_ror
from tests.shared import ROOT, shared_path

TODAY = date(2026, 11, 21)
PACKS = sorted(folder.name for folder in INSTALLED.iterdir() if (folder / "profile.toml").exists())
GOOD = sorted(INSTALLED.glob("*/tests/good/*.json"))
BAD = sorted(INSTALLED.glob("*/tests/bad/*.json"))
ENTRIES = sorted(INSTALLED.glob("*/tests/entries/*.json"))


def rule_of(path: Path) -> RuleSpec:
    return next(rule for rule in queries.pack(path.parts[-4]).rules if rule.id == path.stem)


def document_of(path: Path) -> dict:
    return json.loads(path.read_text("utf-8"))


def context_of(told: dict) -> Context:
    lists = {name: frozenset(value) for name, value in told.items() if isinstance(value, list)}
    days = {name: date.fromisoformat(value) for name, value in told.items() if name.startswith("project_") and isinstance(value, str)}
    return Context(today=TODAY, **(told | lists | days))


def name_of(path: Path) -> str:
    return f"{path.parts[-4]}:{path.stem}"


def broken(path: Path) -> tuple[dict, dict]:
    """What a bad file says, and the good document or entry with its patch applied."""
    told = document_of(path)
    planned = told.get("step") == "plan"
    start = document_of(path.parents[1] / ("entries" if planned else "good") / f"{told['from']}.json")
    return told, (shape_entry if planned else shape)(merge_patch(start, told["patch"]))[0]


def found_in(path: Path, document: dict, step: str, told: dict) -> list:
    in_force = ("common", path.parts[-4])
    return list(queries.findings(document, step=step, profiles=in_force, context=context_of(told.get("context", {}))))


@pytest.mark.parametrize("path", GOOD, ids=name_of)
def test_a_good_document_publishes_without_any_finding(path):
    document, warnings = shape(document_of(path))
    assert warnings == ()
    assert found_in(path, document, "publish", {}) == []


@pytest.mark.parametrize("path", ENTRIES, ids=name_of)
def test_a_good_entry_of_a_plan_is_judged_without_any_finding(path):
    entry, warnings = shape_entry(document_of(path))
    assert warnings == ()
    assert found_in(path, entry, "plan", {}) == []


@pytest.mark.parametrize("path", BAD, ids=name_of)
def test_a_bad_document_raises_exactly_its_rule_where_the_file_says(path):
    told, document = broken(path)
    found = found_in(path, document, told.get("step", "publish"), told)
    also = {(rule, told["pointer"]) for rule in told.get("also", ())}
    assert {(finding.rule, finding.pointer) for finding in found} == {(path.stem, told["pointer"])} | also
    assert len(found) == 1 + len(also)


PLANNED = [path for path in BAD if rule_of(path).plan]


@pytest.mark.parametrize("path", PLANNED, ids=name_of)
def test_a_rule_with_a_weight_for_plans_speaks_with_it_about_an_entry(path):
    told, document = broken(path)
    found = {(f.rule, f.pointer): str(f.severity) for f in found_in(path, document, "plan", told)}
    assert found[path.stem, told["pointer"]] == rule_of(path).plan


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_has_a_bad_file_and_every_bad_file_a_rule(name):
    rules = {rule.id for rule in queries.pack(name).rules}
    files = {path.stem for path in (INSTALLED / name / "tests/bad").glob("*.json")}
    assert files == rules


@pytest.mark.parametrize("name", PACKS)
def test_rule_ids_are_kebab_case_and_messages_say_something_in_both_languages(name):
    for rule in queries.pack(name).rules:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
        assert re.search(r"[ぁ-ん]", rule.message["ja"]), rule.id
        assert rule.message["en"].isprintable()
        assert not re.search(r"[ぁ-んァ-ヶ一-龠]", rule.message["en"]), rule.id


def known_sources() -> set[str]:
    return set(re.findall(r'<a id="([^"]+)">', (ROOT / "docs/sources.md").read_text("utf-8")))


@pytest.mark.parametrize("name", PACKS)
def test_every_source_of_a_pack_resolves_in_the_register_of_sources(name):
    pack, known = queries.pack(name), known_sources()
    named = {rule.source for rule in pack.rules} | {one.source for one in pack.fields} | {pack.source}
    named |= {vocabulary.source for vocabulary in pack.vocabularies.values()}
    assert named - known == set()


@pytest.mark.parametrize("name", PACKS)
def test_labels_of_fields_and_terms_are_there_in_two_languages(name):
    pack = queries.pack(name)
    labels = [one.label for one in pack.fields] + [one.label for one in pack.sections] + list(pack.members.values())
    labels += [term.label for vocabulary in pack.vocabularies.values() for term in vocabulary]
    labels += [told.label for one in pack.fields for told in one.inputs]
    assert [label for label in labels if not (label.get("ja") and label.get("en"))] == []


def test_the_common_pack_has_all_26_items_with_the_parts_of_14():
    items = {one.item for one in queries.pack("common").fields} - {""}
    expected = {str(number) for number in range(1, 27)} - {"14"} | {"14a", "14b", "14c"}
    assert items == expected


def test_publishing_asks_for_the_items_that_the_agreement_makes_obligatory():
    fields = queries.pack("common").fields
    required = {one.item for one in fields if one.obligation == "required"}
    assert required == {"7", "8", "10", "11", "12", "14a", "14b", "15", "17", "21", "23", "25"}
    conditional = {one.item for one in fields if one.obligation == "conditional" and one.item}
    assert conditional == {"1", "4", "5", "16"}
    assert {one.item for one in fields if one.obligation == "system"} == {"6", "9"}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_thirty_columns_are_those_of_the_official_table(lang):
    columns = {one.column: (one.column_label or one.label)[lang] for one in queries.pack("common").fields if one.column}
    with shared_path(f"fixtures/common-metadata-csv/header_{lang}.csv").open(encoding="utf-8-sig", newline="") as lines:
        official = next(csv.reader(lines))
    ours = [columns[number] for number in range(1, 31)]
    assert ours == official


@pytest.mark.parametrize(
    ("name", "count", "first", "last"),
    [
        ("funders", 21, "AMED", "BIBIOHN"),
        ("fields", 11, "189", "9999"),
        ("data-types", 14, "dataset", "survey_data"),
        ("fees", 2, "free", "paid"),
        ("access-rights", 4, "open", "embargoed"),
        ("reasons", 14, "personal_data", "other"),
    ],
)
def test_a_vocabulary_is_complete_and_in_the_official_order(name, count, first, last):
    terms = queries.vocabulary(name).terms
    assert (len(terms), terms[0].code, terms[-1].code) == (count, first, last)


def test_funders_carry_their_erad_code_and_a_ror_with_right_check_digits():
    funders = queries.vocabulary("funders")
    assert funders.term("JST").extra == {"erad_code": "1020", "ror": "https://ror.org/00097mb19", "grant_numbers": "^JPMJ"}
    assert funders.term("MEXT").label["en"] == "Ministry of Education, Culture, Sports, Science and Technology"
    assert [term.code for term in funders if not term.extra["ror"]] == ["FDMA"]
    assert [term.code for term in funders if term.extra["ror"] and not is_ror(term.extra["ror"])] == []
    assert len({term.extra["erad_code"] for term in funders}) == 21
    assert funders.where("erad_code", "1305").code == "NEDO"


def test_data_types_and_access_rights_carry_the_addresses_of_coar():
    assert queries.vocabulary("data-types").term("experimental_data").uri == "http://purl.org/coar/resource_type/63NG-B465"
    rights = {term.code: (term.label["ja"], term.uri.rpartition("/")[2]) for term in queries.vocabulary("access-rights")}
    assert rights == {
        "open": ("公開", "c_abf2"),
        "shared": ("共有", "c_16ec"),
        "closed": ("非共有・非公開", "c_14cb"),
        "embargoed": ("公開期間猶予", "c_f1cf"),
    }


def test_the_licences_of_the_form_are_all_there_under_their_spdx_identifiers():
    licences = queries.vocabulary("licences")
    form = {term.extra["grdm"]: term.code for term in licences if term.extra["grdm"]}
    assert len(form) == 22
    assert (form["CCBY"], form["Apache2"], form["LGPL2_1"], form["NO_LICENSE"]) == (
        "CC-BY-4.0", "Apache-2.0", "LGPL-2.1-only", "NO_LICENSE",
    )  # fmt: skip
    assert licences.term("CC-BY-4.0").uri == "https://creativecommons.org/licenses/by/4.0/"


def test_every_relation_and_identifier_word_of_datacite_is_known():
    schema = shared_path("schemas/datacite/kernel-4.7/include/datacite-relationType-v4.xsd").read_text("utf-8")
    official = set(re.findall(r'enumeration value="([^"]+)"', schema))
    assert official == {term.code for term in queries.vocabulary("relation-types")}
    schema = shared_path("schemas/datacite/kernel-4.7/include/datacite-relatedIdentifierType-v4.xsd").read_text("utf-8")
    official = set(re.findall(r'enumeration value="([^"]+)"', schema))
    assert official <= {term.code for term in queries.vocabulary("identifier-schemes")}


def test_reasons_that_wait_for_confirmation_are_marked_and_labelled_alike_everywhere():
    from izumi.policy.types import WITHHOLDING_LABELS
    from izumi.profiles.access import CONFIRM_LABELS
    from izumi.profiles.types import CONFIRM_REASONS

    reasons = queries.vocabulary("reasons")
    assert {term.code for term in reasons if term.extra["confirm"] == "yes"} == CONFIRM_REASONS
    assert {term.code: dict(term.label) for term in reasons} == {code: dict(label) for code, label in WITHHOLDING_LABELS.items()}
    assert {code: dict(label) for code, label in CONFIRM_LABELS.items()} == {
        term.code: dict(term.label) for term in reasons if term.code in CONFIRM_REASONS
    }
