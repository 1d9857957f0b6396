"""What matched, marked in the texts of the shown hits, by the same tokens that found them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from izumi.catalogue import tokens
from izumi.catalogue.reading import Reading, Term
from izumi.catalogue.types import Highlight
from izumi.kernel.text import Text

SNIPPET_CHARS = 160
LONGEST_TEXT = 4_000
"""What lies further down is found but not marked."""

Span = tuple[int, int]


class Marker:
    """The wanted terms of one query, ready to be looked up in many texts."""

    def __init__(self, reading: Reading) -> None:
        texts = [text for term in reading.terms for text in _texts(term)]
        self._sequences = [found for found in (tokens.words(text) for text in texts) if found]
        self._literals = [
            tokens.fold(text) for term in reading.terms if not term.quoted for text in [term.text] if tokens.has_japanese(text)
        ]

    def __bool__(self) -> bool:
        return bool(self._sequences or self._literals)

    def marked(self, text: Text, lang: str, *, snippet: bool = False) -> Highlight | None:
        """The text with what matched – the reader's language first, then the others – or ``None`` when nothing did."""
        for tag in dict.fromkeys((text.lang(lang), *text)):
            whole = text.get(tag, "")[:LONGEST_TEXT]
            spans = self._spans(whole) if whole else []
            if spans:
                start, end = _window(whole, spans[0]) if snippet else (0, len(whole))
                return Highlight(lang=tag, parts=_parts(whole, spans, start, end))
        return None

    def _spans(self, text: str) -> list[Span]:
        folded, places = tokens.fold_with_offsets(text)
        found = list(_literal_spans(folded, self._literals))
        if self._sequences:
            found += _token_spans(tokens.word_tokens(folded), self._sequences)
        return _joined((places[start], places[end]) for start, end in found)


def plain(text: Text, lang: str) -> Highlight | None:
    """The beginning of a text, nothing marked."""
    whole = text.one(lang)
    if not whole:
        return None
    cut = whole if len(whole) <= SNIPPET_CHARS else whole[: SNIPPET_CHARS - 1].rstrip() + "…"
    return Highlight(lang=text.lang(lang), parts=(cut,))


def _texts(term: Term) -> Iterable[str]:
    yield from (part.text for part in term.parts) if term.parts else (term.text,)
    yield from term.also


def _literal_spans(folded: str, wanted: Sequence[str]) -> Iterable[Span]:
    for literal in wanted:
        at = folded.find(literal)
        while at >= 0 and literal:
            yield at, at + len(literal)
            at = folded.find(literal, at + len(literal))


def _token_spans(found: Sequence[tokens.Token], wanted: Sequence[Sequence[str]]) -> list[Span]:
    texts = [token.text for token in found]
    spans = []
    for sequence in wanted:
        first, size = sequence[0], len(sequence)
        for at, text in enumerate(texts):
            if text == first and texts[at : at + size] == list(sequence):
                spans.append((found[at].start, found[at + size - 1].end))
    return spans


def _joined(spans: Iterable[Span]) -> list[Span]:
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        elif end > start:
            out.append((start, end))
    return out


def _window(text: str, first: Span) -> Span:
    """A stretch around the first match that begins after a sentence, a blank or a comma where one is near."""
    if len(text) <= SNIPPET_CHARS:
        return 0, len(text)
    start = max(first[0] - SNIPPET_CHARS // 3, 0)
    if start:
        breaks = [text.find(mark, start, first[0]) for mark in "。、 ,."]
        start = min((at + 1 for at in breaks if at >= 0), default=start)
    return start, min(start + SNIPPET_CHARS, len(text))


def _parts(text: str, spans: Sequence[Span], start: int, end: int) -> tuple[str, ...]:
    parts: list[str] = []
    at = start
    for begin, stop in spans:
        begin, stop = max(begin, start), min(stop, end)
        if begin >= stop:
            continue
        parts += [text[at:begin], text[begin:stop]]
        at = stop
    parts.append(text[at:end])
    parts[0] = ("…" if start else "") + parts[0].lstrip() if start else parts[0]
    parts[-1] += "…" if end < len(text) else ""
    return tuple(parts)
