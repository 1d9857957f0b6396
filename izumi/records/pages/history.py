"""What happened to a record, in words, and how two of its versions differ."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from izumi.kernel.errors import NotThere
from izumi.kernel.paging import whole
from izumi.kernel.text import Text, both
from izumi.profiles import queries as profiles
from izumi.records import queries
from izumi.records.pages import file_list, landing, words
from izumi.records.types import DraftKind
from izumi.storage import queries as storage

PAGE = 100


def history(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/history``: the journal for those who may edit, the versions for everybody."""
    actor = request.actor  # type: ignore[attr-defined]
    view = queries.view(actor, record, tombstone=True)
    told: list[dict[str, Any]] = []
    before = request.GET.get("before", "")
    following = ""
    inside = view.can.get("edit") or view.can.get("manage")
    if inside:
        events = queries.history(actor, record, before=whole(before), limit=PAGE)
        told = [line(event) for event in events]
        following = f"?before={events[-1].seq}" if len(events) == PAGE else ""
    context = {
        "area": "search", "record": view, "events": told, "inside": inside, "next": following, "start": bool(before),
        "versions": landing.version_lines(view), "label": words.version_label(view),
    }  # fmt: skip
    return render(request, "records/history.html", context)


def line(event: queries.Happened) -> dict[str, Any]:
    """An event as a sentence: who, what, when, and the reason or note given."""
    corrects = event.verb == "record.version_opened" and event.payload.get("kind") == DraftKind.METADATA
    verb = words.CORRECTION_OPENED if corrects else words.VERBS.get(event.verb) or Text({"ja": event.verb, "en": event.verb})
    why = event.payload.get("why") or event.payload.get("note")
    kind = event.actor.partition(":")[0]
    who: Any = event.who if kind == "person" else words.ACTORS.get(kind, event.who)
    return {"who": who, "verb": verb, "at": event.at, "why": why, "facts": _facts(event)}


def _facts(event: queries.Happened) -> list[Text | str]:
    told: list[Text | str] = []
    if event.payload.get("version"):
        told.append(both(f"第 {event.payload['version']} 版", f"version {event.payload['version']}"))
    if event.payload.get("on"):
        told.append(str(event.payload["on"]))
    return told


def diff(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/diff?from=&to=``: the description item by item, and the files that changed."""
    actor = request.actor  # type: ignore[attr-defined]
    first, second = whole(request.GET.get("from", "")), whole(request.GET.get("to", ""))
    if first is None or second is None:
        raise NotThere("version")
    view = queries.view(actor, record, tombstone=True)
    found = queries.diff(actor, record, first, second)
    rows = [
        {"label": profiles.label(one.pointer), "side": words.SIDES.get(one.pointer.rpartition("/")[2]), "before": _said(one.before), "after": _said(one.after)}
        for one in found.metadata
    ]
    readable = view.can.get("read", False)
    changed = storage.diff(view.id, found.before, found.after, limit=file_list.PAGE, cursor=request.GET.get("after", ""))
    context = {
        "area": "search", "record": view, "before": found.before, "after": found.after, "rows": rows, "readable": readable,
        "files": changed.items if readable else (), "next": changed.next if readable else "",
        "lines": {one.n: one for one in view.versions},
    }  # fmt: skip
    return render(request, "records/diff.html", context)


def _said(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
