"""Texts and sounds: notes, notebooks, JSON, a one-page PDF, a README in both languages, short tones as WAV."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import struct
import textwrap
import wave

from izumi.web.demo.files.desk import Desk, Maker, Spec

REMARKS = (
    ("電極のゲルを少なめにした。", "Used less gel under the electrodes."),
    ("電源線を束ね直し、雑音が半分になった。", "Tied the power leads anew; noise fell by half."),
    ("午後は雷のため中止。", "Stopped in the afternoon because of thunder."),
    ("C4の接触が悪く、付け直した。", "Poor contact at C4, fitted again."),
    ("変わりなし。", "Nothing new."),
    ("空調の音が入るので止めた。", "Switched off the air conditioning, it could be heard."),
)


def text(spec: Spec, desk: Desk) -> bytes:
    """The lines of the spec in its character encoding."""
    return ("\n".join(spec["lines"]) + "\n").encode(spec.get("encoding", "utf-8"))


def note(spec: Spec, desk: Desk) -> bytes:
    """The `content` of the spec as JSON."""
    return (json.dumps(spec["content"], ensure_ascii=False, indent=2) + "\n").encode()


def notebook(spec: Spec, desk: Desk) -> bytes:
    """A laboratory notebook in Markdown: one heading a day, a remark in both languages."""
    dice, lines = desk.dice(spec), ["# 実験ノート / Laboratory notebook", ""]
    for i in range(spec["days"]):
        ja, en = dice.choice(REMARKS)
        day = desk.today + dt.timedelta(days=spec["start"] + 2 * i)
        lines += [f"## {day.isoformat()}", "", ja, "", en, ""]
    return "\n".join(lines).encode()


def readme(spec: Spec, desk: Desk) -> bytes:
    """What the dataset is and which files it holds, in both languages."""
    sizes = [f"| `{path}` | {len(raw):,} |" for path, raw in sorted(desk.made.items())]
    lines = [f"# {desk.title['ja']}", "", desk.description["ja"], "", f"# {desk.title['en']}", ""]
    lines += [desk.description["en"], "", "| ファイル / file | バイト / bytes |", "|---|---|", *sizes, ""]
    lines += ["人物・機関・値はすべて架空です。", "All people, institutions and values are invented.", ""]
    return "\n".join(lines).encode()


def pdf(spec: Spec, desk: Desk) -> bytes:
    """One A4 page in Helvetica: the title and the description in English."""
    lines = ["BT /F1 15 Tf 60 780 Td 20 TL"]
    lines += [f"({_escaped(line)}) Tj T*" for line in textwrap.wrap(desk.title["en"], 62)]
    lines += ["/F1 11 Tf 15 TL T*"]
    lines += [f"({_escaped(line)}) Tj T*" for line in textwrap.wrap(desk.description["en"], 86)]
    lines += ["T*", f"({_escaped('Invented content of the Izumi demo. See README.md for Japanese.')}) Tj", "ET"]
    stream = "\n".join(lines).encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _pdf_file(objects)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _pdf_file(objects: list[bytes]) -> bytes:
    """Objects with the header, cross-reference table and trailer of PDF 1.4 (ISO 32000-1 §7.5)."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def tone(spec: Spec, desk: Desk) -> bytes:
    """A gliding tone with one overtone, 8 kHz mono 16 bit; `rough` adds noise."""
    dice, rate, phase = desk.dice(spec), 8000, 0.0
    total = int(spec["seconds"] * rate)
    samples = []
    for i in range(total):
        share = i / total
        phase += 2 * math.pi * (spec["start_hz"] + (spec["stop_hz"] - spec["start_hz"]) * share) / rate
        swell = math.sin(math.pi * share)
        value = 0.7 * math.sin(phase) + 0.25 * math.sin(2 * phase) + spec.get("rough", 0.0) * dice.uniform(-0.4, 0.4)
        samples.append(int(22000 * swell * value / 1.4))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(struct.pack(f"<{total}h", *samples))
    return out.getvalue()


MAKERS: dict[str, Maker] = {
    "json": note,
    "notebook": notebook,
    "pdf": pdf,
    "readme": readme,
    "text": text,
    "tone": tone,
}
