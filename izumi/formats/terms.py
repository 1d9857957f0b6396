"""Coded values of the document in the words and addresses of the outside world, and back.

Labels come from the vocabularies of the profiles; the codes that Izumi itself branches on (access, fee, roles,
relations) and what formats call them stand here.
"""

from __future__ import annotations

import re
from typing import Any

from izumi.formats.document import clean, one, part, ror
from izumi.kernel.text import Text, both
from izumi.profiles.queries import vocabulary

TYPES, FIELDS, LICENCES, FUNDERS = "data-types", "fields", "licences", "funders"

NUMBERS = ("spdx", "grdm", "short", "ror", "erad_code")
"""Further columns of a vocabulary by which a term is known to others."""
COAR_ACCESS = "http://purl.org/coar/access_right/"
COAR_TYPE = "http://purl.org/coar/resource_type/"
ACCESS = {
    "open": (both("公開", "open access"), COAR_ACCESS + "c_abf2"),
    "shared": (both("共有", "restricted access"), COAR_ACCESS + "c_16ec"),
    "closed": (both("非共有・非公開", "metadata only access"), COAR_ACCESS + "c_14cb"),
    "embargoed": (both("公開期間猶予", "embargoed access"), COAR_ACCESS + "c_f1cf"),
}
"""アクセス権: stored class → official labels and COAR address. Source: common-items-2024-07-30, アクセス権."""

FEES = {"free": both("無償", "free"), "paid": both("有償", "consideration")}
"""Source: common-items-2024-07-30, 管理対象データの利活用・提供方針 (有償/無償)."""

FEE_WORDS = {"free": ("free", "無償", "無料"), "paid": ("paid", "consideration", "fee-based", "有償", "有料")}

SENTENCES = {
    "fee": both("有償/無償：", "Free/Consideration: "),
    "citation": both("引用方法等：", "Citation information: "),
    "conditions": both("利用条件：", "Conditions of use: "),
    "remarks": both("備考：", "Remarks: "),
    "repository": both("リポジトリ情報：", "Repository information: "),
    "summary": both("一般向けの要約：", "Plain summary: "),
}
"""How an item is introduced where a format has only free text for it; a reader finds it again by this."""


def term(name: str, code: object) -> Any:
    """The term of a vocabulary, or None."""
    return vocabulary(name).term(clean(code))


def _formal(entry: Any, lang: str) -> str:
    """The label without the short form in brackets behind it: JPCOAR asks for the formal name alone."""
    short = entry.extra.get("short")
    return re.sub(rf"\s*[（(]{re.escape(short)}[）)]$", "", entry.label[lang]) if short else str(entry.label[lang])


def labels(name: str, code: object) -> list[tuple[str, str]]:
    """``(language, label)`` of a code; the code itself when the vocabulary does not know it."""
    found = term(name, code)
    if found is None:
        return [("en", clean(code))] if clean(code) else []
    return [(lang, _formal(found, lang)) for lang in ("ja", "en") if lang in found.label]


def code_for(name: str, text: str) -> str:
    """The code whose label (any language), address or code this text is; ""."""
    wanted = _plain(text)
    return _codes(name).get(wanted, "") if wanted else ""


_READ: dict[str, tuple[Any, dict[str, str]]] = {}


def _codes(name: str) -> dict[str, str]:
    """Every way in which the terms of a vocabulary are written, with their codes; made once for each state of it."""
    held = vocabulary(name)
    kept = _READ.get(name)
    if kept is None or kept[0] is not held:
        found: dict[str, str] = {}
        for entry in held:
            for written in _written(entry):
                found.setdefault(written, str(entry.code))
        kept = _READ[name] = (held, found)
    return kept[1]


def _written(entry: Any) -> set[str]:
    known = {_plain(entry.code), *(_plain(label) for label in entry.label.values()), _plain(entry.uri or "")}
    known |= {_plain(clean(entry.extra.get(column))) for column in NUMBERS} | {_plain(_formal(entry, lang)) for lang in entry.label}
    return known - {""}


