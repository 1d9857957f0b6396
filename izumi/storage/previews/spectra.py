"""Spectra in the text formats of instruments: VAMAS (surface analysis) and XRDML (diffraction); the first scan of a file."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from izumi.storage.previews.tables import Table, number

MOST = 200_000


def parse_spectrum(text: str, ending: str) -> Table | None:
    """The first spectrum of a VAMAS or XRDML text as a table of two or more columns; ``None`` when it is neither."""
    try:
        if text.startswith("VAMAS Surface Chemical Analysis Standard Data Transfer Format"):
            return _vamas(iter(text.splitlines()))
        if ending == "xrdml":
            return _xrdml(text.encode())
    except (StopIteration, ValueError, IndexError, etree.LxmlError):
        return None
    return None


def _skip(lines: Iterator[str], count: int) -> None:
    for _ in range(count):
        next(lines)


def _count(lines: Iterator[str]) -> int:
    found = int(next(lines).strip())
    if abs(found) > MOST:
        raise ValueError(found)
    return found


def _vamas(lines: Iterator[str]) -> Table | None:
    """The first block of a NORM/REGULAR experiment.

    Source: ISO 14976:1998, the VAMAS transfer format (Dench, Hazell, Seah 1988).
    """
    _skip(lines, 5)
    _skip(lines, _count(lines))
    if next(lines).strip() != "NORM" or next(lines).strip() != "REGULAR":
        return None
    _skip(lines, 1)
    variables = _count(lines)
    _skip(lines, 2 * variables)
    _skip(lines, abs(_count(lines)))
    _skip(lines, _count(lines))
    upgrades, block_upgrades = _count(lines), _count(lines)
    _skip(lines, upgrades)
    if _count(lines) < 1:
        return None
    _skip(lines, 9)  # block, sample, six parts of the time, the time zone
    _skip(lines, _count(lines))
    _skip(lines, 1 + variables + 7 + 9 + 3)  # technique; source and beam; analyser and its axes; species and charge
    return _vamas_data(lines, block_upgrades)


def _vamas_data(lines: Iterator[str], block_upgrades: int) -> Table | None:
    label, unit = next(lines).strip(), next(lines).strip()
    start, step = float(next(lines)), float(next(lines))
    columns = [(next(lines).strip(), next(lines).strip()) for _ in range(_count(lines))]
    _skip(lines, 4 + 3)
    _skip(lines, 3 * _count(lines))
    _skip(lines, block_upgrades)
    values = _count(lines)
    _skip(lines, 2 * len(columns))
    rows = []
    for n in range(values // len(columns)):
        rows.append([f"{start + n * step:.8g}", *(next(lines).strip() for _ in columns)])
    head = (f"{label} ({unit})", *(name if kind in ("", "d") else f"{name} ({kind})" for name, kind in columns))
    return Table(head=head, rows=rows, delimiter="VAMAS") if all(number(cell) is not None for cell in rows[0]) else None


def _xrdml(body: bytes) -> Table | None:
    """The first scan: 2θ between its ends, and intensities. Entities and the network are off."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    points = etree.fromstring(body, parser).find(".//{*}dataPoints")
    if points is None:
        return None
    found = points.find("{*}intensities")
    found = points.find("{*}counts") if found is None else found
    axis = next((p for p in points.findall("{*}positions") if p.get("axis") == "2Theta"), None)
    if found is None or axis is None or not found.text:
        return None
    values = found.text.split()[:MOST]
    first, last = (float(axis.findtext(name) or "") for name in ("{*}startPosition", "{*}endPosition"))
    step = (last - first) / max(len(values) - 1, 1)
    rows = [[f"{first + n * step:.6g}", value] for n, value in enumerate(values)]
    head = (f"2Theta ({axis.get('unit') or 'deg'})", f"Intensity ({found.get('unit') or 'counts'})")
    return Table(head=head, rows=rows, delimiter="XRDML")
