"""One dataset of a maDMP as an entry of a plan, and back: only what the standard has a word for.

Of several distributions the first is meant; whatever has no place is the business of `keeping`.
Source: rda-madmp-1.2.
"""

from __future__ import annotations

from typing import Any

from izumi.plans.forms.madmp.people import as_creator, as_relation, creator_of, numbers_of, put_numbers, relation_of
from izumi.plans.forms.madmp.words import (
    Frame,
    Node,
    as_identifier,
    code_of,
    day,
    identifier,
    licence_address,
    licence_of,
    nodes,
    put_text,
    said,
    set_text,
    tag_of,
    type_code,
    type_words,
)

HANDLING = {"ja": "機微情報の取扱い", "en": "Handling of sensitive data"}
CLASSES = ("open", "shared", "closed")
ANSWERS = ("yes", "no", "unknown")


def entry_of(told: Node, frame: Frame) -> Node:
    """The entry that a dataset says; never fails on a dataset that lacks something."""
    found: Node = {}
    put_text(found, "title", told.get("title"), frame.lang)
    put_text(found, "description", told.get("description"), frame.lang)
    if code := type_code(told.get("type")):
        found["type"] = code
    if isinstance(told.get("keyword"), list):
        found["keywords"] = [{"text": {frame.lang: word}} for word in told["keyword"] if isinstance(word, str)]
    if told.get("language"):
        found["languages"] = [tag_of(told["language"])]
    if numbers := numbers_of(told, "dataset_id"):
        found["identifiers"] = numbers
    _people_and_quality(found, told, frame)
    planned = _planned(told, frame)
    first = next(iter(nodes(told.get("distribution"))), None)
    if first is not None:
        _distribution(found, planned, first, frame)
    if planned:
        found["planned"] = planned
    return found


def _people_and_quality(found: Node, told: Node, frame: Frame) -> None:
    if nodes(told.get("creator")):
        found["creators"] = [creator_of(one, frame) for one in nodes(told["creator"])]
    if nodes(told.get("related_identifier")):
        found["relations"] = [relation_of(one) for one in nodes(told["related_identifier"])]
    if nodes(told.get("technical_resource")):
        found["acquisition"] = {"instruments": [_instrument(one, frame) for one in nodes(told["technical_resource"])]}
    lines = told.get("data_quality_assurance")
    if isinstance(lines, list) and any(isinstance(line, str) and line.strip() for line in lines):
        found["quality"] = {"validation": {frame.lang: "\n".join(line for line in lines if isinstance(line, str))}}
    rights: Node = {}
    put_text(rights, "text", told.get("rights"), frame.lang)
    if rights:
        found["terms"] = {"rights": [rights]}
    issued = day(told.get("issued"))
    if issued and issued <= frame.on:
        found["dates"] = [{"type": "issued", "value": issued}]


def _instrument(told: Node, frame: Frame) -> Node:
    found: Node = {}
    put_text(found, "name", told.get("name"), frame.lang)
    put_text(found, "note", told.get("description"), frame.lang)
    number = identifier(next(iter(nodes(told.get("technical_resource_id"))), None))
    if number.get("value"):
        found["identifier"] = number["value"]
        if number.get("scheme"):
            found["scheme"] = number["scheme"]
    return found


def _planned(told: Node, frame: Frame) -> Node:
    found: Node = {}
    issued = day(told.get("issued"))
    if issued and issued > frame.on:
        found["publish_on"] = issued
    sensitive: Node = {}
    answers = [told.get(name) for name in ("personal_data", "sensitive_data") if told.get(name) in ANSWERS]
    if answers:
        sensitive["exists"] = next((one for one in ("yes", "unknown") if one in answers), "no")
    lines = [_protection(one) for one in nodes(told.get("security_and_privacy"))]
    put_text(sensitive, "handling", "\n".join(line for line in lines if line), frame.lang)
    if sensitive:
        found["sensitive"] = sensitive
    return found


def _protection(told: Node) -> str:
    title, text = (told.get(name) if isinstance(told.get(name), str) else "" for name in ("title", "description"))
    if title in HANDLING.values():
        return text
    return ": ".join(part for part in (title, text) if part)


def _distribution(found: Node, planned: Node, told: Node, frame: Frame) -> None:
    access = _access(told, frame)
    if access:
        found["access"] = access
    licence = next(iter(nodes(told.get("license"))), {})
    if terms := licence_of(licence.get("license_ref")):
        found["terms"] = {**terms, **found.get("terms", {})}
    size = told.get("byte_size")
    if isinstance(size, int | float) and not isinstance(size, bool) and 0 <= size < 2**63:
        planned["size_bytes"] = int(size)
    if until := day(told.get("available_until")):
        found["after_project"] = {"keep_until": until}
    if place := _repository(told, frame):
        found["repository"] = place


def _access(told: Node, frame: Frame) -> Node:
    """Open data whose licence begins after the last change of the plan are under embargo until that day."""
    kind = told.get("data_access")
    if kind not in CLASSES:
        return {}
    begins = day(next(iter(nodes(told.get("license"))), {}).get("start_date"))
    if kind == "open" and begins > frame.on:
        return {"class": "embargoed", "available_on": begins}
    return {"class": kind}


