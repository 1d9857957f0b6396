"""Contacts, contributors and creators, and what identifies and relates: the same objects in plans and datasets."""

from __future__ import annotations

from typing import Any

from izumi.plans.forms.madmp.words import (
    Frame,
    Node,
    as_identifier,
    identifier,
    identifiers,
    nodes,
    put_text,
    relation_code,
    role_code,
    role_words,
    said,
    set_text,
)


def contact_of(told: Any, frame: Frame) -> Node:
    """The contact of a plan."""
    found: Node = {}
    if isinstance(told, dict):
        put_text(found, "name", told.get("name"), frame.lang)
        if isinstance(told.get("mbox"), str) and told["mbox"].strip():
            found["email"] = told["mbox"]
        if many := identifiers(told.get("contact_id")):
            found["identifiers"] = many
    return found


def as_contact(told: Any, frame: Frame) -> Node:
    """A contact as far as the plan names one; what the standard requires beyond is added later."""
    found: Node = {}
    if isinstance(told, dict):
        set_text(found, "name", told.get("name"), frame.lang)
        _mail(found, told)
        _numbers(found, "contact_id", told)
    return found


def contributor_of(told: Node, frame: Frame) -> Node:
    """One contributor of a plan."""
    found: Node = {}
    put_text(found, "name", told.get("name"), frame.lang)
    if isinstance(told.get("role"), list):
        found["roles"] = list(dict.fromkeys(role_code(role) for role in told["role"] if isinstance(role, str)))
    if isinstance(told.get("mbox"), str) and told["mbox"].strip():
        found["email"] = told["mbox"]
    if many := identifiers(told.get("contributor_id")):
        found["identifiers"] = many
    return found


def as_contributor(told: Node, frame: Frame) -> Node:
    """One contributor as maDMP writes it."""
    roles = told.get("roles") if isinstance(told.get("roles"), list) else []
    found: Node = {
        "contributor_id": [],
        "name": _name(told, frame),
        "role": list(dict.fromkeys(role_words(role) for role in roles if isinstance(role, str))),
    }
    _mail(found, told)
    _numbers(found, "contributor_id", told)
    return found


def creator_of(told: Node, frame: Frame) -> Node:
    """One creator of a dataset, as the metadata document names people."""
    found: Node = {}
    put_text(found, "name", told.get("name"), frame.lang)
    if many := identifiers(told.get("creator_id")):
        found["identifiers"] = many
    places = [_affiliation_of(one, frame) for one in nodes(told.get("affiliation"))]
    if any(places):
        found["affiliations"] = places
    return found


def as_creator(told: Node, frame: Frame) -> Node:
    """One creator as maDMP writes it."""
    found: Node = {"creator_id": [], "name": _name(told, frame)}
    _numbers(found, "creator_id", told)
    places = [_as_affiliation(one, frame) for one in nodes(told.get("affiliations"))]
    if places:
        found["affiliation"] = places
    return found


def _affiliation_of(told: Node, frame: Frame) -> Node:
    found: Node = {}
    put_text(found, "name", told.get("name"), frame.lang)
    number = identifier(told.get("affiliation_id"))
    if number.get("scheme") == "ROR" and number.get("value"):
        found["ror"] = number["value"]
    elif number.get("value"):
        found["identifiers"] = [number]
    return found


def _as_affiliation(told: Node, frame: Frame) -> Node:
    number = {"scheme": "ROR", "value": told["ror"]} if isinstance(told.get("ror"), str) else {}
    first = number or next(iter(nodes(told.get("identifiers"))), {})
    return {"affiliation_id": as_identifier(first), "name": said(told.get("name"), frame.lang)}


def _name(told: Node, frame: Frame) -> str:
    """The whole name in the plan's language: 「姓 名」 in Japanese, given name first in Latin letters."""
    name = told.get("name")
    if not isinstance(name, dict):
        return name if isinstance(name, str) else ""
    whole = {tag: value if isinstance(value, str) else _joined(tag, value) for tag, value in name.items()}
    return said(whole, frame.lang)


def _joined(tag: str, parts: Any) -> str:
    if not isinstance(parts, dict):
        return ""
    family, given, middle = (parts.get(one) if isinstance(parts.get(one), str) else "" for one in ("family", "given", "middle"))
    ordered = (family, middle, given) if tag.startswith(("ja", "zh", "ko")) else (given, middle, family)
    return " ".join(one.strip() for one in ordered if one and one.strip())


def _mail(found: Node, told: Node) -> None:
    if isinstance(told.get("email"), str) and told["email"].strip():
        found["mbox"] = told["email"]


def _numbers(found: Node, name: str, told: Node) -> None:
    """One identifier is an object, several are a list."""
    many = [as_identifier(one) for one in nodes(told.get("identifiers")) if one.get("value")]
    if many:
        found[name] = many[0] if len(many) == 1 else many


# -- identifiers of things, and relations ----------------------------------------------------------------------------


def numbers_of(told: Node, first: str) -> list[Node]:
    """All identifiers: ``dmp_id`` or ``dataset_id`` first, then the alternates."""
    main = identifier(told.get(first))
    others = [identifier(one) for one in nodes(told.get("alternate_identifier"))]
    return ([main] if main.get("value") else []) + others


def put_numbers(found: Node, first: str, told: Any) -> None:
    """The primary (else the first) identifier under ``first``, the others as alternates."""
    many = nodes(told)
    if not many:
        return
    main = next((one for one in many if one.get("primary") is True), many[0])
    if isinstance(main.get("value"), str) and main["value"]:
        found[first] = as_identifier(main)
        many = [one for one in many if one is not main]
    if many:
        found["alternate_identifier"] = [as_identifier(one) for one in many]


def relation_of(told: Node) -> Node:
    """One relation of a plan or dataset."""
    number = identifier(told)
    found = {"relation": relation_code(told.get("relation_type")), "scheme": number.get("scheme"), "identifier": number.get("value")}
    return {name: value for name, value in found.items() if isinstance(value, str) and value}


def as_relation(told: Node) -> Node:
    """One relation as maDMP writes it."""
    relation = told.get("relation")
    number = as_identifier({"scheme": told.get("scheme"), "value": told.get("identifier")})
    return {**number, "relation_type": relation if isinstance(relation, str) else ""}
