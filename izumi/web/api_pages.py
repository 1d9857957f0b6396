"""The API for people to read: made from the OpenAPI document, without script; and old addresses of kinds."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from izumi.kernel.errors import catalogue
from izumi.kernel.ids import parse_id
from izumi.kernel.text import Text, both
from izumi.web.api import api

METHODS = ("get", "post", "put", "patch", "delete")
TAGS: Mapping[str, Text] = {
    "formats": both("形式", "Formats"),
    "records": both("レコード", "Records"),
    "decisions": both("判断", "Decisions"),
    "files": both("ファイル", "Files"),
    "people": both("人と組織", "People and organisations"),
    "profiles": both("プロファイル", "Profiles"),
    "search": both("検索", "Search"),
    "jobs": both("長い処理", "Long work"),
}


@lru_cache(maxsize=1)
def _japanese() -> Mapping[str, str]:
    """What each operation does, in Japanese; OpenAPI documents carry one language, English."""
    words: dict[str, str] = tomllib.loads((Path(__file__).parent / "reference.toml").read_text("utf-8"))["routes"]
    return words


def _operations() -> list[dict[str, Any]]:
    """Operations by tag, in the order in which the rooms register them."""
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                told = methods[method]
                tag = (told.get("tags") or ["others"])[0]
                groups.setdefault(tag, []).append(_operation(document, path, method, told))
    return [{"tag": tag, "name": TAGS.get(tag, tag), "operations": rows} for tag, rows in groups.items()]


def _operation(document: dict[str, Any], path: str, method: str, told: dict[str, Any]) -> dict[str, Any]:
    content = (told.get("requestBody") or {}).get("content") or {}
    schema = next((c.get("schema") for c in content.values()), None)
    summary = both(_japanese().get(f"{method.upper()} {path}", ""), told.get("summary", ""))
    return {
        "method": method.upper(), "path": path, "summary": summary, "description": told.get("description", ""),
        "parameters": told.get("parameters") or [], "body": _example(document, schema) if schema else "",
        "answers": sorted(str(code) for code in told.get("responses") or {}),
    }  # fmt: skip


def _example(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """An example body: what the schema gives, else its members with their defaults."""
    for choice in schema.get("anyOf", []):
        if "$ref" in choice:
            schema = choice
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    told = {
        name: (part.get("examples") or [part.get("default", "…")])[0] for name, part in (schema.get("properties") or {}).items()
    }
    return json.dumps(told, ensure_ascii=False, indent=2) if told else "{}"


def docs(request: HttpRequest) -> HttpResponse:
    """``/api/v1/docs``: every operation with its parameters and an example; a page, so its address decides the language."""
    return render(request, "web/api.html", {"groups": _operations(), "area": "about"})


def error_codes(request: HttpRequest) -> HttpResponse:
    """``/docs/errors``: what the ``type`` of a problem points to – every code with its words."""
    rows = sorted(catalogue().values(), key=lambda wording: wording.code)
    return render(request, "web/errors.html", {"rows": rows, "area": "about"})


def by_kind(request: HttpRequest, key: str, rest: str | None = None) -> HttpResponse:
    """``/datasets/{id}`` and the like lead to ``/records/{id}``."""
    prefix = "/en" if request.lang == "en" else ""  # type: ignore[attr-defined]
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponseRedirect(f"{prefix}/records/{parse_id(key)}{rest or ''}{query}", status=301)
