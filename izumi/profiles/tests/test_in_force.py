"""A record of a project whose programme has a pack in force: its items are asked for, judged, kept and shown."""

from __future__ import annotations

import json
import re

import pytest

from izumi.kernel.actors import console
from izumi.kernel.errors import Invalid
from izumi.people import actions as people
from izumi.people.types import Number
from izumi.plans import actions as plans
from izumi.plans import queries as plan_queries
from izumi.profiles import queries as profiles
from izumi.profiles.loader import INSTALLED
from izumi.records import actions, queries
from tests.builders import World, a_document, a_world

pytestmark = pytest.mark.usefixtures("home")
SOIL = json.loads((INSTALLED / "moonshot/tests/entries/soil_metagenomes.json").read_text("utf-8"))
GOAL = {"ja": "目標4：地球環境の再生に向けた架空の目標", "en": "Goal 4: an invented goal"}


@pytest.fixture
def world(home) -> World:
    return a_world()


@pytest.fixture
def project(world) -> str:
    """A Moonshot project of which the researcher is a member."""
    programme = people.add_programme(console(), title={"ja": "架空のムーンショット", "en": "Invented Moonshot"}, profile="moonshot", goal=GOAL)
    made = people.add_project(
        console(), title={"ja": "土壌微生物", "en": "Soil microbes"}, organisation=world.organisation, programme=programme,
        numbers=[Number(scheme="JGN", value="JPNP99016")],
    )  # fmt: skip
    people.assign_role(console(), person=world.persons["researcher"], role="member", scope=f"project:{made}")
    return made


def a_draft(world: World, project: str, **changes) -> str:
    access = {"class": "open", "metadata_class": "open"}
    return actions.create_record(world.actor("researcher"), projects=[project], metadata=a_document(access=access, **changes)).id


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1].replace("&quot;", '"').replace("&amp;", "&")


def test_the_form_asks_for_its_items_and_says_which_the_programme_filled_in(client, world, project):
    key = a_draft(world, project)
    html = client.get(f"/records/{key}/edit", HTTP_ACCEPT="text/html", **world.bearer("researcher")).content.decode()
    assert 'name="/profiles/moonshot/goal"' in html
    assert re.search(r'<option value="4" selected[^>]*>目標4', html)
    assert "地球環境の再生に向けた架空の目標" in html


def test_what_is_chosen_on_the_form_is_kept_and_shown_by_its_official_label(client, world, project):
    key = a_draft(world, project)
    told = world.bearer("researcher")
    html = client.get(f"/records/{key}/edit", HTTP_ACCEPT="text/html", **told).content.decode()
    posted = {"revision": hidden(html, "revision"), "opened": hidden(html, "opened"), "/profiles/moonshot/goal": "2", "do": "save"}
    assert client.post(f"/records/{key}/edit", posted, HTTP_ACCEPT="text/html", **told).status_code == 302
    view = queries.view(world.actor("researcher"), key, draft=True)
    assert view.metadata["profiles"]["moonshot"]["goal"] == "2"
    actions.publish_version(world.actor("researcher"), key)
    page = client.get(f"/records/{key}", HTTP_ACCEPT="text/html").content.decode()
    assert "ムーンショット目標" in page
    assert "目標2" in page
    export = client.get(f"/api/v1/records/{key}").json()
    assert export["metadata"]["profiles"]["moonshot"]["goal"] == "2"


def test_without_its_items_the_record_is_not_published_and_an_ordinary_one_is(world, project):
    key = a_draft(world, project)
    actor = world.actor("researcher")
    view = queries.view(actor, key, draft=True)
    actions.save_draft(actor, key, {"profiles": None}, if_match=actions.draft_match(key, view.revision))
    with pytest.raises(Invalid) as caught:
        actions.publish_version(actor, key)
    assert [(f.rule, f.pointer) for f in caught.value.findings if f.blocks] == [("moonshot-goal-missing", "/profiles/moonshot/goal")]
    other = actions.create_record(actor, projects=[world.project], metadata=a_document()).id
    actions.publish_version(actor, other)


def test_adopting_a_whole_moonshot_entry_leaves_twenty_four_fields_filled_on_the_form(client, world, project):
    people.assign_role(console(), person=world.persons["pm"], role="pm", scope=f"project:{project}")
    actor = world.actor("pm")
    entry = {
        **SOIL,
        "creators": [{"name": {"ja": {"family": "見本", "given": "あおい"}}}],
        "contact": {"organisation": {"ja": "見本大学 研究データ室"}, "email": "data@mihon.example"},
        "planned": {**SOIL["planned"], "editors": [f"project:{project}"]},
    }
    del entry["id"]
    document = {"title": {"ja": "土壌の計画"}, "project": project, "language": "ja", "entries": [entry]}
    plan = plans.create_plan(actor, document | {"contact": {"name": "見本", "email": "data@mihon.example"}})
    assert [f.rule for f in plan.findings] == []
    plans.adopt(actor, plan.id)
    key = plan_queries.plan(actor, plan.id).entries[0].records[0]
    made = queries.view(actor, key, draft=True).metadata
    assert profiles.prefilled_count(made, ("common", "moonshot")) == 24
    html = client.get(f"/records/{key}/edit", HTTP_ACCEPT="text/html", **world.bearer("pm")).content.decode()
    assert "24 項目を入力済み" in html
