"""How a query is read: words, "phrases", OR, -not. It never fails: whatever cannot be syntax is text.

Pure. ``a b`` wants both; ``a OR b`` (or ``a | b``) one of them; ``-a`` or ``NOT a`` none of it; ``"a b"`` side by side;
``nano*`` words that begin so. Width does not matter: ＯＲ, ”, 　 and － are the same signs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from izumi.catalogue import synonyms, tokens
from izumi.catalogue.types import LONGEST_QUERY, MOST_WORDS
from izumi.kernel.text import Text, both

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "〝": '"', "〟": '"'})
_LEXEME = re.compile(r'(?P<minus>-(?=["\w]))?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))')
_BRACKETS = ("()", "[]", "{}", "「」", "『』", "【】", "〈〉", "《》")
_OR = {"OR", "|", "||"}
_AND = {"AND", "&", "&&", "+"}

TOO_LONG = both(
    f"検索語が長いので、はじめの {LONGEST_QUERY} 文字と {MOST_WORDS} 語までで検索しました。",
    f"The query is long; only its first {LONGEST_QUERY} characters and {MOST_WORDS} words were used.",
)
NO_WORDS = both("検索できる文字がありません。", "There is nothing in the query that can be searched for.")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to be found: a word, a phrase, the start of a word, or several words known as one (``parts``)."""

    text: str
    quoted: bool = False
    begins: bool = False
    parts: tuple[Term, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def has_letters(self) -> bool:
        """Whether anything of it can be in the index."""
        return bool(tokens.grams(self.text))


Group = tuple[Term, ...]
"""Alternatives: one of them must be found."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole query: all ``required`` groups, none of ``excluded``."""

    required: tuple[Group, ...] = ()
    excluded: tuple[Term, ...] = ()
    notes: tuple[Text, ...] = ()
    asked: bool = False
    """Whether the reader typed anything; with nothing required and nothing excluded, nothing can be found then."""

    @property
    def terms(self) -> tuple[Term, ...]:
        """All wanted terms in order."""
        return tuple(term for group in self.required for term in group)


def read(q: str, *, expand: bool = True) -> Reading:
    """Read a query."""
    clean, cut = _clean(q)
    required, excluded = _groups(clean)
    cut = cut or len(required) + len(excluded) > MOST_WORDS
    required, excluded = required[:MOST_WORDS], excluded[:MOST_WORDS]
    notes = [TOO_LONG] if cut else []
    if clean and not required and not excluded:
        notes.append(NO_WORDS)
    if expand:
        required = _widened(required)
    return Reading(tuple(required), tuple(excluded), tuple(notes), bool(clean))


def _clean(q: str) -> tuple[str, bool]:
    """Printable text of bearable length; lone surrogates and control characters are no text."""
    text = q[: LONGEST_QUERY + 1].encode("utf-8", "ignore").decode()
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    text = "".join(char if char.isprintable() else " " for char in text).strip()
    return text[:LONGEST_QUERY], len(q) > LONGEST_QUERY


def _groups(text: str) -> tuple[list[Group], list[Term]]:
    required: list[Group] = []
    excluded: list[Term] = []
    join = negate = False
    for match in _LEXEME.finditer(text):
        plain = match.group("plain")
        if plain in _OR:
            join = bool(required)
            continue
        if plain in _AND:
            continue
        if plain == "NOT":
            negate = True
            continue
        term = _term(match)
        if not term.has_letters:
            continue
        if negate or _is_minus(match):
            excluded.append(term)
        elif join:
            required[-1] = (*required[-1], term)
        else:
            required.append((term,))
        join = negate = False
    return required, excluded


def _is_minus(match: re.Match[str]) -> bool:
    """A minus excludes at the start of a word, but -20 is a number."""
    before = match.string[match.start() - 1 : match.start()]
    follows = (match.group("plain") or "")[:1]
    return bool(match.group("minus")) and not before.strip() and not follows.isdigit()


def _term(match: re.Match[str]) -> Term:
    if match.group("quoted") is not None:
        return Term(match.group("quoted").strip(), quoted=True)
    plain = _bare(match.group("plain"))
    begins = len(plain) > 2 and plain.endswith("*")
    return Term(plain.rstrip("*") if begins else plain, begins=begins)


def _bare(word: str) -> str:
    """The word without brackets around or at its ends; those inside, as in Al2(SO4)3, belong to it."""
    for opening, closing in _BRACKETS:
        while word.startswith(opening) and (word.endswith(closing) or word.count(opening) > word.count(closing)):
            word = word[1:].removesuffix(closing)
        while word.endswith(closing) and word.count(closing) > word.count(opening):
            word = word[:-1]
    return word


def _widened(groups: list[Group]) -> list[Group]:
    """Join neighbouring words that the table knows as one (machine learning), and add the other language's words."""
    out: list[Group] = []
    at = 0
    while at < len(groups):
        size = next((n for n in range(synonyms.LONGEST_PHRASE, 1, -1) if _known(groups[at : at + n], n)), 1)
        if size > 1:
            parts = tuple(group[0] for group in groups[at : at + size])
            joined = " ".join(part.text for part in parts)
            out.append((Term(joined, parts=parts, also=synonyms.also(joined)),))
        else:
            out.append(tuple(_with_synonyms(term) for term in groups[at]))
        at += size
    return out


def _known(groups: list[Group], size: int) -> bool:
    simple = [group[0] for group in groups if len(group) == 1 and not group[0].quoted and not group[0].begins]
    return len(simple) == size and bool(synonyms.also(" ".join(term.text for term in simple)))


def _with_synonyms(term: Term) -> Term:
    return term if term.quoted or term.begins else replace(term, also=synonyms.also(term.text))
