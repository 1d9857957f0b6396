"""Template tags for what leaves with a page: machine-readable head, citation, list of formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from izumi.formats import document
from izumi.formats import queries as formats
from izumi.kernel.contracts import Package
from izumi.publishing import landing, signposting
from izumi.records import queries as records
from izumi.records.types import RecordView

register = template.Library()


def _package(context: Any, view: RecordView) -> Package:
    request = context.get("request")
    return landing.package_of(request, view) if request is not None else records.package(view)


def _lang(context: Mapping[str, Any]) -> str:
    return getattr(context.get("request"), "lang", None) or context.get("lang") or "ja"


@register.simple_tag(takes_context=True)
def record_head(context: Any, view: RecordView) -> SafeString:
    """Links for machines, citation tags and the JSON-LD of a published version; a draft leaves nothing."""
    if view.is_draft or not view.version:
        return mark_safe('<meta name="robots" content="noindex">')
    package = _package(context, view)
    links = format_html_join(
        "\n",
        '<link rel="{}" href="{}" type="{}">',
        ((link.rel, link.target, link.type) for link in signposting.of_page(package, page=package.urls.record, items=0)
         if link.rel in ("describedby", "linkset")),
    )
    plain = format_html('<link rel="cite-as" href="{}">', document.address(package))
    script = mark_safe(f'<script type="application/ld+json">{formats.embedded_json_ld(package)}</script>')  # noqa: S308
    return mark_safe("\n".join([plain, links, _meta(package, _lang(context)), script]))  # noqa: S308 – each part is escaped


def _meta(package: Package, lang: str) -> str:
    """Citation tags as reference managers and scholarly search engines read them (Highwire and Dublin Core)."""
    data = package.metadata
    people = [name for name in (document.name_in(c, lang, "en", "ja") for c in document.items(data.get("creators"))) if name]
    pairs = [
        ("citation_title", document.one(data.get("title"), lang)),
        *(("citation_author", name.full) for name in people),
        ("citation_publication_date", (package.published_on or "").replace("-", "/")),
        ("citation_publisher", document.one(dict(document.publisher(package)), lang)),
        ("citation_doi", document.first_doi(package)),
        ("citation_abstract_html_url", package.urls.record),
        *(("citation_keywords", document.one(word.get("text"), lang)) for word in document.items(data.get("keywords"))),
        ("DC.title", document.one(data.get("title"), lang)),
        ("DC.identifier", document.address(package)),
        ("DC.type", "Dataset" if package.kind == "dataset" else package.kind),
        ("description", document.one(data.get("description"), lang)[:300]),
    ]
    return format_html_join("\n", '<meta name="{}" content="{}">', ((name, value) for name, value in pairs if value))


@register.simple_tag(takes_context=True)
def citation(context: Any, view: RecordView) -> dict[str, str]:
    """``text``: how to cite in the page's language; ``other``: the same in the other language where it differs."""
    package, lang = _package(context, view), _lang(context)
    text = formats.citation(package, lang)
    other = formats.citation(package, "ja" if lang == "en" else "en")
    return {"text": text, "other": other if other != text else ""}


@register.simple_tag
def export_formats() -> list[dict[str, Any]]:
    """The formats of a record for a list of links: ``name`` and ``label``."""
    return [{"name": codec.name, "label": codec.label} for codec in formats.all_codecs().values()]
