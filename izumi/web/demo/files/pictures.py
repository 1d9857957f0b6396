"""Pictures by Pillow: micrographs, maps of grids, plots of tables, drawings of quadrats."""

from __future__ import annotations

import csv
import io
import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from izumi.web.demo.files.desk import Desk, Maker, Spec

INK, PAPER, LINE = (28, 36, 48), (255, 255, 255), (14, 92, 150)
RAMP = ((24, 34, 96), (28, 120, 170), (110, 190, 150), (245, 215, 110), (190, 60, 40))


def _noise(dice: random.Random, width: int, height: int, grain: float) -> Image.Image:
    """Grey noise whose spots are about `grain` pixels wide."""
    small = (max(2, int(width / grain)), max(2, int(height / grain)))
    rough = Image.frombytes("L", small, dice.randbytes(small[0] * small[1]))
    return rough.resize((width, height), Image.Resampling.BICUBIC)


def _saved(image: Image.Image, path: str) -> bytes:
    out = io.BytesIO()
    if path.endswith(".tif"):
        image.save(out, "TIFF", compression="tiff_deflate")
    else:
        image.save(out, "PNG", optimize=False)
    return out.getvalue()


def micrograph(spec: Spec, desk: Desk) -> bytes:
    """A grey image like an electron micrograph: grains, stripes or holes, and a scale bar with its length."""
    dice, width, height = desk.dice(spec), spec["width"], spec["height"]
    image = ImageChops.overlay(
        _noise(dice, width, height, spec["grain"]), _noise(dice, width, height, spec["grain"] / 4)
    )
    image = Image.blend(image, _noise(dice, width, height, 1.6), 0.15)
    draw = ImageDraw.Draw(image)
    for n in range(spec.get("stripes", 0)):
        y = height * n / spec["stripes"]
        draw.line([(x, y + 8 * math.sin(x / 40 + n)) for x in range(0, width, 8)], fill=70, width=2)
    for _ in range(spec.get("holes", 0)):
        x, y, r = dice.uniform(0, width), dice.uniform(0, height), dice.uniform(2, 11)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=12)
    image = ImageOps.autocontrast(image.filter(ImageFilter.GaussianBlur(0.7)), cutoff=1)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height - 26, width, height), fill=0)
    draw.line((width - 110, height - 8, width - 20, height - 8), fill=255, width=3)
    draw.text((width - 100, height - 24), spec["label"], fill=255)
    return _saved(image, spec["path"])


def _colour(share: float) -> tuple[int, int, int]:
    place = min(max(share, 0.0), 0.9999) * (len(RAMP) - 1)
    low, high = RAMP[int(place)], RAMP[int(place) + 1]
    part = place - int(place)
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(low, high, strict=True))
    return red, green, blue


