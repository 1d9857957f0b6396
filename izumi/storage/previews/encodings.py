"""Which encoding a text is in: UTF-8, UTF-16, CP932 (Shift_JIS), EUC-JP or ISO-2022-JP, else not a text."""

from __future__ import annotations

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
NAMES = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8 (BOM)", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE",
    "cp932": "CP932 (Shift_JIS)", "euc_jp": "EUC-JP", "iso2022_jp": "ISO-2022-JP", "latin-1": "ISO-8859-1",
}  # fmt: skip


def decode(head: bytes, *, whole: bool) -> tuple[str, str] | None:
    """The text and its encoding; ``None`` when the bytes are no text. ``whole`` is false when the bytes were cut off."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            text = _try(head, name, whole)
            return (text.lstrip("\ufeff"), name) if text is not None else None
    if b"\x00" in head[:4096]:
        return _without_mark(head, whole)
    for name in ("utf-8", "iso2022_jp"):
        if name == "iso2022_jp" and b"\x1b$" not in head:
            continue
        text = _try(head, name, whole)
        if text is not None and _printable(text):
            return text, name
    return _japanese(head, whole)


def _without_mark(head: bytes, whole: bool) -> tuple[str, str] | None:
    """UTF-16 without a mark: one byte of each pair is mostly zero in anything with ASCII in it."""
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 5 or min(even, odd) > len(sample) // 50:
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = _try(head, name, whole)
    return (text, name) if text is not None and _printable(text) else None


def _japanese(head: bytes, whole: bool) -> tuple[str, str] | None:
    best: tuple[float, str, str] | None = None
    for name in ("cp932", "euc_jp"):
        text = _try(head, name, whole)
        if text is not None and _printable(text):
            score = _likeness(text)
            if best is None or score > best[0]:
                best = (score, text, name)
    if best is not None and best[0] > 0:
        return best[1], best[2]
    western = _try(head, "latin-1", whole)
    if western is not None and _printable(western) and sum(c > "\x7f" for c in western) * 20 < len(western):
        return western, "latin-1"
    return None


def _likeness(text: str) -> float:
    """How much a text looks like Japanese: kana and common kanji for it, half-width katakana and rare things against."""
    score, sample = 0.0, f" {text[:20_000]} "
    for before, c, after in zip(sample, sample[1:], sample[2:], strict=False):
        if "ぁ" <= c <= "ヶ" or c in "、。ー「」・％℃":
            score += 2
        elif "一" <= c <= "鿿":
            score += -1 if _latin(before) or _latin(after) else 1  # café, read as if it were Japanese
        elif "｡" <= c <= "ﾟ":
            score -= 1.5
        elif "\ue000" <= c <= "\uf8ff":
            score -= 5
    return score


def _latin(c: str) -> bool:
    return c.isascii() and c.isalpha()


def _try(head: bytes, name: str, whole: bool) -> str | None:
    """Decode strictly; of cut-off bytes the last few may belong to half a character."""
    for cut in range(1 if whole else 6):
        try:
            return (head[: len(head) - cut] if cut else head).decode(name)
        except UnicodeDecodeError:
            continue
    return None


def _printable(text: str) -> bool:
    sample = text[:8000]
    strange = sum(1 for c in sample if (c < " " and c not in "\t\r\n\x0c\x1a") or c == "\ufffd")
    return strange * 200 <= len(sample)
