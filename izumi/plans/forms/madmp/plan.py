"""The head of a maDMP as the head of a plan, and back: only what the standard has a word for. Source: rda-madmp-1.2."""

from __future__ import annotations

from typing import Any

from izumi.plans.forms.madmp.people import (
    as_contact,
    as_contributor,
    as_relation,
    contact_of,
    contributor_of,
    numbers_of,
    put_numbers,
    relation_of,
)
from izumi.plans.forms.madmp.shape import words_of
from izumi.plans.forms.madmp.words import Frame, Node, code_of, day, nodes, put_text, said, set_text, tag_of
from izumi.plans.forms.types import Grant

ANSWERS = ("yes", "no", "unknown")
LONG_AGO = "0001-01-01"


def frame_of(dmp: Node) -> Frame:
    """The frame in which a plan speaks; where its days cannot be read, everything in it counts as planned."""
    modified, created = (str(dmp.get(name) or "")[:10] for name in ("modified", "created"))
    on = day(modified) or LONG_AGO
    return Frame(lang=tag_of(dmp.get("language")), on=on, since=min(day(created) or on, on))


def head_of(dmp: Node, frame: Frame) -> Node:
    """The plan document without its entries."""
    found: Node = {}
    put_text(found, "title", dmp.get("title"), frame.lang)
    put_text(found, "description", dmp.get("description"), frame.lang)
    if dmp.get("language"):
        found["language"] = frame.lang
    if contact := contact_of(dmp.get("contact"), frame):
        found["contact"] = contact
    if nodes(dmp.get("contributor")):
        found["contributors"] = [contributor_of(one, frame) for one in nodes(dmp["contributor"])]
    if ethics := _ethics(dmp, frame):
        found["ethics"] = ethics
    if nodes(dmp.get("cost")):
        found["costs"] = [_cost(one, frame) for one in nodes(dmp["cost"])]
    if numbers := numbers_of(dmp, "dmp_id"):
        found["identifiers"] = numbers
    if nodes(dmp.get("related_identifier")):
        found["relations"] = [relation_of(one) for one in nodes(dmp["related_identifier"])]
    return found


def _ethics(dmp: Node, frame: Frame) -> Node:
    found: Node = {}
    if dmp.get("ethical_issues_exist") in ANSWERS:
        found["exists"] = dmp["ethical_issues_exist"]
    put_text(found, "description", dmp.get("ethical_issues_description"), frame.lang)
    if isinstance(dmp.get("ethical_issues_report"), str) and dmp["ethical_issues_report"].strip():
        found["report"] = dmp["ethical_issues_report"]
    return found


def _cost(told: Node, frame: Frame) -> Node:
    found: Node = {}
    put_text(found, "title", told.get("title"), frame.lang)
    put_text(found, "description", told.get("description"), frame.lang)
    if isinstance(told.get("currency_code"), str):
        found["currency"] = told["currency_code"]
    if _is_number(told.get("value")):
        found["value"] = told["value"]
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def dmp_of(document: Node, frame: Frame) -> Node:
    """The head of the maDMP that a plan document says, without ``dataset`` and without what is added from elsewhere."""
    found: Node = {}
    set_text(found, "title", document.get("title"), frame.lang)
    set_text(found, "description", document.get("description"), frame.lang)
    if code_of(document.get("language")):
        found["language"] = code_of(document["language"])
    if contact := as_contact(document.get("contact"), frame):
        found["contact"] = contact
    if nodes(document.get("contributors")):
        found["contributor"] = [as_contributor(one, frame) for one in nodes(document["contributors"])]
    _say_ethics(found, document.get("ethics"), frame)
    if nodes(document.get("costs")):
        found["cost"] = [_as_cost(one, frame) for one in nodes(document["costs"])]
    put_numbers(found, "dmp_id", document.get("identifiers"))
    if nodes(document.get("relations")):
        found["related_identifier"] = [as_relation(one) for one in nodes(document["relations"])]
    return found


def _say_ethics(found: Node, ethics: Any, frame: Frame) -> None:
    if not isinstance(ethics, dict):
        return
    if ethics.get("exists") in ANSWERS:
        found["ethical_issues_exist"] = ethics["exists"]
    set_text(found, "ethical_issues_description", ethics.get("description"), frame.lang)
    if isinstance(ethics.get("report"), str) and ethics["report"].strip():
        found["ethical_issues_report"] = ethics["report"]


def _as_cost(told: Node, frame: Frame) -> Node:
    found: Node = {"title": said(told.get("title"), frame.lang)}
    set_text(found, "description", told.get("description"), frame.lang)
    if told.get("currency") in words_of("CurrencyCode"):
        found["currency_code"] = told["currency"]
    if _is_number(told.get("value")):
        found["value"] = told["value"]
    return found


def grants_of(dmp: Node) -> tuple[Grant, ...]:
    """Every grant number that the projects of a maDMP name, once."""
    found: dict[str, Grant] = {}
    for project in nodes(dmp.get("project")):
        title = project.get("title") if isinstance(project.get("title"), str) else ""
        for number, scheme, funder in _numbers(project):
            if number.strip():
                found.setdefault(number, Grant(number=number, scheme=scheme, funder=funder, project_title=title))
    return tuple(found.values())


def _numbers(project: Node) -> list[tuple[str, str, str]]:
    told = []
    for funding in nodes(project.get("funding")):
        grant, funder = funding.get("grant_id"), funding.get("funder_id")
        who = str(funder.get("identifier") or "") if isinstance(funder, dict) else ""
        if isinstance(grant, dict):
            told.append((str(grant.get("identifier") or ""), str(grant.get("type") or ""), who or str(funding.get("funder_name") or "")))
    for own in nodes(project.get("project_id")):
        told.append((str(own.get("identifier") or ""), str(own.get("type") or ""), ""))
    return told
