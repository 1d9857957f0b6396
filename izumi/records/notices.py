"""What people should know about records: what waits for them, what came back, what happened without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.journal import Event, events_of
from izumi.kernel.notices import Notice, notice_kind, notice_maker
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.policy.types import AccessFacts
from izumi.records.queries.reality import reality
from izumi.records.queries.titles import titles_for
from izumi.records.types import Reality


def _names(subjects: frozenset[str], reader: Actor) -> dict[str, Text]:
    return {key: both(f"「{title.one('ja')}」", f"“{title.one('en')}”") for key, title in titles_for(reader, subjects).items()}


_REVIEWER = both("この機関のデータを確認する担当だからです。", "You review the data of this organisation.")
_AUTHOR = both("このデータの責任者だからです。", "You answer for this data.")
_LEADER = both("このデータの責任者か、プロジェクトの PM だからです。", "You answer for this data, or lead its project.")

SUBMITTED = notice_kind(
    "record.submitted", label=both("確認の依頼", "Data to review"), why=_REVIEWER, urgency="now", names=_names,
    over=("record.returned", "record.accepted", "record.published", "record.corrected", "record.draft_discarded"),
)
RETURNED = notice_kind(
    "record.returned", label=both("差し戻し", "Data returned"), why=_AUTHOR, urgency="now", names=_names,
    over=("record.submitted", "record.published", "record.corrected"),
)  # fmt: skip
ACCEPTED = notice_kind(
    "record.accepted", label=both("確認の完了", "Data accepted"), why=_AUTHOR, urgency="now", names=_names,
    over=("record.returned", "record.published", "record.corrected", "record.scheduled"),
)
FAILED = notice_kind(
    "record.publication_failed", label=both("予約した公開の失敗", "A scheduled publication failed"), why=_AUTHOR, urgency="now", names=_names
)  # fmt: skip
CONFIRM = notice_kind(
    "record.confirmation_due", label=both("公開してよいかの確認", "May the data be opened?"), why=_LEADER, urgency="now", names=_names,
    over=("record.access_changed", "record.withdrawn"),
)
PUBLISHED = notice_kind("record.published", label=both("公開", "Published"), why=_AUTHOR, urgency="daily", names=_names)
WITHDRAWN = notice_kind("record.withdrawn", label=both("取り下げ", "Withdrawn"), why=_LEADER, urgency="daily", names=_names)


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is known of the records of a batch; persons are read once."""

    records: dict[str, Reality]
    rights: dict[str, AccessFacts]
    keys: dict[str, tuple[str, ...]]
    actors: dict[str, Actor] = field(default_factory=dict)

    def may(self, person: str, action: str, record: str) -> bool:
        """Whether the person may do this to the record now. Cost: 2 statements for a person not asked before."""
        if person not in self.actors:
            self.actors[person] = people.actor_for(person)
        return record in self.rights and bool(decide.verdict(self.actors[person], action, self.rights[record], clock.now()))


def _facts(ids: Iterable[str]) -> Facts:
    """Cost: 6 statements, any number of records."""
    found = reality(ids)
    asked = {key for one in found.values() for key in (*_leaders(one), f"role:curator@org:{one.owner_organisation}")}
    return Facts(records=found, rights=policy.access_facts(found), keys=people.holders(asked, on=clock.today()))


def _leaders(one: Reality) -> list[str]:
    return [f"role:pm@project:{project}" for project in one.projects]


# --- who is told -----------------------------------------------------------------------------------------------------


def _reviewers(facts: Facts, one: Reality, event: Event) -> Iterator[str]:
    """Curators of the organisation and leaders of the projects, as far as the decision lets them review."""
    for key in (f"role:curator@org:{one.owner_organisation}", *_leaders(one)):
        yield from (person for person in facts.keys[key] if facts.may(person, "review", one.id))


def _author(facts: Facts, one: Reality, event: Event) -> Iterator[str]:
    """The owner – without one, the leaders of the projects – and who handed the draft in or scheduled it."""
    yield from ([one.owner] if one.owner else (person for key in _leaders(one) for person in facts.keys[key]))
    last = next((e for e in events_of(one.id, before=event.seq, limit=20) if e.verb in ("record.submitted", "record.scheduled")), None)
    if last is not None and last.actor.startswith("person:"):
        yield last.actor.removeprefix("person:")


def _owner(facts: Facts, one: Reality, event: Event) -> Iterator[str]:
    yield from ([one.owner] if one.owner else ())


def _responsible(facts: Facts, one: Reality, event: Event) -> Iterator[str]:
    """The owner and the leaders of the projects."""
    yield from _owner(facts, one, event)
    yield from (person for key in _leaders(one) for person in facts.keys[key])


# --- what they are told ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one verb says, to whom, and where it leads."""

    kind: str
    to: Callable[[Facts, Reality, Event], Iterator[str]]
    text: Text
    page: str = ""
    act: bool = False


_SAID: dict[str, Said] = {
    "record.submitted": Said(
        kind=SUBMITTED, to=_reviewers, page="/review", act=True,
        text=both("{name}の確認を頼まれました。", "{name} was handed in for your review."),
    ),
    "record.returned": Said(
        kind=RETURNED, to=_author, page="/edit", act=True,
        text=both("{name}が差し戻されました。理由を読んで直してください。", "{name} was returned. Read why, and correct it."),
    ),
    "record.accepted": Said(
        kind=ACCEPTED, to=_author, page="/publish", act=True,
        text=both("{name}の確認が済みました。公開できます。", "{name} was accepted. It can be published."),
    ),
    "record.publication_failed": Said(
        kind=FAILED, to=_author, page="/edit", act=True,
        text=both(
            "{name}を予約した日に公開できませんでした。足りないところを直してください。",
            "{name} could not be published on its day. Correct what is missing.",
        ),
    ),
    "record.confirmation_due": Said(
        kind=CONFIRM, to=_responsible, page="/access", act=True,
        text=both(
            "{name}の公開予定日になりました。公開してよいかを確かめてください。確認するまで閉じたままです。",
            "The planned day of {name} has come. Say whether it may be opened; until then it stays shut.",
        ),
    ),
    "record.published": Said(kind=PUBLISHED, to=_owner, text=both("{name}が公開されました。", "{name} was published.")),
    "record.opened": Said(
        kind=PUBLISHED, to=_owner, text=both("{name}の公開期間猶予が終わり、公開されました。", "The embargo of {name} ended: it is open.")
    ),
    "record.withdrawn": Said(kind=WITHDRAWN, to=_responsible, text=both("{name}が取り下げられました。", "{name} was withdrawn.")),
}  # fmt: skip


@notice_maker("records", verbs=tuple(_SAID))
def of_records(events: list[Event]) -> Iterator[Notice]:
    """Notices of the workflow; only for people who may see the record. Cost: 6 statements, and 2 for each person asked."""
    facts = _facts({event.subject for event in events})
    for event in events:
        said, one = _SAID[event.verb], facts.records.get(event.subject)
        if one is None:
            continue
        for person in dict.fromkeys(said.to(facts, one, event)):
            if facts.may(person, "see", one.id):
                yield Notice(
                    person=person, kind=said.kind, event=event, subject=one.id, text=said.text, href=f"/records/{one.id}{said.page}",
                    act=said.act,
                )  # fmt: skip
