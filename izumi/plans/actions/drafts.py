"""Making a plan and writing its working document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Invalid, NotThere, Outdated, Refused, SignInNeeded
from izumi.kernel.findings import Finding
from izumi.kernel.ids import is_id, new_id, parse_id
from izumi.kernel.work import Work, work
from izumi.people import queries as people
from izumi.people.types import PlanTerms
from izumi.plans import document as documents
from izumi.plans import rules
from izumi.plans.actions import answering, steps
from izumi.plans.deciding import ANYTHING
from izumi.plans.forms import tables
from izumi.plans.models import Plan, PlanDraft, PlanVersion
from izumi.plans.queries.loading import Loaded, load_for
from izumi.plans.types import Document, PlanView
from izumi.policy.rules import effective_keys

_WRITERS = ("project:", "role:pm@project:", "role:curator@org:")


def create_plan(
    actor: Actor, document: Document, *, project: str = "", owner: str = "", form: str = "", extra: Iterable[Finding] = (),
    started: bool = False,
) -> PlanView:  # fmt: skip
    """Begin a plan of a project with one open working document; its form is the one that the call or programme asks for.

    ``project`` is an identifier or any number of the project; without it ``document["project"]`` counts. Refuses (403)
    who does not belong to the project, 422 for an unknown project or a wrong shape. Rules never block beginning. What is
    known before anybody types is filled in, unless the document comes whole from elsewhere (``started``).
    """
    creator(actor)
    if not isinstance(document, dict):
        documents.shape_head(document)
    key = known_project(project or str(document.get("project") or ""), actor)
    head = documents.shape_head(document)
    entries, warned = documents.shape_entries(_listed(document))
    terms = people.plan_terms(key)
    chosen = _form(form or document.get("form") or "", terms)
    with work(actor, "plan.create") as w:
        loaded = begin(w, terms, owner=owner, form=chosen)
        first = {**({} if started else _start(actor, terms)), **head, "entries": documents.identified(_without_ids(entries), (), new_id)}
        open_first(w, loaded, first)
        w.journal(
            "plan.created", loaded.plan.id,
            {"project": key, "form": loaded.plan.form, "entries": [entry["id"] for entry in first["entries"]]},
        )  # fmt: skip
    return steps.told(actor, loaded.plan.id, (*extra, *warned))


def creator(actor: Actor) -> None:
    """Let pass who belongs to any project, curates, or stands for the site; and only with a token that may write."""
    if actor.is_anonymous:
        raise SignInNeeded
    if not (actor.keys & ANYTHING or any(key.startswith(_WRITERS) for key in actor.keys)):
        raise Refused(None, "plan.create_refused")
    if effective_keys(actor, "create") == frozenset({"public"}):
        raise Refused(None, "token.scope_missing", scope="write")


def known_project(named: str, actor: Actor) -> str:
    """The project behind an identifier or a number, where the actor may write its plan. Cost: 2 to 4 statements."""
    key = _project_id(named)
    if not key:
        raise steps.refused(
            "project-unknown", "/project",
            f"プロジェクト「{named[:60]}」は、登録されたプロジェクトの id にも番号にも見つかりません。id か番号を確かめてください。",
            f"“{named[:60]}” is neither an identifier nor a number of a project of this site. Check it.",
        )  # fmt: skip
    terms = people.plan_terms(key)
    facts = rules.PlanFacts(project=key, owner="", organisation=terms.project.organisation)
    if not rules.may(actor, "edit", facts):
        raise Refused(None, "plan.create_refused")
    return key


def _project_id(named: str) -> str:
    text = named.strip()
    if is_id(text) and people.projects([text]):
        return text
    found = people.projects_by_number(text) if text else []
    if len(found) > 1:
        listed = "、".join(card.id for card in found[:5])
        raise steps.refused(
            "project-ambiguous", "/project", f"この番号のプロジェクトが複数あります（{listed}）。id で選んでください。",
            f"Several projects have this number ({', '.join(card.id for card in found[:5])}). Choose one by its id.",
        )  # fmt: skip
    if found:
        return found[0].id
    try:
        key = parse_id(text, "project")
    except NotThere:
        return ""
    return key if people.projects([key]) else ""


def _form(named: Any, terms: PlanTerms) -> str:
    """The form of a new plan: the one named, else the one that the call or programme asks for."""
    if not named or named == terms.plan_form:
        return terms.plan_form
    if not isinstance(named, str) or named not in tables.forms():
        known = ", ".join(tables.forms())
        raise steps.refused(
            "form-unknown", "/form", f"この様式はありません。{known} のどれかにしてください。", f"There is no such form. Choose one of {known}."
        )  # fmt: skip
    return named


def begin(w: Work, terms: PlanTerms, *, owner: str = "", form: str = "") -> Loaded:
    """Step: the row of a new plan of this project."""
    row = Plan(
        id=new_id(), project=terms.project.id, form=(form or terms.plan_form)[:40], owner=owner or w.actor.person or "",
        owner_organisation=terms.project.organisation, created_at=w.now, updated_at=w.now,
    )  # fmt: skip
    return Loaded(plan=row, draft=None, terms=terms)


def open_first(w: Work, loaded: Loaded, document: Document) -> None:
    """Step: the first working document of a new plan."""
    whole = steps.complete(document, loaded)
    steps.show(loaded, whole)
    loaded.plan.programme = loaded.terms.project.programme or ""
    loaded.plan.call = loaded.terms.call.id if loaded.terms.call else ""
    loaded.plan.save(force_insert=True)
    loaded.draft = PlanDraft.objects.create(
        plan=loaded.plan, document=whole, touched=dict.fromkeys(rules.by_id(whole), 1), updated_at=w.now, updated_by=w.actor.id
    )


def _start(actor: Actor, terms: PlanTerms) -> Document:
    """What is known before anybody types: a title from the project's, and who to ask."""
    suffix = {"ja": "{title} データ管理計画", "en": "Data management plan: {title}"}
    title = {lang: suffix[lang].format(title=name) for lang, name in terms.project.title.items() if lang in suffix}
    start: Document = {"title": title or dict(terms.project.title), "language": "ja"}
    if actor.person:
        card = people.own_card(actor, actor.person)
        contact = {"name": card.name.as_json(), "email": card.email, "identifiers": [dict(one) for one in card.identifiers]}
        start["contact"] = {name: value for name, value in contact.items() if value}
    return start


