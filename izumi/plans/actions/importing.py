"""A plan that another system wrote: maDMP, or a table of a form, as a new plan or as a revision of one that is here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.contracts import Loss
from izumi.kernel.errors import Conflict
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.ids import new_id
from izumi.kernel.text import both
from izumi.kernel.work import work
from izumi.people import queries as people
from izumi.plans import document as documents
from izumi.plans import rules
from izumi.plans.actions import drafts, revising, steps
from izumi.plans.forms.types import Read
from izumi.plans.models import Plan, PlanDraft, PlanVersion
from izumi.plans.promises import folded
from izumi.plans.queries.loading import load, load_for
from izumi.plans.reading import plan_in_file
from izumi.plans.types import Document, PlanView


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A plan that was taken in, what of it has no place here (kept and written back), and whether it is a revision."""

    plan: PlanView
    losses: tuple[Loss, ...]
    revised: bool = False


def import_plan(
    actor: Actor, source: bytes | Document, *, format: str = "auto", project: str = "", filename: str = "", as_revision: bool = False
) -> Imported:
    """Begin a plan from a file; its project is given, or found by the grants that the file names.

    409 ``plan.exists`` when the project has a plan of the same identifier already; with ``as_revision`` that plan's
    working document takes the content over (a revision is opened where it is in force; entries keep their identifiers).
    """
    drafts.creator(actor)
    key = drafts.known_project(project, actor) if project else ""
    first = people.plan_terms(key).plan_form if key else ""
    told = plan_in_file(source, format=format, filename=filename, first=first)
    key = key or _named(actor, told)
    standing = _same(key, told.document)
    if standing is None:
        view = drafts.create_plan(actor, told.document, project=key, extra=_other_numbers(told, key), started=True)
        return Imported(plan=view, losses=told.losses)
    if not as_revision:
        raise Conflict("plan.exists", id=standing, number=_numbers(told.document)[0])
    return Imported(plan=_taken_over(actor, standing, told.document), losses=told.losses, revised=True)


def _named(actor: Actor, told: Read) -> str:
    """The project that the file itself names: by identifier or number, else by its grants."""
    own = told.document.get("project")
    return drafts.known_project(own, actor) if isinstance(own, str) and own else _by_grants(actor, told)


def _by_grants(actor: Actor, told: Read) -> str:
    """The one project that the grants of the file name. Cost: 2 statements for each grant, 20 at most."""
    tried = list(dict.fromkeys(part for grant in told.grants[:20] for part in _parts(grant.number)))
    found = {card.id for number in tried for card in people.projects_by_number(number)}
    if len(found) == 1:
        return drafts.known_project(found.pop(), actor)
    listed = "、".join(tried[:5]) or "–"
    raise steps.refused(
        "project-unknown", "/project",
        f"計画にある研究課題番号（{listed}）から、登録されたプロジェクトを 1 つに決められません。プロジェクトを指定してください。",
        f"The grants of the plan ({', '.join(tried[:5]) or '–'}) do not lead to one project of this site. Name the project.",
    )  # fmt: skip


def _parts(number: str) -> list[str]:
    """A grant as written, and its last part where it is an address."""
    text = number.strip()
    return [part for part in (text, text.rstrip("/").rsplit("/", 1)[-1] if "/" in text else "") if part and len(part) <= 120]


def _numbers(document: Document) -> list[str]:
    told = document.get("identifiers")
    return [str(one["value"]) for one in told if isinstance(one, dict) and one.get("value")] if isinstance(told, list) else []


def _same(project: str, document: Document) -> str | None:
    """The plan of the project that has one of the document's identifiers. Cost: 3 statements."""
    wanted = {folded(number) for number in _numbers(document)}
    if not wanted:
        return None
    plans = dict(Plan.objects.filter(project=project).values_list("pk", "version"))
    listed: list[tuple[str, Any]] = list(PlanDraft.objects.filter(plan_id__in=plans).values_list("plan_id", "document__identifiers"))
    listed += [
        (key, told) for key, n, told in PlanVersion.objects.filter(plan_id__in=plans).values_list("plan_id", "n", "document__identifiers")
        if plans[key] == n
    ]  # fmt: skip
    for key, told in listed:
        if wanted & {folded(number) for number in _numbers({"identifiers": told})}:
            return key
    return None


def _other_numbers(told: Read, project: str) -> Iterable[Finding]:
    """Grants of the file that are none of the project's numbers: told, and kept."""
    if not told.grants:
        return []
    known = {card.id for grant in told.grants[:20] for part in _parts(grant.number) for card in people.projects_by_number(part)}
    if project in known:
        return []
    listed = ", ".join(grant.number for grant in told.grants[:5])
    return [Finding(
        rule="grant-not-of-project", severity=Severity.WARNING, pointer="", source="rda-madmp-1.2",
        message=both(
            f"ファイルの研究課題番号（{listed}）は、このプロジェクトの番号ではありません。",
            f"The grants of the file ({listed}) are none of this project's numbers.",
        ),
        fix=both("プロジェクトを確かめてください。", "Check that this is the right project."),
    )]  # fmt: skip


def _taken_over(actor: Actor, plan_id: str, document: Document) -> PlanView:
    """The working document of a plan becomes what the file says; entries are recognised by identifier, number or title."""
    head = documents.shape_head(document)
    entries, _ = documents.shape_entries(document.get("entries") or [])
    standing = load(plan_id)
    if standing.plan.version and standing.draft is None:
        revising.revise(actor, plan_id, reason="取り込み / import")
    with work(actor, "plan.save") as w:
        loaded = load_for(actor, plan_id, "edit")
        before = rules.entries_of(steps.writable(loaded).document)
        kept = documents.identified(_recognised(before, entries), drafts.known_ids(loaded), new_id)
        changed = steps.write(w, loaded, {**head, "entries": kept})
        w.journal("plan.saved", plan_id, {"members": sorted(document), "entries": changed, "import": True})
    return steps.told(actor, plan_id, only=changed)


def _recognised(before: list[Document], entries: list[Document]) -> list[Document]:
    """New entries with the identifiers of those they continue."""
    free = {entry["id"]: entry for entry in before}
    kept = []
    for entry in entries:
        match = next((key for key, old in free.items() if _continues(old, entry)), None)
        if match is not None:
            del free[match]
        kept.append({**entry, "id": match} if match else {name: value for name, value in entry.items() if name != "id"})
    return kept


def _continues(old: Document, new: Document) -> bool:
    numbers = [{folded(str(one.get("value"))) for one in entry.get("identifiers") or [] if isinstance(one, dict)} for entry in (old, new)]
    if numbers[0] & numbers[1]:
        return True
    if (number := folded(rules.number_of(new))) and number == folded(rules.number_of(old)):
        return True
    return bool(new.get("title")) and old.get("title") == new.get("title")
