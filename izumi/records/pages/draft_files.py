"""The files of a draft: sent by a plain form, taken out again, listed as a fragment for the page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from izumi.records import file_actions, queries
from izumi.records.pages import addresses, file_list


def draft_files(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/edit/files``: GET the rows, POST files (multipart) or the path of one to remove."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        if path := request.POST.get("remove", ""):
            file_actions.remove_file(actor, record, path)
            return HttpResponseRedirect(addresses.page(request, f"/records/{record}/edit?said=removed#files"))
        sent = request.FILES.getlist("files")
        file_actions.draft_for_files(actor, record)
        for one in sent:
            file_actions.put_file(
                actor, record, one.name or "file", one, expected_size=one.size, declared_type=one.content_type or ""
            )
        return HttpResponseRedirect(
            addresses.page(request, f"/records/{record}/edit?said={'uploaded' if sent else 'nothing'}#files")
        )
    view = queries.view(actor, record, draft=True)
    context = {
        "record": view, "files": file_list.listed(request, view), "removable": view.draft_kind != "metadata" or not view.versions,
    }  # fmt: skip
    return render(request, "records/parts/deposit_rows.html", context)