def _repository(told: Node, frame: Frame) -> Node:
    found: Node = {}
    host = told.get("host")
    if isinstance(host, dict):
        put_text(found, "name", host.get("title"), frame.lang)
        address = host.get("url")
    else:
        address = told.get("access_url")
    if isinstance(address, str) and address.strip():
        found["url"] = address
    return found


# -- back ------------------------------------------------------------------------------------------------------------


def dataset_of(entry: Node, frame: Frame) -> Node:
    """The dataset that an entry says; what the standard requires and the entry lacks is added later."""
    found: Node = {}
    set_text(found, "title", entry.get("title"), frame.lang)
    set_text(found, "description", entry.get("description"), frame.lang)
    if words := type_words(entry.get("type")):
        found["type"] = words
    if isinstance(entry.get("keywords"), list):
        found["keyword"] = [said(one.get("text"), frame.lang) for one in nodes(entry["keywords"])]
    languages = entry.get("languages")
    if isinstance(languages, list) and languages and code_of(languages[0]):
        found["language"] = code_of(languages[0])
    put_numbers(found, "dataset_id", entry.get("identifiers"))
    planned = _part(entry, "planned")
    issued = _issued(entry, planned, frame)
    if issued:
        found["issued"] = issued
    _say_people_and_quality(found, entry, frame)
    _say_sensitive(found, _part(planned, "sensitive"), entry, frame)
    if distribution := _as_distribution(entry, planned, issued, frame):
        if "title" in found:
            distribution["title"] = found["title"]
        found["distribution"] = [distribution]
    return found


def _part(value: Any, name: str) -> Node:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _issued(entry: Node, planned: Node, frame: Frame) -> str:
    """The planned day of publication while it lies ahead; else the day that the entry itself states."""
    ahead = day(planned.get("publish_on"))
    if ahead and ahead > frame.on:
        return ahead
    days = [day(one.get("value")) for one in nodes(entry.get("dates")) if one.get("type") == "issued"]
    return next((one for one in days if one and one <= frame.on), "")


def _say_people_and_quality(found: Node, entry: Node, frame: Frame) -> None:
    if nodes(entry.get("creators")):
        found["creator"] = [as_creator(one, frame) for one in nodes(entry["creators"])]
    if nodes(entry.get("relations")):
        found["related_identifier"] = [as_relation(one) for one in nodes(entry["relations"])]
    instruments = nodes(_part(entry, "acquisition").get("instruments"))
    if instruments:
        found["technical_resource"] = [_as_instrument(one, frame) for one in instruments]
    if words := said(_part(entry, "quality").get("validation"), frame.lang):
        found["data_quality_assurance"] = words.split("\n")
    rights = nodes(_part(entry, "terms").get("rights"))
    if len(rights) == 1:
        set_text(found, "rights", rights[0].get("text"), frame.lang)


def _as_instrument(told: Node, frame: Frame) -> Node:
    found: Node = {"name": said(told.get("name"), frame.lang)}
    set_text(found, "description", told.get("note"), frame.lang)
    if told.get("identifier"):
        found["technical_resource_id"] = [as_identifier({"scheme": told.get("scheme"), "value": told["identifier"]})]
    return found


def _say_sensitive(found: Node, told: Node, entry: Node, frame: Frame) -> None:
    exists = told.get("exists")
    if exists in ANSWERS:
        found["sensitive_data"] = exists
        found["personal_data"] = "unknown" if exists == "yes" else exists
        if exists == "yes" and _names_persons(entry):
            found["personal_data"] = "yes"
    if words := said(told.get("handling"), frame.lang):
        found["security_and_privacy"] = [{"title": HANDLING.get(frame.lang, HANDLING["en"]), "description": words}]


def _names_persons(entry: Node) -> bool:
    reasons = _part(entry, "access").get("reasons")
    codes = [one.get("code") if isinstance(one, dict) else one for one in reasons] if isinstance(reasons, list) else []
    return "personal_data" in codes


def _as_distribution(entry: Node, planned: Node, issued: str, frame: Frame) -> Node:
    found: Node = {}
    _say_access(found, entry, issued, frame)
    size = planned.get("size_bytes")
    if isinstance(size, int) and not isinstance(size, bool):
        found["byte_size"] = size
    if until := day(_part(entry, "after_project").get("keep_until")):
        found["available_until"] = until
    place = _part(entry, "repository")
    name, url = said(place.get("name"), frame.lang), place.get("url")
    address = url if isinstance(url, str) else ""
    if name and address:  # a host without an address helps no machine: the name alone stands in the extension
        found["host"] = {"title": name, "url": address}
    elif address:
        found["access_url"] = address
    return found


def _say_access(found: Node, entry: Node, issued: str, frame: Frame) -> None:
    """An embargo is open data whose licence begins on its last day; where that cannot be said, the data are closed."""
    access, address = _part(entry, "access"), licence_address(entry.get("terms"))
    kind, opens = access.get("class"), day(access.get("available_on"))
    begins = issued or frame.since
    if kind == "embargoed":
        opens_itself = bool(address and opens) and (opens > frame.on or access.get("opens") != "confirm")
        found["data_access"] = "open" if opens_itself else "closed"
        if opens_itself:
            begins = opens
        elif opens:
            found["issued"] = opens
    elif kind in CLASSES:
        found["data_access"] = kind
    if address:
        found["license"] = [{"license_ref": address, "start_date": begins}]
