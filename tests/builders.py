"""Builders make a valid thing and let one line spoil it: ``a_document(access=…)``; ``a_world()`` is a small institution."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from izumi.kernel.actors import Actor, console
from izumi.people import actions as people
from izumi.people import queries as people_queries
from izumi.people.types import Number

GOOD: dict[str, Any] = {
    "title": {"ja": "見本川の水質の定点観測（2025年度）", "en": "Water quality of the Mihon River at fixed points (FY2025)"},
    "description": {"ja": "見本川の 8 地点で毎月採水し、pH と溶存酸素を測定しました。", "en": "Monthly samples at eight points: pH and dissolved oxygen."},
    "data_number": "1",
    "field": "389",
    "type": "observational_data",
    "creators": [{"name": {"ja": {"family": "見本", "given": "花子"}, "en": {"family": "Mihon", "given": "Hanako"}}}],
    "hosting_organisation": {"name": {"ja": "国立大学法人見本大学", "en": "Mihon University"}},
    "manager": {"name": {"ja": "研究データ室", "en": "Research Data Office"}, "organisation": True},
    "contact": {"email": "data@mihon.example"},
    "terms": {"fee": "free", "licence": "CC-BY-4.0", "citation": {"ja": "出典を書いてください。"}},
    "access": {"class": "open"},
    "repository": {"name": {"ja": "見本大学 研究データ", "en": "Mihon Research Data"}},
}


def a_document(**changes: Any) -> dict[str, Any]:
    """A document that publishes; a member given as ``None`` is left out."""
    document = copy.deepcopy(GOOD)
    document.update(changes)
    return {name: value for name, value in document.items() if value is not None}


@dataclass(frozen=True)
class World:
    """A small institution: two organisations, one project, and one actor of each role."""

    organisation: str
    other_organisation: str
    project: str
    persons: dict[str, str]

    def actor(self, name: str) -> Actor:
        """The actor of a person, as of now."""
        return people_queries.actor_for(self.persons[name])

    def token(self, name: str) -> str:
        """A token with all scopes of the person."""
        return people.create_token(console(), person=self.persons[name], name="test").secret

    def bearer(self, name: str) -> dict[str, str]:
        """Headers for the test client."""
        return {"HTTP_AUTHORIZATION": f"Bearer {self.token(name)}"}


def a_world(*, review: str = "none") -> World:
    """Made through actions, as the console."""
    me = console()
    home = people.add_organisation(me, legal_name={"ja": "国立大学法人見本大学", "en": "Mihon University"}, kind="university", review=review)
    other = people.add_organisation(me, legal_name={"ja": "株式会社見本製作所", "en": "Mihon Works Ltd."}, kind="company")
    names = {
        "researcher": home, "colleague": home, "pm": home, "curator": home, "company": other, "operator": None, "admin": None,
        "stranger": other,
    }  # fmt: skip
    persons = {
        name: people.add_person(me, username=name, name={"ja": name, "en": name}, organisation=where, email=f"{name}@mihon.example")
        for name, where in names.items()
    }
    project = people.add_project(
        me, title={"ja": "見本川プロジェクト", "en": "Mihon River Project"}, organisation=home, review=review,
        numbers=[Number(scheme="JGN", value="JPMJXX9901")],
    )  # fmt: skip
    for name, role, scope in (
        ("pm", "pm", f"project:{project}"), ("researcher", "member", f"project:{project}"), ("curator", "curator", f"org:{home}"),
        ("company", "company", f"org:{other}"), ("operator", "operator", "site"), ("admin", "admin", "site"),
    ):  # fmt: skip
        people.assign_role(me, person=persons[name], role=role, scope=scope)
    return World(organisation=home, other_organisation=other, project=project, persons=persons)
