"""Steps inside an open unit of work that several actions share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.days import start_of
from izumi.kernel.errors import Invalid, MatchNeeded, Outdated
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.ids import is_id, parse_id
from izumi.kernel.text import both
from izumi.kernel.work import Work
from izumi.people import queries as people
from izumi.policy import actions as policy_actions
from izumi.policy import rules as decide
from izumi.policy.types import AccessClass, AccessStatement, Parties
from izumi.profiles import rules as shapes
from izumi.records import rules
from izumi.records.models import Draft, Link, Record
from izumi.records.queries.reading import Loaded, decide_for
from izumi.records.types import Document, DraftState
from izumi.storage import queries as storage

JOIN_AUTOSAVES = timedelta(minutes=10)


def parties_of(record: Record, projects: Iterable[str]) -> Parties:
    """Who stands behind the record. Cost: 1 statement."""
    return replace(people.parties(record.owner, record.owner_organisation, projects), editors=tuple(record.editors))


def shut_out(record: Record, statement: AccessStatement) -> None:
    """Step: when a draft becomes one that is meant to stay closed, those of its project who wrote it so far are its editors no
    more: they write on as the project does, which never reads the bytes. Editors that the plan names by themselves stay.
    """
    shared = [key for key in record.editors if not key.startswith("person:")]
    if shared and statement.access_class is AccessClass.CLOSED:
        record.editors = shared


def recompile(w: Work, record: Record, projects: Iterable[str], statement: AccessStatement) -> None:
    """Write the allow rules anew, and queue the next edge of a window."""
    record.access_revision += 1
    facts = policy_actions.compile(
        w, record.id, statement, parties_of(record, projects), state=record.state, gates=frozenset(record.gates)
    )
    record.edge_at = edge = decide.next_edge(facts.rules, w.now)
    if edge is not None:
        w.later("records.edge", {"record": record.id}, dedup=f"edge:{record.id}:{edge.isoformat()}", due=edge)
    day = rules.confirmation_day(statement)
    if day is not None and day > w.today:
        w.later("records.confirm_due", {"record": record.id}, dedup=f"confirm:{record.id}:{day}", due=start_of(day))


def touch(w: Work, record: Record, *, public: bool = False) -> None:
    """Save the record row; its stamp grows when what readers get may have changed, so that stored bytes end.

    Work on the draft of a published record leaves the stamp: nobody outside can tell that somebody is editing.
    """
    if public or record.latest == 0:
        record.stamp += 1
    record.updated_at = w.now
    if public:
        record.changed_at = w.now
        record.seal_state = "sealing"
    record.save()


def show(record: Record, document: Document, *, version: int) -> None:
    """Keep the display columns in step with a document."""
    title = document.get("title")
    record.title = title if isinstance(title, dict) else {}
    record.data_number = str(document.get("data_number") or "")[:100]
    if record.latest == 0:
        record.access_class = str((document.get("access") or {}).get("class") or "")[:10]
    counted = storage.summary(record.id, version)
    record.files, record.size_bytes = counted.count, counted.size_bytes


def check_match(draft: Draft, if_match: str | None, *, required: bool, current: Any = None) -> None:
    """Compare ``If-Match`` with the draft: 428 when it is required and absent, 412 with the present state when stale."""
    if if_match is None:
        if required:
            raise MatchNeeded
        return
    if not rules.matches(if_match, rules.draft_etag(draft.record_id, draft.revision)):
        raise Outdated(current=current() if callable(current) else current)


def reopen(w: Work, loaded: Loaded) -> bool:
    """An edit by somebody who may not review takes a submitted, accepted or scheduled draft back to open."""
    draft = loaded.draft
    if draft is None or (draft.state == DraftState.OPEN and draft.scheduled_on is None):
        return False
    if decide_for(w.actor, loaded, "review"):
        return False
    was_waiting = draft.state in (DraftState.SUBMITTED, DraftState.ACCEPTED) or draft.scheduled_on is not None
    if not was_waiting:
        return False
    draft.state, draft.submitted_at, draft.scheduled_on = DraftState.OPEN, None, None
    if loaded.record.state == "scheduled":
        loaded.record.state = "unpublished"
    return True


REOPENED = Finding(
    rule="draft-reopened", severity=Severity.WARNING,
    message=both(
        "内容を変えたため、提出（または公開の予約）を取り消して下書きに戻しました。",
        "The change took the draft back: it is open again, no longer submitted or scheduled.",
    ),
    fix=both("直し終えたら、もう一度提出してください。", "Submit it again when you are done."),
)  # fmt: skip

def may_open(actor: Actor, loaded: Loaded) -> bool:
    """Whether the actor may say who reads a draft: not who writes a colleague's closed data without reading its bytes."""
    return not loaded.record.owner or bool(decide_for(actor, loaded, "read") or decide_for(actor, loaded, "manage"))


