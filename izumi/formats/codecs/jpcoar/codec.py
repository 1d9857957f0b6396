"""JPCOAR 1.0, 2.0 and 2.1: the format of Japanese institutional repositories and of IRDB."""

from __future__ import annotations

from collections.abc import Iterator

from izumi.formats import markup, rules
from izumi.formats.codecs.jpcoar import older, read, write
from izumi.kernel.contracts import Incoming, Loss, Package
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text, both


class Jpcoar:
    """One version of JPCOAR; each reads all three."""

    extension = "jpcoar.xml"

    def __init__(self, version: str) -> None:
        self.version = version
        self.name = f"jpcoar_{version}"
        self.label: Text = both(f"JPCOAR スキーマ {version}", f"JPCOAR Schema {version}")
        self.media_types: tuple[str, ...] = ("application/xml",)

    def write(self, package: Package) -> Iterator[bytes]:
        """The record as a ``jpcoar:jpcoar`` document."""
        yield self._record(package)

    def _record(self, package: Package) -> bytes:
        if self.version == "1.0":
            return older.downgraded(write.record(package, "2.0", brought="1.0"))
        return write.record(package, self.version)

    def losses(self, package: Package) -> tuple[Loss, ...]:
        """Measured: the written record is read again and compared with the document."""
        incoming, _ = read.record(markup.parse(self._record(package)))
        return rules.measured(package.metadata, incoming.metadata)

    def detect(self, head: bytes, filename: str = "") -> bool:
        """Whether the JPCOAR namespace is named near the beginning."""
        return f"github.com/JPCOAR/schema/blob/master/{self.version}/".encode() in head[:8192]

    def read(self, source: bytes) -> tuple[tuple[Incoming, ...], tuple[Loss, ...]]:
        """Every ``jpcoar:jpcoar`` element of the file, alone or inside an OAI-PMH answer."""
        root = markup.parse(source)
        found = [read.record(element) for element in root.iter() if read.version_of(element)]
        if not found:
            raise Invalid(
                Finding(
                    rule="jpcoar-not-found",
                    severity="error",
                    pointer="",
                    message=both("JPCOAR の要素が見つかりません。", "There is no JPCOAR element in this file."),
                    fix=both("名前空間を確かめてください。", "Check the namespace."),
                )
            )
        return tuple(incoming for incoming, _ in found), tuple(loss for _, losses in found for loss in losses)


CODECS = (Jpcoar("2.0"), Jpcoar("2.1"), Jpcoar("1.0"))
