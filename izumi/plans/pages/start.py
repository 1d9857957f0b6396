"""Beginning a plan: the project by its number, a title, the first datasets – or a file that has it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Invalid, Refused, SignInNeeded, TooMuch
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.paging import whole
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.people.types import PlanTerms, ProjectCard
from izumi.plans import actions, queries, rules
from izumi.plans.pages import amounts, words
from izumi.plans.pages.addresses import go
from izumi.plans.types import Document

ROWS = 3
MOST_ROWS = 50
LARGEST = 5_000_000
"""Bytes of a file with a plan that a page takes."""
CLASSES = ("open", "embargoed", "shared", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One of the first datasets, as it is typed."""

    number: int
    title: str = ""
    access: str = ""
    """Empty: not decided yet. Nothing is promised to be open by default."""
    on: str = ""
    size: str = ""
    wrong: tuple[Finding, ...] = ()


def new(request: HttpRequest) -> HttpResponse:
    """``/plans/new?project=&q=``: find the project, then write the first datasets. Cost: at most 8 statements."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.is_anonymous:
        raise SignInNeeded
    key = request.POST.get("project") or request.GET.get("project", "")
    if not key:
        return _choose(request, actor)
    terms = people.plan_terms(key)
    may_begin(actor, terms)
    if request.method != "POST":
        return _form(request, terms, _lines({}))
    return _posted(request, actor, terms)


def may_begin(actor: Actor, terms: PlanTerms) -> None:
    """Let pass who may write a plan of the project; 401 or 403 for others."""
    facts = rules.PlanFacts(project=terms.project.id, owner="", organisation=terms.project.organisation)
    if not rules.may(actor, "edit", facts):
        raise SignInNeeded if actor.is_anonymous else Refused(None, "plan.create_refused")


def _choose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The first step: a number in any form, or one of the reader's own projects."""
    q = request.GET.get("q", "").strip()
    found = people.projects_by_number(q) if q else []
    if len(found) == 1:
        return go(request, f"/plans/new?project={found[0].id}")
    mine = people.projects_of(actor)
    context = {
        "area": "plans", "q": q, "found": found, "mine": mine, "organisations": _organisations([*found, *mine]), "none": bool(q) and not found,
    }  # fmt: skip
    return render(request, "plans/choose.html", context)


def _organisations(cards: Iterable[ProjectCard]) -> dict[str, Text]:
    found = people.organisations({card.organisation for card in cards})
    return {key: card.legal_name for key, card in found.items()}


def _posted(request: HttpRequest, actor: Actor, terms: PlanTerms) -> HttpResponse:
    what = request.POST.get("do", "")
    lines = _lines(request.POST)
    if what == "more":
        more = [Line(number=len(lines) + n) for n in range(ROWS)][: max(0, MOST_ROWS - len(lines))]
        return _form(request, terms, [*lines, *more])
    try:
        if what == "import":
            return go(request, f"/plans/{_from_file(request, actor, terms)}/edit?said=imported")
        made = actions.create_plan(actor, _document(request, terms, lines))
    except Invalid as failure:
        return _form(request, terms, lines, failure.findings)
    if what != "adopt":
        return go(request, f"/plans/{made.id}/edit?said=created")
    try:
        done = actions.adopt(actor, made.id)
    except Invalid:
        return go(request, f"/plans/{made.id}/edit?check=1#errors")
    return go(request, f"/plans/{made.id}?said={words.after_adoption(done, revision=False)}")


def _lines(posted: Mapping[str, str]) -> list[Line]:
    """The rows as they were typed; at least three."""
    count = min(whole(posted.get("rows", "")) or ROWS, MOST_ROWS)
    return [
        Line(
            number=n, title=posted.get(f"title-{n}", "").strip(), access=posted.get(f"class-{n}", ""),
            on=posted.get(f"on-{n}", "").strip(), size=posted.get(f"size-{n}", "").strip(),
        )
        for n in range(count)
    ]  # fmt: skip


def _document(request: HttpRequest, terms: PlanTerms, lines: list[Line]) -> Document:
    """The plan that the form describes. Raises ``Invalid`` for an amount that cannot be read."""
    lang = request.lang  # type: ignore[attr-defined]
    title = {side: request.POST.get(f"title_{side}", "").strip() for side in ("ja", "en")}
    entries, found = [], []
    for line in lines:
        if not line.title:
            continue
        size = amounts.bytes_of(line.size) if line.size else None
        if line.size and size is None:
            found.append(_unreadable(f"/entries/{len(entries)}/planned/size_bytes", line.size))
        entries.append(_entry(line, lang, size))
    if found:
        raise Invalid(found)
    return {
        "project": terms.project.id, "form": terms.plan_form or "common", "language": lang,
        "title": {side: said for side, said in title.items() if said} or title_of(terms.project.title).as_json(), "entries": entries,
    }  # fmt: skip


def _entry(line: Line, lang: str, size: int | None) -> Document:
    planned: Document = {"size_bytes": size} if size else {}
    access: Document = {"class": line.access} if line.access in CLASSES else {}
    if line.on and line.access == "embargoed":
        access["available_on"] = line.on
    elif line.on:
        planned["publish_on"] = line.on
    told: Document = {"title": {lang: line.title}, "access": access, "planned": planned}
    return {name: value for name, value in told.items() if value}


def _unreadable(pointer: str, said: str) -> Finding:
    return Finding(
        rule="plan-amount-unreadable", severity=Severity.ERROR, pointer=pointer,
        message=both("量「{said}」を読み取れません。", "The amount “{said}” cannot be read.").format(said=said[:40]),
        fix=both("97 GB のように書いてください。", "Write it like 97 GB."),
    )  # fmt: skip


def title_of(project: Text) -> Text:
    """The title proposed for the plan of a project."""
    words = {"ja": "「{title}」のデータマネジメントプラン", "en": "Data management plan of “{title}”"}
    return Text({side: words[side].format(title=project[side]) for side in ("ja", "en") if side in project})


def _from_file(request: HttpRequest, actor: Actor, terms: PlanTerms) -> str:
    """The plan made of an uploaded file: maDMP or a table (csv, xlsx); always of the chosen project."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid(Finding(
            rule="plan-file-missing", severity=Severity.ERROR, pointer="/file",
            message=both("ファイルが選ばれていません。", "No file was chosen."),
        ))  # fmt: skip
    if (sent.size or 0) > LARGEST:
        raise TooMuch(limit="5 MB")
    return str(actions.import_plan(actor, sent.read(), project=terms.project.id, filename=sent.name or "").plan.id)


def _form(request: HttpRequest, terms: PlanTerms, lines: list[Line], found: tuple[Finding, ...] = ()) -> HttpResponse:
    proposed = title_of(terms.project.title)
    posted = request.method == "POST"
    context = {
        "area": "plans", "terms": terms, "lines": lines, "rows": len(lines), "findings": found, "classes": CLASSES,
        "title_ja": request.POST.get("title_ja", "") if posted else proposed.get("ja", ""),
        "title_en": request.POST.get("title_en", "") if posted else proposed.get("en", ""),
        "plans": queries.plans_of(request.actor, project=terms.project.id).items,  # type: ignore[attr-defined]
        "alone": not terms.chain, "organisation": people.organisations([terms.project.organisation]).get(terms.project.organisation),
    }  # fmt: skip
    return render(request, "plans/new.html", context, status=422 if found else 200)
