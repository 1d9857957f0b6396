"""The one registry of formats: for landing pages, OAI-PMH, API, command line, import and harvest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from izumi.formats import codecs as folder
from izumi.formats import document, rules, terms
from izumi.formats.codecs.citation.words import citation
from izumi.formats.codecs.common_csv import row as common_row
from izumi.formats.codecs.common_csv.codec import columns as common_columns
from izumi.formats.codecs.common_csv.codec import guarded
from izumi.formats.codecs.common_csv.codec import table as common_table
from izumi.formats.codecs.ro_crate.codec import record as ro_crate
from izumi.formats.codecs.schema_org.codec import embedded as embedded_json_ld
from izumi.kernel.contracts import Codec, Incoming, Loss, Package, PackageFile, ReadingCodec
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding
from izumi.kernel.text import both

__all__ = (
    "accepts", "address", "all_codecs", "author_addresses", "citation", "citation_tags", "codec", "codecs",
    "common_cells", "common_columns", "common_table", "content_type", "detect", "embedded_json_ld", "export", "first_files",
    "guarded", "licence_address", "losses", "named", "negotiate", "read", "ro_crate",
)  # fmt: skip

common_cells = common_row.cells
"""The cells of a package in the table of common items, by column key."""

HTML = "html"
"""What `negotiate` answers when the reader wants the page."""

OFFERED = ("schema-org", "datacite-json", "datacite-xml", "jpcoar_2.0", "json", "csl", "bibtex", "ris", "common-csv")
"""Formats that an ``Accept`` header can reach, the ones named first win ties. ``jpcoar_2.1`` and ``oai_dc`` share a media
type with JPCOAR 2.0 and are asked for by ``?format=``, or by their namespace as a ``profile``."""

PROFILES = {
    "jpcoar_2.0": "https://github.com/JPCOAR/schema/blob/master/2.0/",
    "jpcoar_2.1": "https://github.com/JPCOAR/schema/blob/master/2.1/",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "schema-org": "https://schema.org/",
    "ro-crate": "https://w3id.org/ro/crate",
}
NO_CHARSET = ("application/json", "application/ld+json", "application/vnd.")


@lru_cache(maxsize=1)
def all_codecs() -> dict[str, Codec]:
    """Every codec by name, found in the folders of ``formats/codecs``."""
    found: dict[str, Codec] = {}
    for module in sorted(iter_modules(folder.__path__), key=lambda entry: entry.name):
        for entry in import_module(f"{folder.__name__}.{module.name}.codec").CODECS:
            found[entry.name] = entry
    return found


def codecs() -> tuple[Codec, ...]:
    """Every codec, by name."""
    return tuple(all_codecs().values())


def named(name: str) -> str:
    """The name of a format as the registry knows it (``jpcoar`` means 2.0, ``datacite`` the XML); "" when unknown."""
    wanted = {"jpcoar": "jpcoar_2.0", "datacite": "datacite-xml", "oai_datacite": "datacite-xml", "csv": "common-csv",
              "json-ld": "schema-org", "jsonld": "schema-org"}.get(name, name)
    return wanted if wanted in all_codecs() else ""


def codec(name: str) -> Codec:
    """The codec of this name. Raises `Invalid` (``format.unknown``)."""
    found = named(name)
    if not found:
        raise Invalid((), "format.unknown", known=", ".join(sorted(all_codecs())))
    return all_codecs()[found]


@lru_cache(maxsize=1)
def _offers() -> tuple[rules.Offer, ...]:
    # The page comes first: a browser, and a reader who accepts everything, wants to read.
    found = [rules.Offer(HTML, "text/html"), rules.Offer(HTML, "application/xhtml+xml")]
    for name in OFFERED:
        found += [rules.Offer(name, media_type) for media_type in all_codecs()[name].media_types]
    for name, profile in PROFILES.items():
        found += [rules.Offer(name, media_type, profile) for media_type in all_codecs()[name].media_types]
    return (*found, rules.Offer("jpcoar_2.0", "text/xml"))


def negotiate(accept: str) -> str | None:
    """The format that an ``Accept`` header asks for: a codec's name, ``html``, or None when nothing offered is acceptable."""
    return rules.best_offer(accept, _offers())


