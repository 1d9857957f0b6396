"""Profiles and vocabularies over HTTP: public, cacheable, the same for everybody."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from izumi.profiles import queries
from izumi.profiles.types import Step

router = Router(tags=["profiles"])
MAX_AGE_SECONDS = 300


@router.get("/profiles", response=dict[str, Any], operation_id="list_profiles", summary="Profiles of this site")
def list_profiles(request: HttpRequest) -> HttpResponse:
    """All profiles with their version; プロファイルの一覧。"""
    items = [
        {
            "name": one.name,
            "version": one.version,
            "label": one.label.as_json(),
            "description": one.description.as_json(),
            "source": one.source or None,
            "fields": len(one.fields),
            "rules": len(one.rules),
        }
        for one in queries.packs()
    ]
    return _answer(request, {"items": items, "next": None, "total": len(items)})


View = Literal["schema", "entry", "form", "rules", "tables"]
SCHEMA = "application/schema+json"


@router.get("/profiles/{name}", response=dict[str, Any], operation_id="get_profile", summary="A profile as JSON Schema")
def get_profile(request: HttpRequest, name: str, view: View = "schema") -> HttpResponse:
    """The document under this profile as JSON Schema 2020-12; ``view=entry`` an entry of a plan (of all profiles),
    ``view=form`` what a form needs, ``view=rules`` its rules, ``view=tables`` its tables with their columns."""
    pack = queries.pack(name)
    if view == "form":
        return _answer(request, queries.form(name).as_json())
    if view == "rules":
        return _answer(request, _rules(name))
    if view == "tables":
        return _answer(request, {"profile": name, "tables": [one.as_json() for one in pack.views]})
    if view == "entry":
        return _answer(request, _entry_schema(tuple(one.stamp for one in queries.packs())), content_type=SCHEMA)
    return _answer(request, _schema(name, pack.stamp), content_type=SCHEMA)


@router.get("/vocabularies", response=dict[str, Any], operation_id="list_vocabularies", summary="Vocabularies of this site")
def list_vocabularies(request: HttpRequest) -> HttpResponse:
    """All vocabularies with the number of their terms; 語彙の一覧。"""
    items = [
        {"name": one.name, "label": one.label.as_json(), "source": one.source or None, "terms": len(one)}
        for one in queries.vocabularies()
    ]
    return _answer(request, {"items": items, "next": None, "total": len(items)})


@router.get("/vocabularies/{name}", response=dict[str, Any], operation_id="get_vocabulary", summary="A vocabulary")
def get_vocabulary(request: HttpRequest, name: str) -> HttpResponse:
    """The terms of a vocabulary: code, labels ja/en, URI, validity."""
    return _answer(request, queries.vocabulary(name).as_json())


def _rules(name: str) -> dict[str, Any]:
    rules = [
        {
            "id": rule.id,
            "severity": rule.severity,
            "step": str(rule.step),
            "plan": rule.weight(Step.PLAN) or None,
            "at": rule.at.split(" ") if rule.at else [],
            "message": rule.message.as_json(),
            "fix": rule.fix.as_json() or None,
            "source": rule.source,
        }
        for rule in queries.pack(name).rules
    ]
    return {"profile": name, "version": queries.pack(name).version, "rules": rules}


@lru_cache(maxsize=16)
def _schema(name: str, stamp: str) -> dict[str, Any]:
    """The schema of one state of the pack's files."""
    return queries.json_schema(name)


@lru_cache(maxsize=4)
def _entry_schema(stamps: tuple[str, ...]) -> dict[str, Any]:
    """The schema of an entry under one state of all packs' files."""
    return queries.plan_entry_schema()


def _answer(request: HttpRequest, body: dict[str, Any], content_type: str = "application/json") -> HttpResponse:
    """The body with a strong ETag made of its bytes; 304 when the reader has it."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    fresh = etag in known or "*" in known
    response = HttpResponse(status=304) if fresh else HttpResponse(content, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    return response
