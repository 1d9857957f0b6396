"""REST of reports: a report in JSON, CSV or as a workbook; handing in, returning, accepting."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from izumi.governance import actions, frozen, queries, rules, shapes, writing
from izumi.governance.types import Report
from izumi.kernel.actors import Actor

router = Router(tags=["reports"])
FORMATS = ("json", "csv", "xlsx")
_ANSWERS = {
    "responses": {
        200: {
            "description": "The report; `text/csv` with a byte order mark or a workbook when asked for",
            "content": {"application/json": {"example": {
                "name": "erad", "as_of": "2027-03-31", "source": {"ja": "…", "en": "…"}, "columns": [{"id": "number", "label": "…"}],
                "rows": [{
                    "project": "3t8kq-m2xwd", "number": "JPMJMS9901", "organisation": "9a1bc-2def3", "count": 2,
                    "by_class": {"open": 1, "shared": 0, "closed": 1, "embargoed": 0}, "records": ["…", "…"], "cumulative": 5,
                }],
                "total": 1,
            }}},
        },
        401: {"description": "Nobody is signed in"},
        403: {"description": "Not for this reader (`report.refused`)"},
        422: {"description": "Unknown report, period, scope or language; findings name it"},
    }
}  # fmt: skip


class HandIn(Schema):
    """Which project's report is handed in."""

    model_config = ConfigDict(extra="forbid")

    project: str


class Why(Schema):
    """Why it is returned."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field(description="the PM reads it")


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def _format(asked: str) -> str:
    if asked not in FORMATS:
        raise rules.fault(
            "report-format-unknown", "/format", f"format は {'、'.join(FORMATS)} のどれかです。", f"format is one of {', '.join(FORMATS)}."
        )  # fmt: skip
    return asked


@router.get("/reports/{name}", summary="A report: common, moonshot or erad", operation_id="report", openapi_extra=_ANSWERS)
def get_report(
    request: HttpRequest, name: str, project: str | None = None, programme: str | None = None, organisation: str | None = None,
    period: str | None = None, round: str | None = None, lang: str = "ja", format: str = "json",
) -> Any:  # fmt: skip
    """Of one project, programme or organisation; ``period`` is ``FY2026`` or ``FROM/TO``, else ``round``, else up to today.

    ``lang`` chooses the language of headers and labels, Japanese unless said otherwise (``Accept-Language`` does not).
    """
    kind = _format(format)
    report = queries.report(
        _actor(request), name, project=project, programme=programme, organisation=organisation, period=period, round=round, lang=lang
    )
    return written(report, kind)


def written(report: Report, kind: str, *, further: dict[str, Any] | None = None, stem: str = "") -> HttpResponse:
    """The report in a format, streamed, with a file name."""
    if kind == "xlsx":
        answer: Any = FileResponse(writing.xlsx_file(report), content_type=writing.MEDIA[kind])
    elif kind == "csv":
        answer = StreamingHttpResponse(writing.csv_chunks(report), content_type=writing.MEDIA[kind])
    else:
        answer = StreamingHttpResponse(writing.json_chunks(report, further), content_type=writing.MEDIA[kind])
    answer.headers["Content-Disposition"] = shapes.disposition(report, kind, stem)
    answer.headers["Cache-Control"] = "no-store"
    return answer  # type: ignore[no-any-return]


@router.get("/rounds/{round}/submissions", summary="What was handed in for a reporting round")
def list_submissions(request: HttpRequest, round: str, project: str | None = None) -> Any:
    """Newest first; the funder sees all, a PM those of their projects. Without rows."""
    found = queries.submissions(_actor(request), round=round, project=project)
    return {"items": [shapes.line_json(one) for one in found], "next": None, "total": len(found)}


@router.post("/rounds/{round}/submissions", response={201: Any}, summary="Hand in the report of a project")
def hand_in(request: HttpRequest, response: HttpResponse, round: str, body: HandIn) -> Any:
    """For the PM. Freezes the report that the round asks for and answers with the receipt; late ones are marked."""
    view = actions.submit_report(_actor(request), round, body.project)
    response.headers["Location"] = f"/api/v1/submissions/{view.id}"
    return Status(201, shapes.receipt_json(view))


@router.get("/submissions/{submission}", summary="A submission with its frozen copy")
def get_submission(request: HttpRequest, submission: str, format: str = "json") -> Any:
    """The copy exactly as it was handed in; ``digest`` is the SHA-256 of the CSV."""
    kind = _format(format)
    view = queries.submission(_actor(request), submission)
    further = shapes.line_json(view) if kind == "json" else None
    return written(frozen.read_back(view.frozen), kind, further=further, stem=view.id)


@router.post("/submissions/{submission}/return", summary="Return a submission to the PM")
def return_submission(request: HttpRequest, submission: str, body: Why) -> Any:
    """For the funder of the programme, with a reason."""
    return shapes.receipt_json(actions.return_report(_actor(request), submission, why=body.why))


@router.post("/submissions/{submission}/accept", summary="Accept a submission")
def accept_submission(request: HttpRequest, submission: str) -> Any:
    """For the funder of the programme."""
    return shapes.receipt_json(actions.accept_report(_actor(request), submission))
