"""The reference page of all profiles, made from the packs themselves: items, rules, vocabularies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from izumi.kernel.text import Text, both
from izumi.profiles.members import ENGINE_RULES
from izumi.profiles.types import Obligation, Pack, Step

WORDS: dict[str, Text] = {
    "title": both("プロファイルの項目・規則・語彙", "Items, rules and vocabularies of the profiles"),
    "made": both("このページはプロファイルの定義から作られています。", "This page is made from the definitions of the profiles."),
    "items": both("項目", "Items"),
    "rules": both("規則", "Rules"),
    "vocabularies": both("語彙", "Vocabularies"),
    "item_head": both(
        "| 番号 | 項目 | 場所 | 必須 | 語彙 | 説明 | 出典 |", "| No. | Item | Place | Obligation | Vocabulary | Help | Source |"
    ),
    "rule_head": both(
        "| 規則 | 重さ | 段階 | 計画では | 場所 | 内容 | 出典 |", "| Rule | Severity | Step | In a plan | Place | Message | Source |"
    ),
    "tables": both("表", "Tables"),
    "column_head": both("| 列 | 見出し | 項目の場所 |", "| Column | Heading | Places |"),
    "term_head": both("| コード | 名称 | URI |", "| Code | Label | URI |"),
    "engine": both("どのプロファイルでも確かめること", "What is looked at under every profile"),
    "engine_head": both("| 規則 | 内容 |", "| Rule | Message |"),
    "version": both("版", "version"),
    "source": both("出典", "Source"),
}
OBLIGATIONS = {
    Obligation.REQUIRED: both("必須", "required"),
    Obligation.CONDITIONAL: both("条件つき", "conditional"),
    Obligation.OPTIONAL: both("任意", "optional"),
    Obligation.SYSTEM: both("システム", "system"),
}
SEVERITIES = {"error": both("誤り", "error"), "warning": both("注意", "warning"), "task": both("課題", "task")}


def reference_page(packs: Iterable[Pack], lang: str) -> str:
    """Markdown in ``lang``: for each profile its items, rules and vocabularies with their sources."""
    return "\n".join(_lines(packs, lang)) + "\n"


def _lines(packs: Iterable[Pack], lang: str) -> Iterator[str]:
    yield from (f"# {WORDS['title'].one(lang)}", "", WORDS["made"].one(lang))
    for pack in packs:
        yield from ("", f"## {pack.label.one(lang)} (`{pack.name}`, {WORDS['version'].one(lang)} {pack.version})", "")
        yield pack.description.one(lang)
        yield from _items(pack, lang)
        yield from _rules(pack, lang)
        yield from _tables(pack, lang)
        yield from _vocabularies(pack, lang)
    yield from ("", f"## {WORDS['engine'].one(lang)}", "", WORDS["engine_head"].one(lang), "|---" * 2 + "|")
    for rule, words in ENGINE_RULES.items():
        yield _row((f"`{rule}`", words.one(lang)))


def _items(pack: Pack, lang: str) -> Iterator[str]:
    yield from ("", f"### {WORDS['items'].one(lang)}", "", WORDS["item_head"].one(lang), "|---" * 7 + "|")
    for one in pack.fields:
        obligation = OBLIGATIONS[one.obligation].one(lang)
        if one.condition:
            obligation += f": {one.condition.one(lang)}"
        vocabulary = f"`{one.vocabulary}`" if one.vocabulary else ""
        cells = (one.item, one.label.one(lang), f"`{one.pointer}`", obligation, vocabulary, one.help.one(lang), _source(one.source))
        yield _row(cells)


def _rules(pack: Pack, lang: str) -> Iterator[str]:
    if not pack.rules:
        return
    yield from ("", f"### {WORDS['rules'].one(lang)}", "", WORDS["rule_head"].one(lang), "|---" * 7 + "|")
    for rule in pack.rules:
        words = " ".join(part for part in (rule.message.one(lang), rule.fix.one(lang)) if part)
        places = " ".join(f"`{place}`" for place in rule.at.split(" "))
        severity = SEVERITIES[rule.severity].one(lang)
        weight = rule.weight(Step.PLAN)
        planned = SEVERITIES[weight].one(lang) if weight else ""
        yield _row((f"`{rule.id}`", severity, str(rule.step), planned, places, words, _source(rule.source)))


def _tables(pack: Pack, lang: str) -> Iterator[str]:
    if not pack.views:
        return
    yield from ("", f"### {WORDS['tables'].one(lang)}")
    for view in pack.views:
        source = f"{WORDS['source'].one(lang)}: {_source(view.source)}"
        yield from ("", f"#### {view.label.one(lang)} (`{view.id}`)", "", source, "")
        yield from (WORDS["column_head"].one(lang), "|---" * 3 + "|")
        for number, column in enumerate(view.columns, start=1):
            heading = " / ".join(part for part in (column.group.one(lang), column.label.one(lang)) if part)
            yield _row((str(number), heading, " ".join(f"`{piece.at}`" for piece in column.pieces)))


def _vocabularies(pack: Pack, lang: str) -> Iterator[str]:
    if not pack.vocabularies:
        return
    yield from ("", f"### {WORDS['vocabularies'].one(lang)}")
    for vocabulary in pack.vocabularies.values():
        source = f"{WORDS['source'].one(lang)}: {_source(vocabulary.source)}"
        yield from ("", f"#### {vocabulary.label.one(lang)} (`{vocabulary.name}`)", "", source, "")
        yield from (WORDS["term_head"].one(lang), "|---" * 3 + "|")
        for term in vocabulary:
            yield _row((f"`{term.code}`", term.label.one(lang), term.uri))


def _source(source: str) -> str:
    return f"[{source}](../sources.md#{source})" if source else ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
