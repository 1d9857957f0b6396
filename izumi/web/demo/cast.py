"""Sets up the invented world through actions: organisations, accounts, programme, projects, roles, a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from izumi.kernel import clock
from izumi.kernel.actors import Actor, console
from izumi.kernel.days import Day, fiscal_year
from izumi.people import actions as people
from izumi.people import queries
from izumi.people.types import Number
from izumi.web.demo.plans import set_up_calls
from izumi.web.demo.script import Told, World

PASSWORD = "izumi-demo"  # noqa: S105 - printed on the login page of a demo
ROLES = {"curator": "org", "funder": "programme", "company": "org", "operator": "site", "admin": "site"}
"""Roles beside that of a researcher, and in what kind of scope; leaders and members are told by the projects."""


@dataclass
class Cast:
    """Identifiers of everything in the world, by the keys of the content."""

    persons: dict[str, str] = field(default_factory=dict)
    """By user name."""
    organisations: dict[str, str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    programmes: dict[str, str] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    """By user name; shown once, so kept in ``demo.json``."""

    def actor(self, username: str) -> Actor:
        """Who this account is at the present moment of the domain clock."""
        return queries.actor_for(self.persons[username], clock.now())


def set_up(world: World, plans: Told, day: Callable[[int], Day]) -> Cast:
    """Register everything as the console, at the present moment of the domain clock; ``day`` gives a day relative to today."""
    cast, chief = Cast(), console()
    _organisations(world, cast, chief)
    for told in world.told["account"]:
        _account(world, cast, chief, told)
    for key, programme in world.all("programme").items():
        cast.programmes[key] = people.add_programme(
            chief, title=programme["title"], funder=cast.organisations[programme["funder"]], code=programme["code"],
            chain=programme["chain"], plan_form=programme["plan_form"], goal=programme.get("goal", {}),
        )
    cast.calls = set_up_calls(plans, cast.programmes, day)
    for key, project in world.all("project").items():
        cast.projects[key] = _project(cast, chief, project)
    group = world.told["group"]
    cast.groups[group["key"]] = people.add_group(
        cast.actor(group["lead"]), name=group["name"], members=[cast.persons[name] for name in group["members"]]
    )
    _roles(world, cast, chief)
    return cast


def _organisations(world: World, cast: Cast, chief: Actor) -> None:
    for key, told in world.all("organisation").items():
        cast.organisations[key] = people.add_organisation(
            chief, legal_name=told["legal_name"], kind=told["kind"], ror=told.get("ror", ""), review=told["review"]
        )
    for key, told in world.all("department").items():
        cast.organisations[key] = people.add_organisation(
            chief, legal_name=told["name"], kind="department", parent=cast.organisations[told["parent"]]
        )


def _account(world: World, cast: Cast, chief: Actor, told: Told) -> None:
    username, person = told["username"], world.one("person", told["person"])
    organisation = cast.organisations.get(person.get("organisation", ""))
    numbers = [{"scheme": "e-Rad_Researcher", "value": person["erad"]}] if "erad" in person else []
    cast.persons[username] = people.add_person(
        chief, username=username, name=display_name(person), email=f"{username}@izumi.example",
        organisation=organisation, password=None if told.get("quiet") else PASSWORD, identifiers=numbers,
    )  # fmt: skip
    if told.get("quiet"):
        return
    token = people.create_token(chief, person=cast.persons[username], name="demo")
    cast.tokens[username] = token.secret


def display_name(person: Told) -> Mapping[str, str]:
    """The name as people write it in each language."""
    return {"ja": f"{person['ja'][0]} {person['ja'][1]}", "en": f"{person['en'][1]} {person['en'][0]}"}


def _project(cast: Cast, chief: Actor, told: Told) -> str:
    year = fiscal_year(clock.today()) - 1
    project = people.add_project(
        chief, title=told["title"], organisation=cast.organisations[told["owner"]],
        programme=cast.programmes.get(told.get("programme", "")), call=cast.calls.get(told.get("call", "")),
        review=told["review"], field=told["field"], contract=told.get("contract", ""),
        partners=[cast.organisations[key] for key in told.get("partners", ())],
        numbers=[Number(scheme=scheme, value=value) for scheme, value in told["numbers"]],
        starts_on=Day(year, 4, 1), ends_on=Day(year + 5, 3, 31),
    )  # fmt: skip
    people.assign_role(chief, person=cast.persons[told["lead"]], role="pm", scope=f"project:{project}")
    for name in told["members"]:
        people.assign_role(chief, person=cast.persons[name], role="member", scope=f"project:{project}")
    return project


def _roles(world: World, cast: Cast, chief: Actor) -> None:
    programme = cast.programmes["demonstration"]
    for username, account in world.accounts().items():
        if username not in ROLES:
            continue
        organisation = cast.organisations.get(world.one("person", account).get("organisation", ""), "")
        scope = {"org": f"org:{organisation}", "programme": f"programme:{programme}", "site": "site"}[ROLES[username]]
        people.assign_role(chief, person=cast.persons[username], role=username, scope=scope)
