"""A real site in processes of its own, which tests may kill: supervisor, web server and worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_PREPARE = """
import django; django.setup()
from tests.builders import a_world
world = a_world()
print(world.token("researcher"))
"""


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children_of(pid: int) -> list[int]:
    """All descendants of a process (Linux)."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = [int(p) for p in task.read_text().split()]
        except OSError:
            continue
        for child in own:
            found += [child, *children_of(child)]
    return found


def command_of(pid: int) -> str:
    """The command line of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@dataclass
class Site:
    """One home and the processes that serve it."""

    home: Path
    port: int = field(default_factory=free_port)
    running: subprocess.Popen[bytes] | None = None
    token: str = ""

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes get."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("IZUMI_", "DJANGO_"))}
        return {
            **kept, "IZUMI_HOME": str(self.home), "IZUMI_ENV": "test", "IZUMI_BASE_URL": self.url, "LANG": "en_US.UTF-8",
            "DJANGO_SETTINGS_MODULE": "izumi.web.settings", "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        }  # fmt: skip

    def izumi(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the ``izumi`` command on this home."""
        return subprocess.run(
            [sys.executable, "-m", "izumi.web.cli", *words], env=self.environment, capture_output=True, text=True, check=check
        )

    def prepare(self) -> None:
        """Make the home, a small institution and a researcher's token."""
        self.izumi("init", "--site-name", "kill.izumi.invalid", "--base-url", self.url)
        told = subprocess.run(
            [sys.executable, "-c", _PREPARE], env=self.environment, capture_output=True, text=True, check=True
        )
        self.token = told.stdout.strip().splitlines()[-1]

    def start(self) -> None:
        """Serve it and wait until it answers."""
        words = [sys.executable, "-m", "izumi.web.cli", "serve", "--port", str(self.port), "--workers", "1"]
        self.running = subprocess.Popen(words, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_ready()

    def wait_ready(self, within_s: float = 60.0) -> None:
        """Until ``/healthz`` answers."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError("the site does not answer")

    def wait_caught_up(self, within_s: float = 90.0) -> None:
        """Until every consumer has read the whole journal and no job waits."""
        deadline = time.monotonic() + within_s
        told: object = None
        while time.monotonic() < deadline:
            try:
                told = httpx.get(f"{self.url}/readyz", timeout=5).json()
                if not any(told["behind"].values()) and told["jobs"] == 0:  # type: ignore[index]
                    return
            except (httpx.HTTPError, ValueError):
                pass
            time.sleep(0.1)
        raise AssertionError(f"the consumers do not catch up: {told}")

    def pids(self, which: str) -> list[int]:
        """Process ids of ``supervisor``, ``web`` (server and its workers) or ``worker``."""
        assert self.running is not None
        if which == "supervisor":
            return [self.running.pid]
        below = children_of(self.running.pid)
        word = "granian" if which == "web" else "izumi.web.worker"
        return [p for p in below if word in command_of(p) or (which == "web" and "multiprocessing" in command_of(p))]

    def kill(self, which: str, choose: int = 0) -> None:
        """``kill -9``; for ``web`` the server or one of its workers, as ``choose`` says."""
        found = self.pids(which)
        if found:
            os.kill(found[choose % len(found)], signal.SIGKILL)
        if which == "supervisor":
            assert self.running is not None
            self.running.wait()

    def stop(self) -> None:
        """SIGTERM, then wait."""
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(20)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()

    def client(self) -> httpx.Client:
        """An API client with the researcher's token."""
        return httpx.Client(base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {self.token}"}, timeout=20)
