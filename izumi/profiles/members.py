"""What the engine itself says about any document, whatever the packs: undescribed members, terms out of date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.profiles.inputs import json_type
from izumi.profiles.pointers import join, split, value_at
from izumi.profiles.shape import expected
from izumi.profiles.types import Context, Document, Pack, Vocabulary

ENGINE_RULES: Mapping[str, Text] = {
    "shape-type": both("値の JSON の型が違います。", "A value has the wrong JSON type."),
    "shape-unknown-member": both("その名前の項目はありません。", "There is no member of that name."),
    "shape-language": both("言語の名前が正しくありません。", "A key is not a language tag."),
    "shape-number": both("有限の数ではありません。", "A number is not finite."),
    "text-too-long": both("1 つの文字列が 200 kB を超えています。", "One text is longer than 200 kB."),
    "text-control-character": both("表示できない制御文字があります。", "A text holds control characters."),
    "text-not-unicode": both("文字として読めないデータがあります。", "A text holds something that is not a character."),
    "document-too-large": both("文書全体が 2 MB を超えています。", "The document is larger than 2 MB."),
    "document-too-deep": both("入れ子が深すぎます。", "The nesting is too deep."),
    "system-kept": both("システムが記録する項目は受け取りません（注意）。", "Items that the system keeps are not taken (warning)."),
    "profile-unknown": both("このサイトにないプロファイルの項目です（注意）。", "Items of a profile this site lacks (warning)."),
    "profile-member-unknown": both("プロファイルにない項目です（注意）。", "An item the profile does not have (warning)."),
    "profile-member-type": both("プロファイルの項目の値の型が違います。", "An item of a profile has the wrong JSON type."),
    "term-no-longer-valid": both("語彙の語の有効期間が終わっています（注意）。", "A term is no longer valid (warning)."),
}
"""Rules that are not of a pack, for the reference page; the first nine refuse the request (422)."""


def unknown_members(document: Document, packs: Mapping[str, Pack]) -> Iterator[Finding]:
    """Warnings for profiles that this site does not have and for members that a profile does not describe; an error
    where a described member has the wrong JSON type.

    Nothing is refused: what another site's profile says is kept.
    """
    used = document.get("profiles")
    if not isinstance(used, Mapping):
        return
    for name, items in used.items():
        if name not in packs:
            yield _warning(
                "profile-unknown",
                ("profiles", name),
                both(
                    f"プロファイル「{name}」はこのサイトにありません。内容はそのまま保存します。",
                    f"This site has no profile “{name}”. Its content is kept as it is.",
                ),
            )
        elif isinstance(items, Mapping):
            yield from _undescribed(name, items, packs[name])


def _undescribed(name: str, items: Mapping[str, object], pack: Pack) -> Iterator[Finding]:
    described = own_members(pack)
    for member, value in items.items():
        path = ("profiles", name, member)
        if member not in described:
            yield _warning(
                "profile-member-unknown",
                path,
                both(
                    "このプロファイルにない項目です。内容はそのまま保存します。",
                    "The profile has no such item. Its content is kept as it is.",
                ),
            )
            continue
        kind = described[member]
        if kind and not _is(kind, value):
            yield replace(_warning("profile-member-type", path, expected(kind)), severity=Severity.ERROR)


def own_members(pack: Pack) -> dict[str, str]:
    """The members of ``/profiles/<name>`` that the pack describes, each with its JSON type (empty: any)."""
    paths = [(split(one.pointer), one) for one in pack.fields]
    own = [(path, one) for path, one in paths if len(path) > 2 and path[:2] == ("profiles", pack.name)]
    return {path[2]: json_type(one) if len(path) == 3 else "" for path, one in sorted(own, key=lambda told: -len(told[0]))}


PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {"mapping": (dict,), "list": (list,), "string": (str,), "number": (int, float)}


def _is(kind: str, value: object) -> bool:
    return isinstance(value, PYTHON_TYPES[kind]) and not isinstance(value, bool)


def ended_terms(document: Document, packs: Iterable[Pack], context: Context) -> Iterator[Finding]:
    """Warnings for coded values whose term can no longer be chosen; who has it may keep it."""
    known: dict[str, Vocabulary] = {}
    for pack in packs:
        known |= pack.vocabularies
        for one in pack.fields:
            if one.vocabulary not in known or "*" in one.pointer:
                continue
            term = known[one.vocabulary].term(value_at(document, one.pointer))
            if term is not None and not term.valid_on(context.today):
                until = term.valid_until.isoformat() if term.valid_until else "–"
                yield _warning(
                    "term-no-longer-valid",
                    split(one.pointer),
                    both(
                        f"「{term.label.one('ja')}」の有効期間は終わっています（{until} まで）。",
                        f"“{term.label.one('en')}” is no longer valid (until {until}).",
                    ),
                )


def _warning(rule: str, path: tuple[str, ...], message: Text) -> Finding:
    return Finding(rule=rule, severity=Severity.WARNING, pointer=join(path), message=message, source="izumi-document")
