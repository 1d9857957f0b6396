"""DataCite, kernel 4.7, as JSON and as XML."""

from __future__ import annotations

import json
from collections.abc import Iterator

from izumi.formats import rules
from izumi.formats.codecs.datacite import as_xml, read, write
from izumi.kernel.contracts import Incoming, Loss, Package
from izumi.kernel.text import Text, both


def _losses(package: Package) -> tuple[Loss, ...]:
    incoming, _ = read.record(write.record(package))
    return rules.measured(package.metadata, incoming.metadata)


class DataciteJson:
    """The format ``datacite-json``."""

    name = "datacite-json"
    extension = "datacite.json"
    media_types = ("application/vnd.datacite.datacite+json",)
    label: Text = both("DataCite JSON", "DataCite JSON")

    def write(self, package: Package) -> Iterator[bytes]:
        """The attributes of a DataCite record."""
        yield json.dumps(write.record(package), ensure_ascii=False, indent=2).encode() + b"\n"

    def losses(self, package: Package) -> tuple[Loss, ...]:
        """Measured: what is written is read again and compared with the document."""
        return _losses(package)

    def detect(self, head: bytes, filename: str = "") -> bool:
        """Whether this looks like DataCite JSON."""
        return head.lstrip()[:1] in (b"{", b"[") and any(
            mark in head for mark in (b'"publicationYear"', b'"resourceTypeGeneral"', b'"dois"', b"datacite.org/schema")
        )

    def read(self, source: bytes) -> tuple[tuple[Incoming, ...], tuple[Loss, ...]]:
        """Attributes alone, in a REST answer, or a list of them."""
        found = [read.record(entry) for entry in read.attributes(source)]
        return tuple(incoming for incoming, _ in found), tuple(loss for _, losses in found for loss in losses)


class DataciteXml:
    """The format ``datacite-xml``."""

    name = "datacite-xml"
    extension = "datacite.xml"
    media_types = ("application/vnd.datacite.datacite+xml",)
    label: Text = both("DataCite XML 4.7", "DataCite XML 4.7")

    def write(self, package: Package) -> Iterator[bytes]:
        """The same content as `DataciteJson`, as kernel-4 XML."""
        yield as_xml.record(write.record(package))

    def losses(self, package: Package) -> tuple[Loss, ...]:
        """The same as of the JSON."""
        return _losses(package)


CODECS = (DataciteJson(), DataciteXml())
