"""What the rules have to say about a plan: pure functions over its document, the terms of its project and a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from izumi.kernel.days import Day, parse_day
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.people.types import PlanTerms
from izumi.plans.document import MAX_ENTRIES, entries_of, too_many
from izumi.plans.promises import at, day_at, folded, is_managed, number_of, word_at
from izumi.plans.types import Document

STEPS = ("save", "submit", "adopt")
SOURCE = "izumi-plan"
ASKED_FOR = {"submit", "adopt"}
SHOWN = 100
"""How many findings of one rule are told; the rest is counted in the answer's list of entries anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """What is known beside the document; nothing here is fetched by a rule."""

    numbers: Mapping[str, Text] = field(default_factory=dict)
    """Folded data numbers of other plans and of records that answer none of these entries, with where they are used."""
    persons: frozenset[str] = frozenset()
    """Those of the persons named who have an account."""
    audiences: frozenset[str] = frozenset()
    """Those of the audience keys named that stand for somebody."""
    funders: frozenset[str] = frozenset()
    """Folded names, RORs and e-Rad codes of funders that the site or its list of funders knows."""
    version: int = 0
    """How often the plan was adopted: a first plan is bound to its call, a revision is not."""
    handed_in: bool = False
    """Whether this step hands the plan in to somebody (a chain is not empty, and it was not handed in before)."""
    judged: tuple[Finding, ...] = ()
    """What the profiles say about the entries, with pointers of the plan."""
    required: tuple[Finding, ...] = ()
    """What the form asks for and is missing."""


def plan_findings(document: Document, terms: PlanTerms, today: Day, others: Others, *, step: str = "save") -> tuple[Finding, ...]:
    """All findings for ``save``, ``submit`` or ``adopt``, errors first. Errors block a step, never a save.

    Source: izumi-plan.
    """
    entries = entries_of(document)
    found: list[Finding] = [*_amount(entries), *_numbers(entries, others), *others.judged]
    for place, entry in enumerate(entries):
        found.extend(_days(entry, f"/entries/{place}"))
        found.extend(_people(entry, f"/entries/{place}", others))
        found.extend(_ground(entry, f"/entries/{place}"))
    found.extend(_head_days(document, today))
    found.extend(_times(terms, today, others, step))
    if step in ASKED_FOR:  # what a rule says about the same place is not said again by the form
        spoken = {finding.pointer for finding in found}
        found.extend(finding for finding in others.required if finding.pointer not in spoken)
    order = {"error": 0, "warning": 1, "task": 2}
    return tuple(sorted(found, key=lambda f: order.get(str(f.severity), 3)))


def _one(rule: str, severity: Severity, pointer: str, message: Text, fix: Text, *, source: str = SOURCE) -> Finding:
    return Finding(rule=rule, severity=severity, pointer=pointer, message=message, fix=fix, source=source)


def _amount(entries: list[Document]) -> Iterator[Finding]:
    if not entries:
        yield _one(
            "plan-without-entries", Severity.ERROR, "/entries",
            both("計画に、管理するデータが 1 件もありません。", "The plan lists no data."),
            both("作る予定のデータを 1 件以上、名称とアクセス権を付けて加えてください。", "Add at least one planned dataset with its name and access class."),
        )  # fmt: skip
    if len(entries) > MAX_ENTRIES:
        yield too_many(len(entries))