def _field(values: list[float], wide: int, path: str, label: str) -> bytes:
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    image = Image.new("RGB", (wide, len(values) // wide))
    image.putdata([_colour((v - low) / span) for v in values])
    image = image.resize((480, round(480 * image.height / wide)), Image.Resampling.NEAREST)
    sheet = Image.new("RGB", (580, image.height + 20), PAPER)
    sheet.paste(image, (10, 10))
    draw = ImageDraw.Draw(sheet)
    for y in range(image.height):
        draw.line((505, 10 + y, 522, 10 + y), fill=_colour(1 - y / image.height))
    draw.text((528, 6), f"{high:.1f}", fill=INK)
    draw.text((528, image.height - 2), f"{low:.1f}", fill=INK)
    draw.text((14, 12), label, fill=PAPER)
    return _saved(sheet, path)


def field_map(spec: Spec, desk: Desk) -> bytes:
    """A coloured map of a grid file made before, with its scale."""
    rows = list(csv.reader(io.StringIO(desk.made[spec["of"]].decode())))
    wide = len({row[0] for row in rows[1:]})
    unit = rows[0][2].encode("ascii", "replace").decode().replace("?", "")
    return _field([float(row[2]) for row in rows[1:]], wide, spec["path"], unit)


def random_map(spec: Spec, desk: Desk) -> bytes:
    """A coloured table of random shares."""
    dice = desk.dice(spec)
    values = [dice.random() for _ in range(spec["columns"] * spec["rows"])]
    return _field(values, spec["columns"], spec["path"], "")


def _read_pairs(raw: bytes, x: str | None, y: str | None) -> tuple[str, str, list[tuple[float, float]]]:
    text = raw.decode("utf-8", "replace")
    if "," not in text.partition("\n")[0]:
        pairs = [line.split() for line in text.splitlines()]
        return "x", "counts", [(float(a), float(b)) for a, b in pairs]
    rows = list(csv.reader(io.StringIO(text)))
    head = rows[0]
    i, j = (head.index(x) if x else 0), (head.index(y) if y else 1)
    return head[i], head[j], [(float(row[i]), float(row[j])) for row in rows[1:]]


def plot(spec: Spec, desk: Desk) -> bytes:
    """A simple x-y plot of a table made before: line, or `points`; `log_x`, `log_y`."""
    x_name, y_name, pairs = _read_pairs(desk.made[spec["of"]], spec.get("x"), spec.get("y"))
    xs = [math.log10(x) if spec.get("log_x") else x for x, _ in pairs]
    ys = [math.log10(y) if spec.get("log_y") else y for _, y in pairs]
    box = (min(xs), min(ys), (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0)
    image = Image.new("RGB", (640, 400), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 20, 620, 350), outline=INK)
    places = [
        (60 + 560 * (x - box[0]) / box[2], 350 - 330 * (y - box[1]) / box[3]) for x, y in zip(xs, ys, strict=True)
    ]
    if spec.get("points"):
        for a, b in places:
            draw.ellipse((a - 3, b - 3, a + 3, b + 3), outline=LINE)
    else:
        draw.line(places, fill=LINE, width=1)
    _axis_text(draw, (x_name, y_name), box)
    return _saved(image, spec["path"])


def _axis_text(draw: ImageDraw.ImageDraw, names: tuple[str, str], box: tuple[float, float, float, float]) -> None:
    plain = [name.encode("ascii", "replace").decode().replace("?", "") for name in names]
    draw.text((280, 372), plain[0], fill=INK)
    draw.text((62, 4), plain[1], fill=INK)
    draw.text((56, 354), f"{box[0]:.3g}", fill=INK)
    draw.text((580, 354), f"{box[0] + box[2]:.3g}", fill=INK)
    draw.text((8, 340), f"{box[1]:.3g}", fill=INK)
    draw.text((8, 20), f"{box[1] + box[3]:.3g}", fill=INK)


def scatter_map(spec: Spec, desk: Desk) -> bytes:
    """Numbered points on an empty map."""
    dice = desk.dice(spec)
    image = Image.new("RGB", (480, 480), (238, 244, 248))
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 40, 440, 440), outline=(150, 170, 186), width=2)
    for number in range(spec["points"]):
        angle, reach = dice.uniform(0, 6.283), 190 * math.sqrt(dice.random())
        x, y = 240 + reach * math.cos(angle), 240 + reach * math.sin(angle)
        draw.ellipse((x - 5, y - 5, x + 5, y + 5), fill=LINE)
        draw.text((x + 7, y - 6), str(number + 1), fill=INK)
    return _saved(image, spec["path"])


def quadrat(spec: Spec, desk: Desk) -> bytes:
    """A square of rock with spots of growth, drawn instead of a photograph."""
    dice, width, height = desk.dice(spec), spec["width"], spec["height"]
    rock = ImageOps.colorize(_noise(dice, width, height, 6), (70, 64, 58), (168, 158, 146))
    draw = ImageDraw.Draw(rock)
    for _ in range(spec["spots"]):
        x, y, r = dice.uniform(0, width), dice.uniform(0, height), dice.uniform(3, 14)
        colour = dice.choice(((74, 110, 52), (104, 132, 60), (214, 206, 192)))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    draw.rectangle((4, 4, width - 5, height - 5), outline=(240, 240, 240), width=4)
    return _saved(rock, spec["path"])


MAKERS: dict[str, Maker] = {
    "map": field_map,
    "map_random": random_map,
    "micrograph": micrograph,
    "plot": plot,
    "quadrat": quadrat,
    "scatter_map": scatter_map,
}
