from __future__ import annotations

from izumi.records.form import (
    changed,
    clashes,
    decimal,
    fingerprint,
    fingerprints,
    lines,
    many,
    opened_of,
    patch_of,
    pattern_of,
    rearranged,
    steady,
    unit_of,
    units,
    value_at,
)

DOCUMENT = {
    "title": {"ja": "水質", "en": "Water"},
    "creators": [
        {"name": {"ja": {"family": "藤本", "given": "紗季"}}, "roles": ["data_curation"]},
        {"name": {"en": {"family": "Okabe", "given": "Ryo"}}},
    ],
    "contact": {"email": "a@example.invalid"},
}


def test_a_leaf_and_a_list_are_units():
    assert unit_of("/title/ja") == "/title/ja"
    assert unit_of("/creators/0/name/ja/family") == "/creators"
    assert pattern_of("/creators/12/affiliations/0/ror") == "/creators/*/affiliations/*/ror"


def test_posted_strings_are_trimmed_and_empty_ones_are_nothing():
    found = units({"/title/ja": [" 水質調査 "], "/title/en": ["  "], "revision": ["3"], "/remarks/ja": ["a\r\nb"]}, DOCUMENT)
    assert found == {"/title/ja": "水質調査", "/title/en": None, "/remarks/ja": "a\nb"}


def test_items_keep_what_the_form_does_not_show():
    found = units(
        {"/creators/0/name/ja/family": ["岡部"], "/creators/1/name/en/family": ["Okabe"], "/creators/2/name/ja/family": [""]}, DOCUMENT
    )
    assert found == {
        "/creators": [
            {"name": {"ja": {"family": "岡部", "given": "紗季"}}, "roles": ["data_curation"]},
            {"name": {"en": {"family": "Okabe", "given": "Ryo"}}},
        ]
    }


def test_an_emptied_item_disappears():
    found = units({"/creators/1/name/en/family": [""], "/creators/1/name/en/given": [""]}, DOCUMENT)
    assert [sorted(item) for item in found["/creators"]] == [["name", "roles"]]


def test_several_values_lines_and_numbers():
    readers = {"/languages": many, "/materials": lines, "/places/*/point/*": decimal}
    posted = {"/languages": ["", "ja", "en"], "/materials": ["鋼\r\n\r\nアルミ"], "/places/0/point/0": ["139.7"], "/places/0/point/1": ["35"]}
    assert units(posted, {}, readers) == {
        "/languages": ["ja", "en"], "/materials": ["鋼", "アルミ"], "/places": [{"point": [139.7, 35.0]}],
    }


def test_identifiers_are_found_by_their_scheme():
    document = {"creators": [{"identifiers": [{"scheme": "ORCID", "value": "0000-0001"}, {"scheme": "Other", "value": "x"}]}]}
    assert value_at(document, "/creators/0/identifiers/@ORCID") == "0000-0001"
    found = units({"/creators/0/identifiers/@ORCID": [""], "/creators/0/identifiers/@e-Rad_Researcher": ["30413925"]}, document)
    assert found["/creators"][0]["identifiers"] == [{"scheme": "Other", "value": "x"}, {"scheme": "e-Rad_Researcher", "value": "30413925"}]
    assert unit_of("/manager/identifiers/@ORCID") == "/manager/identifiers"
    assert units({"/manager/identifiers/@ORCID": ["1"]}, {}) == {"/manager/identifiers": [{"scheme": "ORCID", "value": "1"}]}


def test_a_whole_name_is_not_destroyed_by_empty_fields_for_its_parts():
    document = {"creators": [{"name": {"ja": "水質研究会"}}]}
    posted = {"/creators/0/name/ja/family": [""], "/creators/0/name/ja/given": [""]}
    assert units(posted, document) == {"/creators": [{"name": {"ja": "水質研究会"}}]}


def test_a_list_is_steady_when_no_row_in_between_was_blank():
    posted = {"/creators/0/name/ja/family": ["藤本"], "/creators/1/name/ja/family": [""]}
    assert steady("/creators", posted, [{"name": {"ja": {"family": "藤本"}}}])
    posted = {"/creators/0/name/ja/family": [""], "/creators/1/name/ja/family": ["岡部"]}
    assert not steady("/creators", posted, [{"name": {"ja": {"family": "岡部"}}}])


def test_nested_lists_are_built_in_order_of_their_numbers():
    found = units({f"/creators/0/affiliations/{n}/name/ja": [f"機関{n}"] for n in (10, 2, 0, 1)}, {})
    told = [item["name"]["ja"] for item in found["/creators"][0]["affiliations"]]
    assert told == ["機関0", "機関1", "機関2", "機関10"]


def test_remove_and_raise_work_on_items_and_nested_items():
    found = {"/creators": [{"a": "1"}, {"a": "2", "b": ["x", "y"]}]}
    assert rearranged(found, remove="/creators/0") == {"/creators": [{"a": "2", "b": ["x", "y"]}]}
    assert rearranged(found, raise_="/creators/1")["/creators"][0]["a"] == "2"
    assert rearranged(found, remove="/creators/1/b/0")["/creators"][1]["b"] == ["y"]
    assert rearranged(found, remove="/nonsense") == found
    assert rearranged({"/creators": [{"a": "1"}]}, remove="/creators/0") == {"/creators": None}


def test_only_what_this_person_changed_is_saved():
    opened = fingerprints(DOCUMENT, ["/title/ja", "/title/en", "/creators/0/name/ja/family"])
    found = units({"/title/ja": ["水質"], "/title/en": ["Water quality"], "/creators/0/name/ja/family": ["藤本"]}, DOCUMENT)
    assert changed(found, opened) == {"/title/en": "Water quality"}


def test_a_clash_is_told_only_where_both_changed_differently():
    opened = fingerprints(DOCUMENT, ["/title/ja", "/title/en"])
    theirs = {**DOCUMENT, "title": {"ja": "水質（三浦）", "en": "Water"}}
    assert clashes({"/title/en": "Water quality"}, opened, theirs) == ()
    (clash,) = clashes({"/title/ja": "水質（藤本）"}, opened, theirs)
    assert (clash.pointer, clash.theirs, clash.mine) == ("/title/ja", "水質（三浦）", "水質（藤本）")
    assert clashes({"/title/ja": "水質（三浦）"}, opened, theirs) == ()


def test_the_patch_removes_objects_that_would_be_empty():
    assert patch_of({"/contact/email": None}, DOCUMENT) == {"contact": None}
    assert patch_of({"/title/en": None}, DOCUMENT) == {"title": {"en": None}}
    assert patch_of({"/terms/licence": "CC-BY-4.0"}, DOCUMENT) == {"terms": {"licence": "CC-BY-4.0"}}
    assert patch_of({"/terms/licence": None}, DOCUMENT) == {"terms": None}


def test_a_broken_hidden_field_counts_as_nothing_known():
    assert opened_of("{") == {}
    assert opened_of("[1]") == {}
    assert opened_of('{"/title/ja": "00000000"}') == {"/title/ja": "00000000"}


def test_pointers_with_escapes_are_read():
    assert value_at({"a/b": {"~": ["x"]}}, "/a~1b/~0/0") == "x"
    assert value_at({"a": [1]}, "/a/7") is None


def test_empty_values_have_one_fingerprint():
    assert {fingerprint(None), fingerprint(""), fingerprint([]), fingerprint({})} == {""}
