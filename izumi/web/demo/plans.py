"""Plays plans, calls and reports: who wrote, returned, adopted and revised what on which day. No deviation is written here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from izumi.governance import actions as governance
from izumi.kernel.actors import console
from izumi.kernel.days import Day, fiscal_year
from izumi.people import actions as people
from izumi.people.actions import notices
from izumi.plans import actions as plans
from izumi.plans import queries
from izumi.web.demo.documents import document_of, merged
from izumi.web.demo.script import Story, Told, World

FROM_STORY = (
    "title", "description", "data_number", "field", "type", "keywords", "hosting_organisation", "manager", "contact", "access",
    "terms", "repository", "size", "languages", "funding",
)  # fmt: skip
"""What is known of a data set before it exists."""
DAYS = ("register_by", "publish_on")
KEPT_YEARS = 10

Act = Callable[[int, float, Callable[[], None]], Any]


@dataclass
class Planning:
    """Where the plans of the demo stand: identifiers by the keys of the content."""

    stories: Mapping[str, Story]
    world: World
    today: Day
    projects: Mapping[str, str]
    actor: Callable[[str], Any]
    """Who an account is at the present moment of the domain clock."""
    plans: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    """Identifiers of entries, by the key of the record's story."""
    records: dict[str, str] = field(default_factory=dict)
    """The records that adoption opened, by the key of their story: the stories go on in them."""
    submissions: dict[tuple[str, str], str] = field(default_factory=dict)
    rounds: dict[str, str] = field(default_factory=dict)

    def day(self, offset: int) -> Day:
        """A day relative to today."""
        return self.today + dt.timedelta(days=offset)


def set_up_calls(told: Told, programmes: Mapping[str, str], day: Callable[[int], Day]) -> dict[str, str]:
    """Register the calls; identifiers by key."""
    return {
        call["key"]: people.add_call(
            console(), programmes[call["programme"]], title=call["title"], fiscal_year=fiscal_year(day(call["opens"])),
            plan_form=call["plan_form"], profile=call.get("profile", ""), chain=call["chain"], opens_on=day(call["opens"]),
            closes_on=day(call["closes"]), plan_due_on=day(call["plan_due"]) if "plan_due" in call else None,
        )
        for call in told["call"]
    }  # fmt: skip


def acts(planning: Planning, told: Told, programmes: Mapping[str, str], act: Act) -> Iterator[Any]:
    """Every step of every plan and report as one act."""
    for plan in told["plan"]:
        for n, step in enumerate(plan["steps"]):
            yield act(step["day"], 8 + n * 0.1, lambda p=plan, s=step: STEPS[s["do"]](planning, p, s))
    for username in told["readers"]["accounts"]:
        yield act(told["readers"]["day"], 20, lambda name=username: notices.read_notices(planning.actor(name), None))
    for asked in told["round"]:
        yield act(asked["as_of"], 7, lambda a=asked: _ask(planning, a, programmes))
        for name, run in (("handed_in", _hand_in), ("returned", _return_report), ("accepted", _accept)):
            for step in asked.get(name, ()):
                yield act(step["day"], 16, lambda a=asked, s=step, run=run: run(planning, a, s))


# ---------------------------------------------------------------- plans


def _create(planning: Planning, plan: Told, step: Told) -> None:
    """The first draft; entries marked ``later`` are not thought of yet."""
    first = [entry for entry in plan["entry"] if not entry.get("later")]
    document = {
        "title": plan["title"], "description": plan["description"], "form": plan["form"], "language": "ja",
        "next_review_on": planning.day(plan["next_review"]).isoformat(),
        "unmanaged": {"exists": True, "note": {"ja": "練習や調整のための測定は管理しません。", "en": "Trial runs and adjustments are not managed."}},
        "entries": [_entry(planning, plan, entry) for entry in first],
    }  # fmt: skip
    view = plans.create_plan(planning.actor(step["by"]), document, project=planning.projects[plan["project"]])
    planning.plans[plan["key"]] = view.id


def _complete(planning: Planning, plan: Told, step: Told) -> None:
    """What was asked for is added."""
    who, key = planning.actor(step["by"]), planning.plans[plan["key"]]
    for entry in plan["entry"]:
        if entry.get("later"):
            plans.add_entry(who, key, _entry(planning, plan, entry))


def _submit(planning: Planning, plan: Told, step: Told) -> None:
    plans.submit(planning.actor(step["by"]), planning.plans[plan["key"]])


