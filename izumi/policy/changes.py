"""Who gains and who loses between two sets of rules, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from izumi.kernel.days import Instant
from izumi.policy.types import FILES, METADATA, Change, Rule

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_FOREVER = datetime.max.replace(tzinfo=UTC)

Span = tuple[Instant, Instant]
Spans = list[Span]
Key = tuple[str, str, str]


def gains_and_losses(
    before: Iterable[Rule], after: Iterable[Rule], *, at: Instant | None = None
) -> list[Change]:
    """Every audience that may do something only before, or only after, with its window, from ``at`` on.

    What anyone may counts for every audience: who is named no more while the record opens to all loses nothing.
    """
    was, becomes = _spans(before), _spans(after)
    reasons = {(r.action, r.part, r.audience): r.reason for r in (*before, *after)}
    start = at or _ALWAYS
    changes: list[Change] = []
    for key in sorted(reasons):
        old, new = _covered(was, key), _covered(becomes, key)
        for effect, spans in (("loses", _minus(old, new)), ("gains", _minus(new, old))):
            changes += [_change(effect, key, max(a, start), b, reasons[key], at) for a, b in spans if b > start]
    return changes


def _change(effect: str, key: Key, start: Instant, end: Instant, reason: str, at: Instant | None) -> Change:
    action, part, audience = key
    unbounded = start in (_ALWAYS, at)
    return Change(
        effect, action, part, audience, None if unbounded else start, None if end == _FOREVER else end, reason
    )


def _spans(rules: Iterable[Rule]) -> dict[Key, Spans]:
    found: dict[Key, Spans] = defaultdict(list)
    for rule in rules:
        found[rule.action, rule.part, rule.audience].append((rule.from_at or _ALWAYS, rule.until_at or _FOREVER))
    return found


def _covered(spans: dict[Key, Spans], key: Key) -> Spans:
    """When this audience may: by its own rules, by the public's, or by a rule about the whole of which it is a part."""
    action, part, audience = key
    wholes = {part}
    if part.startswith(f"{FILES}:"):
        wholes.add(FILES)
    elif part.startswith(f"{METADATA}:") and not any(p == part for _, p, _ in spans):
        wholes = {METADATA}
    return _joined([span for p in wholes for a in {audience, "public"} for span in spans.get((action, p, a), [])])


def _joined(spans: Spans) -> Spans:
    joined: Spans = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def _minus(spans: Spans, other: Spans) -> Spans:
    """The parts of ``spans`` outside ``other``; both joined and sorted."""
    left: Spans = []
    for start, end in spans:
        for low, high in other:
            if high <= start or low >= end:
                continue
            if low > start:
                left.append((start, low))
            start = max(start, high)
        if start < end:
            left.append((start, end))
    return left
