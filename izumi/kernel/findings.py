"""Findings: what a rule has to say about a document, in one shape for form, API, CLI, import and harvest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from izumi.kernel.text import Text


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """Blocks the step it is for."""
    WARNING = "warning"
    """Worth a look; blocks nothing."""
    TASK = "task"
    """Something to be done later by somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault, warning or task."""

    rule: str
    """Stable kebab-case id of the rule."""
    severity: Severity | str
    pointer: str = ""
    """JSON Pointer into the document (RFC 6901)."""
    message: Text
    source: str | None = None
    """Id in docs/sources.md of the agreement, clause or standard that the rule comes from."""
    fix: Text | None = None

    @property
    def blocks(self) -> bool:
        """Whether the step that was asked for is refused because of this finding."""
        return str(self.severity) == Severity.ERROR

    def as_json(self) -> dict[str, Any]:
        """The public shape of interface.md."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "pointer": self.pointer,
            "message": self.message.as_json(),
            "source": self.source,
            "fix": self.fix.as_json() if self.fix else None,
        }
