"""What a list says: one row about a project, with the place of each word so that findings can name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from izumi.kernel.days import Day
from izumi.kernel.findings import Finding
from izumi.kernel.text import Text, both

FORMATS: Mapping[str, Text] = {
    "erad": both("e-Rad の課題一覧", "List of projects from e-Rad"),
    "kaken": both("KAKEN の検索結果（CSV）", "Search results of KAKEN (CSV)"),
    "csv": both("Izumi の列名の CSV", "CSV with the columns of Izumi"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A word of the list and the column in which it stands."""

    column: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One row of a list; what it does not say is empty."""

    row: int
    """As a spreadsheet counts: the first line is 1."""
    id: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    """(scheme, value as issued)."""
    title: Mapping[str, str] = field(default_factory=dict)
    organisation: Cell | None = None
    leading: bool | None = None
    """Whether the row is about the leading organisation; ``None``: the list does not say."""
    partners: tuple[Cell, ...] = ()
    funder: tuple[Cell, ...] = ()
    programme_codes: tuple[Cell, ...] = ()
    programme_names: tuple[Cell, ...] = ()
    """In the order in which they are tried, the closest first."""
    call: Cell | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    field: str = ""
    contract: str = ""
    countries: tuple[str, ...] = ()
    year: int | None = None
    leader: Cell | None = None
    """e-Rad researcher number of who leads it."""
    leader_name: str = ""
    leads: bool | None = None
    """Whether the researcher of this row is the leader; ``None``: the list does not say."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A list as it was read."""

    format: str
    encoding: str
    used: tuple[str, ...]
    """Columns that were understood, as they stand in the list."""
    unused: tuple[str, ...]
    """Columns of which nothing was taken."""
    rows: tuple[Listed, ...]
