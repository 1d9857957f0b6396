"""For reference managers: CSL JSON, BibTeX and RIS. They hold one language each, the record's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from izumi.formats import document, rules
from izumi.formats.document import clean, items, one, texts
from izumi.kernel.contracts import Document, Loss, Package
from izumi.kernel.text import Text, both

CARRIED = ("title", "creators", "description", "keywords", "publisher", "hosting_organisation", "identifiers", "posted_on",
           "updated_on", "version_label", "languages", "type", "access")


def facts(package: Package) -> Document:
    """What a citation needs, in the leading language of the record."""
    data, lang = package.metadata, document.lead_language(package)
    people = [(document.name_in(c, lang, "en", "ja"), document.is_organisation(c)) for c in items(data.get("creators"))]
    return {
        "lang": lang,
        "title": one(data.get("title"), lang) or package.id,
        "people": [(name, organisation) for name, organisation in people if name],
        "year": document.cited_year(package),
        "day": clean(package.published_on)[:10] or document.issued_on(package),
        "publisher": one(dict(document.publisher(package)), lang),
        "doi": document.first_doi(package),
        "url": document.address(package),
        "version": clean(data.get("version_label")) or (str(package.version) if package.version else ""),
        "abstract": one(data.get("description"), lang),
        "keywords": [one(keyword.get("text"), lang) for keyword in items(data.get("keywords")) if texts(keyword.get("text"))],
    }


class _Citation:
    def losses(self, package: Package) -> tuple[Loss, ...]:
        """Everything that is not needed to cite, and the other languages."""
        said = facts(package)["lang"]
        other = [
            rules.lost(f"/{key}/{lang}", text)
            for key in ("title", "description") for lang, text in texts(package.metadata.get(key)) if lang != said
        ]
        return (*rules.absent(package.metadata, CARRIED), *other)


class Csl(_Citation):
    """The format ``csl``."""

    name = "csl"
    extension = "csl.json"
    media_types = ("application/vnd.citationstyles.csl+json",)
    label: Text = both("CSL JSON（引用）", "CSL JSON (citation)")

    def write(self, package: Package) -> Iterator[bytes]:
        """One CSL item."""
        found = facts(package)
        entry = {
            "id": package.id,
            "type": "software" if package.kind == "software" else "dataset",
            "title": found["title"],
            "author": [
                {"literal": name.full} if organisation or not name.family else
                {key: text for key, text in (("family", name.family), ("given", name.given)) if text}
                for name, organisation in found["people"]
            ],
            "issued": {"date-parts": [[int(piece) for piece in found["day"].split("-")]]}
            if re.fullmatch(r"\d{4}(-\d{2}){0,2}", found["day"]) else {},
            "publisher": found["publisher"],
            "DOI": found["doi"],
            "URL": found["url"],
            "version": found["version"],
            "abstract": found["abstract"],
            "keyword": ", ".join(found["keywords"]),
            "language": found["lang"],
        }
        yield json.dumps({key: value for key, value in entry.items() if value}, ensure_ascii=False, indent=2).encode() + b"\n"


_SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "_": r"\_",
            "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def tex(text: str) -> str:
    """The text with the marks of TeX made harmless, on one line."""
    return "".join(_SPECIAL.get(c, c) for c in re.sub(r"\s+", " ", text))


class Bibtex(_Citation):
    """The format ``bibtex``."""

    name = "bibtex"
    extension = "bib"
    media_types = ("application/x-bibtex", "text/x-bibtex")
    label: Text = both("BibTeX", "BibTeX")

    def write(self, package: Package) -> Iterator[bytes]:
        """One ``@misc`` entry in UTF-8 (understood by BibTeX and by biber)."""
        found = facts(package)
        people = " and ".join(
            f"{{{tex(name.full)}}}" if organisation or not name.family else tex(name.full) for name, organisation in found["people"]
        )
        fields = {
            "author": people,
            "title": f"{{{tex(found['title'])}}}",
            "year": found["year"],
            "publisher": f"{{{tex(found['publisher'])}}}" if found["publisher"] else "",
            "version": tex(found["version"]),
            "doi": found["doi"],
            "url": found["url"],
            "note": "Data set",
        }
        lines = [f"  {key} = {{{value}}}" for key, value in fields.items() if value]
        yield ("@misc{" + f"izumi-{package.id},\n" + ",\n".join(lines) + "\n}\n").encode()


class Ris(_Citation):
    """The format ``ris``."""

    name = "ris"
    extension = "ris"
    media_types = ("application/x-research-info-systems",)
    label: Text = both("RIS", "RIS")

    def write(self, package: Package) -> Iterator[bytes]:
        """One ``DATA`` entry."""
        found = facts(package)
        pairs = [("TY", "COMP" if package.kind == "software" else "DATA"), ("TI", found["title"])]
        pairs += [("AU", name.full) for name, _ in found["people"]]
        pairs += [("PY", found["year"]), ("DA", found["day"].replace("-", "/")), ("PB", found["publisher"]), ("ET", found["version"]),
                  ("DO", found["doi"]), ("UR", found["url"]), ("AB", found["abstract"])]
        pairs += [("KW", word) for word in found["keywords"]]
        pairs += [("LA", found["lang"]), ("ER", "")]
        text = "".join(f"{tag}  - {re.sub(chr(10), ' ', value)}\r\n" for tag, value in pairs if value or tag == "ER")
        yield text.encode()


CODECS = (Csl(), Bibtex(), Ris())
