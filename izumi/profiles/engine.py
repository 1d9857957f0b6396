"""From rules to findings: one compiled function per rule, called with a document and a context."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from izumi.kernel.findings import Finding
from izumi.kernel.text import Text
from izumi.profiles.conditions import Condition, ConditionError, Scene, compiled, mentions
from izumi.profiles.pointers import MISSING, is_blank, places
from izumi.profiles.types import Context, Document, RuleSpec, Vocabulary

MAX_FINDINGS_PER_RULE = 50
SHOWN_VALUE = 60
JUDGE_BLANK = frozenset({"filled", "any_language", "context"})
"""A rule with one of these tests also judges places where nothing stands; the others are silent there."""

Fault = tuple[str, Mapping[str, Any]]
"""Where, and the facts for the message: what a function of ``checks.py`` yields."""
Check = Callable[[Document, Context], Iterable[Fault]]
Runner = Callable[[Document, Context], Iterator[Finding]]


def runner(
    rule: RuleSpec, *, vocabularies: Mapping[str, Vocabulary], checks: Mapping[str, Check], point: str, kinds: tuple[str, ...]
) -> Runner:
    """The rule as a function. Raises `ConditionError` where the rule cannot be understood."""
    when = compiled(rule.when, vocabularies) if rule.when else None
    if "python" in rule.must:
        name = str(rule.must["python"])
        if name not in checks:
            raise ConditionError(f"checks.py has no function {name}")
        found = _by_function(checks[name], when)
    else:
        found = _by_condition(rule, compiled(rule.must, vocabularies), when, point)

    def run(document: Document, context: Context) -> Iterator[Finding]:
        if kinds and context.kind not in kinds:
            return
        for count, (pointer, facts) in enumerate(found(document, context)):
            if count == MAX_FINDINGS_PER_RULE:
                return
            yield _finding(rule, pointer, facts)

    return run


def _by_function(check: Check, when: Condition | None) -> Check:
    def found(document: Document, context: Context) -> Iterable[Fault]:
        if when is None or when(Scene(document, context, document)):
            yield from check(document, context)

    return found


def _by_condition(rule: RuleSpec, must: Condition, when: Condition | None, point: str) -> Check:
    judges_blank = mentions(rule.must, JUDGE_BLANK)
    patterns = rule.at.split(" ")
    below = point.removeprefix(".")

    def found(document: Document, context: Context) -> Iterable[Fault]:
        for pattern in patterns:
            for pointer, value in places(document, pattern):
                if not judges_blank and is_blank(value):
                    continue
                scene = Scene(document, context, value)
                if (when is None or when(scene)) and not must(scene):
                    yield pointer + below, {"value": value}

    return found


def _finding(rule: RuleSpec, pointer: str, facts: Mapping[str, Any]) -> Finding:
    told = _Told({name: _shown(value) for name, value in facts.items()})
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        pointer=pointer,
        message=_filled(rule.message, told),
        source=rule.source or None,
        fix=_filled(rule.fix, told) if rule.fix else None,
    )


class _Told(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def _filled(text: Text, facts: _Told) -> Text:
    if not any("{" in value for value in text.values()):
        return text
    return Text({lang: value.format_map(_in_language(facts, lang)) for lang, value in text.items()})


def _in_language(facts: _Told, lang: str) -> _Told:
    return _Told({name: value.one(lang) if isinstance(value, Text) else value for name, value in facts.items()})


def _shown(value: Any) -> Any:
    if value is MISSING:
        return "–"
    if isinstance(value, Text):
        return value
    text = str(value)
    return text if len(text) <= SHOWN_VALUE else text[: SHOWN_VALUE - 1] + "…"
