"""Pure decisions of reports: which days are meant, who may ask, what counts, for whom, under which number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from izumi.governance.types import Name, Span
from izumi.kernel.actors import Actor
from izumi.kernel.days import Day, fiscal_year, parse_day
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.people.rules import number_key
from izumi.people.types import OrganisationCard, ProgrammeCard, ProjectCard, RoundCard
from izumi.policy.rules import effective_keys
from izumi.records.types import Document

_FISCAL = re.compile(r"(?:FY|fy)?(\d{4})(?:年度)?")
_SITE = frozenset({"role:admin@site", "console", "system"})
EARLIEST = date(1950, 4, 1)
NUMBER_SCHEMES = ("e-Rad", "JGN")
"""Which number e-Rad's total is typed in under: its own 課題 ID, else the 体系的番号."""


def fault(rule: str, pointer: str, ja: str, en: str, fix: Text | None = None) -> Invalid:
    """One finding about the question as a refusal."""
    return Invalid(Finding(rule=rule, severity=Severity.ERROR, pointer=pointer, message=both(ja, en), fix=fix))


def report_named(name: str) -> Name:
    """The report of this name; ``Invalid`` otherwise."""
    if name not in {str(one) for one in Name}:
        known = ", ".join(Name)
        raise fault(
            "report-unknown", "/name", f"この名前の報告はありません。{known} のどれかにしてください。", f"There is no such report. Choose one of {known}."
        )  # fmt: skip
    return Name(name)


# --- days ------------------------------------------------------------------------------------------------------------


def span_of(name: Name, period: str | None, round_: RoundCard | None, today: Day) -> Span:
    """The days meant: a round's, a period's, else everything up to today.

    A period or round that is not over is read as of today. A round counts its fiscal year for e-Rad; its tables hand in
    everything that is known on its day, because 研究推進法人 keep one whole table.

    Source: product.md §4 (年度: 1 April – 31 March Japan time), design F1 step 4.
    """
    if period and round_ is not None:
        raise fault("period-and-round", "/period", "period と round は、どちらか 1 つにしてください。", "Give period or round, not both.")
    if round_ is not None:
        return _of_round(name, round_, today)
    if not period:
        return Span(as_of=today, fiscal_year=fiscal_year(today))
    first, last = period_of(period)
    if first > today:
        raise fault("period-future", "/period", "まだ始まっていない期間は数えられません。", "A period that has not begun cannot be counted.")
    day = min(last, today)
    return Span(as_of=day, since=first, until=day, fiscal_year=fiscal_year(day), unfinished=last >= today)


def _of_round(name: Name, round_: RoundCard, today: Day) -> Span:
    first, last = _year(round_.fiscal_year)
    if first > today:
        raise fault(
            "period-future", "/round", f"{round_.fiscal_year} 年度はまだ始まっていません。", f"FY{round_.fiscal_year} has not begun."
        )  # fmt: skip
    day = min(round_.as_of, today)
    return Span(
        as_of=day, since=first, until=min(last, day), fiscal_year=round_.fiscal_year, whole=name is not Name.ERAD,
        unfinished=round_.as_of >= today,
    )  # fmt: skip


def has_begun(round_: RoundCard, on: Day) -> bool:
    """Whether the fiscal year of a round has begun, so that something can be handed in for it."""
    return _year(round_.fiscal_year)[0] <= on


def period_of(text: str) -> tuple[Day, Day]:
    """First and last day (inclusive) of ``FY2026`` or ``2026-04-01/2026-09-30``; ``Invalid`` otherwise."""
    said = unicodedata.normalize("NFKC", text).strip()
    year = _FISCAL.fullmatch(said)
    try:
        first, last = _year(int(year[1])) if year else _days(said)
        if first < EARLIEST:
            raise ValueError(said)
    except (ValueError, OverflowError):
        raise fault(
            "period-unknown", "/period", "期間を読み取れません。", "This period cannot be read.",
            both("FY2026（2026 年度）か、2026-04-01/2026-09-30（両端の日を含む）の形で書いてください。",
                 "Write FY2026, or 2026-04-01/2026-09-30 (both days included)."),
        ) from None  # fmt: skip
    if last < first:
        raise fault("period-reversed", "/period", "期間の終わりが始まりより前です。", "The period ends before it begins.")
    return first, last


