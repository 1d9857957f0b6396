"""What is worth a look about a project: numbers of an odd form or held twice, a closed call. Never blocks anything."""

from __future__ import annotations

from izumi.kernel import clock
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import both
from izumi.people import rules
from izumi.people.models import ProjectNumber
from izumi.people.queries.calls import calls
from izumi.people.types import Number, ProjectCard

_FORMS = {
    "JGN": both("体系的番号「{value}」は、JP で始まる 15 文字までの英数字になっていません。",
                "The Japan Grant Number “{value}” is not JP and up to 13 letters and digits."),
    "KAKENHI": both("科研費の課題番号「{value}」の形を確かめてください（例: 24K00366）。",
                    "Check the form of the KAKENHI number “{value}” (e.g. 24K00366)."),
}  # fmt: skip


def project_warnings(card: ProjectCard, *, placed: bool = True) -> tuple[Finding, ...]:
    """The warnings about a project as it is registered; ``placed`` when it was put into its call just now.

    Cost: at most 2 statements.
    """
    found = [finding for n, number in enumerate(card.numbers) if (finding := number_warning(number, f"/numbers/{n}"))]
    found += _shared(card)
    call = calls([card.call]).get(card.call) if card.call and placed else None
    if call is not None and call.closed(clock.today()):
        message = both("公募「{call}」は {day} に締め切られています。", "The call “{call}” closed on {day}.")
        found.append(Finding(rule="call-closed", severity=Severity.WARNING, pointer="/call", source=f"call:{call.id}",
                             message=message.format(call=call.title, day=call.closes_on)))  # fmt: skip
    return tuple(found)


def number_warning(number: Number, pointer: str) -> Finding | None:
    """A warning when a number does not have the form of its scheme."""
    fault = rules.number_form_fault(number.scheme, number.value)
    if fault is None:
        return None
    return Finding(
        rule="number-form", severity=Severity.WARNING, pointer=pointer, message=_FORMS[fault].format(value=number.value),
        source="japan-grant-number",
        fix=both("交付決定通知などの番号を確かめてください。正しければ、このままで構いません。",
                 "Check the notice of the grant. If the number is right as it is, keep it."),
    )  # fmt: skip


def _shared(card: ProjectCard) -> list[Finding]:
    """A current number that another project has as its current one."""
    keys = {rules.number_key(one.value): n for n, one in enumerate(card.numbers) if one.current}
    others = ProjectNumber.objects.filter(key__in=keys, current=True).exclude(project_id=card.id).select_related("project")
    message = both("番号「{value}」は、別のプロジェクト「{title}」（{id}）にも付いています。",
                   "Another project, “{title}” ({id}), has the number “{value}” too.")  # fmt: skip
    return [
        Finding(rule="number-shared", severity=Severity.WARNING, pointer=f"/numbers/{keys[row.key]}", source=f"project:{row.project_id}",
                message=message.format(value=row.value, title=_title(row), id=row.project_id))
        for row in others.order_by("pk")
        if ("e-Rad" in (row.scheme, card.numbers[keys[row.key]].scheme)) <= (row.scheme == card.numbers[keys[row.key]].scheme)
    ]  # fmt: skip


def _title(row: ProjectNumber) -> str:
    titles = row.project.title
    return str(titles.get("ja") or titles.get("en") or next(iter(titles.values()), ""))
