"""One writer per object: an operating-system lock, so that none can go stale."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from izumi.kernel.home import home
from izumi.kernel.locks import exclusive


@contextmanager
def owner_lock(owner_id: str, *, wait: bool = True) -> Iterator[None]:
    """Hold the only right to write the owner's object; raises ``Held`` when it is taken and ``wait`` is false."""
    with exclusive(home().drafts / "locks" / owner_id, wait=wait):
        yield
