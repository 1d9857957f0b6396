"""Pages of signing in and of one's own account. Nothing here writes on GET, and no page starts a session by being read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from izumi.kernel import clock
from izumi.kernel.errors import IzumiError, SignInNeeded
from izumi.people import actions, list_pages, queries, rules
from izumi.people.actions.accounts import usable_link
from izumi.people.addresses import client_address
from izumi.people.types import ROLE_LABELS, SignedIn
from izumi.policy.types import SCOPE_LABELS

DEMO_ACCOUNTS = ("researcher", "pm", "curator", "funder", "company", "operator", "admin")
DEMO_PASSWORD = "izumi-demo"  # noqa: S105 - the demo says it on its own page
LASTS = {"30": 30, "90": 90, "365": 365, "never": None}

View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """The answer is kept nowhere and leaves no trace of its address."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer" if kwargs else "same-origin"
        return response

    return answered


def _here(request: HttpRequest, target: str) -> str:
    """The path in the page's language."""
    return f"/en{target}" if request.lang == "en" else target


def _go(request: HttpRequest, target: str, **query: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(_here(request, target) + (f"?{urlencode(query)}" if query else ""), status=303)


def _page(request: HttpRequest, name: str, *, error: IzumiError | None = None, **context: Any) -> HttpResponse:
    told = {"area": "account", "error": _told(error) if error else None, **context}
    response = render(request, f"people/{name}.html", told, status=error.status if error else 200)
    if error:
        for header, value in error.headers.items():
            response.headers[header] = value
    return response


def _told(error: IzumiError) -> dict[str, Any]:
    words = error.wording
    at = {finding.pointer.strip("/").partition("/")[0]: finding.message for finding in reversed(error.findings)}
    return {"title": words.title, "detail": words.detail, "fix": words.fix, "at": at, "findings": error.findings}


def _begin(request: HttpRequest, signed: SignedIn) -> None:
    """A new session under a new key; whatever the browser brought along is dropped (no fixation)."""
    request.session.flush()
    request.session[queries.SESSION_PERSON] = signed.person
    request.session[queries.SESSION_STAMP] = signed.stamp
    rotate_token(request)


def _person(request: HttpRequest) -> str:
    if request.actor.person is None or request.person is None:
        raise SignInNeeded()
    return str(request.actor.person)


# --- signing in and out ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@private
def login(request: HttpRequest) -> HttpResponse:
    """Sign in by user name or e-mail and password; ``next`` leads back to a page of this site."""
    target = rules.local_path(request.POST.get("next") or request.GET.get("next"))
    context = {
        "next": target or "",
        "account": request.POST.get("username", "")[:254],
        "done": request.GET.get("done", ""),
        "demo_accounts": _demo_accounts(),
        "demo_password": DEMO_PASSWORD,
    }
    if request.method != "POST":
        if request.person:
            return HttpResponseRedirect(target or _here(request, "/account"), status=303)
        return _page(request, "login", **context)
    try:
        signed = actions.sign_in(
            request.POST.get("username", ""), request.POST.get("password", ""), address=client_address(request)
        )
    except IzumiError as error:
        if error.status >= 500:
            raise
        return _page(request, "login", error=error, **context)
    _begin(request, signed)
    return HttpResponseRedirect(target or _here(request, "/work"), status=303)


def _demo_accounts() -> list[dict[str, Any]]:
    if settings.IZUMI_ENV != "demo":
        return []
    return [{"username": name, "label": ROLE_LABELS[name]} for name in DEMO_ACCOUNTS]


@require_POST
@private
def logout(request: HttpRequest) -> HttpResponse:
    """End the session; also when it was over already."""
    request.session.flush()
    return _go(request, "/login", done="out")


@require_http_methods(["GET", "HEAD", "POST"])
@private
def forgot(request: HttpRequest) -> HttpResponse:
    """Have a link for a new password mailed; the answer never tells whether the account exists."""
    if request.method != "POST":
        return _page(request, "forgot")
    account = request.POST.get("username", "")[:254]
    try:
        actions.ask_password_reset(account, address=client_address(request))
    except IzumiError as error:
        if error.status >= 500:
            raise
        return _page(request, "forgot", error=error, account=account)
    return _page(request, "forgot", sent=True)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def by_link(request: HttpRequest, *, secret: str, purpose: str) -> HttpResponse:
    """Choose a password with a mailed link; looking at the page does not use the link up."""
    person = usable_link(secret, purpose).person
    context = {"username": person.username, "purpose": purpose, "length": rules.PASSWORD_MIN}
    if request.method != "POST":
        return _page(request, "choose", **context)
    choose = actions.accept_invitation if purpose == "invitation" else actions.reset_password
    try:
        choose(secret, request.POST.get("password", ""))
    except IzumiError as error:
        if error.status != 422:
            raise
        return _page(request, "choose", error=error, **context)
    request.session.flush()
    return _go(request, "/login", done="password")


# --- one's own account -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
@private
def account(request: HttpRequest) -> HttpResponse:
    """Profile, password, tokens, roles and sessions."""
    return _account(request)


def _account(request: HttpRequest, *, error: IzumiError | None = None, failed: str = "", **context: Any) -> HttpResponse:
    person = _person(request)
    return _page(
        request, "account", error=error, failed=failed, card=queries.own_card(request.actor, person),
        roles=_roles(person), tokens=[one for one in queries.tokens_of(person) if not one.revoked],
        scopes=list(SCOPE_LABELS.items()), lasts=list(LASTS), length=rules.PASSWORD_MIN, done=request.GET.get("done", ""),
        **context,
    )  # fmt: skip


def _roles(person: str) -> list[dict[str, Any]]:
    held = queries.roles_of(person, on=clock.today())
    names = queries.public_facts(role.scope.partition(":")[2] for role in held)
    told = []
    for role in held:
        place = names.get(role.scope.partition(":")[2], {})
        name = place.get("legal_name") or place.get("title") or place.get("name")
        told.append({"label": role.label, "place": name, "until": role.until_day})
    return told


def _change(request: HttpRequest, section: str, change: Callable[[str], SignedIn | None]) -> HttpResponse:
    """Run one change of one's own account, and show the page again with what went wrong."""
    person = _person(request)
    try:
        signed = change(person)
    except IzumiError as error:
        if error.status not in (403, 409, 422, 429):
            raise
        return _account(request, error=error, failed=section)
    if signed is not None:
        _begin(request, signed)
    return _go(request, "/account", done=section)


@require_POST
@private
def profile(request: HttpRequest) -> HttpResponse:
    """Change one's name and language."""
    name = {lang: request.POST.get(f"name-{lang}", "").strip() for lang in ("ja", "en")}
    language = request.POST.get("language") or None

    def change(person: str) -> None:
        kept = {lang: value for lang, value in queries.card(person).name.items() if lang not in name}
        told = {**{lang: value for lang, value in name.items() if value}, **kept}
        actions.update_profile(request.actor, person, name=told, language=language)

    return _change(request, "profile", change)


@require_POST
@private
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; all other sessions end."""
    current, new = request.POST.get("current", ""), request.POST.get("password", "")
    return _change(
        request, "password", lambda person: actions.set_password(request.actor, person, new, current=current)
    )


@require_POST
@private
def sessions(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    return _change(request, "sessions", lambda person: actions.end_sessions(request.actor, person))


@require_POST
@private
def tokens(request: HttpRequest) -> HttpResponse:
    """Make a token; it is shown on this page and never again."""
    days = LASTS.get(request.POST.get("lasts", "365"), 365)
    try:
        made = actions.create_token(
            request.actor, person=_person(request), name=request.POST.get("name", "").strip(),
            scopes=request.POST.getlist("scopes"), expires_at=clock.now() + timedelta(days=days) if days else None,
        )  # fmt: skip
    except IzumiError as error:
        if error.status not in (403, 422):
            raise
        return _account(request, error=error, failed="tokens")
    return _account(request, secret=made.secret)


@require_POST
@private
def revoke(request: HttpRequest, token: str) -> HttpResponse:
    """Make a token useless."""
    _person(request)
    actions.revoke_token(request.actor, token)
    return _go(request, "/account", done="revoked")


urlpatterns = [
    *list_pages.urlpatterns,
    path("login", login),
    path("logout", logout),
    path("password/forgot", forgot),
    path("password/reset/<str:secret>", by_link, {"purpose": "reset"}),
    path("invitation/<str:secret>", by_link, {"purpose": "invitation"}),
    path("account", account),
    path("account/profile", profile),
    path("account/password", password),
    path("account/sessions", sessions),
    path("account/tokens", tokens),
    path("account/tokens/<str:token>/revoke", revoke),
]
