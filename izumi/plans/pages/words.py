"""Words of the plan's pages: what just happened, colours of states and deviations, obligations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from izumi.kernel.text import Text, both

SAID: Mapping[str, Text] = {
    "created": both("計画の下書きを作りました。", "The draft of the plan was created."),
    "imported": both("ファイルから計画の下書きを作りました。", "The draft of the plan was made from the file."),
    "saved": both("計画の下書きを保存しました。", "The draft of the plan is saved."),
    "nothing": both("変更はありませんでした。", "Nothing was changed."),
    "merged": both(
        "保存しました。ほかの人の変更（別の項目）も残っています。", "Saved. Somebody else's changes to other fields are kept."
    ),
    "added": both("管理対象データを加えました。", "A dataset was added to the plan."),
    "copied": both("写しを加えました。名称と番号を確かめてください。", "A copy was added. Please check its title and number."),
    "removed": both("管理対象データを計画から外しました。", "The dataset was taken out of the plan."),
    "submitted": both("計画を提出しました。確認する人にお知らせします。", "The plan is handed in; who decides is told."),
    "returned": both("理由を付けて差し戻しました。", "Returned with the reason."),
    "passed": both("認めました。次に確認する人にお知らせします。", "You agreed; the next person is told."),
    "adopted": both("計画を採用しました。データの下書きができています。", "The plan is adopted, and drafts of its data are ready."),
    "opening": both(
        "計画を採用しました。データの下書きを順に作っています。少しあとで読み直してください。",
        "The plan is adopted. The drafts of its data are being opened one after another; reload this page in a while.",
    ),
    "revising": both("改訂の下書きを作りました。", "A draft of the revision was opened."),
    "revised": both("計画を改訂しました。", "The plan is revised."),
    "proposed": both(
        "改訂を提出しました。採用されると差異は解消します。", "The revision is handed in; the deviation is settled once it is adopted."
    ),
    "into_draft": both(
        "開いている改訂の下書きに加えました。採用すると差異は解消します。",
        "Added to the open draft of the revision; the deviation is settled once it is adopted.",
    ),
    "taken_back": both("提出を取り下げました。下書きに戻っています。", "Taken back; it is a draft again."),
    "discarded": both("下書きを破棄しました。", "The draft was discarded."),
    "assigned": both("データを計画に割り当てました。", "The data are assigned to the plan."),
    "exempt": both("計画が要らない理由を記録しました。", "It is recorded why no plan is needed."),
}
"""Short confirmations; a page gets the key in ``?said=``, never a free text."""

STATES: Mapping[str, str] = {"draft": "is-closed", "submitted": "is-warn", "returned": "is-danger", "adopted": "is-open"}
"""State of a plan → colour class."""

DRAFTS: Mapping[str, tuple[Text, str]] = {
    "open": (both("改訂中", "Being revised"), "is-closed"),
    "submitted": (both("改訂を提出済み", "Revision handed in"), "is-warn"),
    "returned": (both("改訂が差し戻し", "Revision returned"), "is-danger"),
}
"""State of the revision of a plan in force → label, colour class."""

COLOURS: Mapping[str, str] = {"late": "is-danger", "missing": "is-danger"}
"""Kind of deviation → colour class; the others are warnings."""

KINDS: Mapping[str, Text] = {
    "plan": both("計画の提出期限", "Plan due"),
    "register": both("登録の期日", "To be registered"),
    "publish": both("公開（予定）日", "To be published"),
    "open": both("公開期間猶予の終わり", "End of the embargo"),
    "review": both("計画の見直し", "Review of the plan"),
    "report": both("報告の期限", "Report due"),
    "keep": both("保存期間の終わり", "End of retention"),
}
"""Kinds of obligation."""

CONFIRM = both("（確認して公開）", " (somebody confirms)")

BECAUSE: Mapping[str, Text] = {
    "late": both("期日を改める", "Change the day"),
    "larger": both("計画の量を改める", "Change the planned amount"),
    "other-class": both("計画のアクセス権を改める", "Change the planned access class"),
    "missing": both("期日を改める、または計画から外す", "Change the day, or take it out of the plan"),
    "record-without-entry": both("計画に加える", "Add it to the plan"),
}
"""Deviation → heading of the page that revises."""

EXEMPT_REASONS: tuple[Text, ...] = (
    both("この研究では研究データを作成・収集しません。", "No research data are made or collected in this project."),
    both("公募の要領で、計画の作成が求められていません。", "The call does not ask for a plan."),
)
"""Offered as templates where somebody says that no plan is needed."""

RETURN_REASONS: tuple[Text, ...] = (
    both("公開しない理由をくわしく書いてください。", "Please explain why the data are not open."),
    both("公開（予定）日と登録の期日を入れてください。", "Please give the days of registration and publication."),
    both("管理者と連絡先を部署の名前で書いてください。", "Please name an office as data manager and contact."),
)
"""Offered to who returns a plan."""


def after_adoption(done: Any, *, revision: bool) -> str:
    """The confirmation after ``actions.adopt``: passed on, adopted, revised, or still opening many drafts."""
    if done.in_force is None:
        return "passed"
    return "opening" if done.in_force.job else "revised" if revision else "adopted"
