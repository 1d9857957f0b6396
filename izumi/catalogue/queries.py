"""Finding: the answer to a query, suggestions while typing, and the state of the index.

No query is stored or logged, whoever asks. What an answer shows has passed the decision twice: the index is filtered by the
reader's audience keys, and the hits of the page are checked once more in the database before their texts are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from izumi.catalogue import cursors, documents, facets, identifiers, index, matching, reading, tokens
from izumi.catalogue.finding import Figures, Found, Run
from izumi.catalogue.highlight import Marker, plain
from izumi.catalogue.types import (
    COUNTABLE,
    DEEPEST_RELEVANCE,
    FILTERS,
    Answer,
    Health,
    Highlight,
    Interpretation,
    Item,
    Query,
    Sort,
    Usable,
)
from izumi.kernel import clock, journal
from izumi.kernel.actors import Actor
from izumi.kernel.days import day_of
from izumi.kernel.errors import Invalid, Unavailable
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.models import Cursor
from izumi.kernel.text import Text, both
from izumi.policy import queries as policy
from izumi.policy import rules as decide
from izumi.records import queries as records
from izumi.records.types import IndexEntry

MOST_ITEMS = 1_000
HIGHLIGHTED = 100
"""Longer pages are for machines and come without highlights."""

SUGGESTIONS = 8
MOST_CORRECTED = 3
"""Words of a query for which other spellings are looked up; each costs a walk through the dictionary."""

NOTHING = Found(ids=(), place=None)

DEEPER = both(
    f"関連の強い順は {DEEPEST_RELEVANCE:,} 件目までです。続きは「新しい順」などに並べ替えると見られます。",
    f"The order of relevance ends at hit {DEEPEST_RELEVANCE:,}. Sort by date, title or size to go on.",
)


def search(actor: Actor, query: Query) -> Answer:
    """A page of what the actor may see, with total, facets and how the query was read.

    Refuses (`Invalid`) unknown filters, facets, years, limits and cursors; `Unavailable` while the index is being
    rebuilt – but a site where nothing is published yet has an empty answer.
    Cost: 6 statements, 7 for a reader who is signed in; on the index one search and one aggregation, twice for a reader with keys of his own.
    """
    place = _checked(query)
    read = reading.read(query.q, expand=query.expand)
    try:
        run, found, figures = index.or_unavailable(lambda: _on_index(actor, query, read, place))
    except Unavailable:
        if records.ids_after(limit=1):
            raise
        return Answer(items=(), total=0, facets={}, interpretation=_interpretation(query, read, NOTHING))
    entries = _seen(actor, found.ids)
    readable = _readable(actor, entries)
    marker = Marker(read) if len(found.ids) <= HIGHLIGHTED else None
    interpretation = _interpretation(query, read, found)
    if figures.total == 0:
        interpretation = _with_ways_out(actor, query, read, run, interpretation)
    return Answer(
        items=tuple(_item(entries[one], query.lang, marker, one in readable) for one in found.ids if one in entries),
        total=figures.total,
        facets=facets.all_listed({n: c for n, c in figures.counts.items() if n in query.facets}, query.filters),
        interpretation=interpretation,
        next=cursors.written(found.place, query) if found.place else None,
        usable_now=figures.counts.get("usable", {}).get(str(Usable.NOW), 0),
    )


def suggest(actor: Actor, prefix: str, *, limit: int = SUGGESTIONS) -> tuple[str, ...]:
    """Titles, keywords and names that begin so, only from records that the actor may see now.

    Cost: 1 statement; on the index one walk through the dictionary and one small search for each suggestion.
    """
    start = tokens.fold(prefix.encode("utf-8", "ignore").decode()).strip()[:60]
    if not start:
        return ()
    try:
        found: dict[str, list[str]] = index.or_unavailable(lambda: _begun(actor, start, limit * 3))
    except Unavailable:
        return ()
    visible = records.visible_ids(actor, sorted({record for ids in found.values() for record in ids}))
    told = [shown for shown, ids in found.items() if not visible.isdisjoint(ids)]
    return tuple(told[:limit])


def filters_from(given: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Filters as they are used: empty values dropped, order and doubles taken out."""
    clean = {name: tuple(dict.fromkeys(value for value in values if value)) for name, values in given.items()}
    return {name: values for name, values in clean.items() if values}


