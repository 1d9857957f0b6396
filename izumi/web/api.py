"""The REST API, composed from the rooms: one document, one shape of errors (RFC 9457)."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from izumi import __version__
from izumi.kernel.errors import Invalid, IzumiError, NotThere
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.web import error_faces

# publishing first: POST /records/import would else be taken for a record
ROUTERS = (
    "izumi.publishing.api", "izumi.records.api", "izumi.records.file_api", "izumi.people.api", "izumi.people.notice_api",
    "izumi.plans.api", "izumi.governance.api", "izumi.policy.api",
    "izumi.profiles.api", "izumi.catalogue.api", "izumi.web.jobs_api",
)  # fmt: skip

_DESCRIPTION = """
Everything that the pages of this site can do. Reading public things needs no account. Errors are problems (RFC 9457) with a
stable `code`; rule findings come all at once under `findings`. `Accept-Language` chooses the language of error texts.

このサイトの画面でできることは、すべてこの API でできます。公開されたものを読むのにアカウントは要りません。エラーは RFC 9457 の形で、
`code` は変わりません。`Accept-Language` はエラー文の言語を選びます。
"""


class Orjson(BaseRenderer):
    """JSON with characters as they are."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The bytes of an answer."""
        return orjson.dumps(data, default=str)


class StrictJson(Parser):
    """Bodies are JSON in UTF-8; anything else is told apart from a missing member."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The parsed body."""
        try:
            return orjson.loads(request.body)
        except orjson.JSONDecodeError as broken:
            raise IzumiError("input.unreadable", what=f"JSON: {broken.msg} ({broken.lineno}:{broken.colno})") from broken


api = NinjaAPI(
    title="Izumi", version=__version__, description=_DESCRIPTION, renderer=Orjson(), parser=StrictJson(),
    docs_url=None, openapi_url="openapi.json", urls_namespace="api",
)  # fmt: skip

for _name in ROUTERS:
    if importlib.util.find_spec(_name) is not None:
        api.add_router("", importlib.import_module(_name).router)


_TYPES = {
    "missing": both("この項目が必要です。", "This member is required."),
    "extra_forbidden": both("知らない項目です。名前の書き間違いがないか確かめてください。", "Unknown member. Check its name."),
    "json_invalid": both("JSON として読み取れません。", "This is not JSON."),
}
_TYPE_ELSE = both("値の型または範囲が違います。", "The value has the wrong type or range.")


def _finding(error: dict[str, Any]) -> Finding:
    place = [str(part).replace("~", "~0").replace("/", "~1") for part in error["loc"][1:] if part not in ("body", "payload")]
    kind = str(error["type"])
    return Finding(
        rule=f"shape-{kind.replace('_', '-')}", severity=Severity.ERROR, pointer="/" + "/".join(place),
        message=_TYPES.get(kind, _TYPE_ELSE),
    )  # fmt: skip


@api.exception_handler(IzumiError)
def _izumi(request: HttpRequest, error: IzumiError) -> HttpResponse:
    return error_faces.answer(request, error, error)


@api.exception_handler(ValidationError)
def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    failure = Invalid(_finding(one) for one in error.errors)
    return error_faces.answer(request, failure, failure)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    told = error.__cause__  # ninja wraps what the parser raised
    failure = told if isinstance(told, IzumiError) else IzumiError("input.unreadable", what=error.message)
    return error_faces.answer(request, failure, failure)


@api.exception_handler(Http404)
def _absent(request: HttpRequest, error: Http404) -> HttpResponse:
    failure = NotThere("page")
    return error_faces.answer(request, failure, failure)


@api.exception_handler(Exception)
def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    from izumi.web.middleware import known

    return error_faces.answer(request, known(error), error)
