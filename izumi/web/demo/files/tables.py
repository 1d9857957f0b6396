"""Tables: CSV and TSV with units in the headings, grids, matrices, dialogues, points on a map, sequences."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence

from izumi.web.demo.files.columns import grow
from izumi.web.demo.files.desk import Desk, Maker, Spec

LINES = (
    ("おはようございます。よく眠れましたか。", "Good morning. Did you sleep well?", "喜び"),
    ("はい、久しぶりにゆっくりできました。", "Yes, I could rest for once.", "安心"),
    ("明日は雨だそうですよ。", "They say it will rain tomorrow.", "平静"),
    ("それは残念です。山に行くつもりでした。", "What a pity. I meant to go to the hills.", "悲しみ"),
    ("図書館なら雨でも楽しめますね。", "The library is pleasant even in the rain.", "平静"),
    ("いい考えですね。一緒に行きましょう。", "Good idea. Let us go together.", "喜び"),
    ("お昼は何を食べましょうか。", "What shall we have for lunch?", "平静"),
    ("温かいうどんがいいです。", "Hot udon noodles, please.", "喜び"),
)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]], spec: Spec) -> bytes:
    """Rows as CSV, or TSV where the spec says `delimiter = "tab"`, in the spec's character encoding."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t" if spec.get("delimiter") == "tab" else ",", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(spec.get("encoding", "utf-8"))


def table(spec: Spec, desk: Desk) -> bytes:
    """A table from column descriptions."""
    done = grow(spec["columns"], spec["rows"], desk.dice(spec), desk.today)
    return write_csv(list(done), zip(*done.values(), strict=True), spec)


def matrix(spec: Spec, desk: Desk) -> bytes:
    """Rows by columns of positive values, such as expression or read counts."""
    dice, places = desk.dice(spec), 0 if spec.get("whole") else 3
    header = ["", *(spec["column_name"] % (i + 1) for i in range(spec["columns"]))]
    rows = (
        [spec["row_name"] % (r + 1)]
        + [f"{max(0.0, dice.gauss(spec['mean'], spec['sd'])):.{places}f}" for _ in range(spec["columns"])]
        for r in range(spec["rows"])
    )
    return write_csv(header, rows, spec)


def grid(spec: Spec, desk: Desk) -> bytes:
    """A smooth field on a grid, one row per cell: x, y, value."""
    dice, wide, high = desk.dice(spec), spec["columns"], spec["rows"]
    hills = [(dice.uniform(0, wide), dice.uniform(0, high), dice.uniform(3, wide / 2)) for _ in range(7)]
    field = [
        [sum(math.exp(-((x - a) ** 2 + (y - b) ** 2) / r**2) for a, b, r in hills) for x in range(wide)]
        for y in range(high)
    ]
    least, most = min(map(min, field)), max(map(max, field))
    scale = (spec["high"] - spec["low"]) / (most - least)
    rows = (
        [f"{x * spec['pitch']:g}", f"{y * spec['pitch']:g}", f"{spec['low'] + (field[y][x] - least) * scale:.2f}"]
        for y in range(high)
        for x in range(wide)
    )
    return write_csv([spec["x"], spec["y"], spec["unit"]], rows, spec)


def dialogue(spec: Spec, desk: Desk) -> bytes:
    """Invented conversations, one utterance per row; `parallel` adds the English and a judgement."""
    dice, topics = desk.dice(spec), spec["topics"]
    header = ["dialogue", "turn", "topic", "speaker", "utterance"]
    header += ["utterance_en", "natural"] if spec.get("parallel") else ["emotion"]
    rows = []
    for i in range(spec["rows"]):
        ja, en, emotion = dice.choice(LINES)
        end = [en, dice.choice("0119")] if spec.get("parallel") else [emotion]
        rows.append([f"D{i // 6 + 1:03d}", str(i % 6 + 1), topics[i // 6 % len(topics)], "AB"[i % 2], ja, *end])
    return write_csv(header, rows, spec)


def eeg(spec: Spec, desk: Desk) -> bytes:
    """Computed brain-like waves: a 10 Hz rhythm that comes and goes, slow drift and noise, in microvolts."""
    dice, rate = desk.dice(spec), spec["rate"]
    phases = [dice.uniform(0, 6.28) for _ in spec["channels"]]
    rows = []
    for i in range(int(spec["seconds"] * rate)):
        t = i / rate
        rhythm = 9 * (0.5 + 0.5 * math.sin(0.7 * t))
        rows.append(
            [f"{t:.3f}"]
            + [f"{rhythm * math.sin(62.8 * t + p) + 4 * math.sin(3 * t + p) + dice.gauss(0, 2):.2f}" for p in phases]
        )
    return write_csv(["time (s)", *(f"{name} (uV)" for name in spec["channels"])], rows, spec)


def waveform(spec: Spec, desk: Desk) -> bytes:
    """Computed ground motion: noise, then a packet that arrives and dies away."""
    dice, rate, rows = desk.dice(spec), spec["rate"], []
    for i in range(int(spec["seconds"] * rate)):
        t = i / rate
        late = t - spec["arrival"]
        size = 0.0 if late < 0 else 60 * late * math.exp(-1.1 * late)
        cells = [
            f"{size * math.sin(2 * math.pi * (6 - n) * t + n) + dice.gauss(0, 0.4):.3f}"
            for n in range(len(spec["components"]))
        ]
        rows.append([f"{t:.2f}", *cells])
    return write_csv(["time (s)", *spec["components"]], rows, spec)


def geojson(spec: Spec, desk: Desk) -> bytes:
    """Points of a survey as GeoJSON."""
    dice = desk.dice(spec)
    points = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [
                    round(dice.uniform(spec["west"], spec["east"]), 3),
                    round(dice.uniform(spec["south"], spec["north"]), 3),
                ],
            },
            "properties": {"number": i + 1, "class": dice.choice(spec["classes"])},
        }
        for i in range(spec["points"])
    ]
    return json.dumps({"type": "FeatureCollection", "features": points}, ensure_ascii=False, indent=1).encode()


def fasta(spec: Spec, desk: Desk) -> bytes:
    """Invented sequences in FASTA."""
    dice = desk.dice(spec)
    lines = []
    for i in range(spec["count"]):
        lines.append(f">fish-{i + 1:02d} invented sequence")
        lines.append("".join(dice.choice("ACGT") for _ in range(spec["length"])))
    return ("\n".join(lines) + "\n").encode()


MAKERS: dict[str, Maker] = {
    "dialogue": dialogue,
    "eeg": eeg,
    "fasta": fasta,
    "geojson": geojson,
    "grid": grid,
    "matrix": matrix,
    "table": table,
    "waveform": waveform,
}
