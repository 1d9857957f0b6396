"""From an index entry of the records room to a document of the index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from izumi.catalogue import identifiers, tokens
from izumi.catalogue.types import Usable
from izumi.kernel.days import Day, Instant
from izumi.kernel.text import Text

if TYPE_CHECKING:
    from izumi.records.types import IndexEntry

SEPARATOR = "\x1f"
LONGEST_BODY = 250_000
LONGEST_SUGGESTION = 100
LONGEST_SORT = 120
_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_HIRAGANA = {letter: letter - 0x60 for letter in range(0x30A1, 0x30F7)}


def document(entry: IndexEntry) -> dict[str, Any] | None:
    """The document of an entry, or ``None`` when nobody may find it."""
    audience = frozenset(entry.audience)
    if not audience or entry.state != "published":
        return None
    return {**_texts(entry), **_exact(entry, audience), **_numbers(entry)}


def usable(entry: IndexEntry) -> Usable:
    """Whether anyone can use the files, now, on request, later, or not at all."""
    if entry.usable_now in (Usable.NOW, Usable.REQUEST):
        return Usable(entry.usable_now)
    return Usable.LATER if entry.access_class == "embargoed" else Usable.NO


def text_of(value: Text | Mapping[str, str] | str | None) -> list[str]:
    """All sides of a text; lone surrogates and control characters taken out."""
    sides = value.values() if isinstance(value, Mapping) else (value or "",)
    return [_printable(str(side)) for side in sides if side]


def named(value: Any) -> tuple[str, Text]:
    """Code and name of something given as ``(id, Text)``, ``Text`` or a string."""
    if isinstance(value, tuple):
        code, name = value
        return str(code), Text({"ja": name}) if isinstance(name, str) else Text(dict(name))
    name = Text({"ja": value}) if isinstance(value, str) else Text(dict(value))
    return name.one("ja"), name


def self_labelled(value: Any) -> str:
    """A facet term that carries its names, so that counting needs no look-up: code, ja, en."""
    code, name = named(value)
    return SEPARATOR.join((code, name.get("ja", ""), name.get("en", "")))


def label_of(term: str) -> tuple[str, Text]:
    """Code and names of a facet term."""
    code, _, names = term.partition(SEPARATOR)
    ja, _, en = names.partition(SEPARATOR)
    return code, Text({"ja": ja, "en": en}) if ja or en else Text({"ja": code})


def sort_key(entry: IndexEntry, lang: str) -> str:
    """Where a title stands in an ordered list; the identifier makes it unique."""
    title = " ".join(_printable(entry.title.one(lang)).split())
    said = tokens.reading(title) if lang == "ja" else tokens.fold(title)
    return f"{said[:LONGEST_SORT]}\x00{entry.id}"


def head(key: str) -> int:
    """The first seven bytes of a sort key as a number: the range from which an ordered list goes on."""
    return int.from_bytes(key.encode()[:7].ljust(7, b"\0"), "big")


def newest_key(day: Day | None, record: str) -> int:
    """Day and identifier as one number, so that lists by date have no ties."""
    return ((day.toordinal() if day else 0) << 43) | _id_bits(record, 43)


def size_key(size_bytes: int | None, record: str) -> int:
    """Size (to 30 significant bits) and identifier as one number, so that lists by size have no ties."""
    size = min(max(int(size_bytes or 0), 0), 2**60)
    shift = max(size.bit_length() - 30, 0)
    return (((shift << 30) | (size >> shift)) << 26) | _id_bits(record, 26)


def _texts(entry: IndexEntry) -> dict[str, Any]:
    title = [side for text in (entry.title, *entry.alternative_titles) for side in text_of(text)]
    people = [side for person in entry.people for side in text_of(person)]
    organisations = [side for one in entry.organisations for side in text_of(named(one)[1])]
    keywords = [side for keyword in entry.keywords for side in text_of(keyword)]
    projects = [side for one in entry.projects for side in text_of(named(one)[1])]
    body = [*text_of(entry.summary), *keywords, *text_of(entry.description), *projects]
    fields = {"title": title, "body": body, "people": [*people, *_also_typed(people), *organisations]}
    out: dict[str, Any] = {}
    for name, parts in fields.items():
        # A line break keeps the end of one part and the start of the next from becoming one word.
        joined = "\n".join(parts)[:LONGEST_BODY]
        out[f"w_{name}"], out[f"g_{name}"] = " ".join(tokens.words(joined)), " ".join(tokens.grams(joined))
    out["spell"] = sorted({word for part in [*title, *body] for word in tokens.plain_words(part[:20_000])})[:2_000]
    out["sugg"] = sorted(set(_suggestions([*title, *keywords, *people, *organisations])))
    return out


def _also_typed(names: Iterable[str]) -> Iterator[str]:
    """How Japanese names are typed too: without the space (山田太郎), a reading in hiragana (やまだ)."""
    for name in names:
        if not tokens.has_japanese(name):
            continue
        close = name.replace(" ", "").replace("\u3000", "")
        if close != name:
            yield close
        spoken = name.translate(_HIRAGANA)
        if re.fullmatch(r"[\u3041-\u3096ー\s]+", spoken) and spoken != name:
            yield from (spoken, close.translate(_HIRAGANA))


def _exact(entry: IndexEntry, audience: frozenset[str]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "acl": ["public"] if "public" in audience else sorted(audience),
        "ident": sorted({form for value in (entry.id, *entry.identifiers) for form in identifiers.forms(str(value))}),
        "usable": [str(usable(entry))],
        "access": _some(entry.access_class),
        "type": _some(entry.type),
        "kind": _some(entry.kind),
        "field": _some(entry.field),
        "licence": _some(entry.licence),
        "funder": [str(code) for code in entry.funder_codes if code],
        "org": [named(one)[0] for one in entry.organisations],
        "org_name": [self_labelled(one) for one in entry.organisations],
        "project": [named(one)[0] for one in entry.projects],
        "sort_ja": [sort_key(entry, "ja")],
        "sort_en": [sort_key(entry, "en")],
    }


def _numbers(entry: IndexEntry) -> dict[str, Any]:
    numbers = {
        "newest": newest_key(entry.published_on, entry.id),
        "size": size_key(entry.size_bytes, entry.id),
        "head_ja": head(sort_key(entry, "ja")),
        "head_en": head(sort_key(entry, "en")),
    }
    if entry.year is not None:
        numbers["year"] = int(entry.year)
    if entry.next_edge is not None:
        numbers["edge"] = seconds(entry.next_edge)
    return {name: [value] for name, value in numbers.items()}


def seconds(moment: Instant) -> int:
    """Whole seconds since 1970 of an instant, rounded down: an edge is never told late."""
    return int(moment.timestamp() // 1)


def _suggestions(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        shown = " ".join(text.split())
        if 2 <= len(shown) <= LONGEST_SUGGESTION:
            yield tokens.fold(shown) + SEPARATOR + shown


def _some(value: Any) -> list[str]:
    return [str(value)] if value else []


def _printable(text: str) -> str:
    clean = text.encode("utf-8", "ignore").decode()
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", " ", clean)



def _id_bits(record: str, bits: int) -> int:
    value = 0
    for letter in record.replace("-", ""):
        value = value * 32 + max(_ID_LETTERS.find(letter), 0)
    return (value >> 5) & ((1 << bits) - 1)
