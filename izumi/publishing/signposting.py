"""FAIR Signposting: typed links that tell machines what a landing page is about. Pure: a package in, links out.

Source: fair-signposting (level 2), RFC 8288 (Link), RFC 9264 (linkset).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from izumi.formats import queries as formats
from izumi.kernel.contracts import Document, Package

ITEMS_IN_HEADER = 20
"""More files than this are named in the linkset only: header fields must stay short."""
ITEMS_IN_LINKSET = 1000
HEADER_BYTES = 6000
"""Proxies refuse answers whose header fields are much longer."""
TYPES = {"software": "https://schema.org/SoftwareSourceCode", "collection": "https://schema.org/Collection",
         "publication": "https://schema.org/ScholarlyArticle"}


@dataclass(frozen=True, slots=True)
class Link:
    """One typed link from ``anchor`` (the page itself when empty)."""

    rel: str
    target: str
    type: str = ""
    profile: str = ""
    anchor: str = ""


def ascii_url(url: str) -> str:
    """The address as header fields and linksets may hold it."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]-._")


def of_page(package: Package, *, page: str, items: int = ITEMS_IN_HEADER) -> list[Link]:
    """The links of a landing page: what to cite, what it is, its licence, people, descriptions, files, linksets.

    With more than ``items`` files none is named here; the linkset names them.
    """
    found = [Link("cite-as", formats.address(package)), Link("type", "https://schema.org/AboutPage"),
             Link("type", TYPES.get(package.kind, "https://schema.org/Dataset"))]
    licence = formats.licence_address(package)
    found += [Link("license", licence)] if licence else []
    found += [Link("author", url) for url in formats.author_addresses(package)]
    found += [Link("describedby", url, media_type, profile) for url, media_type, profile in descriptions(package)]
    files = list(formats.first_files(package, items + 1))
    if len(files) <= items:
        found += [Link("item", entry.url, entry.media_type) for entry in files]
    found.append(Link("linkset", f"{page}/linkset", "application/linkset+json"))
    found.append(Link("linkset", f"{page}/linkset?format=text", "application/linkset"))
    return found


def descriptions(package: Package) -> list[tuple[str, str, str]]:
    """``(address, media type, profile)`` of the record in every format that describes it."""
    base = package.urls.version if package.version else package.urls.record
    return [
        (f"{base}?format={name}", formats.accepts(name)[0], formats.PROFILES.get(name, ""))
        for name in (*formats.OFFERED, "ro-crate")
    ]


def of_export(package: Package) -> list[Link]:
    """The links of a metadata document: the page that it describes."""
    return [Link("describes", package.urls.record, "text/html"), Link("cite-as", formats.address(package))]


def header(links: Iterable[Link]) -> str:
    """The value of a ``Link`` header field."""
    parts = []
    for link in links:
        text = f'<{ascii_url(link.target)}>; rel="{link.rel}"'
        text += f'; type="{link.type}"' if link.type else ""
        text += f'; profile="{ascii_url(link.profile)}"' if link.profile else ""
        parts.append(text + (f'; anchor="{ascii_url(link.anchor)}"' if link.anchor else ""))
    return ", ".join(parts)


def page_header(package: Package, *, page: str) -> str:
    """The ``Link`` field of a landing page: files and authors are left to the linkset where it would grow too long."""
    links = of_page(package, page=page)
    text = header(links)
    if len(text) <= HEADER_BYTES:
        return text
    return header(link for link in links if link.rel not in ("item", "author"))


def linkset(package: Package, *, page: str) -> list[Link]:
    """All links with their anchors: the page's own, and from every file and description back to the page."""
    found = [
        Link(link.rel, link.target, link.type, link.profile, page)
        for link in of_page(package, page=page, items=0)
        if link.rel not in ("linkset", "item")
    ]
    files = list(formats.first_files(package, ITEMS_IN_LINKSET))
    found += [Link("item", entry.url, entry.media_type, "", page) for entry in files]
    found += [Link("collection", page, "text/html", "", entry.url) for entry in files]
    found += [Link("describes", page, "text/html", "", url) for url, _, _ in descriptions(package)]
    return found


def as_json(links: Iterable[Link]) -> Document:
    """``application/linkset+json``."""
    sets: dict[str, Document] = {}
    for link in links:
        context = sets.setdefault(ascii_url(link.anchor), {"anchor": ascii_url(link.anchor)})
        target = {"href": ascii_url(link.target), "type": link.type, "profile": link.profile}
        context.setdefault(link.rel, []).append({key: value for key, value in target.items() if value})
    return {"linkset": list(sets.values())}


def as_text(links: Iterable[Link]) -> str:
    """``application/linkset``: one link per line."""
    return ",\n".join(header([link]) for link in links) + "\n"
