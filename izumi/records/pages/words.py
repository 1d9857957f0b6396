"""Words of the record's pages: what just happened, relations, verbs of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from izumi.kernel.text import Text, both
from izumi.records.types import RecordView

JAPAN = ZoneInfo("Asia/Tokyo")

SAID: Mapping[str, Text] = {
    "created": both("下書きを作りました。", "The draft was created."),
    "saved": both("下書きを保存しました。", "Draft saved."),
    "submitted": both("提出しました。確認の結果をお知らせします。", "Submitted. You will be told the result of the review."),
    "published": both("公開しました。保管の処理は自動で続きます。", "Published. Sealing continues by itself."),
    "scheduled": both("公開を予約しました。", "The publication is scheduled."),
    "returned": both("差し戻しました。", "Returned to the depositor."),
    "accepted": both("受理しました。", "Accepted."),
    "withdrawn": both("取り下げました。引用のための情報は残ります。", "Withdrawn. Citation details remain."),
    "discarded": both("下書きを破棄しました。30 日以内なら元に戻せます。", "Draft discarded. You can undo this within 30 days."),
    "restored": both("下書きを元に戻しました。", "The draft is back."),
    "access": both("アクセス権を変えました。", "Access was changed."),
    "version": both("新しい版の下書きを作りました。", "A draft of the next version was opened."),
    "correction": both("訂正の下書きを作りました。ファイルは変わりません。", "A draft of the correction was opened. The files stay as they are."),
    "removed": both("ファイルを取り除きました。", "The file was removed."),
    "uploaded": both("ファイルを保存しました。", "Files saved."),
    "nothing": both("変更はありませんでした。", "Nothing was changed."),
    "merged": both(
        "保存しました。ほかの人の変更（別の項目）も残っています。",
        "Saved. Somebody else's changes to other fields are kept.",
    ),
}
"""Short confirmations; a page gets the key in ``?said=``, never a free text."""

VERBS: Mapping[str, Text] = {
    "record.created": both("下書きを作りました", "created the draft"),
    "record.draft_saved": both("説明を保存しました", "saved the description"),
    "record.file_put": both("ファイルを加えました", "added files"),
    "record.file_removed": both("ファイルを取り除きました", "removed files"),
    "record.file_moved": both("ファイルを移しました", "moved files"),
    "record.submitted": both("提出しました", "submitted it for review"),
    "record.returned": both("差し戻しました", "returned it"),
    "record.accepted": both("受理しました", "accepted it"),
    "record.scheduled": both("公開を予約しました", "scheduled the publication"),
    "record.published": both("公開しました", "published it"),
    "record.corrected": both("訂正を公開しました", "published a correction"),
    "record.access_changed": both("アクセス権を変えました", "changed access"),
    "record.withdrawn": both("取り下げました", "withdrew it"),
    "record.draft_discarded": both("下書きを破棄しました", "discarded the draft"),
    "record.draft_restored": both("下書きを元に戻しました", "restored the draft"),
    "record.version_opened": both("新しい版の下書きを作りました", "opened the next version"),
    "record.linked": both("関連を加えました", "added a link"),
    "record.projects_changed": both("プロジェクトを変えました", "changed the projects"),
    "record.sealed": both("保管しました", "sealed it"),
    "record.opened": both("公開予定日になりました", "reached its release day"),
}
"""Journal verbs in words, read after the name of who did it."""

CORRECTION_OPENED = both("訂正の下書きを作りました", "opened a correction")

SIDES: Mapping[str, Text] = {
    "ja": both("日本語", "Japanese"),
    "en": both("英語", "English"),
    "ja-Kana": both("よみ", "reading"),
    "ja-Latn": both("ローマ字", "romanised"),
}
"""The side of a bilingual item that a difference is about."""

RETURN_REASONS: tuple[Text, ...] = (
    both(
        "データの名称から内容がわかりません。材料・方法・条件を入れてください。",
        "The title does not say what the data are. Add material, method and conditions.",
    ),
    both("説明に、測定の方法と条件を書き加えてください。", "Please describe the method and conditions of measurement."),
    both("アクセス権の理由を確かめてください。", "Please check the reasons for the access class."),
    both("ファイルの説明（列の名前と単位など）を README に加えてください。", "Please add a README that explains the files (columns, units)."),
)  # fmt: skip
"""Templates offered to a curator who returns a draft."""

RELATIONS: Mapping[str, Text] = {
    "IsSupplementTo": both("この論文などを補うデータ", "Supplement to"),
    "IsSupplementedBy": both("これを補うもの", "Supplemented by"),
    "IsDerivedFrom": both("もとになったもの", "Derived from"),
    "IsSourceOf": both("これから作られたもの", "Source of"),
    "IsPartOf": both("これを含むもの", "Part of"),
    "HasPart": both("含まれるもの", "Has part"),
    "IsCitedBy": both("引用している論文など", "Cited by"),
    "Cites": both("引用しているもの", "Cites"),
    "References": both("参照しているもの", "References"),
    "IsReferencedBy": both("参照している論文など", "Referenced by"),
    "IsVersionOf": both("別の版", "Version of"),
    "IsNewVersionOf": both("前の版", "New version of"),
    "IsPreviousVersionOf": both("次の版", "Previous version of"),
    "IsDocumentedBy": both("説明している文書", "Documented by"),
    "Documents": both("説明している対象", "Documents"),
    "IsIdenticalTo": both("同じもの", "Identical to"),
    "IsRelatedTo": both("関連するもの", "Related to"),
    "Requires": both("必要なもの", "Requires"),
    "IsRequiredBy": both("これを必要とするもの", "Required by"),
    "IsObsoletedBy": both("置きかえたもの", "Obsoleted by"),
    "Obsoletes": both("置きかえられたもの", "Obsoletes"),
}


def relation(code: str) -> Text:
    """A relation in words; an unknown one as it is."""
    return RELATIONS.get(code) or RELATIONS.get(code[:1].upper() + code[1:]) or Text({"ja": code, "en": code})


def link_line(link: Mapping[str, Any]) -> dict[str, Any]:
    """A link with its label and address: DOIs to the resolver, handles and records of this site likewise."""
    scheme, value = str(link.get("scheme") or ""), str(link.get("identifier") or "")
    code = str(link.get("relation") or "")
    return {
        "relation": relation(code), "relation_code": code, "scheme": scheme, "href": address_of(scheme, value),
        "label": f"doi:{value}" if scheme.upper() == "DOI" and not value.startswith("http") else value,
    }  # fmt: skip


def address_of(scheme: str, value: str) -> str:
    """Where an identifier leads; empty when nothing safe is known."""
    if value.startswith(("https://", "http://")):
        return value
    known = {"DOI": "https://doi.org/", "HDL": "https://hdl.handle.net/", "IZUMI": "/id/", "ARK": "https://n2t.net/"}
    start = known.get(scheme.upper())
    return f"{start}{value.removeprefix('doi:')}" if start and value else ""


def version_label(view: RecordView) -> str:
    """``3`` or, when corrected, ``3.1``; empty for a draft."""
    if view.version is None:
        return ""
    return f"{view.version}.{view.correction}" if view.correction else str(view.version)


def time_of(moment: datetime) -> str:
    """``14:32`` in Japan time."""
    return moment.astimezone(JAPAN).strftime("%H:%M")


ACTORS: Mapping[str, Text] = {
    "system": both("Izumi（自動）", "Izumi (automatic)"),
    "console": both("運用者（端末）", "Operator (console)"),
    "anonymous": both("匿名", "Anonymous"),
}
"""Actors that are no persons."""
