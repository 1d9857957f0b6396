"""A first document from what the site knows already, and where each part comes from: typing again is a defect."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from izumi.kernel.text import Text, both
from izumi.profiles.pointers import is_blank, join, split, value_at
from izumi.profiles.types import (
    Document,
    Known,
    OrganisationFacts,
    Pack,
    PersonFacts,
    ProjectFacts,
    Term,
    Vocabulary,
)
from izumi.profiles.values import folded

PLAN = both("計画", "Plan")
AFFILIATION = both("所属", "Affiliation")
PROJECT = both("プロジェクト", "Project")
SITE = both("サイト", "Site")
ACCOUNT = both("アカウント", "Account")
PROFILE = both("初期値", "Default")

NO_LIST = Vocabulary(name="", label=Text(), terms=())

Sources = dict[str, Text]
Part = tuple[str, Any, Text]


def prefill(known: Known, funders: Vocabulary = NO_LIST, packs: Sequence[Pack] = ()) -> tuple[Document, Sources]:
    """The parts of a document that are known, and by JSON Pointer the source tag of each.

    The entry of a plan comes first, then what the person, the organisation, the projects and the site know. ``funders``
    and ``packs`` (`queries.prefill` gives the official list and the packs in force) complete a funder of which only a
    code is known, and fill the packs' own items. Never guesses: title, description and access class come from an entry
    or stay empty.
    """
    parts = _entry(known, packs)
    for make in (_people, _organisations, _projects, _site, _defaults):
        parts.extend(make(known, funders))
    parts.extend(_own_items(known, packs))
    document: Document = {}
    sources: Sources = {}
    for pointer, value, source in parts:
        if is_blank(value) or not is_blank(value_at(document, pointer)):
            continue
        _put(document, pointer, value)
        sources[pointer] = source
    return document, sources


def _put(document: Document, pointer: str, value: Any) -> None:
    *above, last = split(pointer)
    holder = document
    for name in above:
        holder = holder.setdefault(name, {})
    holder[last] = value


# -- the entry of a plan ---------------------------------------------------------------------------------------


NOT_METADATA = frozenset({"id", "planned", "unmapped", "record", "records"})
SIZES = ((10**9, "<1GB"), (10**10, "1-10GB"), (10**11, "10-100GB"))
MORE = ">100GB"
"""The classes of 概略データ量. Source: common-items-2024-07-30."""


def _entry(known: Known, packs: Sequence[Pack]) -> list[Part]:
    """What the plan says, each item of the form apart; of its promises only the size and the day an embargo ends."""
    entry = known.entry or {}
    told = {name: deepcopy(value) for name, value in entry.items() if name not in NOT_METADATA}
    places = frozenset(one.pointer for pack in packs for one in pack.fields if one.section)
    parts = [(pointer, _with_number(pointer, value, known), PLAN) for pointer, value in _leaves(told, (), places)]
    return [*parts, *_promised(entry)]


def _leaves(value: Any, path: tuple[str, ...], places: frozenset[str]) -> Iterator[tuple[str, Any]]:
    pointer = join(path)
    inside = isinstance(value, dict) and pointer not in places and any(place.startswith(f"{pointer}/") for place in places)
    if path and not inside:
        yield pointer, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name), places)


def _with_number(pointer: str, value: Any, known: Known) -> Any:
    """An organisation of which the plan says only the name, with its ROR where it is the depositor's own."""
    if pointer not in ("/hosting_organisation", "/publisher") or known.organisation is None or not isinstance(value, dict):
        return value
    names = value.get("name")
    same = isinstance(names, dict) and set(names.values()) & set(known.organisation.name.values())
    return {**_card(known.organisation), **value} if same else value


def _promised(entry: Document) -> list[Part]:
    planned = entry.get("planned")
    planned = planned if isinstance(planned, dict) else {}
    size, day = planned.get("size_bytes"), planned.get("publish_on")
    parts: list[Part] = []
    if isinstance(size, int) and not isinstance(size, bool) and size > 0:
        parts.append(("/size/approximate", size_class(size), PLAN))
    if value_at(entry, "/access/class") == "embargoed":
        parts.append(("/access/available_on", day, PLAN))
    return parts


