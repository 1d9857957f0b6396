"""What a deviation says: planned and actual in words and numbers, and its two ways out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from izumi.kernel.days import Day, parse_day
from izumi.kernel.text import Text, both
from izumi.plans.types import WayOut
from izumi.policy.types import CLASS_LABELS

FILES = both("ファイル", "files")
NAMED_AT_MOST = 5
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a deviation stands."""

    plan: str
    entry: str
    record: str = ""
    opened: bool = True
    """Whether the record has a draft to write in; a published one may have to be opened first."""

    @property
    def writing(self) -> str:
        """The page on which the record's files and description are changed."""
        return f"/records/{self.record}/{'edit' if self.opened else 'new-version'}"


@dataclass(frozen=True, slots=True)
class Told:
    """The sentence and the two ways out."""

    message: Text
    ways_out: tuple[WayOut, ...]


def size(value: int) -> str:
    """A size in decimal units, to three figures: ``76 GB``, ``1.2 GB``."""
    number, unit = float(value), 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    shown = f"{number:.1f}" if unit and number < 9.95 else f"{number:.0f}"
    return f"{shown.removesuffix('.0')} {_UNITS[unit]}"


def days(count: int) -> Text:
    """``5 日`` and ``5 days``."""
    return both(f"{count} 日", f"{count} day{'' if count == 1 else 's'}")


def listed(names: Iterable[Text]) -> Text:
    """The first few names, and how many more."""
    told = list(names)
    shown, more = told[:NAMED_AT_MOST], max(len(told) - NAMED_AT_MOST, 0)
    ja = "、".join(name.one("ja") for name in shown) + (f"、ほか {more} 件" if more else "")
    en = ", ".join(name.one("en") for name in shown) + (f" and {more} more" if more else "")
    return both(ja, en)


def _revise(place: Place, code: str) -> WayOut:
    words = both("理由を付けて計画を改訂する", "Revise the plan and give a reason")
    return WayOut(code="revise", text=words, href=f"/plans/{place.plan}/revise?entry={place.entry}&because={code}")


def without_plan(project: str, begun: str, day: Day, over: int, *, by_call: bool) -> Told:
    """A project past its day without a plan; one that was begun is taken up again."""
    message = both(
        "計画の提出期限（{day}）を {over}過ぎましたが、計画が提出されていません。" if by_call else
        "プロジェクトの開始日（{day}）を {over}過ぎましたが、計画がありません。",
        "The plan was due on {day}, {over} ago, and none was handed in." if by_call else
        "The project started on {day}, {over} ago, and has no plan.",
    ).format(day=day.isoformat(), over=days(over))  # fmt: skip
    begin = WayOut(code="begin-plan", text=both("計画を作る", "Begin a plan"), href=f"/plans/new?project={project}")
    go_on = WayOut(code="begin-plan", text=both("計画の続きを書く", "Go on with the plan"), href=f"/plans/{begun}/edit")
    exempt = both("計画が要らない理由を書く", "Say why no plan is needed")
    return Told(message, (go_on if begun else begin, WayOut(code="exempt", text=exempt, href=f"/projects/{project}/plan")))


def without_entry(plan: str, record: str, name: Text) -> Told:
    """A record that the plan does not know."""
    named = both("「{name}」（{record}）", "“{name}” ({record})") if name else both("レコード {record}", "Record {record}")
    message = both("{named}は、計画のどのデータにも当たりません。", "{named} answers no entry of the plan.").format(
        named=named.format(name=name, record=record)
    )
    assign = both("計画のデータに割り当てる", "Assign it to an entry of the plan")
    add = both("理由を付けて計画に加える", "Add it to the plan and give a reason")
    return Told(
        message,
        (
            WayOut(code="assign", text=assign, href=f"/plans/{plan}/assign?record={record}"),
            WayOut(code="revise", text=add, href=f"/plans/{plan}/revise?record={record}&because=record-without-entry"),
        ),
    )


def late(place: Place, day: Day, over: int, *, actual: str | None, published: bool, confirm: bool) -> Told:
    """The agreed day of publication, or of the end of the embargo, has passed."""
    if not published:
        message = both(
            "公開日（{day}）を {over}過ぎましたが、まだ公開されていません。", "It was to be published on {day}, {over} ago, and is not public yet."
        )  # fmt: skip
        if actual:
            message = both(
                "公開日（{day}）を {over}過ぎました。公開の予約は {actual} です。",
                "It was to be published on {day}, {over} ago; it is scheduled for {actual}.",
            )
        mend = WayOut(code="publish", text=both("公開する", "Publish it"), href=f"/records/{place.record}/publish")
    else:
        message = _still_shut(actual, confirm)
        words = both("データを公開にする", "Open the data")
        mend = WayOut(code="open", text=words, href=f"/records/{place.record}/access")
    told = message.format(day=day.isoformat(), over=days(over), actual=actual or "")
    return Told(told, (mend, _revise(place, "late")))