def _year(year: int) -> tuple[Day, Day]:
    return date(year, 4, 1), date(year + 1, 3, 31)


def _days(said: str) -> tuple[Day, Day]:
    first, mark, last = said.partition("/")
    if not mark:
        raise ValueError(said)
    return parse_day(first.strip()), parse_day(last.strip())


# --- who may ----------------------------------------------------------------------------------------------------------


def may_ask_of_project(actor: Actor, card: ProjectCard) -> bool:
    """Members and PM of the project, curators of its organisations, its programme's funder, administrators, the console."""
    curators = {f"role:curator@org:{one}" for one in (card.organisation, *card.partners)}
    inside = {f"project:{card.id}", f"role:pm@project:{card.id}"}
    return bool(effective_keys(actor, "see") & (inside | curators | _whole_of_project(card)))


def sees_project_whole(actor: Actor, card: ProjectCard) -> bool:
    """Whether this role sees every record of the project: its PM, its funder, administrators, the console.

    For anybody else a report leaves out what they may not see, and says that it may (never whether it did).
    """
    return bool(effective_keys(actor, "see") & (_whole_of_project(card) | {f"role:pm@project:{card.id}"}))


def _whole_of_project(card: ProjectCard) -> frozenset[str]:
    return _SITE | ({f"role:funder@programme:{card.programme}"} if card.programme else frozenset())


def may_ask_of_programme(actor: Actor, programme: str) -> bool:
    """The programme's funder, administrators, the console."""
    return bool(effective_keys(actor, "see") & (_SITE | {f"role:funder@programme:{programme}"}))


def may_ask_of_organisation(actor: Actor, organisation: str) -> bool:
    """Curators of the organisation, administrators, the console."""
    return bool(effective_keys(actor, "see") & (_SITE | {f"role:curator@org:{organisation}"}))


def may_submit(actor: Actor, card: ProjectCard) -> bool:
    """The PM of the project, administrators, the console; a token needs the scope ``write``."""
    return bool(effective_keys(actor, "submit") & (_SITE | {f"role:pm@project:{card.id}"}))


def may_decide(actor: Actor, programme: str) -> bool:
    """The funder of the programme, administrators, the console; a token needs the scope ``publish``."""
    return bool(effective_keys(actor, "review") & (_SITE | {f"role:funder@programme:{programme}"}))


# --- what counts ------------------------------------------------------------------------------------------------------


def left_out(kind: str, document: Document) -> str:
    """Why a record is no row of a report: its kind, or ``unmanaged``; empty when it is one.

    Reports list managed data. Manuscripts, software and collections are skipped; 非管理データ are never itemised.

    Source: facts common-metadata §1.1 ("one row per managed dataset … Manuscripts are skipped"), product.md §4.
    """
    if kind != "dataset":
        return kind
    management = document.get("management")
    return "unmanaged" if isinstance(management, dict) and management.get("managed") is False else ""


def number_in(card: ProjectCard, year: int) -> tuple[str, str]:
    """Scheme and value of the number under which this project reports in a fiscal year; empty when none is valid.

    e-Rad 課題 ID, else 体系的番号, else any other number in use in that year; exactly as issued. AMED's change every year,
    KAKENHI's on transfer. Source: product.md §4, project.
    """
    for scheme in (*NUMBER_SCHEMES, *dict.fromkeys(n.scheme for n in card.numbers if n.scheme not in NUMBER_SCHEMES)):
        value = card.number(scheme, year)
        if value:
            return scheme, value
    return "", ""


def award_number_in(card: ProjectCard, year: int) -> str:
    """The 体系的番号 of a project for a fiscal year, else whatever number it reports under."""
    return card.number("JGN", year) or number_in(card, year)[1]


