"""A first document from what the site knows already, and where each part comes from: typing again is a defect."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from izumi.kernel.text import Text, both
from izumi.profiles.types import (
    Document,
    Known,
    OrganisationFacts,
    PersonFacts,
    ProjectFacts,
    Term,
    Vocabulary,
)
from izumi.profiles.values import folded

AFFILIATION = both("所属", "Affiliation")
PROJECT = both("プロジェクト", "Project")
SITE = both("サイト", "Site")
ACCOUNT = both("アカウント", "Account")
PROFILE = both("初期値", "Default")

NO_LIST = Vocabulary(name="", label=Text(), terms=())

Sources = dict[str, Text]


def prefill(known: Known, funders: Vocabulary = NO_LIST) -> tuple[Document, Sources]:
    """The parts of a document that are known, and by JSON Pointer the source tag of each.

    ``funders`` (`queries.prefill` gives the official list) completes a funder of which only a code is known. Never
    guesses: title, description and access class stay empty.
    """
    parts: list[tuple[str, Any, Text]] = []
    for make in (_people, _organisations, _projects, _site, _defaults):
        parts.extend(make(known, funders))
    document: Document = {}
    sources: Sources = {}
    for pointer, value, source in parts:
        if value in (None, "", [], {}) or pointer in sources:
            continue
        _put(document, pointer, value)
        sources[pointer] = source
    return document, sources


def _put(document: Document, pointer: str, value: Any) -> None:
    *above, last = pointer.removeprefix("/").split("/")
    holder = document
    for name in above:
        holder = holder.setdefault(name, {})
    holder[last] = value


Part = tuple[str, Any, Text]


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
