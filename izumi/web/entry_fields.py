"""The form of one planned dataset, made of the forms of the profiles in force: few fields first, the rest by section."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.plans.pages import amounts, differences
from izumi.plans.types import Document, PlanView
from izumi.profiles import queries as profiles
from izumi.profiles import rules as shapes
from izumi.profiles.types import FieldSpec, Form, Obligation
from izumi.records import form
from izumi.records.pages import deposit, fields
from izumi.records.pages import readers as reading
from izumi.records.pages.fields import FieldFace, Sheet

SIZE = "/planned/size_bytes"
PLANNED = (
    "/planned/register_by", "/planned/publish_on", SIZE, "/planned/responsible", "/planned/editors", "/planned/sensitive/exists",
    "/planned/sensitive/handling/ja", "/planned/sensitive/handling/en",
)  # fmt: skip
"""The promises, which no profile describes; their inputs stand in the template."""
FIRST = ("/title", "/data_number", "/access/class", "/access/available_on", "/access/reasons", "/repository/name", "/repository")
"""Items of the profiles that are asked first."""
FOLDED = (
    "description", "field", "type", "keywords", "management", "terms", "manager", "administrator", "contact", "hosting_organisation",
    "repository", "after_project", "size", "access", "profiles", "remarks", "creators",
)  # fmt: skip
"""Top-level members that are shown folded; others (funding, files' technical facts) come with the data."""


def form_of(view: PlanView) -> Form:
    """The form of the profiles in force for the data of a plan. Cost: 2 statements."""
    terms = people.plan_terms(view.project)
    whole = profiles.form("common", *([terms.profile] if terms.profile else []))
    kept = tuple(
        replace(section, fields=tuple(_asked(spec) for spec in section.fields if spec.pointer in FIRST or _top(spec.pointer) in FOLDED))
        for section in whole.sections
    )
    return replace(whole, sections=tuple(section for section in kept if section.fields))


def _asked(spec: FieldSpec) -> FieldSpec:
    """An item as a plan asks for it: what publishing will need may still be open here, only the title is needed."""
    if spec.pointer == "/title" or spec.obligation is Obligation.SYSTEM:
        return spec
    return replace(spec, obligation=Obligation.OPTIONAL)


def _top(pointer: str) -> str:
    return (form.parts_of(pointer) or [""])[0]


def readers(shape: Form) -> dict[str, form.Reader]:
    """How the posted values of each input are read."""
    return {**reading.readers(shape, profiles.vocabulary), "/planned/editors": form.lines, **dict.fromkeys(PLANNED[:2], _read_day)}


def _read_day(said: list[str], before: Any) -> Any:
    return shapes.western(said[-1].strip()) or None if said else None


def shown_document(entry: Document) -> Document:
    """The entry as the form shows it: the planned amount as people write it."""
    size = form.value_at(entry, SIZE)
    if not isinstance(size, int):
        return entry
    return {**entry, "planned": {**entry["planned"], "size_bytes": amounts.written(size)}}


def stored(entry: Document, patch: Document) -> Document:
    """The entry after the changes of the form. Raises ``Invalid`` for an amount that cannot be read."""
    changes = deepcopy(patch)
    typed = form.value_at(changes, SIZE)
    if typed:
        size = amounts.bytes_of(str(typed))
        if size is None:
            raise Invalid(_unreadable(str(typed)))
        changes["planned"]["size_bytes"] = size
    after = shapes.merge_patch(entry, changes)
    return after if isinstance(after, dict) else entry


def _unreadable(typed: str) -> Finding:
    return Finding(
        rule="plan-amount-unreadable", severity=Severity.ERROR, pointer=SIZE,
        message=both("量「{said}」を読み取れません。", "The amount “{said}” cannot be read.").format(said=typed[:40]),
        fix=both("97 GB のように書いてください。", "Write it like 97 GB."),
    )  # fmt: skip


def sheet(request: HttpRequest, view: PlanView, document: Document, found: tuple[Finding, ...], *, check: bool) -> Sheet:
    """What the faces of the form are made from."""
    lang = request.lang  # type: ignore[attr-defined]
    plain = {name: value for name, value in document.items() if name not in ("planned", "id", "unmapped", "record", "records")}
    return Sheet(
        document=document, findings=found, vocabulary=profiles.vocabulary, shown=deposit.shown_by_pointer(plain, lang),
        more=request.GET.get("more", ""), opened=request.GET.get("open", ""), check=check,
        offered={"/access/scopes": ((f"project:{view.project}", both("このプロジェクト", "This project")),)},
    )  # fmt: skip


def arranged(view: PlanView, sheet: Sheet) -> dict[str, Any]:
    """The faces by where they stand: first, and folded by section; the promises with their values and findings."""
    first: dict[str, FieldFace] = {}
    folded: list[dict[str, Any]] = []
    for section in fields.sections(form_of(view), sheet):
        rest = [face for face in section.fields if face.pointer not in FIRST]
        first |= {face.pointer: face for face in section.fields if face.pointer in FIRST}
        if rest:
            folded.append({
                "label": section.label, "help": section.help, "fields": rest, "filled": sum(face.filled for face in rest),
                "open": any(face.open or (face.wrong and sheet.check) for face in rest),
            })  # fmt: skip
    planned = {name: form.value_at(sheet.document, name) or "" for name in PLANNED}
    planned["/planned/editors"] = "\n".join(str(one) for one in planned["/planned/editors"] or ())
    return {
        "first": [first[name] for name in FIRST if name in first], "folded": folded, "planned": planned,
        "wrong": {name: [f for f in sheet.findings if f.pointer == name or f.pointer.startswith(f"{name}/")] for name in PLANNED},
        "more_open": any(planned[name] for name in PLANNED[4:]),
    }  # fmt: skip


def names(view: PlanView, sheet: Sheet) -> list[str]:
    """Every input of the page."""
    return [*fields.names(fields.sections(form_of(view), sheet)), *PLANNED]


def members(view: PlanView, entry: Document) -> list[tuple[str, Text]]:
    """Who can be made responsible: those of the project, and who is named already. Cost: 2 statements."""
    ids = {role.person for role in people.roles_in(f"project:{view.project}")}
    ids |= {str(form.value_at(entry, "/planned/responsible") or ""), view.owner}
    found = people.cards(ids - {""})
    return sorted(((key, card.name) for key, card in found.items()), key=lambda one: one[1].one("ja"))


def ordered(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Errors first, then warnings, then tasks; each once."""
    return deposit.ordered(tuple(dict.fromkeys(found)))


def id_of(pointer: str) -> str:
    """The HTML id of a field."""
    return fields.id_of(pointer)


def label(pointer: str) -> Text:
    """An item of plan or entry in words."""
    return differences.label_of(pointer)


def told(value: Any) -> str:
    """A value as it is read on the page of a clash."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values()):
        return " / ".join(value.values())
    return json.dumps(value, ensure_ascii=False)
