"""The page on which curators and administrators load the list of a research office: choose, look, confirm."""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.errors import Invalid, IzumiError, TooMuch
from izumi.people import actions, directory, queries, rules
from izumi.people.actions.checks import fault, require
from izumi.people.lists import FORMATS, read_list

LIMIT_BYTES = 5_000_000
PACKED_LIMIT = 4_000_000
SHOWN = 300
CHOICES = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says."""

    format: str
    organisation: str
    programme: str
    call: str
    create_programmes: bool

    def options(self) -> dict[str, Any]:
        """As the action takes it."""
        return {
            "organisation": self.organisation or None, "programme": self.programme or None, "call": self.call or None,
            "create_programmes": self.create_programmes,
        }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_page(request: HttpRequest) -> HttpResponse:
    """``/projects/import``: upload, what would happen, confirm. The list travels in the form; nothing is kept in between."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, rules.may_load_lists(actor))
    asked = _asked(request)
    context: dict[str, Any] = {"area": "projects", "asked": asked, "formats": FORMATS, "site": bool(rules.may_administer(actor))}
    status = 200
    if request.method == "POST":
        try:
            context |= _loaded(request, actor, asked)
        except (Invalid, TooMuch) as wrong:
            context["error"], status = wrong, wrong.status
    if "done" not in context or context["done"].dry_run:
        context |= _choices(actor)
    context["error"] = _words(context.get("error"))
    return render(request, "people/import.html", context, status=status)


def _asked(request: HttpRequest) -> Asked:
    told = {name: request.POST.get(name, "")[:40] for name in ("format", "organisation", "programme", "call")}
    return Asked(**told, create_programmes=bool(request.POST.get("create_programmes")))


def _loaded(request: HttpRequest, actor: Actor, asked: Asked) -> dict[str, Any]:
    """The outcome of a dry run (with the list, packed, for confirming it) or of the loading itself."""
    confirmed = request.POST.get("do") == "confirm"
    content = _unpacked(request.POST.get("packed", "")) if confirmed else _uploaded(request)
    done = actions.import_projects(actor, read_list(content, asked.format), **asked.options(), dry_run=not confirmed)
    rows = [row for row in done.rows() if row["findings"] or row["state"] != "unchanged"]
    rows.sort(key=lambda row: (row["state"] != "refused", not row["findings"], row["row"]))
    counts = {state: done.count(state) for state in ("added", "changed", "unchanged", "refused")}
    packed = "" if confirmed else base64.b64encode(zlib.compress(content, 9)).decode("ascii")
    if len(packed) > PACKED_LIMIT:
        raise TooMuch("input.too_large", limit="5 MB")
    return {"done": done, "rows": rows[:SHOWN], "more": max(len(rows) - SHOWN, 0), "counts": counts, "packed": packed}


def _uploaded(request: HttpRequest) -> bytes:
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid([fault("file-missing", "/file", "ファイルを選んでください。", "Choose a file.")])
    if (upload.size or 0) > LIMIT_BYTES:
        raise TooMuch("input.too_large", limit="5 MB")
    return bytes(upload.read())


def _unpacked(packed: str) -> bytes:
    """The list as the form brought it back; it is read anew like any upload, and never grows beyond the limit."""
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.b64decode(packed, validate=True), LIMIT_BYTES + 1)
    except (binascii.Error, zlib.error, ValueError) as broken:
        wrong = fault("file-missing", "/file", "ファイルを選び直してください。", "Choose the file again.")
        raise Invalid([wrong]) from broken
    if len(content) > LIMIT_BYTES:
        raise TooMuch("input.too_large", limit="5 MB")
    return content


def _choices(actor: Actor) -> dict[str, Any]:
    """What the form offers: one's own organisations, and the programmes and calls into which one may put projects."""
    site = rules.may_administer(actor)
    curated = {key.removeprefix("role:curator@org:") for key in actor.keys if key.startswith("role:curator@org:")}
    organisations = directory.organisations(limit=CHOICES).items if site else list(queries.organisations(curated).values())
    today, programmes = clock.today(), {one.id: one for one in directory.programmes(limit=CHOICES).items}
    calls = [
        (one, programmes.get(one.programme)) for one in directory.calls(limit=CHOICES).items
        if site or (one.closes_on is not None and not one.closed(today) and (one.opens_on is None or one.opens_on <= today))
    ]  # fmt: skip
    return {"organisations": organisations, "programmes": list(programmes.values()) if site else [], "calls": calls}


def _words(error: IzumiError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    words = error.wording
    return {"title": words.title, "detail": words.detail, "fix": words.fix, "findings": error.findings}


urlpatterns = [path("projects/import", import_page)]
