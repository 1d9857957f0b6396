"""Locks of the operating system: they end with their process, so none can go stale."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_inside = threading.local()


class Held(RuntimeError):
    """Another process holds the lock."""


@contextmanager
def exclusive(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold an exclusive lock on ``path`` for the block; ``Held`` at once when ``wait`` is false and it is taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Held(str(path)) from busy
        yield
    finally:
        os.close(handle)


@contextmanager
def write_turn(path: Path) -> Iterator[None]:
    """A turn to write to the SQLite file, taken before BEGIN: its own busy wait is unfair under load.

    Source: measurements in docs/decisions (SQLite writers).
    """
    if getattr(_inside, "depth", 0):
        yield
        return
    _inside.depth = 1
    try:
        with exclusive(path):
            yield
    finally:
        _inside.depth = 0
