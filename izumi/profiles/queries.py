"""Everything a face or a higher room asks of profiles. Pure reads: packs are files, kept per process, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from izumi.kernel.errors import NotThere
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text, both
from izumi.profiles import display as rows
from izumi.profiles import prefill as known_facts
from izumi.profiles import register, tabular
from izumi.profiles.members import ended_terms, unknown_members
from izumi.profiles.overlay import fields_of, merged
from izumi.profiles.pointers import is_blank, pattern_of, value_at
from izumi.profiles.reference import reference_page
from izumi.profiles.schema import document_schema, entry_schema
from izumi.profiles.types import (
    Completeness,
    Context,
    Document,
    Facet,
    FieldSpec,
    Form,
    FormSection,
    Known,
    Lookup,
    Obligation,
    Pack,
    Section,
    Step,
    TableView,
    Vocabulary,
)

COMMON = "common"


def pack(name: str = COMMON, version: str | None = None) -> Pack:
    """A profile by name; with ``version`` the one a record remembers. Raises `NotThere`."""
    found = register.packs().get(name if version is None else f"{name}@{version}")
    if found is None and version is not None:
        current = register.packs().get(name)
        found = current if current is not None and current.version == version else None
    if found is None:
        raise NotThere("profile", name)
    return found


def packs() -> tuple[Pack, ...]:
    """All current profiles, ``common`` first."""
    current = [one for key, one in register.packs().items() if "@" not in key]
    return tuple(sorted(current, key=lambda one: (one.name != COMMON, one.name)))


def pack_problems() -> tuple[str, ...]:
    """Why packs of the site could not be used, one line each (for ``izumi doctor``)."""
    return register.problems()


def vocabulary(name: str) -> Vocabulary:
    """A vocabulary by name (``data-types``; ``pack:name`` where a pack has its own of that name). Raises `NotThere`."""
    wanted = name.replace("_", "-")
    holder, _, inner = wanted.rpartition(":")
    for one in packs():
        if holder in ("", one.name.replace("_", "-")) and inner in one.vocabularies:
            return one.vocabularies[inner]
    raise NotThere("vocabulary", name)


def vocabularies() -> tuple[Vocabulary, ...]:
    """All vocabularies, those of ``common`` first."""
    return tuple(one for holder in packs() for one in holder.vocabularies.values())


def findings(
    document: Document,
    *,
    step: Step | str = Step.SAVE,
    profiles: Sequence[str] = (COMMON,),
    context: Context,
) -> tuple[Finding, ...]:
    """What the rules of these profiles say about a document on its way to ``step`` (which includes earlier steps).

    ``step="plan"`` judges an entry of a plan (a document with ``planned``) by the rules that make sense then, each with
    the severity it has for plans. ``common`` is always in force, and so is a profile for which the document holds items.
    Cost: no I/O beyond a look at the packs' file stamps at most once a second.
    """
    asked = Step(step)
    found: list[Finding] = []
    in_force = _in_force(document, profiles)
    for one in in_force:
        for rule in one.rules:
            weight = rule.weight(asked)
            if weight and rule.run is not None:
                told = rule.run(document, context)
                found.extend(told if weight == rule.severity else (replace(finding, severity=weight) for finding in told))
    found.extend(unknown_members(document, register.packs()))
    found.extend(ended_terms(document, in_force, context))
    order = {"error": 0, "warning": 1, "task": 2}
    return tuple(sorted(found, key=lambda finding: order.get(str(finding.severity), 3)))


def _in_force(document: Document, profiles: Sequence[str]) -> list[Pack]:
    known = register.packs()
    used = document.get("profiles")
    names = dict.fromkeys((COMMON, *profiles, *(used if isinstance(used, dict) else ())))
    return [known[name] for name in names if name in known]


def lookups(document: Document, profiles: Sequence[str] = (COMMON,)) -> tuple[Lookup, ...]:
    """What to find out for this document before asking for its findings; one batch, results go into the context."""
    return tuple(
        replace(one, key=key.strip())
        for pack_ in _in_force(document, profiles)
        for one in pack_.lookups
        if isinstance(key := value_at(document, one.at), str) and key.strip()
    )


def form(profile: str = COMMON, *further: str) -> Form:
    """The form of a profile: sections with fields, what to type, labels, help, obligation.

    With ``further`` packs in force their sections follow, and what they say about an item of the first is told there;
    packs that this site does not have are left out.
    """
    one = pack(profile)
    known = register.packs()
    shown = [one, *(known[name] for name in dict.fromkeys(further) if name in known and name != profile)]
    sections = [
        FormSection(id=section.id, label=section.label, help=section.help, fields=fields)
        for holder, own in merged(shown)
        for section in holder.sections
        if (fields := tuple(f for f in own if f.section == section.id and f.widget != "none"))
    ]
    return Form(profile=one.name, version=one.version, label=one.label, sections=tuple(sections))


def label(pointer: str) -> Text:
    """What to call the place a JSON Pointer names: the item's official label, else its member's, else the nearest above."""
    pattern = pattern_of(pointer)
    while pattern:
        for one in packs():
            found = one.field_at(pattern)
            if found is not None:
                return found.label
            if pattern in one.members:
                return one.members[pattern]
        pattern = pattern.rpartition("/")[0]
    return both("メタデータ", "Metadata")


def completeness(
    document: Document, step: Step | str = Step.PUBLISH, *, profiles: Sequence[str] = (COMMON,), context: Context
) -> Completeness:
    """How many of the obligatory items are in order; a conditional item counts only while its condition holds or it is filled."""
    blocked = {finding.rule for finding in findings(document, step=step, profiles=profiles, context=context) if finding.blocks}
    items = [one for one in fields_of(_in_force(document, profiles)) if _counts(one, document, blocked, context)]
    missing = tuple(one for one in items if blocked & set(one.rules))
    return Completeness(done=len(items) - len(missing), total=len(items), missing=missing)


def _counts(one: FieldSpec, document: Document, blocked: set[str], context: Context) -> bool:
    if not one.section or (context.kind != "dataset" and not blocked & set(one.rules) and is_blank(value_at(document, one.pointer))):
        return False
    if one.obligation is Obligation.CONDITIONAL:
        return bool(blocked & set(one.rules)) or not is_blank(value_at(document, one.pointer))
    return one.obligation is Obligation.REQUIRED


def display(document: Document, lang: str, *, facts: Mapping[str, Any] | None = None) -> tuple[Section, ...]:
    """The document as labelled rows for a page in ``lang``; only what is filled. ``facts`` may hold system-kept values
    by pointer (``/posted_on``, ``/updated_on``, ``/size/bytes``). The document must be projected for its reader already."""
    used = document.get("profiles")
    shown = [one for one in packs() if one.name == COMMON or (isinstance(used, dict) and one.name in used)]
    return rows.sections(document, lang, shown, vocabulary, facts or {})


def facets() -> tuple[Facet, ...]:
    """Items by which a catalogue can narrow, in the order of the form."""
    return tuple(
        Facet(name=one.facet, pointer=one.pointer, label=one.label, vocabulary=one.vocabulary)
        for holder in packs()
        for one in holder.fields
        if one.facet
    )


def table_view(name: str) -> TableView:
    """A table view by its id (``moonshot``), with columns and headings. Raises `NotThere`."""
    for one in packs():
        for view in one.views:
            if view.id == name:
                return view
    raise NotThere("table", name)


def table_views() -> tuple[TableView, ...]:
    """All table views of the packs."""
    return tuple(view for one in packs() for view in one.views)


def table_row(
    view: TableView, document: Document, lang: str, facts: Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """A document as a row of ``view``: one string for each column, in the official words of ``lang``.

    The document must be projected for its reader already. ``facts`` by pointer stand in for what it does not say
    (``/repository/url``: the address of its page; ``/profiles/moonshot/goal_title``: the goal of its programme).
    """
    return tabular.table_row(
        view, document, lang, fields=fields_of(packs()), vocabularies=vocabulary, facts=facts or {}
    )


def goal_facts(goal: Text) -> dict[str, Any]:
    """A programme's goal as `table_row` takes it: number and words apart, so that a record that names the goal itself does not say it twice."""
    told = {"/profiles/moonshot/goal": known_facts.goal_number(goal), "/profiles/moonshot/goal_title": known_facts.goal_title(goal)}
    return {pointer: value for pointer, value in told.items() if value}


