"""Spectra: two columns, and the texts that instruments write (VAMAS, JCAMP-DX)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from izumi.web.demo.files.desk import Desk, Maker, Spec
from izumi.web.demo.files.tables import write_csv


def points(spec: Spec, desk: Desk) -> list[tuple[float, int]]:
    """(x, counts): pseudo-Voigt peaks `[position, height, width]` on a falling background, with counting noise."""
    dice = desk.dice(spec)
    start, stop, step = spec["start"], spec["stop"], spec["step"]
    made = []
    for i in range(round((stop - start) / step) + 1):
        x = start + i * step
        fall = 1 - 0.4 * (x - start) / (stop - start)
        height = spec["background"] * fall + sum(_peak(x, peak) for peak in spec["peaks"])
        made.append((x, max(0, round(dice.gauss(height, math.sqrt(height))))))
    return made


def _peak(x: float, peak: Sequence[float]) -> float:
    position, height, width = peak
    off = ((x - position) / width) ** 2
    return height * (0.5 * math.exp(-0.693 * off) + 0.5 / (1 + off)) if off < 900 else 0.0


def spectrum(spec: Spec, desk: Desk) -> bytes:
    """Two columns: CSV with headings where the spec gives them, else bare numbers as `.xy` files have."""
    made = points(spec, desk)
    if "header" in spec:
        return write_csv(spec["header"], ([f"{x:.3f}", str(y)] for x, y in made), spec)
    return "".join(f"{x:.4f} {y}\n" for x, y in made).encode()


def vamas(spec: Spec, desk: Desk) -> bytes:
    """One block in the ISO 14976 (VAMAS) layout: the header lines, then the counts."""
    made = points(spec, desk)
    head = [
        "VAMAS Surface Chemical Analysis Standard Data Transfer Format 1988 May 4",
        "Izumino University (invented)",
        "invented spectrometer",
        "demo",
        desk.key,
        "1",
        desk.title["en"][:70],
        *("NORM", "REGULAR", "0", "1", "Scan", "s", "0", "0", "0", "0", "1"),
    ]
    day = desk.today
    block = ["survey", "plate 1", str(day.year), str(day.month), str(day.day), "10", "0", "0", "9", "0"]
    block += ["XPS", "", "Al", "1486.6", "225", "0", "0", "54.7", "0", "FAT", "50", "1e37", "4.5", "0", "0", "0"]
    block += ["0", "0", "Al", "survey", "-1", "binding energy", "eV", f"{spec['start']}", f"{spec['step']}"]
    block += ["1", "intensity", "counts", "pulse counting", "0.1", "1", "0", "0", "0", "0", "0", str(len(made))]
    counts = [y for _, y in made]
    block += [str(min(counts)), str(max(counts)), *map(str, counts)]
    return ("\r\n".join([*head, *block, "end of experiment"]) + "\r\n").encode()


def jcamp(spec: Spec, desk: Desk) -> bytes:
    """JCAMP-DX 4.24 with one (XY..XY) block."""
    made = points(spec, desk)
    head = [
        f"##TITLE={desk.title['en'][:80]}",
        "##JCAMP-DX=4.24",
        "##DATA TYPE=RAMAN SPECTRUM",
        "##ORIGIN=Izumino University (invented)",
        "##OWNER=public sample",
        "##XUNITS=1/CM",
        "##YUNITS=ARBITRARY UNITS",
        f"##FIRSTX={made[0][0]:g}",
        f"##LASTX={made[-1][0]:g}",
        f"##NPOINTS={len(made)}",
        "##XYPOINTS=(XY..XY)",
    ]
    return ("\n".join([*head, *(f"{x:g}, {y}" for x, y in made), "##END="]) + "\n").encode()


MAKERS: dict[str, Maker] = {"jcamp": jcamp, "spectrum": spectrum, "vamas": vamas}