def entry_access(entry: Document) -> Document:
    """The access statement with which the draft of an entry begins: the entry's own, the day on which its embargo ends
    taken from the day of publication where no other is given, and open metadata where nothing else is said.

    What `prefill` writes; for telling whether a draft still says what its plan said.
    """
    document, _ = prefill(Known(entry={name: entry[name] for name in ("access", "planned") if name in entry}))
    access: Document = document["access"]
    return access


def size_class(size_bytes: int) -> str:
    """The class of 概略データ量 for this many bytes."""
    return next((name for limit, name in SIZES if size_bytes < limit), MORE)


# -- the packs' own items --------------------------------------------------------------------------------------


GOAL = re.compile(
    r"^\s*(?:ムーンショット)?(?:研究開発)?(?:目標|(?:moonshot\s+)?goal)?\s*([0-9０-９]{1,2})(?:\s*[:：.．、,\-–—]\s*|\s+|$)", re.IGNORECASE
)
"""「目標2：…」, "Moonshot Goal 2 – …", 「2」: the number at the beginning of a goal."""


def goal_number(goal: Text) -> str:
    """The number of a Moonshot goal, ``1`` to ``10``; empty where its text does not begin with one."""
    found = next((one for words in goal.values() if (one := GOAL.match(words))), None)
    number = int(found[1]) if found else 0
    return str(number) if 1 <= number <= 10 else ""


def goal_title(goal: Text) -> Document:
    """The words of a goal without its number, by language."""
    titles = {lang: GOAL.sub("", words, count=1).strip() for lang, words in goal.items()} if goal_number(goal) else goal.as_json()
    return {lang: title for lang, title in titles.items() if title}


FACTS: Mapping[str, Callable[[Text], Any]] = {"goal_number": goal_number, "goal_title": goal_title}


def _own_items(known: Known, packs: Sequence[Pack]) -> list[Part]:
    """Items of further packs that the projects know, then those with a first value."""
    goal = next((project.goal for project in known.projects if project.goal), Text())
    own = [one for pack in packs for one in pack.fields if one.pointer.startswith(f"/profiles/{pack.name}/")]
    told: list[Part] = [(one.pointer, FACTS[one.known](goal), PROJECT) for one in own if one.known]
    return told + [(one.pointer, one.default, PROFILE) for one in own if one.default is not None]


# -- people, organisations, projects, site ---------------------------------------------------------------------


def _people(known: Known, funders: Vocabulary) -> list[Part]:
    if known.person is None:
        return []
    return [("/creators", [creator(known.person, known.organisation)], ACCOUNT)]


def creator(person: PersonFacts, organisation: OrganisationFacts | None) -> Document:
    """A person as an entry of ``creators``."""
    told: Document = {
        "name": {lang: dict(name) if isinstance(name, dict) else _in_parts(lang, name) for lang, name in person.name.items() if name},
        "identifiers": [{"scheme": scheme, "value": value} for scheme, value in person.identifiers],
        "affiliations": [_card(organisation)] if organisation else [],
    }
    return {name: value for name, value in told.items() if value}


def _in_parts(lang: str, name: str) -> dict[str, str] | str:
    """「姓 名」 or "Given Family" of an account in its parts; as it stands where a space does not tell them apart."""
    if "," in name:
        family, _, given = name.partition(",")
    elif lang.startswith("ja"):
        family, _, given = " ".join(name.split()).partition(" ")
    else:
        given, _, family = " ".join(name.split()).rpartition(" ")
    parts = {"family": family.strip(), "given": given.strip()}
    return parts if all(parts.values()) else name


def _card(organisation: OrganisationFacts) -> Document:
    card: Document = {"name": organisation.name.as_json()}
    return card | ({"ror": organisation.ror} if organisation.ror else {})


def _organisations(known: Known, funders: Vocabulary) -> list[Part]:
    organisation, department = known.organisation, known.department
    parts: list[Part] = []
    if organisation:
        parts.append(("/hosting_organisation", _card(organisation), AFFILIATION))
        parts.append(("/publisher", _card(organisation), AFFILIATION))
    office = department or organisation
    if office:
        parts.append(("/manager", {"name": office.name.as_json(), "organisation": True}, AFFILIATION))
        parts.append(("/terms/licence", (department.licence if department else "") or _licence(organisation), AFFILIATION))
    parts.append(("/contact", _contact(known), AFFILIATION if _office_contact(known) else ACCOUNT))
    return parts


