"""Screen 2: the page of a record, in the order of a reader's questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from izumi.kernel.actors import Actor
from izumi.people import queries as people
from izumi.policy.types import WITHHOLDING_LABELS
from izumi.profiles import queries as profiles
from izumi.profiles.types import Row
from izumi.records import queries
from izumi.records.pages import file_list, gallery, linked, words
from izumi.records.types import RecordView

ELSEWHERE = frozenset(
    {"title", "description", "descriptions", "summary", "keywords", "access", "terms", "contact", "relations", "size"}
)
"""Members that have a place of their own on the page."""
MADE = frozenset({"acquisition", "quality"})


def landing(request: HttpRequest, record: str, n: int | None = None) -> HttpResponse:
    """``/records/{id}`` and ``/records/{id}/v/{n}``: what it is, what the reader may do with it, and why."""
    view = queries.view(request.actor, record, version=n)  # type: ignore[attr-defined]
    return render(request, "records/landing.html", context(request, view))


def draft_preview(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/preview``: the draft as its page will look, for those who may edit it."""
    view = queries.view(request.actor, record, draft=True)  # type: ignore[attr-defined]
    return render(request, "records/landing.html", context(request, view))


def context(request: HttpRequest, view: RecordView) -> dict[str, Any]:
    """All that the page shows. Cost: 2 statements for people, 2 for files, none for the rest."""
    lang = request.lang  # type: ignore[attr-defined]
    document = view.metadata
    rows = [row for section in profiles.display(document, lang) for row in section.rows]
    files = file_list.listed(request, view)
    access = document.get("access") or {}
    newest = max((line.n for line in view.versions if not line.withdrawn), default=0)
    return {
        "area": "search",
        "record": view,
        "label": words.version_label(view),
        "newer": newest if view.version is not None and view.version < newest else 0,
        "access": access,
        "withheld": withheld(access),
        "readable": view.can.get("read", False),
        "may_sign_in": any(way.code == "sign_in" for way in view.reading.ways_out),
        "creators": document.get("creators") or [],
        "organisation": organisation_of(view),
        "projects": [{"id": key, "title": title} for key, title in people.project_titles(view.projects).items()],
        "facts": [row for row in rows if top(row) not in ELSEWHERE | MADE],
        "made": made(request.actor, view, rows),  # type: ignore[attr-defined]
        "licence": licence(rows, document),
        "terms": document.get("terms") or {},
        "contact": document.get("contact"),
        "files": files,
        "previews": gallery.pictures(view, files) if view.can.get("read") else (),
        "versions": version_lines(view),
        "said": words.SAID.get(request.GET.get("said", "")),
    }


def top(row: Row) -> str:
    """The top-level member to which a shown row belongs."""
    return row.pointer.split("/")[1] if "/" in row.pointer else row.pointer


def withheld(access: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The coded reasons why the data are not open, with their official labels."""
    told = []
    for reason in access.get("reasons") or ():
        if isinstance(reason, Mapping):
            label = WITHHOLDING_LABELS.get(str(reason.get("code")), WITHHOLDING_LABELS["other"])
            told.append({"label": label, "note": reason.get("note")})
    return told


def organisation_of(view: RecordView) -> dict[str, Any] | None:
    """The organisation that hosts the data: by the document, else the owner's card."""
    hosting = view.metadata.get("hosting_organisation")
    if isinstance(hosting, Mapping) and hosting.get("name"):
        return {"name": hosting["name"], "ror": hosting.get("ror")}
    found = people.organisations([view.owner_organisation]).get(view.owner_organisation)
    return {"name": found.legal_name, "ror": found.ror} if found else None


def licence(rows: Iterable[Row], document: Mapping[str, Any]) -> dict[str, str] | None:
    """The licence by its full name, with its address."""
    terms = document.get("terms") or {}
    for row in rows:
        if row.pointer == "/terms/licence" and row.values:
            return {"label": row.values[0].text, "url": row.values[0].href or str(terms.get("licence_url") or "")}
    code = terms.get("licence")
    return {"label": str(code), "url": str(terms.get("licence_url") or "")} if code else None


def made(actor: Actor, view: RecordView, rows: list[Row]) -> dict[str, Any] | None:
    """How the data came to be: acquisition, quality, and what they are derived from or led to."""
    facts = [row for row in rows if top(row) in MADE]
    links = linked.links_of(actor, view)
    sources = [line for line in links if line["relation_code"] in linked.BEFORE]
    uses = [line for line in links if line["relation_code"] in linked.AFTER]
    if not facts and not links and view.seal.get("state") != "sealed":
        return None
    others = [line for line in links if line not in sources and line not in uses]
    return {"facts": facts, "links": others, "sources": sources, "uses": uses}


def version_lines(view: RecordView) -> list[dict[str, Any]]:
    """The list of versions, newest first, each with the way to see what changed since the one before."""
    newest_of: dict[int, Any] = {}
    notes: dict[int, list[str]] = {}
    for line in view.versions:
        newest_of[line.n] = line
        if line.note:
            notes.setdefault(line.n, []).append(f"{line.label}: {line.note}" if line.correction else line.note)
    ordered = [newest_of[n] for n in sorted(newest_of)]
    told = []
    for place, line in enumerate(ordered):
        before = ordered[place - 1] if place else None
        comparable = before is not None and not before.withdrawn and not line.withdrawn
        told.append(
            {
                "n": line.n, "label": line.label, "published_on": line.published_on, "note": " / ".join(notes.get(line.n, ())),
                "withdrawn": line.withdrawn, "here": line.n == view.version,
                "diff": f"?from={before.n}&to={line.n}" if comparable and before else "",
            }
        )  # fmt: skip
    return told[::-1]