ACCESS_OF_OTHERS = Finding(
    rule="access-of-others", severity=Severity.WARNING, pointer="/access",
    message=both(
        "非公開のデータのアクセス権を変えられるのは、責任者とプロジェクトの PM です。この変更は保存していません。",
        "Who answers for closed data and the leader (PM) of the project say who may read them. This part was not saved.",
    ),
    fix=both("責任者に頼んでください。", "Ask who answers for the data."),
)  # fmt: skip

ACCESS_KEPT = Finding(
    rule="access-kept-by-record", severity=Severity.WARNING, pointer="/access",
    message=both(
        "公開後のアクセス権は、下書きではなくレコードが持ちます。この変更は保存していません。",
        "After the first publication the access statement belongs to the record, not to a draft. This part was not saved.",
    ),
    fix=both("「アクセス権」の画面か PUT /access で変えてください。", "Change it on the access page or with PUT /access."),
)  # fmt: skip


def stored(document: Document) -> tuple[Document, tuple[Finding, ...]]:
    """The document as it is kept: its access statement normalised, with warnings about what that changed.

    Source: product.md A11 (novelty, patent, contract and export-control reasons are stored as ``confirm``).
    """
    if not isinstance(document.get("access"), dict):
        return document, ()
    access, told = shapes.stored_access(document)
    return {**document, "access": access}, tuple(told)


def replace_links(record: Record, document: Document) -> None:
    """The links that the newest version states; those added by hand stay."""
    Link.objects.filter(record=record, origin="metadata").delete()
    Link.objects.bulk_create(
        Link(record=record, target=target_of(entry), **entry) for entry in rules.links_of(document)
    )


def target_of(entry: Document) -> str:
    """The record that a link points to, when it is one here."""
    last = str(entry["identifier"]).rstrip("/").rsplit("/", 1)[-1]
    return last if is_id(last) and Record.objects.filter(pk=last).exists() else ""


def projects_named(actor: Actor, projects: Iterable[str]) -> list[str]:
    """The projects, when they exist and the actor belongs to them (curators and admins to any)."""
    wanted = list(dict.fromkeys(parse_id(p, "project") for p in projects))
    known = people.projects(wanted)
    wide = any(k in ("console", "system", "role:admin@site") or k.startswith("role:curator@") for k in actor.keys)
    for n, key in enumerate(wanted):
        if key not in known or not (wide or actor.holds(f"project:{key}") or actor.holds(f"role:pm@project:{key}")):
            raise refused(
                "project-unknown", f"/projects/{n}", "このプロジェクトはないか、あなたは参加していません。プロジェクトの番号を確かめてください。",
                "There is no such project, or you are not a member of it. Check its identifier.",
            )  # fmt: skip
    return wanted


def refused(rule: str, pointer: str, ja: str, en: str) -> Invalid:
    """One finding of the workflow as a refusal."""
    return Invalid(Finding(rule=rule, severity=Severity.ERROR, pointer=pointer, message=both(ja, en)))


def words(why: str, pointer: str = "/why") -> str:
    """A reason that was really given; ``Invalid`` for an empty or endless one."""
    text = why.strip()
    if not text or len(text) > 5000:
        raise refused(
            "reason-missing", pointer, "理由を 1〜5,000 文字で書いてください。記録に残ります。",
            "Give a reason (1–5,000 characters). It is kept in the record's history.",
        )  # fmt: skip
    return text
