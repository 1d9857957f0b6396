"""How a cell becomes part of an entry and back: one reader and one writer per kind of column. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from izumi.plans.forms import words as w
from izumi.plans.forms.columns import Column, plain
from izumi.plans.forms.facts import fact
from izumi.plans.forms.types import Entry, PlanPackage

Node = dict[str, Any]
OPENING = ("embargoed", "open")


@dataclass(frozen=True, slots=True)
class Ask:
    """One cell to be written."""

    column: Column
    entry: Entry
    package: PlanPackage
    form: str
    lang: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A reader (entry, column, typed) and a writer of one kind of cell."""

    read: Callable[[Entry, Column, str], bool]
    """Puts the typed text into the entry; ``False`` = not understood."""
    write: Callable[[Ask], str]


# -- places in an entry --------------------------------------------------------------------------------------------


def get(entry: Entry, pointer: str) -> Any:
    """What stands at a pointer of object members; ``None``."""
    value: Any = entry
    for name in pointer.split("/")[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def put(entry: Entry, pointer: str, value: Any) -> bool:
    """Set a member; its holders are made."""
    *holders, last = pointer.split("/")[1:]
    node = entry
    for name in holders:
        node = node.setdefault(name, {})
    node[last] = value
    return True


# -- texts, codes, days --------------------------------------------------------------------------------------------


def _write_text(ask: Ask) -> str:
    value = get(ask.entry, ask.column.pointer)
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _read_words(entry: Entry, column: Column, typed: str) -> bool:
    """A text in the language of its letters, beside what another column said."""
    told = get(entry, column.pointer)
    there = told if isinstance(told, dict) else {}
    lang = w.language(typed)
    return put(entry, column.pointer, {**there, lang: f"{there[lang]}\n{typed}" if lang in there else typed})


def _read_code(entry: Entry, column: Column, typed: str) -> bool:
    found = own_word(column, typed) or (w.code(column.vocabulary, typed) if column.vocabulary else "")
    return bool(found) and put(entry, column.pointer, found)


def own_word(column: Column, typed: str) -> str:
    """The stored value for one of the form's own words; ``""``."""
    wanted = plain(typed)
    for value, said in column.words.items():
        if wanted in {plain(value), *(plain(one) for one in (*said.values(), *column.also.get(value, ())))}:
            return value
    return ""


def _write_code(ask: Ask) -> str:
    value = get(ask.entry, ask.column.pointer)
    if not isinstance(value, str):
        return ""
    if value in ask.column.words:
        return ask.column.words[value].one(ask.lang)
    return w.label(ask.column.vocabulary, value, ask.lang) if ask.column.vocabulary else value


def _read_day(entry: Entry, column: Column, typed: str) -> bool:
    return put(entry, column.pointer, w.day(typed))


# -- access ----------------------------------------------------------------------------------------------------------


def _read_class(entry: Entry, column: Column, typed: str) -> bool:
    """The form's own class is kept beside the common one, which it may leave open (未定)."""
    key = own_word(column, typed)
    if not key:
        found = w.code("access-rights", typed)
        return bool(found) and put(entry, "/access/class", found)
    common, _, own = key.partition(":")
    if common != "-":
        put(entry, "/access/class", common)
    return put(entry, "/access/funder_class", {"scheme": column.scheme, "value": own}) if own else True


def _write_class(ask: Ask) -> str:
    access = get(ask.entry, "/access") or {}
    told = access.get("class")
    own = access.get("funder_class") if isinstance(access.get("funder_class"), dict) else {}
    common = "open" if told == "embargoed" and not any(key.startswith("embargoed") for key in ask.column.words) else told
    fitting = [key for key in ask.column.words if key.partition(":")[0] == (common or "-")]
    if own.get("scheme") == ask.column.scheme:
        fitting = [key for key in fitting if key.partition(":")[2] == own.get("value")] or fitting
    elif not common:
        return ""
    return ask.column.words[fitting[0]].one(ask.lang) if fitting else w.label("access-rights", told, ask.lang)


def _read_opening(entry: Entry, column: Column, typed: str) -> bool:
    """公開予定日: the end of an embargo where there is one, else the day of publication."""
    embargoed = get(entry, "/access/class") == "embargoed"
    return put(entry, "/access/available_on" if embargoed else "/planned/publish_on", w.day(typed))


def _write_opening(ask: Ask) -> str:
    if get(ask.entry, "/access/class") == "embargoed" and get(ask.entry, "/access/available_on"):
        return str(get(ask.entry, "/access/available_on"))
    return str(get(ask.entry, "/planned/publish_on") or "")


def _read_reasons(entry: Entry, column: Column, typed: str) -> bool:
    """Known reasons by their labels; anything else is a reason of its own with the words as note."""
    found = []
    for part in [one.strip() for one in typed.replace("；", ";").replace("\n", ";").split(";") if one.strip()]:
        head, mark, note = part.replace("（", "(").partition("(")
        code = w.code("reasons", part) or (w.code("reasons", head) if mark else "")
        reason: Node = {"code": code or "other"}
        if not code:
            reason["note"] = w.text(part)
        elif mark and not w.code("reasons", part):
            reason["note"] = w.text(note.rstrip(")）"))
        found.append(reason)
    return put(entry, "/access/reasons", found)


def _write_reasons(ask: Ask) -> str:
    told = get(ask.entry, "/access/reasons")
    return ";".join(filter(None, (_reason(one, ask.lang) for one in told))) if isinstance(told, list) else ""


def _reason(one: Any, lang: str) -> str:
    code, note = (one.get("code"), w.said(one.get("note"), lang)) if isinstance(one, dict) else (one, "")
    note = note.replace(";", "；").replace("\n", " ")
    if code == "other" and note:
        return note
    return w.label("reasons", code, lang) + (f"({note})" if note else "")


# -- terms, places, sizes --------------------------------------------------------------------------------------------


def _read_licence(entry: Entry, column: Column, typed: str) -> bool:
    if found := w.code("licences", typed):
        return put(entry, "/terms/licence", found)
    if w.is_address(typed):
        return put(entry, "/terms/licence_url", typed)
    return put(entry, "/terms/rights", [{"text": w.text(typed)}])


def _write_licence(ask: Ask) -> str:
    terms = get(ask.entry, "/terms") or {}
    if terms.get("licence"):
        return w.label("licences", terms["licence"], ask.lang)
    first = next(iter(w.nodes(terms.get("rights"))), {})
    return str(terms.get("licence_url") or "") or w.said(first.get("text"), ask.lang)


def _read_place(entry: Entry, column: Column, typed: str) -> bool:
    """A DOI, an address, or the name of a repository; several on their own lines."""
    for line in [one.strip() for one in typed.replace("；", "\n").replace(";", "\n").splitlines() if one.strip()]:
        if number := w.doi(line):
            entry.setdefault("identifiers", []).append({"scheme": "DOI", "value": number})
        elif w.is_address(line):
            put(entry, "/repository/url", line)
        else:
            _read_words(entry, Column(id="", label=column.label, kind="words", pointer="/repository/name"), line)
    return True


def _write_place(ask: Ask) -> str:
    """The record's address once it is there, else what is planned."""
    record = ask.package.record(ask.entry)
    dois = [f"https://doi.org/{one.get('value')}" for one in w.nodes(ask.entry.get("identifiers")) if one.get("scheme") == "DOI"]
    place = ask.entry.get("repository") if isinstance(ask.entry.get("repository"), dict) else {}
    if record is not None and record.issued_on:
        dois = [f"https://doi.org/{record.doi}"] if record.doi else dois or [record.url]
    return "\n".join(filter(None, (w.said(place.get("name"), ask.lang), *dois, str(place.get("url") or ""))))


def _read_size(entry: Entry, column: Column, typed: str) -> bool:
    """A single size is a promise in bytes; a range or other words are the approximate size."""
    found = w.size_bytes(typed)
    return put(entry, "/size/approximate", typed) if found is None else put(entry, "/planned/size_bytes", found)


def _write_size(ask: Ask) -> str:
    size = get(ask.entry, "/planned/size_bytes")
    return w.size_words(size) if isinstance(size, int) else str(get(ask.entry, "/size/approximate") or "")


def _read_bytes(entry: Entry, column: Column, typed: str) -> bool:
    found = w.size_bytes(typed) if not typed.replace(",", "").isdigit() else int(typed.replace(",", ""))
    return found is not None and put(entry, column.pointer, found)


# -- people ----------------------------------------------------------------------------------------------------------


def _read_people(entry: Entry, column: Column, typed: str) -> bool:
    names = [one.strip() for one in typed.replace("；", ";").replace("\n", ";").replace("、", ";").split(";") if one.strip()]
    return put(entry, column.pointer, [w.agent(name) for name in names])


def _write_people(ask: Ask) -> str:
    return ";".join(_written_name(one, ask.lang) for one in w.nodes(get(ask.entry, ask.column.pointer)))


def _written_name(agent: Node, lang: str) -> str:
    """Latin names with the family name first and a comma, so that they can be taken apart again."""
    parts = agent.get("name") if isinstance(agent.get("name"), dict) else {}
    used = next((tag for tag in (lang, "ja", "en") if parts.get(tag)), "")
    told = parts.get(used)
    if isinstance(told, dict) and used != "ja":
        given = " ".join(filter(None, (told.get("given"), told.get("middle"))))
        return ", ".join(filter(None, (told.get("family"), given)))
    return w.name_of(agent, lang)


def _read_numbers(entry: Entry, column: Column, typed: str) -> bool:
    """e-Rad numbers beside the names of the column before."""
    many, people = typed.replace("；", ";").split(";"), get(entry, column.pointer)
    if not isinstance(people, list) or len(many) != len(people):
        return False
    for agent, number in zip(people, many, strict=True):
        if number.strip():
            agent["identifiers"] = [{"scheme": "e-Rad_Researcher", "value": number.strip()}]
            agent.pop("organisation", None)
    return True


def _write_numbers(ask: Ask) -> str:
    numbers = [w.number_of(one) for one in w.nodes(get(ask.entry, ask.column.pointer))]
    return ";".join(numbers) if any(numbers) else ""


def _read_agent(entry: Entry, column: Column, typed: str) -> bool:
    return put(entry, column.pointer, w.agent(typed))


def _write_agent(ask: Ask) -> str:
    told = get(ask.entry, ask.column.pointer)
    return _written_name(told, ask.lang) if isinstance(told, dict) else ""


def _read_agent_number(entry: Entry, column: Column, typed: str) -> bool:
    told = get(entry, column.pointer)
    return isinstance(told, dict) and put(entry, f"{column.pointer}/identifiers", [{"scheme": "e-Rad_Researcher", "value": typed}])


def _write_agent_number(ask: Ask) -> str:
    return w.number_of(get(ask.entry, ask.column.pointer) or {})


def _read_contact(entry: Entry, column: Column, typed: str) -> bool:
    """E-mail, phone, address of the web, and the rest as the organisation."""
    for part in [one.strip() for one in typed.replace("／", "\n").replace(";", "\n").splitlines() if one.strip()]:
        bare = part.removeprefix("TEL:").removeprefix("E-Mail:").removeprefix("電話：").removeprefix("メール：").strip()
        if "@" in bare and " " not in bare:
            put(entry, "/contact/email", bare)
        elif w.is_address(bare):
            put(entry, "/contact/url", bare)
        elif bare and all(letter in "0123456789０１２３４５６７８９+-−ー() （）" for letter in bare):
            put(entry, "/contact/phone", bare)
        else:
            place = "/contact/address" if bare.startswith("〒") else "/contact/organisation"
            _read_words(entry, Column(id="", label=column.label, kind="words", pointer=place), bare)
    return True


def _write_contact(ask: Ask) -> str:
    told = ask.entry.get("contact") if isinstance(ask.entry.get("contact"), dict) else {}
    texts = [w.said(told.get(name), ask.lang) for name in ("organisation", "address")]
    return "／".join(filter(None, (*texts, *(str(told.get(name) or "") for name in ("phone", "email", "url")))))


# -- sensitive data ---------------------------------------------------------------------------------------------------

NONE = frozenset({plain(one) for one in ("なし", "無", "無し", "有りません", "ありません", "該当なし", "no", "none", "n/a")})


def _read_handling(entry: Entry, column: Column, typed: str) -> bool:
    if plain(typed) in NONE:
        return put(entry, "/planned/sensitive/exists", "no")
    put(entry, "/planned/sensitive/exists", "yes")
    return put(entry, "/planned/sensitive/handling", w.text(typed))


def _write_handling(ask: Ask) -> str:
    told = get(ask.entry, "/planned/sensitive") or {}
    if words := w.said(told.get("handling"), ask.lang):
        return words
    return {"no": {"ja": "なし", "en": "none"}}.get(told.get("exists"), {}).get(ask.lang, "")


# -- kept, derived, joined --------------------------------------------------------------------------------------------


def _read_kept(entry: Entry, column: Column, typed: str) -> bool:
    """The form has this item and the entry no place: it stays beside and is written back into the same form."""
    entry.setdefault("unmapped", []).append({"format": "", "path": column.id, "value": typed})
    return True


def _write_kept(ask: Ask) -> str:
    return kept_value(ask.entry, ask.form, ask.column.id)


def kept_value(entry: Entry, form: str, path: str) -> str:
    """What a form said under this column and the entry had no place for."""
    lines = w.nodes(entry.get("unmapped"))
    return next((str(one.get("value") or "") for one in lines if one.get("format") == form and one.get("path") == path), "")


def _read_pieces(entry: Entry, column: Column, typed: str) -> bool:
    """Parts joined with ／: by the words before them, else by the first piece that understands them, else words of the last, else kept."""
    waiting = list(column.pieces)
    for part in [one.strip() for one in typed.replace("\n", "／").split("／") if one.strip()]:
        taken = next((one for one in waiting if _takes(entry, one, part)), None)
        if taken is not None:
            waiting.remove(taken)
        elif column.pieces[-1].kind == "words":
            _read_words(entry, column.pieces[-1], part)
        else:
            _read_kept(entry, column, part)
    return True


def _takes(entry: Entry, piece: Column, part: str) -> bool:
    mark = next((words for words in piece.before.values() if part.startswith(words)), "")
    if piece.before and not mark:
        return False
    return KINDS[piece.kind].read(entry, piece, part.removeprefix(mark).strip())


def _write_pieces(ask: Ask) -> str:
    found = []
    for piece in ask.column.pieces:
        if words := KINDS[piece.kind].write(Ask(piece, ask.entry, ask.package, ask.form, ask.lang)):
            found.append(piece.before.one(ask.lang) + words.replace("／", "・").replace("\n", "／"))
    return "／".join(found)


KINDS: Mapping[str, Kind] = {
    "text": Kind(lambda entry, column, typed: put(entry, column.pointer, typed), _write_text),
    "words": Kind(_read_words, lambda ask: w.said(get(ask.entry, ask.column.pointer), ask.lang)),
    "code": Kind(_read_code, _write_code),
    "day": Kind(_read_day, _write_text),
    "class": Kind(_read_class, _write_class),
    "opening": Kind(_read_opening, _write_opening),
    "reasons": Kind(_read_reasons, _write_reasons),
    "licence": Kind(_read_licence, _write_licence),
    "place": Kind(_read_place, _write_place),
    "size": Kind(_read_size, _write_size),
    "bytes": Kind(_read_bytes, _write_text),
    "people": Kind(_read_people, _write_people),
    "numbers": Kind(_read_numbers, _write_numbers),
    "agent": Kind(_read_agent, _write_agent),
    "agent-number": Kind(_read_agent_number, _write_agent_number),
    "contact": Kind(_read_contact, _write_contact),
    "handling": Kind(_read_handling, _write_handling),
    "kept": Kind(_read_kept, _write_kept),
    "fact": Kind(lambda entry, column, typed: True, lambda ask: fact(ask.column.id, ask.entry, ask.package, ask.lang)),
    "pieces": Kind(_read_pieces, _write_pieces),
}
"""Kinds that a column can name. ``fact`` comes from the project or the record and is never read back."""
