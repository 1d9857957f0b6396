"""The six verbs of OAI-PMH 2.0 over what was announced.

What a list tells of a record is decided twice: by its announcement, and at this moment by policy. A record that may no
longer be seen is told as deleted at once, whether its announcement says so already or not.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from django.conf import settings

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS
from izumi.kernel.contracts import Package
from izumi.kernel.days import parse_instant
from izumi.kernel.ids import is_id
from izumi.publishing import queries
from izumi.publishing.oai import answers, tokens
from izumi.publishing.oai.arguments import EXCLUSIVE, Asked, ProtocolError, parse
from izumi.publishing.oai.formats import FORMATS, Format
from izumi.publishing.oai.tokens import Place
from izumi.publishing.types import Announcement, Selection
from izumi.records import queries as records

log = logging.getLogger("izumi.oai")
Part = bytes | str
NOBODY = "operator@izumi.invalid"
"""Told where no operator's address is set; ``izumi doctor`` says that it is missing."""
EPOCH = "1970-01-01T00:00:00Z"
SETS_ON_PAGE = 200
_DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]*)+")


def answer(pairs: Iterable[tuple[str, str]]) -> bytes:
    """The answer to a request with these arguments, always a whole document; errors of the protocol are answers too.

    Cost in statements: Identify 1, GetRecord 9, ListMetadataFormats 0 or 1, ListSets 3; ListIdentifiers 2 a page,
    ListRecords 9 a page, the first page of either 1 more. None of it grows with the number of records.
    """
    now, shown = clock.now(), {}
    try:
        asked = parse(pairs)
        shown = dict(asked.given)
        inner = list(VERBS[asked.verb](asked))
    except ProtocolError as failure:
        if failure.code in ("badVerb", "badArgument"):
            shown = {}
        inner = [answers.error(failure)]
    return answers.document(shown, f"{settings.IZUMI_BASE_URL}/oai", now, inner)


def identifier_of(record: str) -> str:
    """``oai:SITE:ID``."""
    return f"oai:{settings.IZUMI_SITE_NAME}:{record}"


# ---------------------------------------------------------------- about the provider