def _still_shut(actual: str | None, confirm: bool) -> Text:
    if confirm:
        return both(
            "公開予定日（{day}）を {over}過ぎましたが、公開してよいと確認されていないため、データは閉じたままです。",
            "The data were to open on {day}, {over} ago; nobody has confirmed it, so they are still shut.",
        )
    if actual and parse_day(actual):
        return both(
            "公開予定日（{day}）を {over}過ぎましたが、データは {actual} まで閉じています。",
            "The data were to open on {day}, {over} ago; they stay shut until {actual}.",
        )
    return both(
        "公開予定日（{day}）を {over}過ぎましたが、データは閉じたままです。", "The data were to open on {day}, {over} ago, and are still shut."
    )  # fmt: skip


def larger(place: Place, planned: int, actual: int | None, *, records: int) -> Told:
    """More is stored than planned; how much is not said of a record that the reader may not see."""
    mend = WayOut(code="edit", text=both("ファイルを見直す", "Look through the files"), href=place.writing)
    ways = (mend, _revise(place, "larger"))
    if actual is None:
        plain = both("計画（{planned}）より多く保存されています。", "More than the planned {planned} is stored.")
        return Told(plain.format(planned=size(planned)), ways)
    several = both(f"（レコード {records} 件の合計）", f" (in {records} records together)") if records > 1 else Text()
    message = both(
        "計画より {more} 多く保存されています。計画 {planned}、実際 {actual}{several}。",
        "{more} more than planned is stored: {planned} planned, {actual} stored{several}.",
    ).format(more=size(actual - planned), planned=size(planned), actual=size(actual), several=several)
    return Told(message, ways)


def other_class(place: Place, planned: str, actual: str, *, published: bool) -> Told:
    """The record's access class is not the entry's."""
    if planned == "embargoed" and actual == "open":
        message = both("計画の公開予定日より早く「{actual}」になっています。", "It is “{actual}” already, before the day that was planned.")
    else:
        message = both("計画では「{planned}」ですが、いまは「{actual}」です。", "Planned was “{planned}”; it is “{actual}”.")
    named = {"planned": CLASS_LABELS.get(planned, Text({"ja": planned})), "actual": CLASS_LABELS.get(actual, Text({"ja": actual}))}
    page = "access" if published else "edit"
    mend = WayOut(code="access", text=both("アクセス権を計画に合わせる", "Make the access class as planned"), href=f"/records/{place.record}/{page}")
    return Told(message.format(**named), (mend, _revise(place, "other-class")))


def incomplete(place: Place, day: Day, lacking: tuple[Text, ...]) -> Told:
    """Registered by its day, but not whole."""
    named = both("（{lacking}）", ": {lacking}").format(lacking=listed(lacking)) if lacking else Text()
    message = both(
        "登録の期日（{day}）を過ぎましたが、足りないものがあります{named}。", "It was to be registered by {day}; something is still missing{named}."
    ).format(day=day.isoformat(), named=named)
    mend = WayOut(code="edit", text=both("足りないものを登録する", "Fill in what is missing"), href=place.writing)
    return Told(message, (mend, _revise(place, "missing")))


def gone(place: Place, how: str) -> Told:
    """What answered the entry is gone."""
    message = {
        "withdrawn": both(
            "計画のデータに当たるレコード {record} は取り下げられています。", "Record {record}, which answered this entry, was withdrawn."
        ),
        "discarded": both(
            "計画のデータに当たるレコード {record} の下書きは破棄されています。", "The draft of record {record}, which answered this entry, was discarded."
        ),
    }[how].format(record=place.record)  # fmt: skip
    return Told(message, (_assign(place), _revise(place, "missing")))


def nothing(place: Place, day: Day, over: int) -> Told:
    """Nothing ever stood behind the entry, and its day is over."""
    message = both(
        "期日（{day}）を {over}過ぎましたが、データが登録されていません。", "It was due on {day}, {over} ago, and no data are registered."
    ).format(day=day.isoformat(), over=days(over))
    return Told(message, (_assign(place), _revise(place, "missing")))


def _assign(place: Place) -> WayOut:
    words = both("別のデータを割り当てる", "Assign other data to it")
    return WayOut(code="assign", text=words, href=f"/plans/{place.plan}/assign?entry={place.entry}")
