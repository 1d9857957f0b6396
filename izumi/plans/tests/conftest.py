"""A project with its programme under any chain, and plans that are ready for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from izumi.kernel.actors import console
from izumi.people import actions as people
from tests.builders import World, a_world


def an_entry(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A planned dataset that every rule accepts; a member given as ``None`` is left out."""
    entry: dict[str, Any] = {
        "title": {"ja": f"見本川の水質の定点観測（{number} 地点目、pH と溶存酸素）", "en": f"River water quality, point {number}: pH and oxygen"},
        "description": {"ja": "毎月 1 回、決まった地点で採水し、pH と溶存酸素を測定します。"},
        "data_number": str(number), "field": "389", "type": "observational_data",
        "access": {"class": "open"}, "size": {"approximate": "1-10GB"}, "terms": {"fee": "free", "licence": "CC-BY-4.0"},
        "management": {"managed": True, "basis": "funder_criterion"},
        "planned": {"register_by": "2027-03-31", "publish_on": "2027-06-30", "size_bytes": 2_000_000_000},
    }  # fmt: skip
    entry.update(changes)
    return {name: value for name, value in entry.items() if value is not None}


def a_plan(world: World, entries: int | list[dict[str, Any]] = 2, **changes: Any) -> dict[str, Any]:
    """A plan document of the world's project."""
    document = {"project": world.project, "title": {"ja": "見本川の計画"}, "entries": entries}
    if isinstance(entries, int):
        document["entries"] = [an_entry(n + 1) for n in range(entries)]
    document.update(changes)
    return document


@pytest.fixture
def world_of(home: object) -> Callable[..., World]:
    """Makes a world whose project lies in a programme with this chain; a funder's officer is there too."""

    def make(chain: list[str] | None = None, **programme: Any) -> World:
        world = a_world()
        me = console()
        agency = people.add_organisation(me, legal_name={"ja": "見本振興機構", "en": "Mihon Agency"}, kind="funder")
        officer = people.add_person(me, username="funder", name={"ja": "配分 花"}, organisation=agency, email="funder@mihon.example")
        number = people.add_programme(
            me, title={"ja": "見本研究事業", "en": "Mihon Programme"}, code="MHN", funder=agency, chain=chain or [], **programme
        )
        people.update_project(me, world.project, programme=number)
        people.assign_role(me, person=officer, role="funder", scope=f"programme:{number}")
        world.persons.update(funder=officer, programme=number)
        return world

    return make


@pytest.fixture
def call(client: Any) -> Callable[..., Any]:
    """Calls the API with JSON; answers Django's response."""

    def ask(method: str, address: str, body: Any = None, **headers: str) -> Any:
        given = json.dumps(body) if body is not None else ""
        return client.generic(method, f"/api/v1/{address}", given, content_type="application/json", **headers)

    return ask
