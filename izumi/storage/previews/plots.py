"""A line – or dots, where x jumps about – of the first numeric columns of a table, as an SVG of at most 30 kB with a title for those who cannot see it."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from math import floor, isfinite, log10

from izumi.storage.previews.tables import Table, number

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 320, 76, 46, 14, 16
POINTS = 700
TURNS = 4
_WANTED = ("intensity", "counts", "moment", "transmittance", "absorbance", "強度", "吸光度", "透過率", "磁化")


def line_plot(table: Table, name: str) -> str:
    """The SVG, or an empty text when the table has no two columns that could be drawn."""
    chosen = _axes(table)
    if chosen is None:
        return ""
    x_at, y_at = chosen
    points = []
    for row in table.rows:
        x, y = number(row[x_at]), number(row[y_at])
        if x is not None and y is not None and isfinite(x) and isfinite(y):
            points.append((x, y))
    if len(points) < 5 or min(points)[0] == max(points)[0]:
        return ""
    labels = tuple(table.head[n] if table.head else f"#{n + 1}" for n in chosen)
    return _svg(_thinned(points), labels, name, len(points))


def _axes(table: Table) -> tuple[int, int] | None:
    sample = table.rows[:300]
    width = len(sample[0]) if sample else 0
    numeric = []
    for column in range(min(width, 60)):
        values = [number(row[column]) for row in sample]
        known = [value for value in values if value is not None]
        if len(known) >= 0.9 * len(sample) and len(set(known)) > 2:
            numeric.append(column)
    if len(numeric) < 2:
        return None
    names = [head.casefold() for head in table.head] if table.head else [""] * width
    y = next((c for c in numeric[1:] if any(word in names[c] for word in _WANTED)), numeric[1])
    before = [c for c in numeric if c < y] or numeric
    fields = [c for c in before if "field" in names[c] or "磁場" in names[c]]
    return (fields or before)[-1 if not fields and "moment" in names[y] else 0], y


def joined(points: list[tuple[float, float]]) -> bool:
    """Whether a line through the points says something: x runs on, or turns a few times as in a loop; else they are dots."""
    steps = [b[0] - a[0] for a, b in pairwise(points) if b[0] != a[0]]
    turns = sum((a > 0) != (b > 0) for a, b in pairwise(steps))
    return turns <= TURNS and len(steps) >= 0.5 * (len(points) - 1)


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most about 700 points: of each stretch the lowest and the highest, so that no peak is lost."""
    if len(points) <= POINTS:
        return points
    step = -(-len(points) // (POINTS // 2))
    kept: list[tuple[float, float]] = []
    for start in range(0, len(points), step):
        stretch = list(enumerate(points[start : start + step]))
        ends = {min(stretch, key=lambda p: p[1][1])[0], max(stretch, key=lambda p: p[1][1])[0]}
        kept += [stretch[n][1] for n in sorted(ends)]
    return kept


def _ticks(low: float, high: float) -> list[float]:
    span = high - low or abs(high) or 1.0
    unit = 10 ** floor(log10(span))
    step = next(unit * f for f in (0.1, 0.2, 0.5, 1, 2) if span / (unit * f) <= 6)
    first = -(-low // step) * step
    return [first + n * step for n in range(8) if first + n * step <= high + step * 1e-9]


def _told(value: float) -> str:
    return f"{value:.6g}"


_LINE = 'fill="none" stroke="#1769aa" stroke-width="1.5" stroke-linejoin="round"'
_DOTS = 'fill="none" stroke="#1769aa" stroke-width="5" stroke-linecap="round"'


def _svg(points: list[tuple[float, float]], labels: tuple[str, ...], name: str, count: int) -> str:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    if y0 == y1:
        y0, y1 = y0 - 1, y1 + 1
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        return LEFT + (x - x0) / (x1 - x0) * (right - LEFT), bottom - (y - y0) / (y1 - y0) * (bottom - TOP)

    places = [place(x, y) for x, y in points]
    if joined(points):
        drawn = f'<path d="M{"L".join(f"{px:.1f} {py:.1f}" for px, py in places)}" {_LINE}/>'
    else:
        drawn = f'<path d="{"".join(f"M{px:.1f} {py:.1f}h0" for px, py in places)}" {_DOTS}/>'
    grid = []
    for value in _ticks(x0, x1):
        at = place(value, y0)[0]
        grid.append(f'<path d="M{at:.1f} {TOP}V{bottom}" stroke="#888" stroke-opacity=".25"/>'
                    f'<text x="{at:.1f}" y="{bottom + 16}" text-anchor="middle">{_told(value)}</text>')  # fmt: skip
    for value in _ticks(y0, y1):
        at = place(x0, value)[1]
        grid.append(f'<path d="M{LEFT} {at:.1f}H{right}" stroke="#888" stroke-opacity=".25"/>'
                    f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{_told(value)}</text>')  # fmt: skip
    x_name, y_name = (escape(label[:60]) for label in labels)
    title = escape(f"{name}: {labels[1][:60]} / {labels[0][:60]}")
    told = escape(
        f"{count} points; {labels[0][:60]} {_told(x0)} – {_told(x1)}; {labels[1][:60]} {_told(min(ys))} – {_told(max(ys))}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d" '
        f'font-family="system-ui,sans-serif" font-size="12" fill="#777"><title id="t">{title}</title><desc id="d">{told}</desc>'
        f'{"".join(grid)}<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#777"/>'
        f"{drawn}"
        f'<text x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">{x_name}</text>'
        f'<text transform="translate(14 {(TOP + bottom) / 2:.0f}) rotate(-90)" text-anchor="middle">{y_name}</text></svg>'
    )