def _plain(text: str) -> str:
    bare = re.sub(r"^https?://", "", clean(text).casefold())
    return re.sub(r"/(deed\.\w+|legalcode)?$", "", bare)


def access_label(code: str, lang: str) -> str:
    """The official word for an access class."""
    return ACCESS[code][0].one(lang) if code in ACCESS else ""


def access_code(text: str) -> str:
    """The access class behind an official word or COAR address; ""."""
    wanted = clean(text).casefold()
    for code, (words, uri) in ACCESS.items():
        if wanted in {uri, code, *(word.casefold() for word in words.values())}:
            return code
    return ""


KINDS = {"dataset": ("dataset", COAR_TYPE + "c_ddb1"), "software": ("software", COAR_TYPE + "c_5ce6"),
         "publication": ("article", COAR_TYPE + "c_6501"), "collection": ("other", COAR_TYPE + "c_1843")}
"""What COAR calls the kinds of records, in words that JPCOAR 2.0 knows. Source: jpcoar-2.0, resource types."""


def type_words(code: object, kind: str = "dataset") -> tuple[str, str]:
    """The English COAR word and address of a data type; the kind's when the type is not one of COAR's."""
    found = term(TYPES, code)
    if found is None or not found.uri.startswith(COAR_TYPE):
        return KINDS.get(kind, KINDS["dataset"])
    return found.code.replace("_", " "), found.uri


def licence(document: object) -> tuple[list[tuple[str, str]], str, str]:
    """Formal names by language, address and code of the licence of a document."""
    code, url = clean(part(document, "terms", "licence")), clean(part(document, "terms", "licence_url"))
    found = term(LICENCES, code)
    if found is not None:
        return labels(LICENCES, code), url or found.uri or "", code
    return ([("en", code)] if code else []), url, code


def licence_or_page(document: object, page: str) -> str:
    """The address of the licence; for terms without one (その他) the place on the page where they are written."""
    address, code = licence(document)[1:]
    return address or (f"{page}#h-lic" if code else "")


def funder(funding: object) -> dict[str, Any]:
    """Names, ROR and e-Rad code of a funder, completed from the vocabulary where the document names it only partly."""
    said = part(funding, "funder") or {}
    found = _funder_term(said)
    extra = (found.extra or {}) if found is not None else {}
    name = dict(said.get("name") or {}) if isinstance(said.get("name"), dict) else {}
    return {
        "name": name or (dict(found.label) if found is not None else {}),
        "ror": ror(said.get("ror") or extra.get("ror") or ""),
        "erad_code": clean(said.get("erad_code") or extra.get("erad_code")),
    }


def _funder_term(said: Any) -> Any:
    for value in (part(said, "ror"), part(said, "erad_code"), one(part(said, "name"), "ja"), one(part(said, "name"), "en")):
        code = code_for(FUNDERS, ror(value) if value and value == part(said, "ror") else clean(value))
        if code:
            return term(FUNDERS, code)
    return None


def whole_funder(name: Text | dict[str, str], ror_id: str = "", erad_code: str = "") -> dict[str, Any]:
    """The funder of a document from what a file said, completed from the vocabulary; empty members left out."""
    said: dict[str, Any] = {"name": dict(name), "ror": ror_id, "erad_code": erad_code}
    full = funder({"funder": said})
    full["name"] = {**_known_names(said), **dict(name)}
    return {key: value for key, value in full.items() if value}


def _known_names(said: dict[str, Any]) -> dict[str, str]:
    found = _funder_term(said)
    return dict(found.label) if found is not None else {}


def fee_code(text: str) -> str:
    """The code behind a word for 有償/無償, also as other systems write it; ""."""
    wanted = clean(text).casefold()
    return next((code for code, words in FEE_WORDS.items() if wanted in words), "")


def is_grant_number(value: str) -> bool:
    """Whether this is a 体系的番号 (Japan Grant Number). Source: common-items-2024-07-30, 体系的番号."""
    return re.fullmatch(r"JP[A-Z0-9]{2,13}", value) is not None
