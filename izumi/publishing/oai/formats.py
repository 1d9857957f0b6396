"""The formats that harvesters may ask for, and a record's bytes in each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings

from izumi.formats import queries as formats
from izumi.kernel.contracts import Package, joined
from izumi.publishing.oai.answers import element

_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One metadataPrefix: the codec behind it, and what wraps its bytes."""

    prefix: str
    codec: str
    namespace: str
    schema: str
    wrap: Callable[[bytes], bytes] | None = None

    def write(self, package: Package) -> bytes:
        """The record's metadata as every other face exports them, as an element: without the XML declaration."""
        chunks, _, _ = formats.export(package, self.codec)
        written = _DECLARATION.sub(b"", joined(chunks))
        return self.wrap(written) if self.wrap else written


OAI_DATACITE = "http://schema.datacite.org/oai/oai-1.1/"


def _oai_datacite(payload: bytes) -> bytes:
    """DataCite's own envelope for OAI-PMH. Source: datacite-oai-1.1."""
    head = (
        f'<oai_datacite xmlns="{OAI_DATACITE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{OAI_DATACITE} {OAI_DATACITE}oai.xsd">\n'
        f"<schemaVersion>4.7</schemaVersion>\n{element('datacentreSymbol', settings.IZUMI_SITE_NAME)}<payload>\n"
    )
    return head.encode() + payload + b"</payload>\n</oai_datacite>\n"


_JPCOAR = "https://github.com/JPCOAR/schema/blob/master/"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc"
_KERNEL = "https://schema.datacite.org/meta/kernel-4.7/metadata.xsd"

FORMATS: Mapping[str, Format] = {
    one.prefix: one
    for one in (
        Format(prefix="oai_dc", codec="oai_dc", namespace=f"{_OAI_DC}/", schema=f"{_OAI_DC}.xsd"),
        Format(prefix="jpcoar", codec="jpcoar_2.0", namespace=f"{_JPCOAR}2.0/", schema=f"{_JPCOAR}2.0/jpcoar_scm.xsd"),
        Format(prefix="jpcoar_2.0", codec="jpcoar_2.0", namespace=f"{_JPCOAR}2.0/", schema=f"{_JPCOAR}2.0/jpcoar_scm.xsd"),
        Format(prefix="jpcoar_2.1", codec="jpcoar_2.1", namespace=f"{_JPCOAR}2.1/", schema=f"{_JPCOAR}2.1/jpcoar_scm.xsd"),
        Format(prefix="datacite", codec="datacite-xml", namespace="http://datacite.org/schema/kernel-4", schema=_KERNEL),
        Format(
            prefix="oai_datacite", codec="datacite-xml", namespace=OAI_DATACITE, schema=f"{OAI_DATACITE}oai.xsd",
            wrap=_oai_datacite,
        ),
    )
}  # fmt: skip
"""Every format, by prefix; each record can be had in all of them."""