def _numbers(entries: list[Document], others: Others) -> Iterator[Finding]:
    """データNo. twice in the plan, or in use elsewhere in the project; compared as people read them."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        if number := folded(number_of(entry)):
            places[number].append(place)
    told = 0
    for number, where in places.items():
        for place in where[1:]:
            if (told := told + 1) > SHOWN:
                return
            first = where[0] + 1
            yield _one(
                "data-number-twice", Severity.ERROR, f"/entries/{place}/data_number",
                both(f"データNo.「{number_of(entries[place])}」は、{first} 番目のデータと同じです。",
                     f"Data number “{number_of(entries[place])}” is also that of entry {first}."),
                both("どちらかの番号を変えてください。全角・半角、大文字・小文字の違いは区別しません。",
                     "Change one of them. Width and case of letters do not tell numbers apart."),
                source="common-items-2024-07-30",
            )  # fmt: skip
        if used := others.numbers.get(number):
            yield _one(
                "data-number-used", Severity.WARNING, f"/entries/{where[0]}/data_number",
                both("データNo.「{number}」は、同じプロジェクトの {used} で使われています。",
                     "Data number “{number}” is used in the same project by {used}.").format(number=number_of(entries[where[0]]), used=used),
                both("同じデータなら計画のこのデータに割り当て、違うデータなら番号を変えてください。",
                     "Assign the record to this entry if it is the same data; else change the number."),
                source="common-items-2024-07-30",
            )  # fmt: skip


_ORDER: tuple[tuple[tuple[str, ...], tuple[str, ...], Text, Text], ...] = (
    (("planned", "register_by"), ("access", "available_on"), both("登録の期日", "day of registration"), both("データの公開予定日", "first open day")),
    (("access", "available_on"), ("after_project", "keep_until"), both("データの公開予定日", "first open day"), both("保存の期限", "end of retention")),
)
"""Days of an entry that must not come the other way round; the profiles judge registration, publication and retention."""


def _days(entry: Document, pointer: str) -> Iterator[Finding]:
    """Days of the metadata and of the plan against each other, which no profile sees together."""
    if word_at(entry, "access", "class") != "embargoed":
        return
    for before_path, path, before_label, label in _ORDER:
        before, day = day_at(entry, *before_path), day_at(entry, *path)
        if before and day and before > day:
            yield _one(
                "days-reversed", Severity.ERROR, f"{pointer}/{'/'.join(path)}",
                both("{label}（{day}）が、{before_label}（{before}）より前です。", "The {label} ({day}) lies before the {before_label} ({before}).").format(
                    label=label, day=day, before_label=before_label, before=before
                ),
                both("登録、公開、データの公開、保存の期限の順になるように直してください。",
                     "Put them in order: registration, publication, opening of the data, end of retention."),
            )  # fmt: skip


def _unreadable(pointer: str, label: Text) -> Finding:
    return _one(
        "day-unreadable", Severity.ERROR, pointer, both("{label}が日付として読めません。", "The {label} is not a day.").format(label=label),
        both("2027-04-01 のように書いてください。", "Write it like 2027-04-01."),
    )  # fmt: skip


def _people(entry: Document, pointer: str, others: Others) -> Iterator[Finding]:
    """Who is named and not known here, with what it was looked up in."""
    person = word_at(entry, "planned", "responsible")
    if person and person not in others.persons:
        yield _one(
            "responsible-unknown", Severity.ERROR, f"{pointer}/planned/responsible",
            both("担当者「{person}」は、このサイトのアカウントにありません。", "“{person}” was not found among the accounts of this site.").format(
                person=person[:40]
            ),
            both("このサイトにアカウントのある人の id を書くか、空欄にしてください（あとで担当者が引き受けます）。",
                 "Give the id of somebody with an account, or leave it out: somebody of the project takes it up later."),
        )  # fmt: skip
    editors = at(entry, "planned", "editors")
    for n, key in enumerate(editors if isinstance(editors, list) else ()):
        if key not in others.audiences:
            yield _one(
                "editors-unknown", Severity.ERROR, f"{pointer}/planned/editors/{n}",
                both("「{key}」は、このサイトの人・プロジェクト・グループ・機関に見つかりません。",
                     "“{key}” was not found among the people, projects, groups and organisations of this site.").format(key=str(key)[:60]),
                both("person:ID、project:ID、group:ID、org:ID の形で書いてください。", "Write person:ID, project:ID, group:ID or org:ID."),
            )  # fmt: skip
    yield from _funders(entry, pointer, others)


def _funders(entry: Document, pointer: str, others: Others) -> Iterator[Finding]:
    listed = entry.get("funding")
    for n, grant in enumerate(listed if isinstance(listed, list) else ()):
        named = funder_words(grant)
        if named and not any(folded(word) in others.funders for word in named):
            yield _one(
                "funder-unknown", Severity.WARNING, f"{pointer}/funding/{n}/funder",
                both("資金配分機関「{name}」は、このサイトの組織にも、e-Rad の配分機関の一覧にも見つかりません。",
                     "The funder “{name}” was found neither among the organisations of this site nor in the e-Rad list of funders.").format(name=named[0][:80]),
                both("正式な名称、ROR、e-Rad の機関コードを確かめてください。", "Check its legal name, ROR and e-Rad code."),
                source="erad-funders",
            )  # fmt: skip


def funder_words(grant: Any) -> list[str]:
    """By what a funder is named: names in all languages, ROR, e-Rad code."""
    names = at(grant, "funder", "name")
    words = [name for name in names.values() if isinstance(name, str)] if isinstance(names, dict) else []
    return [word for word in (*words, word_at(grant, "funder", "ror"), word_at(grant, "funder", "erad_code")) if word.strip()]


def _ground(entry: Document, pointer: str) -> Iterator[Finding]:
    """管理対象データ is chosen by a criterion, and the criterion is written down. Source: common-items-2024-07-30."""
    if is_managed(entry) and not word_at(entry, "management", "basis"):
        yield _one(
            "management-ground-missing", Severity.TASK, f"{pointer}/management/basis",
            both("管理対象とする根拠がまだ書かれていません。", "Why it is managed data is not said yet."),
            both("資金配分機関の基準、所属機関の基準、研究者の判断から選んでください。",
                 "Choose the funder's criterion, the organisation's, or the researcher's own decision."),
            source="common-items-2024-07-30",
        )  # fmt: skip


def _head_days(document: Document, today: Day) -> Iterator[Finding]:
    value = document.get("next_review_on")
    if not isinstance(value, str):
        return
    label = both("次の見直しの日", "day of the next review")
    try:
        day = parse_day(value)
    except ValueError:
        yield _unreadable("/next_review_on", label)
        return
    if day < today:
        yield _one(
            "review-day-passed", Severity.WARNING, "/next_review_on",
            both(f"次の見直しの日（{day}）は過ぎています。", f"The day of the next review ({day}) lies in the past."),
            both("これからの日付にしてください。", "Give a day to come."),
        )  # fmt: skip


def _times(terms: PlanTerms, today: Day, others: Others, step: str) -> Iterator[Finding]:
    """What the call and the project's own end say about today; a revision is not bound to its call any more."""
    call, ends = terms.call, terms.project.ends_on
    if ends is not None and ends < today:
        yield _one(
            "project-over", Severity.WARNING, "",
            both(f"プロジェクトは {ends} に終わっています。", f"The project ended on {ends}."),
            both("期間が延びたときは、プロジェクトの登録を直してください。", "If it was prolonged, correct the project's registration."),
        )  # fmt: skip
    if call is None or others.version > 0:
        return
    about = _call_source(terms)
    if call.closed(today):
        blocks = step in ASKED_FOR and others.handed_in
        yield _one(
            "call-closed", Severity.ERROR if blocks else Severity.WARNING, "",
            both("公募「{call}」は {day} に締め切られました。", "The call “{call}” closed on {day}.").format(call=call.title, day=call.closes_on),
            both("公募の担当者に確かめてください。プロジェクトの公募が違うときは、プロジェクトの登録を直してください。",
                 "Ask those who run the call; if the project belongs to another call, correct its registration."),
            source=about,
        )  # fmt: skip
    if call.plan_due_on is not None and call.plan_due_on < today:
        yield _one(
            "plan-late", Severity.WARNING, "",
            both("計画の提出の期日（{day}、公募「{call}」）を過ぎています。", "The plan was due on {day} (call “{call}”).").format(
                call=call.title, day=call.plan_due_on
            ),
            both("提出はできます。遅れた理由を担当者に伝えてください。", "It can still be handed in; say why it is late."),
            source=about,
        )  # fmt: skip


def _call_source(terms: PlanTerms) -> str:
    """The call that a rule comes from, by title and address."""
    call = terms.call
    return f"{call.title.one('ja')} /calls/{call.id}" if call else SOURCE


def form_differs(form: str, terms: PlanTerms) -> Finding | None:
    """A plan of another form than its call or programme asks for."""
    if form == terms.plan_form:
        return None
    return _one(
        "form-differs", Severity.WARNING, "",
        both("この計画の様式（{form}）は、公募または制度が求める様式（{asked}）と違います。",
             "The plan's form ({form}) is not the one that its call or programme asks for ({asked}).").format(form=form, asked=terms.plan_form),
        both("求められた様式で作り直すか、担当者に確かめてください。", "Use the form asked for, or ask those who run the call."),
        source=_call_source(terms),
    )  # fmt: skip
