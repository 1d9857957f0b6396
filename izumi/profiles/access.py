"""How an access statement is stored: with some reasons an embargo never ends by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.profiles.types import CONFIRM_REASONS, Document

CONFIRM_LABELS: Mapping[str, Text] = {
    "novelty": both("新規性を守るため", "To keep novelty"),
    "patent": both("特許の出願に関わる", "A patent application depends on it"),
    "contract": both("契約による制限がある", "Restricted by a contract"),
    "export_control": both("輸出管理の対象", "Subject to export control"),
}
"""The reasons that make an embargo wait, as the vocabulary ``reasons`` labels them."""


def reason_codes(access: Mapping[str, Any]) -> list[str]:
    """The codes of an access statement's reasons; a reason is a bare code or an object with ``code``."""
    reasons = access.get("reasons")
    told = [one.get("code") if isinstance(one, Mapping) else one for one in reasons] if isinstance(reasons, list) else []
    return [code for code in told if isinstance(code, str)]


def waits_for_confirmation(access: object) -> tuple[str, ...]:
    """The reasons for which this statement, which would open by itself, has to wait; empty when it has not."""
    if not isinstance(access, Mapping) or access.get("opens", "auto") != "auto":
        return ()
    if access.get("class") != "embargoed" and "opens" not in access:
        return ()
    return tuple(dict.fromkeys(code for code in reason_codes(access) if code in CONFIRM_REASONS))


def reasons_in_words(codes: tuple[str, ...]) -> Text:
    """The labels of confirm reasons, joined."""
    labels = [CONFIRM_LABELS[code] for code in codes]
    return both("、".join(label.one("ja") for label in labels), ", ".join(label.one("en") for label in labels))


def stored_access(document: Mapping[str, Any]) -> tuple[Document, tuple[Finding, ...]]:
    """The document's ``access`` as it is stored, and what was changed on the way.

    With the reasons novelty, patent, contract or export_control ``opens: auto`` (also when it is only the default) is
    stored as ``confirm`` with the warning ``opens-auto-with-reason``. Reasons given as bare codes become objects.

    Source: izumi-document.
    """
    told = document.get("access")
    access: Document = dict(told) if isinstance(told, Mapping) else {}
    if isinstance(access.get("reasons"), list):
        access["reasons"] = [{"code": one} if isinstance(one, str) else one for one in access["reasons"]]
    waiting = waits_for_confirmation(access)
    if not waiting:
        return access, ()
    access["opens"] = "confirm"
    words = reasons_in_words(waiting)
    finding = Finding(
        rule="opens-auto-with-reason",
        severity=Severity.WARNING,
        pointer="/access/opens",
        message=both(
            f"理由が「{words.one('ja')}」のため、「データ管理者が確認してから公開する」として保存しました。",
            f"Because of the reason “{words.one('en')}” it was stored as “opens when the data manager confirms it”.",
        ),
        source="izumi-document",
    )
    return access, (finding,)
