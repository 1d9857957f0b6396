"""One record as the cells of a row, and back."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from izumi.formats import document, terms
from izumi.formats.document import clean, items, one, part
from izumi.kernel.contracts import Document, Package

FUNDING = ("funder", "programme_code", "programme", "award_number", "award_title")


def cells(package: Package, lang: str) -> dict[str, str]:
    """The cells by column key; texts in ``lang``, else in the language there is; several values joined with ``;``."""
    data = package.metadata
    return {
        **_funding_cells(data, lang),
        "data_number": clean(data.get("data_number")),
        "title": one(data.get("title"), lang),
        "date": document.updated_on(package) or document.issued_on(package),
        "description": one(data.get("description"), lang),
        "field": _label(terms.FIELDS, data.get("field"), lang),
        "type": _label(terms.TYPES, data.get("type"), lang),
        "size": clean(part(data, "size", "approximate")),
        "fee": terms.FEES[part(data, "terms", "fee")].one(lang) if part(data, "terms", "fee") in terms.FEES else "",
        "licence": _licence(data, lang),
        "citation": one(part(data, "terms", "citation"), lang),
        "access": terms.access_label(document.access_class(package), lang),
        "available_on": document.available_on(package),
        "repository": one(part(data, "repository", "name"), lang),
        "url": _url(package),
        **_people_cells(data, lang),
        **_contact_cells(data.get("contact"), lang),
        "remarks": one(data.get("remarks"), lang),
    }


def _funding_cells(data: Document, lang: str) -> dict[str, str]:
    columns: dict[str, list[str]] = {key: [] for key in FUNDING}
    for entry in items(data.get("funding")):
        columns["funder"].append(one(terms.funder(entry)["name"], lang))
        for key in ("programme_code", "award_number"):
            columns[key].append(clean(entry.get(key)))
        for key in ("programme", "award_title"):
            columns[key].append(one(entry.get(key), lang))
    return {key: ";".join(values) for key, values in columns.items()}


def _label(name: str, code: object, lang: str) -> str:
    return dict(terms.labels(name, code)).get(lang) or clean(code)


def _licence(data: Document, lang: str) -> str:
    names, url, code = terms.licence(data)
    return dict(names).get(lang) or code or url


def _url(package: Package) -> str:
    return document.address(package) if document.first_doi(package) else (
        clean(part(package.metadata, "repository", "url")) or package.urls.resolver
    )


def _people_cells(data: Document, lang: str) -> dict[str, str]:
    creators = items(data.get("creators"))
    numbers = [_number(creator) for creator in creators]
    manager, host = data.get("manager") or {}, data.get("hosting_organisation") or {}
    return {
        "creators": ";".join(_name(creator, lang) for creator in creators),
        "creator_numbers": ";".join(numbers) if any(numbers) else "",
        "hosting_organisation": _name(host, lang),
        "hosting_code": document.ror(clean(host.get("ror"))),
        "manager": _name(manager, lang),
        "manager_number": _number(manager),
    }


def _name(agent: Document, lang: str) -> str:
    """A Japanese name as "姓 名", a Latin one as "Family, Given": each can be taken apart again."""
    name = document.name_in(agent, lang)
    if name is None:
        return ""
    if name.lang == "ja" and name.family and name.given and not re.search(r"[\s,]", name.family + name.given):
        return f"{name.family} {name.given}"
    return name.full


def _number(agent: Document) -> str:
    return next((value for scheme, value in document.agent_identifiers(agent) if scheme.casefold().startswith("e-rad")), "")


def _contact_cells(contact: object, lang: str) -> dict[str, str]:
    return {
        "contact_organisation": one(part(contact, "organisation"), lang),
        "contact_address": one(part(contact, "address"), lang),
        "contact_phone": clean(part(contact, "phone")),
        "contact_email": clean(part(contact, "email")),
    }


def _people(found: Document, cells: dict[str, str]) -> None:
    """Put creators, hosting organisation and manager into the document."""
    names = [name.strip() for name in cells.get("creators", "").split(";") if name.strip()]
    numbers = [number.strip() for number in cells.get("creator_numbers", "").split(";")]
    for n, name in enumerate(names):
        number = numbers[n] if len(numbers) == len(names) else ""
        found.setdefault("creators", []).append(_agent(name, number))
    if cells.get("hosting_organisation"):
        found["hosting_organisation"] = {"name": {_language(cells["hosting_organisation"]): cells["hosting_organisation"]}}
    if cells.get("hosting_code"):
        found.setdefault("hosting_organisation", {})["ror"] = document.ror(cells["hosting_code"])
    if cells.get("manager"):
        manager = _agent(cells["manager"], cells.get("manager_number", ""))
        if not cells.get("manager_number") and "," not in cells["manager"] and not _two_words(cells["manager"]):
            manager = {"name": {_language(cells["manager"]): cells["manager"]}, "organisation": True}
        found["manager"] = manager


def _two_words(text: str) -> bool:
    """Whether this is a Japanese name written as "姓 名" and not the name of a place of work."""
    return (
        re.fullmatch(r"[^\s;,]{1,6}[ \u3000][^\s;,]{1,8}", text) is not None
        and _japanese(text)
        and re.search("大学|機構|法人|会社|研究|センター|事業|財団|協会|学会|[室部課局省庁院所]$", text) is None
    )


def _japanese(text: str) -> bool:
    return re.search("[\u3040-\u30ff\u3400-\u9fff々]", text) is not None


def _language(text: str) -> str:
    return "ja" if _japanese(text) else "en"


def _agent(name: str, number: str) -> Document:
    lang = "ja" if _japanese(name) else "en"
    family, mark, given = name.partition(", ")
    if not mark:
        family, mark, given = (*re.split(r"([ \u3000]+)", name, maxsplit=1), "", "")[:3] if _two_words(name) else (name, "", "")
    agent: Document = {"name": {lang: {"family": family, "given": given}}, "organisation": False}
    if not mark and not number:
        agent = {"name": {lang: name}, "organisation": True}
    elif not mark:
        agent["name"][lang].pop("given")
    if number:
        agent["identifiers"] = [{"scheme": "e-Rad_Researcher", "value": number}]
    return agent


def _funding(found: Document, cells: dict[str, str]) -> None:
    count = len(cells.get("award_number", "").split(";"))
    split = {key: _parts(cells.get(key, ""), count) for key in FUNDING}
    for n in range(count):
        entry: dict[str, Any] = {"funder": terms.whole_funder(_text(split["funder"][n]))}
        for key in ("programme_code", "award_number"):
            entry[key] = split[key][n]
        for key in ("programme", "award_title"):
            entry[key] = _text(split[key][n])
        entry = {key: value for key, value in entry.items() if value}
        if entry:
            found.setdefault("funding", []).append(entry)


def _parts(text: str, count: int) -> list[str]:
    split = [piece.strip() for piece in text.split(";")]
    return split if len(split) == count else [text] + [""] * (count - 1)


def _text(value: str) -> dict[str, str]:
    return {_language(value): value} if value else {}


def metadata(cells: dict[str, str]) -> Document:
    """The metadata document of a row."""
    found: Document = {}
    for key, name in (("title", "title"), ("description", "description"), ("remarks", "remarks")):
        if cells.get(key):
            found[name] = _text(cells[key])
    _codes(found, cells)
    _terms(found, cells)
    _people(found, cells)
    _contact(found, cells)
    _funding(found, cells)
    _places(found, cells)
    return found


def _codes(found: Document, cells: dict[str, str]) -> None:
    if cells.get("data_number"):
        found["data_number"] = cells["data_number"]
    for key, name in (("field", terms.FIELDS), ("type", terms.TYPES)):
        if cells.get(key):
            found[key] = terms.code_for(name, cells[key]) or cells[key]
    if cells.get("size"):
        found["size"] = {"approximate": cells["size"]}
    if cells.get("date"):
        found["posted_on"] = found["updated_on"] = cells["date"]
    access = {"class": terms.access_code(cells.get("access", "")), "available_on": cells.get("available_on", "")}
    if any(access.values()):
        found["access"] = {key: value for key, value in access.items() if value}


def _terms(found: Document, cells: dict[str, str]) -> None:
    said: Document = {}
    fee = terms.fee_code(cells.get("fee", ""))
    licence = cells.get("licence", "")
    code = terms.code_for(terms.LICENCES, licence)
    if fee:
        said["fee"] = fee
    if code:
        said["licence"] = code
    elif document.is_url(licence):
        said["licence_url"] = licence
    elif re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]+-\d[A-Za-z0-9.+-]*", licence):
        said["licence"] = licence
    elif licence:
        said["rights"] = [{"text": _text(licence)}]
    if cells.get("citation"):
        said["citation"] = _text(cells["citation"])
    if said:
        found["terms"] = said


def _contact(found: Document, cells: dict[str, str]) -> None:
    said: Document = {}
    for key in ("organisation", "address"):
        if cells.get(f"contact_{key}"):
            said[key] = _text(cells[f"contact_{key}"])
    for key in ("phone", "email"):
        if cells.get(f"contact_{key}"):
            said[key] = cells[f"contact_{key}"]
    if said:
        found["contact"] = said


def _places(found: Document, cells: dict[str, str]) -> None:
    url = cells.get("url", "")
    if document.doi(url):
        found["identifiers"] = [{"scheme": "DOI", "value": document.doi(unquote(url)), "primary": True}]
    if cells.get("repository"):
        found["repository"] = {"name": _text(cells["repository"])}
    if url and not document.doi(url):
        found.setdefault("repository", {})["url"] = url


def names_elsewhere(cells: dict[str, str]) -> tuple[Document, ...]:
    """What the record is called where the row comes from."""
    url = cells.get("url", "")
    if not url:
        return ()
    return ({"scheme": "DOI", "value": document.doi(unquote(url))},) if document.doi(url) else ({"scheme": "URL", "value": url},)
