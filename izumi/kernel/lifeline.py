"""Children end when their parent goes: nobody stays on the port after ``kill -9`` of the supervisor or the server."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel (Linux) for SIGKILL when the parent ends; elsewhere watch a pipe held by the supervisor."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent went between the two calls
            os.kill(os.getpid(), signal.SIGKILL)
        return
    watched = os.environ.get("IZUMI_LIFELINE")
    if watched:
        threading.Thread(target=_watch, args=(int(watched),), daemon=True).start()


def _watch(pipe: int) -> None:
    try:
        while os.read(pipe, 1):
            pass
    except OSError:
        pass  # not inherited by this child: then nobody can tell it, and it must not go on alone
    os.kill(os.getpid(), signal.SIGKILL)
