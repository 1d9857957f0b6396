"""Golden files: the sample packages in every format, written anew by ``make golden`` and reviewed as a diff.

    python -m izumi.formats.golden
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from izumi.formats import queries
from izumi.kernel.contracts import Codec, Document, Package, PackageFile, Urls
from izumi.kernel.text import Text

HERE = Path(__file__).resolve().parent
SAMPLES = HERE / "tests" / "samples"
SITE = "https://izumi.example.org"


def package_of(sample: Document, site: str = SITE) -> Package:
    """A package from a sample: the facts of a version with its document and files."""
    key, number = sample["id"], sample["version"]
    urls = Urls(
        record=f"{site}/records/{key}",
        version=f"{site}/records/{key}/v/{number}",
        resolver=f"{site}/id/{key}",
        api=f"{site}/api/v1/records/{key}",
        files=f"{site}/records/{key}/v/{number}/files/",
    )
    entries = sample.get("files", [])
    return Package(
        id=key,
        kind=sample["kind"],
        state=sample["state"],
        version=number,
        urls=urls,
        metadata=sample["metadata"],
        access=sample["metadata"].get("access", {}),
        publisher=Text(sample["publisher"]),
        organisation=sample["organisation"],
        published_on=sample["published_on"],
        updated_on=sample["updated_on"],
        unmapped=tuple(sample["unmapped"]),
        links=tuple(sample["links"]),
        versions=tuple(sample["versions"]),
        identifiers=tuple(sample["identifiers"]),
        profiles=sample["profiles"],
        files_summary={"count": len(entries), "bytes": sum(entry["size_bytes"] for entry in entries)},
        files=partial(_files, entries, urls),
    )


def _files(entries: list[Document], urls: Urls) -> Iterator[PackageFile]:
    return (PackageFile(**entry, url=urls.file(entry["path"])) for entry in entries)


def samples() -> dict[str, Package]:
    """The sample packages by name."""
    return {path.stem: package_of(json.loads(path.read_text("utf-8"))) for path in sorted(SAMPLES.glob("*.json"))}


def place_of(codec: Codec, sample: str) -> Path:
    """Where the golden file of a sample in a format lies: beside its codec."""
    folder = Path(sys.modules[type(codec).__module__].__file__ or "").parent
    return folder / "tests" / "golden" / f"{sample}.{codec.name}.{codec.extension}"


def write_all() -> int:
    """Write every golden file; answers how many changed."""
    changed = 0
    for sample, package in samples().items():
        for codec in queries.all_codecs().values():
            path, found = place_of(codec, sample), b"".join(codec.write(package))
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != found:
                path.write_bytes(found)
                changed += 1
    return changed


if __name__ == "__main__":
    sys.stdout.write(f"{write_all()} golden files changed\n")
