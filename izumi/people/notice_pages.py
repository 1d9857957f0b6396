"""Pages of notices: the list behind the bell, what comes by mail, and the link that stops a mail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from izumi.kernel import notices as registry
from izumi.kernel.paging import whole
from izumi.kernel.text import Text, both
from izumi.people.actions import notices as actions
from izumi.people.pages import private
from izumi.people.queries import notices as queries

PAGE = 50


def _go(request: HttpRequest, target: str, **query: str) -> HttpResponseRedirect:
    place = f"/en{target}" if request.lang == "en" else target  # type: ignore[attr-defined]
    return HttpResponseRedirect(place + (f"?{urlencode(query)}" if query else ""), status=303)


@require_http_methods(["GET", "HEAD"])
@private
def index(request: HttpRequest) -> HttpResponse:
    """``/notices``: the newest first; ``only=act`` those that ask for something, ``only=unread`` the unread ones."""
    actor, only = request.actor, request.GET.get("only", "")  # type: ignore[attr-defined]
    found = queries.own_notices(
        actor, unread=only == "unread", act=only == "act", limit=PAGE, cursor=request.GET.get("cursor") or None
    )
    context: dict[str, Any] = {
        "area": "notices", "notices": found.items, "next": found.next or "", "only": only, "done": request.GET.get("done", ""),
        "choices": _grouped(queries.choices(actor)), "start": bool(request.GET.get("cursor")),
        "unread": request.person.unread if request.person else 0,  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "people/notices.html", context)


_WHEN: dict[str, Text] = {
    "now": both("すぐに送るもの", "Mailed at once"),
    "daily": both("1 日 1 通にまとめるもの", "Joined in one mail a day"),
    "never": both("ふだんは送らないもの", "Usually not mailed"),
}


def _grouped(choices: Iterable[queries.ChoiceView]) -> list[dict[str, Any]]:
    """The choices by when they are mailed."""
    told = list(choices)
    groups = [{"label": label, "choices": [one for one in told if one.urgency == when]} for when, label in _WHEN.items()]
    return [group for group in groups if group["choices"]]


@require_POST
@private
def read(request: HttpRequest) -> HttpResponse:
    """Mark all as read, or the ones named."""
    named = [n for n in (whole(text) for text in request.POST.getlist("notice")) if n is not None]
    actions.read_notices(request.actor, named or None)  # type: ignore[attr-defined]
    only = request.POST.get("only", "")
    return _go(request, "/notices", **({"only": only} if only in ("act", "unread") else {}))


@require_POST
@private
def follow(request: HttpRequest, notice: int) -> HttpResponse:
    """Mark one as read and go to its page."""
    return _go(request, actions.open_notice(request.actor, notice) or "/notices")  # type: ignore[attr-defined]


@require_POST
@private
def choose(request: HttpRequest) -> HttpResponse:
    """Which kinds come by mail: those that are ticked."""
    ticked = set(request.POST.getlist("mail"))
    actions.choose_mail(request.actor, [(kind, kind in ticked) for kind in registry.kinds()])  # type: ignore[attr-defined]
    return _go(request, "/notices", done="choices")


@csrf_exempt  # mail programs send the one-click POST by themselves; the link is the proof, and it only stops mails
@require_http_methods(["GET", "HEAD", "POST"])
@private
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail: looking changes nothing, the button – or the mail program's one click – stops these mails."""
    _, kind = actions.kind_of_link(token)
    known = registry.kinds()
    labels = [known[name].label for name in actions.stopped_by(kind)]
    context = {"area": "notices", "labels": labels, "stopped": False, "token": token}
    if request.method == "POST":
        actions.stop_mail(token)
        context["stopped"] = True
    return render(request, "people/notice_stop.html", context)


urlpatterns = [
    path("notices", index),
    path("notices/read", read),
    path("notices/choices", choose),
    path("notices/<int:notice>/open", follow),
    path("notices/stop/<str:token>", stop),
]
