"""Days begin at 00:00 in the site's zone (Japan time unless set otherwise); instants are aware UTC times."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Day = date
Instant = datetime


@lru_cache(maxsize=4)
def _named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def zone() -> ZoneInfo:
    """The zone in which days begin: ``IZUMI_TIME_ZONE``."""
    return _named(os.environ.get("IZUMI_TIME_ZONE", "Asia/Tokyo"))


def start_of(day: Day) -> Instant:
    """The instant at which the day begins."""
    return datetime.combine(day, time(), tzinfo=zone()).astimezone(UTC)


def end_of(day: Day) -> Instant:
    """The first instant after the day (instants are half-open, days inclusive)."""
    return start_of(day + timedelta(days=1))


def shifted(day: Day, days: int) -> Day:
    """The day so many days later (earlier when negative), at most the first or last day of the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return Day.max if days > 0 else Day.min


def day_of(instant: Instant) -> Day:
    """The day, in the site's zone, on which the instant lies."""
    return instant.astimezone(zone()).date()


def parse_day(text: str) -> Day:
    """A day from ``YYYY-MM-DD``; ``ValueError`` otherwise (``2026-2-3`` and times are not days)."""
    if len(text) != 10:
        raise ValueError(text)
    return date.fromisoformat(text)


def parse_instant(text: str) -> Instant:
    """An aware instant from RFC 3339; without an offset the site's zone is meant; a bare day is its beginning."""
    try:
        if len(text) == 10:
            return start_of(parse_day(text))
        value = datetime.fromisoformat(text)
        return (value if value.tzinfo else value.replace(tzinfo=zone())).astimezone(UTC)
    except OverflowError as beyond:  # the first and last days of the calendar, in another zone
        raise ValueError(text) from beyond


def fiscal_year(day: Day) -> int:
    """The Japanese fiscal year: 1 April to 31 March, named by the year in which it begins."""
    return day.year if day.month >= 4 else day.year - 1


def iso(instant: Instant) -> str:
    """RFC 3339 in the site's zone with whole seconds, as the API writes times."""
    return instant.astimezone(zone()).isoformat(timespec="seconds")
