"""Why the watch looks at a project: which events, when."""

from __future__ import annotations

from dataclasses import dataclass, field

from izumi.kernel.days import Instant


@dataclass(slots=True, kw_only=True)
class Cause:
    """Why a project is looked at: what happened to it and to its records, and when."""

    first: Instant
    """The earliest of the events: a promise counts from there, whenever the worker comes to it."""
    last: dict[str, tuple[Instant, str]] = field(default_factory=dict)
    """By record, and under an empty name for the project: the last event's moment and verb."""
    reports: dict[str, bool] = field(default_factory=dict)
    """By round: whether its report is handed in."""

    def noticed(self) -> dict[str, Instant]:
        """When each record changed last; what happened to the project afterwards counts for its records too."""
        whole = self.last.get("")
        return {key: max(at, whole[0]) if whole else at for key, (at, _) in self.last.items()}

    def verb_for(self, record: str) -> str:
        """What made or settled a deviation: the event of its record, else of the project; ``day`` is the clock."""
        return (self.last.get(record) or self.last.get("") or (None, "day"))[1]
