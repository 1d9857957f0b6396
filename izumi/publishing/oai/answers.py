"""The XML of OAI-PMH answers. Every text passes ``text``; payloads are put in as the codecs made them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from xml.sax.saxutils import escape, quoteattr

from izumi.kernel.days import Instant
from izumi.kernel.text import Text
from izumi.publishing.oai.arguments import ProtocolError
from izumi.publishing.types import Announcement

OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
)
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
)


def text(value: object) -> str:
    """Any text as XML content."""
    return escape(_ILLEGAL.sub("", str(value)))


def stamp(moment: Instant) -> str:
    """UTC with whole seconds, the granularity of this provider."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def element(name: str, value: object, **attributes: object) -> str:
    """One element with text; attributes without a value are left out."""
    told = "".join(f" {key}={_quoted(given)}" for key, given in attributes.items() if given not in (None, ""))
    return f"<{name}{told}>{text(value)}</{name}>\n"


def _quoted(value: object) -> str:
    return quoteattr(_ILLEGAL.sub("", str(value)))


def document(asked: Mapping[str, str], address: str, at: Instant, inner: Iterable[bytes | str]) -> bytes:
    """A whole answer; ``asked`` are the arguments that are repeated."""
    request = "".join(f" {name}={_quoted(value)}" for name, value in asked.items())
    parts: list[bytes] = [
        OPENING.encode(),
        f"<responseDate>{stamp(at)}</responseDate>\n<request{request}>{text(address)}</request>\n".encode(),
    ]
    parts += [part if isinstance(part, bytes) else part.encode() for part in inner]
    parts.append(b"</OAI-PMH>\n")
    return b"".join(parts)


def within(name: str, inner: Iterable[bytes | str]) -> Iterator[bytes | str]:
    """The container of a verb."""
    yield f"<{name}>\n"
    yield from inner
    yield f"</{name}>\n"


def error(failure: ProtocolError) -> str:
    """An error of the protocol, in both languages."""
    return element("error", f"{failure.en} / {failure.ja}", code=failure.code)


def header(identifier: str, entry: Announcement, *, deleted: bool) -> str:
    """The header of one record."""
    status = ' status="deleted"' if deleted else ""
    specs = "".join(element("setSpec", spec) for spec in entry.sets)
    told = element("identifier", identifier) + element("datestamp", stamp(entry.datestamp)) + specs
    return f"<header{status}>\n{told}</header>\n"


def record(head: str, payload: bytes | None) -> Iterator[bytes | str]:
    """One record; without a payload (an element without XML declaration) for a deleted one."""
    yield f"<record>\n{head}"
    if payload is not None:
        yield b"<metadata>\n" + payload + b"</metadata>\n"
    yield "</record>\n"


def token(value: str, *, expires: Instant | None, cursor: int, total: int | None) -> str:
    """The end of a part of a list; an empty value ends the list."""
    return element(
        "resumptionToken", value, expirationDate=stamp(expires) if expires else None, completeListSize=total or None,
        cursor=str(cursor),
    )  # fmt: skip


def set_described(spec: str, name: Text, address: str) -> str:
    """One set: its name in both languages, and again as Dublin Core with the language beside each."""
    shown = " / ".join(dict.fromkeys(name[lang] for lang in ("ja", "en") if lang in name)) or name.one("ja") or spec
    titles = "".join(f'<dc:title xml:lang={_quoted(lang)}>{text(name[lang])}</dc:title>' for lang in sorted(name))
    place = f"<dc:identifier>{text(address)}</dc:identifier>" if address else ""
    described = f"<setDescription>{_DC}{titles}{place}</oai_dc:dc></setDescription>\n" if titles else ""
    return f"<set>\n{element('setSpec', spec)}{element('setName', shown)}{described}</set>\n"


def identifier_description(site: str, sample: str) -> str:
    """How this site's identifiers are made. Source: oai-identifier."""
    return (
        "<description>\n"
        '<oai-identifier xmlns="http://www.openarchives.org/OAI/2.0/oai-identifier"'
        ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai-identifier'
        ' http://www.openarchives.org/OAI/2.0/oai-identifier.xsd">\n'
        f"<scheme>oai</scheme>\n{element('repositoryIdentifier', site)}<delimiter>:</delimiter>\n"
        f"{element('sampleIdentifier', sample)}</oai-identifier>\n</description>\n"
    )
