"""The files of a draft as a fragment of the deposit form; sending and removing are in ``records.file_pages``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from izumi.records import queries
from izumi.records.pages import file_list


def draft_files(request: HttpRequest, record: str) -> HttpResponse:
    """``/records/{id}/edit/files``: the rows, for the page that has just sent some."""
    view = queries.view(request.actor, record, draft=True)  # type: ignore[attr-defined]
    context = {
        "record": view, "files": file_list.listed(request, view), "removable": view.draft_kind != "metadata" or not view.versions,
    }  # fmt: skip
    return render(request, "records/parts/deposit_rows.html", context)
