"""What people should know about reports: one that was handed in, returned, or accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from izumi.governance import rules
from izumi.governance.models import Submission
from izumi.governance.types import LABELS
from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.journal import Event
from izumi.kernel.notices import Notice, notice_kind, notice_maker, plain
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.people.types import ProjectCard

_FUNDER = both("この制度の資金配分機関の担当だからです。", "You act for the funder of its programme.")
_LEADER = both("このプロジェクトの PM か、報告を提出した人だからです。", "You lead the project, or handed the report in.")


def titles(subjects: frozenset[str], reader: Actor) -> Mapping[str, Text]:
    """Projects by their titles, which are public. Cost: 1 statement."""
    return people.project_titles(subjects)


SUBMITTED = notice_kind(
    "report.submitted", label=both("報告の提出", "A report was handed in"), why=_FUNDER, urgency="daily", names=titles,
    over=("report.returned", "report.accepted"),
)
RETURNED = notice_kind("report.returned", label=both("報告の差し戻し", "A report was returned"), why=_LEADER, urgency="now", names=titles)
ACCEPTED = notice_kind("report.accepted", label=both("報告の受理", "A report was accepted"), why=_LEADER, urgency="daily", names=titles)

_LATE = both("（期限超過）", " (late)")


@notice_maker("governance", verbs=("report.submitted", "report.returned", "report.accepted"))
def of_reports(events: list[Event]) -> Iterator[Notice]:
    """The funder hears of what came in, PM and sender of what was decided. Cost: 5 statements, any number of events."""
    told = [(event, event.payload or {}) for event in events]
    cards = people.projects({str(facts.get("project")) for _, facts in told})
    senders = dict(_senders([event.subject for event in events if event.verb != SUBMITTED]))
    keys = {f"role:pm@project:{key}" for key in cards} | {f"role:funder@programme:{card.programme}" for card in cards.values() if card.programme}
    holders = people.holders(keys, on=clock.today())
    for event, facts in told:
        card = cards.get(str(facts.get("project")))
        if card is None:
            continue
        name = LABELS.get(str(facts.get("report")), Text())
        if event.verb == SUBMITTED:
            late = _LATE if facts.get("late") else Text()
            persons: Iterable[str] = holders.get(f"role:funder@programme:{card.programme}", ())
            text = both(
                f"「{{name}}」の報告（{name.one('ja')}）が提出されました{late.one('ja')}。",
                f"The report of “{{name}}” ({name.one('en')}) was handed in{late.one('en')}.",
            )
        else:
            persons = {*holders.get(f"role:pm@project:{card.id}", ()), *_still(senders.get(event.subject, ()), card)}
            text = _decided(event.verb, name, str(facts.get("why") or ""))
        for person in sorted(persons):
            yield Notice(
                person=person, kind=event.verb, event=event, subject=card.id, text=text, href=f"/reports/submissions/{event.subject}",
                act=event.verb != ACCEPTED,
            )  # fmt: skip


def _decided(verb: str, name: Text, why: str) -> Text:
    if verb == ACCEPTED:
        return both(
            f"「{{name}}」の報告（{name.one('ja')}）が受理されました。", f"The report of “{{name}}” ({name.one('en')}) was accepted."
        )  # fmt: skip
    said = plain(Text({"ja": why[:300]})).one("ja")
    return both(
        f"「{{name}}」の報告（{name.one('ja')}）が差し戻されました: {said}",
        f"The report of “{{name}}” ({name.one('en')}) was returned: {said}",
    )


def _still(persons: Iterable[str], card: ProjectCard) -> list[str]:
    """Those who may still read the submission: who left the project hears no more of it. Cost: 2 statements for each."""
    return [person for person in persons if rules.sees_project_whole(people.actor_for(person), card)]


def _senders(submissions: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:


    for key, who in Submission.objects.filter(pk__in=submissions).values_list("pk", "submitted_by"):
        if who.startswith("person:"):
            yield key, (who.removeprefix("person:"),)
