"""How was counted, in words: every report carries its rule, so that nobody has to guess what a number means."""

from __future__ import annotations

from collections.abc import Iterator

from izumi.governance.types import Name, Span
from izumi.kernel.text import Text, both


def source_of(site: Text) -> Text:
    """Where the numbers come from."""
    return both(
        f"{site.one('ja')} に公開されたレコードの版（公開・取り下げの記録による。下書きは含みません）",
        f"Published versions of records in {site.one('en')} (by its record of publications and withdrawals; no drafts)",
    )


def notes_on(name: Name, span: Span, *, partial: bool) -> tuple[Text, ...]:
    """The counting rule of a report."""
    return (*_days(name, span), *_which(), *(_erad() if name is Name.ERAD else _tables()), *_seen(partial))


def _days(name: Name, span: Span) -> Iterator[Text]:
    day = span.as_of.isoformat()
    yield both(
        f"{day} の終わり（日本時間 24:00）までに分かっていたことによります。その日までに取り下げられたものは数えません。あとの変更は含みません。",
        f"What was known by the end of {day} (24:00 Japan time). What had been withdrawn by then does not count; nor do later changes.",
    )
    if span.unfinished:
        yield both(
            "期間または報告の基準日がまだ終わっていないため、途中の値です。",
            "The period, or the day of the round, is not over: these are interim figures.",
        )
    if span.since is None:
        yield both("これまでのすべて（累計）です。", "Everything so far (cumulative).")
    elif span.whole:
        yield both(
            f"一覧は基準日に分かっていたものすべてです。{_span(span)} に初めて公開されたものの数も示します。",
            f"The table lists everything known on that day; how many were first published in {_span(span)} is told beside it.",
        )
    else:
        yield both(f"{_span(span)} に初めて公開されたものです。", f"Those first published in {_span(span)}.")
    if name is Name.ERAD and span.since is not None:
        yield both("累計（基準日までのすべて）は別の列です。", "The cumulative figure (all up to that day) stands in a column of its own.")


def _span(span: Span) -> str:
    return f"{span.since} – {span.until or span.as_of}"


def _which() -> Iterator[Text]:
    yield both(
        "公開版のある管理対象データを、版や訂正がいくつあっても 1 件と数えます。",
        "Managed data with a published version count once each, whatever the number of versions and corrections.",
    )
    yield both(
        "論文・ソフトウェアなどほかの種類と、非管理データは含みません。計画だけがあり公開されていないものも含みません。",
        "Other kinds (papers, software …) and unmanaged data are left out; so is what is only planned.",
    )


def _erad() -> Iterator[Text]:
    yield both(
        "件数は「番号と機関」ごとです。1 つのレコードは 1 つの機関に 1 回だけ数えます。データ管理機関がプロジェクトの代表機関か"
        "分担機関ならその機関、そうでなければ登録元の機関です。",
        "Counts are by number and organisation. A record counts once, for one organisation: its hosting organisation when that "
        "leads or partners the project, else the organisation that registered it.",
    )
    yield both(
        "複数のプロジェクトに属するレコードは、それぞれのプロジェクトで数えます（保管は 1 つです）。"
        "そのため、件数の合計はレコードの数より多くなることがあります。",
        "A record of several projects counts for each of them and is stored once: the counts may add up to more than there are records.",
    )
    yield both("何もないプロジェクトは 0 件です。", "A project with nothing counts 0.")
    yield both(
        "番号は e-Rad 課題 ID、なければ体系的番号で、対象の年度に有効なものを発行されたとおりに示します。",
        "The number is the e-Rad project ID, else the Japan Grant Number, valid in that fiscal year and written as issued.",
    )
    yield both(
        "アクセス権ごとの内訳は Izumi が加えたもので、基準日の区分です。公開の割合は評価の点数ではありません。",
        "The split by access class is an addition of Izumi, as of that day. The share of open data is not a score.",
    )


def _tables() -> Iterator[Text]:
    yield both(
        "1 行が 1 つの管理対象データです。並びは初めて公開された順です。複数のプロジェクトに属しても 1 行です。",
        "One row is one managed dataset, in the order of first publication; one of several projects is still one row.",
    )
    yield both(
        "体系的番号は、報告の年度に有効な番号を発行されたとおりに示します。",
        "Japan Grant Numbers are those valid in the fiscal year of the report, as issued.",
    )


def _seen(partial: bool) -> Iterator[Text]:
    if partial:
        yield both(
            "あなたが見ることのできるレコードだけを数えています。プロジェクト全体の数とは限りません。",
            "Only records that you may see are counted; this need not be all of them.",
        )
    else:
        yield both(
            "メタデータを公開していないレコードも報告に含みます。報告は公開ではありません。"
            "項目ごとに範囲を狭めた内容と、利用を止めているレコードは、見る権限のある人だけに示します。",
            "Records whose metadata are not public are in the report: reporting is not publishing. Items narrowed one by one, "
            "and records on hold, are shown only to those who may see them.",
        )