def _without_ids(entries: list[Document]) -> list[Document]:
    """Entries of another plan, copied: their identifiers stay behind."""
    return [{name: value for name, value in entry.items() if name != "id"} for entry in entries]


def known_ids(loaded: Loaded) -> set[str]:
    """Identifiers that entries of this plan have or had in the version in force. Cost: at most 1 statement."""
    found = set(rules.by_id(loaded.draft.document)) if loaded.draft else set()
    if loaded.plan.version:
        document = PlanVersion.objects.filter(plan_id=loaded.plan.id, n=loaded.plan.version).values_list("document", flat=True).first()
        found |= set(rules.by_id(document or {}))
    return found


def save_plan(actor: Actor, plan_id: str, patch: Document, *, if_match: str | None, required: bool = True) -> PlanView:
    """Merge a patch (RFC 7396) into the working document; rules never block saving, wrong shapes do (422).

    ``entries`` is a list and replaces the list; known identifiers stay, new entries get theirs. 409 while the plan waits
    for a decision, 428 without ``If-Match``, 412 with the present state when somebody saved meanwhile.
    """
    documents.shape_head(patch)
    given, warned = documents.shape_entries(_listed(patch)) if "entries" in patch else (None, ())
    with work(actor, "plan.save") as w:
        loaded = load_for(actor, plan_id, "edit")
        draft = steps.writable(loaded)
        steps.check_match(loaded, if_match, required=required, current=lambda: steps.current_state(loaded))
        _kept_by_plan(patch, loaded)
        merged = documents.shape_head(rules.merged(draft.document, _own(patch)))
        entries = rules.entries_of(draft.document) if given is None else documents.identified(given, known_ids(loaded), new_id)
        changed = steps.write(w, loaded, {**merged, "entries": entries})
        w.journal("plan.saved", loaded.plan.id, {"members": sorted(_own(patch)), "entries": changed}, join=steps.JOIN_SAVES)
    return steps.told(actor, plan_id, warned, only=changed)


def _listed(document: Document) -> Any:
    """The entries as they came; none where the member is absent or ``null``."""
    told = document.get("entries")
    return [] if told is None else told


def _own(patch: Document) -> Document:
    """The patch without entries and members that the plan keeps itself; ``null`` stays, for it removes."""
    return {name: value for name, value in patch.items() if name not in (*documents.SYSTEM_KEPT, "entries")}


