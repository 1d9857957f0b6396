"""A plan as it leaves: own JSON, maDMP, and the tables that funders ask for, with what became of its promises."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings

from izumi.kernel.actors import Actor
from izumi.kernel.contracts import Loss
from izumi.kernel.errors import NotThere
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.people.types import PlanTerms
from izumi.plans import reading, rules
from izumi.plans.forms import madmp, tables
from izumi.plans.forms.types import PlanPackage, PlanProject, RecordFacts
from izumi.plans.queries.loading import decide, load
from izumi.plans.queries.plans import view_of
from izumi.plans.types import Document, PlanView
from izumi.profiles import queries as profiles
from izumi.records.types import Reality

JSON, MADMP = "json", "madmp"
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
AWARDS = ("JGN", "KAKENHI", "funder", "e-Rad")
"""Schemes of numbers in the order in which a form prefers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file of a plan."""

    content: bytes
    media_type: str
    filename: str
    losses: tuple[Loss, ...] = ()
    """What the format cannot carry."""


def plan_formats(view: PlanView | None = None) -> list[tuple[str, Text]]:
    """The formats of a plan with their names: its own form first, maDMP, the other forms as tables, own JSON."""
    own = [view.form] if view is not None and view.form in tables.forms() else []
    forms = [(name, tables.forms()[name].label) for name in dict.fromkeys((*own, *tables.forms()))]
    standard = (MADMP, both("maDMP 1.2（JSON）", "maDMP 1.2 (JSON)"))
    return [*forms[: len(own)], standard, *forms[len(own) :], (JSON, both("Izumi の JSON", "Izumi JSON"))]


def plan_in_file(name: str, content: bytes) -> Document:
    """The plan that a file of this name holds – own JSON, maDMP or a filled form – without identifiers; pure.

    Raises `Invalid` with what cannot be read.
    """
    return reading.plan_in_file(content, filename=name).document


def exported(actor: Actor, plan_id: str, *, format: str = JSON, kind: str = "csv", lang: str = "ja", draft: bool = False) -> Exported:
    """A plan in a format, as this reader may see it: the version in force – before the first, or with ``draft``, the working
    document. ``csv`` and ``xlsx`` as a format mean the plan's own form. Raises `NotThere` for an unknown format.

    Cost: 12 statements, whatever the number of entries.
    """
    loaded = load(plan_id)
    if not decide(actor, loaded, "see"):
        raise NotThere("plan", loaded.plan.id)
    view = view_of(actor, loaded)
    if format in MEDIA:
        format, kind = view.form if view.form in tables.forms() else "common", format
    if format not in (JSON, MADMP, *tables.forms()) or kind not in MEDIA:
        raise NotThere("format", format)
    document = view.draft.document if draft and view.draft else view.document
    if format == JSON:
        return _json(view, document)
    package = _package(view, document, loaded.terms)
    if format == MADMP:
        body = json.dumps(madmp.write(package), ensure_ascii=False, indent=2).encode()
        return Exported(content=body, media_type="application/json", filename=f"{view.id}.madmp.json", losses=madmp.losses(package))
    write = tables.xlsx_bytes if kind == "xlsx" else tables.csv_bytes
    return Exported(
        content=write(format, package, lang), media_type=MEDIA[kind], filename=f"{view.id}.{format}.{kind}",
        losses=tables.losses(format, package, lang),
    )  # fmt: skip


def _json(view: PlanView, document: Document) -> Exported:
    """The document with what answers its entries: what ``POST /plans`` takes again."""
    answers = {entry.id: entry for entry in view.entries}
    entries = [answers[key].as_json() if key in answers else entry for key, entry in rules.by_id(document).items()]
    told = {"id": view.id, "state": view.state, "version": view.version, **document, "entries": entries}
    return Exported(
        content=json.dumps(told, ensure_ascii=False, indent=2).encode(), media_type="application/json", filename=f"{view.id}.json"
    )


def _package(view: PlanView, document: Document, terms: PlanTerms) -> PlanPackage:
    site = settings.IZUMI_BASE_URL.rstrip("/")
    organisation = people.organisations([view.owner_organisation]).get(view.owner_organisation)
    return PlanPackage(
        id=view.id, document=document, version=view.version, created=view.created_at, modified=view.adopted_at or view.updated_at,
        url=f"{site}/plans/{view.id}", project=_project(terms, _leader(view.project)),
        contact_organisation=organisation.legal_name if organisation else Text(),
        contact_email=settings.IZUMI_ADMIN_EMAIL,
        records={entry.id: _facts(entry.reality[0], site) for entry in view.entries if entry.reality},
    )  # fmt: skip


def _facts(fact: Reality, site: str) -> RecordFacts:
    """What stands behind an entry; of a record that the reader may not see, only that it is there and since when."""
    published = fact.version > 0 and not fact.withdrawn
    return RecordFacts(
        url=f"{site}/id/{fact.id}", landing_url=f"{site}/records/{fact.id}" if published else "",
        issued_on=fact.published_on if published else None, version=fact.version, size_bytes=fact.size_bytes if fact.files else None,
        access_class=fact.access_class, available_on=fact.available_on,
    )  # fmt: skip


def _leader(project: str) -> Text:
    """The name of the project's leader (PM). Cost: 2 statements."""
    leaders = [role.person for role in people.roles_in(f"project:{project}") if role.role == "pm" and role.until_day is None]
    cards = people.cards(leaders[:1]) if leaders else {}
    return next((card.name for card in cards.values()), Text())


def _project(terms: PlanTerms, leader: Text) -> PlanProject:
    card, programme = terms.project, terms.programme
    funder = programme.funder if programme else None
    known = profiles.vocabulary("funders").where("ror", funder.ror) if funder and funder.ror else None
    return PlanProject(
        title=card.title, starts_on=card.starts_on, ends_on=card.ends_on, numbers=tuple((n.scheme, n.value) for n in card.numbers if n.current),
        funder_name=funder.legal_name if funder else Text(), funder_ror=funder.ror if funder else "",
        funder_code=known.extra.get("erad_code", "") if known else "",
        award_number=next((value for scheme in AWARDS if (value := card.number(scheme))), ""),
        programme=programme.title if programme else Text(), programme_code=programme.code if programme else "",
        goal=programme.goal if programme else Text(), leader=leader,
    )  # fmt: skip
