"""A document as labelled rows of plain values and links, for the landing page; official labels for coded values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from izumi.kernel.text import Text
from izumi.profiles.overlay import merged
from izumi.profiles.pointers import MISSING, is_blank, value_at
from izumi.profiles.types import Document, FieldSpec, Pack, Row, Section, Shown, Vocabulary
from izumi.profiles.values import DOI, folded, is_email, is_orcid, is_ror, is_url

Vocabularies = Callable[[str], Vocabulary]


class Page:
    """What every formatter needs: the language of the page and the vocabularies."""

    def __init__(self, lang: str, vocabularies: Vocabularies) -> None:
        self.lang = lang
        self.vocabularies = vocabularies

    def text(self, value: Any) -> Shown | None:
        """A text in the page's language, marked where only another language is there."""
        if isinstance(value, str):
            return Shown(text=value.strip()) if value.strip() else None
        words = Text({tag: said for tag, said in value.items() if isinstance(said, str)}) if isinstance(value, dict) else Text()
        used = words.lang(self.lang)
        return Shown(text=words[used].strip(), lang="" if used == self.lang else used) if used and words[used].strip() else None

    def plain(self, value: Any) -> str:
        """The same as a bare string."""
        shown = self.text(value)
        return shown.text if shown else ""

    def coded(self, vocabulary: str, code: object) -> Shown:
        """A coded value by its official label, linked to its address where it has one."""
        term = self.vocabularies(vocabulary).term(code)
        if term is None:
            return Shown(text=str(code))
        return Shown(text=term.label.one(self.lang), href=term.uri)

    def two(self, ja: str, en: str) -> str:
        """A word of our own in the page's language."""
        return ja if self.lang == "ja" else en


def sections(
    document: Document, lang: str, packs: Sequence[Pack], vocabularies: Vocabularies, facts: Mapping[str, Any]
) -> tuple[Section, ...]:
    """The filled items of these packs as sections of rows."""
    page = Page(lang, vocabularies)
    found: list[Section] = []
    for pack, fields in merged(packs):
        for section in pack.sections:
            rows = tuple(_rows((one for one in fields if one.section == section.id), document, page, facts))
            if rows:
                found.append(Section(id=section.id, label=section.label.one(lang), rows=rows))
    return tuple(found)


def _rows(fields: Iterable[FieldSpec], document: Document, page: Page, facts: Mapping[str, Any]) -> Iterator[Row]:
    for one in fields:
        values = values_of(one, document, page, facts)
        if values:
            yield Row(pointer=one.pointer, label=one.label.one(page.lang), values=values, item=one.item)


def values_of(one: FieldSpec, document: Document, page: Page, facts: Mapping[str, Any]) -> tuple[Shown, ...]:
    """What the document says at this item; empty where it says nothing."""
    if one.pointer in OWN:
        return tuple(OWN[one.pointer](document, page, facts))
    told = value_at(document, one.pointer)
    return () if told is MISSING or is_blank(told) else tuple(shown(one, told, page))


def shown(one: FieldSpec, value: Any, page: Page) -> Iterator[Shown]:
    """One item's values."""
    formatter = FORMATTERS.get(one.widget, _texts)
    if one.widget in CODED and one.vocabulary:
        for code in value if isinstance(value, list) else [value]:
            yield page.coded(one.vocabulary, code.get("code") if isinstance(code, dict) else code)
        return
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        if not is_blank(entry):
            yield from formatter(entry, page)


CODED = frozenset({"select", "radio", "codes"})


def _texts(value: Any, page: Page) -> Iterator[Shown]:
    told = page.text(value) if isinstance(value, str | dict) else Shown(text=str(value))
    if told:
        href = told.text if is_url(told.text) else f"mailto:{quote(told.text, safe='@')}" if is_email(told.text) else ""
        yield Shown(text=told.text, lang=told.lang, href=href)


def person_name(name: Any, lang: str) -> Shown | None:
    """A name as a page writes it: 「姓 名」 in Japanese, given name first in Latin letters."""
    if not isinstance(name, dict) or not name:
        return None
    used = next((tag for tag in (lang, "ja", "en", *name) if not is_blank(name.get(tag))), "")
    told = name.get(used)
    if isinstance(told, str):
        return Shown(text=told.strip(), lang="" if used == lang else used)
    if not isinstance(told, dict):
        return None
    family, given, middle = (str(told.get(part) or "").strip() for part in ("family", "given", "middle"))
    ordered = (family, middle, given) if used.startswith(("ja", "zh", "ko")) else (given, middle, family)
    return Shown(text=" ".join(part for part in ordered if part), lang="" if used == lang else used)


