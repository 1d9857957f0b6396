"""What every registration asks first: may the actor, and is the input sound."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from izumi.kernel.actors import Actor
from izumi.kernel.days import Day
from izumi.kernel.errors import Invalid, Refused, SignInNeeded
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.people import rules
from izumi.people.types import STEPS, Review
from izumi.policy.types import Verdict

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def require(actor: Actor, verdict: Verdict) -> None:
    """Go on only when the verdict allows it: 401 for anonymous, else 403 with the reasons."""
    if verdict:
        return
    if actor.is_anonymous:
        raise SignInNeeded(verdict=verdict)
    raise Refused(verdict)


def fault(
    rule: str, pointer: str, ja: str, en: str, *, severity: Severity = Severity.ERROR, source: str | None = None,
    fix: tuple[str, str] | None = None,
) -> Finding:  # fmt: skip
    """A finding about the input of a registration; ``source`` names the list, call or standard it was judged by."""
    return Finding(
        rule=rule, severity=severity, pointer=pointer, message=both(ja, en), source=source, fix=both(*fix) if fix else None
    )


def refuse(*faults: Finding | None) -> None:
    """Raise ``Invalid`` with all faults, if any."""
    found = [one for one in faults if one is not None]
    if found:
        raise Invalid(found)


def text_fault(text: Mapping[str, str], pointer: str, *, limit: int = 500) -> Finding | None:
    """A text by language with at least one language, each of 1 to ``limit`` characters without control characters."""
    values = [value for value in text.values() if isinstance(value, str) and value.strip()]
    if not values:
        return fault("text-missing", pointer, "日本語か英語で入力してください。", "Enter it in Japanese or English.")
    if len(text) > 10 or any(len(v) > limit or _has_controls(v) for v in values) or len(values) != len(text):
        return fault("text-wrong", pointer, f"{limit} 文字までの文字列にしてください。", f"Use at most {limit} characters.")
    return None


def known(table: type, key: str | None, pointer: str, *, source: str | None = None) -> Finding | None:
    """A finding when something is named that is not registered; ``source`` names the list that was looked up."""
    if key is None or table.objects.filter(pk=key).exists():  # type: ignore[attr-defined]
        return None
    return fault("reference-unknown", pointer, "指定されたものが見つかりません。", "What this names does not exist.", source=source)


def review_fault(review: str) -> Finding | None:
    """A review is ``none`` or ``curator``."""
    if review in {str(one) for one in Review}:
        return None
    return fault("review-unknown", "/review", "none か curator にしてください。", "Use none or curator.")


def days_fault(first: Day | None, last: Day | None, pointer: str) -> Finding | None:
    """Days in their order; unknown ones are not judged."""
    if first is None or last is None or first <= last:
        return None
    return fault("days-reversed", pointer, "終わりの日が始まりより前です。", "It ends before it begins.")


def year_fault(year: int) -> Finding | None:
    """A fiscal year that can be meant."""
    if 1900 <= year <= 2200:
        return None
    return fault("fiscal-year-wrong", "/fiscal_year", "年度は西暦 4 桁です。", "A fiscal year has four digits.")


def chain_fault(chain: Iterable[Any]) -> Finding | None:
    """Steps of adoption: each of ``STEPS``, at most once."""
    told = list(chain)
    if all(step in STEPS for step in told) and len(set(told)) == len(told):
        return None
    return fault(
        "chain-wrong", "/chain", f"計画を認める人は {'、'.join(STEPS)} を、確認の順に一度ずつ書いてください。",
        f"Name who must agree to a plan, in order, each once: {', '.join(STEPS)}.",
    )  # fmt: skip


def name_fault(name: str, pointer: str) -> Finding | None:
    """The name of a pack or of a form of plans: its shape alone is judged here."""
    if not name or _NAME.fullmatch(name):
        return None
    return fault(
        "name-wrong", pointer, "英小文字で始まる 40 文字までの名前（英小文字・数字・_・-）にしてください。",
        "Use a name of at most 40 lower-case letters, digits, _ and -, beginning with a letter.",
    )  # fmt: skip


def _has_controls(value: str) -> bool:
    return any(unicodedata.category(letter) == "Cc" for letter in value)


def password_fault(password: str, *, username: str = "", email: str = "") -> Finding | None:
    """Why a new password is not accepted, as a finding."""
    kind = rules.password_fault(password, username=username, email=email)
    if kind is None:
        return None
    ja, en = {
        "short": (f"{rules.PASSWORD_MIN} 文字以上にしてください。", f"Use at least {rules.PASSWORD_MIN} characters."),
        "long": (f"{rules.PASSWORD_MAX} 文字までにしてください。", f"Use at most {rules.PASSWORD_MAX} characters."),
        "obvious": ("推測されやすいパスワードです。別のものにしてください。", "This is easy to guess. Choose another."),
    }[kind]
    return fault(f"password-{kind}", "/password", ja, en)
