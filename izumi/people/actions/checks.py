"""What every registration asks first: may the actor, and is the input sound."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Invalid, Refused, SignInNeeded
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.people import rules
from izumi.policy.types import Verdict


def require(actor: Actor, verdict: Verdict) -> None:
    """Go on only when the verdict allows it: 401 for anonymous, else 403 with the reasons."""
    if verdict:
        return
    if actor.is_anonymous:
        raise SignInNeeded(verdict=verdict)
    raise Refused(verdict)


def fault(rule: str, pointer: str, ja: str, en: str, *, severity: Severity = Severity.ERROR) -> Finding:
    """A finding about the input of a registration."""
    return Finding(rule=rule, severity=severity, pointer=pointer, message=both(ja, en))


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