def _licence(organisation: OrganisationFacts | None) -> str:
    return organisation.licence if organisation else ""


def _office_contact(known: Known) -> OrganisationFacts | None:
    """The office to ask: the department where it can be reached, else the organisation. Offices come before people."""
    for office in (known.department, known.organisation):
        if office and (office.email or (office.address and office.phone)):
            return office
    return None


def _contact(known: Known) -> Document:
    office = _office_contact(known)
    if office is None:
        email = known.person.email if known.person else ""
        named = known.department or known.organisation
        told: Document = {"organisation": named.name.as_json() if named else {}, "email": email}
        return {name: value for name, value in told.items() if value} if email else {}
    told = {
        "organisation": _full_name(known, office).as_json(),
        "address": office.address.as_json(),
        "phone": office.phone,
        "email": office.email,
        "url": office.url,
    }
    return {name: value for name, value in told.items() if value}


def _full_name(known: Known, office: OrganisationFacts) -> Text:
    """「国立大学法人○○大学 △△室」 for a department, the legal name alone for the organisation."""
    whole = known.organisation
    if whole is None or office is whole:
        return office.name
    join: dict[str, Callable[[str, str], str]] = {"ja": lambda a, b: f"{a} {b}", "en": lambda a, b: f"{b}, {a}"}
    return Text(
        {
            lang: join[lang](whole.name[lang], office.name[lang]) if lang in whole.name and lang in join else name
            for lang, name in office.name.items()
        }
    )


def _projects(known: Known, funders: Vocabulary) -> list[Part]:
    if not known.projects:
        return []
    first = known.projects[0]
    return [
        ("/funding", [told for one in known.projects if (told := _funding(one, funders))], PROJECT),
        ("/field", first.research_field, PROJECT),
        ("/data_number", first.next_data_number, PROJECT),
        ("/terms/licence", first.licence, PROJECT),
    ]


def _funding(project: ProjectFacts, funders: Vocabulary) -> Document:
    funder = _funder(project, funders)
    if not funder and not project.award_number:
        return {}
    told: Document = {
        "funder": funder,
        "programme": project.programme.as_json(),
        "programme_code": project.programme_code,
        "award_number": project.award_number,
        "erad_project_id": project.erad_project_id,
        "award_title": project.title.as_json(),
    }
    return {name: value for name, value in told.items() if value}


def _funder(project: ProjectFacts, funders: Vocabulary) -> Document:
    term = (
        funders.term(project.funder_code)
        or funders.where("erad_code", project.funder_erad_code)
        or funders.where("ror", project.funder_ror)
        or (_funder_of_number(project.award_number, funders) if not project.funder_name else None)
    )
    told: Document = {
        "name": project.funder_name.as_json() or (term.label.as_json() if term else {}),
        "ror": project.funder_ror or (term.extra.get("ror", "") if term else ""),
        "erad_code": project.funder_erad_code or (term.extra.get("erad_code", "") if term else ""),
    }
    return {name: value for name, value in told.items() if value}


def _funder_of_number(award_number: str, funders: Vocabulary) -> Term | None:
    """The funder whose 体系的番号 begin so, where the list says how they begin. Source: japan-grant-number."""
    number = folded(award_number).upper()
    for term in funders:
        pattern = term.extra.get("grant_numbers", "")
        if pattern and re.search(pattern, number):
            return term
    return None


def _site(known: Known, funders: Vocabulary) -> list[Part]:
    if known.site is None:
        return []
    return [("/repository/name", known.site.name.as_json(), SITE)]


def _defaults(known: Known, funders: Vocabulary) -> list[Part]:
    return [
        ("/type", "dataset", PROFILE),
        ("/terms/fee", "free", PROFILE),
        ("/access/metadata_class", "open", PROFILE),
        ("/data_number", known.record_id, PROFILE),
    ]
