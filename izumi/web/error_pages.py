"""The face of an error for people: what happened, why, what to do now, and a number to quote."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from izumi.kernel.actors import ANONYMOUS
from izumi.kernel.errors import IzumiError

SIGN_IN_MAY_HELP = frozenset({401, 403, 404})


def page(request: HttpRequest, error: IzumiError, reference: str = "") -> HttpResponse:
    """The error as a page in the language of the address; never a stack trace, never what was asked for.

    A withdrawn record comes with its tombstone (``tombstone`` in the error's facts): title, citation, day and reason.
    """
    lang = getattr(request, "lang", "ja")
    words = error.wording
    context: dict[str, Any] = {
        "lang": lang,
        "status": error.status,
        "code": error.code,
        "heading": words.title,
        "detail": words.detail,
        "fix": words.fix,
        "findings": error.findings,
        "reasons": reasons(error),
        "ways_out": ways_out(error),
        "reference": reference,
        "tombstone": error.facts.get("tombstone"),
        "may_sign_in": error.status in SIGN_IN_MAY_HELP and getattr(request, "actor", ANONYMOUS).is_anonymous,
        "retry_after": error.facts.get("retry_after"),
    }
    return HttpResponse(render_to_string("web/error.html", context, request=request), status=error.status)


def reasons(error: IzumiError) -> list[dict[str, Any]]:
    """The reasons of the decision as sentences, each once."""
    if error.verdict is None:
        return []
    told: dict[str, dict[str, Any]] = {}
    for reason in error.verdict.as_json().get("reasons", ()):
        told.setdefault(str(reason.get("text")), reason)
    return list(told.values())


def ways_out(error: IzumiError) -> list[dict[str, Any]]:
    """What the reader can do about a refusal, as far as the decision knows a way."""
    return list(error.verdict.as_json().get("ways_out", ())) if error.verdict is not None else []
