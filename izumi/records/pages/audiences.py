"""Who may do what, in words: compiled allow rules as lines of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from izumi.kernel.text import Text, both
from izumi.policy.types import Change, Rule, audience_text

ACTIONS: Mapping[str, Text] = {
    "see": both("説明を見る", "See the description"),
    "read": both("ファイルを使う", "Use the files"),
    "edit": both("編集する", "Edit"),
    "review": both("確認する", "Review"),
    "publish": both("公開する", "Publish"),
    "withdraw": both("取り下げる", "Withdraw"),
    "manage": both("アクセス権を変える", "Change access"),
    "submit": both("提出する", "Submit"),
}
SHOWN = ("see", "read")


def told(rules: Iterable[Rule], shown: tuple[str, ...] = SHOWN) -> list[dict[str, Any]]:
    """For each action who may do it and when; where anyone may at any time, nobody else is named."""
    groups: list[dict[str, Any]] = []
    known = list(rules)
    for action in shown:
        lines: dict[tuple[str, Any, Any], dict[str, Any]] = {}
        for rule in known:
            if rule.action != action or ":" in rule.part or rule.audience in ("console", "system"):
                continue
            who = audience_text(rule.audience, rule.reason if rule.audience != "public" else "")
            line = {"who": who, "from": rule.from_at, "until": rule.until_at, "public": rule.audience == "public"}
            lines[str(dict(who)), rule.from_at, rule.until_at] = line
        always = [one for one in lines.values() if one["public"] and not one["from"] and not one["until"]]
        ordered = always or sorted(lines.values(), key=lambda one: not one["public"])
        groups.append({"action": ACTIONS[action], "lines": ordered})
    return groups


def changes(found: Iterable[Change]) -> dict[str, list[dict[str, Any]]]:
    """Who gains and who loses, each once, in words."""
    sides: dict[str, dict[str, dict[str, Any]]] = {"gains": {}, "loses": {}}
    for change in found:
        if change.audience in ("console", "system") or ":" in change.part:
            continue
        who = audience_text(change.audience, change.reason if change.audience != "public" else "")
        line = {
            "who": who, "action": ACTIONS.get(change.action, Text({"ja": change.action, "en": change.action})),
            "from": change.from_at, "until": change.until_at,
        }  # fmt: skip
        sides[change.effect].setdefault(f"{dict(who)}{change.action}{change.from_at}{change.until_at}", line)
    return {side: list(lines.values()) for side, lines in sides.items()}
