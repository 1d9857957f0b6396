"""A programme with two organisations, a project that both take part in, and everybody who may or may not ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from izumi.kernel import clock
from izumi.kernel.actors import Actor, console
from izumi.people import actions as people
from izumi.people import queries as people_queries
from izumi.people.types import Number
from izumi.records import actions as records
from tests.builders import a_document

FUNDING = [{
    "funder": {"name": {"ja": "国立研究開発法人見本機構", "en": "Mihon Agency"}}, "award_number": "JPMJXX9901",
    "award_title": {"ja": "見本川プロジェクト", "en": "Mihon River Project"},
}]  # fmt: skip
BEGIN = "2026-03-01T09:00:00+09:00"


@dataclass(frozen=True)
class Reporting:
    """Who and what there is."""

    lead: str
    partner: str
    outside: str
    funder: str
    programme: str
    other_programme: str
    project: str
    second: str
    elsewhere: str
    persons: dict[str, str]
    funding = FUNDING

    def actor(self, name: str) -> Actor:
        return people_queries.actor_for(self.persons[name])

    def bearer(self, name: str) -> dict[str, str]:
        secret = people.create_token(console(), person=self.persons[name], name="test").secret
        return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}

    def publish(
        self, who: str = "researcher", *, at: str = "2026-05-10T10:00:00+09:00", projects: list[str] | None = None, kind: str = "dataset",
        **changes: Any,
    ) -> str:  # fmt: skip
        """A record of the project, published at that moment."""
        changes.setdefault("funding", FUNDING)
        with clock.at(at):
            view = records.create_record(
                self.actor(who), kind=kind, metadata=a_document(**changes), prefill=False,
                projects=[self.project] if projects is None else projects,
            )  # fmt: skip
            records.publish_version(self.actor(who), view.id)
        return str(view.id)

    def round(self, scheme: str = "common", *, year: int = 2026, as_of: str = "2027-03-31", due_on: str = "2027-04-30") -> str:
        return people.add_round(
            console(), self.programme, title={"ja": f"{year} 年度の報告", "en": f"Report FY{year}"}, scheme=scheme, fiscal_year=year,
            as_of=date.fromisoformat(as_of), due_on=date.fromisoformat(due_on),
        )  # fmt: skip


def _organisations() -> dict[str, str]:
    me = console()
    return {
        "lead": people.add_organisation(me, legal_name={"ja": "国立大学法人見本大学", "en": "Mihon University"}, kind="university"),
        "partner": people.add_organisation(
            me, legal_name={"ja": "国立大学法人共同大学", "en": "Kyodo University"}, kind="university", ror="https://ror.org/04ksd4g47"
        ),
        "outside": people.add_organisation(me, legal_name={"ja": "株式会社外部製作所", "en": "Outside Works"}, kind="company"),
        "funder": people.add_organisation(me, legal_name={"ja": "国立研究開発法人見本機構", "en": "Mihon Agency"}, kind="funder"),
    }


@pytest.fixture
def world(home: object) -> Reporting:
    """Made through actions, as the console, on 1 March 2026."""
    me = console()
    with clock.at(BEGIN):
        places = _organisations()
        programme = people.add_programme(
            me, title={"ja": "見本制度", "en": "Mihon Programme"}, funder=places["funder"], code="MJXX",
            goal={"ja": "目標 1 見本の目標", "en": "Goal 1 A sample goal"},
        )  # fmt: skip
        other = people.add_programme(me, title={"ja": "別の制度", "en": "Other Programme"}, funder=places["funder"])
        common = {"organisation": places["lead"], "programme": programme}
        project = people.add_project(
            me, title={"ja": "見本川プロジェクト", "en": "Mihon River Project"}, partners=[places["partner"]],
            numbers=[Number(scheme="JGN", value="JPMJXX9901")], **common,
        )  # fmt: skip
        second = people.add_project(me, title={"ja": "二つめ", "en": "Second"}, numbers=[Number(scheme="JGN", value="JPMJXX9902")], **common)
        elsewhere = people.add_project(me, title={"ja": "無番号", "en": "Numberless"}, organisation=places["lead"], programme=other)
        members = {
            "researcher": "lead", "colleague": "lead", "pm": "lead", "curator": "lead", "partner": "partner",
            "partner_curator": "partner", "company": "outside", "funder": "funder", "other_funder": "funder", "stranger": "outside",
        }  # fmt: skip
        persons = {
            name: people.add_person(me, username=name, name={"ja": name}, organisation=places[at], email=f"{name}@mihon.example")
            for name, at in members.items()
        }
        for name, role, scope in (
            ("pm", "pm", f"project:{project}"), ("pm", "member", f"project:{second}"), ("researcher", "member", f"project:{project}"),
            ("researcher", "member", f"project:{second}"), ("partner", "member", f"project:{project}"),
            ("researcher", "member", f"project:{elsewhere}"), ("pm", "pm", f"project:{elsewhere}"),
            ("curator", "curator", f"org:{places['lead']}"), ("partner_curator", "curator", f"org:{places['partner']}"),
            ("company", "company", f"org:{places['outside']}"), ("company", "member", f"project:{project}"),
            ("funder", "funder", f"programme:{programme}"), ("other_funder", "funder", f"programme:{other}"),
        ):  # fmt: skip
            people.assign_role(me, person=persons[name], role=role, scope=scope)
    return Reporting(
        lead=places["lead"], partner=places["partner"], outside=places["outside"], funder=places["funder"], programme=programme,
        other_programme=other, project=project, second=second, elsewhere=elsewhere, persons=persons,
    )  # fmt: skip


@pytest.fixture
def on() -> Callable[[str], Any]:
    """``with on("2026-06-01"):`` – that day at noon, Japan time."""

    @contextmanager
    def fixed(day: str) -> Iterator[None]:
        with clock.at(f"{day}T12:00:00+09:00"):
            yield

    return fixed