def json_schema(name: str = COMMON) -> dict[str, Any]:
    """The document as JSON Schema 2020-12 with titles and descriptions in both languages."""
    return document_schema(pack(name), pack(COMMON))


def plan_entry_schema() -> dict[str, Any]:
    """An entry of a plan as JSON Schema 2020-12: the document, partial, with ``id``, ``planned`` and ``unmapped``."""
    return entry_schema(packs())


def prefill(known: Known) -> tuple[Document, dict[str, Text]]:
    """What is known before anybody types: a document, and by JSON Pointer where each filled part comes from.

    The entry of a plan comes first; the packs in force are those of the projects and of the entry.
    """
    wanted = [name for project in known.projects for name in project.profiles]
    return known_facts.prefill(known, vocabulary("funders"), _in_force(known.entry or {}, wanted))


def prefilled_count(document: Document, profiles: Sequence[str] = (COMMON,)) -> int:
    """How many fields of the form are filled in (「計画から 24 項目を入力しました。」); ``profiles`` as for `findings`."""
    shown = (one for one in fields_of(_in_force(document, profiles)) if one.section and one.widget != "none")
    return sum(not is_blank(value_at(document, one.pointer)) for one in shown)


def reference(lang: str) -> str:
    """All profiles as one Markdown page: fields, rules, vocabularies, sources."""
    return reference_page(packs(), lang)

