"""``izumi serve``: supervisor, granian and the worker in one process group (architecture.md §4)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from izumi.kernel.home import home
from izumi.kernel.lifeline import die_with_parent
from izumi.kernel.locks import Held, exclusive

_BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_KILL_AFTER_S = 12.0
THREADS = 48
"""Per worker: a client that sends slowly holds one while it does (docs/operator: a proxy in front buffers requests)."""


class PortTaken(RuntimeError):
    """Something else listens on the port."""


class DemoExposed(RuntimeError):
    """A demo home must not be offered to other machines by accident."""


@dataclass
class Child:
    """One child of the supervisor with its restarts."""

    name: str
    command: list[str]
    running: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    next_start: float = field(default=0.0)

    def start(self) -> None:
        """Start it; it ends when this process goes."""
        environment = {**os.environ, "IZUMI_CHILD": "1"}
        self.running = subprocess.Popen(self.command, env=environment, preexec_fn=die_with_parent)  # noqa: S603
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Restart it with growing pauses when it ended."""
        if self.running is not None and self.running.poll() is None:
            return
        if self.running is not None:
            lived = time.monotonic() - self.started
            self.failures = 0 if lived > 60 else self.failures + 1
            self.next_start = time.monotonic() + _BACK_OFF_S[min(self.failures, len(_BACK_OFF_S) - 1)]
            self.running = None
        if time.monotonic() >= self.next_start:
            self.start()

    def stop(self, how: signal.Signals) -> None:
        """Send it a signal, if it is there."""
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(how)


def _granian(host: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(THREADS), "--blocking-threads-idle-timeout", "30", "--backlog", "1024",
        "--respawn-failed-workers",
        "--workers-kill-timeout", "10", "--no-ws", "--log-level", "error", "izumi.web.wsgi:application",
    ]  # fmt: skip


def check_port(host: str, port: int) -> None:
    """Raise ``PortTaken`` when nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise PortTaken(f"{host}:{port}") from taken


def check_exposure(host: str, *, accepted: bool) -> None:
    """A demo home (its passwords are printed) is offered to this machine only, unless said otherwise."""
    if home().setting("IZUMI_ENV") == "demo" and host not in ("127.0.0.1", "::1", "localhost") and not accepted:
        raise DemoExposed(host)


def serve(
    host: str = "127.0.0.1", port: int = 8000, workers: int | None = None, *,
    with_worker: bool = True, demo_accepted: bool = False, ready: Callable[[], None] | None = None,
) -> int:  # fmt: skip
    """Run the site until SIGINT or SIGTERM; the exit code."""
    check_exposure(host, accepted=demo_accepted)
    check_port(host, port)
    children = [Child("web", _granian(host, port, workers or os.cpu_count() or 1))]
    if with_worker:
        children.append(Child("worker", [sys.executable, "-m", "izumi.web.worker"]))
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    for child in children:
        child.start()
    if ready is not None:
        _wait_for(host, port, stopping)
        ready()
    while not stopping:
        for child in children:
            child.look_after()
        time.sleep(0.2)
    return _stop(children)


def _wait_for(host: str, port: int, stopping: list[int]) -> None:
    for _ in range(300):
        if stopping:
            return
        try:
            socket.create_connection((host, port), timeout=0.5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _stop(children: list[Child]) -> int:
    for child in children:
        child.stop(signal.SIGTERM)
    deadline = time.monotonic() + _KILL_AFTER_S
    while time.monotonic() < deadline and any(c.running and c.running.poll() is None for c in children):
        time.sleep(0.05)
    for child in children:
        child.stop(signal.SIGKILL)
    return 0


def worker_lock_held() -> bool:
    """Whether a worker is running on this home."""
    try:
        with exclusive(home().path / "worker.lock", wait=False):
            return False
    except Held:
        return True
