"""How a dataset is cited in a sentence."""

from __future__ import annotations

from izumi.formats import document
from izumi.formats.document import Name, clean, items, one
from izumi.kernel.contracts import Package

MANY = 8
"""With more creators than this, the first three and "et al." are named."""


def citation(package: Package, lang: str) -> str:
    """The citation for people, in Japanese or English: creators (year) title. version. publisher. address."""
    people = [name for name in (document.name_in(c, lang, "en", "ja") for c in items(package.metadata.get("creators"))) if name]
    title = one(package.metadata.get("title"), lang) or package.id
    publisher = one(dict(document.publisher(package)), lang)
    year = document.cited_year(package)
    version = clean(package.metadata.get("version_label")) or (str(package.version) if package.version else "")
    if lang == "ja":
        return _japanese(people, title, publisher, year, version) + document.address(package)
    return _english(people, title, publisher, year or "n.d.", version) + document.address(package)


def _japanese(people: list[Name], title: str, publisher: str, year: str, version: str) -> str:
    shown = [f"{name.family}{name.given}" if name.lang == "ja" and name.family else name.full for name in people]
    names = "、".join(shown) if len(shown) <= MANY else "、".join(shown[:3]) + " ほか"
    edition = f"第 {version} 版" if version.isdecimal() else (f"バージョン {version}" if version else "")
    rest = "、".join(filter(None, (edition, publisher)))
    return f"{names or publisher}（{year or '未公開'}）「{title}」{rest}。"


def _english(people: list[Name], title: str, publisher: str, year: str, version: str) -> str:
    shown = [name.full for name in people]
    names = "; ".join(shown) if len(shown) <= MANY else "; ".join(shown[:3]) + " et al."
    parts = [f"{names or publisher} ({year}). {title.rstrip('.')}."]
    if version:
        parts.append(f"Version {version}.")
    if publisher:
        parts.append(f"{publisher.rstrip('.')}.")
    return " ".join(parts) + " "