def _agent(value: Any, page: Page, role: str = "") -> Iterator[Shown]:
    named = person_name(value.get("name"), page.lang)
    if named is None:
        return
    href = next((_identifier_url(one) for one in value.get("identifiers") or () if _identifier_url(one)), "")
    places = [page.plain(one.get("name")) for one in value.get("affiliations") or ()]
    numbers = [f"e-Rad {one.get('value')}" for one in value.get("identifiers") or () if one.get("scheme") == "e-Rad_Researcher"]
    notes = [note for note in (role, *places, *numbers) if note]
    beside = page.two("、", ", ").join(notes)
    yield Shown(text=named.text, lang=named.lang, href=href, note=beside and page.two(f"（{beside}）", f"({beside})"))


def _contributor(value: Any, page: Page) -> Iterator[Shown]:
    yield from _agent(value, page, page.coded("contributor-roles", value.get("role")).text if value.get("role") else "")


def _identifier_url(identifier: Mapping[str, Any]) -> str:
    scheme, value = identifier.get("scheme"), str(identifier.get("value") or "").strip()
    if scheme == "ORCID" and is_orcid(value):
        return f"https://orcid.org/{value[-19:]}"
    if scheme == "DOI" and DOI.match(folded(value)):
        return doi_url(value)
    uri = str(identifier.get("uri") or "")
    return uri if is_url(uri) else value if scheme in ("URL", "URI", "ARK", "PURL", "w3id") and is_url(value) else ""


def doi_url(value: str) -> str:
    """The resolving address of a DOI in any of its spellings."""
    bare = folded(value)
    return "https://doi.org/" + quote(bare[bare.index("10.") :], safe="/:;().-_")


def _organisation(value: Any, page: Page) -> Iterator[Shown]:
    named = page.text(value.get("name"))
    ror = str(value.get("ror") or "")
    href = f"https://ror.org/{ror.rstrip('/')[-9:]}" if is_ror(ror) else ""
    if named:
        yield Shown(text=named.text, lang=named.lang, href=href, note=href)


def _contact(value: Any, page: Page) -> Iterator[Shown]:
    for member in ("organisation", "address"):
        told = page.text(value.get(member) or {})
        if told:
            yield told
    phone = str(value.get("phone") or "").strip()
    if phone:
        yield Shown(text=phone, href="tel:" + "".join(letter for letter in folded(phone) if letter in "+0123456789"))
    for member in ("email", "url"):
        if value.get(member):
            yield from _texts(value[member], page)


def _funding(value: Any, page: Page) -> Iterator[Shown]:
    funder = value.get("funder") or {}
    named = page.plain(funder.get("name") or {}) or _funder_label(funder, page)
    parts = [named, page.plain(value.get("programme") or {}), page.plain(value.get("award_title") or {})]
    number = str(value.get("award_number") or "").strip()
    text = page.two("／", " / ").join(part for part in parts if part)
    numbered = f"{text}{page.two('（', ' (')}{number}{page.two('）', ')')}" if text and number else text or number
    if numbered:
        yield Shown(text=numbered, href=str(funder.get("ror") or "") if is_ror(str(funder.get("ror") or "")) else "")


def _funder_label(funder: Mapping[str, Any], page: Page) -> str:
    term = page.vocabularies("funders").where("erad_code", str(funder.get("erad_code") or ""))
    return term.label.one(page.lang) if term else ""


def _keyword(value: Any, page: Page) -> Iterator[Shown]:
    told = page.text(value.get("text"))
    if told:
        yield Shown(text=told.text, lang=told.lang, href=str(value.get("uri") or "") if is_url(str(value.get("uri") or "")) else "")


def _date(value: Any, page: Page) -> Iterator[Shown]:
    kind = page.coded("date-types", value.get("type")).text if value.get("type") else ""
    yield Shown(text=str(value.get("value") or "").replace("/", page.two("〜", " – ")), note=kind)


def _relation(value: Any, page: Page) -> Iterator[Shown]:
    identifier = str(value.get("identifier") or "").strip()
    href = _identifier_url({"scheme": value.get("scheme"), "value": identifier})
    text = page.plain(value.get("title") or {}) or href or identifier
    if text:
        yield Shown(text=text, href=href or (identifier if is_url(identifier) else ""), note=_relation_words(value, page))


def _relation_words(value: Any, page: Page) -> str:
    return page.coded("relation-types", value.get("relation")).text if value.get("relation") else ""


def _identifier(value: Any, page: Page) -> Iterator[Shown]:
    yield Shown(text=str(value.get("value") or ""), href=_identifier_url(value), note=str(value.get("scheme") or ""))


def _place(value: Any, page: Page) -> Iterator[Shown]:
    name = page.text(value.get("name") or {})
    where = _coordinates(value, page)
    if name or where:
        yield Shown(text=name.text if name else where, lang=name.lang if name else "", note=where if name else "")


