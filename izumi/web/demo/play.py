"""Plays the stories: each step is one action of somebody, at its own moment of the domain clock, in the order of time."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel import clock, running
from izumi.kernel.actors import Actor
from izumi.kernel.days import Day, Instant, start_of
from izumi.records import actions as records
from izumi.records import file_actions, queries
from izumi.records import rules as record_rules
from izumi.storage import actions as storage
from izumi.storage import rules as storage_rules
from izumi.web.demo.cast import Cast
from izumi.web.demo.documents import document_of, merged
from izumi.web.demo.files.desk import Desk
from izumi.web.demo.files.makers import make_files
from izumi.web.demo.script import Story, Told, World

PLANS_PLACE = 1000
"""Acts of plans come after those of stories at the same hour."""
KEPT = frozenset({"profiles", "management", "after_project"})
"""What a plan says and a story does not know."""


@dataclass(frozen=True, order=True)
class Moment:
    """When something happens: the day relative to today, the hour, and the story's place to keep the order."""

    day: int
    hour: float
    place: int


@dataclass(frozen=True)
class Act:
    """One step of a story, or of a plan."""

    moment: Moment
    run: Callable[[], None]


@dataclass
class Stage:
    """Everything that the steps share."""

    world: World
    cast: Cast
    today: Day
    records: dict[str, str] = field(default_factory=dict)
    """Identifiers of the records made so far, by key."""
    desks: dict[str, Desk] = field(default_factory=dict)
    planned: Mapping[str, str] = field(default_factory=dict)
    """Drafts that an adopted plan opened, by the key of their story."""

    def at(self, moment: Moment) -> Instant:
        """The instant of a moment, in Japan time."""
        midnight = start_of(self.today + dt.timedelta(days=moment.day))
        return midnight + dt.timedelta(hours=moment.hour, minutes=moment.place % 50)

    def reviewer(self, story: Story) -> str:
        """The curator's account where the story's project or organisation wants a review, else nothing."""
        table, key = ("project", story.project) if story.project else ("organisation", story.organisation)
        return "curator" if self.world.one(table, key)["review"] == "curator" else ""


def play(stage: Stage, stories: Sequence[Story], further: Iterable[Act], told: Callable[[int, int], None]) -> None:
    """Play all acts – those of the stories and ``further`` ones – in the order of time, resting every evening.

    ``told`` hears how many of how many are done.
    """
    own = (act for n, story in enumerate(stories) for act in _acts(stage, story, n))
    acts = sorted((*own, *further), key=lambda a: a.moment)
    for done, act in enumerate(acts):
        if done and act.moment.day != acts[done - 1].moment.day:
            rest(stage, acts[done - 1].moment.day)
        with clock.at(stage.at(act.moment)):
            act.run()
        told(done + 1, len(acts))


def rest(stage: Stage, day: int) -> None:
    """Let consumers and jobs catch up in the evening of a day on which something was done."""
    with clock.at(stage.at(Moment(day, 22, 0))):
        running.until_idle()


def _acts(stage: Stage, story: Story, place: int) -> Iterator[Act]:
    """The steps of one story."""

    def act(day: int, hour: float, run: Callable[[Story], None]) -> Act:
        return Act(Moment(day, hour, place), lambda: run(story))

    created = story.day("created") or 0
    yield act(created, 9, lambda s: begin(stage, s))
    yield act(created + 1, 13, lambda s: put(stage, s, s.told["files"], ()))
    yield act(created + 2, 11, lambda s: describe(stage, s))
    yield from _towards_publication(stage, story, act)
    for step in story.told.get("steps", ()):
        yield act(step["day"], 10, lambda s, step=step: change(stage, s, step))
    if (day := story.day("withdrawn")) is not None:
        yield act(
            day, 16, lambda s: records.withdraw(actor(stage, s), stage.records[s.key], why=both_words(s.told["why"]))
        )


def _towards_publication(
    stage: Stage, story: Story, act: Callable[[int, float, Callable[[Story], None]], Act]
) -> Iterator[Act]:
    if (day := story.day("submitted")) is not None:
        yield act(day, 14, lambda s: submit(stage, s))
    if (day := story.day("returned")) is not None:
        yield act(day, 10, lambda s: send_back(stage, s, both_words(s.told["why"])))
    if (day := story.day("scheduled")) is not None:
        yield act(day, 15, lambda s: schedule(stage, s))
    if (day := story.day("published")) is not None:
        if stage.reviewer(story):
            yield act(day - 5, 14, lambda s: submit(stage, s))
        yield act(day, 15, lambda s: publish(stage, s, ""))


