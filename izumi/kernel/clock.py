"""The two clocks: domain time, which obeys ``IZUMI_CLOCK``, and machine time, which never does.

Domain time decides days, embargoes, grants, datestamps and token expiry. Machine time drives leases, retries, sessions,
rate limits and one-time links. This is the only module that asks the system for the time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from izumi.kernel.days import Day, Instant, day_of, parse_instant

_set: ContextVar[Instant | None] = ContextVar("izumi_clock", default=None)


class ClockRefused(RuntimeError):
    """A fixed domain clock was asked for in production."""


def machine_now() -> Instant:
    """Machine time."""
    return datetime.now(UTC)


def now() -> Instant:
    """Domain time."""
    chosen = _set.get()
    if chosen is not None:
        return chosen
    fixed = os.environ.get("IZUMI_CLOCK")
    if not fixed:
        return machine_now()
    if os.environ.get("IZUMI_ENV", "production") == "production":
        raise ClockRefused("IZUMI_CLOCK is refused when IZUMI_ENV=production")
    return parse_instant(fixed)


def today() -> Day:
    """The domain day, in the site's zone."""
    return day_of(now())


@contextmanager
def at(moment: str | Instant) -> Iterator[Instant]:
    """Domain time fixed inside the block (tests and the demo's history); refused in production."""
    if os.environ.get("IZUMI_ENV", "production") == "production":
        raise ClockRefused("a fixed domain clock is refused when IZUMI_ENV=production")
    instant = parse_instant(moment) if isinstance(moment, str) else moment
    token = _set.set(instant)
    try:
        yield instant
    finally:
        _set.reset(token)
