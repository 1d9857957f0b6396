"""The registry of makers, and the files of one record."""

from __future__ import annotations

from collections.abc import Sequence

from izumi.web.demo.files import papers, pictures, spectra, tables
from izumi.web.demo.files.desk import Desk, Maker, Spec

MAKERS: dict[str, Maker] = {**tables.MAKERS, **spectra.MAKERS, **pictures.MAKERS, **papers.MAKERS}


def make_files(specs: Sequence[Spec], desk: Desk) -> dict[str, bytes]:
    """Make the files in order, put them on the desk, and return them by path, the README last."""
    new: dict[str, bytes] = {}
    for spec in specs:
        new[spec["path"]] = desk.made[spec["path"]] = MAKERS[spec["make"]](spec, desk)
    desk.made.pop("README.md", None)
    new["README.md"] = desk.made["README.md"] = papers.readme({"path": "README.md"}, desk)
    return new
