"""A small load generator for ``izumi bench``: keep-alive connections from one process, each sending as soon as it was answered."""

from __future__ import annotations

import re
import selectors
import socket
import statistics
import time
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.I)
_END = b"\r\n\r\n"
CHUNKED = 1 << 62


class WrongAnswer(RuntimeError):
    """Something else than 200 came back."""


@dataclass(slots=True)
class Connection:
    """One keep-alive connection and the answer it is waiting for."""

    channel: socket.socket
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    wanted: int = -1

    def send(self, request: bytes) -> None:
        """Ask."""
        self.received.clear()
        self.wanted = -1
        self.sent_at = time.perf_counter()
        self.channel.sendall(request)

    def take(self) -> bool:
        """Receive what is there; whether the answer is complete."""
        chunk = self.channel.recv(1 << 18)
        if not chunk:
            raise WrongAnswer("the connection was closed")
        self.received += chunk
        if self.wanted < 0 and (end := self.received.find(_END)) >= 0:
            head = bytes(self.received[: end + 4])
            length = _LENGTH.search(head)
            if not head.startswith(b"HTTP/1.1 200"):
                raise WrongAnswer(head.split(b"\r\n", 1)[0].decode("latin-1"))
            self.wanted = len(head) + int(length[1]) if length else CHUNKED
        if self.wanted == CHUNKED:
            return self.received.endswith(b"\r\n0\r\n\r\n")
        return 0 <= self.wanted <= len(self.received)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run showed; times in milliseconds."""

    requests: int
    per_second: float
    median_ms: float
    p95_ms: float

    def as_json(self) -> dict[str, float]:
        """Rounded, for the report."""
        return {
            "requests": self.requests, "per_second": round(self.per_second, 1), "median_ms": round(self.median_ms, 3),
            "p95_ms": round(self.p95_ms, 3),
        }  # fmt: skip


def run(port: int, path: str, *, seconds: float, connections: int, accept: str = "*/*") -> Figures:
    """Ask ``path`` over and over for ``seconds`` on ``connections`` connections of this machine."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: {accept}\r\nConnection: keep-alive\r\n\r\n".encode(
            "latin-1"
        )
    )
    chooser = selectors.DefaultSelector()
    lines = [Connection(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(connections)]
    took: list[float] = []
    try:
        for line in lines:
            line.channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            chooser.register(line.channel, selectors.EVENT_READ, line)
        started = time.perf_counter()
        for line in lines:
            line.send(request)
        while time.perf_counter() - started < seconds:
            for key, _ in chooser.select(timeout=1):
                if key.data.take():
                    took.append(time.perf_counter() - key.data.sent_at)
                    key.data.send(request)
        elapsed = time.perf_counter() - started
    finally:
        chooser.close()
        for line in lines:
            line.channel.close()
    ordered = sorted(took)
    p95 = ordered[max(int(len(ordered) * 0.95) - 1, 0)]
    return Figures(len(took), len(took) / elapsed, statistics.median(ordered) * 1000, p95 * 1000)
