"""What a maker of a file has on its desk: a seed, a day, what the record says, and the files made before."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel.days import Day

Spec = Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """The surroundings of one record's files."""

    key: str
    """Name of the record in the content; part of every seed."""
    today: Day
    """The domain day that all offsets in the content count from."""
    title: Mapping[str, str]
    """Title of the record, ja and en."""
    description: Mapping[str, str]
    """Description of the record, ja and en."""
    made: dict[str, bytes] = field(default_factory=dict)
    """Files of this record made so far, by path."""

    def dice(self, spec: Spec) -> random.Random:
        """Random numbers that are the same for the same record, path and seed on every machine."""
        return random.Random(f"{self.key}/{spec['path']}/{spec.get('seed', 1)}")  # noqa: S311 - not for secrets


Maker = Callable[[Spec, Desk], bytes]
"""Makes the bytes of one file from its line in the content."""
