"""What a maDMP says that the plan itself does not: the project, the records behind entries, and what the standard requires.

Every member set here is also named in ``added`` (pointer → value), so that a reader of our own tells it from the plan.
"""

from __future__ import annotations

from typing import Any

from izumi.kernel.days import iso
from izumi.plans.forms.madmp.keeping import MISSING, at, placed, pointer, same, tokens
from izumi.plans.forms.madmp.plan import grants_of
from izumi.plans.forms.madmp.words import Frame, Node, as_identifier, nodes, said
from izumi.plans.forms.types import Entry, PlanPackage, PlanProject, RecordFacts

UNTITLED = {"ja": "（名称未定）", "en": "(untitled)"}
NOBODY = "unknown@example.invalid"
"""RFC 2606: an address that is nobody's, where the standard requires one and none is known."""


class Additions:
    """An object of the standard while it is completed, and what was added to it."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.added: Node = {}

    def set(self, path: str, value: Any) -> None:
        """Say this, whatever the plan says."""
        if value in (None, "") or same(at(self.node, tokens(path)), value):
            return
        candidate = placed(self.node, tokens(path), value)
        if candidate is not MISSING:
            self.node = candidate
            self.added[path] = value

    def need(self, path: str, value: Any) -> None:
        """Say this where nothing is said and the standard wants something."""
        if at(self.node, tokens(path)) is MISSING:
            self.set(path, value)


# -- the plan --------------------------------------------------------------------------------------------------------


def whole_plan(node: Node, told: PlanPackage, frame: Frame, changed: bool) -> tuple[Node, Node]:
    """The head with all that the standard requires and the project; ``added`` beside it."""
    head = Additions(node)
    head.need("/title", _untitled(frame))
    head.need("/language", "jpn")
    head.need("/ethical_issues_exist", "unknown")
    head.need("/created", iso(told.created))
    head.need("/modified", iso(told.modified))
    head.need("/dmp_id", {"identifier": told.url, "type": "url"} if told.url else {"identifier": told.id, "type": "other"})
    _contact(head, told, frame)
    if changed:
        _project(head, told.project, frame)
    return head.node, head.added


def _untitled(frame: Frame) -> str:
    return UNTITLED.get(frame.lang, UNTITLED["en"])


def _contact(head: Additions, told: PlanPackage, frame: Frame) -> None:
    name = told.contact_organisation.one(frame.lang) or told.project.title.one(frame.lang) or _untitled(frame)
    mail = told.contact_email or NOBODY
    if "contact" not in head.node:
        head.set("/contact", {"contact_id": {"identifier": mail, "type": "other"}, "mbox": mail, "name": name})
        return
    head.need("/contact/mbox", mail)
    head.need("/contact/name", name)
    head.need("/contact/contact_id", {"identifier": head.node["contact"]["mbox"], "type": "other"})


def _project(head: Additions, project: PlanProject, frame: Frame) -> None:
    """The project as the site knows it; it takes the place of the one in the file that names one of its numbers."""
    own = _as_project(project, frame)
    if not own:
        return
    there = nodes(head.node.get("project"))
    if not there:
        head.set("/project", [own])
        return
    numbers = {value.casefold() for _, value in project.numbers} | {project.award_number.casefold()}
    for number, one in enumerate(there):
        if any(grant.number.casefold() in numbers for grant in grants_of({"project": [one]})):
            head.node = {**head.node, "project": [*there[:number], {**one, **own}, *there[number + 1 :]]}
            return
    head.node = {**head.node, "project": [own, *there]}


def _as_project(project: PlanProject, frame: Frame) -> Node:
    title = project.title.one(frame.lang)
    if not title:
        return {}
    found: Node = {"title": title}
    if words := project.description.one(frame.lang):
        found["description"] = words
    if project.starts_on:
        found["start"] = project.starts_on.isoformat()
    if project.ends_on:
        found["end"] = project.ends_on.isoformat()
    if project.numbers:
        found["project_id"] = [as_identifier({"scheme": scheme, "value": value}) for scheme, value in project.numbers]
    if funding := _funding(project, frame):
        found["funding"] = [funding]
    return found


def _funding(project: PlanProject, frame: Frame) -> Node:
    name = project.funder_name.one(frame.lang)
    if project.funder_ror:
        funder = {"identifier": project.funder_ror, "type": "ror"}
    elif project.funder_code:
        funder = {"identifier": project.funder_code, "type": "e-Rad_funder"}
    elif name:
        funder = {"identifier": name, "type": "other"}
    else:
        return {}
    found: Node = {"funder_id": funder, "funding_status": "granted"}
    if name:
        found["funder_name"] = name
    if project.award_number:
        scheme = next((scheme for scheme, value in project.numbers if value == project.award_number), "other")
        found["grant_id"] = {"identifier": project.award_number, "type": scheme}
    else:
        found["funding_status"] = "planned"
    return found


# -- one dataset -----------------------------------------------------------------------------------------------------


def whole_dataset(node: Node, entry: Entry, told: PlanPackage, frame: Frame) -> tuple[Node, Node]:
    """The dataset with all that the standard requires and the record behind it; ``added`` beside it."""
    dataset = Additions(node)
    dataset.need("/title", _untitled(frame))
    record = told.record(entry)
    if record is not None:
        _reality(dataset, record)
    dataset.need("/dataset_id", _own_number(entry, told))
    dataset.need("/personal_data", "unknown")
    dataset.need("/sensitive_data", "unknown")
    for number, one in enumerate(nodes(dataset.node.get("distribution"))):
        dataset.need(f"/distribution/{number}/title", said(one.get("title"), frame.lang) or dataset.node["title"])
        dataset.need(f"/distribution/{number}/data_access", "closed")
    return dataset.node, dataset.added


def _own_number(entry: Entry, told: PlanPackage) -> Node:
    name = str(entry.get("id") or "")
    if not name:
        place = next((number for number, one in enumerate(told.entries, 1) if one is entry), 0)
        name = f"entry-{place}"
    return {"identifier": f"{told.url}#{name}", "type": "url"} if told.url else {"identifier": name, "type": "other"}


def _reality(dataset: Additions, record: RecordFacts) -> None:
    """What has happened stands before what was planned."""
    own = {"identifier": record.doi, "type": "doi"} if record.doi else {"identifier": record.url, "type": "url"}
    if own["identifier"] and "dataset_id" not in dataset.node:
        dataset.set("/dataset_id", own)
    elif own["identifier"] and own["identifier"] != dataset.node["dataset_id"].get("identifier"):
        others = nodes(dataset.node.get("alternate_identifier"))
        if own in others:
            pass
        elif others:
            dataset.set(pointer(("alternate_identifier", len(others))), own)
        else:
            dataset.set("/alternate_identifier", [own])
    if record.reused is not None:
        dataset.set("/is_reused", record.reused)
    if record.issued_on is None:
        return
    dataset.set("/issued", record.issued_on.isoformat())
    dataset.set("/distribution/0/access_url", record.landing_url or record.url)
    if record.size_bytes is not None:
        dataset.set("/distribution/0/byte_size", record.size_bytes)
    _real_access(dataset, record)


def _real_access(dataset: Additions, record: RecordFacts) -> None:
    if record.access_class in ("open", "shared", "closed"):
        dataset.set("/distribution/0/data_access", record.access_class)
    elif record.access_class == "embargoed":
        has_licence = bool(nodes(at(dataset.node, ("distribution", "0", "license"))))
        dataset.set("/distribution/0/data_access", "open" if has_licence and record.available_on else "closed")
        if has_licence and record.available_on:
            dataset.set("/distribution/0/license/0/start_date", record.available_on.isoformat())
