"""From text to search tokens: one road for what is indexed and for what is asked, so that both always agree.

Two kinds of tokens, because neither is enough alone:

* *words* – Sudachi's short units in normalised form for Japanese, stems for English: 打合せ finds 打ち合わせ, cells
  finds cell;
* *grams* – overlapping pairs of characters for Japanese, whole words for the rest: a part of an unsplit word is found.

Before both comes folding: width and compatibility forms (NFKC), case, old and variant kanji, accents of Latin letters,
and the final long vowel of katakana words of four letters or more (コンピューター = コンピュータ).

Nothing here remembers a query on disk; the caches hold single words in memory only.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from izumi.catalogue.variants import IRREGULAR, KANJI

SUDACHI_LIMIT_CHARS = 12_000
"""Sudachi refuses more than 49,149 bytes a call; a character takes at most four."""

LONGEST_WORD = 200
"""Longer runs without a break (sequences, base64) are cut: tantivy drops terms beyond 65,530 bytes."""

_CJK = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # 々 〆 〇, kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kanji
)
_WORD = re.compile(f"[^\\W_{_CJK}]+(?:['’][^\\W\\d_{_CJK}]{{1,2}}(?![^\\W_]))?")
_RUN = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_JAPANESE = re.compile(f"[{_CJK}]")
_LONG_VOWEL = re.compile("([\u30a1-\u30fa\u30fc]{2}[\u30a1-\u30fa])ー+(?![\u30a1-\u30fa\u30fc])")
_BRITISH = re.compile("([a-z]{3,})is(ation|ations|ing|ed|es|e)$")
_MARKS = re.compile("[\u0300-\u036f\u3099\u309a\uff9e\uff9f]")
_SKIPPED = frozenset({"補助記号", "空白"})
_PARTICLES = frozenset({"助詞", "助動詞"})
_here = threading.local()


@dataclass(frozen=True, slots=True)
class Token:
    """One word token; ``start`` and ``end`` point into the folded text."""

    text: str
    start: int
    end: int
    glue: bool = False
    """A particle or auxiliary: it binds words in a phrase and carries no meaning of its own."""


def fold(text: str) -> str:
    """The form in which texts are compared: width, case, kanji variants, accents, final long vowels."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(KANJI)
    if not plain.isascii():
        plain = _without_accents(plain)
    return _LONG_VOWEL.sub(r"\1", plain)


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Folded text and, for each of its characters (and its end), the place in the original; for highlighting.

    Works cluster by cluster, so a rare composition across clusters may differ from `fold`; only a highlight is lost.
    """
    out: list[str] = []
    places: list[int] = []
    for start, cluster in _clusters(text):
        folded = _folded_cluster(cluster)
        out.append(folded)
        places.extend([start] * len(folded))
    joined = "".join(out)
    for match in reversed(list(_LONG_VOWEL.finditer(joined))):
        cut, end = match.end(1), match.end()
        joined = joined[:cut] + joined[end:]
        del places[cut:end]
    return joined, [*places, len(text)]


def word_tokens(folded: str) -> list[Token]:
    """Word tokens of a folded text, in reading order."""
    return list(_word_tokens(folded))


def words(text: str) -> list[str]:
    """Word tokens of any text, as indexed in the ``w_*`` fields."""
    return [token.text for token in _word_tokens(fold(text))]


def grams(text: str, *, open_end: bool = False) -> list[str]:
    """Gram tokens of any text, as indexed in the ``g_*`` fields.

    Each Japanese run gives its pairs and then its last character, so that a single character can be looked up too. A
    query is ``open_end``: its last Japanese run may go on in the text, so the last character is left out – except a
    run of one.
    """
    out: list[str] = []
    runs = list(_RUN.findall(fold(text)))
    for number, run in enumerate(runs):
        run = run[:LONGEST_WORD] if not _JAPANESE.match(run) else run
        if not _JAPANESE.match(run):
            out.append(run)
            continue
        out.extend(run[i : i + 2] for i in range(len(run) - 1))
        if len(run) == 1 or not (open_end and number == len(runs) - 1):
            out.append(run[-1])
    return out


def has_japanese(text: str) -> bool:
    """Whether a text holds kana or kanji, so that grams add something to words."""
    return bool(_JAPANESE.search(text))


def plain_words(text: str) -> list[str]:
    """Folded, unstemmed words for spelling help: Latin words and katakana words of four characters or more."""
    folded = fold(text)
    found = [m.group() for m in _WORD.finditer(folded) if len(m.group()) >= 4 and not m.group()[0].isdigit()]
    found += re.findall("[\u30a1-\u30fa\u30fc]{4,}", folded)
    return [word[:LONGEST_WORD] for word in found]


def reading(text: str) -> str:
    """Sort key in the order of the fifty sounds: Sudachi's reading where it knows one; numbers by their value."""
    parts: list[str] = []
    for run in _RUN.findall(fold(text[:200])):
        if not _JAPANESE.match(run):
            parts.append(re.sub(r"\d+", lambda number: number.group().zfill(9), run))
            continue
        said = [m.reading_form() if _reads(m.reading_form()) else m.surface() for m in _sudachi().tokenize(run)]
        parts.append("".join(said))
    return " ".join(parts)


