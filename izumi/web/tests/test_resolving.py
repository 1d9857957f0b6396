from __future__ import annotations

import pytest

from izumi.plans import actions as plans
from tests.builders import World, a_world


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def test_a_plan_and_its_entries_lead_those_who_may_see_it_to_its_page(world: World, client) -> None:
    entry = {"title": {"ja": "水温の連続記録（見本川）"}, "access": {"class": "open"}}
    plan = plans.adopt(world.actor("pm"), plans.create_plan(world.actor("pm"), {"entries": [entry]}, project=world.project).id).plan
    for key in (plan.id, plan.entries[0].id):
        led = client.get(f"/id/{key}", **world.bearer("researcher"))
        assert (led.status_code, led["Location"]) == (303, f"http://testserver/plans/{plan.id}")
        for told in (world.bearer("stranger"), world.bearer("company"), {}):
            other = client.get(f"/id/{key}", **told)
            assert (other.status_code, other["Location"]) == (303, f"http://testserver/records/{key}")


def test_the_page_of_a_record_leads_back_to_its_plan(world: World, client) -> None:
    entry = {"title": {"ja": "水温の連続記録（見本川）"}, "access": {"class": "open"}}
    plan = plans.adopt(world.actor("pm"), plans.create_plan(world.actor("pm"), {"entries": [entry]}, project=world.project).id).plan
    shown = client.get(f"/records/{plan.entries[0].records[0]}", **world.bearer("researcher")).content.decode()
    assert f'href="/id/{plan.entries[0].id}"' in shown