# ---------------------------------------------------------------- the steps


def actor(stage: Stage, story: Story) -> Actor:
    """Whoever writes this story."""
    return stage.cast.actor(story.by)


def both_words(text: Mapping[str, str]) -> str:
    """A reason in both languages, as one text."""
    return f"{text['ja']}\n{text['en']}"


def begin(stage: Stage, story: Story) -> None:
    """Open the record with its title, or take up the draft that the plan opened; the rest is filled in by the site and then by hand."""
    stage.desks[story.key] = Desk(story.key, stage.today, story.told["title"], story.told["description"])
    if story.key in stage.planned:
        stage.records[story.key] = stage.planned[story.key]
        save(stage, story, {"title": story.told["title"]})
        return
    shown = records.create_record(
        actor(stage, story), metadata={"title": story.told["title"]},
        projects=[stage.cast.projects[story.project]] if story.project else (),
        organisation=stage.cast.organisations[story.organisation],
    )  # fmt: skip
    stage.records[story.key] = shown.id


def put(stage: Stage, story: Story, specs: Sequence[Told], gone: Sequence[str]) -> None:
    """Put files into the draft, and take some out."""
    desk, who, record = stage.desks[story.key], actor(stage, story), stage.records[story.key]
    for path in gone:
        file_actions.remove_file(who, record, path)
        desk.made.pop(path, None)
    arrived = [
        file_actions.Arrived(
            path=path, blob=storage.receive(io.BytesIO(raw)), media_type=storage_rules.media_type_of(path)
        )
        for path, raw in make_files(specs, desk).items()
    ]
    file_actions.put_files(who, record, arrived)


def describe(stage: Stage, story: Story) -> None:
    """Fill in the metadata; what the site had filled in and the story does not say is cleared."""
    document = document_of(story, stage.world, stage.today, stage.cast.projects, stage.records)
    record = stage.records[story.key]
    known = queries.view(actor(stage, story), record, draft=True).metadata
    cleared = {name: None for name in known if name not in KEPT}
    access = {name: None for name in known.get("access") or {} if name != "metadata_class"}
    save(stage, story, {**cleared, **document, "access": {**access, **document["access"]}})


def save(stage: Stage, story: Story, patch: dict[str, Any]) -> None:
    """Save the draft."""
    records.save_draft(actor(stage, story), stage.records[story.key], patch, if_match=None, required=False)


def submit(stage: Stage, story: Story) -> None:
    """Hand in for review."""
    records.submit_draft(actor(stage, story), stage.records[story.key])


def send_back(stage: Stage, story: Story, why: str) -> None:
    """The curator returns the draft."""
    records.return_draft(stage.cast.actor("curator"), stage.records[story.key], why=why)


def schedule(stage: Stage, story: Story) -> None:
    """Agree a day on which it becomes public."""
    day = stage.today + dt.timedelta(days=story.told["publish_in"])
    records.publish_version(actor(stage, story), stage.records[story.key], on=day)


def publish(stage: Stage, story: Story, note: str) -> None:
    """Publish: the curator where a review is due, else the author."""
    reviewer, record = stage.reviewer(story), stage.records[story.key]
    if reviewer:
        records.accept_draft(stage.cast.actor(reviewer), record)
    records.publish_version(actor(stage, story), record, note=note)


def change(stage: Stage, story: Story, step: Told) -> None:
    """A later step: new files, corrected metadata, or another access class."""
    who, record = actor(stage, story), stage.records[story.key]
    if step["step"] == "access":
        seen = record_rules.access_etag(record, records.access_of(who, record).revision)
        records.set_access(who, record, dict(step["access"]), if_match=seen, why=step["note"])
        return
    records.open_version(who, record, kind=step["step"])
    if step["step"] == "files":
        put(stage, story, step.get("put", ()), step.get("remove", ()))
    else:
        known = queries.view(who, record, draft=True).metadata
        save(stage, story, merged({name: known[name] for name in step["metadata"] if name in known}, step["metadata"]))
    if stage.reviewer(story):
        submit(stage, story)
    publish(stage, story, step["note"])