def _coordinates(value: Any, page: Page) -> str:
    point, box = value.get("point"), value.get("box")
    if isinstance(point, list) and len(point) == 2:
        return page.two(f"東経 {point[0]}°・北緯 {point[1]}°", f"{point[0]}° E, {point[1]}° N")
    if isinstance(box, list) and len(box) == 4:
        return page.two(f"経度 {box[0]}〜{box[2]}°・緯度 {box[1]}〜{box[3]}°", f"{box[0]}–{box[2]}° E, {box[1]}–{box[3]}° N")
    return ""


def _period(value: Any, page: Page) -> Iterator[Shown]:
    name = page.plain(value.get("name") or {})
    span = page.two("〜", " – ").join(str(value.get(end) or "") for end in ("start", "end"))
    yield Shown(text=name or span, note=span if name else "")


def _reference(value: Any, page: Page) -> Iterator[Shown]:
    told = page.text(value.get("name") or {})
    identifier = str(value.get("identifier") or "")
    uri = str(value.get("uri") or "")
    if told or identifier:
        yield Shown(
            text=told.text if told else identifier,
            lang=told.lang if told else "",
            href=uri if is_url(uri) else "",
            note=identifier if told else "",
        )


Formatter = Callable[[Any, Page], Iterator[Shown]]
FORMATTERS: Mapping[str, Formatter] = {
    "people": _agent,
    "contributors": _contributor,
    "agent": _agent,
    "organisation": _organisation,
    "contact": _contact,
    "funding": _funding,
    "keywords": _keyword,
    "dates": _date,
    "relations": _relation,
    "identifiers": _identifier,
    "places": _place,
    "periods": _period,
    "references": _reference,
}


def _posted(document: Document, page: Page, facts: Mapping[str, Any]) -> Iterator[Shown]:
    posted, updated = (str(facts.get(at) or document.get(at[1:]) or "") for at in ("/posted_on", "/updated_on"))
    if posted:
        yield Shown(text=posted, note=page.two("掲載", "issued"))
    if updated and updated != posted:
        yield Shown(text=updated, note=page.two("更新", "updated"))


def _size(document: Document, page: Page, facts: Mapping[str, Any]) -> Iterator[Shown]:
    told = value_at(document, "/size/approximate")
    counted = facts.get("/size/bytes")
    if isinstance(told, str) and told.strip():
        yield Shown(text=told.strip())
    elif isinstance(counted, int) and counted > 0:
        yield Shown(text=human_size(counted))


def human_size(size_bytes: int) -> str:
    """Bytes for people: ``1.2 GB`` (powers of 1000)."""
    value = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} PB"


LANGUAGES = {
    "ja": ("日本語", "Japanese"), "en": ("英語", "English"), "zh": ("中国語", "Chinese"), "ko": ("韓国・朝鮮語", "Korean"),
    "de": ("ドイツ語", "German"), "fr": ("フランス語", "French"), "es": ("スペイン語", "Spanish"), "ru": ("ロシア語", "Russian"),
    "pt": ("ポルトガル語", "Portuguese"), "it": ("イタリア語", "Italian"), "ain": ("アイヌ語", "Ainu"), "la": ("ラテン語", "Latin"),
}  # fmt: skip
"""Languages of data that are told by name; others by their code. Source: bcp-47."""


def _languages(document: Document, page: Page, facts: Mapping[str, Any]) -> Iterator[Shown]:
    for tag in document.get("languages") or ():
        yield Shown(text=page.two(*LANGUAGES.get(str(tag).lower(), (str(tag), str(tag)))))


def _own_doi(document: Document) -> Mapping[str, Any] | None:
    """The DOI that names these data, where no other place of theirs is told."""
    if not is_blank((document.get("repository") or {}).get("url")):
        return None
    dois = [one for one in document.get("identifiers") or () if one.get("scheme") == "DOI" and _identifier_url(one)]
    return next((one for one in dois if one.get("primary")), dois[0] if dois else None)


def _link(document: Document, page: Page, facts: Mapping[str, Any]) -> Iterator[Shown]:
    doi, told = _own_doi(document), value_at(document, "/repository/url")
    if doi:
        yield Shown(text=_identifier_url(doi), href=_identifier_url(doi))
    elif told is not MISSING and not is_blank(told):
        yield from _texts(told, page)


def _other_identifiers(document: Document, page: Page, facts: Mapping[str, Any]) -> Iterator[Shown]:
    for one in document.get("identifiers") or ():
        if one is not _own_doi(document):
            yield from _identifier(one, page)


OWN: Mapping[str, Callable[[Document, Page, Mapping[str, Any]], Iterator[Shown]]] = {
    "/posted_on": _posted,
    "/size/approximate": _size,
    "/repository/url": _link,
    "/identifiers": _other_identifiers,
    "/languages": _languages,
}
