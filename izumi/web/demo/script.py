"""Reads the demo's content: the invented world, and the stories of its records."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"
Told = Mapping[str, Any]


@dataclass(frozen=True)
class World:
    """Organisations, people, projects and so on, by the key under which the content names them."""

    told: Told
    """``site.toml`` as it stands."""

    def all(self, table: str) -> dict[str, Told]:
        """The entries of a table by key."""
        return {entry["key"]: entry for entry in self.told.get(table, ())}

    def accounts(self) -> dict[str, str]:
        """The key of each account's person, by user name."""
        return {entry["username"]: entry["person"] for entry in self.told["account"]}

    def one(self, table: str, key: str) -> Told:
        """One entry."""
        return self.all(table)[key]


@dataclass(frozen=True)
class Story:
    """One record: what it says, and on which days (relative to today) somebody did what."""

    told: Told
    """The record's own lines over the defaults of its file."""
    number: int
    """Data number: its place among the records of the same project."""

    @property
    def key(self) -> str:
        """Name of the record in the content."""
        return str(self.told["key"])

    @property
    def project(self) -> str:
        """Key of the project, or nothing."""
        return str(self.told.get("project", ""))

    @property
    def organisation(self) -> str:
        """Key of the organisation that owns the record."""
        return str(self.told["organisation"])

    @property
    def by(self) -> str:
        """User name of whoever writes it."""
        return str(self.told.get("by", "researcher"))

    def day(self, name: str) -> int | None:
        """A day of its life, e.g. ``published``, as an offset from today."""
        value = self.told.get(name)
        return None if value is None else int(value)

    @property
    def is_published(self) -> bool:
        """Whether it is out by today."""
        return "published" in self.told


def read_world() -> World:
    """The invented world."""
    return World(tomllib.loads((FOLDER / "site.toml").read_text("utf-8")))


def read_plans() -> Told:
    """Calls, rounds and plans."""
    return tomllib.loads((FOLDER / "plans.toml").read_text("utf-8"))


def read_stories() -> list[Story]:
    """All records, in the order of the files and of the lines in them."""
    stories: list[Story] = []
    numbers: dict[str, int] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        told = tomllib.loads(file.read_text("utf-8"))
        defaults = {name: value for name, value in told.items() if name != "record"}
        for record in told.get("record", ()):
            whole = {**defaults, **record}
            shelf = str(whole.get("project") or whole.get("organisation"))
            numbers[shelf] = numbers.get(shelf, 0) + 1
            stories.append(Story(whole, numbers[shelf]))
    return stories
