"""A programme with its funder, a project with a plan, and everybody beside them who must not learn of it or move it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel import clock
from izumi.kernel.actors import Actor, console
from izumi.people import actions as people
from izumi.people import queries as people_queries
from izumi.people.types import Number
from izumi.plans import actions as plans
from izumi.records import actions as records
from izumi.records import file_actions
from tests.builders import World, a_document, a_world

ENTRY: dict[str, Any] = {
    "title": {"ja": "粒径の測定", "en": "Grain sizes"}, "description": {"ja": "河床の粒径を測ります。"}, "field": "389",
    "type": "observational_data", "access": {"class": "open"}, "management": {"managed": True, "basis": "institution"},
}  # fmt: skip


@dataclass
class Estate:
    """Who and what there is."""

    world: World
    programme: str
    other_programme: str
    other_project: str
    away: str
    """An organisation that has nothing to do with the project."""
    roles: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def project(self) -> str:
        return self.world.project

    @property
    def persons(self) -> dict[str, str]:
        return self.world.persons

    def actor(self, name: str) -> Actor:
        return self.world.actor(name)

    def bearer(self, name: str, scopes: Iterable[str] = ()) -> dict[str, str]:
        """Headers of a token of this person, made once; with ``scopes`` one that allows no more."""
        key = f"{name}:{'+'.join(scopes)}"
        if key not in self.roles:
            made = people.create_token(console(), person=self.persons[name], name="t", scopes=list(scopes)) if scopes else None
            self.roles[key] = {"HTTP_AUTHORIZATION": f"Bearer {made.secret}"} if made else self.world.bearer(name)
        return self.roles[key]

    def leaves(self, name: str) -> None:
        """The person's part in the project ends today."""
        for role in people_queries.roles_in(f"project:{self.project}"):
            if role.person == self.persons[name]:
                people.end_role(console(), role.id)
        self.roles = {key: value for key, value in self.roles.items() if key.partition(":")[0] != name}

    def in_force(self, *entries: dict[str, Any], who: str = "pm", **head: Any) -> tuple[str, list[str], list[str]]:
        """A plan in force: its identifier, those of its entries and of the records that it opened."""
        document = {"title": {"ja": "見本川の計画"}, "entries": list(entries), **head}
        plan = plans.create_plan(self.actor(who), document, project=self.project).id
        done = plans.adopt(self.actor(who), plan).in_force
        assert done is not None
        return plan, list(done.entries), list(done.records)


def an_entry(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A planned dataset that may be adopted."""
    told = {**ENTRY, "data_number": str(number), **changes}
    return {name: value for name, value in told.items() if value is not None}


def an_estate(*, chain: Iterable[str] = (), review: str = "none") -> Estate:
    """Made through actions, as the console."""
    me, world = console(), a_world(review=review)
    agency = people.add_organisation(me, legal_name={"ja": "見本振興機構", "en": "Mihon Agency"}, kind="funder")
    away = people.add_organisation(me, legal_name={"ja": "国立大学法人別見本大学", "en": "Other University"}, kind="university")
    programme = people.add_programme(me, title={"ja": "見本研究事業", "en": "Mihon Programme"}, code="MHN", funder=agency, chain=list(chain))
    other = people.add_programme(me, title={"ja": "別の事業", "en": "Other Programme"}, code="OTH", funder=agency)
    people.update_project(me, world.project, programme=programme)
    second = people.add_project(
        me, title={"ja": "別のプロジェクト", "en": "Other Project"}, organisation=away, numbers=[Number(scheme="JGN", value="JPMJXX9902")]
    )
    places = {"mate": world.organisation, "funder": agency, "other_funder": agency, "other_pm": away, "other_member": away, "other_curator": away}
    for name, where in places.items():
        world.persons[name] = people.add_person(me, username=name, name={"ja": name, "en": name}, organisation=where, email=f"{name}@mihon.example")
    for name, role, scope in (
        ("mate", "member", f"project:{world.project}"), ("funder", "funder", f"programme:{programme}"),
        ("other_funder", "funder", f"programme:{other}"), ("other_pm", "pm", f"project:{second}"),
        ("other_member", "member", f"project:{second}"), ("other_curator", "curator", f"org:{away}"),
    ):  # fmt: skip
        people.assign_role(me, person=world.persons[name], role=role, scope=scope)
    return Estate(world=world, programme=programme, other_programme=other, other_project=second, away=away)


def save(actor: Actor, record: str, **metadata: Any) -> None:
    """Save members of a record's draft, whatever its revision."""
    records.save_draft(actor, record, metadata, if_match=None, required=False)


def put_file(actor: Actor, record: str, content: bytes = b"x,y\n1,2\n", name: str = "a.csv") -> None:
    """One file in the draft."""
    file_actions.put_file(actor, record, name, io.BytesIO(content))


def publish(estate: Estate, who: str, *, projects: list[str], **changes: Any) -> str:
    """A public record of these projects."""
    record = records.create_record(estate.actor(who), metadata=a_document(**changes), prefill=False).id
    put_file(estate.actor(who), record)
    records.publish_version(estate.actor(who), record)
    records.set_projects(estate.actor(who), record, projects)
    return str(record)


__all__ = ["ENTRY", "Estate", "an_entry", "an_estate", "clock", "publish", "put_file", "save"]
