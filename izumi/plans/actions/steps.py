"""Steps inside an open unit of work that several actions of plans share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.days import parse_day
from izumi.kernel.errors import Conflict, Invalid, MatchNeeded, Outdated
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.kernel.work import Work
from izumi.people import queries as people
from izumi.plans import checking, rules
from izumi.plans.models import PlanDraft
from izumi.plans.queries import plans as shown
from izumi.plans.queries.loading import Loaded, load
from izumi.plans.types import STEP_LABELS, Document, PlanView

JOIN_SAVES = timedelta(minutes=10)


def words(why: str) -> str:
    """A reason that was really given; ``Invalid`` for an empty or endless one."""
    text = why.strip() if isinstance(why, str) else ""
    if not text or len(text) > 5000:
        raise refused(
            "reason-missing", "/why", "理由を 1〜5,000 文字で書いてください。計画の履歴に残ります。",
            "Give a reason (1–5,000 characters). It is kept in the plan's history.",
        )  # fmt: skip
    return text


def refused(rule: str, pointer: str, ja: str, en: str) -> Invalid:
    """One finding of the workflow as a refusal."""
    return Invalid(Finding(rule=rule, severity=Severity.ERROR, pointer=pointer, message=both(ja, en)))


def etag(loaded: Loaded) -> str:
    """What ``If-Match`` must say: the draft's revision while one is open, else the version in force."""
    key, draft = loaded.plan.id, loaded.draft
    return f'"{key}-r{draft.revision}"' if draft is not None else f'"{key}-v{loaded.plan.version}"'


def check_match(loaded: Loaded, if_match: str | None, *, required: bool, current: Callable[[], Any]) -> None:
    """Compare ``If-Match`` with the plan: 428 when it is required and absent, 412 with the present state when stale."""
    if if_match is None:
        if required:
            raise MatchNeeded
        return
    asked = [part.strip().removeprefix("W/") for part in if_match.split(",")]
    if "*" not in asked and etag(loaded) not in asked:
        raise Outdated(current=current())


_REVISION = re.compile(r'(?:W/)?"?(?P<plan>[0-9a-z]{5}-[0-9a-z]{5})-r(?P<n>[0-9]{1,9})"?')


def revision_named(if_match: str | None, plan_id: str) -> int | None:
    """The revision of this plan's draft that ``If-Match`` names; ``None`` for ``*``. 428 when absent; any other is stale (-1)."""
    if if_match is None:
        raise MatchNeeded
    if if_match.strip() == "*":
        return None
    found = _REVISION.fullmatch(if_match.strip())
    return int(found["n"]) if found and found["plan"] == plan_id else -1


def current_state(loaded: Loaded) -> Document:
    """The present state, as a refused writer gets it."""
    draft = loaded.draft
    return {
        "id": loaded.plan.id, "revision": draft.revision if draft else None, "document": draft.document if draft else None,
    }  # fmt: skip


def writable(loaded: Loaded) -> PlanDraft:
    """The working document while it may be written, or a conflict that says why not."""
    if loaded.draft is None:
        raise Conflict("plan.no_draft")
    if loaded.draft.state == "submitted":
        raise Conflict("plan.submitted", step=step_label(loaded.facts.asked))
    return loaded.draft


def step_label(step: str | None) -> Text | str:
    """Whose yes is waited for, in words."""
    return STEP_LABELS[step] if step else "–"


def complete(document: Document, loaded: Loaded) -> Document:
    """The document as it is stored: with the members that the plan keeps itself."""
    head = {name: value for name, value in document.items() if name != "entries"}
    return {**head, "form": loaded.plan.form, "project": loaded.plan.project, "entries": rules.entries_of(document)}


def write(w: Work, loaded: Loaded, document: Document) -> list[str]:
    """Step: put a document into the working document; the entries that changed. The columns of the plan keep in step."""
    draft = writable(loaded)
    whole = complete(document, loaded)
    changed = rules.changed_entries(draft.document, whole)
    draft.revision += 1
    draft.touched = {**draft.touched, **dict.fromkeys(changed, draft.revision)}
    draft.document, draft.updated_at, draft.updated_by = whole, w.now, w.actor.id
    draft.save()
    if loaded.plan.version == 0:
        show(loaded, whole)
    touch(w, loaded)
    return changed


def show(loaded: Loaded, document: Document) -> None:
    """Keep the display columns in step with a document."""
    title = document.get("title")
    loaded.plan.title = title if isinstance(title, dict) else {}
    loaded.plan.entries = len(rules.entries_of(document))
    try:
        loaded.plan.next_review_on = parse_day(str(document.get("next_review_on") or ""))
    except ValueError:
        loaded.plan.next_review_on = None


def touch(w: Work, loaded: Loaded) -> None:
    """Save the plan row; what it knows of its project follows the project's registration, its state the draft's."""
    row, terms = loaded.plan, loaded.terms
    row.programme, row.owner_organisation = terms.project.programme or "", terms.project.organisation
    row.call = terms.call.id if terms.call else ""
    if row.version:
        row.state = "adopted"
    elif loaded.draft is not None:
        row.state = {"open": "draft"}.get(loaded.draft.state, loaded.draft.state)
    row.updated_at = w.now
    row.save()


def told(actor: Actor, plan_id: str, extra: Iterable[Finding] = (), *, only: Iterable[str] = ()) -> PlanView:
    """The view after a change, with what the rules for saving say about the working document."""
    loaded = load(plan_id)
    view = shown.view_of(actor, loaded)
    if view.draft is None:
        return replace(view, findings=tuple(extra))
    found = checking.findings(loaded, view.draft.document, step="save", only=only)
    form = rules.form_differs(loaded.plan.form, loaded.terms)
    return replace(view, findings=(*extra, *((form,) if form else ()), *found))


def who(actor_id: str) -> Text:
    """An actor of the journal in words. Cost: 1 statement for a person."""
    kind, _, key = actor_id.partition(":")
    if kind == "person" and (card := people.cards([key]).get(key)):
        return card.name
    return both("サーバーの端末", "the server's console") if kind == "console" else Text({"ja": actor_id, "en": actor_id})
