"""What people type after ``--set`` becomes the merge patch they mean."""

from __future__ import annotations

import pytest

from izumi.web.cli.patches import WrongAssignment, merge_patch, steps


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("title{ja}", ["title", "ja"]),
        ("title.ja", ["title", "ja"]),
        ("/title/ja", ["title", "ja"]),
        ("creators.0.name{ja}.family", ["creators", "0", "name", "ja", "family"]),
        ("/access/disclosure/~1contact~1email", ["access", "disclosure", "/contact/email"]),
    ],
)
def test_a_place_can_be_written_in_three_ways(place, found):
    assert steps(place) == found


def test_texts_are_set_side_by_side():
    assert merge_patch(["title{ja}=水質", "title{en}=Water"], {}) == {"title": {"ja": "水質", "en": "Water"}}


def test_setting_one_language_leaves_the_other_alone():
    assert merge_patch(["title{en}=Water"], {"title": {"ja": "水質"}}) == {"title": {"en": "Water"}}


def test_an_empty_value_takes_the_field_out():
    assert merge_patch(["field="], {"field": "489"}) == {"field": None}


def test_a_list_is_sent_whole():
    current = {"keywords": [{"text": {"ja": "川"}}]}
    assert merge_patch(["keywords.+.text{ja}=水"], current) == {
        "keywords": [{"text": {"ja": "川"}}, {"text": {"ja": "水"}}]
    }


def test_a_place_in_a_list_that_is_not_there_yet_is_made():
    wanted = {"creators": [{"name": {"ja": {"family": "泉", "given": "花"}}}]}
    assert merge_patch(["creators.0.name{ja}.family=泉", "creators.0.name{ja}.given=花"], {}) == wanted


def test_json_values_are_taken_as_they_are():
    assert merge_patch(['size:={"approximate": "10GB"}', "languages:=[]"], {}) == {
        "size": {"approximate": "10GB"},
        "languages": [],
    }


@pytest.mark.parametrize("wrong", ["title", "=x", "field:={", "keywords.5.text=x", "keywords.a=x"])
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(WrongAssignment):
        merge_patch([wrong], {"keywords": []})


def test_equal_signs_in_a_value_stay():
    assert merge_patch(["remarks{ja}=a=b"], {}) == {"remarks": {"ja": "a=b"}}
