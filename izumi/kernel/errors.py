"""One tree of errors; an error is a code and facts, its words stand in the catalogues.

::

    IzumiError                500
    ├── NotThere              404   absent, or hidden: nobody can tell which
    ├── SignInNeeded          401   something is there, and signing in may help
    ├── Refused               403   carries the verdict with its reasons
    ├── Invalid               422   carries all findings, not the first
    ├── Gone                  410   withdrawn; a tombstone stands
    ├── Conflict              409
    │   └── Outdated          412   somebody changed it meanwhile; carries the current state
    ├── MatchNeeded           428   If-Match is required
    ├── TooMuch               413 / 429
    ├── Unavailable           503   try again in ``retry_after`` seconds
    └── Damaged               500   bytes do not match their digest

Each room keeps the texts of its codes in ``errors.toml``: ``title``, ``detail`` (with named fields), ``fix``, each ja and en.
"""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from izumi.kernel.findings import Finding
from izumi.kernel.text import Text

ROOMS = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one error code."""

    code: str
    title: Text
    detail: Text
    fix: Text
    status: int | None = None


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Wording]:
    """All error codes of all rooms with their words."""
    found: dict[str, Wording] = {}
    for path in sorted(ROOMS.glob("*/errors.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            if code in found:
                raise ValueError(f"error code {code} stands in two catalogues")
            found[code] = Wording(
                code=code,
                title=Text(entry["title"]),
                detail=Text(entry.get("detail", {})),
                fix=Text(entry.get("fix", {})),
                status=entry.get("status"),
            )
    return found


class IzumiError(Exception):
    """Root of the tree: a stable dotted ``code`` and the facts that its words need."""

    status = 500
    default_code = "site.failed"

    def __init__(self, code: str | None = None, /, **facts: Any) -> None:
        self.code = code or self.default_code
        self.facts = facts
        self.findings: tuple[Finding, ...] = ()
        self.verdict: Any = None
        self.headers: dict[str, str] = {}
        wording = catalogue().get(self.code)
        if wording is not None and wording.status is not None:
            self.status = wording.status
        super().__init__(self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.facts}"

    @property
    def wording(self) -> Wording:
        """The words of this error with its facts filled in."""
        words = catalogue().get(self.code) or catalogue()["site.failed"]
        facts = _Facts(self.facts)
        return Wording(
            code=self.code,
            title=_fill(words.title, facts),
            detail=_fill(words.detail, facts),
            fix=_fill(words.fix, facts),
        )


class _Facts(dict[str, Any]):
    """Facts for ``str.format_map``: a missing one is shown as a dash and never breaks an error page."""

    def __missing__(self, key: str) -> str:
        return "–"


def _fill(text: Text, facts: _Facts) -> Text:
    return Text(
        {
            lang: value.format_map(_Facts({k: v.one(lang) if isinstance(v, Text) else v for k, v in facts.items()}))
            for lang, value in text.items()
        }
    )


class NotThere(IzumiError):
    """Absent – or hidden, which must look the same: the answer never repeats what was asked for."""

    status = 404
    default_code = "site.not_there"

    def __init__(self, kind: str = "page", key: str = "", /) -> None:
        super().__init__(None, kind=KINDS.get(kind, KINDS["page"]))
        self.key = key


class SignInNeeded(IzumiError):
    """Nobody is signed in, and that is the only obstacle known to the reader."""

    status = 401
    default_code = "session.needed"

    def __init__(self, code: str | None = None, /, *, verdict: Any = None, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.verdict = verdict
        self.headers = {"WWW-Authenticate": 'Bearer realm="Izumi"'}


class Refused(IzumiError):
    """The decision is no; the verdict says why (``reasons``, ``ways_out``)."""

    status = 403
    default_code = "access.refused"

    def __init__(self, verdict: Any = None, code: str | None = None, /, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.verdict = verdict


class Invalid(IzumiError):
    """The input breaks rules: all findings are told at once."""

    status = 422
    default_code = "input.invalid"

    def __init__(self, findings: Iterable[Finding] | Finding = (), code: str | None = None, **facts: Any) -> None:
        told = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__(code, count=len(told), **facts)
        self.findings = told


class Gone(IzumiError):
    """Withdrawn or expired; what may still be said is in the facts."""

    status = 410
    default_code = "record.withdrawn"


class Conflict(IzumiError):
    """The state of things forbids it."""

    status = 409
    default_code = "state.conflict"


class Outdated(Conflict):
    """Somebody changed it meanwhile; ``current`` is the present state."""

    status = 412
    default_code = "state.outdated"

    def __init__(self, code: str | None = None, /, *, current: Any = None, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.current = current


class MatchNeeded(IzumiError):
    """The caller must say (If-Match) which state it wants to change."""

    status = 428
    default_code = "state.match_needed"


class TooMuch(IzumiError):
    """Too large, or too often."""

    status = 413
    default_code = "input.too_large"

    def __init__(self, code: str | None = None, /, *, retry_after: int | None = None, **facts: Any) -> None:
        super().__init__(code, retry_after=retry_after, **facts)
        if retry_after is not None:
            self.status = 429
            self.headers = {"Retry-After": str(retry_after)}


class Unavailable(IzumiError):
    """Not now; later."""

    status = 503
    default_code = "site.unavailable"

    def __init__(self, code: str | None = None, /, *, retry_after: int = 30, **facts: Any) -> None:
        super().__init__(code, retry_after=retry_after, **facts)
        self.headers = {"Retry-After": str(retry_after)}


class Damaged(IzumiError):
    """Stored bytes do not match their digest."""

    status = 500
    default_code = "storage.damaged"


KINDS: Mapping[str, Text] = {
    "page": Text({"ja": "ページ", "en": "page"}),
    "record": Text({"ja": "レコード", "en": "record"}),
    "version": Text({"ja": "版", "en": "version"}),
    "draft": Text({"ja": "下書き", "en": "draft"}),
    "file": Text({"ja": "ファイル", "en": "file"}),
    "person": Text({"ja": "人", "en": "person"}),
    "organisation": Text({"ja": "組織", "en": "organisation"}),
    "project": Text({"ja": "プロジェクト", "en": "project"}),
    "programme": Text({"ja": "制度", "en": "programme"}),
    "group": Text({"ja": "グループ", "en": "group"}),
    "call": Text({"ja": "公募", "en": "call"}),
    "round": Text({"ja": "報告の回", "en": "reporting round"}),
    "plan": Text({"ja": "計画", "en": "plan"}),
    "entry": Text({"ja": "計画のデータ", "en": "entry of a plan"}),
    "submission": Text({"ja": "提出した報告", "en": "submission"}),
    "report": Text({"ja": "報告", "en": "report"}),
    "notice": Text({"ja": "お知らせ", "en": "notice"}),
    "profile": Text({"ja": "プロファイル", "en": "profile"}),
    "vocabulary": Text({"ja": "語彙", "en": "vocabulary"}),
    "format": Text({"ja": "形式", "en": "format"}),
    "job": Text({"ja": "処理", "en": "job"}),
    "upload": Text({"ja": "送信", "en": "upload"}),
    "token": Text({"ja": "トークン", "en": "token"}),
}


def reference_number() -> str:
    """A short number to quote when something failed; it is also written to the log."""
    return f"E-{secrets.token_hex(3).upper()}"


def problem(error: IzumiError, lang: str, *, reference: str = "") -> dict[str, Any]:
    """The error as an RFC 9457 problem (``application/problem+json``), ``title`` and ``detail`` in ``lang``."""
    words = error.wording
    body: dict[str, Any] = {
        "type": f"/docs/errors#{error.code}",
        "title": words.title.one(lang),
        "status": error.status,
        "detail": " ".join(part for part in (words.detail.one(lang), words.fix.one(lang)) if part),
        "code": error.code,
        "findings": [finding.as_json() for finding in error.findings],
    }
    if error.verdict is not None:
        body["decision"] = error.verdict.as_json()
    if isinstance(error, Outdated) and error.current is not None:
        body["current"] = error.current
    if reference:
        body["reference"] = reference
    return body


def plain(error: IzumiError, lang: str) -> str:
    """The error for a terminal: what, why, what to do; then each finding with its place."""
    words = error.wording
    lines = [part for part in (words.title.one(lang), words.detail.one(lang), words.fix.one(lang)) if part]
    lines += [f"  {f.pointer or '/'}  {f.message.one(lang)}" for f in error.findings]
    if error.verdict is not None:
        lines += [f"  - {reason['text'].get(lang, '')}" for reason in error.verdict.as_json()["reasons"]]
    return "\n".join(lines)