def warm() -> None:
    """Load the dictionary and open the index before the first reader waits for them; never raises. About 0.3 s."""
    tokens.words("準備")
    with suppress(index.Broken):
        index.reader()


def health() -> Health:
    """State of the index; never raises. Cost: 2 statements."""
    seen = Cursor.objects.filter(pk="index").values_list("seq", flat=True).first()
    behind = journal.last_seq() - (seen or 0)
    try:
        with index.guarded():
            held = index.reader()
            searcher = held.searcher
            records_found = int(searcher.aggregate(index.everything(), {"all": {"value_count": {"field": "newest"}}})["all"]["value"])
            return Health(
                usable=True, build=held.name, records=records_found, segments=searcher.num_segments, behind=behind
            )
    except index.Broken as broken:
        problem = both(f"検索の索引が使えません（{broken}）。", f"The search index cannot be used ({broken}).")
        return Health(usable=False, behind=behind, problem=problem)


def _checked(query: Query) -> dict[str, object]:
    findings = matching.filter_findings(query.filters, FILTERS)
    findings += [_unknown_facet(name) for name in query.facets if name not in COUNTABLE]
    if not 0 <= query.limit <= MOST_ITEMS:
        findings.append(limit_finding())
    if findings:
        raise Invalid(findings)
    return cursors.read(query)


def _on_index(
    actor: Actor, query: Query, read: reading.Reading, place: Mapping[str, object]
) -> tuple[Run, Found, Figures]:
    searcher = index.reader().searcher
    run = Run(searcher, _halves(actor), matching.wanted(read), query.filters)
    figures = run.figures(query.facets)
    if figures.total == 0 and any(term.quoted for term in read.terms):
        run.wanted = matching.wanted(read, loose=True)
        figures = run.figures(query.facets)
    found = run.page(query, place) if query.limit else Found(ids=(), place=None)
    return run, found, figures


def _halves(actor: Actor) -> list[index.Query]:
    return matching.may_see(decide.effective_keys(actor, "see"))


def _seen(actor: Actor, ids: Sequence[str]) -> dict[str, IndexEntry]:
    """Entries of those records that the actor may see by the decision, now."""
    visible = records.visible_ids(actor, list(ids)) if ids else set()
    kept = [record for record in ids if record in visible]
    return {entry.id: entry for entry in records.index_entries(kept)} if kept else {}


def _readable(actor: Actor, entries: Mapping[str, IndexEntry]) -> set[str]:
    """Records whose files this very reader may use, beyond what anyone may. Cost: 1 statement, none for anonymous."""
    if actor.is_anonymous or not entries:
        return set()
    at, facts = clock.now(), policy.access_facts(entries)
    return {record for record, known in facts.items() if decide.verdict(actor, "read", known, at).allowed}


def _item(entry: IndexEntry, lang: str, marker: Marker | None, readable: bool) -> Item:
    opens = entry.next_edge if entry.access_class == "embargoed" and entry.next_edge else None
    return Item(
        id=entry.id,
        kind=entry.kind,
        title=entry.title,
        summary=entry.summary or entry.description,
        access=str(entry.access_class),
        usable=Usable.NOW if readable else documents.usable(entry),
        people=tuple(entry.people),
        organisation=documents.named(entry.organisations[0])[1] if entry.organisations else Text(),
        type=entry.type,
        licence=entry.licence,
        published_on=entry.published_on.isoformat() if entry.published_on else "",
        opens_on=day_of(opens).isoformat() if opens else "",
        size_bytes=entry.size_bytes,
        highlight=_highlights(entry, lang, marker),
    )


def _highlights(entry: IndexEntry, lang: str, marker: Marker | None) -> dict[str, Highlight]:
    if marker is None:
        return {}
    title = marker.marked(entry.title, lang) if marker else None
    told = (marker.marked(text, lang, snippet=True) for text in (entry.summary, entry.description)) if marker else ()
    summary = next((one for one in told if one), None) or plain(entry.summary or entry.description, lang)
    return {name: one for name, one in (("title", title), ("summary", summary)) if one}