@lru_cache(maxsize=4_096)
def loanword(word: str) -> str:
    """The katakana form Sudachi knows for a Latin word (simulation → シミュレーション), or ``""``."""
    if not word.isascii() or not word.isalpha() or len(word) < 5:  # shorter ones are often no loanwords: with → ウィズ
        return ""
    morphemes = list(_sudachi().tokenize(word))
    form = morphemes[0].normalized_form() if len(morphemes) == 1 else ""
    return form if form and re.fullmatch("[\u30a1-\u30fa\u30fc]+", form) else ""


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """English stem of a folded Latin word; British and American spellings and common Latin plurals meet."""
    word = word.replace("’", "'").removesuffix("'s")
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return word[:LONGEST_WORD]
    word = IRREGULAR.get(word, word)
    word = _BRITISH.sub(r"\1iz\2", word) if word.endswith(("isation", "isations")) else word
    return _stemmer().stemWord(word)[:LONGEST_WORD]


def _word_tokens(folded: str) -> Iterator[Token]:
    at = 0
    for match in _WORD.finditer(folded):
        yield from _japanese_tokens(folded, at, match.start())
        yield Token(stem(match.group()), match.start(), match.end())
        at = match.end()
    yield from _japanese_tokens(folded, at, len(folded))


def _japanese_tokens(folded: str, start: int, end: int) -> Iterator[Token]:
    """Sudachi over one stretch between Latin words, in pieces it accepts."""
    if start >= end or not _JAPANESE.search(folded, start, end):
        return
    at = start
    for piece in _pieces(folded[start:end]):
        for morpheme in _sudachi().tokenize(piece):
            kind = morpheme.part_of_speech()[0]
            if kind in _SKIPPED:
                continue
            text = fold(morpheme.normalized_form()).replace(" ", "")[:LONGEST_WORD]
            if text:
                yield Token(text, at + morpheme.begin(), at + morpheme.end(), kind in _PARTICLES)
        at += len(piece)


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces below Sudachi's limit, cut after a sentence where possible."""
    at = 0
    while at < len(text):
        end = min(at + SUDACHI_LIMIT_CHARS, len(text))
        if end < len(text):
            cut = max(text.rfind(mark, at, end) for mark in "。\n、 ")
            end = cut + 1 if cut > at else end
        yield text[at:end]
        at = end


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Characters with the combining and half-width voice marks that follow them."""
    marked = {m.start() for m in _MARKS.finditer(text)} if not text.isascii() else ()
    start = 0
    for at in range(1, len(text) + 1):
        if at not in marked:
            yield start, text[start:at]
            start = at


@lru_cache(maxsize=16_384)
def _folded_cluster(cluster: str) -> str:
    return _without_accents(unicodedata.normalize("NFKC", cluster).lower().translate(KANJI))


def _without_accents(text: str) -> str:
    return "".join(_without_accent(char) for char in text) if not text.isascii() else text


@lru_cache(maxsize=8_192)
def _without_accent(char: str) -> str:
    """ü → u; only Latin letters, because が is not か."""
    if char < "\u00c0" or "\u0250" <= char < "\u1e00" or char >= "\u1f00":
        return char
    return "".join(part for part in unicodedata.normalize("NFD", char) if not unicodedata.combining(part))


def _reads(form: str) -> bool:
    return bool(form) and form != "キゴウ" and bool(_JAPANESE.match(form))


def _sudachi() -> object:
    """This thread's tokenizer: Sudachi's objects are not to be shared between threads; the dictionary is."""
    if not hasattr(_here, "sudachi"):
        from sudachipy import SplitMode

        _here.sudachi = _dictionary().tokenizer(mode=SplitMode.A)
    return _here.sudachi


@lru_cache(maxsize=1)
def _dictionary() -> object:
    from sudachipy import Dictionary

    return Dictionary(dict="core")


def _stemmer() -> object:
    if not hasattr(_here, "stemmer"):
        import snowballstemmer

        _here.stemmer = snowballstemmer.stemmer("english")
    return _here.stemmer
