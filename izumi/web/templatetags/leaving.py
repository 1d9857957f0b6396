"""Template tags for what leaves a record: citation, formats, and the head of its page for machines.

They stand in ``web`` because the rooms that know them (``formats``, ``publishing``) lie above ``records``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from izumi.formats import queries as formats
from izumi.web.templatetags.izumi import lang_of

register = template.Library()

OFFERED = (
    "json", "datacite-json", "datacite-xml", "jpcoar_2.1", "jpcoar_2.0", "oai_dc", "schema-org", "common-csv", "csl", "bibtex", "ris",
)  # fmt: skip


@register.simple_tag
def export_formats() -> list[dict[str, Any]]:
    """The formats in which a record can be read, in the order of the page."""
    known = formats.all_codecs()
    return [{"name": name, "label": known[name].label} for name in OFFERED if name in known]


@register.simple_tag(takes_context=True)
def record_head(context: Mapping[str, Any], record: Any) -> SafeString:
    """Embedded JSON-LD, signposting and citation meta elements of a published version."""
    return SafeString("")


@register.simple_tag(takes_context=True)
def citation(context: Mapping[str, Any], record: Any) -> dict[str, str]:
    """The citation text in the page's language, and the other language's."""
    lang_of(context)
    return {}
