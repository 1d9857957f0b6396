"""What the rules need to know beside a plan's document, gathered in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from izumi.kernel import clock
from izumi.kernel.findings import Finding
from izumi.kernel.ids import is_id
from izumi.kernel.text import Text, both
from izumi.people import queries as people
from izumi.people.types import PlanTerms
from izumi.plans import rules
from izumi.plans.checks import funder_words
from izumi.plans.forms import tables
from izumi.plans.models import Entry
from izumi.plans.promises import at, folded, word_at
from izumi.plans.queries.loading import Loaded
from izumi.plans.rules import Others
from izumi.plans.types import Document
from izumi.profiles import queries as profiles
from izumi.profiles.types import Context
from izumi.records import queries as records

FUNDED_BY = frozenset({"JGN", "e-Rad", "KAKENHI", "funder"})
JUDGED_AT_SAVE = 300
"""A save happens at every pause of typing: of a longer plan only the entries that changed are judged one by one then."""


def findings(loaded: Loaded, document: Document, *, step: str = "save", only: Iterable[str] = ()) -> tuple[Finding, ...]:
    """What the rules say about a document of this plan for ``save``, ``submit`` or ``adopt``.

    ``only`` names the entries that changed. Cost: at most 9 statements at submit and adopt, 2 to 8 at a save; none for each entry.
    """
    return rules.plan_findings(document, loaded.terms, clock.today(), others_for(loaded, document, step=step, only=only), step=step)


def others_for(loaded: Loaded, document: Document, *, step: str = "save", only: Iterable[str] = ()) -> Others:
    """The facts beside the document."""
    entries = rules.entries_of(document)
    numbers = _numbers(loaded, with_records=step != "save")
    return Others(
        numbers=numbers, persons=_persons(entries), audiences=_audiences(entries, loaded.plan.project),
        funders=_funders(entries, loaded.terms), version=loaded.plan.version, handed_in=_handed_in(loaded),
        judged=tuple(_judged(entries, loaded.terms, set(only) if step == "save" and len(entries) > JUDGED_AT_SAVE else None)),
        required=_required(loaded.plan.form, document) if step in ("submit", "adopt") else (),
    )  # fmt: skip


def _handed_in(loaded: Loaded) -> bool:
    waiting = loaded.draft is not None and loaded.draft.state == "submitted"
    return bool(loaded.terms.chain) and not waiting


def _numbers(loaded: Loaded, *, with_records: bool) -> dict[str, Text]:
    """Data numbers in use in the project outside this plan, and by which plan or record. Cost: 1 statement, else 3."""
    used: dict[str, Text] = {}
    others = Entry.objects.filter(project=loaded.plan.project, retired_at=None).exclude(number="")
    here: set[str] = set()
    for key, plan, number in others.values_list("pk", "plan_id", "number"):
        if plan == loaded.plan.id:
            here.add(key)
        else:
            used[folded(number)] = both(f"別の計画（{plan}）", f"another plan ({plan})")
    if with_records:
        for fact in records.reality(projects=[loaded.plan.project]).values():
            if fact.data_number and not fact.discarded and not here & set(fact.plan_entries):
                used.setdefault(folded(fact.data_number), both(f"レコード {fact.id}", f"record {fact.id}"))
    return used


def _persons(entries: list[Document]) -> frozenset[str]:
    named = {person for entry in entries if is_id(person := word_at(entry, "planned", "responsible"))}
    return frozenset(people.cards(named)) if named else frozenset()


def _audiences(entries: list[Document], project: str) -> frozenset[str]:
    """The audience keys named that stand for somebody here. Cost: none, or those of `people.public_facts`."""
    named = {
        key for entry in entries if isinstance(told := at(entry, "planned", "editors"), list) for key in told if isinstance(key, str)
    }
    own = f"project:{project}"
    known = {own} & named
    ids: dict[str, list[str]] = defaultdict(list)
    for key in named - known:
        kind, _, value = key.partition(":")
        if kind in ("person", "project", "group", "org", "programme") and is_id(value):
            ids[value].append(key)
    facts = people.public_facts(ids) if ids else {}
    for value, keys in ids.items():
        kind = str(facts[value]["type"]).replace("organisation", "org") if value in facts else ""
        known |= {key for key in keys if key.partition(":")[0] == kind}
    return frozenset(known)


def _funders(entries: list[Document], terms: PlanTerms) -> frozenset[str]:
    """By what funders are known: the official list, the funder of the programme, organisations of the site by ROR."""
    grants = [grant for entry in entries if isinstance(told := entry.get("funding"), list) for grant in told]
    words = {word for grant in grants for word in funder_words(grant)}
    if not words:
        return frozenset()
    known: set[str] = set()
    for term in profiles.vocabulary("funders"):
        known |= {folded(word) for word in (*term.label.values(), term.code, term.extra.get("erad_code", ""), term.extra.get("ror", "")) if word}
    funder = terms.programme.funder if terms.programme else None
    if funder is not None:
        known |= {folded(word) for word in (*funder.legal_name.values(), funder.ror) if word}
    rors = sorted(word for word in words if "ror.org" in word and folded(word) not in known)
    known |= {folded(ror) for ror in rors[:20] if people.organisation_by_ror(ror) is not None}
    return frozenset(known)


def context_of(terms: PlanTerms) -> Context:
    """Facts for the rules of the profiles, the same for every entry."""
    numbers = terms.project.numbers
    return Context(
        today=clock.today(), kind="dataset", publicly_funded=any(n.scheme in FUNDED_BY for n in numbers),
        project_numbers=frozenset(n.value for n in numbers), project_starts_on=terms.project.starts_on,
        project_ends_on=terms.project.ends_on,
    )  # fmt: skip


def _judged(entries: list[Document], terms: PlanTerms, only: set[str] | None) -> Iterable[Finding]:
    """What the profiles say about each entry, with pointers of the plan."""
    packs, context = ("common", terms.profile) if terms.profile else ("common",), context_of(terms)
    for place, entry in enumerate(entries):
        if only is None or entry.get("id") in only:
            for finding in profiles.findings(entry, step="plan", profiles=packs, context=context):
                yield replace(finding, pointer=f"/entries/{place}{finding.pointer}")


def _required(form: str, document: Document) -> tuple[Finding, ...]:
    """What the form asks for and is missing, with the form as the source; warnings, for the records may still say it."""
    return tables.missing(form, document)


def errors(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that block."""
    return tuple(finding for finding in found if finding.blocks)
