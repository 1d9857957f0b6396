"""Pages of programmes and groups."""

from __future__ import annotations

import pytest
from django.test import Client

from izumi.kernel.actors import console
from izumi.people import actions as people
from tests.builders import a_world

pytestmark = pytest.mark.usefixtures("home")


def test_a_programme_shows_its_projects_in_both_languages(client: Client) -> None:
    world = a_world()
    programme = people.add_programme(console(), title={"ja": "見本制度", "en": "Mihon Programme"})
    people.add_project(console(), title={"ja": "第二期", "en": "Second term"}, organisation=world.organisation, programme=programme)
    assert "第二期" in client.get(f"/programmes/{programme}").content.decode()
    assert "Second term" in client.get(f"/en/programmes/{programme}").content.decode()
    assert client.get("/programmes/00000-00000").status_code == 404


def test_members_of_a_group_are_for_its_members(client: Client) -> None:
    world = a_world()
    group = people.add_group(console(), name={"ja": "見本の会"}, members=[world.persons["colleague"]])
    assert "colleague" not in client.get(f"/groups/{group}").content.decode()
    assert "colleague" in client.get(f"/groups/{group}", **world.bearer("colleague")).content.decode()