def accepts(name: str) -> tuple[str, ...]:
    """The media types under which a format is offered, for ``Link`` headers and docs."""
    return codec(name).media_types


def content_type(name: str) -> str:
    """The value of ``Content-Type`` for a format."""
    media_type = codec(name).media_types[0]
    return media_type if media_type.startswith(NO_CHARSET) else f"{media_type}; charset=utf-8"


def export(package: Package, name: str) -> tuple[Iterator[bytes], str, str]:
    """The bytes, the content type and a file name for a package in this format. Raises `Invalid`."""
    found = codec(name)
    version = f"-v{package.version}" if package.version else ""
    return found.write(package), content_type(found.name), f"{package.id}{version}.{found.extension}"


def losses(package: Package, name: str) -> tuple[Loss, ...]:
    """What the format cannot carry of this package."""
    return codec(name).losses(package)


def address(package: Package) -> str:
    """The address to cite: the DOI's, else the resolver's."""
    return document.address(package)


def licence_address(package: Package) -> str:
    """The address of the licence, or of the terms on the page; "" when there are none."""
    found = terms.licence_or_page(package.metadata, package.urls.record)
    return found if document.is_url(found) else ""


def author_addresses(package: Package) -> list[str]:
    """Addresses of the creators: ORCID, or ROR of an organisation; each once."""
    found = []
    for creator in document.items(package.metadata.get("creators")):
        numbers = dict(document.agent_identifiers(creator))
        if "ORCID" in numbers:
            found.append(f"https://orcid.org/{document.orcid(numbers['ORCID'])}")
        elif document.is_url(numbers.get("ROR", "")):
            found.append(numbers["ROR"])
    return list(dict.fromkeys(found))


def first_files(package: Package, limit: int) -> Iterator[PackageFile]:
    """At most ``limit`` files of the version."""
    return document.file_facts(package, limit)


def citation_tags(package: Package, lang: str) -> list[tuple[str, str]]:
    """``(name, content)`` of citation tags as reference managers read them (Highwire and Dublin Core), in this language."""
    data = package.metadata
    people = [name for name in (document.name_in(c, lang, "en", "ja") for c in document.items(data.get("creators"))) if name]
    title = document.one(data.get("title"), lang)
    pairs = [
        ("citation_title", title),
        *(("citation_author", name.full) for name in people),
        ("citation_publication_date", (package.published_on or "").replace("-", "/")),
        ("citation_publisher", document.one(dict(document.publisher(package)), lang)),
        ("citation_doi", document.first_doi(package)),
        ("citation_abstract_html_url", package.urls.record),
        *(("citation_keywords", document.one(word.get("text"), lang)) for word in document.items(data.get("keywords"))),
        ("DC.title", title),
        ("DC.identifier", document.address(package)),
        ("DC.type", "Dataset" if package.kind == "dataset" else package.kind),
        ("description", document.one(data.get("description"), lang)[:300]),
    ]
    return [(name, value) for name, value in pairs if value]


def detect(source: bytes, filename: str = "") -> str:
    """The name of the format that these bytes are in; "" when none recognises them."""
    head = source[:16384]
    for name, found in sorted(all_codecs().items(), key=lambda pair: (pair[0] == "json", pair[0])):
        if isinstance(found, ReadingCodec) and found.detect(head, filename):
            return name
    return ""


def read(source: bytes, name: str = "auto", filename: str = "") -> tuple[str, tuple[Incoming, ...], tuple[Loss, ...]]:
    """The format, the records of a file and what could not be understood. Raises `Invalid`."""
    wanted = detect(source, filename) if name == "auto" else name
    found = all_codecs().get(named(wanted)) if wanted else None
    if not isinstance(found, ReadingCodec):
        raise Invalid(_unreadable(sorted(n for n, c in all_codecs().items() if isinstance(c, ReadingCodec))))
    incoming, lost = found.read(source)
    return found.name, incoming, lost


def _unreadable(known: Iterable[str]) -> Finding:
    names = ", ".join(known)
    return Finding(
        rule="format-not-recognised",
        severity="error",
        pointer="",
        message=both("この形式のファイルは読み込めません。", "This file is in no format that can be read."),
        fix=both(f"読み込める形式: {names}", f"Formats that can be read: {names}"),
    )
