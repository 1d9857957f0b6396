"""Addresses of pages in the language of the request."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponseRedirect


def page(request: HttpRequest, address: str) -> str:
    """A page's address in the language of the page that is being answered."""
    prefix = "/en" if getattr(request, "lang", "ja") == "en" else ""
    return prefix + quote(address, safe="/?#&=%:+,;@!$'()*~-._")


def go(request: HttpRequest, address: str) -> HttpResponseRedirect:
    """On to another page of the site."""
    return HttpResponseRedirect(page(request, address))
