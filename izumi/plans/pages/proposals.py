"""What a revision proposes: the promise changed so that it says what is, ready to be sent with a reason. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from izumi.kernel.days import Day
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.plans import promises
from izumi.plans.pages import amounts, progress
from izumi.plans.types import Document, EntryView

LATER = timedelta(days=90)
"""A promise that was missed is proposed anew for this long after today."""

FIELDS: Mapping[str, tuple[Text, str]] = {
    "register_by": (both("登録の期日", "Register by"), "date"),
    "publish_on": (both("公開（予定）日", "Publish on"), "date"),
    "available_on": (both("公開期間猶予の終わり", "End of the embargo"), "date"),
    "size": (both("計画する量（例 97 GB）", "Planned amount (e.g. 97 GB)"), "text"),
    "class": (both("アクセス権", "Access"), "class"),
    "number": (both("データNo.", "Data No."), "text"),
    "title": (both("名称", "Title"), "text"),
}
PLACES: Mapping[str, tuple[str, ...]] = {
    "register_by": ("planned", "register_by"), "publish_on": ("planned", "publish_on"), "available_on": ("access", "available_on"),
    "size": ("planned", "size_bytes"), "class": ("access", "class"), "number": ("data_number",),
}  # fmt: skip
"""Where each of them stands in the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One input: what the plan says now, and what it would say."""

    name: str
    label: Text
    kind: str
    now: str
    value: str


def for_entry(entry: EntryView, because: str, *, on: Day, typed: Mapping[str, str] | None) -> tuple[Proposal, ...]:
    """The inputs for one entry, filled from reality – or as they were typed when something was wrong.

    ``because`` comes first; the other deviations of the entry follow, so that one revision settles them all.
    """
    told: dict[str, str] = {}
    for code in (because, *(one.code for one in entry.deviations)):
        for name, value in CHANGES.get(code, _missing)(entry, on).items():
            told.setdefault(name, value)
    return tuple(_proposal(name, entry.document, value, typed) for name, value in told.items())


def for_record(record: Any, *, typed: Mapping[str, str] | None) -> tuple[Proposal, ...]:
    """The inputs for a record that is to stand in the plan: what it says itself."""
    told = {
        "title": Text(record.title).one("ja"), "class": record.access_class or "", "size": amounts.written(record.size_bytes),
        "available_on": record.available_on.isoformat() if record.available_on and record.access_class == "embargoed" else "",
    }  # fmt: skip
    return tuple(_proposal(name, {}, value, typed) for name, value in told.items())


def _proposal(name: str, entry: Document, value: str, typed: Mapping[str, str] | None) -> Proposal:
    label, kind = FIELDS[name]
    now = promises.at(entry, *PLACES[name]) if name in PLACES else ""
    said = amounts.written(now) if name == "size" and isinstance(now, int) else str(now or "")
    return Proposal(name=name, label=label, kind=kind, now=said, value=typed.get(name, "") if typed is not None else value)


def _late(entry: EntryView, on: Day) -> dict[str, str]:
    later = max((one.scheduled_on for one in entry.reality if one.scheduled_on), default=on + LATER).isoformat()
    access, told = entry.document.get("access") or {}, {}
    publish, opening = promises.day_at(entry.planned, "publish_on"), promises.day_at(access, "available_on")
    public = any(one.state == "published" for one in progress.standing(entry.reality))
    if publish and publish < on and not public:
        told["publish_on"] = later
    if opening and opening < on and access.get("class") == "embargoed":
        told["available_on"] = later
    return told or {"publish_on": later}


def _missing(entry: EntryView, on: Day) -> dict[str, str]:
    register, publish = promises.day_at(entry.planned, "register_by"), promises.day_at(entry.planned, "publish_on")
    later = on + LATER
    told = {"register_by": (later if not register or register < on else register).isoformat()}
    if publish and publish < later:
        told["publish_on"] = later.isoformat()
    return told


def _larger(entry: EntryView, on: Day) -> dict[str, str]:
    stored = sum(one.size_bytes or 0 for one in progress.standing(entry.reality))
    return {"size": amounts.written(amounts.rounded_up(stored))}


def _other_class(entry: EntryView, on: Day) -> dict[str, str]:
    real = next((one for one in progress.standing(entry.reality) if one.access_class), None)
    told = {"class": real.access_class if real else ""}
    if real and real.access_class == "embargoed":
        told["available_on"] = real.available_on.isoformat() if real.available_on else ""
    return told


CHANGES: Mapping[str, Callable[[EntryView, Day], dict[str, str]]] = {
    "late": _late, "missing": _missing, "larger": _larger, "other-class": _other_class,
}  # fmt: skip


def change(entry: EntryView | None, record: Any, said: Mapping[str, str]) -> Document:
    """The change of one entry that the posted form means: ``{"id", …patch}``, ``{"id", "remove": true}`` or a new entry.

    Raises ``Invalid`` for what cannot be read.
    """
    if entry is not None and said.get("remove"):
        return {"id": entry.id, "remove": True}
    told: Document = {"id": entry.id} if entry is not None else _new_entry(record, said)
    found = []
    for name, place in PLACES.items():
        typed = said.get(name)
        if typed is None or (entry is None and not typed.strip()):
            continue
        try:
            _put(told, place, _value(name, typed.strip()))
        except ValueError:
            found.append(_unreadable(name))
    if found:
        raise Invalid(found)
    if entry is not None and said.get("class") and said["class"] != "embargoed":
        told["access"] = {**told.get("access", {}), "available_on": None, "opens": None}
    return told


def _new_entry(record: Any, said: Mapping[str, str]) -> Document:
    title = {**Text(record.title).as_json(), **({"ja": said["title"].strip()} if said.get("title", "").strip() else {})}
    return {"title": title, "records": [record.id]}


def _value(name: str, typed: str) -> Any:
    if not typed:
        return None
    if FIELDS[name][1] == "date":
        return Day.fromisoformat(typed).isoformat()
    if name == "size":
        size = amounts.bytes_of(typed)
        if size is None:
            raise ValueError(typed)
        return size
    return typed


def _put(entry: Document, place: tuple[str, ...], value: Any) -> None:
    """Write a value; ``None`` stays, for in a merge patch it removes."""
    *outer, last = place
    here = entry
    for part in outer:
        here = here.setdefault(part, {})
    here[last] = value


def _unreadable(name: str) -> Finding:
    label, kind = FIELDS[name]
    fix = both("2027-04-01 のように書いてください。", "Write it like 2027-04-01.") if kind == "date" else both(
        "97 GB のように書いてください。", "Write it like 97 GB."
    )  # fmt: skip
    return Finding(
        rule="plan-change-unreadable", severity=Severity.ERROR, pointer=f"/{name}", fix=fix,
        message=both("「{label}」を読み取れません。", "“{label}” cannot be read.").format(label=label),
    )  # fmt: skip
