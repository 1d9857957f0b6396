"""What is wrong with an access statement, in words for its writer."""

from __future__ import annotations

from collections.abc import Mapping

from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.policy.types import (
    SCOPE_FORM,
    WITHHOLDING_LABELS,
    AccessClass,
    AccessStatement,
    Requests,
)


def statement_findings(document: Mapping[str, object]) -> tuple[Finding, ...]:
    """Faults of an ``access`` object that would make it stay closed, or say less than meant.

    Source: interface.md, "Who may do what"; common-items-2024-07-30, アクセス権 and 公開予定日.
    """
    statement = AccessStatement.from_document(document)
    return tuple(
        Finding(rule=rule, severity=severity, pointer=f"/access/{member}", message=both(ja, en))
        for rule, severity, member, ja, en, wrong in _checks(document, statement)
        if wrong
    )


def _checks(told: Mapping[str, object], read: AccessStatement) -> list[tuple[str, Severity, str, str, str, bool]]:
    classes = {str(c) for c in AccessClass}
    embargo = read.access_class is AccessClass.EMBARGOED
    scopes = [s for s in read.scopes if not SCOPE_FORM.fullmatch(s)]
    codes = [r.code for r in read.reasons if r.code not in WITHHOLDING_LABELS]
    known = {str(r) for r in Requests}
    narrowed = told.get("disclosure") or {}
    error, warning = Severity.ERROR, Severity.WARNING
    return [
        ("access-class-missing", error, "class", "アクセス権を選んでください。", "Choose an access class.",
         told.get("class") is None),
        ("access-class-unknown", error, "class", "アクセス権の値が正しくありません。", "This is not an access class.",
         told.get("class") not in (None, *classes)),
        ("metadata-class-unknown", error, "metadata_class",
         "メタデータのアクセス権は公開・共有・非公開のどれかです（公開期間猶予は選べません）。",
         "Metadata are open, shared or closed (never embargoed).",
         told.get("metadata_class") not in (None, *(classes - {"embargoed"}))),
        ("embargo-day-missing", error, "available_on", "公開期間猶予には公開予定日（YYYY-MM-DD）が必要です。",
         "An embargo needs its first open day (YYYY-MM-DD).", embargo and read.available_on is None),
        ("scope-unknown", error, "scopes", f"共有範囲の書き方が正しくありません: {', '.join(scopes)}",
         f"This is not a scope: {', '.join(scopes)}", bool(scopes)),
        ("reason-code-unknown", error, "reasons", f"理由コードが正しくありません: {', '.join(codes)}",
         f"This is not a reason code: {', '.join(codes)}", bool(codes)),
        ("requests-unknown", error, "requests", "申請の可否の値が正しくありません。", "This is not a requestability.",
         told.get("requests") not in (None, *known)),
        ("opens-unknown", error, "opens", "公開の方法は auto か confirm です。", "An embargo opens by auto or confirm.",
         told.get("opens") not in (None, "auto", "confirm")),
        ("disclosure-unknown", error, "disclosure",
         "項目ごとの公開範囲は、項目の位置（/ で始まる）と公開・共有・非公開の組です。",
         "The disclosure of an item is its pointer (beginning with /) and open, shared or closed.",
         _disclosure_is_unclear(narrowed)),
        ("disclosure-title", error, "disclosure",
         "題名はメタデータ全体より狭くできません。題名を見せないときは、メタデータのアクセス権を狭くしてください。",
         "A title cannot be narrower than the metadata. To hide it, narrow the metadata themselves.",
         _narrows_title(narrowed)),
        ("metadata-narrower-than-data", warning, "metadata_class",
         "データよりメタデータのほうが狭いため、データもメタデータの範囲に限られます。",
         "The metadata are narrower than the data, so the data are limited to the same readers.",
         _width(read.metadata_class) < _width(read.access_class)),
    ]  # fmt: skip


def _width(access: AccessClass) -> int:
    return {"closed": 0, "shared": 1, "embargoed": 2, "open": 2}[access]


def _narrows_title(told: object) -> bool:
    """Lists, links and citations name a record by its title, so it goes with the metadata as a whole."""
    return isinstance(told, Mapping) and any(str(k) == "/title" or str(k).startswith("/title/") for k in told)


def _disclosure_is_unclear(told: object) -> bool:
    if not isinstance(told, Mapping):
        return True
    return any(not str(k).startswith("/") or v not in ("open", "shared", "closed") for k, v in told.items())
