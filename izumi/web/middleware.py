"""What every request passes: errors and headers, language, who acts, and the check of forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware

from izumi.kernel.actors import ANONYMOUS, Actor
from izumi.kernel.errors import IzumiError, NotThere, SignInNeeded, TooMuch
from izumi.people import queries as people
from izumi.web import error_faces

Answer = Callable[[HttpRequest], HttpResponse]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_NO_LANGUAGE = re.compile(r"^/(api|oai|id|static|snapshot|healthz|readyz|metrics|changes|sitemap|robots|\.well-known)(/|\.|$)")


class Envelope:
    """Outermost: turns every error into one of the faces and puts the safety headers on every answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        response = self.get_response(request)
        if response.status_code == 405 and "Allow" in response.headers:  # the framework's own, in plain text
            response = _not_allowed(request, response.headers["Allow"])
        headers = response.headers
        if not response.streaming and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))
        headers.setdefault("Content-Security-Policy", CSP)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "interest-cohort=(), camera=(), microphone=(), geolocation=()")
        headers.setdefault("Cache-Control", "no-cache, private" if request.headers.get("Cookie") else "no-cache")
        return response

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse:
        """The face of an error: problem+json for programs, a page for people; never a stack trace."""
        return error_faces.answer(request, known(failure), failure)


def _not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    failure = IzumiError("input.method", method=request.method)
    told = error_faces.answer(request, failure, failure)
    told.headers["Allow"] = allowed
    return told


def known(failure: Exception) -> IzumiError:
    """The error of our tree that an exception of the framework stands for."""
    if isinstance(failure, IzumiError):
        return failure
    if isinstance(failure, Http404):
        return NotThere("page")
    if isinstance(failure, PermissionDenied):
        return SignInNeeded()
    if isinstance(failure, RequestDataTooBig):
        return TooMuch(limit="5 MB")
    if isinstance(failure, SuspiciousOperation | BadRequest | UnicodeDecodeError | UnreadablePostError | MultiPartParserError):
        return IzumiError("input.unreadable", what=type(failure).__name__)
    return IzumiError()


API_DOCS = "/api/v1/docs"
"""The one page among the addresses of the API."""


class Language:
    """The URL alone decides a page's language: ``/en/…`` is English, no prefix is Japanese; machine addresses have none."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        request.lang, request.page_path = "ja", request.path_info  # type: ignore[attr-defined]
        if request.path_info == "/en":
            return HttpResponseRedirect("/en/")
        if request.path_info.startswith("/en/"):
            inner = request.path_info[3:]
            request.lang, request.page_path = "en", inner  # type: ignore[attr-defined]
            if inner == API_DOCS or not _NO_LANGUAGE.match(inner):
                request.path_info = inner
        elif request.path_info.startswith("/api/") and request.path_info != API_DOCS:
            request.lang = wished(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def wished(request: HttpRequest) -> str:
    """The better of ja and en by ``Accept-Language``; Japanese when nothing is said."""
    best, weight = "ja", 0.0
    for part in request.headers.get("Accept-Language", "").split(","):
        tag, _, q = part.strip().partition(";q=")
        try:
            value = float(q) if q else 1.0
        except ValueError:
            continue
        if tag[:2] in ("ja", "en") and value > weight:
            best, weight = tag[:2], value
    return best


class Csrf(CsrfViewMiddleware):
    """Forms and session calls of the API are checked; a Bearer token needs no check, for no browser sends it by itself."""

    def process_view(self, request: HttpRequest, callback: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Whether the request passes (``None``) or is refused."""
        if request.headers.get("Authorization") or "izumi.actor" in request.environ:  # an empty one leaves the session in charge
            return None
        if request.path_info.startswith("/api/") and "izumi_session" in request.COOKIES:
            callback = _checked  # the API's views are marked exempt as a whole; a session is not
        return super().process_view(request, callback, args, kwargs)


def _checked(request: HttpRequest) -> None:
    """Stands for a view that is not exempt."""


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The face of a refused form."""
    failure = IzumiError("session.csrf")
    return error_faces.answer(request, failure, failure)


class WhoActs:
    """Sets ``request.actor``: the console's, a token's person, the session's person, else anonymous."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        request.person = None  # type: ignore[attr-defined]
        try:
            request.actor = self.actor(request)  # type: ignore[attr-defined]
        except IzumiError as failure:
            request.actor = ANONYMOUS  # type: ignore[attr-defined]
            return error_faces.answer(request, failure, failure)
        return self.get_response(request)

    def actor(self, request: HttpRequest) -> Actor:
        """Who acts in this request. Cost: none for anonymous, else a fixed number of statements."""
        inner = request.environ.get("izumi.actor")
        if isinstance(inner, Actor):
            return inner
        authorization = request.headers.get("Authorization", "")
        if authorization:
            kind, _, token = authorization.partition(" ")
            found = people.actor_for_token(token.strip()) if kind.lower() == "bearer" else None
            if found is None:
                raise SignInNeeded("session.token_unknown")
            return found
        if "izumi_session" not in request.COOKIES:
            return ANONYMOUS
        actor, person = people.actor_of_session(request.session)
        request.person = person  # type: ignore[attr-defined]
        return actor

