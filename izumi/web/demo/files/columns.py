"""The little language of table columns: `[heading, kind, arguments…]` makes one list of cells.

Numbers carry the decimals that the last argument asks for, so that a cell reads as an instrument would write it.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from izumi.kernel.days import Day


@dataclass(frozen=True)
class Table:
    """The table a column grows in."""

    rows: int
    dice: random.Random
    today: Day
    done: Mapping[str, Sequence[str]]
    """Columns made so far, by heading."""

    def numbers(self, heading: str) -> list[float]:
        """An earlier column, read as numbers."""
        return [float(cell) for cell in self.done[heading]]


def decimal(value: float, places: int) -> str:
    """A number with fixed decimals; very small or large ones in scientific notation."""
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.3e}"
    return f"{value:.{places}f}"


def _serial(t: Table, start: float, step: float, places: int) -> list[str]:
    return [decimal(start + i * step, places) for i in range(t.rows)]


def _name(t: Table, pattern: str) -> list[str]:
    return [pattern % (i + 1) for i in range(t.rows)]


def _cycle(t: Table, values: Sequence[object]) -> list[str]:
    return [str(values[i % len(values)]) for i in range(t.rows)]


def _each(t: Table, values: Sequence[object], times: int) -> list[str]:
    return [str(values[i // times % len(values)]) for i in range(t.rows)]


def _pick(t: Table, values: Sequence[object]) -> list[str]:
    return [str(t.dice.choice(values)) for _ in range(t.rows)]


def _normal(t: Table, mean: float, spread: float, places: int) -> list[str]:
    return [decimal(t.dice.gauss(mean, spread), places) for _ in range(t.rows)]


def _uniform(t: Table, low: float, high: float, places: int) -> list[str]:
    return [decimal(t.dice.uniform(low, high), places) for _ in range(t.rows)]


def _count(t: Table, mean: float) -> list[str]:
    return [str(max(0, round(t.dice.gauss(mean, math.sqrt(mean))))) for _ in range(t.rows)]


def _walk(t: Table, start: float, spread: float, places: int) -> list[str]:
    cells, value = [], start
    for _ in range(t.rows):
        cells.append(decimal(value, places))
        value += t.dice.gauss(0, spread) + 0.02 * (start - value)
    return cells


def _season(t: Table, mean: float, swing: float, period: float, spread: float, places: int) -> list[str]:
    return [
        decimal(mean - swing * math.cos(2 * math.pi * i / period) + t.dice.gauss(0, spread), places)
        for i in range(t.rows)
    ]


def _wave(t: Table, swing: float, hertz: float, spread: float, places: int) -> list[str]:
    return [
        decimal(swing * math.sin(2 * math.pi * hertz * i * 0.02) + t.dice.gauss(0, spread), places)
        for i in range(t.rows)
    ]


def _linear(t: Table, start: float, stop: float, places: int, spread: float) -> list[str]:
    width = max(1, t.rows - 1)
    return [decimal(start + (stop - start) * i / width + t.dice.gauss(0, spread), places) for i in range(t.rows)]


def _power(t: Table, heading: str, law: tuple[float, float], places: int, spread: float, top: float) -> list[str]:
    factor, exponent = law
    grown = [factor * x**exponent * math.exp(t.dice.gauss(0, spread)) for x in t.numbers(heading)]
    return [decimal(min(value, top), places) for value in grown]


def _saturate(t: Table, heading: str, top: float, rate: float, spread: float) -> list[str]:
    return [decimal(top * (1 - math.exp(-rate * x)) + t.dice.gauss(0, spread), 2) for x in t.numbers(heading)]


def _root(t: Table, heading: str, factor: float, spread: float) -> list[str]:
    return [decimal(factor * math.sqrt(x) + t.dice.gauss(0, spread), 3) for x in t.numbers(heading)]


def _above(t: Table, heading: str, limit: float) -> list[str]:
    return ["yes" if x > limit else "no" for x in t.numbers(heading)]


def _rain(t: Table, wet_share: float, mean: float) -> list[str]:
    return [f"{t.dice.expovariate(1 / mean):.1f}" if t.dice.random() < wet_share else "0.0" for _ in range(t.rows)]


def _day(t: Table, start: int, step: int, each: int = 1) -> list[str]:
    return [(t.today + dt.timedelta(days=start + i // each * step)).isoformat() for i in range(t.rows)]


def _clock(t: Table, hour: int, seconds: int) -> list[str]:
    moments = [hour * 3600 + i * seconds for i in range(t.rows)]
    return [f"{m // 3600 % 24:02d}:{m // 60 % 60:02d}:{m % 60:02d}" for m in moments]


KINDS: dict[str, Callable[..., list[str]]] = {
    "above": _above,
    "clock": _clock,
    "count": _count,
    "cycle": _cycle,
    "day": _day,
    "each": _each,
    "linear": _linear,
    "name": _name,
    "normal": _normal,
    "pick": _pick,
    "power": _power,
    "rain": _rain,
    "root": _root,
    "saturate": _saturate,
    "season": _season,
    "serial": _serial,
    "uniform": _uniform,
    "walk": _walk,
    "wave": _wave,
}


def grow(columns: Sequence[Sequence[Any]], rows: int, dice: random.Random, today: Day) -> dict[str, list[str]]:
    """Make every column in turn; later ones may read earlier ones."""
    done: dict[str, list[str]] = {}
    for heading, kind, *arguments in columns:
        done[heading] = KINDS[kind](Table(rows, dice, today, done), *arguments)
    return done
