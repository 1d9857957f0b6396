"""What there is to type for each kind of field: the smallest inputs, in reading order, Japanese and English as equals.

Pointers of inputs are JSON Pointers with two additions: ``./`` begins inside one entry of a repeated field, and
``@SCHEME`` stands for the value of the identifier with that scheme.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from izumi.kernel.text import Text, both
from izumi.profiles.types import FieldSpec, Input

JA = both("日本語", "Japanese")
EN = both("英語", "English")
Maker = Callable[[str, Text, str], tuple[Input, ...]]


def inputs_of(widget: str, pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    """The inputs of a field. Raises ``KeyError`` for an unknown widget."""
    return WIDGETS[widget](pointer, label, vocabulary)


def _pair(pointer: str, kind: str = "text", before: Text | None = None, autocomplete: str = "") -> tuple[Input, ...]:
    return tuple(
        Input(pointer=f"{pointer}/{lang}", kind=kind, label=_of(before, name), lang=lang, autocomplete=autocomplete)
        for lang, name in (("ja", JA), ("en", EN))
    )


def _of(before: Text | None, name: Text) -> Text:
    if before is None:
        return name
    return both(f"{before.one('ja')}（{name.one('ja')}）", f"{before.one('en')} ({name.one('en')})")


def _one(kind: str) -> Maker:
    return lambda pointer, label, vocabulary: (Input(pointer=pointer, kind=kind, label=label, vocabulary=vocabulary),)


def _single(pointer: str, kind: str, ja: str, en: str, vocabulary: str = "", autocomplete: str = "") -> Input:
    return Input(
        pointer=pointer, kind=kind, label=both(ja, en), vocabulary=vocabulary, autocomplete=autocomplete
    )


NAME = both("名称", "Name")


def _organisation(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (*_pair(f"{pointer}/name", "text", NAME, "organization"), _single(f"{pointer}/ror", "url", "ROR", "ROR"))


def _agent(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (
        _single(f"{pointer}/organisation", "flag", "個人・組織", "Individual or organization", "agent_kinds"),
        *_pair(f"{pointer}/name", "name", NAME),
        _single(f"{pointer}/identifiers/@e-Rad_Researcher", "text", "e-Rad 研究者番号", "e-Rad researcher number"),
    )


FAMILY = both("姓", "Family name")
GIVEN = both("名", "Given name")
AFFILIATION = both("所属", "Affiliation")


def _people(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (
        Input(pointer="./name/ja/family", kind="text", label=_of(FAMILY, JA), lang="ja"),
        Input(pointer="./name/ja/given", kind="text", label=_of(GIVEN, JA), lang="ja"),
        Input(pointer="./name/en/family", kind="text", label=_of(FAMILY, EN), lang="en"),
        Input(pointer="./name/en/given", kind="text", label=_of(GIVEN, EN), lang="en"),
        _single("./identifiers/@e-Rad_Researcher", "text", "e-Rad 研究者番号", "e-Rad researcher number"),
        _single("./identifiers/@ORCID", "text", "ORCID", "ORCID iD"),
        *_pair("./affiliations/0/name", "text", AFFILIATION, "organization"),
        _single("./affiliations/0/ror", "url", "所属の ROR", "ROR of the affiliation"),
    )


def _contributors(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (_single("./role", "select", "役割", "Role", vocabulary), *_people(pointer, label, vocabulary))


def _contact(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (
        _single(f"{pointer}/email", "email", "メールアドレス", "E-mail address"),
        *_pair(f"{pointer}/organisation", "text", both("所属組織名", "Organization")),
        *_pair(f"{pointer}/address", "text", both("住所", "Address")),
        _single(f"{pointer}/phone", "tel", "電話番号", "Phone number"),
        _single(f"{pointer}/url", "url", "問い合わせ先の URL", "URL for enquiries"),
    )


def _funding(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (
        _single("./funder", "funder", "資金配分機関（一覧から）", "Funder (from the list)", vocabulary),
        *_pair("./funder/name", "text", both("資金配分機関（一覧にないとき）", "Funder (not on the list)")),
        _single("./award_number", "text", "体系的番号", "Japan Grant Number"),
        *_pair("./award_title", "text", both("プロジェクト名", "Project name")),
        *_pair("./programme", "text", both("プログラム名", "Program name")),
        _single("./programme_code", "text", "プログラム情報コード", "Funding stream code"),
    )


def _keywords(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return _pair("./text")


def _dates(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (
        _single("./type", "select", "種類", "Kind", vocabulary),
        _single("./value", "text", "日付・期間", "Date or period"),
    )


def _relations(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (
        _single("./relation", "select", "関係", "Relation", vocabulary),
        _single("./scheme", "select", "識別子の種類", "Kind of identifier", "identifier_schemes"),
        _single("./identifier", "text", "識別子", "Identifier"),
    )


def _identifiers(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (
        _single("./scheme", "select", "種類", "Kind", vocabulary),
        _single("./value", "text", "識別子", "Identifier"),
    )


def _places(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (
        *_pair("./name"),
        _single("./point/0", "number", "経度", "Longitude"),
        _single("./point/1", "number", "緯度", "Latitude"),
    )


def _periods(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (_single("./start", "text", "始まり", "Start"), _single("./end", "text", "終わり", "End"))


def _references(pointer: str, label: Text, vocabulary: str) -> tuple[Input, ...]:
    return (*_pair("./name"), _single("./identifier", "text", "識別子", "Identifier"))


WIDGETS: Mapping[str, Maker] = {
    "text": _one("text"),
    "area": _one("area"),
    "date": _one("date"),
    "url": _one("url"),
    "number": _one("number"),
    "select": _one("select"),
    "radio": _one("radio"),
    "codes": _one("codes"),
    "lines": _one("lines"),
    "text-pair": lambda pointer, label, vocabulary: _pair(pointer),
    "area-pair": lambda pointer, label, vocabulary: _pair(pointer, "area"),
    "organisation": _organisation,
    "agent": _agent,
    "people": _people,
    "contributors": _contributors,
    "contact": _contact,
    "funding": _funding,
    "keywords": _keywords,
    "dates": _dates,
    "relations": _relations,
    "identifiers": _identifiers,
    "places": _places,
    "periods": _periods,
    "references": _references,
    "none": lambda pointer, label, vocabulary: (),
}
"""Widgets that a field can name. ``none`` is not asked for (kept by the system, or filled from elsewhere)."""


def json_type(one: FieldSpec) -> str:
    """The JSON type of an item's value, as `shape.KINDS` names it."""
    return "list" if one.repeat else JSON_TYPES.get(one.widget, "string")


JSON_TYPES: Mapping[str, str] = {
    "text-pair": "mapping",
    "area-pair": "mapping",
    "organisation": "mapping",
    "agent": "mapping",
    "contact": "mapping",
    "codes": "list",
    "lines": "list",
    "number": "number",
    "none": "",
}
"""By widget; the others hold strings."""
