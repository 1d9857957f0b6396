"""Scaled pictures of images and first pages, made in a process of their own: a hostile file can only hurt that process.

Run as ``python -m izumi.storage.previews.pictures KIND SOURCE TARGET``; prints one JSON line with what was made.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

SIDE = 1200
PIXELS = 120_000_000
SECONDS = 10
MEMORY = 1_500_000_000


def make(kind: str, source: str, target: Path) -> dict[str, Any]:
    """Make a WebP of at most 1,200 pixels a side at ``target``; what it shows, or ``{"failed": code}``."""
    command = [sys.executable, "-m", "izumi.storage.previews.pictures", kind, source, str(target)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS + 5, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        return {"failed": "slow"}
    try:
        told = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return {"failed": "broken"}
    return told if isinstance(told, dict) else {"failed": "broken"}


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000, 20_000_000))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _image(source: str, target: str) -> dict[str, Any]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXELS // 2  # Pillow warns above this and refuses above twice as many
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source) as opened:
            width, height = opened.size
            opened.draft("RGB", (SIDE, SIDE))
            opened.load()
            shown: Any = ImageOps.exif_transpose(opened) or opened
            if shown.mode.startswith(("I", "F")):
                shown = _stretched(shown)
            shown.thumbnail((SIDE, SIDE))
            shown.convert("RGBA" if "A" in shown.getbands() else "RGB").save(target, "WEBP", quality=82)
            return {"width": width, "height": height, "format": opened.format, "frames": getattr(opened, "n_frames", 1)}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"failed": "bomb"}


def _stretched(image: Any) -> Any:
    """Sixteen-bit and float images (detectors, TIFF) between their darkest and brightest value."""
    grey = image.convert("F")
    low, high = grey.getextrema()
    scale = 255.0 / (high - low) if high > low else 1.0
    return grey.point(lambda value: value * scale - low * scale).convert("L")


def _page(source: str, target: str) -> dict[str, Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(source)
    page = document[0]
    width, height = page.get_size()
    scale = min(SIDE / max(width, 1), SIDE / max(height, 1), 3.0)
    page.render(scale=scale).to_pil().convert("RGB").save(target, "WEBP", quality=82)
    return {"pages": len(document), "format": "PDF"}


def main() -> None:
    """The process's own entry."""
    kind, source, target = sys.argv[1:4]
    _limit()
    try:
        told = (_page if kind == "pdf" else _image)(source, target)
    except MemoryError:
        told = {"failed": "bomb"}
    except Exception as failure:  # whatever a decoder throws at a broken file is an answer, not a crash
        told = {"failed": "broken", "what": type(failure).__name__}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
