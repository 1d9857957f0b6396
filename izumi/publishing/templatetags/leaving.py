"""Template tags for what leaves with a page: machine-readable head, citation, list of formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

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
    # The typed links travel in the Link field; here stand only relations that every checker of HTML knows.
    links = format_html_join(
        "\n",
        '<link rel="alternate" href="{}" type="{}">',
        ((url, media_type) for url, media_type, profile in signposting.descriptions(package) if not profile),
    )
    script = mark_safe(f'<script type="application/ld+json">{formats.embedded_json_ld(package)}</script>')  # noqa: S308
    return mark_safe("\n".join([links, _meta(package, _lang(context)), script]))  # noqa: S308 – each part is escaped


def _meta(package: Package, lang: str) -> str:
    return format_html_join("\n", '<meta name="{}" content="{}">', formats.citation_tags(package, lang))


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
