"""What notices of plans say; ``{name}`` is filled in for each reader. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from izumi.kernel.text import Text, both
from izumi.plans.deviation_words import days, size
from izumi.policy.types import CLASS_LABELS

ASKED = both("計画{name}が、あなたの確認を待っています。", "The plan {name} waits for your decision.")
PASSED = both("計画{name}の確認が次に進みました。", "The plan {name} went on to the next step.")
RETURNED = both("計画{name}が差し戻されました。理由を読んで直してください。", "The plan {name} was returned. Read why, and correct it.")
REVISION = both("計画{name}の改訂が始まりました。", "A revision of the plan {name} was begun.")
ADOPTED = both("計画{name}が採用されました。", "The plan {name} was adopted.")
ADOPTED_AGAIN = both("計画{name}の改訂が採用されました。", "A revision of the plan {name} was adopted.")


def opened(count: int) -> Text:
    """Drafts were opened for a responsible person."""
    return both(
        f"計画{{name}}が採用され、あなたが担当するデータの下書きが {count} 件できました。",
        f"The plan {{name}} was adopted: {count} draft{'' if count == 1 else 's'} of data you answer for "
        f"{'is' if count == 1 else 'are'} ready.",
    )


def deviation(told: Mapping[str, Any]) -> Text:
    """One sentence for each kind of deviation, with what was planned."""
    code, planned, actual = str(told.get("code")), told.get("planned"), told.get("actual")
    if code == "larger" and isinstance(planned, int):
        planned = size(planned)
    if code == "other-class":
        planned = CLASS_LABELS.get(str(planned), str(planned))
    if code == "missing" and actual in ("withdrawn", "discarded"):
        code = str(actual)
    fill = {"planned": planned or "", "name": Text({"ja": "{name}", "en": "{name}"})}
    return _DEVIATIONS.get(code, _DEVIATIONS["other"]).format(**fill)


_DEVIATIONS: Mapping[str, Text] = {
    "project-without-plan": both(
        "プロジェクト{name}は、計画の期限（{planned}）を過ぎましたが計画がありません。",
        "The project {name} has no plan; it was due on {planned}.",
    ),
    "record-without-entry": both("{name}は、計画のどのデータにも当たりません。", "{name} answers no entry of the plan."),
    "late": both(
        "{name}は、計画で公開するとした日（{planned}）を過ぎましたが公開されていません。", "{name} was to be public on {planned}, and is not."
    ),
    "larger": both("{name}は、計画の容量（{planned}）より多く保存されています。", "More of {name} is stored than the planned {planned}."),
    "other-class": both(
        "{name}のアクセス権が、計画（{planned}）と違います。", "The access class of {name} is not the planned one ({planned})."
    ),
    "missing": both(
        "{name}は、登録の期日（{planned}）を過ぎましたが足りないものがあります。", "Something of {name} is missing; it was due on {planned}."
    ),
    "withdrawn": both("{name}に当たるデータが取り下げられました。", "The data that answered {name} were withdrawn."),
    "discarded": both("{name}に当たるデータの下書きが破棄されました。", "The draft that answered {name} was discarded."),
    "other": both("{name}が計画と違います。", "{name} is not as planned."),
}  # fmt: skip

_DUE: Mapping[str, Text] = {
    "plan": both("プロジェクト{name}の計画の期限", "The plan of the project {name} is due"),
    "register": both("{name}の登録の期日", "{name} is to be registered"),
    "publish": both("{name}の公開の日", "{name} is to be published"),
    "open": both("{name}の公開期間猶予の終わり", "The embargo of {name} ends"),
    "review": both("計画{name}を見直す日", "The plan {name} is to be reviewed"),
    "report": both("プロジェクト{name}の報告の期限", "The report of the project {name} is due"),
    "keep": both("{name}の保存期間の終わり", "The retention of {name} ends"),
}


def due(kind: str, day: str, left: int) -> Text:
    """When something is due, seen from the day on which it is said."""
    when = both("は今日（{day}）です。", " today, {day}.")
    if left > 0:
        when = both("は {day}（あと {days}）です。", " on {day}, in {days}.")
    elif left < 0:
        when = both("は {day} でした（{days}過ぎています）。", " on {day}, {days} ago.")
    said = when.format(day=day, days=days(abs(left)))
    what = _DUE[kind]
    return both(what.one("ja") + said.one("ja"), what.one("en") + said.one("en"))
