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
    "manage": both("公開の区分を変える", "Change access"),
    "submit": both("提出する", "Submit"),
}
SHOWN = ("see", "read")


def told(rules: Iterable[Rule], shown: tuple[str, ...] = SHOWN) -> list[dict[str, Any]]:
    """One line per action and audience, in the order of actions; windows stand beside."""
    lines: dict[tuple[str, str, Any, Any], dict[str, Any]] = {}
    for rule in rules:
        if rule.action not in shown or ":" in rule.part or rule.audience in ("console", "system"):
            continue
        who = audience_text(rule.audience, rule.reason if rule.audience != "public" else "")
        key = (rule.action, str(dict(who)), rule.from_at, rule.until_at)
        lines[key] = {"action": ACTIONS[rule.action], "code": rule.action, "who": who, "from": rule.from_at, "until": rule.until_at,
                      "public": rule.audience == "public"}  # fmt: skip
    return sorted(lines.values(), key=lambda line: (shown.index(line["code"]), not line["public"]))


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
