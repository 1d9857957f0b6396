"""From a story to the metadata document that a depositor would have written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from izumi.kernel.days import Day
from izumi.web.demo.script import Story, Told, World

Document = dict[str, Any]
DOI_PREFIX = "10.5072"
"""Test prefix: such DOIs are never registered."""
AGREED = {
    "ja": "利用の条件は、提供のときに書面で取り決めます。",
    "en": "Terms of use are agreed in writing when the data are handed over.",
}


def document_of(
    story: Story, world: World, today: Day, places: Mapping[str, str], addresses: Mapping[str, str]
) -> Document:
    """The whole document.

    ``places`` gives the identifiers of the projects by key, ``addresses`` those of the records that exist already.
    """
    told = story.told
    organisation = world.one("organisation", story.organisation)
    document: Document = {
        "title": told["title"],
        "description": told["description"],
        "data_number": str(story.number),
        "field": told["field"],
        "type": told["type"],
        "keywords": [{"text": {"ja": ja, "en": en}} for ja, en in told["keywords"]],
        "creators": [_person(world, key) for key in told["creators"]],
        **_stewards(organisation),
        "access": _access(story, today, places),
        "terms": {"fee": "free", "licence": told["licence"], "citation": _citation(story, world)},
        "repository": {"name": {"ja": "いずみ（デモ）", "en": "Izumi (demo)"}},
        "size": {"approximate": "<1GB"},
        "languages": ["ja", "en"],
    }
    if told["licence"] == "OTHER":
        document["terms"]["conditions"] = AGREED
    if "summary" in told:
        document["summary"] = told["summary"]
    if story.project:
        document["funding"] = [_funding(world, world.one("project", story.project))]
    if told.get("doi"):
        document["identifiers"] = [{"scheme": "DOI", "value": f"{DOI_PREFIX}/{addresses[story.key]}", "primary": True}]
    document |= _times(told, today)
    document |= _relations(told, addresses)
    return merged(document, told.get("metadata", {}))


def merged(document: Document, further: Told) -> Document:
    """The document with further members laid over it, objects member by member."""
    out = dict(document)
    for name, value in further.items():
        inner = out.get(name)
        both_objects = isinstance(value, Mapping) and isinstance(inner, Mapping)
        out[name] = merged(dict(inner), value) if both_objects and inner is not None else value
    return out


def _person(world: World, key: str) -> Document:
    told = world.one("person", key)
    family, given, kana_family, kana_given = told["ja"]
    organisation = world.one("organisation", told["organisation"])
    person: Document = {
        "name": {
            "ja": {"family": family, "given": given},
            "ja-Kana": {"family": kana_family, "given": kana_given},
            "en": {"family": told["en"][0], "given": told["en"][1]},
        },
        "affiliations": [{"name": organisation["short"], "ror": organisation["ror"]}],
    }
    if "erad" in told:
        person["identifiers"] = [{"scheme": "e-Rad_Researcher", "value": told["erad"]}]
    return person


def _stewards(organisation: Told) -> Document:
    contact = organisation["contact"]
    return {
        "hosting_organisation": {"name": organisation["legal_name"], "ror": organisation["ror"]},
        "manager": {"name": organisation["office"], "organisation": True},
        "contact": {
            "organisation": {
                lang: f"{organisation['short'][lang]} {organisation['office'][lang]}" for lang in ("ja", "en")
            },
            **contact,
        },
    }


def _citation(story: Story, world: World) -> dict[str, str]:
    people = [world.one("person", key) for key in story.told["creators"]]
    organisation = world.one("organisation", story.organisation)["short"]
    title = story.told["title"]
    ja = "・".join(f"{p['ja'][0]}{p['ja'][1]}" for p in people)
    en = ", ".join(f"{p['en'][0]} {p['en'][1][0]}." for p in people)
    return {"ja": f"{ja}「{title['ja']}」{organisation['ja']}", "en": f"{en}: {title['en']}. {organisation['en']}"}


def _funding(world: World, project: Told) -> Document:
    funder = world.told["funder"][project["funder"]]
    return {
        "funder": {name: funder[name] for name in ("name", "ror", "erad_code") if name in funder},
        "programme": funder["programme"],
        "award_title": project["title"],
        **project["funding"],
    }


def _access(story: Story, today: Day, places: Mapping[str, str]) -> Document:
    told = story.told
    access: Document = {"class": told["access"]}
    if "available_in" in told:
        access["available_on"] = (today + dt.timedelta(days=told["available_in"])).isoformat()
    for name in ("opens", "metadata_class", "requests"):
        if name in told:
            access[name] = told[name]
    if "reasons" in told:
        access["reasons"] = [
            {"code": code, "note": {"ja": ja, "en": en}} if ja else {"code": code} for code, ja, en in told["reasons"]
        ]
    if told.get("scopes"):
        access["scopes"] = [f"project:{places[story.project]}"]
    return access


def _times(told: Told, today: Day) -> Document:
    out: Document = {}
    if "collected" in told:
        first, last = ((today + dt.timedelta(days=offset)).strftime("%Y-%m") for offset in told["collected"])
        out["dates"] = [{"type": "collected", "value": f"{first}/{last}"}]
    if "periods" in told:
        start, end = told["periods"]
        out["coverage"] = {"periods": [{"start": start, "end": end}]}
    return out


def _relations(told: Told, addresses: Mapping[str, str]) -> Document:
    found = [
        {
            "relation": word,
            "scheme": "URL",
            "identifier": f"{settings.IZUMI_BASE_URL}/id/{addresses[key]}",
            "kind": "dataset",
        }
        for word, key in told.get("relations", ())
        if key in addresses
    ]
    return {"relations": found} if found else {}