def number_finding(card: ProjectCard, year: int) -> Finding | None:
    """What to tell when a project has no number for the year."""
    if number_in(card, year)[1]:
        return None
    other = both(f"{year} 年度に有効な番号がありません", f"no number valid in FY{year}") if card.numbers else both("番号がありません", "no number")
    return Finding(
        rule="project-without-number", severity=Severity.WARNING, pointer=f"/projects/{card.id}",
        message=both(f"プロジェクト「{card.title.one('ja')}」には{other['ja']}。", f"The project “{card.title.one('en')}” has {other['en']}."),
        source="japan-grant-number",
        fix=both("プロジェクトの画面で e-Rad 課題 ID か体系的番号を登録してください。", "Register its e-Rad project ID or Japan Grant Number."),
    )  # fmt: skip


# --- for whom ---------------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """A name as it is compared: NFKC, case and spaces apart."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def hosts_by_name(cards: Iterable[OrganisationCard]) -> dict[str, str]:
    """Organisations by ROR and by each legal name, folded."""
    found: dict[str, str] = {}
    for card in cards:
        keys = [folded(name) for name in card.legal_name.values()]
        for key in (*keys, card.ror.rstrip("/").casefold()):
            if key:
                found.setdefault(key, card.id)
    return found


def host_of(document: Document, owner: str, known: Mapping[str, str], above: Mapping[str, str | None], taking_part: Iterable[str]) -> str:
    """The organisation for which a record counts: its データ管理機関 when that is one of the project's, else its owner's.

    ``known`` finds organisations by ROR and folded name, ``above`` gives the parent of each: a department counts for the
    university that takes part. An organisation outside the project counts for itself, so that nothing is lost.
    """
    wanted = set(taking_part)
    hosting = document.get("hosting_organisation")
    told = _named(hosting, known) if isinstance(hosting, dict) else ""
    for start in filter(None, (told, owner)):
        found = _within(start, above, wanted)
        if found:
            return found
    return owner


def _named(hosting: Document, known: Mapping[str, str]) -> str:
    ror = str(hosting.get("ror") or "").strip().rstrip("/").casefold()
    ror = ror if not ror or ror.startswith("http") else f"https://ror.org/{ror.removeprefix('ror.org/')}"
    names = hosting.get("name")
    keys = [ror, *(folded(v) for v in names.values() if isinstance(v, str))] if isinstance(names, dict) else [ror]
    return next((known[key] for key in keys if key in known), "")


def _within(start: str, above: Mapping[str, str | None], wanted: set[str]) -> str:
    at: str | None = start
    seen: set[str] = set()
    while at and at not in seen:
        if at in wanted:
            return at
        seen.add(at)
        at = above.get(at)
    return ""


# --- the document as it is reported -----------------------------------------------------------------------------------


def with_funding(
    document: Document, cards: Iterable[ProjectCard], programmes: Mapping[str, ProgrammeCard], year: int
) -> Document:
    """The document with the numbers that were valid in the year of the report, as issued.

    An award number that belongs to one of the record's projects is replaced by the one of that year; a project that no
    entry names is added from what the site knows.
    """
    known = list(cards)
    if not known:
        return document
    entries = [dict(one) for one in document.get("funding") or () if isinstance(one, dict)]
    named: set[str] = set()
    for entry in entries:
        for card in known:
            if _speaks_of(entry, card):
                named.add(card.id)
                entry["award_number"] = award_number_in(card, year) or entry.get("award_number")
    entries += [_funding(card, programmes.get(card.programme or ""), year) for card in known if card.id not in named and card.numbers]
    return {**document, "funding": entries} if entries else document


def _speaks_of(entry: Document, card: ProjectCard) -> bool:
    told = {number_key(str(entry[name])) for name in ("award_number", "erad_project_id") if entry.get(name)}
    return any(number_key(number.value) in told for number in card.numbers)


def _funding(card: ProjectCard, programme: ProgrammeCard | None, year: int) -> Document:
    told: Document = {"award_number": award_number_in(card, year), "award_title": card.title.as_json()}
    if programme is not None:
        told |= {"programme": programme.title.as_json(), "programme_code": programme.code}
        if programme.funder is not None:
            told["funder"] = {"name": programme.funder.legal_name.as_json(), "ror": programme.funder.ror}
    return {name: value for name, value in told.items() if value}
