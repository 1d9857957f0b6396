"""One writer per object: an operating-system lock, so that none can go stale."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from izumi.kernel.home import home
from izumi.kernel.locks import exclusive


@contextmanager
def owner_lock(owner_id: str, *, wait: bool = True) -> Iterator[None]:
    """Hold the only right to write the owner's object; raises ``Held`` when it is taken and ``wait`` is false.

    Owners share 4,096 lock files, so that their number does not grow; nobody holds two.
    """
    name = hashlib.sha256(owner_id.encode()).hexdigest()[:3]
    with exclusive(home().drafts / "locks" / name, wait=wait):
        yield
