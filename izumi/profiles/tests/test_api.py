"""Profiles and vocabularies over HTTP: public, with an ETag that spares the second reading."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("home")


def test_the_list_names_the_profiles_with_their_versions(client):
    answer = client.get("/api/v1/profiles")
    assert answer.status_code == 200
    first = answer.json()["items"][0]
    assert (first["name"], first["version"], first["label"]["ja"]) == ("common", "1.0.0", "メタデータの共通項目")
    assert first["rules"] == 93


def test_a_profile_is_its_json_schema(client):
    answer = client.get("/api/v1/profiles/common")
    assert answer["Content-Type"] == "application/schema+json"
    assert answer.json()["properties"]["title"]["x-obligation"] == "required"


def test_the_form_view_tells_what_to_ask_for(client):
    sections = client.get("/api/v1/profiles/common?view=form").json()["sections"]
    title = sections[0]["fields"][0]
    assert [one["pointer"] for one in title["inputs"]] == ["/title/ja", "/title/en"]
    assert title["obligation"] == "required"


def test_the_rules_view_tells_each_rule_with_its_source(client):
    rules = client.get("/api/v1/profiles/common?view=rules").json()["rules"]
    assert rules[0] == {
        "id": "title-missing",
        "severity": "error",
        "step": "submit",
        "plan": "error",
        "at": ["/title"],
        "message": {"ja": "データの名称を、日本語か英語で入力してください。", "en": "Enter the title of the data in Japanese or English."},
        "fix": {
            "ja": "材料・対象、方法、条件がわかる名称にすると、ほかの人が見つけやすくなります。",
            "en": "Name the material or subject, the method and the conditions, so that others can find the data.",
        },
        "source": "common-items-2024-07-30",
    }


def test_the_tables_view_tells_the_columns_of_a_profile(client):
    table = client.get("/api/v1/profiles/moonshot?view=tables").json()["tables"][0]
    assert (table["id"], len(table["columns"])) == ("moonshot", 10)
    assert table["columns"][7] == {
        "id": "access_policy",
        "label": {"ja": "公開・共有の方針", "en": "Policy on opening and sharing"},
        "group": {"ja": "データ管理方針", "en": "Data management policy"},
        "at": ["/access/class", "/access/available_on", "/access/reasons", "/access/conditions", "/access/metadata_class"],
    }
    assert client.get("/api/v1/profiles/common?view=tables").json() == {"profile": "common", "tables": []}


def test_the_entry_view_is_the_schema_of_an_entry_of_a_plan(client):
    answer = client.get("/api/v1/profiles/common?view=entry")
    assert answer["Content-Type"] == "application/schema+json"
    assert set(answer.json()["properties"]["planned"]["properties"]) == {
        "register_by", "publish_on", "size_bytes", "responsible", "editors", "sensitive",
    }  # fmt: skip
    assert answer.json()["$id"] == "/api/v1/profiles/common?view=entry"


def test_a_vocabulary_gives_its_terms_with_labels_and_addresses(client):
    listed = {one["name"]: one["terms"] for one in client.get("/api/v1/vocabularies").json()["items"]}
    assert (listed["funders"], listed["data-types"]) == (21, 14)
    terms = client.get("/api/v1/vocabularies/access-rights").json()["terms"]
    assert terms[3]["code"] == "embargoed"
    assert terms[3]["label"] == {"ja": "公開期間猶予", "en": "embargoed access"}
    assert terms[3]["uri"] == "http://purl.org/coar/access_right/c_f1cf"


@pytest.mark.parametrize("path", ["/profiles", "/profiles/common", "/profiles/common?view=form", "/vocabularies", "/vocabularies/funders"])
def test_who_has_it_already_is_told_so(client, path):
    first = client.get(f"/api/v1{path}")
    again = client.get(f"/api/v1{path}", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again["ETag"] == first["ETag"]


@pytest.mark.parametrize("path", ["/profiles/nonsense", "/vocabularies/nonsense", "/profiles/..%2Fcommon"])
def test_what_is_not_there_is_a_problem_in_words(client, path):
    answer = client.get(f"/api/v1{path}", headers={"Accept-Language": "ja"})
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")


def test_an_unknown_view_is_refused(client):
    assert client.get("/api/v1/profiles/common?view=nonsense").status_code == 422