def _kept_by_plan(patch: Document, loaded: Loaded) -> None:
    """A patch that would move the plan to another project is refused instead of ignored."""
    wanted = patch.get("project")
    if wanted is not None and wanted != loaded.plan.project:
        raise steps.refused(
            "plan-project-fixed", "/project", "計画のプロジェクトは変えられません。そのプロジェクトで新しい計画を作ってください。",
            "A plan stays with its project. Begin a new plan for the other one.",
        )  # fmt: skip


def add_entry(actor: Actor, plan_id: str, entry: Any, *, place: int | None = None) -> tuple[PlanView, str]:
    """Add one entry at a place (from 0; the end without one); the view and the entry's identifier. Never clashes.

    ``records`` names records that are here already and answer it: adopting assigns them instead of opening a new one.
    """
    named, entry = documents.records_named(entry)
    (shaped,), warned = documents.shape_entries([entry])
    with work(actor, "plan.add_entry") as w:
        loaded = load_for(actor, plan_id, "edit")
        entries = list(rules.entries_of(steps.writable(loaded).document))
        if len(entries) >= documents.MAX_ENTRIES:
            raise Invalid(documents.too_many(len(entries) + 1))
        new = documents.identified(_without_ids([shaped]), (), new_id)[0]
        at = len(entries) if place is None else min(max(place, 0), len(entries))
        entries.insert(at, new)
        answering.remember(actor, loaded, {new["id"]: named})
        _write_entries(w, loaded, entries, [new["id"]])
    return steps.told(actor, plan_id, warned, only=[new["id"]]), new["id"]


def save_entry(actor: Actor, plan_id: str, entry_id: str, patch: Any, *, if_match: str | None, place: int | None = None) -> PlanView:
    """Merge a patch into one entry, and move it when ``place`` (from 0) is given.

    ``If-Match`` names the revision that the writer saw: it applies when *this entry* has not changed since, so that two
    people may write different entries; else 412 ``plan.entry_changed`` with both.
    """
    if not isinstance(patch, dict):
        documents.shape_entries([patch])
    with work(actor, "plan.save_entry") as w:
        loaded = load_for(actor, plan_id, "edit")
        entries = list(rules.entries_of(steps.writable(loaded).document))
        at = _place_of(entries, entry_id)
        wanted = rules.merged(entries[at], {name: value for name, value in patch.items() if name != "id"})
        _unchanged(loaded, entry_id, if_match, entries[at], wanted)
        (shaped,), warned = documents.shape_entries([wanted], first=at)
        entries[at] = {**shaped, "id": entry_id}
        if place is not None:
            entries.insert(min(max(place, 0), len(entries) - 1), entries.pop(at))
        _write_entries(w, loaded, entries, [entry_id])
    return steps.told(actor, plan_id, warned, only=[entry_id])


def _unchanged(loaded: Loaded, entry_id: str, if_match: str | None, now: Document, wanted: Document) -> None:
    seen = steps.revision_named(if_match, loaded.plan.id)
    draft = steps.writable(loaded)
    changed_in = int(draft.touched.get(entry_id, 0))
    if seen is None or changed_in <= seen <= draft.revision:
        return
    raise Outdated("plan.entry_changed", current={"revision": draft.revision, "entry": now, "yours": wanted})


def _place_of(entries: list[Document], entry_id: str) -> int:
    for place, entry in enumerate(entries):
        if entry.get("id") == entry_id:
            return place
    raise NotThere("entry", entry_id)


def remove_entry(actor: Actor, plan_id: str, entry_id: str, *, if_match: str | None) -> PlanView:
    """Take one entry out of the working document, when it has not changed since the revision that the writer saw."""
    with work(actor, "plan.remove_entry") as w:
        loaded = load_for(actor, plan_id, "edit")
        entries = list(rules.entries_of(steps.writable(loaded).document))
        at = _place_of(entries, entry_id)
        _unchanged(loaded, entry_id, if_match, entries[at], {})
        entries.pop(at)
        _write_entries(w, loaded, entries, [entry_id])
    return steps.told(actor, plan_id)


def _write_entries(w: Work, loaded: Loaded, entries: list[Document], changed: list[str]) -> None:
    document = steps.writable(loaded).document
    steps.write(w, loaded, {**document, "entries": entries})
    w.journal("plan.saved", loaded.plan.id, {"members": ["entries"], "entries": changed}, join=steps.JOIN_SAVES)