def _identify(asked: Asked) -> Iterator[Part]:
    title = settings.IZUMI_TITLE
    earliest = queries.earliest()
    site = settings.IZUMI_SITE_NAME
    told = [
        answers.element("repositoryName", " / ".join(dict.fromkeys((title["ja"], title["en"])))),
        answers.element("baseURL", f"{settings.IZUMI_BASE_URL}/oai"),
        answers.element("protocolVersion", "2.0"),
        answers.element("adminEmail", settings.IZUMI_ADMIN_EMAIL or NOBODY),
        answers.element("earliestDatestamp", answers.stamp(earliest) if earliest else EPOCH),
        answers.element("deletedRecord", "persistent"),
        answers.element("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ]
    if _DOMAIN.fullmatch(site):  # a site named by an address of numbers has identifiers, but no description of them
        told.append(answers.identifier_description(site, identifier_of("00000-00000")))
    return answers.within("Identify", told)


def _formats(asked: Asked) -> Iterator[Part]:
    if "identifier" in asked.given:
        _known(asked["identifier"])
    told = (
        "<metadataFormat>\n"
        + answers.element("metadataPrefix", one.prefix)
        + answers.element("schema", one.schema)
        + answers.element("metadataNamespace", one.namespace)
        + "</metadataFormat>\n"
        for one in FORMATS.values()
    )
    return answers.within("ListMetadataFormats", told)


def _sets(asked: Asked) -> Iterator[Part]:
    place = tokens.read(asked[EXCLUSIVE], "ListSets") if EXCLUSIVE in asked.given else Place(verb="ListSets", behind="")
    found = queries.sets_after(str(place.behind), limit=SETS_ON_PAGE + 1)
    if not found:
        raise ProtocolError("noSetHierarchy", "There are no sets: nothing was published yet.", "まだ何も公開されていないため、セットはありません。")
    specs = found[:SETS_ON_PAGE]
    names = queries.set_names(specs)
    told: list[Part] = [answers.set_described(spec, names[spec], _set_address(spec)) for spec in specs]
    if len(found) > len(specs):
        value, expires = tokens.issue(replace(place, behind=specs[-1], told=place.told + len(specs)))
        told.append(answers.token(value, expires=expires, cursor=place.told, total=None))
    elif place.told:
        told.append(answers.token("", expires=None, cursor=place.told, total=None))
    return answers.within("ListSets", told)


def _set_address(spec: str) -> str:
    kind, _, key = spec.partition(":")
    folder = {"org": "organisations", "project": "projects"}.get(kind)
    return f"{settings.IZUMI_BASE_URL}/{folder}/{key}" if folder else ""


# ---------------------------------------------------------------- records


def _get(asked: Asked) -> Iterator[Part]:
    wanted = _format(asked["metadataPrefix"])
    entry = _known(asked["identifier"])
    package = None if entry.deleted else records.public_packages([entry.record]).get(entry.record)
    payload = _payload(wanted, package) if package is not None else None
    if package is not None and payload is None:
        raise _cannot(wanted.prefix)
    head = answers.header(identifier_of(entry.record), entry, deleted=package is None)
    return answers.within("GetRecord", answers.record(head, payload))


def _format(prefix: str) -> Format:
    if prefix not in FORMATS:
        raise _cannot(", ".join(FORMATS))
    return FORMATS[prefix]


def _cannot(known: str) -> ProtocolError:
    return ProtocolError("cannotDisseminateFormat", f"Not available in this format. Formats: {known}", f"この形式では出せません。形式: {known}")


def _known(identifier: str) -> Announcement:
    """The announcement behind an identifier; one that was never public is not there."""
    start = identifier_of("")
    key = identifier.removeprefix(start)
    found = queries.announcement(key) if identifier.startswith(start) and is_id(key) else None
    if found is None:
        raise ProtocolError("idDoesNotExist", "No record has this identifier.", "この識別子のレコードはありません。")
    return found


def _payload(wanted: Format, package: Package) -> bytes | None:
    """The record in a format; ``None`` where the codec fails, so that one record never ends the harvest of all others."""
    try:
        return wanted.write(package)
    except Exception:
        log.error("%s cannot be written as %s\n%s", package.id, wanted.prefix, traceback.format_exc())
        return None


def _place(asked: Asked) -> Place:
    """Where the list begins or goes on."""
    if EXCLUSIVE in asked.given:
        return tokens.read(asked[EXCLUSIVE], asked.verb)
    _format(asked["metadataPrefix"])
    return Place(
        verb=asked.verb, prefix=asked["metadataPrefix"], spec=asked["set"],
        since=answers.stamp(asked.since) if asked.since else "", until=answers.stamp(asked.until) if asked.until else "",
    )  # fmt: skip


def _list(asked: Asked, tell: Callable[[Place, list[Announcement]], Iterable[Part]]) -> Iterator[Part]:
    """One part of a list: ordered by place, so that what changes meanwhile comes again at the end and nothing is missed."""
    place = _place(asked)
    selection = Selection(
        since=parse_instant(place.since) if place.since else None, until=parse_instant(place.until) if place.until else None,
        spec=place.spec, after=int(place.behind),
    )  # fmt: skip
    size = settings.IZUMI_OAI_PAGE
    found = queries.announced(selection, limit=size + 1)
    if not found and place.told:
        # What was to come has changed meanwhile and lies behind ``until`` now. A list may not end empty, and an error would
        # look like a failed harvest: its last entry is told once more.
        found = queries.last_announced(selection)
    if not found:
        raise ProtocolError("noRecordsMatch", "No record matches.", "条件に合うレコードはありません。")
    page = found[:size]
    told = list(tell(place, page))
    if not told:
        raise _cannot(", ".join(FORMATS))
    if len(found) > size:
        total = place.total if place.told else queries.announced_count(selection)
        going_on = replace(place, behind=page[-1].n, told=place.told + size, total=total)
        value, expires = tokens.issue(going_on)
        told.append(answers.token(value, expires=expires, cursor=place.told, total=total))
    elif place.told:
        told.append(answers.token("", expires=None, cursor=place.told, total=place.total))
    return answers.within(asked.verb, told)


def _identifiers(asked: Asked) -> Iterator[Part]:
    def tell(place: Place, page: list[Announcement]) -> Iterator[Part]:
        seen = records.visible_ids(ANONYMOUS, [entry.record for entry in page if not entry.deleted])
        for entry in page:
            yield answers.header(identifier_of(entry.record), entry, deleted=entry.deleted or entry.record not in seen)

    return _list(asked, tell)


def _records(asked: Asked) -> Iterator[Part]:
    def tell(place: Place, page: list[Announcement]) -> Iterator[Part]:
        wanted = _format(place.prefix)
        packages = records.public_packages(entry.record for entry in page if not entry.deleted)
        for entry in page:
            package = packages.get(entry.record)
            payload = _payload(wanted, package) if package is not None else None
            if package is None or payload is not None:
                head = answers.header(identifier_of(entry.record), entry, deleted=package is None)
                yield from answers.record(head, payload)

    return _list(asked, tell)


VERBS: Mapping[str, Callable[[Asked], Iterator[Part]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "ListIdentifiers": _identifiers,
    "ListRecords": _records,
    "GetRecord": _get,
}
