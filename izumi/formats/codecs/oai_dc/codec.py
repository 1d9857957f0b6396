"""Unqualified Dublin Core: the least that every OAI harvester understands."""

from __future__ import annotations

from collections.abc import Iterator

from izumi.formats import dates, document, languages, rules, terms
from izumi.formats.document import clean, items, part, texts
from izumi.formats.markup import Tree
from izumi.kernel.contracts import Loss, Package
from izumi.kernel.text import Text, both

SPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
CARRIED = ("title", "creators", "description", "field", "keywords", "type", "hosting_organisation", "contributors", "access",
           "dates", "posted_on", "updated_on", "languages", "identifiers", "relations", "coverage", "publisher", "size")


class OaiDc:
    """The format ``oai_dc``."""

    name = "oai_dc"
    extension = "oai_dc.xml"
    media_types = ("application/xml",)
    label: Text = both("Dublin Core（oai_dc）", "Dublin Core (oai_dc)")

    def write(self, package: Package) -> Iterator[bytes]:
        """The fifteen elements, each in every language there is."""
        tree = Tree(
            "oai_dc:dc",
            {"oai_dc": SPACE, "dc": "http://purl.org/dc/elements/1.1/", "xsi": "http://www.w3.org/2001/XMLSchema-instance"},
            f"{SPACE} http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        )
        for name, lang, text in (*_about(package), *_facts(package)):
            if text:
                tree.add(tree.root, f"dc:{name}", text, lang=lang)
        yield tree.bytes()

    def losses(self, package: Package) -> tuple[Loss, ...]:
        """What has no element of its own; names lose their identifiers, codes their meaning."""
        return rules.absent(package.metadata, CARRIED)


def _about(package: Package) -> Iterator[tuple[str, str, str]]:
    data = package.metadata
    for lang, text in texts(data.get("title")) or [("en", package.id)]:
        yield "title", lang, text
    for creator in items(data.get("creators")):
        for name in document.names(creator):
            yield "creator", name.lang, name.full
    words = [pair for keyword in items(data.get("keywords")) for pair in texts(keyword.get("text"))]
    for lang, text in (*terms.labels(terms.FIELDS, data.get("field")), *words):
        yield "subject", lang, text
    for lang, text in texts(data.get("description")):
        yield "description", lang, text
    yield from _responsible(package)


def _responsible(package: Package) -> Iterator[tuple[str, str, str]]:
    data = package.metadata
    for lang, text in document.publisher(package):
        yield "publisher", lang, text
    for agent in (data.get("hosting_organisation"), *items(data.get("contributors"))):
        for name in document.names(agent):
            yield "contributor", name.lang, name.full


def _facts(package: Package) -> Iterator[tuple[str, str, str]]:
    data = package.metadata
    yield "date", "", document.issued_on(package)
    for entry in items(data.get("dates")):
        yield "date", "", dates.nearest(clean(entry.get("value")))
    words, uri = terms.type_words(data.get("type"), package.kind)
    yield "type", "en", words
    yield "type", "", uri
    yield "format", "", clean(part(data, "size", "approximate"))
    for scheme, value in document.identifiers(package):
        yield "identifier", "", document.doi_url(value) if scheme == "DOI" else value
    yield "identifier", "", package.urls.resolver
    spoken = data.get("languages")
    for tag in spoken if isinstance(spoken, list) else []:
        yield "language", "", languages.three_letters(clean(tag))
    for entry in document.relations(package):
        value = clean(entry.get("identifier"))
        yield "relation", "", document.doi_url(document.doi(value)) if document.doi(value) else value
    for place in items(part(data, "coverage", "places")):
        for lang, text in texts(place.get("name")):
            yield "coverage", lang, text
    for period in items(part(data, "coverage", "periods")):
        yield "coverage", "", "/".join((clean(period.get("start")), clean(period.get("end")))).strip("/")
    yield from _rights(package)


def _rights(package: Package) -> Iterator[tuple[str, str, str]]:
    code = document.access_class(package)
    if code in terms.ACCESS:
        yield "rights", "en", terms.ACCESS[code][0]["en"]
        yield "rights", "", terms.ACCESS[code][1]
    names, url, _ = terms.licence(package.metadata)
    for lang, text in names:
        yield "rights", lang, text
    yield "rights", "", url


CODECS = (OaiDc(),)