def _interpretation(query: Query, read: reading.Reading, found: Found) -> Interpretation:
    single = [group[0] for group in read.required if len(group) == 1]
    told = [term for term in read.terms if identifiers.looks_like_one(term.text) and not term.quoted]
    return Interpretation(
        words=tuple(term.text + ("*" if term.begins else "") for term in single if not term.quoted and term not in told),
        phrases=tuple(term.text for term in single if term.quoted),
        excluded=tuple(term.text for term in read.excluded),
        alternatives=tuple(tuple(term.text for term in group) for group in read.required if len(group) > 1),
        identifiers=tuple(term.text for term in told),
        synonyms=tuple((term.text, term.also) for term in read.terms if term.also),
        notes=(*read.notes, *((DEEPER,) if found.capped else ())),
    )


def _with_ways_out(
    actor: Actor, query: Query, read: reading.Reading, run: Run, told: Interpretation
) -> Interpretation:
    """What helps when nothing was found: a spelling that exists, and the filter that is in the way."""
    without = index.or_unavailable(lambda: [(name, run.total(but=name)) for name in query.filters])
    return replace(
        told,
        did_you_mean=_did_you_mean(actor, query.q, read),
        without=tuple((name, count) for name, count in without if count),
    )


def _did_you_mean(actor: Actor, q: str, read: reading.Reading) -> str:
    """The query with words replaced by ones a letter away that stand in records the actor may see; else ``""``."""
    better = q
    single = [term.text for term in read.terms if tokens.plain_words(term.text) == [tokens.fold(term.text)]]
    for word in single[:MOST_CORRECTED]:
        near = _nearest(actor, tokens.fold(word))
        better = better.replace(word, near) if near else better
    return better if better != q else ""


def _nearest(actor: Actor, word: str) -> str:
    def alike() -> list[str]:
        held = index.reader()
        halves = [index.filtered(index.alike("spell", word), [half]) for half in _halves(actor)]
        return index.identifiers_of(held.searcher, halves, 3)

    entries = _seen(actor, index.or_unavailable(alike))
    texts = (text for entry in entries.values() for text in _spelled(entry))
    near = [known for text in texts for known in tokens.plain_words(text) if known != word and _one_apart(known, word)]
    return near[0] if near else ""


def _spelled(entry: IndexEntry) -> Iterable[str]:
    for text in (entry.title, *entry.alternative_titles, *entry.keywords, entry.summary, entry.description):
        yield from text.values()


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter was left out, added, changed, or two neighbours exchanged."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    exchanged = rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:] or exchanged


def _begun(actor: Actor, start: str, limit: int) -> dict[str, list[str]]:
    """Suggestions with some records that hold each: shown form → identifiers."""
    searcher = index.reader().searcher
    found: dict[str, list[str]] = {}
    for half in _halves(actor):
        for term in index.terms_that_begin(searcher, "sugg", start, half, limit):
            holders = index.identifiers_of(searcher, [index.filtered(index.term("sugg", term), [half])], 3)
            found.setdefault(term.partition(documents.SEPARATOR)[2], []).extend(holders)
    return found


def _unknown_facet(name: str) -> Finding:
    listed = ", ".join(COUNTABLE)
    return Finding(
        rule="search-facet-unknown", severity=Severity.ERROR, pointer="/facets",
        message=both(f"「{name[:40]}」という件数の内訳はありません。", f'There is no facet named "{name[:40]}".'),
        fix=both(f"使える名前: {listed}", f"Names that exist: {listed}"),
    )  # fmt: skip


def limit_finding() -> Finding:
    """What is said of a page that is too long."""
    return Finding(
        rule="search-limit", severity=Severity.ERROR, pointer="/limit",
        message=both(f"1 回に受け取れるのは {MOST_ITEMS} 件までです。", f"At most {MOST_ITEMS} hits can be asked for at once."),
        fix=both("limit を小さくし、next で続きを取ってください。", "Ask for fewer and go on with next."),
    )  # fmt: skip


def order_of(name: str) -> Sort | None:
    """The order with this name, ``None`` for none given. Refuses unknown names."""
    if not name:
        return None
    try:
        return Sort(name)
    except ValueError:
        listed = ", ".join(Sort)
        finding = Finding(
            rule="search-sort-unknown", severity=Severity.ERROR, pointer="/sort",
            message=both(f"「{name[:40]}」という並べ方はありません。", f'There is no order named "{name[:40]}".'),
            fix=both(f"使える名前: {listed}", f"Names that exist: {listed}"),
        )  # fmt: skip
        raise Invalid(finding) from None