def _return(planning: Planning, plan: Told, step: Told) -> None:
    plans.return_plan(planning.actor(step["by"]), planning.plans[plan["key"]], why=_both(step["why"]))


def _adopt(planning: Planning, plan: Told, step: Told) -> None:
    """The plan comes into force and opens its drafts; the stories of its data go on in them."""
    key = planning.plans[plan["key"]]
    view = plans.adopt(planning.actor(step["by"]), key).plan
    if view.version == 0:  # a yes on the way: the next step of the chain is asked
        return
    view = queries.plan(console(), key)
    by_number = {entry.number: entry for entry in view.entries}
    for told in plan["entry"]:
        if "record" in told:
            entry = by_number[str(planning.stories[told["record"]].number)]
            planning.entries[told["record"]], planning.records[told["record"]] = entry.id, entry.records[0]


def _revise(planning: Planning, plan: Told, step: Told) -> None:
    """One entry is changed, with a reason."""
    planned = {name: planning.day(value).isoformat() if name in DAYS else value for name, value in step["planned"].items()}
    plans.revise(
        planning.actor(step["by"]), planning.plans[plan["key"]], reason=_both(step["why"]), adopt=True,
        changes=[{"id": planning.entries[step["entry"]], "planned": planned}],
    )  # fmt: skip


STEPS: Mapping[str, Callable[[Planning, Told, Told], None]] = {
    "create": _create, "complete": _complete, "submit": _submit, "return": _return, "adopt": _adopt, "revise": _revise,
}  # fmt: skip


def _entry(planning: Planning, plan: Told, told: Told) -> dict[str, Any]:
    """One planned data set: what is known of it beforehand, and what is promised."""
    story = planning.stories.get(told.get("record", ""))
    known = _of_story(planning, story) if story else _by_hand(planning, plan, told)
    if "access" in told:
        known["access"] = dict(told["access"])
    known["management"] = {"managed": True, "basis": "funder_criterion"}
    planned = {name: planning.day(value).isoformat() if name in DAYS else value for name, value in told["planned"].items()}
    kept = Day.fromisoformat(planned["publish_on"])
    known["after_project"] = {"keep_until": Day(fiscal_year(kept) + KEPT_YEARS + 1, 3, 31).isoformat()}
    return {**known, "planned": planned}


def _of_story(planning: Planning, story: Story) -> dict[str, Any]:
    document = document_of(story, planning.world, planning.today, planning.projects, defaultdict(str))
    return {name: document[name] for name in FROM_STORY if name in document and name != "funding"}


def _by_hand(planning: Planning, plan: Told, told: Told) -> dict[str, Any]:
    """An entry without a story takes what its project's first story says of keeper and terms."""
    first = next(planning.stories[entry["record"]] for entry in plan["entry"] if "record" in entry)
    beside = _of_story(planning, first)
    shared = {name: beside[name] for name in ("field", "hosting_organisation", "manager", "contact", "repository", "languages")}
    return merged(shared, {
        "title": told["title"], "description": told["description"], "data_number": told["number"], "type": told["type"],
        "terms": {"fee": "free", "licence": "CC-BY-4.0"},
    })  # fmt: skip


# ---------------------------------------------------------------- reports


def _ask(planning: Planning, asked: Told, programmes: Mapping[str, str]) -> None:
    as_of = planning.day(asked["as_of"])
    title = {lang: text.format(year=fiscal_year(as_of)) for lang, text in asked["title"].items()}
    planning.rounds[asked["key"]] = people.add_round(
        console(), programmes[asked["programme"]], title=title, scheme=asked["scheme"], fiscal_year=fiscal_year(as_of),
        as_of=as_of, due_on=planning.day(asked["due"]),
    )  # fmt: skip


def _hand_in(planning: Planning, asked: Told, step: Told) -> None:
    made = governance.submit_report(planning.actor(step["by"]), planning.rounds[asked["key"]], planning.projects[step["project"]])
    planning.submissions[asked["key"], step["project"]] = made.id


def _return_report(planning: Planning, asked: Told, step: Told) -> None:
    found = planning.submissions[asked["key"], step["project"]]
    governance.return_report(planning.actor(step["by"]), found, why=_both(step["why"]))


def _accept(planning: Planning, asked: Told, step: Told) -> None:
    governance.accept_report(planning.actor(step["by"]), planning.submissions[asked["key"], step["project"]])


def _both(text: Mapping[str, str]) -> str:
    return f"{text['ja']}\n{text['en']}"
